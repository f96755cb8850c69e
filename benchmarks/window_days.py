"""Ten virtual days in the window: memory must stay flat while everything is drawn.

Measured at load 15, once garbage was searched in the thread of the window alone: 189, 199, 204, 213, 216, 216, 217,
217, 218, 219 MiB; it grows while caches fill.

A cluster of eight nodes with a journal, at 2,400 times real time. Four live migrations each virtual hour,
every third hour a failure and its repair; the page changes each hour: services, nodes, map, a machine that migrates,
events. The docks Events and Migrations are shown. "memory" is what the process holds at the end of a day. With a number
of days: so many, as in ``python -m benchmarks.window_days 2``.
"""

from __future__ import annotations

import gc
import os
import random
import sys
import tempfile
import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.parts.soak_steps import a_fault
from benchmarks.scale import resident
from fcm.app import make_context
from fcm.model import commands as cmd
from fcm.model.failures import FaultKind
from fcm.ui.window.main_window import MainWindow
from fcm.ui.window.start import make_application
from fcm.workspace.selection import Place, Selection

DAYS = 10
HOUR = 3600.0
SPEED = 2400.0
"""Virtual seconds a second: an hour in 1.5 s. The speed Max waits where nothing is due, as in most of an hour."""
URI = "embedded:fabrikam"
LOOK = 20
"""ms between two looks at the virtual clock."""
PLACES = (Place.SERVICES, Place.NODES, Place.MAP, Place.MACHINE, Place.EVENTS, Place.CLUSTER)


class Days:
    """Lets the days pass in a window."""

    def __init__(self, window: MainWindow, days: int) -> None:
        self.window, self.days = window, days
        self.held: list[float] = []
        self._draw = random.Random(1)
        self._hour = -1
        self._start = 0.0
        self._worked = time.process_time()
        self._timer = QTimer(window)
        self._timer.timeout.connect(self._look)
        window.opened.connect(self._opened)
        window.open(URI)

    def _opened(self) -> None:
        workspace = self.window.workspace
        assert workspace is not None
        for name in ("Events", "Migrations"):
            self.window.docks[name].show()
        self._start = workspace.now()
        assert workspace.clock is not None
        workspace.clock.set_speed(SPEED)
        self._timer.start(LOOK)
        self._next()

    def _look(self) -> None:
        workspace = self.window.workspace
        assert workspace is not None
        hour = int((workspace.now() - self._start) / HOUR)
        if hour <= self._hour:
            return
        if hour // 24 > max(self._hour, 0) // 24:
            self._day_over(hour // 24)
        if self.window.workspace is None:  # the last day is over
            return
        self._hour = hour
        self._next()

    def _next(self) -> None:
        """What happens in this hour."""
        workspace, state, draw = self.window.workspace, self.window.state, self._draw
        assert workspace is not None
        for migration in state.active_migrations():
            if migration.endless:
                self.window.submit(cmd.CancelMigration(migration.id))
        for fault in list(state.faults):
            self.window.submit(cmd.RepairFault(fault))
        machines = [one for one in state.machines.values() if one.is_highly_available]
        for machine in draw.sample(machines, min(4, len(machines))):
            nodes = [name for name in state.nodes if name != machine.node]
            command = cmd.LiveMigrate(machine.id, draw.choice(nodes))
            if workspace.allowed(command):
                self.window.submit(command)
        fault_now = a_fault(draw, state, FaultKind.HANG) if self._hour % 3 == 2 else None
        if fault_now is not None and workspace.allowed(fault_now):
            self.window.submit(fault_now)
        place = PLACES[self._hour % len(PLACES)]
        self.window.select(Selection(place, next(iter(state.machines)) if place is Place.MACHINE else ""))

    def _day_over(self, day: int) -> None:
        gc.collect()
        state, worked = self.window.state, time.process_time()
        self.held.append(resident())
        print(
            f"  day {day:2} {state.sequence:8,} events, {len(state.migrations):6,} migrations, memory "
            f"{self.held[-1]:6.1f} MiB, processor {worked - self._worked:6.1f} s",
            flush=True,
        )
        self._worked = worked
        if day >= self.days:
            self._timer.stop()
            self.window.close()


def main(days: int = DAYS) -> int:
    """Let the days pass; print what is held after each."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FCM_DATA"] = folder
        context = make_context()
        app = make_application(context)
        window = MainWindow(context)
        window.resize(1400, 900)
        window.show()
        soak = Days(window, days)
        app.exec()
        held = soak.held
        if len(held) < days:
            print("  the window was closed before the days were over")
            return 1
        print(f"  memory of the last day is {held[-1] / held[0]:.2f} times that of the first")
        QApplication.processEvents()
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
