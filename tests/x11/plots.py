"""What a test asks of the migration view and its plot; see looking.py."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtWidgets import QComboBox, QLabel, QProgressBar, QStyle, QStyleOptionComboBox, QTabWidget, QWidget

from fcm.model import events as ev
from fcm.ui.migration import MigrationView
from fcm.ui.migration.plots.canvas import Canvas
from fcm.ui.migration.plots.plot import ConvergencePlot
from fcm.ui.migration.progress import PhaseChips
from tests.x11.looking import shown, spot_of

if TYPE_CHECKING:
    from fcm.ui.window.main_window import MainWindow


def _plot() -> ConvergencePlot | None:
    return next(shown(ConvergencePlot), None)


def _canvas() -> Canvas | None:
    plot = _plot()
    return None if plot is None else plot.canvas()


def is_loaded(window: MainWindow) -> bool:
    """Whether the drawing area is there."""
    return _canvas() is not None


def names(window: MainWindow) -> list[str]:
    """Accessible names of all labels of the migration view."""
    return [
        label.accessibleName()
        for view in shown(MigrationView)
        for label in view.findChildren(QLabel)
        if label.isVisible()
    ]


def state(window: MainWindow) -> str:
    """The sentence of the migration view, by its accessible name."""
    return next((name for name in names(window) if name.startswith("State of the migration")), "")


def readout(window: MainWindow) -> str:
    """What the crosshair reads."""
    return next((name for name in names(window) if name.startswith("Readout")), "")


def finished(window: MainWindow, machine: str) -> bool:
    """Whether the last migration of a machine has completed."""
    found = next(one for one in window.state.machines.values() if one.name == machine)
    last = window.state.last_migration(found.id)
    return last is not None and last.phase.is_over


_layouts: dict[str, tuple[int, dict[str, list[int]]]] = {}


def watch_layout(window: MainWindow) -> None:
    """From now on note the layout of the migration view for each sentence that it says."""
    _layouts.clear()
    view = next(shown(MigrationView))
    timer = QTimer(view, interval=30)

    def note() -> None:
        label = next(one for one in view.findChildren(QLabel) if one.accessibleName().startswith("State of the"))
        metrics, room = label.fontMetrics(), QRect(0, 0, label.width(), 999)
        lines = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, label.text()).height() // metrics.lineSpacing()
        _layouts[label.text()] = (lines, places(window))

    timer.timeout.connect(note)
    timer.start()


def layouts(window: MainWindow) -> dict[str, tuple[int, dict[str, list[int]]]]:
    """Sentence -> how many lines it needs, and where the parts of the view were when it was last said."""
    return _layouts


def places(window: MainWindow) -> dict[str, list[int]]:
    """Where the parts of the migration view are, and how high; a number has no name before it is first said."""
    view = next(shown(MigrationView))
    kinds = (QProgressBar, PhaseChips, QComboBox, ConvergencePlot, Canvas, QTabWidget)
    parts: dict[str, QWidget] = {
        f"{kind.__name__} {number}": one for kind in kinds for number, one in enumerate(view.findChildren(kind))
    }
    for label in view.findChildren(QLabel):
        if match := re.match("(Elapsed|Remaining|Blackout|Sent): ", label.accessibleName()):
            parts[match[1]] = label
    return {
        name: [spot["left"], spot["top"], one.height()]
        for name, one in parts.items()
        if one.isVisible() and (spot := spot_of(one))
    }


_changes = [0]


def count_axis_changes(window: MainWindow) -> None:
    """From now on count how often the time axis of a plot changes."""
    from fcm.ui.migration.plots import canvas

    _changes[0] = 0
    before = canvas.Canvas._give_range

    def counted(self: Canvas, length: float) -> None:
        _changes[0] += length != self._length
        before(self, length)

    if before.__name__ != "counted":
        canvas.Canvas._give_range = counted  # type: ignore[method-assign]


def axis_changes(window: MainWindow) -> int:
    """How often it has changed."""
    return _changes[0]


def run_and_axis(window: MainWindow) -> tuple[float, float]:
    """Seconds of the migration that is shown, and seconds in view."""
    plot, canvas = _plot(), _canvas()
    assert plot is not None
    assert canvas is not None
    left, right = canvas.view_range()[0]
    return float(plot.traces[0][1].time[-1]), right - left


def combo(window: MainWindow) -> tuple[int, int]:
    """Pixels that the list of migrations has for its text, and that the text needs."""
    view = next(shown(MigrationView))
    box = next(one for one in view.findChildren(QComboBox) if one.isVisible())
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    field = box.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, box
    )
    return field.width(), box.fontMetrics().horizontalAdvance(box.currentText()) + box.iconSize().width() + 4


def height(window: MainWindow) -> int:
    """Pixels of the plot that are on the screen."""
    plot = _plot()
    assert plot is not None
    return plot.visibleRegion().boundingRect().height()


def tell_failures(window: MainWindow, count: int) -> None:
    """As if so many migrations had failed."""
    entries = [
        ev.Entry(0, window.state.time, ev.MigrationFailed(f"none-{number}", f"node{number} has no memory left.", ""))
        for number in range(count)
    ]
    window.happened_on(window.desk, entries)


def plain(rich: str) -> str:
    """A text without its marks, with the spaces that divide entries."""
    return re.sub("<[^>]*>", "", rich)


def legend(window: MainWindow) -> dict[str, Any]:
    """Names and colours of the legend, its height and what it needs."""
    plot = _plot()
    assert plot is not None
    label = next(one for one in plot.findChildren(QLabel) if one.objectName() == "legend")
    return {
        "names": [
            re.sub("<[^>]*>", "", one).replace("&nbsp;", " ").strip("━▒╌ ")
            for one in re.split("&nbsp;&nbsp; ", label.text())
        ],
        "colours": re.findall("color:(#[0-9a-f]{6})", label.text()),
        "height": label.height(),
        "width": label.width(),
        "widest": max(
            (label.fontMetrics().horizontalAdvance(text) for text in plain(label.text()).split("&nbsp;&nbsp; ")),
            default=0,
        ),
        "needs": label.heightForWidth(label.width()),
    }  # fmt: skip


def is_saved(window: MainWindow, path: str) -> bool:
    """Whether a file is there and the view has said so."""
    told = [label.text() for view in shown(MigrationView) for label in view.findChildren(QLabel)]
    return Path(path).is_file() and any(f"Saved as {path}" in text for text in told)


def percents(window: MainWindow) -> list[str]:
    """All percents that the window shows of the one running migration: bar, lists, docks, pages."""
    found = [
        bar.text() for bar in shown(QProgressBar) if bar.isVisible() and bar.accessibleName().startswith("Progress")
    ]
    dock = window.docks["Migrations"].view
    if dock.isVisible():
        found += [str(dock.table.index(row, 4).data()) for row in range(dock.table.rowCount())]
    texts = [label.text() for label in shown(QLabel) if "igrating" in label.text()]
    found += [part for text in texts for part in re.findall(r"\d+\s%", text)]
    running = [one for one in window.state.migrations.values() if one.phase.is_running]
    return [text.replace("\N{NO-BREAK SPACE}", " ") for text in found if "%" in text] if len(running) == 1 else []


def run(window: MainWindow) -> float:
    """Seconds of the curve that is shown."""
    plot = _plot()
    return float(plot.traces[0][1].time[-1]) if plot is not None and plot.traces and len(plot.traces[0][1]) else 0.0


def elapsed(window: MainWindow) -> float:
    """The elapsed seconds that the view says."""
    text = next(name for name in names(window) if name.startswith("Elapsed: "))
    number, unit = text.removeprefix("Elapsed: ").replace("\N{NO-BREAK SPACE}", " ").split(" ")
    return float(number) / (1000 if unit == "ms" else 1)
