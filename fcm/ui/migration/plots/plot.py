"""The convergence plot with its buttons, legend and readout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fcm.ui.look import icons, theme
from fcm.ui.look.format import page_rate, rate, size
from fcm.ui.look.plain import Label, literal
from fcm.ui.migration.plots.loading import load_canvas
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import named
from fcm.ui.widgets.page_parts import Elided

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from PySide6.QtGui import QResizeEvent, QShowEvent

    from fcm.migration.arrays import Floats
    from fcm.migration.forecast.outlook import Outlook
    from fcm.migration.recordings.recording import Recording
    from fcm.ui.migration.plots.canvas import Canvas
    from fcm.ui.migration.plots.figure import Figure


LEAST_HEIGHT = 200
"""Pixels that the plot keeps, whatever is said above it."""


class ConvergencePlot(QWidget):
    """Memory left to send against time. The drawing area is loaded when the widget is first shown."""

    said = Signal(object, object)
    """A sentence about an export and its level ("pass" or "fail")."""
    loaded = Signal()
    """The drawing area is there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas: Canvas | None = None
        self._module: ModuleType | None = None
        self._asked = False
        self._traces: list[tuple[str, Recording]] = []
        self._over = self._moving = False
        self._outlook: Outlook | None = None
        self._threshold = 0.0
        self._threshold_text = ""
        self._predicted: tuple[str, Floats, Floats] | None = None
        self._export_work: Work | None = None
        self.title = ""
        """Of exported pictures; also the start of the names of files."""
        self._legend = Label()
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self._legend.setObjectName("legend")
        self._legend.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self._legend.setSizePolicy(policy)
        self._readout = Elided()
        self._readout.setProperty("role", "quiet")
        named(self._readout, "Readout")
        self._waiting = Label("The plot is being prepared.")
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._waiting.setProperty("role", "quiet")
        self._waiting.setWordWrap(True)
        self._place = QVBoxLayout()
        self._place.addWidget(self._waiting, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(self._buttons())
        column.addLayout(self._place, 1)
        column.addWidget(self._readout)
        self.setMinimumHeight(LEAST_HEIGHT)
        self._tell_readout(None)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(1)
        self._legend.setMinimumWidth(40)
        row.addWidget(self._legend, 1)
        self.log = self._toggle("Logarithmic scale", "log-scale", lambda on: self._each(lambda c: c.set_log(on)))
        self.dirty = self._toggle("Dirty rate", "dirty-rate", lambda _: self._give_rates())
        self.transfer = self._toggle("Transfer rate", "transfer-rate", lambda _: self._give_rates())
        self.crosshair = self._toggle(
            "Crosshair", "crosshair", lambda on: self._each(lambda c: c.set_crosshair(on)), on=True
        )
        self.overlay = self._button("Overlay other migrations", "overlay")
        self.overlay.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.overlay.hide()
        self.reset = self._button("Reset view", "zoom-reset")
        self.reset.clicked.connect(lambda: self._each(lambda c: c.reset_view()))
        self.export = self._button("Export", "export")
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.export)
        menu.setAccessibleName("Export")
        for text, icon, callback in (
            ("Plot as P&NG...", "export-png", lambda: self._ask("png")),
            ("Plot as S&VG...", "export-svg", lambda: self._ask("svg")),
            ("Rows as &CSV...", "export-csv", lambda: self._ask("csv")),
        ):
            action = QAction(icons.icon(icon), text, menu)
            action.triggered.connect(callback)
            menu.addAction(action)
        self.export.setMenu(menu)
        self.export.setEnabled(False)
        for button in (self.log, self.dirty, self.transfer, self.crosshair, self.overlay, self.reset, self.export):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _button(self, name: str, icon: str) -> QToolButton:
        button = named(QToolButton(), name)
        button.setIcon(icons.icon(icon))
        button.setIconSize(QSize(16, 16))
        button.setToolTip(literal(name))
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _toggle(self, name: str, icon: str, callback: Callable[[bool], None], on: bool = False) -> QToolButton:
        button = self._button(name, icon)
        button.setCheckable(True)
        button.setChecked(on)
        button.toggled.connect(callback)
        button.toggled.connect(lambda _: self._tell_legend())
        return button

    # What is shown

    @property
    def traces(self) -> list[tuple[str, Recording]]:
        """The migrations that are shown, by name; the first is the one that the view is about."""
        return list(self._traces)

    def show_traces(self, traces: list[tuple[str, Recording]], over: bool, moving: bool = False) -> None:
        """Show migrations by name; the first is the one that is spoken of.

        Args:
            traces: names and recordings.
            over: the first will not go on.
            moving: others will follow at once, as while a slider moves; the axes then change in steps only.
        """
        if [name for name, _ in traces] != [name for name, _ in self._traces]:
            self._traces = traces
            self._tell_legend()
        self._traces, self._over, self._moving = traces, over, moving
        self.export.setEnabled(bool(traces))
        self._give_traces()

    def show_outlook(self, outlook: Outlook | None, threshold: float, text: str) -> None:
        """The forecast band, and the line (bytes; 0 = none) under which the last copy fits, with its label."""
        had = self._outlook is not None
        self._outlook, self._threshold, self._threshold_text = outlook, threshold, text
        if self._canvas is not None:
            self._canvas.set_outlook(outlook, threshold, text)
        if had != (outlook is not None):
            self._tell_legend()

    def show_predicted(self, name: str, curve: tuple[Floats, Floats] | None) -> None:
        """A whole predicted course (s, bytes) over the measured one; None takes it away."""
        self._predicted = None if curve is None else (name, *curve)
        if self._canvas is not None:
            self._canvas.set_predicted(curve)
        self._tell_legend()

    def canvas(self) -> Canvas | None:
        """The drawing area, once it is loaded."""
        return self._canvas

    def _each(self, callback: Callable[[Canvas], None]) -> None:
        if self._canvas is not None:
            callback(self._canvas)

    def _give_traces(self) -> None:
        if self._canvas is not None and self._module is not None:
            trace = self._module.Trace
            traces = [trace(name, recording) for name, recording in self._traces]
            self._canvas.set_traces(traces, self._over, self._moving)

    def _give_rates(self) -> None:
        self._each(lambda canvas: canvas.set_rates(self.dirty.isChecked(), self.transfer.isChecked()))

    # Loading and looks

    def showEvent(self, event: QShowEvent) -> None:
        """Fetch the drawing area when it is first needed."""
        super().showEvent(event)
        if not self._asked:
            self._asked = True
            load_canvas(self, self._take)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The legend has another width."""
        super().resizeEvent(event)
        self._tell_legend()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a switch between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._each(lambda canvas: canvas.recolour())
            self._tell_legend()

    def _take(self, module: ModuleType | None, problem: str) -> None:
        if module is None:
            self._waiting.setText(problem)
            return
        self._module = module
        self._canvas = canvas = module.Canvas()
        self._place.removeWidget(self._waiting)
        self._waiting.deleteLater()
        self._place.addWidget(canvas, 1)
        canvas.pointed.connect(self._tell_readout)
        canvas.set_crosshair(self.crosshair.isChecked())
        self._give_traces()
        if self._predicted is not None:
            canvas.set_predicted(self._predicted[1:])
        canvas.set_outlook(self._outlook, self._threshold, self._threshold_text)
        canvas.set_log(self.log.isChecked())
        self._give_rates()
        self._give_traces()
        self.loaded.emit()

    # Words

    def _tell_legend(self) -> None:
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            return
        colours = theme.plot_colours(theme.current(app))
        entries = [
            (name, colours.curves[index % len(colours.curves)], "━") for index, (name, _) in enumerate(self._traces)
        ]
        if self._outlook is not None and len(self._outlook.time) > 1:
            entries.append(("Forecast", colours.forecast, "▒"))
        if self._predicted is not None:
            entries.append((self._predicted[0], colours.forecast, "╌"))
        if self.dirty.isChecked():
            entries.append(("Dirty rate", colours.dirty, "━"))
        if self.transfer.isChecked():
            entries.append(("Transfer rate", colours.transfer, "━"))
        # A line breaks between two entries only; one that is longer than a line keeps both its ends.
        metrics, room = self._legend.fontMetrics(), max(80, self._legend.width() - 24)
        shown = [
            f'<span style="color:{colour}">{sign}</span>&nbsp;'
            f"{_plain(metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room))}"
            for name, colour, sign in entries
        ]
        text = "&nbsp;&nbsp; ".join(shown)
        if text != self._legend.text():
            self._legend.setText(text)
            self._legend.setAccessibleName(f"Legend: {', '.join(name for name, _, _ in entries)}")
        self._legend.setToolTip(literal(", ".join(name for name, _, _ in entries)))

    def _tell_readout(self, index: object) -> None:
        if not isinstance(index, int) or not self._traces or index >= len(self._traces[0][1]):
            self._say_readout("Point to read values. Scroll to zoom, drag to pan, arrow keys to step.")
            return
        row = self._traces[0][1].row(index)
        parts = [
            f"{row.time:.1f} s",
            f"pass {row.pass_number}",
            f"{size(row.remaining)} left",
            f"{size(row.sent)} sent",
            f"sending {rate(row.rate)}",
        ]
        if row.dirty_rate > 0:
            parts.append(f"dirtied {page_rate(row.dirty_rate, row.page_size)}")
        if row.throttle:
            parts.append(f"slowed by {row.throttle} %")
        self._say_readout("  ·  ".join(parts))

    def _say_readout(self, text: str) -> None:
        self._readout.say(text)
        self._readout.setAccessibleName(f"Readout: {text}")

    # Files

    def figure(self) -> Figure:
        """What is shown, as a picture that can be written to a file.

        Raises:
            RuntimeError: the drawing area is not loaded yet.
        """
        from fcm.ui.migration.plots.figure import Figure, Line

        if self._canvas is None:
            raise RuntimeError("the plot is not ready yet")
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        colours = theme.plot_colours(theme.current(app))
        lines = [
            Line(
                name,
                recording.time.copy(),
                recording.remaining.astype(float),
                colours.curves[index % len(colours.curves)],
            )
            for index, (name, recording) in enumerate(self._traces)
        ]
        if self._predicted is not None:
            lines.append(Line(*self._predicted, colours.forecast, dashed=True))
        rates: list[Line] = []
        if self._traces:
            recording = self._traces[0][1]
            time = recording.time.copy()
            if self.dirty.isChecked():
                rates.append(Line("Dirty rate", time, recording.dirty_rate * recording.page_size, colours.dirty))
            if self.transfer.isChecked():
                rates.append(Line("Transfer rate", time, recording.rate.astype(float), colours.transfer))
        x_range, y_range = self._canvas.view_range()
        band = None
        if self._outlook is not None and len(self._outlook.time) > 1 and not self._over:
            band = (self._outlook.time, self._outlook.low, self._outlook.high)
        passes = tuple((one.number, one.begin) for one in self._traces[0][1].passes()) if self._traces else ()
        return Figure(
            self.title,
            tuple(lines),
            x_range,
            y_range,
            self.log.isChecked(),
            colours.background,
            colours.axis,
            colours.grid,
            passes,
            colours.boundary,
            self._threshold,
            self._threshold_text,
            colours.limit,
            band,
            colours.forecast,
            tuple(rates),
        )

    def _ask(self, kind: str) -> None:
        if kind != "csv" and self._canvas is None:
            self.said.emit("The plot is still being prepared. Try again in a moment.", "fail")
            return
        words = {"png": "Export plot as PNG", "svg": "Export plot as SVG", "csv": "Export rows as CSV"}[kind]
        name = "".join(char if char.isalnum() or char in "-_" else "-" for char in self.title.lower())
        while "--" in name:
            name = name.replace("--", "-")
        dialog = QFileDialog(self, words, "", f"{kind.upper()} files (*.{kind});;All files (*)")
        dialog.setObjectName("exportDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(kind)
        dialog.selectFile(f"{name.strip('-') or 'migration'}.{kind}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.save(Path(path), kind))
        dialog.open()

    def save(self, path: Path, kind: str) -> None:
        """Write "png", "svg" or "csv" in a worker thread; ``said`` tells how it went."""
        from fcm.migration.recordings.rows_csv import traces_as_csv
        from fcm.ui.migration import exports

        if kind == "csv":
            traces = [(name, recording, len(recording)) for name, recording in self._traces]
            work: Callable[[], None] = lambda: exports.save_text(path, traces_as_csv(traces))  # noqa: E731
        else:
            figure = self.figure()
            save = exports.save_png if kind == "png" else exports.save_svg
            work = lambda: save(path, figure)  # noqa: E731
        self._export_work = Work(self, work, lambda outcome: self._saved(path, outcome))

    def _saved(self, path: Path, outcome: Outcome) -> None:
        self._export_work = None
        if outcome.error is None:
            self.said.emit(f"Saved as {path}.", "pass")
        else:
            self.said.emit(str(outcome.error), "fail")


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(" ", "&nbsp;")
