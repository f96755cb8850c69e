"""The migration planner while a slider moves; aim: curve and verdict follow within one frame, 16 ms.

Measured from the change of the slider's value to the end of the painting that shows the new curve: by the clock, and as
processor time of the window's thread, which does not count what else the machine does. Also how long it takes from
there until the engine has filled in intervals and remedies, the rest of the sliders included.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from fcm.ui.look import theme
from fcm.ui.migration import MigrationPlanner
from fcm.ui.migration.planner import REST

if TYPE_CHECKING:
    from collections.abc import Callable

MOVES = ("dirty_rate", "working_set", "bandwidth", "downtime_limit", "memory")
STEPS = 60
"""Of each slider, up and down again."""
FRAME = 16.0
"""ms."""


def wait(app: QApplication, condition: Callable[[], bool], limit: float = 30.0) -> None:
    """Let the window live until something holds, at most ``limit`` s."""
    end = time.monotonic() + limit
    while not condition() and time.monotonic() < end:
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def quiet(app: QApplication, milliseconds: int) -> None:
    """Let the window live for a while."""
    over: list[bool] = []
    QTimer.singleShot(milliseconds, lambda: over.append(True))
    wait(app, lambda: bool(over))


def line(name: str, values: list[float], unit: str = "ms") -> str:
    """Median, 95 of 100 and the worst."""
    ordered = sorted(values)
    middle, most = ordered[len(ordered) // 2], ordered[len(ordered) * 95 // 100]
    return f"  {name:<22} median {middle:.1f} {unit}, 95 of 100 under {most:.1f} {unit}, worst {ordered[-1]:.1f} {unit}"


def main() -> int:
    """Print the figures."""
    app = QApplication(sys.argv)
    theme.apply(app, theme.Scheme.LIGHT)
    planner = MigrationPlanner()
    planner.resize(1024, 700)
    planner.show()
    panel = planner.panels[0]
    wait(app, lambda: planner.plot.canvas() is not None and all(one.is_settled for one in planner.panels))
    clock, processor, filled = [], [], []
    for field in MOVES:
        slider = panel.sliders[field]
        begin = slider.value()
        there = range(begin + 1, min(begin + STEPS, slider.maximum()))
        for value in [*there, *reversed(there[:-1])]:
            since, used, before = time.perf_counter(), time.thread_time(), panel.outcome
            slider.setValue(value)
            wait(app, lambda old=before: panel.outcome is not old)  # type: ignore[misc]
            app.processEvents()
            clock.append(1000 * (time.perf_counter() - since))
            processor.append(1000 * (time.thread_time() - used))
            quiet(app, 2)
        slider.setValue(begin)
        since = time.perf_counter()
        wait(app, lambda: panel.is_settled)
        filled.append(1000 * (time.perf_counter() - since))
        quiet(app, 50)
    print(line("slider to curve", clock))
    print(line("  processor time", processor))
    print(
        f"  within {FRAME:.0f} ms           {100 * sum(one <= FRAME for one in clock) / len(clock):.0f} % by the clock"
    )
    print(line(f"engine (after {REST} ms)", filled))
    planner.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
