"""A window with two or more past migrations: their courses in one plot, and a table of how they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fcm.text.words import counted
from fcm.ui.look import icons
from fcm.ui.migration.frame import PlotAndTables
from fcm.ui.migration.plots.plot import ConvergencePlot
from fcm.ui.migration.recordings.comparison import ComparisonTable
from fcm.ui.migration.recordings.side_by_side import lettered, side_by_side
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import Notice, named, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.migration.recordings.recording import Recording


class CompareWindow(QWidget):
    """Shows migrations from their own starts on; ``load`` reads them and runs in a worker thread."""

    def __init__(self, load: Callable[[], list[tuple[str, Recording]]], parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("compareWindow")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Migrations compared")
        self.setWindowIcon(icons.icon("overlay"))
        self._sentence = named(wrapped("Reading the migrations."), "What is compared")
        self._notice = Notice()
        self.plot = ConvergencePlot()
        self.plot.title = "Migrations compared"
        self.plot.said.connect(lambda text, level: self._notice.say(str(text), str(level)))
        self.figures = ComparisonTable()
        named(self.figures, "Differences")
        self.details = PlotAndTables(self.plot, [("&Differences", self.figures)])
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addWidget(self._sentence)
        column.addWidget(self._notice)
        column.addWidget(self.details, 1)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Close), self).activated.connect(self.close)
        QShortcut(QKeySequence("Esc"), self).activated.connect(self.close)
        self.resize(self.sizeHint())
        self.work: Work | None = Work(self, load, self._take)

    def sizeHint(self) -> QSize:
        """Room for plot and differences side by side."""
        return QSize(1160, 600)

    def text(self) -> str:
        """What is compared, or why nothing is."""
        return self._notice.text() or self._sentence.text()

    def _take(self, outcome: Outcome) -> None:
        self.work = None
        if outcome.error is not None:
            self._sentence.setText("")
            self._notice.say(str(outcome.error))
            return
        traces: list[tuple[str, Recording]] = lettered(outcome.result)
        if not traces:
            self._sentence.setText("No telemetry was saved for these migrations.")
            return
        simulated = {one.facts.simulated for _, one in traces if one.facts is not None}
        kind = "All are simulated." if simulated == {True} else "All were measured on hosts."
        if len(simulated) > 1:
            kind = "Some are simulated and some were measured, so their figures are not directly comparable."
        self._sentence.setText(f"{counted(len(traces), 'migration')}, each from its own start. {kind}")
        self.plot.show_traces(traces, True)
        self.figures.show_comparison(side_by_side(traces))
