"""The drawing area of the convergence plot; the only module here that imports pyqtgraph.

Import it through ``fcm.ui.migration.plots.loading``, which does so in a worker thread once a plot is first shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from fcm.migration.forecast.outlook import Verdict
from fcm.model.entities import GIB, MIB
from fcm.ui.look import theme
from fcm.ui.migration.plots.curves import Band, Boundaries, Curves, Grid
from fcm.ui.migration.plots.ranges import next_length, scale_of

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from fcm.migration.arrays import Floats
    from fcm.migration.forecast.outlook import Outlook
    from fcm.migration.recordings.recording import Recording


@dataclass(frozen=True, slots=True)
class Trace:
    """One migration in the plot."""

    name: str
    recording: Recording


class Canvas(QWidget):
    """Remaining memory against time, for one migration or several; the first is the one that is spoken of."""

    pointed = Signal(object)
    """Index of the row of the first trace under the crosshair, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._traces: list[Trace] = []
        self._outlook: Outlook | None = None
        self._predicted: tuple[Floats, Floats] | None = None
        self._threshold, self._limit_text = 0.0, ""
        self._log = False
        self._rates = (False, False)
        self._by_hand = False
        self._moving = False
        self._length, self._height = 5.0, 0.0
        self._unit, self._unit_name = MIB, "MiB"
        self._over = False
        self._cursor: int | None = None
        self._build()
        self.recolour()

    def _build(self) -> None:
        self._plot: Any = pg.PlotWidget(enableMenu=False)
        self._plot.setObjectName("convergencePlot")
        self._plot.setAccessibleDescription("Memory left to send against time. Arrow keys move the crosshair.")
        self._plot.hideButtons()
        self._plot.setFrameShape(self._plot.Shape.NoFrame)
        for part in (self._plot, self._plot.viewport()):
            part.setAccessibleName("Convergence plot")
        self._plot.viewport().setObjectName("convergencePlotArea")
        item = self._plot.getPlotItem()
        # pyqtgraph makes a menu that is never shown; without a parent it would outlive the plot.
        item.ctrlMenu.setParent(self, item.ctrlMenu.windowFlags())
        self._box = item.getViewBox()
        self._box.disableAutoRange()
        self._box.setLimits(xMin=0.0, minXRange=0.05)
        self._box.setMouseMode(self._box.PanMode)
        self._box.sigRangeChangedManually.connect(self._moved_by_hand)
        self._box.sigRangeChanged.connect(lambda *_: self._rule())
        self._left, self._bottom = item.getAxis("left"), item.getAxis("bottom")
        for axis in (self._left, self._bottom, item.getAxis("right")):
            axis.enableAutoSIPrefix(False)
            # They change when a range does, a few times a minute; without a cache they cost more than all the rest.
            axis.setCacheMode(axis.CacheMode.DeviceCoordinateCache)
        self._left.logTickStrings = lambda values, _scale, _spacing: [f"{10**value:g}" for value in values]
        self._bottom.setLabel("Time since the start (s)")
        self._name_axis()
        self._curves, self._band, self._boundaries, self._grid = Curves(), Band(), Boundaries(), Grid()
        for depth, drawn in ((-30, self._grid), (-20, self._boundaries), (-10, self._band), (0, self._curves)):
            drawn.setZValue(depth)
            self._box.addItem(drawn, ignoreBounds=True)
        self._forecast = pg.PlotCurveItem(skipFiniteCheck=True)
        self._box.addItem(self._forecast, ignoreBounds=True)
        self._limit = pg.InfiniteLine(angle=0, label="", labelOpts={"position": 0.01, "anchors": [(0, 1), (0, 1)]})
        self._limit.hide()
        self._box.addItem(self._limit, ignoreBounds=True)
        self._cross = pg.InfiniteLine(angle=90)
        self._cross.hide()
        self._box.addItem(self._cross, ignoreBounds=True)
        self._dot = pg.ScatterPlotItem(size=7)
        self._box.addItem(self._dot, ignoreBounds=True)
        self._nothing = pg.TextItem(anchor=(0.5, 0.5))
        self._box.addItem(self._nothing, ignoreBounds=True)
        self._add_rate_axis(item)
        self._plot.scene().sigMouseMoved.connect(self._point)
        self._plot.viewport().installEventFilter(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._plot)
        self.setFocusProxy(self._plot)
        for keys, callback in (
            ("Left", lambda: self.step_cursor(-1)),
            ("Right", lambda: self.step_cursor(1)),
            ("+", lambda: self.zoom(0.7)),
            ("-", lambda: self.zoom(1 / 0.7)),
            ("Home", self.reset_view),
        ):
            shortcut = QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(callback)

    def _add_rate_axis(self, item: Any) -> None:
        """A second view box on the right axis for the two rates, one below the other in the same unit."""
        self._right = item.getAxis("right")
        self._rate_box = pg.ViewBox(enableMenu=False, enableMouse=False)
        self._rate_box.disableAutoRange()
        item.scene().addItem(self._rate_box)
        self._right.linkToView(self._rate_box)
        self._rate_box.setXLink(self._box)
        self._dirty_curve = pg.PlotCurveItem(skipFiniteCheck=True)
        self._rate_curve = pg.PlotCurveItem(skipFiniteCheck=True)
        for curve in (self._dirty_curve, self._rate_curve):
            self._rate_box.addItem(curve, ignoreBounds=True)
        self._box.sigResized.connect(self._align_rate_box)
        self._right.setLabel("MiB/s")

    def _align_rate_box(self) -> None:
        self._rule()
        self._rate_box.setGeometry(self._box.sceneBoundingRect())
        self._rate_box.linkedViewChanged(self._box, self._rate_box.XAxis)

    # What is shown

    def set_traces(self, traces: list[Trace], over: bool, moving: bool = False) -> None:
        """Show these migrations; ``over`` if the first will not go on, ``moving`` if others follow at once.

        While they move the axes change in steps only: to paint their numbers anew takes longer than all the rest.
        """
        fresh = [id(trace.recording) for trace in traces] != [id(trace.recording) for trace in self._traces]
        first_changed = bool(traces) and (not self._traces or traces[0].recording is not self._traces[0].recording)
        self._traces, self._over, self._moving = traces, over, moving
        nothing = "No memory was sent." if over else "The curve begins when memory is sent."
        if nothing != self._nothing.toPlainText():
            self._nothing.setPlainText(nothing)
        if first_changed:
            self._by_hand, self._cursor = False, None
            self._length = self._length if moving else 5.0
            self._predicted, self._outlook = None, None
            self._show_cursor()  # what was read belongs to another migration
        if fresh:
            self._choose_unit()
            self._give_curves()
        self.draw()

    def set_outlook(self, outlook: Outlook | None, threshold: float, threshold_text: str) -> None:
        """The forecast band, and the line (bytes, 0 = none) under which the last copy fits the downtime limit."""
        self._outlook = outlook
        self._threshold = threshold
        self._limit.setVisible(threshold > 0)
        if threshold > 0:
            # Each call lays the label out anew, also for the same place.
            place = float(self._y(np.array([threshold]))[0])
            if place != self._limit.value():
                self._limit.setPos(place)
            if threshold_text != self._limit_text:
                self._limit_text = threshold_text
                self._limit.label.setFormat(threshold_text)
        self._draw_band()

    def set_predicted(self, curve: tuple[Floats, Floats] | None) -> None:
        """A whole predicted course (s, bytes remaining) to lay over the measured one, or None."""
        if curve is None and self._predicted is None:
            return
        self._predicted = curve
        self._draw_predicted()
        self.draw()

    def set_log(self, on: bool) -> None:
        """Remaining memory on a logarithmic axis."""
        self._log = on
        self._left.setLogMode(False, on)
        self._give_curves()
        self._give_range(self._length)
        self.set_outlook(self._outlook, self._threshold, self._limit_text)
        self._draw_predicted()
        self._show_cursor()

    def set_rates(self, dirty: bool, transfer: bool) -> None:
        """Show the dirty rate and the transfer rate of the first trace on an axis on the right."""
        self._rates = (dirty, transfer)
        self._plot.getPlotItem().showAxis("right", dirty or transfer)
        self._draw_rates()

    def draw(self) -> None:
        """Bring everything up to the newest rows."""
        if not self._traces:
            self._boundaries.set_passes([])
            self._nothing.hide()
            self._curves.update()
            return
        recording = self._traces[0].recording
        self._nothing.setVisible(not len(recording))
        self._boundaries.set_passes([(one.number, one.begin) for one in recording.passes()])
        needed = max((float(trace.recording.time[-1]) for trace in self._traces if len(trace.recording)), default=0.0)
        needed = max(needed, self._ahead(needed))
        settled = self._over and not self._moving
        length, height = next_length(needed, self._length, settled=settled), self._next_height()
        if length != self._length or height != self._height or settled:
            self._height = height
            self._give_range(length)
        self._draw_rates()
        self._curves.update()

    def _next_height(self) -> float:
        """Bytes that the upright axis should reach: the largest memory, in steps while the curves move."""
        top = max(
            (max(trace.recording.memory, int(trace.recording.remaining.max(initial=0))) for trace in self._traces),
            default=0,
        )
        if not self._moving:
            return float(top)
        return self._height if 0.5 * self._height <= top <= self._height else scale_of(top)

    def _ahead(self, now: float) -> float:
        """Time (s) up to which the forecast should be in view: its end, but never so far that what was shrinks."""
        if self._over:
            predicted = float(self._predicted[0][-1]) if self._predicted is not None else 0.0
            return min(predicted, 1.25 * now)
        outlook = self._outlook
        if outlook is None:
            return 0.0
        most = 1.5 if outlook.verdict is Verdict.WILL_NOT_CONVERGE else 3.0
        return min(float(outlook.time[-1]), most * now + 5)

    # View

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A double click shows everything again."""
        if event.type() == QEvent.Type.MouseButtonDblClick:
            self.reset_view()
        return super().eventFilter(watched, event)

    def reset_view(self) -> None:
        """Show everything again and follow the migration."""
        self._by_hand = False
        needed = max((float(trace.recording.time[-1]) for trace in self._traces if len(trace.recording)), default=0.0)
        self._give_range(next_length(max(needed, self._ahead(needed)), 5.0, settled=True))

    def zoom(self, factor: float) -> None:
        """Show ``factor`` times as much time as now, around the crosshair or the middle."""
        (low, high), _ = self._box.viewRange()
        centre = (low + high) / 2
        if self._cursor is not None and self._traces and self._cursor < len(self._traces[0].recording):
            centre = float(self._traces[0].recording.time[self._cursor])
        self._box.setXRange(max(centre + (low - centre) * factor, 0.0), centre + (high - centre) * factor, padding=0)
        self._by_hand = True

    def rate_range(self) -> tuple[float, float] | None:
        """The range of the axis of rates, on the right, in MiB/s; None while it is hidden."""
        low, high = self._rate_box.viewRange()[1]
        return (low, high) if self._right.isVisible() else None

    def view_range(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """What is in view: s and bytes, each low and high."""
        (left, right), (low, high) = self._box.viewRange()
        if self._log:
            return (left, right), (10**low * self._unit, 10**high * self._unit)
        return (left, right), (low * self._unit, high * self._unit)

    def _moved_by_hand(self, *_: object) -> None:
        self._by_hand = True

    def _give_range(self, length: float) -> None:
        self._length = length
        if self._by_hand or not self._traces:
            return
        highest = max(self._height / self._unit, 1e-3)
        self._box.setXRange(0, length, padding=0)
        if self._log:
            lowest = min(self._threshold or MIB, MIB) / self._unit / 4
            self._box.setYRange(float(np.log10(lowest)), float(np.log10(highest * 1.6)), padding=0)
        else:
            self._box.setYRange(0, highest * 1.08, padding=0)

    def _rule(self) -> None:
        """Put the lines of the grid where the axes have their numbers."""
        (left, right), (low, high) = self._box.viewRange()
        self._nothing.setPos((left + right) / 2, (low + high) / 2)
        area = self._box.sceneBoundingRect()
        if area.width() < 2 or area.height() < 2:
            return
        upright = self._bottom.tickValues(left, right, area.width())
        level = self._left.tickValues(low, high, area.height())
        self._grid.set_lines(*(ticks[0][1] if ticks else () for ticks in (upright, level)))

    def _choose_unit(self) -> None:
        largest = max((trace.recording.memory for trace in self._traces), default=0)
        chosen = (GIB, "GiB") if largest >= 8 * GIB else (MIB, "MiB")
        if chosen != (self._unit, self._unit_name):
            self._unit, self._unit_name = chosen
            self._height = 0.0
            self._name_axis()

    def _name_axis(self) -> None:
        self._left.setLabel(f"Left to send ({self._unit_name})")

    def _y(self, count: Floats) -> Floats:
        """Bytes in the coordinates of the plot."""
        scaled: Floats = count / self._unit
        if self._log:
            return np.log10(np.maximum(scaled, 1e-6))
        return scaled

    # Items

    def _give_curves(self) -> None:
        colours = self._colours.curves
        curves = []
        for index, trace in reversed(list(enumerate(self._traces))):
            recording = trace.recording
            curves.append(
                (
                    lambda r=recording: (r.time, self._y(r.remaining.astype(np.float64))),
                    colours[index % len(colours)],
                    1.6 if index == 0 else 1.0,
                )
            )
        self._curves.set_curves(curves)

    def _draw_band(self) -> None:
        outlook = self._outlook
        if outlook is None or self._over or len(outlook.time) < 2:
            empty = np.zeros(0)
            self._band.set_band(empty, empty, empty, empty)
            return
        x, low, high = outlook.time, outlook.low, outlook.high
        self._band.set_band(x, self._y(low), self._y(outlook.mid), self._y(high))

    def _draw_predicted(self) -> None:
        if self._predicted is None:
            self._forecast.setData([], [])
        else:
            self._forecast.setData(self._predicted[0], self._y(self._predicted[1]))

    def _draw_rates(self) -> None:
        dirty, transfer = self._rates
        recording = self._traces[0].recording if self._traces else None
        top = 1.0
        for on, curve, which in ((dirty, self._dirty_curve, "dirty"), (transfer, self._rate_curve, "rate")):
            curve.setVisible(on)
            if not on or recording is None or not len(recording):
                continue
            values = recording.dirty_rate * recording.page_size / MIB if which == "dirty" else recording.rate / MIB
            curve.setData(recording.time, values)
            top = max(top, float(values.max()))
        if dirty or transfer:
            self._rate_box.setYRange(0, 1.08 * scale_of(top), padding=0)

    # Crosshair

    def set_crosshair(self, on: bool) -> None:
        """Follow the pointer with a line and tell what is under it."""
        self._cross_on = on
        if not on:
            self._cursor = None
            self._show_cursor()

    _cross_on = True

    def _point(self, position: QPointF) -> None:
        if not self._cross_on or not self._traces or not len(self._traces[0].recording):
            return
        inside = self._box.sceneBoundingRect().contains(position)
        if inside:
            time = self._box.mapSceneToView(position).x()
            times = self._traces[0].recording.time
            after = int(np.searchsorted(times, time))
            before = max(after - 1, 0)
            after = min(after, len(times) - 1)
            self._cursor = before if abs(times[before] - time) <= abs(times[after] - time) else after
        else:
            self._cursor = None
        self._show_cursor()

    def step_cursor(self, by: int) -> None:
        """Move the crosshair by a row; it begins at the newest."""
        if not self._traces or not len(self._traces[0].recording):
            return
        last = len(self._traces[0].recording) - 1
        self._cursor = last if self._cursor is None else min(max(self._cursor + by, 0), last)
        self._show_cursor()

    def _show_cursor(self) -> None:
        shown = self._cursor is not None
        self._cross.setVisible(shown)
        self._dot.setVisible(shown)
        if self._cursor is not None:
            recording = self._traces[0].recording
            time = float(recording.time[self._cursor])
            y = self._y(recording.remaining[self._cursor : self._cursor + 1].astype(np.float64))
            self._cross.setPos(time)
            self._dot.setData([time], [float(y[0])])
        self.pointed.emit(self._cursor)

    # Looks

    def recolour(self) -> None:
        """Take the colours of the theme in use."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self._colours = colours = theme.plot_colours(theme.current(app))
        self._plot.setBackground(colours.background)
        for axis in (self._left, self._bottom, self._right):
            axis.setPen(colours.axis)
            axis.setTextPen(colours.axis)
        self._grid.set_colour(colours.grid)
        self._nothing.setColor(colours.axis)
        self._limit.setPen(pg.mkPen(colours.limit, width=1, style=Qt.PenStyle.DashLine))
        self._limit.label.setColor(colours.limit)
        self._forecast.setPen(pg.mkPen(colours.forecast, width=1, style=Qt.PenStyle.DashLine))
        self._cross.setPen(pg.mkPen(colours.axis, width=1))
        self._dot.setBrush(pg.mkBrush(colours.curves[0]))
        self._dot.setPen(pg.mkPen(colours.background))
        self._dirty_curve.setPen(pg.mkPen(colours.dirty, width=1))
        self._rate_curve.setPen(pg.mkPen(colours.transfer, width=1))
        self._band.set_colour(colours.forecast)
        self._boundaries.set_colour(colours.boundary)
        self._give_curves()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep both view boxes on each other."""
        super().resizeEvent(event)
        self._align_rate_box()

    def scene_rectangle(self) -> QRectF:
        """Where the curves are, in the scene of the plot; for tests that point at a place."""
        rectangle: QRectF = self._box.sceneBoundingRect()
        return rectangle
