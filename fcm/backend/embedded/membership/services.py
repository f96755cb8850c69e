"""The cluster services of the nodes as processes: they end, and Windows starts them again.

What is here is physical. A service that ended is not yet missed by the others, and one that others have dropped may run
on for a while (``Node.process`` says both). With a service end the copies of the machines that it ran.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from fcm.backend.embedded.membership.alarms import Alarms
from fcm.backend.embedded.membership.hooks import nothing_of_node
from fcm.model import events as ev
from fcm.model.entities import NodeState, QuorumMode, ResourceType
from fcm.model.failures import FaultKind, ServiceProcess
from fcm.model.moments import in_utc
from fcm.model.rules.failing import faults as truth
from fcm.model.rules.quorum import has_witness, tally
from fcm.model.rules.verdict import some
from fcm.model.structures.tables import name_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.membership.faults import Faults
    from fcm.model.entities import Node
    from fcm.model.failures import Fault

SERVICE = "Cluster Service"
NO_QUORUM = "5925"
"""ERROR_QUORUM_LOST: the service-specific error of a cluster service that ended without quorum."""
NO_POWER = "It has no power."
STARTS = "It has power again and starts."
RESTARTS = "Its cluster service ended; Windows starts it again."
_COUNTED = (NodeState.UP, NodeState.PAUSED, NodeState.ISOLATED)
"""States of nodes that others still reckon with."""


class Services:
    """Ends and beginnings of cluster services."""

    def __init__(self, core: Core, faults: Faults) -> None:
        self._core = core
        self._faults = faults
        self._alarms = Alarms(core.kernel)
        self.on_ended: Callable[[str], None] = nothing_of_node
        """Told when a service ended or a node lost its power, and with it every copy of a clustered machine there."""
        self.on_missed: Callable[[str], None] = nothing_of_node
        """Told when a service starts on a node whose end the others have not noticed: now they do."""
        self.on_started: Callable[[str], None] = nothing_of_node
        """Told when a service starts and wants to join."""

    def fault_changed(self, fault: Fault, began: bool) -> None:
        """A failure of a node began or ended."""
        match fault.kind:
            case FaultKind.POWER_OFF if began:
                self._lose_power(fault.target, ordered=fault.ordered)
            case FaultKind.BUGCHECK if began:
                self._lose_power(fault.target)
                self._await_dump(fault)
            case FaultKind.POWER_OFF | FaultKind.BUGCHECK:
                self._boot(fault.target)
            case FaultKind.SERVICE_CRASH if began:
                self._crash(fault)
            case FaultKind.SERVICE_CRASH:
                if self._core.state.nodes[fault.target].service_due is not None:
                    self.start(fault.target)
            case FaultKind.HANG if not began:
                self._wake(fault.target)
            case _:
                pass

    def settle(self) -> None:
        """Arm again what is due."""
        for fault in tuple(self._core.state.faults.values()):
            if fault.kind is FaultKind.BUGCHECK:
                self._await_dump(fault)
        for node in tuple(self._core.state.nodes.values()):
            if node.service_due is not None:
                self._alarms.at(f"start {node.name}", node.service_due, partial(self._due, node.name))
            if node.process.ends_at is not None:
                self.end_at(node.name, node.process.ends_at)

    # ends

    def end(self, name: str, *keys: str) -> None:
        """The service ends by itself, which Windows heals after a while; what the node logs about it before."""
        for key in keys:
            self._core.log(key, name)
        if "1177" in keys:
            self._core.log("7024", name, service=SERVICE, code=NO_QUORUM)
        seconds = self._core.figure("service_restart")
        self._core.log("7031", name, service=SERVICE, times="1", seconds=f"{seconds:.0f}")
        self._log_copies(name)
        node = self._core.state.nodes[name]
        due = self._core.kernel.now + self._core.vary(self._core.figure("service_restart"), f"restart {name}")
        self._ended(node, node.process.dirty, due, RESTARTS)

    def end_at(self, name: str, due: float) -> None:
        """A service that others have dropped will find that out and end."""
        process = self._core.state.nodes[name].process
        self._core.change_node(name, process=replace(process, ends_at=due))
        self._alarms.at(f"end {name}", due, partial(self._end_due, name))

    def stop(self, name: str, note: str) -> None:
        """The service is stopped by the user: nobody starts it again."""
        node = self._core.state.nodes[name]
        self._forget(name)
        self._end_copies(name)
        paused = node.paused or node.state is NodeState.PAUSED
        self._core.change_node(
            name,
            state=NodeState.DOWN,
            note=note,
            paused=paused,
            process=ServiceProcess(),
            service_due=None,
            until=None,
            epoch=self._core.cluster.epoch if node.state.is_member else node.epoch,
        )
        self._core.log("1063", name)

    def _ended(self, node: Node, dirty: bool, due: float | None, note: str) -> None:
        """The process is gone, however that came."""
        self._alarms.cancel(f"end {node.name}")
        self._end_copies(node.name)
        now = self._core.kernel.now
        process = ServiceProcess(joins_only=node.process.joins_only, dirty=dirty)
        if node.state in _COUNTED:
            gone = now if node.process.gone is None else node.process.gone
            self._core.change_node(node.name, process=replace(process, gone=gone), service_due=due)
        else:
            state = node.state if node.state is NodeState.QUARANTINED else NodeState.DOWN
            self._core.change_node(node.name, state=state, process=process, service_due=due, note=note)
        if due is None:
            self._alarms.cancel(f"start {node.name}")
        else:
            self._alarms.at(f"start {node.name}", due, partial(self._due, node.name))
        self.on_ended(node.name)

    def _log_copies(self, name: str) -> None:
        """RHS sees the service end and stops what it ran."""
        state = self._core.state
        ran = [one.name for one in state.machines_on(name) if one.is_highly_available and one.state.holds_memory]
        ran += [name_of(state.machines, copy.machine) for copy in state.copies.values() if copy.node == name]
        if ran:
            self._core.log("copies-ended", name, machines=some(ran, 12))

    def _end_copies(self, name: str) -> None:
        for copy in tuple(self._core.state.copies.values()):
            if copy.node == name:
                self._core.emit(ev.CopyEnded(copy.id))
                if truth.answers(self._core.state, name):
                    self._core.log("18502", name, machine=name_of(self._core.state.machines, copy.machine))

    def _end_due(self, name: str) -> None:
        node = self._core.state.nodes.get(name)
        if node is None or node.process.ends_at is None or not truth.service_runs(self._core.state, name):
            return
        if self.hears_members(name):
            self.end(name, "newer-view")
            return
        self._tell_arbitration(name)
        self.end(name, "1177")

    def _tell_arbitration(self, name: str) -> None:
        """The first node of a side that was one vote short says that another one holds the witness."""
        state, cluster = self._core.state, self._core.cluster
        sides = truth.groups_that_hear(state, state.nodes)
        side = next((one for one in sides if name in one), frozenset())
        if not side or name != min(side) or not has_witness(cluster):
            return
        if tally(state, side, False).has_quorum or not tally(state, side, True).has_quorum:
            return
        witness = cluster.witness or ""
        if cluster.quorum_mode is QuorumMode.NODE_AND_FILE_SHARE_MAJORITY:
            self._core.log("1564", name, resource=str(ResourceType.FILE_SHARE_WITNESS), share=witness)
        else:
            self._core.log("arbitration-failed", name, witness=name_of(state.disks, witness))

    def hears_members(self, name: str) -> bool:
        """Whether a node that was dropped hears one that is a member."""
        reach = truth.reach(self._core.state)
        return any(reach.hears(name, other.name) for other in self._core.members() if other.name != name)

    def _lose_power(self, name: str, *, ordered: bool = False) -> None:
        node = self._core.state.nodes[name]
        existed = node.process.cut_off is not None or (
            node.process.gone is None and node.state not in (NodeState.DOWN, NodeState.QUARANTINED)
        )
        self._ended(node, node.process.dirty or (existed and not ordered), None, NO_POWER)
        for kind in (FaultKind.HANG, FaultKind.SERVICE_CRASH):
            also = truth.active(self._core.state, kind, name)
            if also is not None:
                self._faults.end(also.id)

    def _crash(self, fault: Fault) -> None:
        node = self._core.state.nodes[fault.target]
        if node.state in (NodeState.DOWN, NodeState.QUARANTINED) and node.process.cut_off is None:
            self._faults.end(fault.id)
        else:
            self.end(fault.target)

    # beginnings

    def start(self, name: str, *, joins_only: bool | None = None, forces: bool = False, quiet: bool = False) -> None:
        """The service starts, if Windows runs there, and wants to join.

        Args:
            name: the node.
            joins_only: it may join a cluster that runs, and form none; None: as it was.
            forces: it forms the cluster, whatever votes there are.
            quiet: a cluster that it forms brings no group online.
        """
        if not truth.answers(self._core.state, name):
            return
        self._alarms.cancel(f"start {name}")
        crash = truth.active(self._core.state, FaultKind.SERVICE_CRASH, name)
        if crash is not None:
            self._core.change_node(name, service_due=None)
            self._faults.end(crash.id)
        if self._core.state.nodes[name].state in _COUNTED:
            self.on_missed(name)
        if self._core.state.nodes[name].state in _COUNTED:  # who takes part is not settled yet
            self._start_at(name, self._core.kernel.now + 1.0)
            return
        node = self._core.state.nodes[name]
        if node.process.dirty:
            self._core.log("6008", name)
            self._core.log("41", name)
        until = node.until
        if node.state is NodeState.QUARANTINED and until is not None and until > self._core.kernel.now:
            words = f"{in_utc(until):%Y-%m-%d %H:%M:%S}"
            self._core.log("1676", name, by=self._core.cluster.host, until=words, text="")
            for member in self._core.members():
                self._core.log("1675", member.name, node=name, by=self._core.cluster.host, until=words)
            self._core.change_node(name, service_due=None)
            return
        only = node.process.joins_only if joins_only is None else joins_only
        process = ServiceProcess(joins_only=only, forces=forces, quiet=quiet)
        self._core.change_node(name, state=NodeState.JOINING, process=process, note="", service_due=None, until=None)
        self._core.log("service-started", name)
        self.on_started(name)

    def _due(self, name: str) -> None:
        if name in self._core.state.nodes:
            self.start(name)

    def _boot(self, name: str) -> None:
        due = self._core.kernel.now + self._core.vary(self._core.figure("boot"), f"boot {name}")
        self._start_at(name, due, "" if self._core.state.nodes[name].state in _COUNTED else STARTS)

    def _start_at(self, name: str, due: float, note: str = "") -> None:
        node = self._core.state.nodes[name]
        self._core.change_node(name, service_due=due, note=note or node.note)
        self._alarms.at(f"start {name}", due, partial(self._due, name))

    def _await_dump(self, fault: Fault) -> None:
        due = fault.since + self._core.figure("crash_dump")
        self._alarms.at(f"dump {fault.target}", due, partial(self._faults.end, fault.id))

    def _wake(self, name: str) -> None:
        """A frozen node runs on: it sees a newer membership, or what was due meanwhile."""
        node = self._core.state.nodes[name]
        if not truth.answers(self._core.state, name):
            return
        now = self._core.kernel.now
        if node.process.cut_off is not None:
            self.end_at(name, now + self._core.figure("regroup"))
        elif node.service_due is not None and node.service_due <= now:
            self.start(name)

    def _forget(self, name: str) -> None:
        for purpose in ("start", "end"):
            self._alarms.cancel(f"{purpose} {name}")

    def forget(self, name: str) -> None:
        """The node is being evicted: what still runs there is no longer a matter of the cluster."""
        self._forget(name)
        self._end_copies(name)
        self._alarms.cancel(f"dump {name}")
