from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton

from fcm.model import commands as cmd
from fcm.model.entities import MachineState
from fcm.model.migrations import MigrationOptions
from fcm.model.rules.snapshots import snapshots_of
from fcm.ui.window.qactions import Entry, entries
from fcm.workspace.selection import Place, Selection
from tests.ui.window_by_hand import window_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow
    from tests.unit.embedded.desk import Desk

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, desk: Desk) -> MainWindow:
    shown = window_of(qtbot, tmp_path, desk.workspace)
    shown.select(Selection(Place.MACHINE, desk.machine("DC01").id))
    return shown


def entry(window: MainWindow, identity: str) -> Entry:
    return next(one for one in entries(window.workspace, (window.selection,)) if one.action.id == identity)


def answer(qtbot: QtBot, word: str) -> str:
    """Press a button of the question that is shown, by its first word; the text of the question."""
    box = next(one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox) and one.isVisible())
    text = box.text()
    button = next(one for one in box.findChildren(QPushButton) if one.text().replace("&", "").startswith(word))
    qtbot.mouseClick(button, LEFT)
    return text


def fact(window: MainWindow, name: str) -> str:
    shown = (one for one in window.page.findChildren(QLabel) if one.accessibleName().startswith(f"{name}: "))
    return next((one.accessibleName().removeprefix(f"{name}: ") for one in shown), "")


def test_a_snapshot_of_a_running_clustered_machine_asks_first_and_gives_the_procedure(
    qtbot: QtBot, window: MainWindow, desk: Desk
) -> None:
    window.perform(entry(window, "snapshot"))
    text = answer(qtbot, "Cancel")
    assert "restores its memory as well as its disk" in text
    assert "shut it down in Failover Cluster Manager" in text
    assert not desk.state.snapshots
    window.perform(entry(window, "snapshot"))
    answer(qtbot, "Snapshot")
    qtbot.waitUntil(lambda: len(desk.state.snapshots) == 1)


def test_revert_is_refused_with_a_reason_until_the_machine_is_off(qtbot: QtBot, window: MainWindow, desk: Desk) -> None:
    assert entry(window, "revert").verdict.reason == "DC01 has no snapshot."
    machine = desk.machine("DC01").id
    assert desk.do(cmd.TakeSnapshot(machine, "before"))
    assert "is clustered and running" in entry(window, "revert").verdict.reason
    assert [one.label for one in entry(window, "delete-snapshot").choices] == ["before"]
    assert desk.do(cmd.SetMachineState(machine, MachineState.OFF, True))
    window.perform(entry(window, "revert"))
    assert "its memory is restored too" in answer(qtbot, "Revert")
    qtbot.waitUntil(lambda: desk.machine("DC01").state is MachineState.SAVED)


def test_apply_and_delete_offer_each_snapshot(qtbot: QtBot, window: MainWindow, desk: Desk) -> None:
    machine = desk.machine("DC01").id
    assert desk.do(cmd.SetMachineState(machine, MachineState.OFF, True))
    for name in ("first", "second"):
        assert desk.do(cmd.TakeSnapshot(machine, name))
    chosen = entry(window, "delete-snapshot")
    assert [one.label for one in chosen.choices] == ["first", "second"]
    assert [one.label for one in entry(window, "apply-snapshot").choices] == ["first", "second"]
    window.perform(chosen, chosen.choices[0])
    answer(qtbot, "Delete")
    qtbot.waitUntil(lambda: [one.name for one in snapshots_of(desk.state, machine)] == ["second"])


def test_the_page_tells_of_snapshots_and_of_a_backup_that_met_a_migration(
    qtbot: QtBot, window: MainWindow, desk: Desk
) -> None:
    machine = desk.machine("DC01").id
    window.submit(cmd.TakeSnapshot(machine, "before"))
    qtbot.waitUntil(lambda: fact(window, "Snapshots") == "before (with memory)")
    window.submit(cmd.LiveMigrate(machine, "node2", MigrationOptions()))
    window.perform(entry(window, "back-up"))
    qtbot.waitUntil(lambda: fact(window, "Backup") == "waiting for the live migration to end")
    desk.backend.advance(20)
    qtbot.waitUntil(lambda: fact(window, "Backup") == "in progress, as a copy of files")
    desk.backend.advance(600)
    qtbot.waitUntil(lambda: "only as a copy of files, because of a live migration" in fact(window, "Backup"))
