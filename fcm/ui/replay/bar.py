"""Under the page of a replay: which moment is shown, the time line, how to move on it, and Branch Here."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QToolButton, QVBoxLayout

from fcm.ui.look import format, icons
from fcm.ui.look.plain import literal
from fcm.ui.replay.time_axis import TimeAxis
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import named
from fcm.ui.widgets.page_parts import Elided, Picture
from fcm.workspace.replay.axis import Axis, axis_of
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QHideEvent, QShowEvent

    from fcm.ui.desk import Desk
    from fcm.workspace.workspace import Replay, Workspace

TICK = 100
"""ms between two looks at the clock of the replay."""
SPEEDS: tuple[tuple[str, float], ...] = (
    ("1x", 1.0),
    ("10x", 10.0),
    ("60x", 60.0),
    ("10 min/s", 600.0),
    ("1 h/s", 3600.0),
    ("Max", math.inf),
)
USUAL = 1
"""Index of the speed with which a replay begins to play."""
MOST_MARKS = 20_000
"""Warnings and failures on the time line; of more, the newest."""
_WORST = 2


class ReplayBar(QFrame):
    """Controls of a replay; everything else in the window shows its moment without knowing of it."""

    def __init__(self, desk: Desk, workspace: Workspace, replay: Replay) -> None:
        super().__init__(desk)
        named(self, "Replay")
        self.setProperty("role", "strip")
        self._desk, self._workspace, self._replay = desk, workspace, replay
        self._failures: list[float] = []
        self._said = Elided()
        self._said.setProperty("role", "heading")
        named(self._said, "Moment")
        self.line = TimeAxis()
        self.line.moved.connect(replay.go_to)
        self.line.stepped.connect(self._step)
        self._play = self._button("Play", "start", self._toggle)
        self.speed = named(QComboBox(), "Speed of the replay")
        self.speed.addItems([label for label, _ in SPEEDS])
        self.speed.setCurrentIndex(USUAL)
        self.speed.currentIndexChanged.connect(self._speed_chosen)
        self.quiet = named(QCheckBox("S&kip quiet times"), "Skip quiet times")
        self.quiet.setToolTip(literal("Times in which nothing happens are not played"))
        self.quiet.setChecked(replay.skips_quiet)
        self.quiet.toggled.connect(self._skip_quiet)
        branch = self._button("Branch Here...", "branch", self._branch, with_words=True)
        branch.setToolTip(literal("A new simulated cluster that goes on from this moment"))
        top, controls = QHBoxLayout(), QHBoxLayout()
        top.setSpacing(6)
        controls.setSpacing(2)
        top.addWidget(Picture("replay"))
        top.addWidget(self._said, 1)
        top.addWidget(branch)
        for label, icon, do in (
            ("Failure before", "failure-before", lambda: self._to_failure(-1)),
            ("Event before", "event-before", lambda: self._step(-1)),
        ):
            controls.addWidget(self._button(label, icon, do))
        controls.addWidget(self._play)
        for label, icon, do in (
            ("Next event", "event-after", lambda: self._step(1)),
            ("Next failure", "failure-after", lambda: self._to_failure(1)),
        ):
            controls.addWidget(self._button(label, icon, do))
        controls.addSpacing(6)
        controls.addWidget(self.speed)
        controls.addSpacing(6)
        controls.addWidget(self.quiet)
        controls.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 2)
        column.setSpacing(2)
        for row in (top, controls):
            column.addLayout(row)
        column.addWidget(self.line)
        self._timer = QTimer(self, interval=TICK)
        self._timer.timeout.connect(self._tick)
        Work(self, self._read, self._was_read)
        self._tick()

    def _button(self, label: str, icon: str, do: Callable[[], None], with_words: bool = False) -> QToolButton:
        button = named(QToolButton(self), label)
        button.setIcon(icons.icon(icon))
        button.setAutoRaise(not with_words)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if with_words:
            button.setText(label)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        else:
            button.setToolTip(literal(label))
        button.clicked.connect(lambda: do())
        return button

    # What there is

    def _read(self) -> tuple[Axis, list[tuple[float, int]]]:
        past = self._replay.past
        times = [past.time(number) for number in range(past.first, past.last + 1)]
        return axis_of(times), self._workspace.events.marks(MOST_MARKS)

    def _was_read(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            self._desk.messages.show_message("warning", "The time line cannot show the events.", str(outcome.error))
            return
        axis, marks = outcome.result
        self._failures = [time for time, level in marks if level <= _WORST]
        self.line.show_history(axis, marks)
        self._tick()

    def showEvent(self, event: QShowEvent) -> None:
        """Follow the clock while it can be seen."""
        super().showEvent(event)
        self._timer.start()
        self._tick()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self._timer.stop()

    def stop(self) -> None:
        """The cluster is closed."""
        self._timer.stop()
        self.setEnabled(False)

    def _tick(self) -> None:
        replay, now = self._replay, self._replay.clock.now()
        plays = replay.clock.speed > 0
        self.line.show_moment(now)
        number, last = replay.place - replay.past.first + 1, replay.past.last - replay.past.first + 1
        self._said.say(f"Replay: {format.date_time(now)}, event {number:,} of {last:,}")
        label = "Pause" if plays else "Play"
        if self._play.accessibleName() != label:
            self._play.setAccessibleName(label)
            self._play.setToolTip(literal(label))
            self._play.setIcon(icons.icon("clock-pause" if plays else "start"))
        if plays:
            self._say_speed(replay.clock.speed)

    def _say_speed(self, speed: float) -> None:
        """Show a speed that was chosen elsewhere, such as in PowerShell."""
        found = next((number for number, (_, one) in enumerate(SPEEDS) if one == speed), -1)
        if found != self.speed.currentIndex() and found >= 0:
            self.speed.setCurrentIndex(found)

    # The user

    def _toggle(self) -> None:
        clock, past = self._replay.clock, self._replay.past
        if clock.speed > 0:
            clock.set_speed(0.0)
        else:
            if self._replay.place >= past.last:
                self._replay.go_to_event(past.first)
            clock.set_speed(SPEEDS[max(self.speed.currentIndex(), 0)][1])
        self._tick()

    def _speed_chosen(self, number: int) -> None:
        if self._replay.clock.speed > 0 and number >= 0:
            self._replay.clock.set_speed(SPEEDS[number][1])

    def _skip_quiet(self, skips: bool) -> None:
        self._replay.skips_quiet = skips

    def _step(self, way: int) -> None:
        self._replay.clock.set_speed(0.0)
        self._replay.go_to_event(self._replay.place + way)

    def _to_failure(self, way: int) -> None:
        now = self._replay.clock.now()
        found = bisect_right(self._failures, now) if way > 0 else bisect_left(self._failures, now) - 1
        if 0 <= found < len(self._failures):
            self._replay.clock.set_speed(0.0)
            self._replay.go_to(self._failures[found])

    def _branch(self) -> None:
        self._replay.clock.set_speed(0.0)
        self._desk.show_dialog("branch", Selection(Place.CLUSTER))
