"""What becomes of the groups of a node that leaves, of those that return with one, and when the cluster forms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.embedded.failover.loss import Loss
from fcm.model import events as ev
from fcm.model.entities import DiskUse, GroupType, NodeState, ResourceState, ResourceType
from fcm.model.failures import CutOffCopy
from fcm.model.rules.failing.faults import answers
from fcm.model.rules.failing.placement import by_priority, candidates, starts_by_itself

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.failover.failback import Failback
    from fcm.backend.embedded.failover.online import Online
    from fcm.backend.embedded.failover.records import Records
    from fcm.backend.embedded.failover.retries import Retries
    from fcm.backend.embedded.machines.machines import Machines
    from fcm.backend.embedded.storage.disks import Storage
    from fcm.model.entities import Group
    from fcm.model.state import State

NOBODY = "No other node can own it."


class Takeover:
    """Gives groups to other nodes."""

    def __init__(
        self,
        core: Core,
        storage: Storage,
        machines: Machines,
        online: Online,
        retries: Retries,
        records: Records,
        failback: Failback,
    ) -> None:
        self._core = core
        self._storage = storage
        self._machines = machines
        self._online = online
        self._retries = retries
        self._records = records
        self._failback = failback
        self.on_dropped: Callable[[Sequence[Loss]], None] = _unheard
        """Told of lost nodes after their copies were cut off and before their groups are placed."""

    # nodes that are lost, and nodes that leave

    def nodes_dropped(self, losses: Sequence[Loss]) -> None:
        """What lost nodes owned goes to the others and starts again; they are no longer members.

        Copies that still run on a node that is only cut off lose their disks first; then the disks change their
        owner, then the machines start: so no two copies of a machine can write.
        """
        lost = {loss.node: loss for loss in losses}
        for loss in lost.values():
            self._cut_off(loss)
        self._give_core_groups(tuple(lost))
        self.on_dropped(losses)
        for name in lost:
            self._storage.leave(name)
        owned = [group for group in self._core.state.groups.values() if group.owner in lost and not group.is_core]
        for group in by_priority(self._core.state, owned):
            self._take_over(group, lost[group.owner])
        for name in lost:
            self._turn_off_what_lost_its_disk(name)

    def give_away(self, name: str) -> None:
        """A node leaves in order: what it owned starts again elsewhere."""
        self._give_core_groups((name,))
        self._storage.leave(name)
        owned = [group for group in self._core.state.groups.values() if group.owner == name and not group.is_core]
        for group in by_priority(self._core.state, owned):
            self._take_over(group, None)
        self._turn_off_what_lost_its_disk(name)

    def leave_nothing_to(self, name: str) -> None:
        """An evicted node owns nothing: what no other can bring online goes, offline, to the host of the cluster."""
        heir_of_all = self._core.group_of_type(GroupType.CLUSTER).owner
        for group in tuple(self._core.state.groups.values()):
            if group.owner == name:
                self._give(group, heir_of_all)
        self._storage.hand_over(name, heir_of_all)

    def _cut_off(self, loss: Loss) -> None:
        """What still runs on a node that was dropped can no longer write."""
        if not loss.alive:
            return
        for machine in self._core.state.machines_on(loss.node):
            if machine.is_highly_available and machine.state.holds_memory and not machine.ended:
                reason = f"{loss.node} was removed from the cluster: {loss.cause}"
                copy = CutOffCopy(machine.id, loss.node, self._core.kernel.now, reason)
                self._core.emit(ev.CopyCutOff(copy))

    def _give_core_groups(self, lost: tuple[str, ...]) -> None:
        """The groups of the cluster itself go to the next node by id that is up, else to one that is paused."""
        names = list(self._core.state.nodes)
        for kind in (GroupType.CLUSTER, GroupType.AVAILABLE_STORAGE):
            group = self._core.group_of_type(kind)
            if group.owner not in lost:
                continue
            start = names.index(group.owner) + 1
            walk = [self._core.state.nodes[name] for name in names[start:] + names[:start] if name not in lost]
            heirs = [node.name for node in walk if node.state is NodeState.UP]
            heirs += [node.name for node in walk if node.state is NodeState.PAUSED]
            if heirs:
                self._tell_move(group, heirs[0], failed=True)
                self._core.change_group(group, owner=heirs[0])
                self._online.look_at(group.id)
        self.show_host()

    def show_host(self) -> None:
        """The current host server is the owner of the core group."""
        core = self._core.group_of_type(GroupType.CLUSTER)
        if self._core.cluster.host != core.owner:
            what = f"{core.owner} is now the current host server"
            self._core.emit(ev.ClusterConfigured(replace(self._core.cluster, host=core.owner), what))

    def _take_over(self, group: Group, loss: Loss | None) -> None:
        state = self._core.state
        options = candidates(state, group)
        target = next((one.node for one in options if one.chosen), None)
        starts = starts_by_itself(state, group)
        runs = group.state is not ResourceState.OFFLINE
        if loss is not None:
            times = (loss.failed, loss.noticed, loss.decided)
            self._records.begin(group, loss.cause, times, options)
        self._online.take_group_down(group.id)
        if target is None:
            self._leave_failed(group, runs)
            return
        self._tell_move(group, target, failed=loss is not None)
        self._give(group, target)
        self._online.bring_group(group.id, machines=starts)
        if not starts:
            self._records.end(group.id, f"It was moved to {target} and does not start automatically.")

    def _leave_failed(self, group: Group, runs: bool) -> None:
        """Nobody takes the group: it stays where it was, and is tried again when its node returns."""
        for resource in self._core.state.group_resources(group.id):
            if runs and group.wanted and (group.is_role or resource.type is ResourceType.VIRTUAL_MACHINE):
                self._online.show(resource.id, ResourceState.FAILED, NOBODY)
        self._core.log("1205", self._core.cluster.host, group=group.name)

    def _turn_off_what_lost_its_disk(self, name: str) -> None:
        """Machines that are not clustered run on, unless their disk went to another node."""
        for machine in self._core.state.machines_on(name):
            disk = self._core.state.disks.get(machine.disk or "")
            moved = disk is not None and disk.use is DiskUse.AVAILABLE
            if moved and not machine.is_highly_available and machine.state.holds_memory:
                self._machines.turn_off(machine.id)

    # one group

    def hand_over(self, group: Group, target: str) -> None:
        """Give a group that failed on its node to another one, where it is offline until it is brought online.

        What is in Available Storage has nothing to do with one another: the other disks go along as they are.
        """
        if group.type is not GroupType.AVAILABLE_STORAGE:
            self._online.take_group_down(group.id)
        self._tell_move(group, target, failed=True)
        self._give(group, target)
        if group.type is GroupType.CLUSTER:
            self.show_host()
        elif group.type is GroupType.AVAILABLE_STORAGE:
            self._turn_off_what_lost_its_disk(group.owner)

    def move(self, group: Group, target: str) -> None:
        """The user, a drain or a failback moves a group without a virtual machine: offline here, online there."""
        runs = group.state is not ResourceState.OFFLINE
        self._online.take_group_down(group.id)
        self._tell_move(group, target, failed=False)
        self._give(group, target)
        if runs:
            self._online.bring_group(group.id)

    def take_roles(self, node: str) -> None:
        """What is no virtual machine starts elsewhere at once when its node is isolated (2016 and later)."""
        now = self._core.kernel.now
        failed = max(self._core.state.nodes[node].left, default=now)
        loss = Loss(node, f"{node} was isolated", failed, failed, now, alive=False)
        owned = [one for one in self._core.state.groups.values() if one.owner == node and one.is_role]
        for group in by_priority(self._core.state, owned):
            self._take_over(group, loss)

    def place(self, group: Group) -> None:
        """Bring a group online whose owner is no member, where that is possible."""
        target = next((one.node for one in candidates(self._core.state, group) if one.chosen), None)
        if target is not None:
            self._online.take_group_down(group.id)
            self._tell_move(group, target, failed=True)
            self._give(group, target)
            self._online.bring_group(group.id, machines=starts_by_itself(self._core.state, group))

    def _give(self, group: Group, target: str) -> None:
        for machine in self._core.state.group_machines(group.id):
            if machine.disk is not None:
                self._storage.own(machine.disk, target)
            self._machines.forget(machine.id)  # a start that waited there
            self._core.change_machine(machine.id, node=target)
        for resource in self._core.state.group_resources(group.id):
            if resource.disk is not None:
                self._storage.own(resource.disk, target)
        self._core.change_group(self._core.state.groups[group.id], owner=target)

    def _tell_move(self, group: Group, target: str, *, failed: bool) -> None:
        names = {"from": group.owner, "to": target}
        there = [name for name in (target, group.owner, *self._core.state.nodes) if self._drives(name)]
        for key in (("1153", "1641") if failed else ("1641",)) if there else ():
            self._core.log(key, there[0], group=group.name, **names)

    def _drives(self, name: str) -> bool:
        """Whether a node can drive a move: a member that answers, whether or not others have noticed."""
        return self._core.state.nodes[name].state.is_member and answers(self._core.state, name)

    # nodes that join, and a cluster that forms

    def node_joined(self, name: str) -> None:
        """What it owns and what nobody could take is tried again; what prefers it may come back."""
        state = self._core.state
        waiting = [
            group
            for group in state.groups.values()
            if not group.is_core and (group.owner == name or is_lost(state, group.owner))
        ]
        for group in by_priority(state, waiting):
            current = self._core.state.groups[group.id]
            if not starts_by_itself(self._core.state, current) or _runs(current):
                continue
            if current.owner == name:
                self._online.bring_group(group.id)
            else:
                self.place(current)
        self._failback.node_joined(name)

    def cluster_formed(self, *, quiet: bool = False) -> None:
        """Bring online what is wanted: on its owner, if that is a member, else on another node.

        A group with a default owner (persistent mode) waits for it for a while (ClusterGroupWaitDelay).

        Args:
            quiet: only the core groups (Start-Cluster -IgnorePersistentState).
        """
        state = self._core.state
        absent = tuple(node.name for node in state.nodes.values() if not node.state.is_member)
        self._give_core_groups(absent)
        for name in absent:
            self._storage.leave(name)
        for kind in (GroupType.CLUSTER, GroupType.AVAILABLE_STORAGE):
            group = self._core.group_of_type(kind)
            self._online.bring_group(group.id)
            if group.state is ResourceState.ONLINE:  # while the cluster was stopped nobody showed it as offline
                self._core.log("1201", group.owner, group=group.name)
        for group in by_priority(self._core.state, tuple(self._core.state.groups.values())):
            if quiet or group.is_core or _runs(group):
                continue
            if group.owner not in absent:
                self._online.bring_group(group.id, machines=starts_by_itself(self._core.state, group))
            elif group.persistent and starts_by_itself(self._core.state, group):
                self._wait_for_owner(group)
            else:
                self.place(group)

    def _wait_for_owner(self, group: Group) -> None:
        for resource in self._core.state.group_resources(group.id):
            if group.is_role or resource.type is ResourceType.VIRTUAL_MACHINE:
                self._retries.plan(resource.id, self._core.figure("group_wait"))


def _unheard(losses: Sequence[Loss]) -> None:
    """No other part is concerned yet."""


def is_lost(state: State, node: str) -> bool:
    """Whether a node can neither keep its groups nor have them waited for."""
    found = state.nodes[node].state
    return not found.is_member and found is not NodeState.ISOLATED


def _runs(group: Group) -> bool:
    return group.state in (ResourceState.ONLINE, ResourceState.PENDING)
