"""Nodes of the embedded cluster: paused, stopped, started, evicted."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from fcm.backend.embedded.cluster_file.identity import identity
from fcm.model import events as ev
from fcm.model.entities import Adapter, NodeState
from fcm.model.rules.new_node import free_address
from fcm.model.rules.verdict import some

if TYPE_CHECKING:
    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.failover.takeover import Takeover
    from fcm.backend.embedded.kernel import Timer
    from fcm.backend.embedded.membership.networks import Networks
    from fcm.backend.embedded.storage.disks import Storage
    from fcm.model import commands as cmd

JOIN_TIME = 6.0
"""s from the start of the cluster service to membership. An assumption."""
STOPPED = "The cluster service was stopped."
STOPPED_PAUSED = "The cluster service was stopped; the node was paused."
"""A pause survives a restart (PauseClusterNode), so the node remembers it."""


class Nodes:
    """What happens with nodes."""

    def __init__(self, core: Core, storage: Storage, networks: Networks, takeover: Takeover) -> None:
        self._core = core
        self._storage = storage
        self._networks = networks
        self._takeover = takeover
        self._joining: dict[str, Timer] = {}

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
        self._joining[command.node] = self._core.kernel.after(delay, partial(self._joined, command.node))

    def down(self) -> list[str]:
        """Names of the nodes whose cluster service does not run."""
        return [node.name for node in self._core.state.nodes.values() if node.state is NodeState.DOWN]

    def stop(self, command: cmd.StopClusterService) -> None:
        """The node leaves the running cluster; what it owns starts again elsewhere."""
        node = self._core.state.nodes[command.node]
        timer = self._joining.pop(node.name, None)
        if timer is not None:
            timer.cancel()
        was_paused = node.state is NodeState.PAUSED or node.note == STOPPED_PAUSED
        self._change(node.name, NodeState.DOWN, STOPPED_PAUSED if was_paused else STOPPED)
        self._networks.node_changed(node.name)
        self._takeover.give_away(node.name)

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
        self._takeover.give_away(node.name)
        self._takeover.leave_nothing_to(node.name)
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
        self._takeover.node_joined(name)

    def _change(self, name: str, state: NodeState, note: str = "") -> None:
        node = self._core.state.nodes[name]
        self._core.emit(ev.NodeChanged(replace(node, state=state, note=note)))
