"""Figures of a migration side by side: what was measured, what was forecast or predicted, and the difference."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from fcm.ui.look.format import NARROW, NONE, milliseconds, size
from fcm.ui.look.plain import literal
from fcm.ui.migration.words import between
from fcm.ui.widgets.dialog_parts import named

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.migration.judging.prediction import Prediction
    from fcm.model.telemetry import FinalFigures
    from fcm.workspace.forecasts import Made

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Comparison:
    """A small table: headings and rows of texts, as many in each."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def against_forecast(figures: FinalFigures | None, made: Made | None, simulated: bool) -> Comparison:
    """The end of a migration beside what was forecast early in it.

    Args:
        figures: how it ended, or None if it did not complete.
        made: the forecast.
        simulated: True if the figures come from the engine of an embedded cluster, not from a host.
    """
    word = "Simulated" if simulated else "Measured"
    if made is None:
        headings: tuple[str, ...] = ("Figure", word)
    else:
        when = f"Forecast at {made.time:.1f}{NARROW}s"
        headings = ("Figure", word, when, "80 % range", "Off by")
    rows = [
        _seconds_row("Total time", figures.total if figures else None, made and made.time, made and made.outlook.eta),
        _blackout_row(figures.downtime if figures else None, made and made.outlook.blackout),
        ("Bytes sent", size(figures.bytes) if figures else NONE),
        ("Passes", str(figures.passes) if figures else NONE),
    ]
    width = len(headings)
    return Comparison(headings, tuple((row + (NONE,) * width)[:width] for row in rows))


def _seconds_row(name: str, measured: float | None, since: object, interval: object) -> tuple[str, ...]:
    from fcm.migration.forecast.outlook import Interval

    shown = f"{measured:.2f}{NARROW}s" if measured is not None else NONE
    if not isinstance(interval, Interval) or not isinstance(since, float) or not math.isfinite(interval.mid):
        return (name, shown)
    low, mid, high = (since + value for value in (interval.low, interval.mid, interval.high))
    change = difference(measured, mid) if measured is not None else NONE
    return (name, shown, f"{mid:.2f}{NARROW}s", between(low, high), change)


def _blackout_row(measured: float | None, interval: object) -> tuple[str, ...]:
    from fcm.migration.forecast.outlook import Interval

    shown = milliseconds(measured) if measured is not None else NONE
    if not isinstance(interval, Interval) or not math.isfinite(interval.mid):
        return ("Blackout", shown)
    change = NONE
    if measured is not None:
        change = f"{(interval.mid - measured) * 1000:+.0f}{NARROW}ms"
    return ("Blackout", shown, milliseconds(interval.mid), between(interval.low, interval.high), change)


def against_prediction(
    figures: FinalFigures | None, predictions: tuple[tuple[str, Prediction], ...], word: str = "Measured"
) -> Comparison:
    """A recorded migration beside what the engine says for its case, once or several ways.

    ``word``: "Measured" or "Simulated".
    """
    headings = ["Figure", word]
    for name, _ in predictions:
        headings += [name, "Off by"]
    rows = []
    for row, (label, text) in enumerate(_FIGURES):
        measured = _values(figures)[row] if figures is not None else None
        texts = [label, text(measured) if measured is not None else NONE]
        for _, prediction in predictions:
            texts += _predicted(label, text, measured, prediction, row)
        rows.append(tuple(texts))
    return Comparison(tuple(headings), tuple(rows))


_FIGURES: tuple[tuple[str, Callable[[float], str]], ...] = (
    ("Total time", lambda value: f"{value:.2f}{NARROW}s"),
    ("Blackout", milliseconds),
    ("Bytes sent", size),
    ("Passes", lambda value: f"{value:.0f}"),
)


def _values(figures: FinalFigures) -> tuple[float, float, float, float]:
    return figures.total, figures.downtime, figures.bytes, figures.passes


def _predicted(
    label: str, text: Callable[[float], str], measured: float | None, prediction: Prediction, row: int
) -> list[str]:
    if prediction.downtime is None:
        return ["does not end" if row == 0 else NONE, NONE]
    value = (prediction.total, prediction.downtime, prediction.bytes, prediction.passes)[row]
    if measured is None:
        return [text(value), NONE]
    if label == "Blackout":
        return [text(value), f"{(value - measured) * 1000:+.0f}{NARROW}ms"]
    if label == "Passes":
        return [text(value), f"{value - measured:+.0f}"]
    return [text(value), difference(measured, value)]


def difference(measured: float, predicted: float) -> str:
    """How far a prediction is off, in percent of what was measured."""
    if measured == 0:
        return NONE
    return f"{(predicted - measured) / measured * 100:+.1f}{NARROW}%"


class ComparisonTable(QTreeWidget):
    """Shows a comparison; numbers on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "Figures")
        self._shown: Comparison | None = None
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setAlternatingRowColors(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHeaderLabels(["Figure"])
        self.header().setHighlightSections(False)
        self.header().setStretchLastSection(True)

    def show_comparison(self, comparison: Comparison) -> None:
        """Show these figures; does nothing while they stay the same."""
        if comparison == self._shown:
            return
        self._shown = comparison
        self.clear()
        self.setColumnCount(len(comparison.headings))
        self.setHeaderLabels(list(comparison.headings))
        for column in range(1, len(comparison.headings)):
            self.headerItem().setTextAlignment(column, _RIGHT)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for row in comparison.rows:
            item = QTreeWidgetItem(list(row))
            for column in range(1, len(row)):
                item.setTextAlignment(column, _RIGHT)
                item.setToolTip(column, literal(row[column]))
            self.addTopLevelItem(item)
