"""The Migration Wall with 64 running migrations; aim: 30 frames a second in under half a core.

Each migration sends ten rows of telemetry a second. What counts as a frame is a painting of the wall. The window behind
it runs as ever; how much of the processor is the wall's own is measured by closing it half way.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.actions import large
from fcm.app import make_context
from fcm.backend.embedded import EmbeddedBackend
from fcm.model import events as ev
from fcm.model.entities import GIB, MIB
from fcm.model.migrations import Migration, MigrationKind, MigrationOptions
from fcm.model.telemetry import Phase, TelemetryRow
from fcm.ui.migration.wall.window import MigrationWall
from fcm.ui.window.main_window import MainWindow
from fcm.ui.window.start import make_application
from fcm.workspace.workspace import Workspace

MIGRATIONS = 64
MACHINES = 256
ROWS = 10
"""Rows of telemetry a second, of each migration."""
WATCH = 10_000
"""ms of measuring with the wall, and again without it."""
RATE = 110 * MIB
"""bytes/s."""


class Sender(QObject):
    """Sends the telemetry of all migrations and counts the paintings."""

    def __init__(self, workspace: Workspace, window: MainWindow) -> None:
        super().__init__()
        self.workspace, self.window = workspace, window
        self.paints: list[float] = []
        self.figures: list[tuple[str, float]] = []
        self._began = time.monotonic()
        names = list(workspace.state.machines)[:MIGRATIONS]
        state = workspace.state
        self.migrations = [f"wall-{number}" for number in range(MIGRATIONS)]
        network = next(iter(state.networks))
        for identity, machine in zip(self.migrations, names, strict=True):
            source = state.machines[machine].node
            destination = next(node for node in state.nodes if node != source)
            asked = Migration(
                identity, MigrationKind.LIVE, machine, source, destination, MigrationOptions(), Phase.BROWNOUT,
                1_000_000.0, started=1_000_000.0, network=network,
            )  # fmt: skip
            self._tell(ev.MigrationRequested(asked))
        self.wall = window.show_dialog("migration-wall", window.selection)
        assert isinstance(self.wall, MigrationWall)
        self.wall.resize(1600, 1000)
        self._number = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._send)
        self._timer.start(1000 // (ROWS * 8))
        QApplication.instance().installEventFilter(self)
        QTimer.singleShot(2_000, self._begin)

    def _tell(self, *events: ev.Event) -> None:
        number = self.workspace.state.sequence + 1
        self.workspace.post([ev.Entry(number + n, 1_000_000.0, event) for n, event in enumerate(events)])
        self.workspace.drain()

    def _send(self) -> None:
        """An eighth of the migrations tell, so that telemetry comes evenly as from many hosts."""
        now = time.monotonic() - self._began
        part = self.migrations[self._number % 8 :: 8]
        self._number += 1
        events = []
        for identity in part:
            sent = int(now * RATE / 8)
            left = max(16 * GIB - sent, GIB)
            row = TelemetryRow(now, 1, left, sent, 2000.0, RATE / 8, Phase.BROWNOUT)
            events.append(ev.MigrationProgressed(identity, row))
        self.workspace.post([ev.Entry(0, 1_000_000.0 + now, event) for event in events])

    def _begin(self) -> None:
        self.paints.clear()
        self._cpu, self._since = time.process_time(), time.perf_counter()
        QTimer.singleShot(WATCH, self._half)

    def _note(self, what: str) -> None:
        taken = time.perf_counter() - self._since
        self.figures.append((what, (time.process_time() - self._cpu) / taken))

    def _half(self) -> None:
        self._note("with the wall")
        self.frames = len(self.paints) / (time.perf_counter() - self._since)
        self.gaps = sorted(1000 * (b - a) for a, b in zip(self.paints, self.paints[1:], strict=False))
        self.wall.close()
        self._cpu, self._since = time.process_time(), time.perf_counter()
        QTimer.singleShot(WATCH, self._end)

    def _end(self) -> None:
        self._note("without it")
        self._timer.stop()
        QApplication.instance().quit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note a painting of the wall."""
        if event.type() == QEvent.Type.Paint and watched.objectName() == "migrationWall":
            self.paints.append(time.perf_counter())
        return False

    def report(self) -> None:
        """Print the figures."""
        (_, both), (_, alone) = self.figures
        print(
            f"  frames of the wall     {self.frames:.1f} a second, median {statistics.median(self.gaps):.1f} ms apart"
        )
        print(f"  99 of 100 gaps         under {self.gaps[len(self.gaps) * 99 // 100]:.0f} ms")
        print(f"  processor              {100 * both:.0f} % of one with the wall, {100 * alone:.0f} % without it")
        print(f"  the wall itself        {100 * (both - alone):.0f} % of one")


def main() -> int:
    """Open, send, watch, report; exit code."""
    cluster = large()
    cluster = replace(cluster, machines=cluster.machines[:MACHINES])
    groups = {machine.group for machine in cluster.machines} | {group.id for group in cluster.groups[:2]}
    cluster = replace(
        cluster,
        groups=tuple(group for group in cluster.groups if group.id in groups),
        resources=tuple(one for one in cluster.resources if one.group in groups),
    )
    workspace = Workspace(EmbeddedBackend(cluster, "embedded:large", start_time=1_000_000.0))
    workspace.open()
    workspace.drain()
    app = make_application(make_context(opener=lambda uri: workspace))
    window = MainWindow(make_context(opener=lambda uri: workspace))
    window.resize(1400, 900)
    window.show()
    window.show_workspace(workspace)
    sender = Sender(workspace, window)
    app.exec()
    sender.report()
    window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
