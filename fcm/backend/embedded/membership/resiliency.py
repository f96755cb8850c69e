"""Compute resiliency and quarantine of Windows Server 2016 and later.

A node with virtual machines that falls silent is Isolated for a while before its machines start elsewhere; one that
falls silent too often in an hour is Quarantined (clustering blog 2015/06/03; Savill, Mastering Windows Server 2016
Hyper-V). That a dead node waits as well at level 2, and 240 s, are assumptions.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from fcm.backend.embedded.failover.loss import Loss
from fcm.backend.embedded.membership.alarms import Alarms
from fcm.backend.embedded.membership.hooks import nothing_of_node
from fcm.backend.embedded.membership.votes.epochs import count_on
from fcm.model.entities import ClusterVersion, NodeState
from fcm.model.failures import ServiceProcess
from fcm.model.moments import in_utc
from fcm.model.rules.failing import faults as truth
from fcm.model.rules.verdict import some

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.membership.regroup import Regroup
    from fcm.backend.embedded.membership.services import Services

HOUR = 3600.0
"""s within which ungraceful leaves count (Savill)."""
MOST_QUARANTINED = 0.25
"""Share of the nodes that may be quarantined at once (clustering blog 2015/06/03)."""
FOR_GOOD = 0xFFFFFFF
"""QuarantineDuration: until it is cleared by hand."""
ISOLATED = "The other nodes do not hear it; its machines are left there for a while."
OVER = "It stayed isolated for too long."
QUARANTINED = "It left the cluster unexpectedly too often."


class Resiliency:
    """Who is isolated or quarantined, and until when."""

    def __init__(self, core: Core, services: Services, regroup: Regroup) -> None:
        self._core = core
        self._services = services
        self._regroup = regroup
        self._alarms = Alarms(core.kernel)
        self.on_isolated: Callable[[str], None] = nothing_of_node
        """Told when a node is isolated: its machines are no longer monitored."""
        self.on_returned: Callable[[str], None] = nothing_of_node
        """Told when an isolated node is a member again: its machines went on."""

    @property
    def _applies(self) -> bool:
        return self._core.cluster.version.at_least(ClusterVersion.V2016)

    def isolate(self, losses: tuple[Loss, ...]) -> tuple[Loss, ...]:
        """Isolate those that are to be isolated; the others are returned: they are dropped at once."""
        if not self._applies:
            return losses
        away: list[Loss] = []
        for loss in losses:
            now = self._core.kernel.now
            left = (*(when for when in self._core.state.nodes[loss.node].left if when > now - HOUR), now)
            self._core.change_node(loss.node, left=left)
            if self._too_often(loss.node) or not self._may_wait(loss):
                away.append(loss)
            else:
                self._isolate(loss.node)
        return tuple(away)

    def dropped(self, name: str) -> None:
        """A node was dropped: one that has left too often is quarantined."""
        if not self._applies or not self._too_often(name):
            return
        node = self._core.state.nodes[name]
        duration = self._core.cluster.quarantine_duration
        until = None if duration >= FOR_GOOD else self._core.kernel.now + duration
        self._core.change_node(name, state=NodeState.QUARANTINED, until=until, note=QUARANTINED)
        for member in self._core.members():
            words = "" if until is None else f"{in_utc(until):%Y-%m-%d %H:%M:%S}"
            self._core.log("1672", member.name, node=name, count=str(len(node.left)), until=words)
        self._arm(name)

    def look(self) -> None:
        """Isolated nodes that are heard again are members again."""
        state = self._core.state
        members = [node.name for node in self._core.members()]
        for node in tuple(state.nodes.values()):
            if node.state is NodeState.ISOLATED and truth.service_runs(state, node.name):
                groups = truth.groups_that_hear(self._core.state, [*members, node.name])
                if len(groups) == 1 and len(groups[0]) == len(members) + 1:
                    self._return(node.name)

    def end(self, name: str) -> None:
        """The time of an isolated node is over, or it turned out to be dead: it is down."""
        state = self._core.state
        node = state.nodes.get(name)
        if node is None or node.state is not NodeState.ISOLATED:
            return
        self._alarms.cancel(name)
        now = self._core.kernel.now
        failed = max(node.left, default=now)
        loss = Loss(name, f"{name} stayed isolated", failed, failed, now, truth.service_exists(state, name))
        machines = self._names(name)
        for member in self._core.members():
            self._core.log("1682-over", member.name, node=name, machines=machines)
            self._core.log("1135", member.name, node=name)
        self._regroup.drop(loss, OVER)
        count_on(self._core, [member.name for member in self._core.members()], f"{name} left the membership")
        self._regroup.tell_losses((loss,))

    def settle(self) -> None:
        """Arm again what is due."""
        for node in self._core.state.nodes.values():
            if node.until is not None:
                self._arm(node.name)

    def forget(self, name: str) -> None:
        """The node was evicted, or started by the user."""
        self._alarms.cancel(name)

    def _too_often(self, name: str) -> bool:
        nodes = self._core.state.nodes
        others = sum(node.state is NodeState.QUARANTINED and node.name != name for node in nodes.values())
        enough = len(nodes[name].left) >= self._core.cluster.quarantine_threshold
        return enough and others + 1 <= MOST_QUARANTINED * len(nodes)

    def _may_wait(self, loss: Loss) -> bool:
        state = self._core.state
        if not self._names(loss.node) or not self._core.cluster.resiliency_period:
            return False
        crashed = state.nodes[loss.node].process.gone is not None and truth.answers(state, loss.node)
        return crashed or self._core.cluster.resiliency_level >= 2

    def _names(self, node: str) -> str:
        return some([one.name for one in self._core.state.machines_on(node) if one.is_highly_available], 12)

    def _isolate(self, name: str) -> None:
        node = self._core.state.nodes[name]
        until = self._core.kernel.now + self._core.cluster.resiliency_period
        paused = node.paused or node.state is NodeState.PAUSED
        self._core.change_node(
            name,
            state=NodeState.ISOLATED,
            until=until,
            paused=paused,
            note=ISOLATED,
            epoch=self._core.cluster.epoch,
        )
        machines = self._names(name)
        for member in self._core.members():
            self._core.log("1673", member.name, node=name)
            self._core.log("1681", member.name, node=name, machines=machines)
        self._arm(name)
        self.on_isolated(name)

    def _return(self, name: str) -> None:
        self._alarms.cancel(name)
        paused = self._core.state.nodes[name].paused
        state = NodeState.PAUSED if paused else NodeState.UP
        self._core.change_node(name, state=state, paused=False, until=None, note="", process=ServiceProcess())
        members = [member.name for member in self._core.members()]
        machines = self._names(name)
        for member in members:
            if member != name:
                self._core.log("1680", member, node=name)
                self._core.log("1682", member, node=name, machines=machines)
        count_on(self._core, members, f"{name} is back in the membership")
        self.on_returned(name)

    def _arm(self, name: str) -> None:
        node = self._core.state.nodes[name]
        if node.until is not None:
            self._alarms.at(name, node.until, partial(self._over, name))

    def _over(self, name: str) -> None:
        node = self._core.state.nodes.get(name)
        if node is None:
            return
        if node.state is NodeState.ISOLATED:
            self.end(name)
        elif node.state is NodeState.QUARANTINED:
            self.clear(name)

    def clear(self, name: str) -> None:
        """A quarantine ends: the node may join."""
        self._alarms.cancel(name)
        node = self._core.state.nodes[name]
        process = replace(node.process, ends_at=None)
        self._core.change_node(name, state=NodeState.DOWN, until=None, left=(), note="", process=process)
        if node.process.cut_off is None:
            self._services.start(name)
