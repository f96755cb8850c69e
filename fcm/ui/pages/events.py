"""The page Cluster Events: what happened, filtered by level, time and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPlainTextEdit, QSplitter, QStackedWidget, QToolButton

from fcm.ui import format, icons
from fcm.ui.event_list import DAY, LEVEL_ICONS, LEVELS
from fcm.ui.pages.page import Page
from fcm.ui.pages.parts import EmptyState, FilterBox
from fcm.ui.table_view import TableView

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QLineEdit

    from fcm.model.state import Change
    from fcm.ui.main_window import MainWindow

WIDE = 720
"""Pixels of the page from which on the levels are words."""
_PERIODS = (("Any time", 0.0), ("Last hour", 3600.0), ("Last 24 hours", DAY), ("Last 7 days", 7 * DAY))


class EventsPage(Page):
    """A filter row, the list, and the selected event in full."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "Cluster Events", "events")
        self._levels = {"Verbose": False, **dict.fromkeys(LEVELS, True)}
        self._buttons: list[QToolButton] = []
        row = QHBoxLayout()
        row.setSpacing(4)
        self.filter = FilterBox("events")
        row.addWidget(self.filter)
        for level in LEVELS:
            row.addWidget(self._level_button(level))
        row.addWidget(self._level_button("Verbose"))
        self._period = QComboBox()
        self._period.setObjectName("period")
        self._period.setAccessibleName("Period")
        for label, seconds in _PERIODS:
            self._period.addItem(label, seconds)
        self._period.currentIndexChanged.connect(self._show)
        row.addWidget(self._period)
        row.addStretch(1)
        self.column.addLayout(row)
        self.events = TableView("Cluster Events", window.event_list.table(self), window.context.settings)
        self.events.menu_wanted.connect(self._event_menu)
        self.events.picked.connect(self._show_detail)
        self.detail = QPlainTextEdit()
        self.detail.setObjectName("event-detail")
        self.detail.setAccessibleName("Selected event")
        self.detail.setReadOnly(True)
        self.detail.setTabChangesFocus(True)
        self.detail.setPlaceholderText("Select an event to read it in full.")
        self._stack = QStackedWidget()
        self._stack.addWidget(EmptyState("No events with these levels, words and times."))
        self._stack.addWidget(self.events)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self._stack)
        split.addWidget(self.detail)
        split.setSizes([430, 90])
        split.setStretchFactor(0, 1)
        self.column.addWidget(split, 1)
        self.filter.textChanged.connect(self._filter)
        self.filter.down.connect(self.events.setFocus)
        window.event_list.grown.connect(self._grown)

    def _level_button(self, level: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"level-{level.casefold()}")
        button.setAccessibleName(f"Show {level}")
        button.setText(level)
        button.setToolTip(f"Show events of the level {level}")
        button.setIcon(icons.icon(LEVEL_ICONS[level]))
        button.setCheckable(True)
        button.setChecked(self._levels[level])
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.toggled.connect(lambda shown: self._set_level(level, shown))
        self._buttons.append(button)
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Levels have words where there is room."""
        super().resizeEvent(event)
        styles = Qt.ToolButtonStyle
        style = styles.ToolButtonTextBesideIcon if self.width() >= WIDE else styles.ToolButtonIconOnly
        for button in self._buttons:
            button.setToolButtonStyle(style)

    def table(self) -> TableView | None:
        """The list of events."""
        return self.events

    def search_box(self) -> QLineEdit | None:
        """The filter."""
        return self.filter

    def refresh(self, change: Change) -> None:
        """Structural changes only; new events come by themselves."""
        if change.structural:
            self._show()

    def _grown(self) -> None:
        if self.isVisibleTo(self.frame):
            self._show()

    def _set_level(self, level: str, shown: bool) -> None:
        self._levels[level] = shown
        self._show()

    def _filter(self, text: str) -> None:
        self.events.table.set_filter(text)
        self._count()

    def _show(self) -> None:
        listed, workspace = self.frame.event_list, self.frame.workspace
        period = float(self._period.currentData() or 0.0)
        since = workspace.now() - period if period and workspace else float("-inf")
        self.events.table.set_ids(
            identity
            for identity in listed.ids
            if self._levels[listed.text(identity).level] and listed.entry(identity).time >= since
        )
        self._count()

    def _count(self) -> None:
        shown = self.events.table.rowCount()
        self._stack.setCurrentIndex(1 if shown else 0)
        self.title.say("Cluster Events", "events", format.count(shown, "event"))
        self._show_detail()

    def _show_detail(self) -> None:
        ids = self.events.selected_ids()
        if not ids:
            self.detail.clear()
            return
        entry, text = self.frame.event_list.entry(ids[0]), self.frame.event_list.text(ids[0])
        number = f", Event ID {text.id}" if text.id else ""
        words = f"{text.level}, {format.date_time(entry.time)}, {text.source}{number}\n\n{text.text}"
        if self.detail.toPlainText() != words:
            self.detail.setPlainText(words)

    def _event_menu(self, place: QPoint) -> None:
        self.frame.show_context_menu((self.selection,), place)
