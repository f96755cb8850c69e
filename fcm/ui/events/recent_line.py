"""The line "Recent Cluster Events", which says how many there are and leads to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from fcm.ui.events.recent_events import RecentEvents
from fcm.ui.look.plain import literal
from fcm.ui.widgets.page_parts import Link, quiet
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.ui.desk import Desk

NONE = "None in the last 24 hours"


class RecentLine(QWidget):
    """Counts in the background while somebody looks."""

    def __init__(self, window: Desk, is_shown: Callable[[], bool]) -> None:
        """``is_shown``: whether the page of this line is visible."""
        super().__init__()
        self._window = window
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        label = quiet("Recent Cluster Events:")
        label.setWordWrap(False)
        row.addWidget(label)
        self.link = Link(NONE, "events", self._open)
        row.addWidget(self.link)
        row.addStretch(1)
        self.recent = RecentEvents(lambda: window.workspace, is_shown, self)
        self.recent.counted.connect(self._show)
        self.recent.failed.connect(self._say_why)
        window.logged.connect(self.recent.look)

    def _show(self, counts: dict[str, int]) -> None:
        words = ", ".join(f"{level}: {number}" for level, number in counts.items())
        self.link.say(words or NONE)
        self.link.setToolTip("")

    def _say_why(self, why: str) -> None:
        self.link.say("Events cannot be read")
        self.link.setToolTip(literal(why))

    def _open(self) -> None:
        from fcm.ui.events.events import EventsPage

        self._window.select(Selection(Place.EVENTS))
        if isinstance(self._window.page, EventsPage):
            self._window.page.show_recent()
