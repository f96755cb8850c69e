"""The status bar: connection, migrations under way, the virtual clock with its speeds, the age of the data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QStatusBar, QToolButton, QWidget

from fcm.model.moments import zone
from fcm.ui.look import format, icons
from fcm.ui.look.plain import Label, literal
from fcm.ui.widgets.page_parts import Elided, Picture
from fcm.workspace.quorum_board import what_is_missing

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent

    from fcm.workspace.workspace import Workspace

TICK = 500
"""ms between two looks at the clock."""
SPEEDS: tuple[tuple[str, float, str], ...] = (
    ("Pause", 0.0, "Stop the virtual clock"),
    ("1x", 1.0, "Virtual time as fast as real time"),
    ("10x", 10.0, "Virtual time ten times as fast"),
    ("60x", 60.0, "One virtual minute per second"),
    ("Max", math.inf, "As fast as this computer can"),
)


WIDEST_AGE, WIDEST_MIGRATIONS = "Last change 59 min ago", "Migrations: 64 + 8 waiting"
"""What the status bar keeps room for, so that nothing in it moves while its numbers change."""


COUNTING = ("Migrations",)
"""Docks whose button says a number: it keeps its words in any case."""
LEAST_CONNECTION = 90
"""Pixels for the beginning of what the connection is."""


class StatusBar(QStatusBar):
    """Says how the window stands with its cluster."""

    def __init__(self, docks: list[tuple[str, str, Callable[[], None]]], parent: QWidget | None = None) -> None:
        """``docks``: label, icon and callback of the buttons that show a dock."""
        super().__init__(parent)
        self.setObjectName("status")
        self.setAccessibleName("Status bar")
        self.setSizeGripEnabled(True)
        self._workspace: Workspace | None = None
        self._stale = ""
        self._stopped = ""
        self._picture = Picture("close-connection")
        self._connection = Elided()
        self._connection.setObjectName("connection")
        self._connection.setMinimumWidth(LEAST_CONNECTION)
        self.addWidget(self._picture)
        self.addWidget(self._connection, 1)
        self.dock_buttons: dict[str, QToolButton] = {}
        self._folding: list[tuple[QToolButton, int]] = []
        """Buttons that may lose their words, and the pixels that this saves."""
        for label, icon, show in docks:
            self.dock_buttons[label] = self._button(label, icon, show)
            self.addPermanentWidget(self.dock_buttons[label])
            if label == "Migrations":
                self._keep_room_for_migrations(self.dock_buttons[label])
        self._speed_box = self._make_speeds()
        self.addPermanentWidget(self._speed_box)
        self._zone = Label()
        self._zone.setObjectName("time-zone")
        self._zone.setAccessibleName("Time zone")
        self.addPermanentWidget(self._zone)
        self._age = Elided()
        self._age.setObjectName("age")
        _keep_room(self._age, WIDEST_AGE)
        self.addPermanentWidget(self._age)
        folding = [button for label, button in self.dock_buttons.items() if label not in COUNTING]
        self._folding = [(button, self._width_of_words(button)) for button in folding]
        self._timer = QTimer(self)
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self._tick)
        self.show_workspace(None)

    @staticmethod
    def _keep_room_for_migrations(button: QToolButton) -> None:
        words = button.text()
        button.setText(WIDEST_MIGRATIONS)
        button.setFixedWidth(button.sizeHint().width())
        button.setText(words)

    @staticmethod
    def _width_of_words(button: QToolButton) -> int:
        whole = button.sizeHint().width()
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        icon = button.sizeHint().width()
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return whole - icon

    def minimumSizeHint(self) -> QSize:
        """With icons only; else the bar would reach beyond a small window."""
        hint: QSize = super().minimumSizeHint()
        words = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        shown = sum(width for button, width in self._folding if button.toolButtonStyle() == words)
        return QSize(hint.width() - shown, hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room, buttons of docks have their icons only; nothing else gives way."""
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        layout = self.layout()
        if layout is None:
            return
        words = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        hidden = sum(width for button, width in self._folding if button.toolButtonStyle() != words)
        fits = layout.minimumSize().width() + hidden <= self.width()
        for button, _ in self._folding:
            button.setToolButtonStyle(words if fits else Qt.ToolButtonStyle.ToolButtonIconOnly)

    @staticmethod
    def _button(label: str, icon: str, show: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"show-{label.casefold()}")
        button.setAccessibleName(f"Show {label}")
        button.setText(label)
        button.setToolTip(literal(label))
        button.setIcon(icons.icon(icon))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(show)
        return button

    def _make_speeds(self) -> QWidget:
        box = QWidget()
        box.setObjectName("clock")
        row = QHBoxLayout(box)
        row.setContentsMargins(6, 0, 6, 0)
        row.setSpacing(0)
        row.addWidget(Picture("clock"))
        self._clock = Label()
        self._clock.setObjectName("virtual-clock")
        self._clock.setToolTip("The virtual clock of this simulated cluster")
        self._clock.setMargin(3)
        _keep_room(self._clock, format.date_time(0.0))
        row.addWidget(self._clock)
        self.speeds = QButtonGroup(box)
        for number, (label, _, hint) in enumerate(SPEEDS):
            button = QToolButton()
            button.setObjectName(f"speed-{label.casefold()}")
            button.setAccessibleName(f"Clock {label}")
            button.setText(label)
            button.setToolTip(literal(hint))
            button.setCheckable(True)
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            if label == "Pause":
                button.setIcon(icons.icon("clock-pause"))
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            self.speeds.addButton(button, number)
            row.addWidget(button)
        self.speeds.idClicked.connect(self._set_speed)
        return box

    def show_workspace(self, workspace: Workspace | None, stale: str = "") -> None:
        """Another cluster, or none; ``stale``: why what is shown of it may be old."""
        self._workspace = workspace
        self._stale, self._stopped = stale, ""
        clock = None if workspace is None else workspace.clock
        is_replay = workspace is not None and workspace.replay is not None
        self._speed_box.setVisible(clock is not None and not is_replay)  # a replay has its own under the page
        self._age.setVisible(workspace is not None)
        self._zone.setVisible(workspace is not None)
        self._fold()
        if workspace is None:
            self._timer.stop()
            self.say("close-connection", "Not connected")
            return
        self._timer.start()
        self.say(*self._connected(workspace))
        self._tick()

    @staticmethod
    def _connected(workspace: Workspace) -> tuple[str, str]:
        if workspace.replay is not None:
            return "replay", f"Replay of {workspace.replay.past.title}: nothing in it can be changed"
        return "connect", f"Connected to {workspace.uri}"

    def say(self, icon: str, text: str) -> None:
        """What the connection is."""
        self._picture.say(icon)
        self._connection.say(text)

    @property
    def connection_words(self) -> str:
        """What it says of the connection."""
        return self._connection.whole

    def say_reading(self, uri: str, done: int, whole: int) -> None:
        """How much of the journal of a cluster that is being opened has been read."""
        self.say("waiting", f"Opening {uri}: {done:,} of {whole:,} events...")

    def show_stale(self, reason: str) -> None:
        """The backend said that what is shown may be old, or "" that it is not any more."""
        if reason != self._stale:
            self._stale = reason
            self._tick()

    def show_migrations(self, running: int, waiting: int) -> None:
        """How many migrations run and wait, on the button of their dock."""
        button, words, told = self.dock_buttons["Migrations"], "Migrations", "Show Migrations"
        if running or waiting:
            words += f": {running}" + (f" + {waiting} waiting" if waiting else "")
            told += f": {running} running, {waiting} waiting"
        button.setText(words)
        button.setToolTip(literal(told.removeprefix("Show ")))
        button.setAccessibleDescription(told.partition(": ")[2])

    def stop(self) -> None:
        """No more looks at the clock."""
        self._timer.stop()

    def _set_speed(self, number: int) -> None:
        clock = None if self._workspace is None else self._workspace.clock
        if clock is not None:
            clock.set_speed(SPEEDS[number][1])
            self._tick()

    def _tick(self) -> None:
        workspace = self._workspace
        if workspace is None:
            return
        clock = workspace.clock
        stopped = (
            what_is_missing(workspace.state)
            if workspace.state.cluster and (workspace.simulated or workspace.state.cluster.engine)
            else ""
        )
        if stopped != self._stopped:
            self._stopped = stopped
            self.say(*(("cluster-down", stopped) if stopped else self._connected(workspace)))
        now = workspace.now()
        self._zone.setText(zone(now))
        self._zone.setToolTip(literal(format.zone_note(now)))
        if clock is not None:
            paused = clock.speed == 0
            self._clock.setText(format.date_time(clock.now()))
            self._clock.setAccessibleName(f"Virtual clock: {self._clock.text()}{', paused' if paused else ''}")
            for number, (_, speed, _) in enumerate(SPEEDS):
                if clock.speed == speed and self.speeds.checkedId() != number:
                    self.speeds.button(number).setChecked(True)
        age = format.ago(max(0.0, now - workspace.state.time))
        said = f"Stale: {self._stale}" if self._stale else f"Last change {age}"
        self._age.say(said)
        self._age.setToolTip(literal(self._stale or f"The state as of {format.date_time(workspace.state.time)}"))


def _keep_room(label: QLabel, widest: str) -> None:
    """Give a label the width of its widest text; a longer one is whole in its tooltip."""
    margins = 2 * label.margin() + 4
    label.setFixedWidth(label.fontMetrics().horizontalAdvance(widest.replace(" ", "\N{NO-BREAK SPACE}")) + margins)
