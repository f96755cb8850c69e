"""What the parts of the embedded cluster share: its state, its time, and how a fact happens."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fcm.backend.embedded.cluster_file.groups import guest_features
from fcm.backend.embedded.watch import Watch
from fcm.model import events as ev
from fcm.model.entities import GroupType, NodeState, ResourceState
from fcm.model.entries import stamped
from fcm.model.resource_states import group_state, machine_resource_state
from fcm.model.rules.failing.assumed import figure
from fcm.model.rules.failing.faults import answers
from fcm.model.state import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.kernel import Kernel
    from fcm.model.entities import Cluster, Group, Node, Resource, VirtualMachine


def _nothing(*_: object) -> None:
    """What a hook does that nobody has set."""


class Core:
    """State and time of one cluster. Every change goes through ``emit``; what is emitted waits in ``outbox``."""

    def __init__(self, kernel: Kernel, seed: int) -> None:
        self.kernel = kernel
        self.seed = seed
        self.state = State()
        self.outbox: list[ev.Entry] = []
        self.watch = Watch()
        """Sees every event, and says what may never be."""
        self.on_machine_state: Callable[[VirtualMachine, VirtualMachine], None] = _nothing
        """Told after the state of a machine has changed: how it was before and is now."""
        self.watchers: list[Callable[[Resource, Resource], None]] = []
        """Told that the state of a resource has changed: as it was, and as it is."""

    def emit(self, event: ev.Event) -> None:
        """Emit an event: applied to the local state by the common reducer, and added to the outbox."""
        if not event.transient:
            self.watch.see(self.state, event)
        self.state, entries = stamped(self.state, (event,), self.kernel.now)
        self.outbox += entries

    def log(self, key: str, node: str, /, **values: str) -> None:
        """A node writes to its event log or cluster log, see ``NodeLogged``; the values in the order of Windows.

        One that has no power or is frozen writes nothing.
        """
        if not answers(self.state, node):
            return
        self.emit(ev.NodeLogged(key, node, tuple(values.items())))

    def figure(self, name: str) -> float:
        """A duration or figure of the simulation of failures, see ``fcm.model.rules.failing.assumed``."""
        return figure(self.cluster, name)

    def members(self) -> list[Node]:
        """Nodes that take part in the cluster, in the order of their ids."""
        return [node for node in self.state.nodes.values() if node.state.is_member]

    def vary(self, seconds: float, what: str) -> float:
        """A duration that varies by up to 10 %; the same seed, history and ``what`` give the same."""
        draw = random.Random(f"{self.seed}/{self.state.sequence}/{what}").uniform(-0.1, 0.1)
        return seconds * (1.0 + draw)

    def between(self, least: float, most: float, what: str) -> float:
        """A duration between two; the same seed, history and ``what`` give the same."""
        return random.Random(f"{self.seed}/{self.state.sequence}/{what}").uniform(least, most)

    @property
    def cluster(self) -> Cluster:
        """The cluster; it has been formed before anything else happens."""
        assert self.state.cluster is not None
        return self.state.cluster

    def up_nodes(self) -> list[Node]:
        """Nodes to which something may move."""
        return [node for node in self.state.nodes.values() if node.state is NodeState.UP]

    def group_of_type(self, kind: GroupType) -> Group:
        """The core group of that type."""
        return next(group for group in self.state.groups.values() if group.type is kind)

    # changes that take others with them

    def configure(self, cluster: Cluster, what: str) -> None:
        """Change fields of the cluster; ``what`` says it in words."""
        if cluster != self.cluster:
            self.emit(ev.ClusterConfigured(cluster, what))

    def change_node(self, name: str, **changes: Any) -> Node:
        """Change fields of a node."""
        node = self.state.nodes[name]
        changed = replace(node, **changes)
        if changed != node:
            self.emit(ev.NodeChanged(changed))
        return changed

    def change_machine(
        self, identity: str, /, resource_state: ResourceState | None = None, **changes: Any
    ) -> VirtualMachine:
        """Change fields of a machine; its resource and its group follow.

        Args:
            identity: of the machine.
            resource_state: of its resource, where that does not follow from the state of the machine: it has failed.
            changes: fields.
        """
        machine = self.state.machines[identity]
        changed = replace(machine, **changes)
        if changed != machine:
            self.emit(ev.MachineChanged(changed))
        resource = self.state.machine_resource(identity)
        if resource is not None and changed.state is not machine.state:
            self.change_resource(resource, state=resource_state or machine_resource_state(changed.state))
        if changed.state is not machine.state:
            self.on_machine_state(machine, changed)
        return changed

    def change_resource(self, resource: Resource, **changes: Any) -> None:
        """Change fields of a resource; the state of its group follows. What is on its way up is not tried again."""
        changed = replace(resource, **changes)
        if changed.state in (ResourceState.ONLINE, ResourceState.PENDING):
            changed = replace(changed, failure="", retry_at=None)
        before = self.state.resources.get(resource.id)
        if changed != before:
            self.emit(ev.ResourceChanged(changed))
        self.refresh_group(changed.group)
        if changed.group != resource.group:
            self.refresh_group(resource.group)
        if before is not None and before.state is not changed.state:
            for told in self.watchers:
                told(before, changed)

    def refresh_group(self, identity: str) -> None:
        """Bring the state of a group in line with its resources."""
        group = self.state.groups.get(identity)
        if group is not None:
            self.change_group(group, state=group_state(self.state, identity))

    def change_group(self, group: Group, **changes: Any) -> Group:
        """Change fields of a group."""
        changed = replace(group, **changes)
        if changed != group:
            self.emit(ev.GroupChanged(changed))
        return changed

    def features_at(self, machine: VirtualMachine, node: str) -> frozenset[str]:
        """Processor features that a machine gets when it starts on a node."""
        nodes = self.state.nodes.values()
        processors = {item.name: (item.processor.vendor, item.processor.features) for item in nodes}
        return guest_features(machine, node, processors)
