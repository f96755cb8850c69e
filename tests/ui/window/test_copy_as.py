"""Copy as PowerShell: on each entry of the Actions pane and of the menus, with its text as tooltip."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QHelpEvent
from PySide6.QtWidgets import QApplication, QMenu, QToolTip

from fcm.model import events as ev
from fcm.model.entities import MachineState
from fcm.model.snapshots import Snapshot
from fcm.ui.window.qactions import commands_of, emptied, entries, question
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import NOW, formed, machine, opened
from tests.ui.window_by_hand import busy_window, window, window_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
WEB = Selection(Place.MACHINE, "vm-Web01")
SAVE = "Save-VM Web01"


def copied() -> str:
    return QApplication.clipboard().text()


def offered(shown: MainWindow) -> QMenu:
    return next(menu for menu in shown.findChildren(QMenu, "copy-menu") if menu.isVisible())


def test_a_right_click_on_an_entry_of_the_pane_copies_what_it_would_do(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    shown.select(WEB)

    def laid_out() -> bool:
        entry = shown.actions_pane.button("save-machine")
        return entry is not None and entry.y() > 0

    qtbot.waitUntil(laid_out)
    button = shown.actions_pane.button("save-machine")
    assert button is not None
    place = QPoint(4, 4)
    QApplication.sendEvent(button, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, button.mapToGlobal(place)))
    (made,) = offered(shown).actions()
    assert made.text().replace("&", "") == "Copy as PowerShell"
    assert made.toolTip() == SAVE
    qtbot.keyClick(offered(shown), Qt.Key.Key_Return)
    assert copied() == SAVE
    assert backend.submitted == []


def test_shift_f10_on_an_entry_of_a_menu_copies_it_and_closes_the_menu(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    menu = shown.show_context_menu((WEB,), QPoint(10, 10))
    menu.setActiveAction(next(action for action in menu.actions() if action.objectName() == "save-machine"))
    qtbot.keyClick(menu, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(offered(shown), Qt.Key.Key_Return)
    assert copied() == SAVE
    assert backend.submitted == []
    assert not menu.isVisible()


def test_a_right_click_in_a_menu_offers_the_copy_and_carries_nothing_out(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    menu = shown.show_context_menu((WEB,), QPoint(10, 10))
    entry = next(action for action in menu.actions() if action.objectName() == "save-machine")
    qtbot.mouseClick(menu, Qt.MouseButton.RightButton, pos=menu.actionGeometry(entry).center())
    assert offered(shown).actions()[0].toolTip() == SAVE
    assert backend.submitted == []
    offered(shown).close()
    menu.close()


def test_the_submenu_has_every_entry_and_each_destination(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    shown.select(WEB)
    below = next(a for a in shown.menus.action_menu.actions() if a.objectName() == "copy-as-powershell").menu()
    assert isinstance(below, QMenu)
    below.aboutToShow.emit()
    found = entries(shown.workspace, (WEB,))
    assert [action.text() for action in below.actions()] == [entry.label for entry in found]
    live = next(action for action in below.actions() if action.text().startswith("Live migrate")).menu()
    assert isinstance(live, QMenu)
    best, first, _ = live.actions()
    best.trigger()
    assert copied() == "Get-Cluster contoso | Move-ClusterVirtualMachineRole -Name Web01"
    first.trigger()
    assert copied() == "Get-Cluster contoso | Move-ClusterVirtualMachineRole -Name Web01 -Node node1"


def test_the_tooltip_of_an_entry_shows_its_command_or_why_there_is_none(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    shown.select(WEB)
    for action, words in (("save-machine", SAVE), ("refresh", "This action affects only this window")):
        button = shown.actions_pane.button(action)
        assert button is not None
        event = QHelpEvent(QEvent.Type.ToolTip, QPoint(4, 4), button.mapToGlobal(QPoint(4, 4)))
        QApplication.sendEvent(button, event)
        assert words in QToolTip.text()
    QToolTip.hideText()


def test_an_entry_of_a_menu_that_can_be_chosen_has_its_command_as_tooltip(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    menu = shown.show_context_menu((WEB,), QPoint(10, 10))
    tips = {action.objectName(): (action.isEnabled(), action.toolTip()) for action in menu.actions()}
    assert tips["save-machine"] == (True, SAVE)
    assert tips["start-machine"][0] is False
    assert "Start-VM" not in tips["start-machine"][1]
    menu.close()


def test_a_copy_that_has_to_be_filled_in_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    found = {entry.action.id: entry for entry in entries(shown.workspace, (Selection(Place.CLUSTER),))}
    shown.copy_as.copy(found["new-machine"])
    assert copied().startswith("New-VM '<name>' -ComputerName node1")
    assert shown.messages.strips[-1].remedy == "Fill in <name>: there is no default."


def test_several_selected_machines_are_one_line_each(qtbot: QtBot, tmp_path: Path) -> None:
    workspace, _ = opened(formed([machine(f"Web{number:02}") for number in range(8)]))
    shown = window_of(qtbot, tmp_path, workspace)
    chosen = [Selection(Place.MACHINE, f"vm-Web{number:02}") for number in range(8)]
    save = next(entry for entry in entries(workspace, chosen) if entry.action.id == "save-machine")
    shown.copy_as.copy(save)
    assert copied().splitlines() == [f"Save-VM Web{number:02}" for number in range(8)]
    assert shown.copy_as.hint(save).splitlines()[-1] == "and the same for 5 more"
    asked = next(entry for entry in entries(workspace, chosen) if entry.action.id == "help")
    assert shown.copy_as.hint(asked) == "Get-Help", "what is the same for all is said once"
    shown.copy_as.copy(asked)
    assert copied() == "Get-Help"


def test_what_is_told_of_several_machines_is_what_would_be_done_and_nothing_more(qtbot: QtBot, tmp_path: Path) -> None:
    states = [MachineState.OFF, MachineState.PAUSED, MachineState.SAVED, MachineState.RUNNING]
    workspace, _ = opened(formed([machine(f"Web{n}", state=state) for n, state in enumerate(states)]))
    shown = window_of(qtbot, tmp_path, workspace)
    chosen = [Selection(Place.MACHINE, f"vm-Web{n}") for n in range(4)]
    found = {entry.action.id: entry for entry in entries(workspace, chosen)}
    assert shown.copy_as.hint(found["start-machine"]).splitlines() == [
        "Start-VM Web0",
        "Start-VM Web1",
        "Start-VM Web2",
    ]
    assert shown.copy_as.hint(found["save-machine"]).splitlines() == ["Save-VM Web1", "Save-VM Web3"]
    asked = question(found["turn-off-machine"], workspace)
    assert all(name in asked for name in ("Web1", "Web3"))
    assert "Web0" not in asked
    shown.copy_as.copy(found["save-machine"])
    assert copied().splitlines() == ["Save-VM Web1", "Save-VM Web3"]


def test_an_entry_is_offered_although_the_first_machines_cannot_and_else_tells_why_none_can(
    qtbot: QtBot, tmp_path: Path
) -> None:
    machines = [machine(f"Web{n:02}", state=MachineState.OFF) for n in range(30)]
    workspace, _ = opened(formed([*machines, machine("Last")]))
    window_of(qtbot, tmp_path, workspace)
    off = [Selection(Place.MACHINE, one.id) for one in machines]
    with_last = {e.action.id: e for e in entries(workspace, [*off, Selection(Place.MACHINE, "vm-Last")])}
    assert with_last["save-machine"].verdict
    assert len(commands_of(with_last["save-machine"], None, workspace)) == 1
    without = {e.action.id: e for e in entries(workspace, off)}
    assert not without["save-machine"].verdict
    assert "Web00 is off." in without["save-machine"].reason
    assert "Web11 is off." in without["save-machine"].reason


def test_snapshots_have_a_command_each_and_are_not_offered_for_several_machines(qtbot: QtBot, tmp_path: Path) -> None:
    machines = [machine(name) for name in ("Web01", "Web02")]
    taken = [ev.SnapshotTaken(Snapshot(f"s-{vm.name}", "1 - Friday", vm, NOW, 0)) for vm in machines]
    workspace, _ = opened(formed(machines), *taken)
    shown = window_of(qtbot, tmp_path, workspace)
    both = [Selection(Place.MACHINE, vm.id) for vm in machines]
    one = {entry.action.id: entry for entry in entries(workspace, both[:1])}
    assert shown.copy_as.hint(one["apply-snapshot"]) == "Each entry has its own command."
    (choice,) = one["apply-snapshot"].choices
    assert shown.copy_as.hint(one["apply-snapshot"], choice) == "Restore-VMSnapshot Web01 '1 - Friday'"
    several = {entry.action.id for entry in entries(workspace, both)}
    assert "live-migrate" in several
    assert not several & {"apply-snapshot", "delete-snapshot"}


def test_without_a_cluster_an_action_of_the_window_has_its_command(qtbot: QtBot, tmp_path: Path) -> None:
    shown = window(qtbot, tmp_path)
    found = {entry.action.id: entry for entry in entries(None, (Selection(Place.ROOT),))}
    assert "Test-Cluster -Node '<node>'" in shown.copy_as.hint(found["validate-any"])
    assert "New-Cluster -Name '<name>'" in shown.copy_as.hint(found["create-cluster"])
    assert "Fill in <name>" in shown.copy_as.hint(found["create-cluster"])


def entry_of(menu: QMenu, action: str) -> QPoint:
    found = next(one for one in menu.actions() if one.objectName() == action)
    return menu.actionGeometry(found).center()


def test_the_release_of_the_right_click_that_opened_a_menu_does_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    menu = shown.show_context_menu((WEB,), shown.mapToGlobal(QPoint(300, 200)))
    qtbot.mouseRelease(menu, Qt.MouseButton.RightButton, pos=entry_of(menu, "save-machine"))
    assert menu.isVisible()
    assert not shown.findChildren(QMenu, "copy-menu")
    assert not backend.submitted
    menu.close()


def test_a_right_click_on_an_entry_of_an_open_menu_offers_its_powershell(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    menu = shown.show_context_menu((WEB,), shown.mapToGlobal(QPoint(300, 200)))
    qtbot.mouseClick(menu, Qt.MouseButton.RightButton, pos=entry_of(menu, "save-machine"))
    (made,) = offered(shown).actions()
    assert made.toolTip() == SAVE
    assert not backend.submitted
    offered(shown).close()
    menu.close()


def test_a_right_button_pressed_on_one_entry_and_released_on_another_offers_nothing(
    qtbot: QtBot, tmp_path: Path
) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    menu = shown.show_context_menu((WEB,), shown.mapToGlobal(QPoint(300, 200)))
    qtbot.mousePress(menu, Qt.MouseButton.RightButton, pos=entry_of(menu, "save-machine"))
    qtbot.mouseRelease(menu, Qt.MouseButton.RightButton, pos=entry_of(menu, "turn-off-machine"))
    assert not shown.findChildren(QMenu, "copy-menu")
    menu.close()


def test_a_menu_that_is_filled_again_leaves_no_submenus_behind(qtbot: QtBot) -> None:
    menu = QMenu()
    qtbot.addWidget(menu)
    for _ in range(3):
        emptied(menu)
        menu.addMenu("Below").addAction("An entry")
    qtbot.waitUntil(lambda: len(menu.findChildren(QMenu)) == 1)
    assert [action.text() for action in menu.actions()] == ["Below"]
