"""The window while eight live migrations run in embedded:contoso at 10x; aim: 30 frames a second.

What counts as a frame is a painting of the convergence plot. How long the window was deaf to keys and mouse is the
longest gap between two beats of a 5 ms timer.
"""

from __future__ import annotations

import statistics
import sys
import time

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from fcm.app import make_context, open_workspace
from fcm.model import commands as cmd
from fcm.model.telemetry import Phase
from fcm.ui.window.main_window import MainWindow
from fcm.ui.window.start import make_application
from fcm.workspace.selection import Place, Selection

MIGRATIONS = 8
SPEED = 10.0
SETTLE = 2_000
"""ms after the first painting of the plot from which the figures count."""
PATIENCE = 90_000
"""ms that a busy machine may take until then: open the cluster, load pyqtgraph, start the migrations."""
WATCH = 10_000
"""ms of measuring."""
BEAT = 5
"""ms."""


class Watch(QObject):
    """Keeps eight migrations running and notes paints and beats."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self.window = window
        self.paints: list[float] = []
        self.beats: list[float] = []
        self.running: list[int] = []
        self._shown = ""
        self._begin: float | None = None
        window.opened.connect(self._opened)
        self._timers = [self._timer(100, self._top_up), self._timer(BEAT, self._beat)]
        QApplication.instance().installEventFilter(self)
        QTimer.singleShot(PATIENCE, self._give_up)
        window.open("embedded:contoso")

    def _timer(self, interval: int, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(slot)
        timer.start(interval)
        return timer

    def _opened(self) -> None:
        self.window.workspace.clock.set_speed(SPEED)
        self.window.submit(cmd.SetConcurrentMigrations(2 * MIGRATIONS))

    def _start(self) -> None:
        self._cpu, self._begin = time.process_time(), time.perf_counter()
        self.paints.clear()
        self.beats.clear()
        self.running.clear()
        QTimer.singleShot(WATCH, self.window.close)

    def _give_up(self) -> None:
        if self._begin is None:
            self.window.close()

    def _top_up(self) -> None:
        workspace = self.window.workspace
        if workspace is None:
            return
        active = [machine for machine in workspace.state.machines if workspace.state.active_migration(machine)]
        phases = [workspace.state.active_migration(machine).phase for machine in active]
        self.running.append(sum(phase is not Phase.WAITING for phase in phases))
        for machine in workspace.state.machines.values():
            if len(active) >= MIGRATIONS:
                break
            if machine.id in active:
                continue
            for node in workspace.state.nodes:
                if workspace.allowed(cmd.LiveMigrate(machine.id, node)):
                    self.window.submit(cmd.LiveMigrate(machine.id, node))
                    active.append(machine.id)
                    break
        if self._shown not in active and active:
            # The one with most memory is in view for the longest time.
            self._shown = max(active, key=lambda machine: workspace.state.machines[machine].memory)
            self.window.select(Selection(Place.MACHINE, self._shown))

    def _beat(self) -> None:
        self.beats.append(time.perf_counter())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note a painting of the plot's view port."""
        if (
            event.type() == QEvent.Type.Paint
            and (above := watched.parent())
            and above.objectName() == "convergencePlot"
        ):
            if self._begin is None and not self.paints:
                QTimer.singleShot(SETTLE, self._start)
            self.paints.append(time.perf_counter())
        return False

    def report(self) -> int:
        """Print the figures, or why there are none; exit code."""
        if self._begin is None or len(self.paints) < 2 or len(self.beats) < 2 or not self.running:
            print(f"  no figures: the plot was not painted within {PATIENCE // 1000} s. Is the machine busy?")
            return 1
        taken = time.perf_counter() - self._begin
        busy = (time.process_time() - self._cpu) / taken
        frames = [1000 * (b - a) for a, b in zip(self.paints, self.paints[1:], strict=False)]
        gaps = sorted(1000 * (b - a) for a, b in zip(self.beats, self.beats[1:], strict=False))
        rate = len(self.paints) / taken
        print(f"  migrations at once     {statistics.mean(self.running):.1f} on average")
        print(f"  frames of the plot     {rate:.1f} a second, median {statistics.median(frames):.1f} ms apart")
        print(
            f"  gaps of the window     99 of 100 under {gaps[len(gaps) * 99 // 100]:.0f} ms, longest {gaps[-1]:.0f} ms"
        )
        print(f"  processor              {100 * busy:.0f} % of one")
        return 0


def main() -> int:
    """Open, migrate, watch, report; exit code."""
    context = make_context(opener=lambda uri: open_workspace(uri, keep=False))
    app = make_application(context)
    window = MainWindow(context)
    window.resize(1400, 900)
    window.show()
    watch = Watch(window)
    app.exec()
    return watch.report()


if __name__ == "__main__":
    sys.exit(main())
