"""One time line: steps side by side, as wide as they are long, each with its name and duration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from fcm.ui.look import theme
from fcm.ui.look.format import seconds
from fcm.ui.look.plain import literal
from fcm.ui.widgets.dialog_parts import named

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from fcm.ui.look.theme import StateColours

LEAST = 56
"""Pixels that a step has at least, so that its duration can be read."""
_IN_PROGRESS = "in progress"
_GAP = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One step."""

    name: str
    seconds: float | None
    """s; None: in progress."""
    meaning: str = ""
    """What it lasts until, for the tooltip."""

    @property
    def words(self) -> str:
        """Its duration in words."""
        return _IN_PROGRESS if self.seconds is None else seconds(self.seconds)


def widths(durations: list[float | None], room: float, least: list[float]) -> list[float]:
    """Pixels for each step: by its duration, but at least so many; one in progress gets the least.

    Args:
        durations: s.
        room: pixels for all.
        least: pixels for each.
    """
    if not durations:
        return []
    if sum(least) >= room:
        share = room / max(1.0, sum(least))
        return [one * share for one in least]
    known = [0.0 if one is None else one for one in durations]
    fixed: set[int] = {number for number, one in enumerate(durations) if one is None}
    while True:
        left = room - sum(least[number] for number in fixed)
        total = sum(one for number, one in enumerate(known) if number not in fixed)
        small = {
            number
            for number, one in enumerate(known)
            if number not in fixed and (not total or left * one / total < least[number])
        }
        if not small:
            break
        fixed |= small
    found = [least[n] if n in fixed else left * one / total for n, one in enumerate(known)]
    if len(fixed) == len(known):  # nothing is longer than its least: the rest goes to the last
        found[-1] += room - sum(found)
    return found


class TimeLine(QWidget):
    """Steps of something that took time; its description says them for those who do not see it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name)
        self._steps: tuple[Step, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def steps(self) -> tuple[Step, ...]:
        """What is shown."""
        return self._steps

    def show_steps(self, steps: tuple[Step, ...]) -> None:
        """Show other steps."""
        if steps == self._steps:
            return
        self._steps = steps
        words = ", ".join(f"{step.name} {step.words}" for step in steps)
        done = [step.seconds for step in steps if step.seconds is not None]
        if len(done) > 1:
            words += f"; {seconds(sum(done))} in all"
        self.setAccessibleDescription(words.replace("\N{NO-BREAK SPACE}", " "))
        self.update()

    def sizeHint(self) -> QSize:
        """Three lines: names, bar, offsets."""
        line = self.fontMetrics().height()
        return QSize(420, 2 * line + self._bar_height() + 6)

    def minimumSizeHint(self) -> QSize:
        """As narrow as four short words."""
        return QSize(4 * LEAST, self.sizeHint().height())

    def _bar_height(self) -> int:
        return self.fontMetrics().height() + 8

    def _fields(self) -> list[QRectF]:
        metrics = self.fontMetrics()
        room = self.width() - 1.0 - _GAP * max(0, len(self._steps) - 1)
        least = [
            max(LEAST, 14 + max(metrics.horizontalAdvance(step.name), metrics.horizontalAdvance(step.words)))
            for step in self._steps
        ]
        x, top = 0.5, metrics.height() + 2.5
        found = []
        for width in widths([step.seconds for step in self._steps], room, [float(one) for one in least]):
            found.append(QRectF(x, top, width, self._bar_height()))
            x += width + _GAP
        return found

    def event(self, event: QEvent) -> bool:
        """Each step has a tooltip of its own."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            for step, field in zip(self._steps, self._fields(), strict=True):
                if field.left() <= event.pos().x() <= field.right():
                    QToolTip.showText(event.globalPos(), literal(f"{step.name}: {step.meaning}. {step.words}."), self)
                    return True
            QToolTip.hideText()
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Names above, bars with durations, offsets since the beginning below."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        scheme = theme.current(app)
        painter, metrics = QPainter(self), self.fontMetrics()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, offset = _colours(theme.state_colours(scheme)), 0.0
        text, quiet = (
            self.palette().color(one) for one in (QPalette.ColorRole.Text, QPalette.ColorRole.PlaceholderText)
        )
        for number, (step, field) in enumerate(zip(self._steps, self._fields(), strict=True)):
            colour = QColor(colours[number % len(colours)])
            painter.setPen(text)
            above = QRectF(field.left(), 0.0, field.width(), metrics.height())
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(above, left, _fit(self, step.name, field.width()))
            pen = QPen(colour, 1, Qt.PenStyle.DashLine if step.seconds is None else Qt.PenStyle.SolidLine)
            painter.setPen(pen)
            fill = QColor(colour)
            fill.setAlpha(0 if step.seconds is None else 60)
            painter.setBrush(fill)
            painter.drawRoundedRect(field, 3, 3)
            painter.setPen(text)
            painter.drawText(field, Qt.AlignmentFlag.AlignCenter, _fit(self, step.words, field.width() - 6))
            painter.setPen(quiet)
            below = QRectF(field.left(), field.bottom() + 2, field.width(), metrics.height())
            before, offset = offset, offset + (step.seconds or 0.0)
            is_end = step.seconds is not None and number == len(self._steps) - 1
            end = seconds(offset) if is_end else ""
            painter.drawText(below, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, end)
            room = field.width() - (metrics.horizontalAdvance(end) + 8 if end else 0)
            painter.drawText(below, left, _fit(self, seconds(before) if before else "0", room))
        painter.end()


def _colours(states: StateColours) -> tuple[str, str, str, str]:
    return states.bad, states.warning, states.busy, states.good


def _fit(widget: QWidget, text: str, width: float) -> str:
    return widget.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, round(width))
