"""A live list of events: a table, what fills it, and what is said where it has no rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from fcm.ui.events.event_feed import EventFeed
from fcm.ui.events.event_table import EventTable
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.page_parts import EmptyState

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from fcm.workspace.events.event_log import EventLog, EventSelection
    from fcm.workspace.files.settings import Settings


class EventView(QStackedWidget):
    """The events that are looked for of one event log, live; new ones come in on top."""

    counted = Signal()
    """Rows came or went, or why there are none."""

    def __init__(self, name: str, empty: str, settings: Settings, parent: QWidget | None = None, key: str = "") -> None:
        """``empty``: what is said where no event is found; ``key``: see TableView."""
        super().__init__(parent)
        self.model = EventTable(self)
        self.table = TableView(name, self.model, settings, self, key)
        self.feed = EventFeed(self.model, self)
        self._words = empty
        self._empty = EmptyState(empty)
        self.addWidget(self._empty)
        self.addWidget(self.table)
        self.feed.shown.connect(lambda: self._count(""))
        self.feed.came.connect(self._came)
        self.feed.failed.connect(self.fail)

    @property
    def empty(self) -> str:
        """What is said in place of rows."""
        return self._empty.words.text()

    def seek(self, events: EventLog, selection: EventSelection) -> None:
        """Show what is looked for."""
        self.feed.seek(events, selection)

    def clear(self) -> None:
        """No cluster is open."""
        self.feed.clear()
        self._count("")

    def fail(self, why: str) -> None:
        """The events cannot be shown (sentence)."""
        self.model.replace(self.model.numbers[:0], ())
        self._count(why)

    def _came(self, number: int) -> None:
        """New rows are on top; what was in view stays there, unless it was the top."""
        bar = self.table.verticalScrollBar()
        if bar.value() > 0:
            bar.setValue(bar.value() + number)
        self._count("")

    def _count(self, problem: str) -> None:
        self._empty.words.setText(problem or self._words)
        self.setCurrentIndex(1 if self.model.rowCount() else 0)
        self.counted.emit()
