"""Distinct memory written over time: what was measured, what was fitted to it, and what the network carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from fcm.migration.engine.workload import PAGE
from fcm.model.entities import GIB, MIB
from fcm.ui.look import theme
from fcm.ui.look.format import size
from fcm.ui.migration.plots.figure import ticks
from fcm.ui.widgets.dialog_parts import named

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from fcm.migration.engine.workload import Workload
    from fcm.migration.judging.fitting import DirtySample

LENGTH = 8.5
"""s shown."""
_POINTS = 60
_LEFT, _RIGHT, _TOP, _BOTTOM = 74, 12, 24, 24


class WriteCurve(QWidget):
    """A small plot without pyqtgraph: four points and two lines need no more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "Memory written")
        self._samples: tuple[DirtySample, ...] = ()
        self._workload: Workload | None = None
        self._bandwidth = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._describe()

    def sizeHint(self) -> QSize:
        """Room for the curve and its numbers."""
        return QSize(420, 190)

    def minimumSizeHint(self) -> QSize:
        """Enough to see its form."""
        return QSize(260, 130)

    def show_samples(
        self, samples: tuple[DirtySample, ...], workload: Workload | None = None, bandwidth: float = 0.0
    ) -> None:
        """Show samples, the workload that was fitted to them, and a line for ``bandwidth`` (bytes/s; 0: none)."""
        self._samples, self._workload, self._bandwidth = samples, workload, bandwidth
        self._describe()
        self.update()

    def _describe(self) -> None:
        told = (f"{size(_written(one))} in {one.seconds:g} s" for one in self._samples)
        words = "; ".join(told) or "Nothing is measured yet."
        self.setAccessibleDescription(
            words if self._workload is None else f"{words}; with the curve of a fitted workload"
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw axes, lines and points."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        colours = theme.plot_colours(theme.current(app))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(colours.background))
        area = QRectF(_LEFT, _TOP, self.width() - _LEFT - _RIGHT, self.height() - _TOP - _BOTTOM)
        top = max([_written(one) for one in self._samples], default=float(MIB)) * 1.25
        unit, unit_name = (GIB, "GiB") if top >= 8 * GIB else (MIB, "MiB")

        def at(seconds: float, count: float) -> QPointF:
            return QPointF(area.left() + seconds / LENGTH * area.width(), area.bottom() - count / top * area.height())

        metrics = painter.fontMetrics()
        for seconds in range(0, 9, 2):
            place = at(float(seconds), 0.0)
            painter.setPen(QColor(colours.grid))
            painter.drawLine(place, QPointF(place.x(), area.top()))
            painter.setPen(QColor(colours.axis))
            words = f"{seconds} s"
            painter.drawText(QPointF(place.x() - metrics.horizontalAdvance(words) / 2, area.bottom() + 16), words)
        for value in ticks(0.0, top / unit, 4):
            place = at(0.0, value * unit)
            painter.setPen(QColor(colours.grid))
            painter.drawLine(place, QPointF(area.right(), place.y()))
            painter.setPen(QColor(colours.axis))
            words = f"{value:g} {unit_name}"
            painter.drawText(QPointF(_LEFT - 6 - metrics.horizontalAdvance(words), place.y() + 4), words)
        painter.save()
        painter.setClipRect(area)
        times = np.linspace(0.0, LENGTH, _POINTS).tolist()
        if self._bandwidth > 0:
            painter.setPen(QPen(QColor(colours.limit), 1.2, Qt.PenStyle.DashLine))
            painter.drawPolyline(QPolygonF([at(t, self._bandwidth * t) for t in times]))
        if self._workload is not None:
            painter.setPen(QPen(QColor(colours.curves[0]), 1.6))
            painter.drawPolyline(QPolygonF([at(t, self._workload.distinct(t) * PAGE) for t in times]))
        painter.restore()
        painter.setPen(QPen(QColor(colours.background), 1))
        painter.setBrush(QColor(colours.curves[0]))
        for one in self._samples:
            painter.drawEllipse(at(one.seconds, _written(one)), 4.5, 4.5)
        self._legend(painter, colours)
        painter.end()

    def _legend(self, painter: QPainter, colours: theme.PlotColours) -> None:
        x = float(_LEFT)
        entries = [("\N{BLACK CIRCLE} written", colours.curves[0])]
        if self._workload is not None:
            entries.append(("\N{HORIZONTAL BAR} fitted", colours.curves[0]))
        if self._bandwidth > 0:
            entries.append(("\N{BOX DRAWINGS LIGHT DOUBLE DASH HORIZONTAL} carried by the network", colours.limit))
        for words, colour in entries:
            painter.setPen(QColor(colour))
            painter.drawText(QPointF(x, 16.0), words)
            x += painter.fontMetrics().horizontalAdvance(words) + 16


def _written(sample: DirtySample) -> float:
    """Bytes of distinct pages."""
    return sample.pages * PAGE
