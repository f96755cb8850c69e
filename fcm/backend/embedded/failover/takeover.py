"""What becomes of the groups of a node that leaves, and of those that return with one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from fcm.model import events as ev
from fcm.model.entities import DiskUse, GroupType, MachineState, NodeState, ResourceState
from fcm.model.failures import CutOffCopy
from fcm.model.moments import in_utc
from fcm.model.rules.placement import heir, needed_memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.failover.loss import Loss
    from fcm.backend.embedded.kernel import Timer
    from fcm.backend.embedded.machines.machines import Machines
    from fcm.backend.embedded.storage.disks import Storage
    from fcm.model.entities import Group, VirtualMachine

FAILBACK_DELAY = 1.0
"""s between the return of a preferred owner and an immediate failback. An assumption."""


class Takeover:
    """Gives groups to other nodes."""

    def __init__(self, core: Core, storage: Storage, machines: Machines) -> None:
        self._core = core
        self._storage = storage
        self._machines = machines
        self._failback: dict[str, Timer] = {}
        self.on_failback: Callable[[str, str], None] = _stay
        """Who moves a machine back to its preferred owner."""

    # a node is lost

    def nodes_dropped(self, losses: tuple[Loss, ...]) -> None:
        """What lost nodes owned starts elsewhere; a copy that still runs there has lost its disks."""
        for loss in losses:
            ran = [one for one in self._core.state.machines_on(loss.node) if one.state.holds_memory]
            self.give_away(loss.node)
            for machine in ran:
                if loss.alive and self._core.state.machines[machine.id].node != loss.node:
                    copy = CutOffCopy(machine.id, loss.node, loss.decided, f"{loss.node} runs on alone.")
                    self._core.emit(ev.CopyCutOff(copy))

    def cluster_formed(self) -> None:
        """The cluster runs again: groups come online by what the user wants."""
        for node in tuple(self._core.state.nodes.values()):
            if not node.state.is_member:
                self.give_away(node.name)
        for group in tuple(self._core.state.groups.values()):
            if not group.is_core and group.wanted and group.auto_start:
                for machine in self._members(group):
                    if machine.state is MachineState.OFF:
                        self._machines.start_or_fail(machine.id)

    # a node leaves

    def give_away(self, name: str) -> None:
        """What a node owned starts again elsewhere."""
        heirs = [node.name for node in self._core.up_nodes()] or [
            node.name for node in self._core.state.nodes.values() if node.state is NodeState.PAUSED
        ]
        for kind in (GroupType.CLUSTER, GroupType.AVAILABLE_STORAGE):
            group = self._core.group_of_type(kind)
            if group.owner == name and heirs:
                self._core.change_group(group, owner=heirs[0])
        core = self._core.group_of_type(GroupType.CLUSTER)
        if self._core.cluster.host != core.owner:
            what = f"{core.owner} is now the current host server"
            self._core.emit(ev.ClusterConfigured(replace(self._core.cluster, host=core.owner), what))
        self._storage.leave(name)
        for group in tuple(self._core.state.groups.values()):
            if group.owner == name and not group.is_core:
                self._fail_over(group)
        for machine in self._core.state.machines_on(name):
            if machine.disk is not None and not machine.is_highly_available and machine.state.holds_memory:
                disk = self._core.state.disks[machine.disk]
                if disk.use is DiskUse.AVAILABLE:
                    self._machines.turn_off(machine.id)  # its disk went to another node

    def leave_nothing_to(self, name: str) -> None:
        """An evicted node owns nothing: what no other can bring online goes, offline, to the host of the cluster."""
        heir_of_all = self._core.group_of_type(GroupType.CLUSTER).owner
        for group in tuple(self._core.state.groups.values()):
            if group.owner == name:
                self._give(group, self._members(group), heir_of_all)
        self._storage.hand_over(name, heir_of_all)

    def _fail_over(self, group: Group) -> None:
        machines = self._members(group)
        target = heir(self._core.state, group)
        for machine in machines:
            if machine.state.holds_memory:
                self._machines.turn_off(machine.id)
                if target is None:
                    self._machines.fail(machine.id)
        if target is None:
            return
        self._give(group, machines, target)
        for machine in machines:
            if machine.state.holds_memory and group.auto_start:
                self._machines.start_or_fail(machine.id)

    # a group that failed on its node

    def can_fail_over(self, group: Group) -> bool:
        """Whether another node can bring the group online."""
        state = self._core.state
        target = heir(state, group, but=group.owner)
        return target is not None and state.free_memory(target) >= needed_memory(state, group, group.owner)

    def fail_over(self, group: Group) -> None:
        """Bring a group that failed on its node online on another one, see can_fail_over."""
        machines = self._members(group)
        target = heir(self._core.state, group, but=group.owner)
        assert target is not None
        self._give(group, machines, target)
        for machine in machines:
            self._machines.start_or_fail(machine.id)

    def _give(self, group: Group, machines: list[VirtualMachine], target: str) -> None:
        for machine in machines:
            self._core.change_machine(machine.id, node=target)
            if machine.disk is not None:
                self._storage.own(machine.disk, target)
        self._core.change_group(self._core.state.groups[group.id], owner=target)

    def _members(self, group: Group) -> list[VirtualMachine]:
        return list(self._core.state.group_machines(group.id))

    # a node joins

    def node_joined(self, name: str) -> None:
        """What it owns and what failed is tried again; what prefers it may come back."""
        for group in tuple(self._core.state.groups.values()):
            if group.owner == name and group.auto_start:
                for machine in self._members(group):
                    if machine.state is MachineState.OFF and group.state is ResourceState.FAILED:
                        self._machines.start_or_fail(machine.id)
        for group in tuple(self._core.state.groups.values()):
            if group.preferred_owners[:1] == (name,):
                self._plan_failback(group.id)

    def replan_failback(self, identity: str) -> None:
        """The properties of a group changed; what they say holds from the next time its preferred owner joins."""
        if identity in self._failback:
            self._plan_failback(identity)

    def _plan_failback(self, identity: str) -> None:
        """Move a group back to its first preferred owner, at once or when its window of hours begins."""
        timer = self._failback.pop(identity, None)
        if timer is not None:
            timer.cancel()
        group = self._core.state.groups[identity]
        if not group.failback or not group.preferred_owners or group.owner == group.preferred_owners[0]:
            return
        node = self._core.state.nodes.get(group.preferred_owners[0])
        if node is None or node.state is not NodeState.UP:
            return
        delay = FAILBACK_DELAY if group.failback_window is None else self._until(group.failback_window)
        self._failback[identity] = self._core.kernel.after(delay, partial(self._fail_back, identity))

    def _fail_back(self, identity: str) -> None:
        self._failback.pop(identity, None)
        group = self._core.state.groups.get(identity)
        if group is not None and group.failback and group.preferred_owners:
            for machine in self._members(group):
                self.on_failback(machine.id, group.preferred_owners[0])

    def _until(self, window: tuple[int, int]) -> float:
        """Seconds until the window of hours (UTC) is open."""
        first, last = window
        now = in_utc(self._core.kernel.now)
        inside = first <= now.hour < last if first < last else now.hour >= first or now.hour < last
        if inside:
            return FAILBACK_DELAY
        hours = (first - now.hour) % 24
        return hours * 3600.0 - now.minute * 60 - now.second - now.microsecond / 1e6


def _stay(machine: str, node: str) -> None:
    """Nobody moves anything back yet."""
