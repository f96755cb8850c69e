"""The items of the convergence plot that paint themselves: curves, forecast band, boundaries of passes.

Plain graphics items in the coordinates of the plot (x: s; y: the unit of the axis, or its logarithm). They need no
pyqtgraph, only the transformation that its view box gives to its children.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QGraphicsObject, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QStyleOptionGraphicsItem

    from fcm.migration.arrays import Floats

Source: TypeAlias = "Callable[[], tuple[Floats, Floats]]"
"""Gives x and y of all points so far, both [n]; earlier points never change."""

_EVERYWHERE = QRectF(-1e7, -1e7, 2e7, 2e7)
"""The items draw only what can be seen and leave bounds to the plot, whose ranges are set manually."""
_DENSE = 4000
"""Points from which a full drawing reduces a curve to the lowest and highest value of each column of pixels."""


class Curves(QGraphicsObject):
    """Growing curves over one backing picture: a frame paints only the segments that came since the last.

    Everything is painted anew when the view is zoomed, resized or its colours change.
    """

    def __init__(self) -> None:
        super().__init__()
        self._curves: list[tuple[Source, QColor, float]] = []
        self._drawn: list[int] = []
        self._picture: QImage | None = None
        self._key: tuple[object, ...] = ()

    def boundingRect(self) -> QRectF:
        """All of the plot."""
        return _EVERYWHERE

    def set_curves(self, curves: Sequence[tuple[Source, str, float]]) -> None:
        """What to draw: points, colour, width in pixels; the last lies on top."""
        self._curves = [(source, QColor(colour), width) for source, colour, width in curves]
        self.start_over()

    def start_over(self) -> None:
        """Paint everything anew in the next frame."""
        self._picture = None
        self.update()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Bring the picture up to date and show it."""
        if widget is None:
            return
        view = painter.worldTransform()
        ratio = widget.devicePixelRatioF()
        key = (view.m11(), view.m22(), view.dx(), view.dy(), widget.width(), widget.height(), ratio)
        if self._picture is None or key != self._key:
            self._key = key
            self._picture = QImage(widget.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(0)
            self._drawn = [0] * len(self._curves)
        self._extend(self._picture, view, widget.width())
        painter.save()
        painter.resetTransform()
        painter.drawImage(0, 0, self._picture)
        painter.restore()

    def _extend(self, picture: QImage, view: QTransform, width: int) -> None:
        brush = QPainter(picture)
        brush.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, (source, colour, thickness) in enumerate(self._curves):
            x, y = source()
            begin = self._drawn[index]
            if len(x) <= max(begin, 1):
                continue
            first = max(begin - 1, 0)
            px, py = view.m11() * x[first:] + view.dx(), view.m22() * y[first:] + view.dy()
            brush.setPen(QPen(colour, thickness))
            brush.drawPath(path_of(*visible(*thinned(px, py, width), width)))
            self._drawn[index] = len(x)
        brush.end()


def thinned(x: Floats, y: Floats, width: int) -> tuple[Floats, Floats]:
    """Points of a dense curve reduced to the lowest and highest of about each half column of pixels.

    Args:
        x: [n] pixels, ascending.
        y: [n] pixels.
        width: pixels of the view.
    """
    if len(x) <= _DENSE:
        return x, y
    columns = max(2 * width, 100)
    per = -(-len(x) // columns)
    whole = len(x) // per * per
    groups = y[:whole].reshape(-1, per)
    low = groups.argmin(axis=1)
    high = groups.argmax(axis=1)
    base = np.arange(len(groups)) * per
    order = np.unique(np.concatenate([[0], base + low, base + high, np.arange(whole, len(x)), [len(x) - 1]]))
    return x[order], y[order]


def visible(x: Floats, y: Floats, width: int) -> tuple[Floats, Floats]:
    """Without the points left and right of the view, but for one on each side."""
    first = max(int(np.searchsorted(x, -1.0)) - 1, 0)
    last = int(np.searchsorted(x, width + 1.0, side="right")) + 1
    return x[first:last], np.clip(y[first:last], -1e5, 1e5)


def path_of(x: Floats, y: Floats) -> QPainterPath:
    """A line through the points (pixels)."""
    path = QPainterPath()
    if len(x):
        path.addPolygon(QPolygonF([QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]))
    return path


class Grid(QGraphicsObject):
    """The lines of the grid. That of pyqtgraph's axes is played back from a record and takes 8 ms an axis."""

    def __init__(self) -> None:
        super().__init__()
        self._colour = QColor("#d5d5d5")
        self._upright: list[float] = []
        self._level: list[float] = []

    def boundingRect(self) -> QRectF:
        """All of the plot."""
        return _EVERYWHERE

    def set_colour(self, colour: str) -> None:
        """Colour of the lines."""
        self._colour = QColor(colour)
        self.update()

    def set_lines(self, upright: Sequence[float], level: Sequence[float]) -> None:
        """Places of the lines in the coordinates of the plot."""
        self._upright, self._level = list(upright), list(level)
        self.update()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw the lines in whole pixels."""
        if widget is None:
            return
        view = painter.worldTransform()
        width, height = widget.width(), widget.height()
        lines = [QLineF(x, 0, x, height) for x in (round(view.m11() * x + view.dx()) for x in self._upright)]
        lines += [QLineF(0, y, width, y) for y in (round(view.m22() * y + view.dy()) for y in self._level)]
        painter.save()
        painter.resetTransform()
        painter.setPen(QPen(self._colour, 1))
        painter.drawLines(lines)
        painter.restore()


class Band(QGraphicsObject):
    """The forecast: a filled band with a dashed line where half of the outcomes lie below."""

    def __init__(self) -> None:
        super().__init__()
        self._colour = QColor("#0067c0")
        self._low: list[QPointF] = []
        self._middle: list[QPointF] = []
        self._high: list[QPointF] = []

    def boundingRect(self) -> QRectF:
        """All of the plot."""
        return _EVERYWHERE

    def set_colour(self, colour: str) -> None:
        """Colour of the edge; the band is the same at an opacity of 0.2."""
        self._colour = QColor(colour)
        self.update()

    def set_band(self, x: Floats, low: Floats, middle: Floats, high: Floats) -> None:
        """Points of the edges and between them, all [n], in the coordinates of the plot; empty arrays hide the band."""
        self._low, self._middle, self._high = (
            [QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)] for y in (low, middle, high)
        )
        self.update()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draw the band."""
        if len(self._low) < 2:
            return
        fill = QColor(self._colour)
        fill.setAlphaF(0.2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(fill))
        painter.drawPolygon(QPolygonF(self._low + self._high[::-1]))
        pen = QPen(self._colour, 1.2, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(self._middle))


class Boundaries(QGraphicsObject):
    """A fine upright line where each memory pass begins, with its number where there is room."""

    def __init__(self) -> None:
        super().__init__()
        self._colour = QColor("#8a8a8a")
        self._passes: list[tuple[int, float]] = []

    def boundingRect(self) -> QRectF:
        """All of the plot."""
        return _EVERYWHERE

    def set_colour(self, colour: str) -> None:
        """Colour of lines and numbers."""
        self._colour = QColor(colour)
        self.update()

    def set_passes(self, passes: list[tuple[int, float]]) -> None:
        """Number and begin (s) of each pass."""
        if passes != self._passes:
            self._passes = passes
            self.update()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw the lines in pixels, so that the numbers keep their size."""
        if widget is None or not self._passes:
            return
        view = painter.worldTransform()
        height, width = widget.height(), widget.width()
        painter.save()
        painter.resetTransform()
        pen = QPen(self._colour, 1, Qt.PenStyle.DotLine)
        font = painter.font()
        font.setPointSizeF(max(font.pointSizeF() - 1.5, 6.5))
        painter.setFont(font)
        metrics = painter.fontMetrics()
        top = painter.clipBoundingRect().top()
        column, text_end = -10.0, -1e9
        for number, begin in self._passes:
            x = view.m11() * begin + view.dx()
            if not -1 <= x <= width + 1:
                continue
            if number > 1 and x - column >= 3:
                painter.setPen(pen)
                painter.drawLine(QPointF(x, 0), QPointF(x, height))
                column = x
            text = f"Pass {number}" if number == 1 else str(number)
            if x + 3 > text_end + 4:
                painter.setPen(self._colour)
                painter.drawText(QPointF(x + 3, top + metrics.ascent() + 1), text)
                text_end = x + 3 + metrics.horizontalAdvance(text)
        painter.restore()
