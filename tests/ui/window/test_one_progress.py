"""Lists, docks and the migration view show one progress of a migration in every frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QProgressBar

from fcm.model import events as ev
from fcm.model.entities import GIB
from fcm.model.telemetry import FinalFigures, Phase
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import row
from tests.ui.window_by_hand import busy_window, named

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow


def shown_progress(shown: MainWindow) -> tuple[str, str, str]:
    """What dock, migration view and list of machines show of the migration of Database now."""
    dock: Any = shown.docks["Migrations"]
    table = dock.view.table
    place = [column.title for column in table.columns].index("Progress")
    in_dock = table.index(table.row_of("m3"), place).data()
    bar = named(shown.page, "Progress of the migration", QProgressBar)
    status = shown.figures.status(shown.state, shown.state.machines["vm-Database"])
    return in_dock, bar.format(), status.removeprefix("Live Migrating, ").removesuffix(" completed")


def test_every_frame_of_a_migration_shows_one_progress(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    shown.resize(1300, 900)
    shown.docks["Migrations"].show()
    shown.docks["Migrations"].raise_()
    shown.select(Selection(Place.MACHINE, "vm-Database"))
    frames: list[tuple[str, str, str]] = []
    watching = shown.changed.connect(lambda _: frames.append(shown_progress(shown)))
    step = 0

    def send() -> None:
        nonlocal step
        step = min(step + 1, 65)
        sent = step * 240_000_000
        backend.tell(ev.MigrationProgressed("m3", row(60 + step, sent, 16 * GIB - sent)), at=161 + step)

    sender = QTimer()
    sender.timeout.connect(send)
    sender.start(10)
    qtbot.waitUntil(lambda: len({frame[0] for frame in frames}) >= 4)
    sender.stop()
    backend.tell(ev.MigrationPhaseEntered("m3", Phase.BLACKOUT), at=240)
    qtbot.waitUntil(lambda: frames[-1] == ("99\N{NO-BREAK SPACE}%",) * 3)
    assert [frame for frame in frames if len(set(frame)) > 1] == []
    shown.changed.disconnect(watching)
    backend.tell(ev.MigrationCompleted("m3", FinalFigures(80.0, 0.2, 16 * GIB, 2)), at=241)
    bar = named(shown.page, "Progress of the migration", QProgressBar)
    qtbot.waitUntil(lambda: bar.value() == bar.maximum())
