"""Regroup: the members that still hear one another agree on a new membership, or find that they have no quorum.

Figures: from all routes down to the new view 0.62 s (one cluster log of 2020). The view with quorum goes on and drops
the others; the others log 1177 and end their cluster services. At most one view has quorum: by votes, or because it
alone gets the witness.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from fcm.backend.embedded.failover.loss import Loss
from fcm.backend.embedded.membership.alarms import Alarms
from fcm.backend.embedded.membership.hooks import all_of_them, nothing, nothing_of_losses, nothing_of_node
from fcm.backend.embedded.membership.votes.epochs import count_on
from fcm.backend.embedded.membership.votes.views import Chance, View, views, winner
from fcm.model import events as ev
from fcm.model.entities import ClusterVersion, NodeState
from fcm.model.failures import CutOffCopy, ServiceProcess
from fcm.model.rules.failing import faults as truth
from fcm.model.rules.quorum import reaches_witness, tally
from fcm.model.rules.verdict import some
from fcm.model.structures.tables import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.membership.heartbeats import Heartbeats
    from fcm.backend.embedded.membership.services import Services

DROPPED = "The other nodes no longer hear it."
NO_QUORUM = "Its cluster service ended: the cluster has lost its quorum."


class Regroup:
    """Who is a member after some fell silent."""

    def __init__(self, core: Core, services: Services, heartbeats: Heartbeats) -> None:
        self._core = core
        self._services = services
        self._heartbeats = heartbeats
        self._alarms = Alarms(core.kernel)
        self._waited: frozenset[str] | None = None
        """The view that has waited long enough for the witness."""
        self._began: dict[frozenset[str], float] = {}
        """The views that there are -> since when, s since the epoch."""
        self._tries: frozenset[str] | None = None
        """The view that waits for the witness."""
        self._heard: frozenset[frozenset[str]] = frozenset()
        """The views of the last regroup."""
        self._told: set[tuple[str, str]] = set()
        """Pairs of which the first has logged that the second is gone."""
        self.on_dropped: Callable[[tuple[Loss, ...]], None] = nothing_of_losses
        """Told after a membership with quorum was agreed, before what is left of the dead ends."""
        self.on_ended: Callable[[str], None] = nothing_of_node
        """Told of each dropped node on which nothing runs any more, and of each when the cluster stops."""
        self.on_agreed: Callable[[], None] = nothing
        """Told when all that follows from a new membership has been done."""
        self.on_stopped: Callable[[], None] = nothing
        """Told when the cluster has stopped."""
        self.isolates: Callable[[tuple[Loss, ...]], tuple[Loss, ...]] = all_of_them
        """Takes out of the losses those that are only isolated for now."""
        self.on_down: Callable[[str], None] = nothing_of_node
        """Told when the state of a dropped node was set."""

    def notice(self) -> None:
        """A route is down: regroup soon."""
        if "regroup" not in self._alarms:
            self._alarms.after("regroup", self._core.figure("regroup"), self.run)

    def run(self) -> None:
        """Regroup now, by what the nodes hear at this moment."""
        self._alarms.cancel("regroup")
        state = self._core.state
        names = [node.name for node in self._core.members()]
        groups = truth.groups_that_hear(state, names)
        if not names or (not groups and any(truth.service_exists(state, name) for name in names)):
            return  # frozen nodes alone decide nothing
        if len(groups) == 1 and len(groups[0]) == len(names):
            self._calm()
            return
        now = self._core.kernel.now
        self._began = {group: self._began.get(group, now) for group in groups}
        for name in state.nodes:
            self._alarms.cancel(f"lose {name}")
        found = views(state, groups)
        if any(group not in self._heard for group in groups):
            for group in groups:
                self._core.log("regroup", min(group), members=", ".join(sorted(group)))
        self._heard = frozenset(groups)
        best = winner(found)
        if best is None:
            self._lose_all(found, names)
        elif best.wait == 0.0 or self._waited == best.nodes:
            self._agree(best, found, names)
        else:
            self._arbitrate(best, found, names)

    def _calm(self) -> None:
        """Nothing is lost after all, or everything is different now."""
        self._alarms.cancel("arbitrate")
        for name in self._core.state.nodes:
            self._alarms.cancel(f"lose {name}")
        self._began, self._waited, self._heard = {}, None, frozenset()
        self._told.clear()

    # a view goes on

    def _arbitrate(self, best: View, found: Sequence[View], names: Sequence[str]) -> None:
        """The best view tries to get the witness; those that need not try end."""
        later = self._core.cluster.version.at_least(ClusterVersion.V2016)
        for view in found:
            if view is not best or not later:
                self._tell(view, names, names)
            if view is not best and view.chance is Chance.NONE:
                for name in sorted(view.nodes):
                    self._alarms.after(f"lose {name}", self._core.figure("service_end"), partial(self._lose, name))
        if self._tries != best.nodes or "arbitrate" not in self._alarms:
            self._tries = best.nodes
            self._core.log("one-off-quorum", min(best.nodes))
            witness = name_of(self._core.state.disks, self._core.cluster.witness or "")
            self._core.log("arbitrating", min(best.nodes), witness=witness)
            due = self._began[best.nodes] + best.wait
            self._alarms.at("arbitrate", due, partial(self._arbitrated, best.nodes))

    def _arbitrated(self, nodes: frozenset[str]) -> None:
        self._waited = nodes
        self.run()

    def _lose(self, name: str) -> None:
        if self._core.state.nodes[name].state.is_member and truth.service_runs(self._core.state, name):
            self._services.end(name, "1177")

    def _agree(self, best: View, found: Sequence[View], names: Sequence[str]) -> None:
        """The best view is the membership; what it does not hear is lost to it."""
        if best.chance is Chance.WITNESS:
            self._core.log("arbitrated", min(best.nodes))
        lost = [name for name in names if name not in best.nodes]
        losses = tuple(self._loss(name) for name in lost)
        self._core.log("new-view", min(best.nodes), lost=", ".join(lost), epoch=str(self._core.cluster.epoch + 1))
        away = self.isolates(losses)
        gone = [loss.node for loss in away]
        for view in found:
            self._tell(view, gone if view is best else names, names)
        for loss in away:
            self.drop(loss, DROPPED)
        kept = [name for name in names if name in best.nodes]
        for name in kept:
            self._core.log("disk-membership", name, members=", ".join(kept))
        count_on(self._core, kept, f"{some(lost, 8)} left the membership")
        parted, began = {name: view for view in found for name in view.nodes}, dict(self._began)
        self._calm()
        self._heartbeats.look()
        for name in lost:
            cut_off = self._core.state.nodes[name].process.cut_off is not None
            if cut_off and name in parted and truth.service_runs(self._core.state, name):
                self._services.end_at(name, self._end_of(parted[name], began[parted[name].nodes]))
        self.tell_losses(away)
        self.on_agreed()

    def _loss(self, name: str) -> Loss:
        process = self._core.state.nodes[name].process
        alive = truth.service_exists(self._core.state, name)
        failed = self._heartbeats.silent_since(name)
        if process.gone is not None:
            failed = min(failed, process.gone)
        noticed = self._heartbeats.noticed(name)
        return Loss(name, f"No heartbeats came from {name}", failed, noticed, self._core.kernel.now, alive)

    def drop(self, loss: Loss, note: str) -> None:
        """The node is no member any more; a service that still runs there is cut off."""
        node = self._core.state.nodes[loss.node]
        process = replace(node.process, gone=None)
        if loss.alive:
            process = replace(process, cut_off=self._core.kernel.now)
        self._core.change_node(
            node.name,
            state=NodeState.DOWN,
            note=note,
            paused=node.paused or node.state is NodeState.PAUSED,
            process=process,
            epoch=self._core.cluster.epoch if node.state.is_member else node.epoch,
            until=None,
        )
        self.on_down(node.name)

    def tell_losses(self, losses: tuple[Loss, ...]) -> None:
        """What follows from losses to which the nodes' states have been set."""
        if losses:
            self.on_dropped(losses)
        for loss in losses:
            if not loss.alive:
                self.on_ended(loss.node)

    def _end_of(self, view: View, began: float) -> float:
        """When the services of a view that lost will end."""
        now = self._core.kernel.now
        if view.chance is Chance.NONE:
            return now + self._core.figure("service_end")
        return max(now, began + view.wait + self._core.figure("arbitration_lost"))

    def _tell(self, view: View, gone: Sequence[str], names: Sequence[str]) -> None:
        """Every node of a view logs who it has lost."""
        for name in names:
            for other in gone:
                if name in view.nodes and other not in view.nodes and (name, other) not in self._told:
                    self._told.add((name, other))
                    self._core.log("1135", name, node=other)

    # no view goes on

    def _lose_all(self, found: Sequence[View], names: Sequence[str]) -> None:
        """No view has quorum: the cluster stops."""
        for view in found:
            self._tell(view, names, names)
        if not found:
            self.stop(f"No node responds: no heartbeats from {some(list(names), 8)}.")
            return
        best = max(found, key=lambda view: view.votes.present)
        count = best.votes
        if any(reaches_witness(self._core.state, name) for name in best.nodes):
            count = tally(self._core.state, best.nodes, True)
        self.stop(f"Quorum was lost: only {count.present} of {count.needed} needed votes are left.")

    def stop(self, reason: str) -> None:
        """Every cluster service ends, and what ran there; nodes that are not dead try to form the cluster again."""
        self._calm()
        concerned = [node for node in self._core.state.nodes.values() if _takes_part(node.state)]
        epoch = self._core.cluster.epoch
        for node in concerned:
            if truth.service_runs(self._core.state, node.name):
                self._services.end(node.name, "1177")
        for name in [node.name for node in concerned]:
            node = self._core.state.nodes[name]
            frozen = truth.service_exists(self._core.state, name)
            if frozen:
                self._cut_off(name)
            self._core.change_node(
                name,
                state=NodeState.DOWN,
                note=NO_QUORUM,
                paused=node.paused or node.state is NodeState.PAUSED,
                process=replace(
                    node.process if node.process.dirty else ServiceProcess(),
                    gone=None,
                    cut_off=self._core.kernel.now if frozen else None,
                ),
                epoch=epoch if node.state.is_member else node.epoch,
                until=None,
            )
        self._core.emit(ev.ClusterConfigured(replace(self._core.cluster, stopped=reason, forced=False), reason))
        self._heartbeats.look()
        for node in concerned:
            self.on_ended(node.name)
        self.on_stopped()

    def _cut_off(self, name: str) -> None:
        """Copies of machines on a frozen node stay in its memory, until it wakes."""
        for machine in self._core.state.machines_on(name):
            if machine.is_highly_available and machine.state.holds_memory:
                copy = CutOffCopy(machine.id, name, self._core.kernel.now, f"{name} does not respond.")
                self._core.emit(ev.CopyCutOff(copy))


def _takes_part(state: NodeState) -> bool:
    return state.is_member or state is NodeState.ISOLATED
