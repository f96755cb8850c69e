"""Time from the start of the process to the first painted window; aim: under 0.6 s when the files are in the cache.

The first run warms the cache and does not count. pyqtgraph must not be loaded by then: it costs up to a second.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 7
CHILD = """
import sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
from fcm.app import make_context
from fcm.ui.window.main_window import MainWindow
from fcm.ui.window.start import make_application

class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched is window.centralWidget():
            app.removeEventFilter(self)
            QTimer.singleShot(0, self.report)  # after the painting itself
        return False

    def report(self):
        print(time.monotonic() - float(sys.argv[1]), "pyqtgraph" in sys.modules, time.process_time())
        window.close()

context = make_context()
app = make_application(context)
window = MainWindow(context)
first = FirstPaint()
app.installEventFilter(first)
window.show()
app.exec()
"""


def main() -> int:
    """Print the figures; 1 if pyqtgraph was loaded before the first paint."""
    seconds, worked, early = [], [], False
    for _ in range(RUNS + 1):
        done = subprocess.run(
            [sys.executable, "-c", CHILD, str(time.monotonic())], capture_output=True, text=True, timeout=60, check=True
        )
        taken, loaded, processor = done.stdout.split()
        seconds.append(float(taken))
        worked.append(float(processor))
        early |= loaded == "True"
    warm = seconds[1:]
    print(f"  first painted window   median {statistics.median(warm):.2f} s, worst {max(warm):.2f} s of {RUNS}")
    print(f"  of the processor       median {statistics.median(worked[1:]):.2f} s, least {min(worked):.2f} s")
    print(f"  pyqtgraph by then      {'loaded: too early' if early else 'not loaded'}")
    return int(early)


if __name__ == "__main__":
    sys.exit(main())
