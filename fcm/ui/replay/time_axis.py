"""The time line of a replay: events as marks, warnings and failures among them, and the moment that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from fcm.ui.look import format, theme
from fcm.ui.look.plain import literal
from fcm.ui.widgets.dialog_parts import named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent

    from fcm.workspace.replay.axis import Axis

REPLAY = "#8a63c8"
"""The color of a replay, light and dark."""
_MARGIN, _TICK = 7.0, 5.0
_WORST = 2
"""Levels up to this are failures (1 Critical, 2 Error)."""


class TimeAxis(QWidget):
    """A line with a handle, for mouse and keyboard."""

    moved = Signal(float)
    """The user wants this moment, s since the epoch."""
    stepped = Signal(int)
    """The user wants the event before (-1) or the next one (1)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "Time line")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._axis: Axis | None = None
        self._marks: Sequence[tuple[float, int]] = ()
        self._now = 0.0
        self._dragging = False

    @property
    def axis(self) -> Axis | None:
        """The line; None until it is known."""
        return self._axis

    def show_history(self, axis: Axis, marks: Sequence[tuple[float, int]]) -> None:
        """The events: their line, and time (s since the epoch) and level of what is worse than information."""
        self._axis, self._marks = axis, marks
        self._say()
        self.update()

    def show_moment(self, now: float) -> None:
        """The moment that is shown, s since the epoch."""
        if now != self._now:
            self._now = now
            self._say()
            self.update()

    def _say(self) -> None:
        if self._axis is None:
            self.setAccessibleDescription("Being read")
            return
        first, last = (format.date_time(self._axis.times[place]) for place in (0, -1))
        worst = sum(level <= _WORST for _, level in self._marks)
        said = f"{format.date_time(self._now)}; from {first} to {last}, {format.count(worst, 'failure')}"
        self.setAccessibleDescription(said)

    def place_of(self, moment: float) -> float:
        """Pixels from the left at which a moment (s since the epoch) is."""
        share = 0.0 if self._axis is None else self._axis.place(moment)
        return _MARGIN + share * self._room()

    def _room(self) -> float:
        return max(self.width() - 2 * _MARGIN, 1.0)

    def _moment_at(self, x: float) -> float:
        assert self._axis is not None
        return self._axis.time(min(max((x - _MARGIN) / self._room(), 0.0), 1.0))

    def sizeHint(self) -> QSize:
        """The line and its dates below it."""
        return QSize(400, 26 + self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """As narrow as a page may be."""
        return QSize(160, self.sizeHint().height())

    # The user

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        if self._axis is not None and event.button() is Qt.MouseButton.LeftButton:
            self._dragging = True
            self.moved.emit(self._moment_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go where the handle is drawn."""
        if self._axis is not None and self._dragging:
            self.moved.emit(self._moment_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stay there."""
        self._dragging = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left, Right: from event to event; Page Up, Page Down: by a tenth of the line; Home, End: to its ends."""
        axis, key = self._axis, event.key()
        if axis is None:
            super().keyPressEvent(event)
            return
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}
        tenths = {Qt.Key.Key_PageDown: -0.1, Qt.Key.Key_PageUp: 0.1}
        if key in steps:
            self.stepped.emit(steps[Qt.Key(key)])
        elif key in tenths:
            place = axis.place(self._now) + tenths[Qt.Key(key)]
            self.moved.emit(axis.time(min(max(place, 0.0), 1.0)))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.moved.emit(axis.times[0 if key == Qt.Key.Key_Home else -1])
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """The tooltip says which moment is under the mouse, and whether something failed there."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._axis is not None:
            moment = self._moment_at(event.pos().x())
            near = [level for time, level in self._marks if abs(self.place_of(time) - event.pos().x()) <= 2.0]
            worst = sum(level <= _WORST for level in near)
            said = format.date_time(moment)
            if worst:
                said += f": {format.count(worst, 'failure')}"
            elif near:
                said += f": {format.count(len(near), 'warning')}"
            QToolTip.showText(event.globalPos(), literal(said), self)
            return True
        return super().event(event)

    # How it looks

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Marks, line, handle, dates."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        painter, palette, line = QPainter(self), self.palette(), 20.5
        text, quiet = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.PlaceholderText)
        states = theme.state_colours(theme.current(app))
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1))
        painter.drawLine(QPointF(_MARGIN, line), QPointF(self.width() - _MARGIN, line))
        dates = QRectF(_MARGIN, line + 4, self._room(), self.fontMetrics().height())
        painter.setPen(quiet)
        if self._axis is None:
            painter.drawText(dates, Qt.AlignmentFlag.AlignLeft, "Reading the events...")
            painter.end()
            return
        self._paint_counts(painter, text, line)
        for level, colour, height in ((3, states.warning, 9.0), (_WORST, states.bad, 15.0)):
            painter.setPen(QPen(QColor(colour), 1.6))
            drawn = set()
            for time, found in self._marks:
                place = round(self.place_of(time))
                if (found <= _WORST) == (level == _WORST) and place not in drawn:
                    drawn.add(place)
                    painter.drawLine(QPointF(place + 0.5, line), QPointF(place + 0.5, line - height))
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Base), 3))
        for share in self._axis.breaks:
            x = _MARGIN + share * self._room()
            painter.drawLine(QPointF(x, line - 2), QPointF(x, line + 2))
        painter.setPen(quiet)
        first, last = (format.date_time(self._axis.times[place]) for place in (0, -1))
        painter.drawText(dates, Qt.AlignmentFlag.AlignLeft, first)
        if dates.width() > 2.2 * self.fontMetrics().horizontalAdvance(first):
            painter.drawText(dates, Qt.AlignmentFlag.AlignRight, last)
        self._paint_handle(painter, line)
        painter.end()

    def _paint_counts(self, painter: QPainter, text: QColor, line: float) -> None:
        assert self._axis is not None
        shade = QColor(text)
        pieces = len(self._axis.share)
        for number, count in enumerate(self._axis.share):
            if count:
                shade.setAlpha(min(70 + 30 * count, 190))
                painter.setPen(QPen(shade, 1))
                x = round(_MARGIN + (number + 0.5) / pieces * self._room()) + 0.5
                painter.drawLine(QPointF(x, line), QPointF(x, line - _TICK))

    def _paint_handle(self, painter: QPainter, line: float) -> None:
        x = self.place_of(self._now)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(REPLAY), 1.6))
        painter.drawLine(QPointF(x, 2), QPointF(x, line + 3))
        painter.setBrush(QColor(REPLAY))
        painter.drawPolygon(QPolygonF([QPointF(x - 5, 1), QPointF(x + 5, 1), QPointF(x, 8)]))
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
