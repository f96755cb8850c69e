"""The Migration Wall: all live migrations side by side on the same axes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton

from fcm.model import events as ev
from fcm.model.entities import GIB
from fcm.model.migrations import Migration, MigrationKind, MigrationOptions
from fcm.model.telemetry import FinalFigures, Phase
from fcm.ui.migration.wall.canvas import LEAST, WallCanvas
from fcm.ui.migration.wall.tiles import MOST_TILES, Mood, Order, Tile, tiles
from fcm.ui.migration.wall.window import MigrationWall
from fcm.workspace.selection import Place
from tests.ui.by_hand import NOW, busy_cluster, row
from tests.ui.parts import part
from tests.ui.window_by_hand import busy_window

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow
    from tests.ui.by_hand import Backend


def asked(identity: str, machine: str, phase: Phase = Phase.BROWNOUT, source: str = "node1") -> Migration:
    return Migration(
        identity, MigrationKind.LIVE, machine, source, "node2", MigrationOptions(), phase, NOW, started=NOW
    )


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> tuple[MainWindow, Backend, MigrationWall]:
    window, backend = busy_window(qtbot, tmp_path)
    window.resize(1200, 800)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    found = window.findChildren(MigrationWall)
    assert len(found) == 1, "Ctrl+3 opens the wall"
    return window, backend, found[0]


def canvas_of(wall: MigrationWall) -> WallCanvas:
    return part(wall, WallCanvas, "Migrations side by side")


def shown(wall: MigrationWall) -> list[Tile]:
    return list(canvas_of(wall).shown)


def test_every_live_migration_has_a_tile_and_other_moves_have_none() -> None:
    workspace, _ = busy_cluster()
    live = {one.id for one in workspace.state.migrations.values() if one.kind is MigrationKind.LIVE}
    assert {one.id for one in tiles(workspace, Order.NEWEST)} == live
    workspace.close()


def test_running_migrations_are_never_left_out_for_finished_ones() -> None:
    workspace, backend = busy_cluster()
    ended = [
        ev.MigrationRequested(replace(asked(f"old{n}", "vm-Web"), phase=Phase.COMPLETED)) for n in range(MOST_TILES)
    ]
    backend.tell(*ended, at=NOW)
    workspace.drain(60)
    found = tiles(workspace, Order.NEWEST)
    running = {one.id for one in workspace.state.active_migrations() if one.kind is MigrationKind.LIVE}
    assert len(found) == MOST_TILES
    assert running <= {one.id for one in found}
    assert f"old{MOST_TILES - 1}" in {one.id for one in found}
    assert "old0" not in {one.id for one in found}
    workspace.close()


def test_all_tiles_have_the_same_axes(opened: tuple[MainWindow, Backend, MigrationWall], qtbot: QtBot) -> None:
    _, backend, wall = opened
    backend.tell(ev.MigrationProgressed("m3", row(90.0, GIB, 15 * GIB)), at=200)
    canvas = canvas_of(wall)
    qtbot.waitUntil(lambda: canvas.axes[0] >= 90.0)
    largest = max(tile.memory for tile in canvas.shown)
    assert canvas.axes[1] >= largest
    assert "Each curve: " in part(wall, QLabel, "Migrations on the wall").text()


def test_a_tile_says_machine_way_percent_and_end(
    opened: tuple[MainWindow, Backend, MigrationWall], qtbot: QtBot
) -> None:
    window, backend, wall = opened
    backend.tell(ev.MigrationCompleted("m3", FinalFigures(80.0, 0.2, 16 * GIB, 2)), at=241)
    qtbot.waitUntil(lambda: next(one for one in shown(wall) if one.id == "m3").is_over)
    done = next(one for one in shown(wall) if one.id == "m3")
    assert (done.mood, done.share) == (Mood.GOOD, "100\N{NO-BREAK SPACE}%")
    assert done.expected == "1 min 20 s, blackout 200 ms".replace(" min", "\xa0min").replace(" s,", "\xa0s,").replace(
        " ms", "\xa0ms"
    )
    migration = window.state.migrations["m3"]
    assert done.way.startswith(f"{migration.source} to {migration.destination}")


def test_trouble_comes_first_where_the_wall_is_sorted_by_it(
    opened: tuple[MainWindow, Backend, MigrationWall], qtbot: QtBot
) -> None:
    _, backend, wall = opened
    backend.tell(ev.MigrationFailed("m3", "The link broke.", "Repair it."), at=241)
    qtbot.waitUntil(lambda: any(one.mood is Mood.BAD for one in shown(wall)))
    order = part(wall, QComboBox, "Sort by")
    order.setFocus()
    QTest.keyClicks(order, Order.TROUBLE.value[:3])
    assert order.currentData() is Order.TROUBLE
    assert shown(wall)[0].mood is Mood.BAD


def test_names_are_sorted_without_regard_to_their_case() -> None:
    workspace, _ = busy_cluster()
    names = [one.name.casefold() for one in tiles(workspace, Order.NAME)]
    assert names == sorted(names)
    assert len(names) > 1
    workspace.close()


def test_keys_go_from_tile_to_tile_and_a_screen_reader_hears_each(
    opened: tuple[MainWindow, Backend, MigrationWall],
) -> None:
    _, _, wall = opened
    canvas = canvas_of(wall)
    first, second = canvas.shown[:2]
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.current == second.id
    assert canvas.accessibleDescription().startswith(f"2 of {len(canvas.shown)}: {second.name}")
    QTest.keyClick(canvas, Qt.Key.Key_Home)
    assert canvas.current == first.id
    QTest.keyClick(canvas, Qt.Key.Key_Left)
    assert canvas.current == first.id, "there is none before the first"
    QTest.keyClick(canvas, Qt.Key.Key_End)
    assert canvas.current == canvas.shown[-1].id


def test_enter_or_a_click_enlarges_a_tile_and_escape_shows_all_again(
    opened: tuple[MainWindow, Backend, MigrationWall],
) -> None:
    _, _, wall = opened
    canvas = canvas_of(wall)
    small = canvas.field(1)
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert canvas.enlarged == canvas.shown[1].id
    assert canvas.field(1) == canvas.rect()
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.enlarged == ""
    assert wall.isVisible(), "Escape closes the window only when all are shown"
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=small.center())
    assert canvas.enlarged == canvas.shown[1].id
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert canvas.enlarged == ""


def test_tiles_never_overlap_and_never_fall_below_their_least_width(
    opened: tuple[MainWindow, Backend, MigrationWall],
) -> None:
    _, _, wall = opened
    canvas = canvas_of(wall)
    for width in (430, 700, 1500):
        wall.resize(width, 500)
        fields = [canvas.field(number) for number in range(len(canvas.shown))]
        assert all(field.width() >= LEAST.width() - 1 for field in fields)
        assert not any(a.intersects(b) for n, a in enumerate(fields) for b in fields[n + 1 :])
        assert all(canvas.rect().contains(field) for field in fields)


def test_few_tiles_fill_a_large_window(opened: tuple[MainWindow, Backend, MigrationWall]) -> None:
    _, _, wall = opened
    canvas = canvas_of(wall)
    wall.resize(1500, 900)
    last = canvas.field(len(canvas.shown) - 1)
    assert last.bottom() > 0.8 * canvas.height(), "an empty half"
    assert last.width() >= last.height()


def test_the_machine_of_a_tile_is_shown_in_the_window(opened: tuple[MainWindow, Backend, MigrationWall]) -> None:
    window, _, wall = opened
    canvas = canvas_of(wall)
    tile = next(one for one in canvas.shown if one.id == "m3")
    canvas.choose(tile.id)
    button = part(wall, QPushButton, "Show Virtual Machine")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.selection.place is Place.MACHINE
    assert window.selection.id == tile.machine


def test_a_migration_that_begins_appears_at_once(
    opened: tuple[MainWindow, Backend, MigrationWall], qtbot: QtBot
) -> None:
    _, backend, wall = opened
    backend.tell(ev.MigrationRequested(asked("fresh", "vm-Web")), at=300)
    qtbot.waitUntil(lambda: "fresh" in {one.id for one in shown(wall)})


def test_the_wall_closes_with_its_cluster(opened: tuple[MainWindow, Backend, MigrationWall], qtbot: QtBot) -> None:
    window, _, _ = opened
    window.menus.close.trigger()
    QTest.mouseClick(part(window, QPushButton, "Close Connection"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.findChildren(MigrationWall))
    assert not window.menus.wall.isEnabled()


def test_asking_twice_opens_one_wall(opened: tuple[MainWindow, Backend, MigrationWall]) -> None:
    window, _, _ = opened
    window.menus.wall.trigger()
    assert len(window.findChildren(MigrationWall)) == 1
