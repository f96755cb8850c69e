"""Membership of the embedded cluster: who belongs to it, who has quorum, and what the nodes notice of failures.

The failures that are simulated are the truth (``fcm.model.rules.failing.faults``). Each part here looks at it whenever
something has changed, and schedules what the cluster will notice and when. Nothing of that is kept: at the next start
of the program the same look finds it again, and what was due has its time in the state.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fcm.backend.embedded.membership.alarms import Alarms
from fcm.backend.embedded.membership.heartbeats import Heartbeats
from fcm.backend.embedded.membership.hooks import nothing, nothing_of_losses, nothing_of_node
from fcm.backend.embedded.membership.joining import Joining
from fcm.backend.embedded.membership.regroup import Regroup
from fcm.backend.embedded.membership.resiliency import Resiliency
from fcm.backend.embedded.membership.services import Services
from fcm.backend.embedded.membership.votes.epochs import count_on
from fcm.backend.embedded.membership.votes.weights import weigh
from fcm.backend.embedded.membership.votes.witness import Witness
from fcm.model import commands as cmd
from fcm.model.entities import AdapterState, NodeState
from fcm.model.failures import FaultKind
from fcm.model.rules.failing import faults as truth
from fcm.model.rules.failing.assumed import heartbeat_delay, heartbeat_threshold
from fcm.model.rules.quorum import after_leaving, is_dynamic, reaches_witness, tally

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.failover.loss import Loss
    from fcm.backend.embedded.membership.faults import Faults
    from fcm.backend.embedded.membership.networks import Networks
    from fcm.model.failures import Fault

_SLOWLY = (FaultKind.SWITCH_DOWN, FaultKind.ISOLATE)
"""Failures of networks that are found by missed heartbeats, not by the driver of an adapter."""


class Membership:
    """The members of the cluster. Hooks are attributes: they are called with what happened."""

    def __init__(self, core: Core, faults: Faults, networks: Networks) -> None:
        self._core = core
        self._faults = faults
        self._networks = networks
        self._alarms = Alarms(core.kernel)
        self.services = Services(core, faults)
        self.heartbeats = Heartbeats(core)
        self.regroup = Regroup(core, self.services, self.heartbeats)
        self.joining = Joining(core)
        self.resiliency = Resiliency(core, self.services, self.regroup)
        self.witness = Witness(core, self.regroup)
        self.on_dropped: Callable[[tuple[Loss, ...]], None] = nothing_of_losses
        """After a membership with quorum was agreed: the nodes that it has lost."""
        self.on_ended: Callable[[str], None] = nothing_of_node
        """The cluster service of a node has ended, or the node lost its power, and with it every copy of a clustered
        machine there; told then, and again once the cluster knows, which the state of the node says."""
        self.on_formed: Callable[[], None] = nothing
        """The cluster runs again after it was stopped."""
        self.on_joined: Callable[[str], None] = nothing_of_node
        """A node joined a cluster that runs."""
        self.on_quietly_formed: Callable[[], None] = nothing
        """It runs again, and no group is to be brought online (Start-Cluster -IgnorePersistentState)."""
        self.on_quietly_joined: Callable[[str], None] = nothing_of_node
        """A node joined that was started so."""
        self.on_stopped: Callable[[], None] = nothing
        """The cluster has stopped: every service has ended."""
        self._wire()

    def _wire(self) -> None:
        self.services.on_ended = self._ended
        self.services.on_missed = self._missed
        self.services.on_started = self.joining.begin
        self.heartbeats.on_down = self.regroup.notice
        self.regroup.on_dropped = self._dropped
        self.regroup.on_ended = self._ended
        self.regroup.on_stopped = self._stopped
        self.regroup.on_agreed = self.look
        self.regroup.isolates = self.resiliency.isolate
        self.regroup.on_down = self.resiliency.dropped
        self.joining.on_joined = self._joined
        self.joining.on_formed = self._formed
        self.joining.on_quietly_formed = self._formed_quietly
        self.joining.on_quietly_joined = self._joined_quietly

    def fault_changed(self, fault: Fault, began: bool) -> None:
        """A failure began or ended: what the nodes notice of it, and when."""
        if fault.kind is FaultKind.HANG and not began:
            self.heartbeats.look()
            self.heartbeats.forget(fault.target)
        self.services.fault_changed(fault, began)
        if began and fault.kind in _SLOWLY:
            delay = heartbeat_delay(self._core.cluster)
            threshold = heartbeat_threshold(self._core.cluster, len(self._core.state.machines))
            self._alarms.after(f"networks {fault.id}", delay * threshold, self._networks.refresh)
        elif fault.kind in (FaultKind.UNPLUG_CABLE, *_SLOWLY):
            self._alarms.cancel(f"networks {fault.id}")
            self._networks.refresh()
        self.look()

    def look(self) -> None:
        """Something has changed: services, heartbeats, the witness, and nodes that wait."""
        if self._core.state.cluster is None:
            return
        self._look_at_links()
        self._look_at_cut_off()
        self.resiliency.look()
        self.heartbeats.look()
        self.witness.look()
        self.joining.look()
        if is_dynamic(self._core.cluster):
            weigh(self._core)

    def settle(self) -> None:
        """Go on where the program ended. Adapters that had failed in an older version of it are unplugged."""
        for adapter in tuple(self._core.state.adapters.values()):
            if adapter.state is AdapterState.FAILED and truth.is_plugged(self._core.state, adapter):
                self._faults.inject(cmd.InjectFault(FaultKind.UNPLUG_CABLE, adapter.id))
        self.services.settle()
        self.resiliency.settle()
        self.look()

    # commands

    def start(self, command: cmd.StartClusterService) -> None:
        """Start the cluster service of a node."""
        node = self._core.state.nodes[command.node]
        if node.state is NodeState.QUARANTINED:
            self.resiliency.forget(node.name)
            self._core.change_node(node.name, state=NodeState.DOWN, until=None, left=())
        self.services.start(node.name, joins_only=command.prevent_quorum, forces=command.fix_quorum)

    def start_all(self, command: cmd.StartCluster) -> None:
        """Start the cluster service of every node on which Windows runs."""
        for node in tuple(self._core.state.nodes.values()):
            if node.state is NodeState.DOWN and node.process.cut_off is None:
                self.services.start(node.name, joins_only=False, quiet=command.ignore_persistent_state)

    def stop_all(self, reason: str) -> None:
        """Every cluster service is stopped in order, once nothing runs any more."""
        names = [node.name for node in self._core.state.nodes.values()]
        for name in names:
            node = self._core.state.nodes[name]
            if node.state is not NodeState.DOWN and truth.service_runs(self._core.state, name):
                self.stop(name, reason)
        self.regroup.stop(reason)

    def stop(self, name: str, note: str) -> None:
        """The cluster service of a node was stopped in order: the others know at once."""
        self.joining.forget(name)
        self.resiliency.forget(name)
        self.services.stop(name, note)

    def holds_without(self, name: str) -> bool:
        """Whether those that are left after a node has left in order have quorum.

        The rules refuse to stop a node without which the cluster has none; the shutdown of its Windows does not ask.
        """
        state, members = self._core.state, [node.name for node in self._core.members()]
        if not members or self._core.cluster.forced or self._core.cluster.stopped:
            return bool(members)
        witness = any(reaches_witness(state, member) for member in members)
        return after_leaving(state, name).has_quorum or tally(state, members, witness).has_quorum

    def left(self, name: str) -> None:
        """A node has left in order, or for good: the votes follow, and without them the cluster stops."""
        if self._core.members() and name in self._core.state.nodes and not self.holds_without(name):
            count = after_leaving(self._core.state, name)
            self.regroup.stop(f"{name} left: only {count.present} of {count.needed} needed votes are left.")
        self._recount(f"{name} left the membership")

    def joined(self, name: str) -> None:
        """A new node is a member: the votes follow."""
        self._recount(f"{name} joined the membership")

    def _recount(self, what: str) -> None:
        members = [node.name for node in self._core.members()]
        if members:
            count_on(self._core, members, what)
        elif not self._core.cluster.stopped:
            self.regroup.stop("The last node was stopped.")
        self._networks.refresh()
        self.look()

    def forget(self, name: str) -> None:
        """A node is to be evicted."""
        self.joining.forget(name)
        self.resiliency.forget(name)
        self.services.forget(name)

    # what happens

    def _look_at_links(self) -> None:
        """A node without any link ends its cluster service at once (event 1554)."""
        for node in self._core.members():
            name = f"link {node.name}"
            if name not in self._alarms and self._is_unplugged(node.name):
                delay = self._core.between(0.0, 2 * self._core.figure("link_down"), name)
                self._alarms.after(name, delay, partial(self._link_down, node.name))

    def _is_unplugged(self, name: str) -> bool:
        state = self._core.state
        return name in state.nodes and truth.service_runs(state, name) and not truth.has_any_link(state, name)

    def _link_down(self, name: str) -> None:
        if self._is_unplugged(name):
            self.services.end(name, "1554")
            self.look()

    def _look_at_cut_off(self) -> None:
        """A node that others have dropped hears them again: it sees a newer membership and ends its service."""
        for node in tuple(self._core.state.nodes.values()):
            process = node.process
            if process.cut_off is not None and truth.service_runs(self._core.state, node.name):
                soon = self._core.kernel.now + self._core.figure("regroup")
                if (process.ends_at is None or process.ends_at > soon) and self.services.hears_members(node.name):
                    self.services.end_at(node.name, soon)

    def _missed(self, name: str) -> None:
        """A node starts again before the others had missed it."""
        if self._core.state.nodes[name].state is NodeState.ISOLATED:
            self.resiliency.end(name)
        else:
            self.regroup.run()

    def _dropped(self, losses: tuple[Loss, ...]) -> None:
        self._networks.refresh()
        self.on_dropped(losses)

    def _ended(self, name: str) -> None:
        self.joining.forget(name)
        self.on_ended(name)

    def _stopped(self) -> None:
        self._networks.refresh()
        self.on_stopped()
        self.look()

    def _joined(self, name: str) -> None:
        self._networks.refresh()
        self.on_joined(name)
        self.look()

    def _joined_quietly(self, name: str) -> None:
        self._networks.refresh()
        self.on_quietly_joined(name)
        self.look()

    def _formed(self) -> None:
        self._networks.refresh()
        self.on_formed()
        self.look()

    def _formed_quietly(self) -> None:
        self._networks.refresh()
        self.on_quietly_formed()
        self.look()
