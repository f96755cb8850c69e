"""The page Nodes: all servers of the cluster with their state and load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import Node, NodeState
from fcm.model.state import Change, Kind
from fcm.ui.look import appearance, format
from fcm.ui.pages.page import Page
from fcm.ui.tables.table_model import Column, TableModel
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.page_parts import EmptyState
from fcm.workspace.selection import Place

if TYPE_CHECKING:
    from fcm.model.state import State
    from fcm.ui.desk import Desk


def memory_used(state: State, node: str) -> int:
    """Bytes of a node's memory that are in use: the host's own, and that of the machines that hold memory."""
    server = state.nodes[node]
    return server.reserved_memory + sum(m.memory for m in state.machines_on(node) if m.state.holds_memory)


def memory_incoming(state: State, node: str) -> int:
    """Bytes that running live migrations bring to a node."""
    return sum(
        state.machines[m.machine].memory
        for m in state.running_migrations()
        if m.destination == node and not m.handed_over and m.machine in state.machines
    )


class NodesPage(Page):
    """One list."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Nodes", "nodes")
        self.nodes = TableView("Nodes", self._model(), window.context.settings)
        self.watch(self.nodes, Place.NODE)
        self.column.addWidget(self.nodes, 1)
        self._none = EmptyState("This cluster has no nodes.")
        self.column.addWidget(self._none)

    def refresh(self, change: Change) -> None:
        """Loads follow machines and migrations."""
        if not change.structural and change.kinds() <= {Kind.TELEMETRY}:
            return
        self.nodes.table.set_ids(self.state.nodes)
        self._none.setVisible(not self.state.nodes)
        self.title.say("Nodes", "nodes", format.count(len(self.state.nodes), "node"))

    def _model(self) -> TableModel:
        def node(identity: str) -> Node:
            return self.state.nodes[identity]

        def share(identity: str) -> float:
            return memory_used(self.state, identity) / max(1, node(identity).memory)

        def bar(identity: str) -> float | None:
            return share(identity) if node(identity).state in (NodeState.UP, NodeState.PAUSED) else None

        def part(identity: str) -> str:
            migrations = [m for m in self.state.running_migrations() if identity in (m.source, m.destination)]
            words = []
            for migration in migrations:
                name = self.state.moved_name(migration)
                direction = (
                    f"to {migration.destination}" if migration.source == identity else f"from {migration.source}"
                )
                words.append(f"{name} {direction}")
            return ", ".join(words) or format.NONE

        def status(identity: str) -> str:
            found = node(identity)
            return f"{found.state}: {found.note}" if found.note else str(found.state)

        return TableModel(
            (
                Column("Name", lambda i: i, 140, icon=lambda i: appearance.node_icon(node(i))),
                Column("Status", status, 110),
                Column(
                    "Virtual machines",
                    lambda i: str(len(self.state.machines_on(i))),
                    110,
                    sort=lambda i: len(self.state.machines_on(i)),
                    numeric=True,
                ),
                Column("Memory in use", lambda i: format.percent(share(i)), 150, sort=share, progress=bar, keeps=True),
                Column(
                    "Memory free",
                    lambda i: format.size(max(0, self.state.free_memory(i))),
                    100,
                    sort=lambda i: self.state.free_memory(i),
                    numeric=True,
                ),
                Column("Migrations", part, 200),
                Column("Processor", lambda i: node(i).processor.model, 220),
            )
        )
