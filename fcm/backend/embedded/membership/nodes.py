"""Nodes of the embedded cluster: paused, stopped, started, evicted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.embedded.cluster_file.identity import identity
from fcm.model import events as ev
from fcm.model.entities import Adapter, NodeState
from fcm.model.rules.new_node import free_address
from fcm.model.rules.verdict import some

if TYPE_CHECKING:
    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.failover.takeover import Takeover
    from fcm.backend.embedded.membership.membership import Membership
    from fcm.backend.embedded.storage.disks import Storage
    from fcm.model import commands as cmd

STOPPED = "The cluster service was stopped."
STOPPED_PAUSED = "The cluster service was stopped; the node was paused."
"""What journals of earlier versions say of a node that was paused when it was stopped."""


class Nodes:
    """What happens with nodes."""

    def __init__(self, core: Core, storage: Storage, takeover: Takeover, membership: Membership) -> None:
        self._core = core
        self._storage = storage
        self._takeover = takeover
        self._membership = membership

    def pause(self, command: cmd.PauseNode) -> None:
        """The node keeps what it owns; nothing moves there. 2008 R2 does not drain."""
        self._core.change_node(command.node, state=NodeState.PAUSED)

    def resume(self, command: cmd.ResumeNode) -> None:
        """End of the pause."""
        self._core.change_node(command.node, state=NodeState.UP, paused=False, note="")

    def stop(self, command: cmd.StopClusterService) -> None:
        """The node leaves the running cluster in order; what it owns starts again elsewhere."""
        was_member = self._core.state.nodes[command.node].state.is_member
        self._membership.stop(command.node, STOPPED)
        if was_member and self._membership.holds_without(command.node):
            self._takeover.give_away(command.node)
        self._membership.left(command.node)

    def add(self, command: cmd.AddNode) -> None:
        """A server joins: its adapters get the next free addresses, and it sees what all the others see."""
        state, host = self._core.state, self._core.state.nodes[self._core.cluster.host]
        others = set(state.nodes)
        fresh = replace(host, name=command.node, state=NodeState.UP, note="", left=())
        fresh = replace(fresh, weight=1, dynamic_weight=1, paused=False)
        self._core.emit(ev.NodeChanged(fresh))
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
        self._membership.joined(command.node)

    def evict(self, command: cmd.EvictNode) -> None:
        """The node leaves for good."""
        node = self._core.state.nodes[command.node]
        if node.state is not NodeState.DOWN:
            self._membership.stop(node.name, STOPPED)
        self._takeover.give_away(node.name)
        self._takeover.leave_nothing_to(node.name)
        for group in tuple(self._core.state.groups.values()):
            if node.name in group.preferred_owners:
                owners = tuple(name for name in group.preferred_owners if name != node.name)
                self._core.change_group(group, preferred_owners=owners)
        self._storage.forget_node(node.name)
        self._membership.forget(node.name)
        own = [one.name for one in self._core.state.machines_on(node.name)]
        self._core.emit(ev.NodeEvicted(node.name))
        if own:
            text = f"Not clustered, so no longer shown after {node.name} was evicted: {some(own, 12)}."
            self._core.emit(ev.BackendReported("information", text))
        self._membership.left(node.name)

    def settle(self) -> None:
        """Nodes of earlier journals remember their pause in words."""
        for node in tuple(self._core.state.nodes.values()):
            if node.note == STOPPED_PAUSED:
                self._core.change_node(node.name, paused=True, note=STOPPED)
