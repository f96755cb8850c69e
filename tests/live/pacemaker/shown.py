"""What fcm shows of a cluster while something happens to it: nodes, services, machines, events, word for word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fcm.model import events as ev
from tests.live.pacemaker.opened import Opened

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fcm.model.entities import Group, Node, Resource
    from tests.live.live_lab import LiveLab


class Shown(Opened):
    """An open cluster that writes down what it shows, a sentence for each change."""

    def __init__(self, lab: LiveLab, folder: Path) -> None:
        super().__init__(lab, folder)
        self.told: list[str] = []
        self.workspace.subscribe(lambda _, entries: self.told.extend(filter(None, map(self._sentence, entries))))

    def open_on(self, *machines: str) -> None:
        """Wait until all is shown, and forget what was told until then."""
        for name in machines:
            machine = self.machine(name)
            # Its group comes with what Pacemaker says, which may be taken from the queue a moment later.
            self.until(
                lambda machine=machine: self.workspace.state.machines[machine].group is not None, f"{name}'s group"
            )  # type: ignore[misc]
            self.until(lambda name=name: self.group(name).state.value == "Online", f"{name} is online")  # type: ignore[misc]
        self.told.clear()

    def node(self, name: str) -> Node:
        """A node as it is shown."""
        return self.workspace.state.nodes[name]

    def group(self, machine: str) -> Group:
        """The service or application of a machine."""
        found = self.workspace.state.machine_named(machine)
        assert found is not None
        assert found.group is not None
        return self.workspace.state.groups[found.group]

    def resource(self, machine: str) -> Resource:
        """The resource of a machine."""
        found = self.workspace.state.machine_named(machine)
        assert found is not None
        own = self.workspace.state.machine_resource(found.id)
        assert own is not None
        return own

    def tells(self, *patterns: str, limit: float = 60.0) -> None:
        """Wait until each of these regular expressions is found in a sentence."""

        def missing() -> list[str]:
            return [one for one in patterns if not any(re.search(one, sentence) for sentence in self.told)]

        words = ", ".join(patterns)
        try:
            self.until(lambda: not missing(), f"all of this is told: {words}", limit)
        except BaseException:
            print("\n".join(["Not told:", *missing(), "Told:", *self.told]), flush=True)
            raise

    def is_online(self, machine: str, *nodes: str, limit: float = 60.0) -> None:
        """Wait until a machine is shown as online on one of these nodes, with nothing wrong."""

        def there() -> bool:
            group, resource = self.group(machine), self.resource(machine)
            well = not resource.failure and not resource.blocked
            return group.state.value == resource.state.value == "Online" and group.owner in nodes and well

        self.until(there, f"{machine} is shown as online on {' or '.join(nodes)}", limit)

    def never_told(self, *patterns: str) -> None:
        """None of these regular expressions is found in a sentence until now."""
        self.workspace.drain()
        found = [sentence for sentence in self.told if any(re.search(one, sentence) for one in patterns)]
        assert found == []

    def _sentence(self, entry: ev.Entry) -> str:
        match entry.event:
            case ev.NodeChanged(node):
                fencing = f", fencing {node.fencing.value}" if node.fencing else ""
                return f"{node.name}: {node.state.value}{fencing}. {node.note}"
            case ev.GroupChanged(group):
                return f"{group.name}: {group.state.value} on {group.owner}"
            case ev.ResourceChanged(resource):
                return f"{resource.name}: {resource.state.value}. {resource.failure}{resource.blocked}"
            case ev.NodeLogged(key, node, values):
                return f"{key} {node}: {_words(values)}"
            case ev.FailoverRecorded(failover):
                ends = f" to {failover.destination}" if failover.destination else ""
                return f"failover from {failover.source}{ends}: {failover.cause} {failover.outcome}"
            case ev.MigrationFailed(_, reason, _):
                return f"migration failed: {reason}"
            case ev.ClusterConfigured(cluster):
                return f"cluster: {cluster.stopped or 'runs'}"
            case ev.NetworkChanged(network):
                return f"network {network.name}: {network.state.value}"
            case ev.BackendReported(level, text):
                return f"{level}: {text}"
        return ""


def _words(values: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values)
