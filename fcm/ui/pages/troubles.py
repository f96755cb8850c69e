"""The strip of a page that says what Pacemaker waits for, each line with its remedy."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from fcm.ui.widgets.dialog_parts import wrapped
from fcm.ui.widgets.page_parts import Elided, Link, Picture
from fcm.ui.window.qactions import entry_for
from fcm.workspace.actions.catalog import BY_ID
from fcm.workspace.troubles import Trouble, troubles

if TYPE_CHECKING:
    from fcm.model.state import State
    from fcm.ui.desk import Desk
    from fcm.workspace.selection import Selection

MOST = 4
"""Lines that are shown; of more, how many there are."""


class TroubleStrip(QFrame):
    """One line for each thing that waits for a user; hidden while there is none."""

    def __init__(self, window: Desk) -> None:
        super().__init__()
        self._frame = window
        self._shown: tuple[Trouble, ...] = ()
        self.setObjectName("troubles")
        self.setAccessibleName("Waiting for you")
        self.setProperty("role", "strip")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 4, 8, 4)
        self._column.setSpacing(4)
        self.hide()

    def show_troubles(self, state: State, selection: Selection) -> None:
        """Show what waits where the page is."""
        found = troubles(state, selection)
        if found == self._shown:
            return
        self._shown = found
        while item := self._column.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for trouble in found[:MOST]:
            self._column.addWidget(self._line(trouble))
        if len(found) > MOST:
            self._column.addWidget(Elided(f"{len(found) - MOST} more wait."))
        self.setVisible(bool(found))

    def _line(self, trouble: Trouble) -> QWidget:
        line = QWidget(self)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(Picture("level-warning"), 0, Qt.AlignmentFlag.AlignTop)
        text = wrapped(trouble.sentence)
        text.setAccessibleName(trouble.sentence)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(text, 1)
        if trouble.action:
            action = BY_ID[trouble.action]
            link = Link(action.label, action.icon, partial(self._act, trouble))
            link.allow(entry_for(self._frame.workspace, action, trouble.selection).reason)
            row.addWidget(link, 0, Qt.AlignmentFlag.AlignTop)
        return line

    def _act(self, trouble: Trouble) -> None:
        self._frame.perform(entry_for(self._frame.workspace, BY_ID[trouble.action], trouble.selection))
