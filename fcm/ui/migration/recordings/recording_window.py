"""A window with one recorded migration, what the engine predicts for it, and how far the prediction is off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from fcm import resources
from fcm.ui.look import icons
from fcm.ui.look.format import size
from fcm.ui.look.plain import Label, literal
from fcm.ui.migration.frame import PlotAndTables
from fcm.ui.migration.pass_table import PassTable
from fcm.ui.migration.plots.plot import ConvergencePlot
from fcm.ui.migration.recordings.comparison import ComparisonTable, against_prediction
from fcm.ui.replay.what_if_panel import LEGEND, WhatIfPanel
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import Notice, named, wrapped
from fcm.ui.widgets.recording_titles import recording_title

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fcm.migration.judging.prediction import Prediction
    from fcm.ui.migration.recordings.recorded import Recorded


@dataclass(frozen=True, slots=True)
class Source:
    """Where a recording comes from: a file, or the history of a cluster."""

    name: str
    load: Callable[[], Recorded]
    """Blocking; its errors are sentences."""
    path: Path | None = None

    @classmethod
    def file(cls, path: Path) -> Source:
        """A recording in a file."""
        return cls(recording_title(path), lambda: _load(path), path)


class RecordingWindow(QWidget):
    """Shows a file or a kept migration; the recordings that travel with the program are one choice away."""

    def __init__(self, source: Path | Source, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("recordingWindow")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowIcon(icons.icon("recording"))
        self._recorded: Recorded | None = None
        self._source = source if isinstance(source, Source) else Source.file(source)
        self._sources: list[Source] = []
        self._work: Work | None = None
        self._sentence = wrapped("")
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        named(self._sentence, "Summary of the recording")
        self._choice = named(QComboBox(), "Recording")
        self._choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._choice.activated.connect(lambda index: self.show_source(self._sources[index]))
        self._prediction = named(QComboBox(), "Prediction")
        self._prediction.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._prediction.setToolTip(
            "Which prediction to show with the measured curve: from the case alone, or with the achieved bandwidth and "
            "writes"
        )
        self._prediction.activated.connect(lambda _: self._lay_over())
        self._notice = Notice()
        self.plot = ConvergencePlot()
        self.plot.said.connect(lambda text, level: self._notice.say(str(text), str(level)))
        self.figures = ComparisonTable()
        self.passes = PassTable()
        self._facts = _FactList()
        self.details = PlotAndTables(
            self.plot, [("Fi&gures", self.figures), ("&Passes", self.passes), ("C&ase", self._facts)]
        )
        self.what_if = WhatIfPanel()
        self.what_if.hide()
        self.what_if.worked_out.connect(self._lay_over)
        row = QHBoxLayout()
        for text, box in (("&Recording:", self._choice), ("Pr&ediction:", self._prediction)):
            label = Label(text)
            label.setBuddy(box)
            row.addWidget(label)
            row.addWidget(box)
            row.addSpacing(12)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self._sentence)
        column.addWidget(self._notice)
        column.addWidget(self.details, 1)
        column.addWidget(self.what_if)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Close), self).activated.connect(self.close)
        QShortcut(QKeySequence("Esc"), self).activated.connect(self.close)
        self.resize(self.sizeHint())
        self.show_source(self._source)

    def sizeHint(self) -> QSize:
        """Room for plot and figures side by side."""
        return QSize(1080, 600)

    def text(self) -> str:
        """The summary, or why there is none."""
        return self._notice.text() or self._sentence.text()

    def open(self, path: Path) -> None:
        """Show another file; it is read in a worker thread."""
        self.show_source(Source.file(path))

    def show_source(self, source: Source) -> None:
        """Show another recording; it is read in a worker thread."""
        if self._work is not None:
            self._work.abandon()
        self._source = source
        self._list()
        self.setWindowTitle(f"{source.name} - recorded migration")
        self._sentence.setText(f"Reading {source.path.name if source.path else source.name}.")
        self._notice.say("")
        self.details.setEnabled(False)
        self._work = Work(self, source.load, self._take)

    def _list(self) -> None:
        """The shipped recordings and, before them, what was opened here beside them."""
        shipped = [Source.file(path) for path in sorted(resources.path("recordings").glob("*.json"))]
        places = [one.path.resolve() for one in shipped if one.path is not None]
        own = [one for one in (*self._sources, self._source) if one.path is None or one.path.resolve() not in places]
        self._sources = [*dict.fromkeys(own), *shipped]
        self._choice.clear()
        for one in self._sources:
            self._choice.addItem(icons.icon("recording"), one.name)
            here = one.path is not None and self._source.path is not None
            if one == self._source or (here and one.path.resolve() == self._source.path.resolve()):  # type: ignore[union-attr]
                self._choice.setCurrentIndex(self._choice.count() - 1)

    def _take(self, outcome: Outcome) -> None:
        self._work = None
        self.details.setEnabled(outcome.error is None)
        self._recorded = None
        self.what_if.show_recording(None if outcome.error is not None else outcome.result.recording)
        if outcome.error is not None:
            self._sentence.setText("")
            self._notice.say(str(outcome.error))
            self._recorded = None
            self._prediction.clear()
            self.plot.show_predicted("", None)
            self.plot.show_outlook(None, 0.0, "")
            self.plot.show_traces([], True)
            self.passes.show_passes([])
            return
        recorded: Recorded = outcome.result
        self._recorded = recorded
        self._sentence.setText(recorded.sentence)
        self._prediction.clear()
        for name, prediction in recorded.predictions:
            self._prediction.addItem(name, prediction)
        self._prediction.setEnabled(bool(recorded.predictions))
        self.plot.title = f"Recorded migration {recorded.name}"
        limit = recorded.recording.downtime_limit
        threshold = recorded.recording.bandwidth * limit
        self.plot.show_outlook(None, threshold, f"can switch over below {size(threshold)}" if threshold > 0 else "")
        self.plot.show_traces([(recorded.word, recorded.recording)], True)
        self.passes.show_passes(recorded.recording.passes())
        self.figures.show_comparison(against_prediction(recorded.recording.final, recorded.predictions, recorded.word))
        self._facts.show_facts(recorded.facts)
        self._lay_over()

    def _lay_over(self) -> None:
        found = self.what_if.found
        prediction: Prediction | None = self._prediction.currentData() if found is None else found.prediction
        recorded = self._recorded
        if prediction is None or recorded is None:
            self.plot.show_predicted("", None)
            return
        import numpy as np

        from fcm.ui.migration.recordings.recorded import LEGENDS

        time = np.array([0.0, *(row.time for row in prediction.curve)])
        remaining = np.array([float(recorded.recording.memory), *(float(row.remaining) for row in prediction.curve)])
        legend = LEGENDS[self._prediction.currentText()] if found is None else LEGEND
        self.plot.show_predicted(legend, (time, remaining))
        self.plot.show_traces([(recorded.word, recorded.recording)], True)


def _load(path: Path) -> Recorded:
    from fcm.ui.migration.recordings.recorded import load

    return load(path)


class _FactList(QTreeWidget):
    """Names and values of the case."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "Case of the recording")
        self.setHeaderLabels(["Parameter", "Value"])
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)

    def show_facts(self, facts: tuple[tuple[str, str], ...]) -> None:
        """Show these lines."""
        self.clear()
        for name, value in facts:
            item = QTreeWidgetItem([name, value])
            item.setToolTip(1, literal(value))
            self.addTopLevelItem(item)
        self.resizeColumnToContents(0)
