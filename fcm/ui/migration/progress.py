"""How far a migration is: a bar that never runs backwards, figures in words, the four phases."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fcm.model.telemetry import Phase
from fcm.ui.look import theme
from fcm.ui.look.format import NARROW, NONE, percent, seconds, size
from fcm.ui.look.plain import Label, literal
from fcm.ui.migration.words import about, between
from fcm.ui.widgets.dialog_parts import named

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from fcm.migration.forecast.outlook import Outlook
    from fcm.model.migrations import Migration
    from fcm.model.telemetry import TelemetryRow

_WIDEST = {
    "Elapsed": "12 min 59 s",
    "Remaining": "at least 12 min 59 s",
    "Blackout": "180 ms to 1.26 s",
    "Sent": "12.25 GiB of 64 GiB (104 %)",
}
"""Texts for which there is room: values that change do not move what stands beside them."""
FINE = 1000
"""Steps of the bar."""
PHASES = ("Setup", "Brownout", "Blackout", "Finishing")
_MEANINGS = (
    "Setup: connecting and allocating memory at the destination",
    "Brownout: memory is copied in passes while the guest runs",
    "Blackout: the guest is stopped, the last memory and its state are sent",
    "Finishing: storage handed over, network address announced, source cleaned up",
)
_NUMBER = {
    Phase.WAITING: -1,
    Phase.SETUP: 0,
    Phase.BROWNOUT: 1,
    Phase.BLACKOUT: 2,
    Phase.STORAGE: 3,
    Phase.NETWORK: 3,
    Phase.CLEANUP: 3,
    Phase.COMPLETED: 4,
}


BESIDE_WORD, LEAST_BESIDE_WORD = 10, 3
"""Pixels on each side of the word of a phase."""
GAP = 6
"""Pixels between two phases."""
HALF = 2
"""Figures beside each other where there is no room for all."""


class PhaseChips(QWidget):
    """The four phases side by side: those done, the one that runs, those to come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "Phase")
        self._reached = -1
        self._ended_in = ""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setToolTip(literal("\n".join(_MEANINGS)))

    def show_phase(self, phase: Phase, last_running: Phase | None = None) -> None:
        """Show a phase; of a migration that failed or was canceled also the one in which that happened."""
        stopped = phase in (Phase.FAILED, Phase.CANCELED, Phase.INTERRUPTED)
        reached = _NUMBER.get(last_running, -1) if stopped and last_running is not None else _NUMBER.get(phase, -1)
        ended_in = phase.value if stopped else ""
        if (reached, ended_in) != (self._reached, self._ended_in):
            self._reached, self._ended_in = reached, ended_in
            self.setAccessibleDescription(ended_in or phase.value)
            self.update()

    def sizeHint(self) -> QSize:
        """Room for the four words."""
        return QSize(self._words() + len(PHASES) * (2 * BESIDE_WORD + GAP) + 8, self.fontMetrics().height() + 8)

    def minimumSizeHint(self) -> QSize:
        """The words with less beside them."""
        return QSize(self._words() + len(PHASES) * (2 * LEAST_BESIDE_WORD + GAP), self.sizeHint().height())

    def _words(self) -> int:
        return sum(self.fontMetrics().horizontalAdvance(word) for word in PHASES)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw rounded fields: filled while running, outlined afterwards, grey before."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        states = theme.state_colours(theme.current(app))
        palette = self.palette()
        metrics, x = self.fontMetrics(), 0.5
        beside = min((self.width() - self._words()) / len(PHASES) / 2 - GAP / 2, BESIDE_WORD)
        for number, word in enumerate(PHASES):
            width = metrics.horizontalAdvance(word) + 2 * beside
            field = QRectF(x, 0.5, width, self.height() - 1.0)
            done, current = number < self._reached, number == self._reached
            accent = QColor(states.bad if self._ended_in else states.busy)
            if current:
                painter.setPen(QPen(accent, 1))
                painter.setBrush(accent)
                words = palette.color(QPalette.ColorRole.Base)
            elif done:
                painter.setPen(QPen(QColor(states.good), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                words = QColor(states.good)
            else:
                painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                words = palette.color(QPalette.ColorRole.PlaceholderText)
            painter.drawRoundedRect(field, 4, 4)
            painter.setPen(words)
            painter.drawText(field, Qt.AlignmentFlag.AlignCenter, word)
            x += width + GAP
        painter.end()


class ProgressPanel(QWidget):
    """Bar, phases and figures of one migration."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = named(QProgressBar(), "Progress of the migration")
        self.bar.setRange(0, FINE)
        self.bar.setTextVisible(True)
        self.bar.setMinimumWidth(80)
        self.phases = PhaseChips()
        self._values: dict[str, QLabel] = {}
        self._titles: dict[str, QLabel] = {}
        self._in_a_row = len(_WIDEST)
        figures = QGridLayout()
        figures.setHorizontalSpacing(12)
        figures.setVerticalSpacing(0)
        for column, name in enumerate(("Elapsed", "Remaining", "Blackout", "Sent")):
            title = Label(name)
            title.setProperty("role", "quiet")
            value = named(Label(NONE), name)
            value.setMinimumWidth(value.fontMetrics().horizontalAdvance(_WIDEST[name]))
            figures.addWidget(title, 0, column)
            figures.addWidget(value, 1, column)
            self._values[name], self._titles[name] = value, title
        figures.setColumnStretch(4, 1)
        self._figures = figures
        top = self.top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self.bar, 1)
        top.addWidget(self.phases)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(4)
        column_layout.addLayout(top)
        column_layout.addLayout(figures)

    def minimumSizeHint(self) -> QSize:
        """As narrow as phases or figures: the bar is above the phases where there is no room beside them."""
        widest = max(self.phases.minimumSizeHint().width(), self._needed(HALF))
        return QSize(widest, super().minimumSizeHint().height())

    def _needed(self, in_a_row: int) -> int:
        """Pixels that the figures need, so many beside each other."""
        widths = [value.minimumWidth() for value in self._values.values()]
        columns = [max(widths[number::in_a_row]) for number in range(in_a_row)]
        return sum(columns) + self._figures.horizontalSpacing() * in_a_row

    def _place_figures(self, in_a_row: int) -> None:
        if in_a_row == self._in_a_row:
            return
        self._in_a_row = in_a_row
        for number, name in enumerate(self._values):
            row, column = divmod(number, in_a_row)
            for below, label in enumerate((self._titles[name], self._values[name])):
                self._figures.addWidget(label, 2 * row + below, column)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Bar and phases, and all figures, side by side, or one above the other where there is no room."""
        super().resizeEvent(event)
        whole = len(self._values)
        self._place_figures(whole if event.size().width() >= self._needed(whole) else HALF)
        beside = self.bar.minimumWidth() + self.top.spacing() + self.phases.minimumSizeHint().width()
        fits = event.size().width() >= beside
        self.top.setDirection(QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom)

    def show_progress(self, progress: float) -> None:
        """How far it is, 0 to 1."""
        self.bar.setValue(math.floor(progress * FINE + 1e-6))
        self.bar.setFormat(percent(progress))
        self.bar.setAccessibleDescription(self.bar.text())  # its value is in thousandths

    def show_migration(
        self,
        migration: Migration,
        row: TelemetryRow | None,
        outlook: Outlook | None,
        memory: int,
        now: float,
    ) -> None:
        """Show how a migration stands.

        Args:
            migration: which.
            row: its newest telemetry.
            outlook: its newest forecast.
            memory: bytes of the machine.
            now: s since the epoch on the cluster's clock.
        """
        begun = Phase.SETUP if migration.attempts else None
        self.phases.show_phase(migration.phase, row.phase if row is not None else begun)
        self._say("Elapsed", self._elapsed(migration, row, now))
        self._say("Remaining", self._to_go(migration, row, outlook))
        self._say("Blackout", self._blackout(migration, outlook))
        self._say("Sent", self._sent(migration, row, memory))

    def _say(self, name: str, text: str) -> None:
        label = self._values[name]
        if label.text() != text:
            label.setText(text)
            label.setAccessibleName(f"{name}: {text}")

    def _elapsed(self, migration: Migration, row: TelemetryRow | None, now: float) -> str:
        if migration.figures is not None:
            return seconds(migration.figures.total)
        if migration.started is None:
            return (
                f"waiting for {seconds(max(now - migration.requested, 0.0))}" if not migration.phase.is_over else NONE
            )
        if migration.ended is not None:
            return seconds(migration.ended - migration.started)
        return seconds(max(now - migration.started, row.time if row else 0.0, 0.0))

    def _to_go(self, migration: Migration, row: TelemetryRow | None, outlook: Outlook | None) -> str:
        if migration.phase.is_over:
            return NONE
        if outlook is None or row is None or not math.isfinite(outlook.eta.low):
            stuck = outlook is not None and outlook.verdict.value == "will not converge"
            return "will not converge" if stuck else "not known yet"
        if not math.isfinite(outlook.eta.mid):
            return f"at least {seconds(max(outlook.eta.low, 0.0))}"
        if not math.isfinite(outlook.eta.high):
            return f"{about(outlook.eta.low, outlook.eta.mid)} or more"
        return about(outlook.eta.low, outlook.eta.high)

    def _blackout(self, migration: Migration, outlook: Outlook | None) -> str:
        if migration.figures is not None:
            return seconds(migration.figures.downtime)
        if migration.phase.is_over or outlook is None or not math.isfinite(outlook.blackout.high):
            return NONE
        return between(outlook.blackout.low, outlook.blackout.high)

    def _sent(self, migration: Migration, row: TelemetryRow | None, memory: int) -> str:
        sent = migration.figures.bytes if migration.figures is not None else row.sent if row is not None else None
        if sent is None:
            return NONE
        if not memory:
            return size(sent)
        return f"{size(sent)} of {size(memory)} ({sent / memory * 100:.0f}{NARROW}%)"
