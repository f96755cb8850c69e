"""The page Cluster Events: every event since the beginning, by query, level, time and words; new ones on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSplitter, QToolButton

from fcm.logs.describe import LEVELS
from fcm.logs.queries.query import QueryError, parse_query
from fcm.text.words import counted
from fcm.ui.events.event_detail import EventDetail
from fcm.ui.events.event_exports import ExportBar, ask_for_file, export_button
from fcm.ui.events.event_queries import QueryBar
from fcm.ui.events.event_table import LEVEL_ICONS
from fcm.ui.events.event_view import EventView
from fcm.ui.events.saved_log_bar import SavedLogBar, open_button
from fcm.ui.look import icons
from fcm.ui.look.plain import literal
from fcm.ui.pages.page import Page
from fcm.ui.widgets.page_parts import FilterBox
from fcm.workspace.events.event_log import EventSelection
from fcm.workspace.events.saved_queries import ALL_EVENTS, RECENT

if TYPE_CHECKING:
    from array import array
    from pathlib import Path

    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QFileDialog, QLineEdit

    from fcm.model.state import Change
    from fcm.ui.desk import Desk
    from fcm.ui.tables.table_view import TableView
    from fcm.workspace.events.event_log import EventLog

WIDE = 720
"""Pixels of the page from which on the levels are words."""
DAY = 86400.0
"""s."""
CLOCK = 1000
"""ms between two looks at a list from which events go because time passes."""
_PERIODS = (("Any time", 0.0), ("Last hour", 3600.0), ("Last 24 hours", DAY), ("Last 7 days", 7 * DAY))
_FOLDED = ("Source", "Task Category")
"""Columns that make room for the description; the details of an event say them too."""
_EMPTY = "No events match this query, these levels, words and times."


class EventsPage(Page):
    """A query bar, a filter row, the list, and the selected event in full."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Cluster Events", "events")
        self._levels = dict.fromkeys(LEVELS, True)
        self._buttons: list[QToolButton] = []
        self._order, self._descending, self._words = "", False, ""
        self._events: EventLog | None = None
        self.queries = QueryBar(window, self)
        self.pause = self._toggle("Pause", "pause", "Do not add new events to the list", "pause-events")
        self.export = export_button(self.ask_export)
        self.saved_log = SavedLogBar(window, self)
        self.saved_log.changed.connect(self._another_log)
        self.open_log = open_button(self.saved_log)
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.queries, 1)
        top.addWidget(self.pause)
        top.addWidget(self.open_log)
        top.addWidget(self.export)
        self.column.addLayout(top)
        self.column.addLayout(self._filter_row())
        self.column.addWidget(self.saved_log)
        self.export_bar = ExportBar(window, self)
        self.column.addWidget(self.export_bar)
        self.list = EventView("Cluster Events", _EMPTY, window.context.settings, self)
        self.list.counted.connect(self._count)
        self.model, self.events, self.feed = self.list.model, self.list.table, self.list.feed
        self.model.order_wanted.connect(self._sort)
        self.model.ask_export = lambda: self.ask_export("csv")
        self.events.menu_wanted.connect(self._event_menu)
        self.events.picked.connect(self._show_detail)
        self.feed.shown.connect(self._show_detail)
        self.details = EventDetail()
        self.detail = self.details.general
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.list)
        split.addWidget(self.details)
        split.setSizes([400, 170])
        split.setStretchFactor(0, 1)
        self.column.addWidget(split, 1)
        self.queries.changed.connect(self._seek)
        self.filter.textChanged.connect(self._filter)
        self.filter.down.connect(self.events.setFocus)
        self.pause.toggled.connect(self._set_paused)
        window.logged.connect(self._grown)
        self._clock = QTimer(self)
        self._clock.setInterval(CLOCK)
        self._clock.timeout.connect(self._time_passed)
        self._clock.start()

    def _filter_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        self.filter = FilterBox("events")
        row.addWidget(self.filter)
        for level in LEVELS:
            button = self._toggle(
                level, LEVEL_ICONS[level], f"Show events of the level {level}", f"level-{level.casefold()}"
            )
            button.setAccessibleName(f"Show {level}")
            button.setChecked(True)
            button.toggled.connect(lambda shown, level=level: self._set_level(level, shown))
            self._buttons.append(button)
            row.addWidget(button)
        self._period = QComboBox()
        self._period.setObjectName("period")
        self._period.setAccessibleName("Period")
        for label, seconds in _PERIODS:
            self._period.addItem(label, seconds)
        self._period.currentIndexChanged.connect(lambda _: self._seek())
        row.addWidget(self._period)
        row.addStretch(1)
        return row

    def _toggle(self, text: str, icon: str, tooltip: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setText(text)
        button.setToolTip(literal(tooltip))
        button.setIcon(icons.icon(icon))
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Buttons have words where there is room."""
        super().resizeEvent(event)
        styles = Qt.ToolButtonStyle
        style = styles.ToolButtonTextBesideIcon if self.width() >= WIDE else styles.ToolButtonIconOnly
        for button in (*self._buttons, self.pause, self.open_log, self.export, self.queries.edit, self.queries.manage):
            button.setToolButtonStyle(style)
        self.events.fold_columns(_FOLDED, self.width() < WIDE)

    @property
    def is_settled(self) -> bool:
        """False while events are being read."""
        return not self.feed.is_busy

    def table(self) -> TableView | None:
        """The list of events."""
        return self.events

    def search_box(self) -> QLineEdit | None:
        """The filter."""
        return self.filter

    def refresh(self, change: Change) -> None:
        """Another cluster is shown, or everything is to be looked at anew (F5)."""
        workspace = self.frame.workspace
        events = None if workspace is None else workspace.events
        if events is not self._events:
            self._events = events
            self.saved_log.forget()
            self.details.show_record(None)
            self._seek()
        elif change.structural and workspace is not None and self.saved_log.log is None:
            self.feed.look_again(workspace.now())  # it may just be coming into view

    def show_recent(self) -> None:
        """Show what Recent Cluster Events counts."""
        self.queries.show_query(RECENT)

    def show_critical(self, words: str) -> None:
        """Show the events worse than information that have these words.

        Args:
            words: name of a service or application.
        """
        self.queries.show_query(ALL_EVENTS)
        for level, button in zip(LEVELS, self._buttons, strict=True):
            button.setChecked(level in ("Critical", "Error", "Warning"))
        self._period.setCurrentIndex(0)
        self.filter.setText(words)

    # What is shown

    def _set_level(self, level: str, shown: bool) -> None:
        self._levels[level] = shown
        self._seek()

    def _filter(self, text: str) -> None:
        self._words = text
        self._seek()

    def _sort(self, order: str, descending: bool) -> None:
        self._order, self._descending = order, descending
        if self._events is not None:  # the view sorts while it is being made
            self._seek()

    def _set_paused(self, paused: bool) -> None:
        self.feed.paused = paused
        self._grown()
        self._count()

    def _seek(self) -> None:
        """Look for the events that are wanted now."""
        workspace = self.frame.workspace
        if workspace is None:
            self.list.clear()
            return
        try:
            query = parse_query(self.queries.xml)
        except QueryError as error:
            self._refuse(str(error))
            return
        if query.files and not query.channels and self.saved_log.log is None:
            self._refuse("This query names event log files. Open the file with Open log.")
            return
        selection = EventSelection(
            query,
            workspace.now(),
            words=self._words,
            levels=tuple(number for number, level in enumerate(LEVELS, 1) if self._levels[level]),
            within=float(self._period.currentData()) or None,
            is_recent=self.queries.name == RECENT,
            order=self._order or "time",
            descending=self._descending if self._order else True,
        )
        self.list.seek(self.saved_log.log or workspace.events, selection)

    def _refuse(self, why: str) -> None:
        """The query cannot be asked (sentence)."""
        self.feed.clear()
        self.list.fail(why)

    def _another_log(self) -> None:
        """A saved log is shown, or the logs of the cluster again."""
        self.details.show_record(None)
        self._seek()

    def _grown(self) -> None:
        workspace = self.frame.workspace
        if self.saved_log.log is not None:
            return  # a file does not grow
        if workspace is not None and workspace.events is self._events and self.isVisibleTo(self.frame):
            self.feed.look_again(workspace.now())

    def _time_passed(self) -> None:
        selection = self.feed.selection
        if selection is not None and selection.follows_the_clock and self.isVisible() and not self.feed.is_busy:
            self._grown()

    def _count(self) -> None:
        shown = self.model.rowCount()
        note = counted(shown, "event") if shown else "no events"
        saved = self.saved_log.log
        title = "Cluster Events" if saved is None else f"Saved Log {saved.file.name}"
        self.title.say(title, "events", f"{note}, paused" if self.feed.paused else note)

    def _show_detail(self) -> None:
        ids = self.events.selected_ids()
        self.details.show_record(self.model.record(ids[0]) if ids else None)

    def _event_menu(self, place: QPoint) -> None:
        self.frame.show_context_menu((self.selection,), place)

    # Export

    def ask_export(self, suffix: str) -> QFileDialog:
        """Ask for a file, then write the events of the list there; "log": the cluster logs of all nodes."""
        return ask_for_file(self.frame, suffix, lambda path: self.write(path, suffix))

    def write(self, path: Path, suffix: str) -> None:
        """Write the events of the list, in its order, to a file; "log": the cluster logs to a folder."""
        workspace = self.frame.workspace
        if workspace is None:
            return
        if suffix == "log":
            self.export_bar.write_cluster_logs(workspace, tuple(self.state.nodes), path)
            return
        cluster = self.state.cluster
        title = f"Cluster Events of {cluster.name}" if cluster else "Cluster Events"
        saved = self.saved_log.log
        if saved is not None:
            title = f"Events of {saved.file.name}"
        self.export_bar.write_events(saved or workspace.events, self._numbers(), path, title)

    def _numbers(self) -> array[int]:
        """Numbers of the rows in their order."""
        return self.model.numbers[::-1]
