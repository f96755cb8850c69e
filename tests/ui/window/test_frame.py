"""The frame: opening, going places, actions in four places, keys, layout, mistakes."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
    QToolButton,
)

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState, NodeState
from fcm.model.rules.verdict import no
from fcm.ui.look import icons, theme
from fcm.ui.tour.patience import PATIENCE, stretched
from fcm.ui.window.panes.tree_model import ROOT
from fcm.workspace.actions.catalog import ACTIONS
from fcm.workspace.files import settings as st
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import busy_cluster, formed, machine, node, opened, row
from tests.ui.window_by_hand import busy_window, named, window, window_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.backend.base import Operation
    from fcm.ui.window.main_window import MainWindow
    from fcm.workspace.workspace import Workspace

SERVICES, NODES = Selection(Place.SERVICES), Selection(Place.NODES)
WEB = Selection(Place.MACHINE, "vm-Web01")


def labels(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def activate(qtbot: QtBot, shown: MainWindow) -> None:
    """Shortcuts work in the active window only."""
    with qtbot.waitActive(shown):
        shown.activateWindow()


# Opening and closing


def test_a_window_begins_at_the_root_without_a_cluster(qtbot: QtBot, tmp_path: Path) -> None:
    shown = window(qtbot, tmp_path)
    assert shown.workspace is None
    assert shown.selection == ROOT
    assert shown.state.cluster is None


def test_an_opened_cluster_is_shown_and_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    shown = window(qtbot, tmp_path)
    with qtbot.waitSignal(shown.opened):
        shown.open("embedded:contoso")
    assert shown.selection == Selection(Place.CLUSTER)
    assert "contoso.contoso.com" in shown.windowTitle()
    shown.close()
    again = window(qtbot, tmp_path)
    assert list(again.context.settings.get(st.RECENT)) == ["embedded:contoso"]


def test_a_cluster_that_cannot_be_opened_leaves_the_one_that_is_open(qtbot: QtBot, tmp_path: Path) -> None:
    def refuse(uri: str) -> Workspace:
        raise OSError(f"{uri} has no nodes. Add one.")

    shown = window(qtbot, tmp_path, refuse)
    workspace, _ = busy_cluster()
    shown.show_workspace(workspace)
    with qtbot.waitSignal(shown.opened):
        shown.open("embedded:empty")
    assert shown.workspace is workspace
    assert shown.messages.strips[-1].remedy == "embedded:empty has no nodes. Add one."


def test_the_cluster_that_is_open_is_not_opened_twice(qtbot: QtBot, tmp_path: Path) -> None:
    opened_uris: list[str] = []

    def opener(uri: str) -> Workspace:
        opened_uris.append(uri)
        return busy_cluster()[0]

    shown = window(qtbot, tmp_path, opener)
    for _ in range(2):
        with qtbot.waitSignal(shown.opened):
            shown.open("embedded:contoso")
    assert opened_uris == ["embedded:contoso"]


def test_a_cluster_is_reopened_only_after_it_was_closed(qtbot: QtBot, tmp_path: Path) -> None:
    order: list[str] = []
    workspace, backend = busy_cluster()
    closing = threading.Event()
    backend.close = lambda: order.append("closed") if closing.wait(stretched(PATIENCE)) else None  # type: ignore[method-assign]

    def opener(uri: str) -> Workspace:
        order.append("opened")
        return busy_cluster()[0]

    shown = window(qtbot, tmp_path, opener)
    shown.show_workspace(workspace)
    shown.close_cluster()
    with qtbot.waitSignal(shown.opened):
        shown.open("embedded:contoso")
        closing.set()
    assert order == ["closed", "opened"]


def test_closing_the_connection_leads_to_the_root(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    shown.select(WEB)
    shown.close_cluster()
    assert shown.selection == ROOT
    assert shown.workspace is None
    shown.close()
    assert backend.closed


def test_a_change_from_a_backend_thread_reaches_the_views(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    event = ev.NodeChanged(node("node3", NodeState.PAUSED))
    with qtbot.waitSignal(shown.changed):
        thread = threading.Thread(target=backend.tell, args=(event,))
        thread.start()
    thread.join()
    assert shown.state.nodes["node3"].state is NodeState.PAUSED
    assert (
        shown.tree_model.index_of(Selection(Place.NODE, "node3"), shown.desk.cluster).data(Qt.ItemDataRole.ToolTipRole)
        == "node3: Paused"
    )


def test_a_burst_of_telemetry_is_told_as_few_changes(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    changes: list[object] = []
    shown.changed.connect(changes.append)
    for number in range(500):
        backend.tell(ev.MigrationProgressed("m3", row(100.0 + number, 10**9, 10**9)))
    assert shown.workspace is not None
    qtbot.waitUntil(lambda: bool(changes))
    qtbot.waitUntil(lambda: shown.workspace is not None and len(shown.workspace.rows("m3")) == 559)
    assert len(changes) <= 20


# Going places


def test_back_forward_and_up_lead_through_visited_places(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    shown.select(SERVICES)
    shown.select(WEB)
    shown.go_back()
    assert shown.selection == SERVICES
    shown.go_forward()
    assert shown.selection == WEB
    shown.go_up()
    assert shown.selection == SERVICES


@pytest.mark.parametrize(
    ("key", "modifier", "place"),
    [
        (Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier, NODES),
        (Qt.Key.Key_Backspace, Qt.KeyboardModifier.NoModifier, SERVICES),
    ],
)
def test_keys_lead_back_and_up(
    qtbot: QtBot, tmp_path: Path, key: Qt.Key, modifier: Qt.KeyboardModifier, place: Selection
) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    activate(qtbot, shown)
    shown.select(NODES)
    shown.select(WEB)
    qtbot.keyClick(shown.tree, key, modifier)
    assert shown.selection == place


def test_a_row_without_a_page_of_its_own_is_selected_in_its_parents_page(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    for wanted, container in (
        (Selection(Place.VOLUME, "disk-3"), "volumes"),
        (Selection(Place.DISK, "disk-4"), "disks"),
        (Selection(Place.ADAPTER, "node1-net-3"), "adapters"),
        (Selection(Place.RESOURCE, "res-Web01"), "resources"),
    ):
        shown.select(wanted)
        assert shown.selection == wanted
        assert getattr(shown.page, container).selected_ids() == [wanted.id]


def test_a_page_whose_thing_goes_gives_way_to_its_container(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    shown.select(Selection(Place.NODE, "node3"))
    with qtbot.waitSignal(shown.changed):
        backend.tell(ev.NodeEvicted("node3"))
    assert shown.selection == NODES


def test_the_tree_and_the_page_always_show_the_same_place(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    shown.select(WEB)
    assert shown.tree_model.selection(shown.tree.currentIndex()) == WEB
    shown.tree.setCurrentIndex(shown.tree_model.index_of(NODES, shown.desk.cluster))
    assert shown.selection == NODES
    assert shown.page.accessibleName() == "Nodes"


# Actions, seen four ways


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_menu_pane_and_context_menu_have_the_same_actions(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    shown.select(WEB)
    pane = list(dict.fromkeys(e.action.under or e.label for e in shown.actions_pane.container.entries))
    menu = shown.show_context_menu((WEB,), QPoint(10, 10))
    assert labels(menu) == [*pane, "Cop&y as PowerShell"]
    assert labels(shown.menus.action_menu) == [*pane, "Cop&y as PowerShell"]
    menu.close()


def test_a_disabled_action_says_its_reason(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    shown.select(WEB)
    start = shown.actions_pane.button("start-machine")
    assert start is not None
    assert not start.isEnabled()
    assert start.accessibleDescription()
    assert start.accessibleDescription() in start.toolTip()
    assert any(
        action.toolTip() == start.accessibleDescription()
        for action in shown.menus.action_menu.actions()
        if action.text() == "Start virtual machine"
    )


def test_live_migrate_offers_each_other_node_and_refuses_with_a_reason(qtbot: QtBot, tmp_path: Path) -> None:
    workspace, backend = opened(
        formed([machine("Web01")], nodes=[node("node1"), node("node2"), node("node3", NodeState.DOWN)])
    )
    shown = window_of(qtbot, tmp_path, workspace)
    shown.select(WEB)
    button = shown.actions_pane.button("live-migrate")
    assert button is not None
    first, second = button.menu().actions()
    assert first.text() == "1 - Live migrate to node node2"
    assert first.isEnabled()
    assert not second.isEnabled()
    assert "down" in second.toolTip()
    first.trigger()
    assert backend.submitted == [cmd.LiveMigrate("vm-Web01", "node2")]


def test_a_command_is_echoed_in_the_console_as_powershell(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    shown.submit(cmd.PauseNode("node3"))
    assert shown.docks["Console"].view.output.toPlainText() == "PS C:\\> Suspend-ClusterNode node3"


def test_a_refusal_is_a_strip_with_reason_remedy_and_details(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    backend.answer = lambda operation: operation.finish(no("node3 is busy.", "Wait a moment."))
    shown.submit(cmd.PauseNode("node3"))
    qtbot.waitUntil(lambda: bool(shown.messages.strips))
    strip = shown.messages.strips[-1]
    assert (strip.text, strip.remedy) == ("node3 is busy.", "Wait a moment.")
    named(strip, "Copy details", QToolButton).click()
    assert "Suspend-ClusterNode" in QApplication.clipboard().text()
    named(strip, "Dismiss", QToolButton).click()
    assert not shown.messages.isVisible()


def test_a_submitter_that_listens_shows_the_refusal_itself(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    backend.answer = lambda operation: operation.finish(no("node3 is busy."))
    answers: list[Operation] = []
    shown.submit(cmd.PauseNode("node3"), answers.append)
    qtbot.waitUntil(lambda: bool(answers))
    assert shown.messages.strips == ()


def test_a_costly_deed_is_asked_for_first(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    shown.select(WEB)
    entry = next(e for e in shown.actions_pane.container.entries if e.action.id == "turn-off-machine")
    shown.perform(entry)
    box = shown.findChild(QMessageBox)
    assert "not written to disk will be lost" in box.text()
    assert backend.submitted == []
    named(box, "Turn off virtual machine", QPushButton).click()
    assert [type(command) for command in backend.submitted] == [cmd.SetMachineState]


def test_several_machines_are_moved_by_one_choice(qtbot: QtBot, tmp_path: Path) -> None:
    workspace, backend = opened(formed([machine("a"), machine("b"), machine("c", "node2")]))
    shown = window_of(qtbot, tmp_path, workspace)
    shown.select(SERVICES)
    shown.page.services.select_ids(["vm-a", "vm-b", "vm-c"])
    button = shown.actions_pane.button("live-migrate")
    assert button is not None
    assert button.accessibleName() == "Live migrate virtual machines to another node"
    to_third = next(a for a in button.menu().actions() if a.text().endswith("node node3"))
    to_third.trigger()
    assert {command.machine for command in backend.submitted} == {"vm-a", "vm-b", "vm-c"}


def test_actions_pane_sections_fold(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    shown.select(WEB)
    section = shown.actions_pane.container
    assert section.body.isVisible()
    section.heading.click()
    assert not section.body.isVisible()


def test_properties_key_opens_the_properties_of_the_selected_item(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    asked: list[tuple[str, Selection]] = []
    monkeypatch.setattr(shown.desk, "show_dialog", lambda name, selection: asked.append((name, selection)))
    shown.select(Selection(Place.RESOURCE, "res-Web01"))
    shown.open_properties()
    assert asked == [("resource-properties", Selection(Place.RESOURCE, "res-Web01"))]


def test_no_two_actions_of_the_frame_fight_for_a_key(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    for place in (ROOT, Selection(Place.CLUSTER), WEB, Selection(Place.VOLUME, "disk-2")):
        shown.select(place)
        keys = [
            action.shortcut().toString()
            for action in shown.findChildren(type(shown.menus.back))
            if not action.shortcut().isEmpty()
            and action.shortcutContext() == Qt.ShortcutContext.WindowShortcut
            and action.associatedObjects()
        ]
        assert sorted(keys) == sorted(set(keys)), place


def test_every_action_has_an_icon_that_exists(qapp: object) -> None:
    assert {action.icon for action in ACTIONS} <= icons.available()


# Keys and panes


def test_f6_goes_from_pane_to_pane_and_back(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    activate(qtbot, shown)
    shown.select(SERVICES)
    shown.tree.setFocus()
    shown.next_pane(1)
    assert shown.stack.isAncestorOf(QApplication.focusWidget())
    shown.next_pane(1)
    assert shown.actions_pane.isAncestorOf(QApplication.focusWidget())
    shown.next_pane(-1)
    assert shown.stack.isAncestorOf(QApplication.focusWidget())


def test_ctrl_f_goes_to_the_filter_and_down_to_the_list(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    activate(qtbot, shown)
    shown.select(SERVICES)
    shown.find_in_list()
    box = QApplication.focusWidget()
    assert isinstance(box, QLineEdit)
    qtbot.keyClicks(box, "web")
    assert list(shown.page.services.table.ids) == ["vm-Web01"]
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert QApplication.focusWidget() is shown.page.services
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert box.text() == ""


def test_plus_and_minus_unfold_and_fold_the_tree(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    shown.select(NODES)
    index = shown.tree.currentIndex()
    assert shown.tree.isExpanded(index)
    qtbot.keyClick(shown.tree, Qt.Key.Key_Minus, Qt.KeyboardModifier.KeypadModifier)
    assert not shown.tree.isExpanded(index)
    qtbot.keyClick(shown.tree, Qt.Key.Key_Plus, Qt.KeyboardModifier.KeypadModifier)
    assert shown.tree.isExpanded(index)


def test_panes_docks_and_size_come_back_after_a_restart(qtbot: QtBot, tmp_path: Path) -> None:
    first = window(qtbot, tmp_path)
    first.resize(780, 610)
    first.docks["Events"].show()
    first.menus.actions.setChecked(False)
    first.actions_pane.item.heading.setChecked(False)
    first.close()
    second = window(qtbot, tmp_path)
    assert (second.width(), second.height()) == (780, 610)
    assert second.docks["Events"].isVisible()
    assert not second.actions_pane.isVisible()
    assert not second.actions_pane.item.heading.isChecked()
    second.reset_layout()
    assert second.actions_pane.isVisible()
    assert not second.docks["Events"].isVisible()


def test_light_and_dark_are_chosen_and_kept(qtbot: QtBot, tmp_path: Path, qapp: QApplication) -> None:
    shown = window(qtbot, tmp_path)
    shown.set_scheme(theme.Scheme.DARK)
    assert theme.current(qapp) is theme.Scheme.DARK
    shown.set_scheme(theme.Scheme.LIGHT)
    assert theme.current(qapp) is theme.Scheme.LIGHT


# The clock, the docks


def test_the_virtual_clock_has_its_speeds_in_the_status_bar(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    assert backend.clock is not None
    named(shown, "Clock 60x", QToolButton).click()
    assert backend.clock.speed == 60
    named(shown, "Clock Pause", QToolButton).click()
    assert backend.clock.speed == 0


def test_real_hosts_have_no_clock(qtbot: QtBot, tmp_path: Path) -> None:
    workspace, _ = opened(formed(), clock=False)
    shown = window_of(qtbot, tmp_path, workspace)
    assert not any(
        button.isVisible() for button in shown.findChildren(QToolButton) if button.accessibleName() == "Clock 1x"
    )


def test_the_migrations_dock_lists_what_runs_waits_and_ended(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    dock = shown.docks["Migrations"]
    dock.toggle()
    assert list(dock.view.table.ids) == ["m3", "m4", "m2", "m1"]
    assert "already taking part" in dock.view.table.index(1, 9).data()
    assert shown.status.dock_buttons["Migrations"].text() == "Migrations: 1 + 1 waiting"
    dock.view.select_ids(["m3"])
    dock.cancel.click()
    assert backend.submitted == [cmd.CancelMigration("m3")]


def test_a_dock_is_hidden_by_the_button_that_showed_it(qtbot: QtBot, tmp_path: Path) -> None:
    shown = window(qtbot, tmp_path)
    button = named(shown, "Show Events", QAbstractButton)
    button.click()
    assert shown.docks["Events"].isVisible()
    button.click()
    assert not shown.docks["Events"].isVisible()


def test_the_actions_pane_keeps_its_place_and_its_section_when_entries_change(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    shown.resize(900, 480)
    shown.select(Selection(Place.MACHINE, "vm-Web01"))
    pane, bar = shown.actions_pane, shown.actions_pane.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 60)
    bar.triggerAction(QAbstractSlider.SliderAction.SliderPageStepAdd)
    place = bar.value()
    assert place > 0
    pressed = pane.button("save-machine")
    assert pressed is not None
    pressed.setFocus()
    backend.tell(ev.MachineChanged(replace(shown.state.machines["vm-Web01"], state=MachineState.SAVED)))
    qtbot.waitUntil(lambda: pane.button("save-machine") not in (None, pressed) and shown.is_settled)
    assert bar.value() == place
    focused = QApplication.focusWidget()
    assert focused is not None
    assert pane.container.isAncestorOf(focused)
    shown.select(Selection(Place.NODES))
    qtbot.waitUntil(lambda: bar.value() == 0)
