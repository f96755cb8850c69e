"""The panel that explains the last failover of a group: cause, course, one time line, why this node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from fcm.model.rules.quorum import engine_of
from fcm.ui.failover.words import ASSUMED, LOOSE, NO_REASON, NOTHING, REAL, steps, summary
from fcm.ui.look import appearance
from fcm.ui.tables.table_model import Column, TableModel
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.dialog_parts import named, wrapped
from fcm.ui.widgets.page_parts import EmptyState, heading, quiet
from fcm.ui.widgets.time_line import TimeLine

if TYPE_CHECKING:
    from fcm.model.failures import Candidate, Failover
    from fcm.model.state import State
    from fcm.workspace.files.settings import Settings


class FailoverExplainer(QWidget):
    """What the cluster did when the group failed over last, and why."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("failoverExplainer")
        self._state: State | None = None
        self._failover: Failover | None = None
        self._cause = named(wrapped(""), "Cause of the failover")
        self._course = named(wrapped(""), "Course of the failover")
        for label in (self._cause, self._course):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.line = TimeLine("Time line of the failover")
        self.candidates = TableView("Nodes that were considered", self._model(), settings)
        self.candidates.setMinimumHeight(60)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._cause)
        column.addWidget(self._course)
        column.addWidget(self.line)
        self._note = quiet(ASSUMED)
        column.addWidget(self._note)
        self._why = heading("Why this node")
        column.addWidget(self._why)
        column.addWidget(self.candidates, 1)
        self._no_reason = quiet(NO_REASON)
        column.addWidget(self._no_reason)
        column.addStretch()
        self._nothing = EmptyState("")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._nothing)
        self._stack.addWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    @property
    def failover(self) -> Failover | None:
        """What is explained; None: nothing has failed over."""
        return self._failover

    def show_group(self, state: State, group: str | None, name: str, simulated: bool = True) -> None:
        """Explain the last failover of a group.

        Args:
            state: the cluster.
            group: its id; None: the machine is not highly available.
            name: of the machine.
            simulated: whether the cluster is; on real hosts nothing fails over without Pacemaker.
        """
        found = state.failovers.get(group) if group is not None else None
        self._state = state
        if found is None:
            self._failover = None
            words_of_none = LOOSE if group is None else NOTHING.format(name=name)
            if not simulated:
                words_of_none = REAL if not engine_of(state) else words_of_none.partition(" To try it")[0]
            self._nothing.words.setText(words_of_none)
            self._stack.setCurrentIndex(0)
            return
        self._stack.setCurrentIndex(1)
        if found == self._failover:
            return
        self._failover = found
        words = summary(found, state, simulated)
        self._cause.setText(words.cause)
        self._course.setText(words.course)
        self._note.setVisible(simulated)
        self.line.show_steps(steps(found, simulated))
        self.candidates.table.set_ids(one.node for one in found.candidates)
        self.candidates.table.touch()
        for widget in (self._why, self.candidates):
            widget.setVisible(simulated or bool(found.candidates))
        self._no_reason.setVisible(not simulated and not found.candidates)

    def _candidate(self, node: str) -> Candidate | None:
        if self._failover is None:
            return None
        return next((one for one in self._failover.candidates if one.node == node), None)

    def _model(self) -> TableModel:
        def result(node: str) -> str:
            found = self._candidate(node)
            return "Chosen" if found is not None and found.chosen else "Not chosen"

        def reason(node: str) -> str:
            found = self._candidate(node)
            return found.reason if found is not None else ""

        def icon(node: str) -> str:
            known = self._state.nodes.get(node) if self._state is not None else None
            return appearance.node_icon(known) if known is not None else "node-unknown"

        return TableModel(
            (
                Column("Node", lambda node: node, 120, icon=icon),
                Column("Result", result, 90, icon=lambda node: "pass" if result(node) == "Chosen" else "not-checked"),
                Column("Reason", reason, 420),
            )
        )
