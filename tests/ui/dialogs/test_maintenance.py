from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QToolButton

from fcm.model import commands as cmd
from fcm.model.entities import MachineState
from fcm.ui.look import format, icons
from fcm.ui.tour.driver import Driver
from fcm.workspace.selection import Place, Selection
from tests.ui.window_by_hand import named, window_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow
    from tests.unit.embedded.desk import Desk

DRIVER = Driver()
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the plugin without a screen says so of menus


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, desk: Desk) -> MainWindow:
    return window_of(qtbot, tmp_path, desk.workspace)


def turn(qtbot: QtBot, window: MainWindow, word: str = "Turn") -> str:
    """Click the action in the Actions pane and answer its question; the text of the question."""
    left = Qt.MouseButton.LeftButton
    DRIVER.wait(lambda: DRIVER.look_for(QToolButton, "More Actions..."), "the button")
    menu = named(window.actions_pane, "More Actions...", QToolButton).menu()
    assert menu is not None
    menu.popup(QPoint(0, 0))
    entry = next(one for one in menu.actions() if one.objectName() == "maintenance")
    qtbot.mouseClick(menu, left, pos=menu.actionGeometry(entry).center())
    box = next(one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox) and one.isVisible())
    text = box.text()
    button = next(one for one in box.findChildren(QPushButton) if one.text().replace("&", "").startswith(word))
    qtbot.mouseClick(button, left)
    return text


def row(view: Any, identity: str) -> tuple[str, bool]:
    """Status of a disk or volume, and whether its icon is the one of maintenance."""
    at = view.table.row_of(identity)
    titles = [column.title for column in view.table.columns]
    pictured = view.table.columns[0].icon(identity)
    assert pictured in icons.available()
    return view.table.index(at, titles.index("Status")).data(), pictured.endswith("-maintenance")


def shown_disks(window: MainWindow) -> Any:
    page: Any = window.page
    return page.disks


def row_of_resource(window: MainWindow, resource: str) -> str:
    page: Any = window.page
    table = page.resources.table
    titles = [column.title for column in table.columns]
    return str(table.index(table.row_of(resource), titles.index("Status")).data())


def test_a_disk_is_put_into_maintenance_and_back_on_the_page_storage(
    qtbot: QtBot, window: MainWindow, desk: Desk
) -> None:
    disk = desk.disk("Cluster Disk 5").id
    window.select(Selection(Place.DISK, disk))
    page: Any = window.page
    assert "Its health is not checked" in turn(qtbot, window, "Cancel")
    assert row(page.disks, disk) == ("Online", False)
    turn(qtbot, window)
    qtbot.waitUntil(lambda: row(page.disks, disk) == ("Online (Maintenance)", True))
    window.select(Selection(Place.MACHINE, desk.machine("SQL01").id))
    resource = next(one.id for one in desk.state.resources.values() if one.disk == disk)
    assert row_of_resource(window, resource) == "Online (Maintenance)"
    window.select(Selection(Place.DISK, disk))
    assert "have finished" in turn(qtbot, window)
    qtbot.waitUntil(lambda: not desk.state.disks[disk].maintenance)
    assert row(shown_disks(window), disk) == ("Online", False)


def test_the_question_for_a_volume_names_the_machines_that_are_taken_offline(
    qtbot: QtBot, window: MainWindow, desk: Desk
) -> None:
    disk = desk.disk("Cluster Disk 2").id
    assert desk.do(cmd.EnableSharedVolumes(notice_accepted=True))
    assert desk.do(cmd.AddStorage((disk,)))
    assert desk.do(cmd.CreateVirtualMachine("NEW01", "node1", 512 << 20, disk, start=True))
    desk.settle()
    assert desk.do(cmd.MakeHighlyAvailable((desk.machine("NEW01").id,)))
    window.select(Selection(Place.VOLUME, disk))
    page: Any = window.page
    assert turn(qtbot, window).endswith("you must start them again: NEW01.")
    desk.settle()
    qtbot.waitUntil(lambda: row(page.volumes, disk) == ("Maintenance", True))
    assert desk.machine("NEW01").state is MachineState.SAVED
    paths = page.paths.table
    ways = {(paths.index(at, 1).data(), paths.index(at, 2).data()) for at in range(paths.rowCount())}
    assert ways == {("Maintenance", format.NONE)}
    window.select(Selection(Place.STORAGE))
    assert row(shown_disks(window), disk) == ("Online (Maintenance)", True)
