"""Nodes of the embedded cluster: paused, stopped, started, evicted; what they own fails over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.embedded.cluster_file.identity import identity
from fcm.model import events as ev
from fcm.model.entities import Adapter, DiskUse, GroupType, MachineState, NodeState, ResourceState
from fcm.model.moments import in_utc
from fcm.model.rules.new_node import free_address
from fcm.model.rules.verdict import some

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.kernel import Timer
    from fcm.backend.embedded.machines.machines import Machines
    from fcm.backend.embedded.membership.networks import Networks
    from fcm.backend.embedded.storage.disks import Storage
    from fcm.model import commands as cmd
    from fcm.model.entities import Group, VirtualMachine

JOIN_TIME = 6.0
"""s from the start of the cluster service to membership. An assumption."""
FAILBACK_DELAY = 1.0
"""s between the return of a preferred owner and an immediate failback. An assumption."""
STOPPED = "The cluster service was stopped."
STOPPED_PAUSED = "The cluster service was stopped; the node was paused."
"""A pause survives a restart (PauseClusterNode), so the node remembers it."""


class Nodes:
    """What happens with nodes."""

    def __init__(self, core: Core, storage: Storage, machines: Machines, networks: Networks) -> None:
        self._core = core
        self._storage = storage
        self._machines = machines
        self._networks = networks
        self._joining: dict[str, Timer] = {}
        self._failback: dict[str, Timer] = {}
        self.on_failback: Callable[[str, str], None] = lambda machine, node: None
        """Who moves a machine back to its preferred owner."""

    def pause(self, command: cmd.PauseNode) -> None:
        """The node keeps what it owns; nothing moves there. 2008 R2 does not drain."""
        self._change(command.node, NodeState.PAUSED)

    def resume(self, command: cmd.ResumeNode) -> None:
        """End of the pause."""
        self._change(command.node, NodeState.UP)

    def start(self, command: cmd.StartClusterService) -> None:
        """The node joins, and is up a little later."""
        paused = self._core.state.nodes[command.node].note == STOPPED_PAUSED
        self._change(command.node, NodeState.JOINING, STOPPED_PAUSED if paused else "")
        delay = self._core.vary(JOIN_TIME, f"join {command.node}")
        self._joining[command.node] = self._core.kernel.after(delay, lambda: self._joined(command.node))

    def stop(self, command: cmd.StopClusterService) -> None:
        """The node leaves the running cluster; what it owns starts again elsewhere."""
        node = self._core.state.nodes[command.node]
        timer = self._joining.pop(node.name, None)
        if timer is not None:
            timer.cancel()
        was_paused = node.state is NodeState.PAUSED or node.note == STOPPED_PAUSED
        self._change(node.name, NodeState.DOWN, STOPPED_PAUSED if was_paused else STOPPED)
        self._networks.node_changed(node.name)
        self._give_away(node.name)

    def add(self, command: cmd.AddNode) -> None:
        """A server joins: its adapters get the next free addresses, and it sees what all the others see."""
        state, host = self._core.state, self._core.state.nodes[self._core.cluster.host]
        others = set(state.nodes)
        self._core.emit(ev.NodeChanged(replace(host, name=command.node, state=NodeState.UP, note="")))
        for network in state.networks.values():
            key = identity(self._core.cluster.name, "adapter", command.node, network.name)
            address = free_address(network, self._core.state)
            name = f"{command.node} - {network.name}"
            self._core.emit(ev.AdapterChanged(Adapter(key, name, command.node, network.id, address)))
        for disk in state.disks.values():
            if others <= set(disk.visible_to):
                self._core.emit(ev.DiskChanged(replace(disk, visible_to=(*disk.visible_to, command.node))))
        for resource in state.resources.values():
            if others <= set(resource.possible_owners):
                owners = (*resource.possible_owners, command.node)
                self._core.emit(ev.ResourceChanged(replace(resource, possible_owners=owners)))
        self._networks.node_changed(command.node)

    def evict(self, command: cmd.EvictNode) -> None:
        """The node leaves for good."""
        node = self._core.state.nodes[command.node]
        if node.state is not NodeState.DOWN:
            self._change(node.name, NodeState.DOWN, STOPPED)
        self._give_away(node.name)
        self._leave_nothing_to(node.name)
        for group in tuple(self._core.state.groups.values()):
            if node.name in group.preferred_owners:
                owners = tuple(name for name in group.preferred_owners if name != node.name)
                self._core.change_group(group, preferred_owners=owners)
        self._storage.forget_node(node.name)
        timer = self._joining.pop(node.name, None)
        if timer is not None:
            timer.cancel()
        own = [one.name for one in self._core.state.machines_on(node.name)]
        self._core.emit(ev.NodeEvicted(node.name))
        if own:
            text = f"Not clustered, so no longer shown after {node.name} was evicted: {some(own, 12)}."
            self._core.emit(ev.BackendReported("information", text))
        self._networks.refresh(self._core.state.networks)

    def _leave_nothing_to(self, name: str) -> None:
        """An evicted node owns nothing: what no other can bring online goes, offline, to the host of the cluster."""
        heir = self._core.group_of_type(GroupType.CLUSTER).owner
        for group in tuple(self._core.state.groups.values()):
            if group.owner == name:
                self._give(group, self._members(group), heir)
        self._storage.hand_over(name, heir)

    def settle(self) -> None:
        """Nodes that were joining when the program ended are up. Failback that waited for its hours is forgotten."""
        for node in tuple(self._core.state.nodes.values()):
            if node.state is NodeState.JOINING:
                self._joined(node.name)

    # joining

    def _joined(self, name: str) -> None:
        self._joining.pop(name, None)
        paused = self._core.state.nodes[name].note == STOPPED_PAUSED
        self._change(name, NodeState.PAUSED if paused else NodeState.UP)
        self._networks.node_changed(name)
        for group in tuple(self._core.state.groups.values()):
            if group.owner == name and group.auto_start:
                for machine in self._members(group):
                    if machine.state is MachineState.OFF and group.state is ResourceState.FAILED:
                        self._machines.start_or_fail(machine.id)
        for group in tuple(self._core.state.groups.values()):
            if group.preferred_owners[:1] == (name,):
                self._plan_failback(group.id)

    def _change(self, name: str, state: NodeState, note: str = "") -> None:
        node = self._core.state.nodes[name]
        self._core.emit(ev.NodeChanged(replace(node, state=state, note=note)))

    # failing over

    def _give_away(self, name: str) -> None:
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

    def _fail_over(self, group: Group) -> None:
        machines = self._members(group)
        target = self._heir(group, machines)
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

    def can_fail_over(self, group: Group) -> bool:
        """Whether another node can bring the group online."""
        machines = self._members(group)
        target = self._heir(group, machines, but=group.owner)
        needed = sum(machine.memory for machine in machines)
        return target is not None and self._core.state.free_memory(target) >= needed

    def fail_over(self, group: Group) -> None:
        """Bring a group that failed on its node online on another one, see can_fail_over."""
        machines = self._members(group)
        target = self._heir(group, machines, but=group.owner)
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

    def _heir(self, group: Group, machines: list[VirtualMachine], but: str = "") -> str | None:
        """A possible owner with the memory; without a group of its anti-affinity classes; preferred; with more memory.

        The first criterion that differs decides.
        """
        state = self._core.state
        names = [node.name for node in self._core.up_nodes() if node.name != but]
        for resource in state.group_resources(group.id):
            names = [name for name in names if name in resource.possible_owners]
        for machine in machines:
            if machine.disk is not None:
                names = [name for name in names if name in state.disks[machine.disk].visible_to]
        needed = sum(machine.memory for machine in machines if but or machine.state.holds_memory)
        classes = set(group.anti_affinity)
        others = [other for other in state.groups.values() if other.id != group.id and other.anti_affinity]
        taken = {other.owner for other in others if classes & set(other.anti_affinity)}

        def order(name: str) -> tuple[bool, bool, int, int]:
            preferred = group.preferred_owners
            rank = preferred.index(name) if name in preferred else len(preferred)
            return (state.free_memory(name) < needed, name in taken, rank, -state.free_memory(name))

        return min(names, key=order, default=None)

    def _members(self, group: Group) -> list[VirtualMachine]:
        return list(self._core.state.group_machines(group.id))

    # failing back

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
        self._failback[identity] = self._core.kernel.after(delay, lambda: self._fail_back(identity))

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
