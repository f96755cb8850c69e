"""The page Nodes: all servers of the cluster with their state and load, and what would be homeless if one failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from fcm.model.entities import Node, NodeState
from fcm.model.rules.failing.placement import n_plus_one
from fcm.model.rules.quorum import engine_of, what_if_lost
from fcm.model.state import Change, Kind
from fcm.ui.look import appearance, format
from fcm.ui.pages.page import Page
from fcm.ui.pages.simulated_failures import with_failures
from fcm.ui.tables.table_model import Column, TableModel
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.background import Pace, Work
from fcm.ui.widgets.page_parts import EmptyState, heading
from fcm.workspace.planning.losses import predicted_losses
from fcm.workspace.selection import Place

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from fcm.model.state import State
    from fcm.ui.desk import Desk
    from fcm.ui.widgets.background import Outcome

MOST_TOLD = 4
"""Groups that are named in one line."""
PLACE_FOR_ALL = "Every service and application can start on another node"


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


def lost_with(state: State, node: str) -> tuple[str, str]:
    """What would follow if a node failed now: a level (pass, warn, fail, info) and words."""
    if not state.nodes[node].state.is_member:
        return "info", f"Is {state.nodes[node].state.lower()}"
    left = what_if_lost(state, node)
    if not left.has_quorum:
        return "fail", f"The cluster stops: {left.present} of {left.needed} needed votes would be left"
    found = n_plus_one(state, node)
    if not found:
        return "pass", PLACE_FOR_ALL
    more = f"; {len(found) - MOST_TOLD} more" if len(found) > MOST_TOLD else ""
    return "warn", "; ".join(found[:MOST_TOLD]) + more


def _lost_with_each(state: State) -> dict[str, tuple[str, str]]:
    return {name: lost_with(state, name) for name in state.nodes}


class NodesPage(Page):
    """The list of nodes, and below what would find no place if one of them failed (reckoned in a thread)."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Nodes", "nodes")
        settings = window.context.settings
        self.nodes = TableView("Nodes", self._model(), settings)
        self.watch(self.nodes, Place.NODE)
        self.losses = TableView("If a node fails now", self._losses_model(), settings)
        self.watch(self.losses, Place.NODE)
        self._below = QWidget()
        below = QVBoxLayout(self._below)
        below.setContentsMargins(0, 4, 0, 0)
        below.setSpacing(4)
        below.addWidget(heading("If a node fails now"))
        below.addWidget(self.losses, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("nodes-split")
        split.setChildrenCollapsible(False)
        split.addWidget(self.nodes)
        split.addWidget(self._below)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([360, 200])
        self.column.addWidget(split, 1)
        self._none = EmptyState("This cluster has no nodes.")
        self.column.addWidget(self._none)
        self._lost: dict[str, tuple[str, str]] = {}
        self._work: Work | None = None
        self._again = False
        self._asked: tuple[object, ...] = ()
        """Parts of the state for which the engine was asked last."""
        self._pace = Pace(self)
        self._pace.due.connect(self._reckon)

    @property
    def is_settled(self) -> bool:
        """False while it is reckoned what would find no place."""
        return not self._again and self._work is None

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while another page was shown."""
        super().showEvent(event)
        self._look()

    def refresh(self, change: Change) -> None:
        """Loads follow machines and migrations."""
        if not change.structural and change.kinds() <= {Kind.TELEMETRY}:
            return
        workspace = self.frame.workspace
        self.nodes.table.set_ids(self.state.nodes)
        self.losses.table.set_ids(self.state.nodes)
        self._none.setVisible(not self.state.nodes)
        asked = workspace is not None and (workspace.simulated or self._asks_engine())
        self._below.setVisible(bool(self.state.nodes) and asked)
        self.title.say("Nodes", "nodes", format.count(len(self.state.nodes), "node"))
        self._look()

    def _asks_engine(self) -> bool:
        """Whether the scheduler of the cluster's engine is asked what would follow."""
        workspace = self.frame.workspace
        return workspace is not None and bool(engine_of(self.state)) and bool(workspace.capabilities.rehearsal())

    def _look(self) -> None:
        self._again = self.isVisible() and self._below.isVisibleTo(self)
        if self._asks_engine():
            # It is asked over the network: only what the scheduler looks at is a reason to ask again.
            state = self.state
            parts = (state.cluster, state.nodes, state.machines, state.groups, state.resources)
            self._again &= len(parts) != len(self._asked) or any(
                one is not other for one, other in zip(parts, self._asked, strict=True)
            )
        self._reckon()

    def _reckon(self) -> None:
        if not self._again or self._work is not None or not self._pace.is_due():
            return
        self._again = False
        state, workspace = self.state, self.frame.workspace
        self._pace.begin()
        if workspace is not None and self._asks_engine():
            self._asked = (state.cluster, state.nodes, state.machines, state.groups, state.resources)
            self._work = Work(self, lambda: predicted_losses(workspace, state, lambda: True), self._reckoned)
        else:
            self._work = Work(self, lambda: _lost_with_each(state), self._reckoned)

    def _reckoned(self, outcome: Outcome) -> None:
        self._work = None
        self._pace.end()
        if outcome.error is None:
            self._lost = outcome.result
            self.losses.table.touch()
        self._reckon()

    def _losses_model(self) -> TableModel:
        def lost(identity: str) -> tuple[str, str]:
            return self._lost.get(identity, ("info", "Being computed"))

        return TableModel(
            (
                Column(
                    "If this node fails", lambda i: i, 140, icon=lambda i: appearance.node_icon(self.state.nodes[i])
                ),
                Column(
                    "Then",
                    lambda i: lost(i)[1],
                    480,
                    icon=lambda i: {"info": "level-information"}.get(lost(i)[0], lost(i)[0]),
                    tooltip=lambda i: lost(i)[1],
                ),
            )
        )

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
            words = appearance.node_words(found, engine=engine_of(self.state))
            return with_failures(words, self.state, identity)

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
                Column("Migrations", part, 200, folds=1),
                Column("Processor", lambda i: node(i).processor.model, 220, folds=2),
            )
        )
