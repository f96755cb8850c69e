"""Each test in a process of its own: what has been imported is asked."""

from __future__ import annotations

import subprocess
import sys

from fcm.ui.tour.patience import PROGRAM_PATIENCE, stretched

PLOT = """
import sys
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication
from fcm.ui.migration import MigrationView
from fcm.ui.migration.plots.plot import ConvergencePlot

app = QApplication([])
view = MigrationView()
print("made", "pyqtgraph" in sys.modules, "numpy" in sys.modules)
plot = ConvergencePlot()

class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched is plot:
            app.removeEventFilter(self)
            print("painted", "pyqtgraph" in sys.modules)
        return False

def loaded():
    print("loaded", plot.canvas() is not None)
    app.quit()

plot.loaded.connect(loaded)
first = FirstPaint()
app.installEventFilter(first)
plot.show()
app.exec()
"""


def test_a_plot_is_painted_before_pyqtgraph_is_fetched_and_drawn_after() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PLOT], capture_output=True, text=True, timeout=stretched(PROGRAM_PATIENCE), check=True
    )
    assert done.stdout.splitlines() == ["made False False", "painted False", "loaded True"]
