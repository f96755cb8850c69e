"""The frame around the control that is to be used, and the pointer of *Show me*: drawn over whatever is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPalette, QPen
from PySide6.QtWidgets import QMenu, QWidget
from shiboken6 import isValid

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from fcm.ui.learning.finding import Target

NAME = "Frame of the course"
"""Accessible name of the frame."""
_GAP = 3
_ROUND = 4.0
_PADDING = QSize(16, 8)
_POINTER = QSize(18, 24)


class _Overlay(QWidget):
    """Lies over the widgets of a window and lets the mouse through."""

    def __init__(self, window: QWidget, name: str) -> None:
        super().__init__(window)
        self.setObjectName("learning-overlay")
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)


class Frame(_Overlay):
    """A frame, and under or above it what to do."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, NAME)
        self.framed = QRect()
        """The place, in the coordinates of the window."""
        self.looks = 0
        """How often it was put somewhere, which is at each look of the guide."""
        self._words = ""
        self._bubble = QRect()

    def put(self, target: Target) -> None:
        """Frame a control."""
        self.looks += 1
        window = target.widget.window()
        place = target.rect.translated(target.widget.mapTo(window, QPoint(0, 0)))
        words = "" if isinstance(window, QMenu) else target.words
        inset = _GAP + 1 if isinstance(window, QMenu) else 0  # a menu ends where its entries end
        place = place.adjusted(inset, inset, -inset, -inset)
        if (place, words) == (self.framed, self._words) and self.isVisible():
            return
        self.framed, self._words = place, words
        self.setAccessibleDescription(target.words)
        frame = place.adjusted(-_GAP, -_GAP, _GAP, _GAP)
        self._bubble = self._room(frame, window.rect(), words)
        self.setGeometry(frame.united(self._bubble).adjusted(-2, -2, 2, 2))
        self.raise_()
        self.show()
        self.update()

    def _room(self, frame: QRect, window: QRect, words: str) -> QRect:
        """Where the words go, in the coordinates of the window; nowhere if there is no room."""
        if not words:
            return QRect()
        size = self.fontMetrics().size(0, words) + _PADDING
        bubble = QRect(frame.left(), frame.bottom() + 6, size.width(), size.height())
        if bubble.bottom() > window.bottom():
            bubble.moveBottom(frame.top() - 6)
        if bubble.right() > window.right() - 4:
            bubble.moveRight(window.right() - 4)
        return bubble if window.contains(bubble) else QRect()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw both."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(-self.geometry().topLeft())
        accent = self.palette().color(QPalette.ColorRole.Accent)
        frame = QRectF(self.framed.adjusted(-_GAP, -_GAP, _GAP, _GAP))
        painter.setPen(QPen(accent, 2.5))
        painter.drawRoundedRect(frame, _ROUND, _ROUND)
        if not self._bubble.isNull():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.palette().color(QPalette.ColorRole.ToolTipBase))
            painter.setPen(QPen(accent, 1))
            painter.drawRoundedRect(QRectF(self._bubble).adjusted(0.5, 0.5, -0.5, -0.5), _ROUND, _ROUND)
            painter.setPen(self.palette().color(QPalette.ColorRole.ToolTipText))
            painter.drawText(self._bubble, Qt.AlignmentFlag.AlignCenter, self._words)
        painter.end()


class Pointer(_Overlay):
    """A pointer that somebody else moves."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, "Pointer of the course")
        self.resize(_POINTER)

    def put(self, tip: QPoint) -> None:
        """Move its tip to a place of the window."""
        self.move(tip)
        self.raise_()
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """An arrow, as a mouse has it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath(QPointF(1, 1))
        for x, y in ((1, 18), (5, 14), (8.5, 21.5), (11.5, 20), (8, 13), (13.5, 13)):
            path.lineTo(x, y)
        path.closeSubpath()
        painter.setPen(QPen(QColor("#ffffff"), 1.4))
        painter.setBrush(QColor("#111111"))
        painter.drawPath(path)
        painter.end()


class Overlays:
    """One frame and one pointer, which lie over one window at a time."""

    def __init__(self) -> None:
        self._frame: Frame | None = None
        self._pointer: Pointer | None = None

    def frame(self, target: Target | None) -> None:
        """Frame a control; None takes the frame away."""
        if target is None or not isValid(target.widget) or not target.widget.isVisible() or target.rect.isEmpty():
            _hide(self._frame)
            self._frame = None
            return
        window = target.widget.window()
        if self._frame is None or not isValid(self._frame) or self._frame.parentWidget() is not window:
            _hide(self._frame)
            self._frame = Frame(window)
        self._frame.put(target)

    def point(self, window: QWidget | None, tip: QPoint = QPoint()) -> None:  # noqa: B008
        """Put the pointer on a place of a window; None takes it away."""
        if window is None:
            _hide(self._pointer)
            self._pointer = None
            return
        if self._pointer is None or not isValid(self._pointer) or self._pointer.parentWidget() is not window:
            _hide(self._pointer)
            self._pointer = Pointer(window)
        self._pointer.put(tip)


def _hide(overlay: QWidget | None) -> None:
    """Take an overlay away, if its window has not taken it along already."""
    if overlay is not None and isValid(overlay):
        overlay.hide()
        overlay.deleteLater()
