"""Several clusters are open at once: each with its subtree, its clock, its pages, its dialogs and its migrations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QTableView, QToolButton, QWidget

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.telemetry import FinalFigures
from fcm.ui.tour.driver import Driver, is_closed
from fcm.ui.window.main_window import MainWindow
from fcm.ui.window.panes.tree_model import ROOT
from fcm.workspace.files import settings as st
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import busy_cluster, formed, machine, migration, opened
from tests.ui.window_by_hand import context, named, window, window_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.workspace.workspace import Workspace
    from tests.ui.by_hand import Backend

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
DRIVER = Driver()
TREE = "Console tree"
CONTOSO, FABRIKAM = "embedded:contoso", "embedded:fabrikam"
PAYROLL, SERVER = "Payroll", "Intranet"


def fabrikam() -> tuple[Workspace, Backend]:
    """A second cluster, whose machines have ids of their own."""
    first = formed([machine(PAYROLL), machine(SERVER, "node2")])
    cluster = replace(first.cluster, name="fabrikam", domain="fabrikam.com")
    workspace, backend = opened(replace(first, cluster=cluster))
    backend.uri = FABRIKAM
    return workspace, backend


def two(qtbot: QtBot, folder: Path) -> tuple[MainWindow, Backend, Backend]:
    """A window with contoso (lively) and fabrikam, which is current."""
    workspace, busy = busy_cluster()
    shown = window_of(qtbot, folder, workspace)
    other, quiet = fabrikam()
    shown.show_workspace(other)
    return shown, busy, quiet


def tops(shown: MainWindow) -> list[str]:
    """The clusters of the tree, top to bottom."""
    root = shown.tree_model.index_of(ROOT)
    return [shown.tree_model.index(row, 0, root).data() for row in range(shown.tree_model.rowCount(root))]


def texts(shown: MainWindow) -> list[str]:
    return [strip.text for strip in shown.messages.strips]


def drain(shown: MainWindow) -> None:
    for workspace in shown.workspaces():
        workspace.drain(60)


def click(shown: MainWindow, cluster: str, place: Selection) -> None:
    """With the mouse on a row of the tree."""
    index = shown.tree_model.index_of(place, cluster)
    shown.tree.scrollTo(index)
    DRIVER.click(shown.tree.viewport(), shown.tree.visualRect(index).center())


def question(shown: MainWindow) -> QMessageBox:
    return next(box for box in shown.findChildren(QMessageBox, "question") if box.isVisible())


def test_a_second_cluster_is_a_second_item_of_the_tree_and_current(qtbot: QtBot, tmp_path: Path) -> None:
    shown, busy, _ = two(qtbot, tmp_path)
    assert tops(shown) == ["contoso.contoso.com", "fabrikam.fabrikam.com"]
    assert shown.workspace is not None
    assert shown.workspace.uri == FABRIKAM
    assert not busy.closed
    assert "fabrikam" in shown.windowTitle()


def test_a_click_in_the_tree_makes_its_cluster_current_with_page_actions_clock_and_status(
    qtbot: QtBot, tmp_path: Path
) -> None:
    shown, busy, quiet = two(qtbot, tmp_path)
    click(shown, CONTOSO, Selection(Place.NODE, "node1"))
    assert shown.desk.cluster == CONTOSO
    assert shown.page.selection == Selection(Place.NODE, "node1")
    assert "contoso" in shown.windowTitle()
    DRIVER.press("Clock 10x")
    assert busy.clock is not None
    assert quiet.clock is not None
    assert (busy.clock.speed, quiet.clock.speed) == (10.0, 1.0)
    assert named(shown.status, "Show Migrations").text() == "Migrations: 1 + 1 waiting"
    click(shown, FABRIKAM, Selection(Place.CLUSTER))
    assert named(shown.status, "Show Migrations").text() == "Migrations"
    assert named(shown.status, "Clock 1x", QToolButton).isChecked()


def test_an_action_of_the_pane_is_for_the_cluster_that_is_selected(qtbot: QtBot, tmp_path: Path) -> None:
    shown, busy, quiet = two(qtbot, tmp_path)
    click(shown, CONTOSO, Selection(Place.NODE, "node3"))
    button = shown.actions_pane.button("pause-node")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert busy.submitted == [cmd.PauseNode("node3")]
    assert not quiet.submitted


def test_each_cluster_keeps_where_the_user_was_in_it(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _, _ = two(qtbot, tmp_path)
    click(shown, CONTOSO, Selection(Place.SERVICES))
    page: Any = shown.page
    page.table().select_ids(["vm-Web01"])
    click(shown, FABRIKAM, Selection(Place.NODES))
    assert page.table().table.rowCount() == 6, "the page of the other cluster is as it was left"
    assert not page.isVisible()
    shown.go_back()
    assert (shown.desk.cluster, shown.desk.place) == (CONTOSO, Selection(Place.SERVICES))
    assert shown.selection == Selection(Place.MACHINE, "vm-Web01")
    shown.go_forward()
    assert (shown.desk.cluster, shown.desk.place) == (FABRIKAM, Selection(Place.NODES))


def test_what_changes_in_a_cluster_behind_is_there_when_it_comes_to_the_front(qtbot: QtBot, tmp_path: Path) -> None:
    shown, busy, _ = two(qtbot, tmp_path)
    click(shown, CONTOSO, Selection(Place.MACHINE, "vm-Web01"))
    click(shown, FABRIKAM, Selection(Place.NODES))
    busy.tell(ev.MachineDeleted("vm-Web01"))
    drain(shown)
    gone = Selection(Place.MACHINE, "vm-Web01")
    qtbot.waitUntil(lambda: not shown.tree_model.index_of(gone, CONTOSO).isValid())
    assert (shown.desk.cluster, shown.desk.place) == (FABRIKAM, Selection(Place.NODES)), "the user stays where he is"
    shown.go_back()
    assert (shown.desk.cluster, shown.desk.place) == (FABRIKAM, Selection(Place.CLUSTER)), "Back skips what is gone"
    click(shown, CONTOSO, Selection(Place.SERVICES))
    page: Any = shown.page
    assert "vm-Web01" not in page.table().table.ids


def test_the_end_of_a_migration_in_a_cluster_behind_is_told_and_leads_to_its_history(
    qtbot: QtBot, tmp_path: Path
) -> None:
    shown, busy, _ = two(qtbot, tmp_path)
    busy.tell(ev.MigrationCompleted("m3", FinalFigures(60.0, 0.2, 17_000_000_000, 6)), at=170)
    drain(shown)
    qtbot.waitUntil(lambda: "contoso: Database was live migrated to node2." in texts(shown))
    assert shown.desk.cluster == FABRIKAM


def test_the_end_of_a_migration_in_the_cluster_in_front_needs_no_message(qtbot: QtBot, tmp_path: Path) -> None:
    shown, busy, _ = two(qtbot, tmp_path)
    click(shown, CONTOSO, Selection(Place.CLUSTER))
    with qtbot.waitSignal(shown.happened):
        busy.tell(ev.MigrationCompleted("m3", FinalFigures(60.0, 0.2, 17_000_000_000, 6)), at=170)
        drain(shown)
    assert texts(shown) == []


def test_a_failure_in_a_cluster_behind_names_the_cluster(qtbot: QtBot, tmp_path: Path) -> None:
    shown, busy, _ = two(qtbot, tmp_path)
    busy.tell(ev.MigrationFailed("m3", "The network is gone.", "Repair it."), at=170)
    drain(shown)
    qtbot.waitUntil(lambda: texts(shown) == ["contoso: The migration of Database failed: The network is gone."])


def test_close_connection_closes_the_current_cluster_alone(qtbot: QtBot, tmp_path: Path) -> None:
    shown, busy, quiet = two(qtbot, tmp_path)
    click(shown, FABRIKAM, Selection(Place.SERVICES))
    shown.menus.close.trigger()
    qtbot.waitUntil(lambda: quiet.closed)
    assert tops(shown) == ["contoso.contoso.com"]
    assert not busy.closed
    assert shown.selection == ROOT
    assert shown.workspace is not None
    assert shown.workspace.uri == CONTOSO
    for view in shown.findChildren(QTableView):
        model = view.model()
        said = [str(model.index(line, 0).data(Qt.ItemDataRole.AccessibleTextRole)) for line in range(model.rowCount())]
        assert PAYROLL not in said


def test_exit_asks_for_every_cluster_by_name(qtbot: QtBot, tmp_path: Path) -> None:
    shown, busy, quiet = two(qtbot, tmp_path)
    quiet_machine = shown.state.machine_named(PAYROLL)
    assert quiet_machine is not None
    quiet.tell(ev.MigrationRequested(migration(quiet_machine, "node2", 1)))
    drain(shown)
    shown.leave()
    said = question(shown).text()
    assert said.index("contoso.contoso.com:\n1 migration is running.") < said.index(
        "fabrikam.fabrikam.com:\n1 migration"
    )
    qtbot.mouseClick(named(question(shown), "Exit"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: is_closed(shown))
    assert busy.closed
    assert quiet.closed


def test_a_dialog_stays_with_its_cluster_and_closes_with_it(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _, quiet = two(qtbot, tmp_path)
    dialog: Any = shown.show_dialog("migration-wall", Selection(Place.CLUSTER))
    click(shown, CONTOSO, Selection(Place.CLUSTER))
    assert dialog.isVisible()
    assert dialog.state.cluster.name == "fabrikam"
    click(shown, FABRIKAM, Selection(Place.CLUSTER))
    shown.menus.close.trigger()
    qtbot.waitUntil(lambda: quiet.closed and is_closed(dialog))


def test_help_belongs_to_no_cluster_and_stays(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _, quiet = two(qtbot, tmp_path)
    dialog: Any = shown.show_dialog("help", Selection(Place.CLUSTER))
    shown.close_cluster()
    qtbot.waitUntil(lambda: quiet.closed)
    qtbot.wait(0)  # what is due now
    assert dialog.isVisible()
    dialog.close()


def test_manage_a_cluster_adds_a_root_item_and_goes_to_one_that_is_open(qtbot: QtBot, tmp_path: Path) -> None:
    asked: list[str] = []

    def opener(uri: str) -> Workspace:
        asked.append(uri)
        return fabrikam()[0]

    shown = window(qtbot, tmp_path, opener)
    shown.show_workspace(busy_cluster()[0])
    for uri in (FABRIKAM, CONTOSO, FABRIKAM):
        shown.show_dialog("manage-cluster", Selection(Place.CLUSTER))
        DRIVER.type_into("Cluster or file", uri)
        DRIVER.press("OK")
        DRIVER.wait_for_no_dialog()
        qtbot.waitUntil(lambda uri=uri: shown.desk.cluster == uri)
    assert asked == [FABRIKAM]
    assert tops(shown) == ["contoso.contoso.com", "fabrikam.fabrikam.com"]


def console(shown: MainWindow) -> Any:
    dock: Any = shown.docks["Console"]
    dock.show()
    dock.focus_first()
    return dock.view


def enter(qtbot: QtBot, view: Any, text: str) -> str:
    before = len(view.output.toPlainText())
    qtbot.keyClicks(view.input, text)
    qtbot.keyClick(view.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not view.runner.is_running)
    return str(view.output.toPlainText()[before:])


def test_the_prompt_names_the_cluster_and_commands_go_there(qtbot: QtBot, tmp_path: Path) -> None:
    shown, busy, quiet = two(qtbot, tmp_path)
    view = console(shown)
    prompt: QLabel = view.findChild(QLabel, "prompt")
    assert prompt.text() == "PS fabrikam>"
    assert "fabrikam" in enter(qtbot, view, "(Get-Cluster).Name; $kept = 7")
    click(shown, CONTOSO, Selection(Place.CLUSTER))
    assert prompt.text() == "PS contoso>"
    said = enter(qtbot, view, "$kept; Suspend-ClusterNode node3")
    assert "PS contoso> $kept" in said
    assert "7" in said.splitlines(), "the session is one for all clusters"
    assert busy.submitted == [cmd.PauseNode("node3")]
    assert not quiet.submitted


def test_with_one_cluster_the_prompt_is_that_of_windows(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _, quiet = two(qtbot, tmp_path)
    prompt: QLabel = console(shown).findChild(QLabel, "prompt")
    shown.close_cluster()
    qtbot.waitUntil(lambda: quiet.closed)
    assert prompt.text() == "PS C:\\>"


def test_a_script_goes_on_when_another_cluster_is_selected_or_closed(qtbot: QtBot, tmp_path: Path) -> None:
    shown, busy, quiet = two(qtbot, tmp_path)
    view = console(shown)
    click(shown, CONTOSO, Selection(Place.CLUSTER))
    view.setFocus()
    qtbot.keyClicks(
        view.input, "while ((Get-ClusterNode node3).State -ne 'Paused') {Start-Sleep 0}; (Get-Cluster).Name"
    )
    qtbot.keyClick(view.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.runner.is_running)
    click(shown, FABRIKAM, Selection(Place.CLUSTER))
    shown.close_cluster()
    qtbot.waitUntil(lambda: quiet.closed)
    assert view.runner.is_running
    node = shown.state.nodes["node3"]
    busy.tell(ev.NodeChanged(replace(node, state=type(node.state).PAUSED)))
    qtbot.waitUntil(lambda: not view.runner.is_running)
    assert "contoso" in view.output.toPlainText().splitlines()


def test_the_open_set_is_remembered_and_offered(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _, _ = two(qtbot, tmp_path)
    click(shown, CONTOSO, Selection(Place.CLUSTER))
    shown.close()
    kept = shown.context.settings
    assert kept.get(st.OPEN) == [CONTOSO, FABRIKAM]
    assert kept.get(st.LAST) == CONTOSO

    again = MainWindow(context(tmp_path, lambda uri: fabrikam()[0] if uri == FABRIKAM else busy_cluster()[0]))
    qtbot.addWidget(again)
    again.show()
    again.reopening.offer(CONTOSO)
    with qtbot.waitSignal(again.opened):
        again.open(CONTOSO)
    strip = again.messages.strips[0]
    assert (strip.text, strip.remedy) == ("When the program closed, 1 cluster was also open:", f"{FABRIKAM}.")
    qtbot.mouseClick(named(strip, "Open"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tops(again) == ["contoso.contoso.com", "fabrikam.fabrikam.com"])


def test_nothing_is_offered_after_all_connections_were_closed(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _, _ = two(qtbot, tmp_path)
    shown.close_cluster()
    shown.close_cluster()
    assert shown.workspace is None
    assert shown.context.settings.get(st.OPEN) == []
    assert shown.context.settings.get(st.LAST) == ""


def test_the_page_of_a_cluster_behind_is_not_drawn(qtbot: QtBot, tmp_path: Path, monkeypatch: Any) -> None:
    shown, busy, _ = two(qtbot, tmp_path)
    click(shown, CONTOSO, Selection(Place.SERVICES))
    page: QWidget = shown.page
    click(shown, FABRIKAM, Selection(Place.CLUSTER))
    drawn: list[object] = []
    monkeypatch.setattr(page, "draw", drawn.append)
    node = shown.workspaces()[0].state.nodes["node3"]
    busy.tell(ev.NodeChanged(replace(node, state=type(node.state).PAUSED)))
    place = shown.tree_model.index_of(Selection(Place.NODE, "node3"), CONTOSO)
    drain(shown)
    qtbot.waitUntil(lambda: place.data(Qt.ItemDataRole.ToolTipRole) == "node3: Paused")
    assert not drawn


def test_a_cmdlet_takes_another_open_cluster_by_its_name(qtbot: QtBot, tmp_path: Path) -> None:
    shown, busy, quiet = two(qtbot, tmp_path)
    view = console(shown)
    assert "Database" in enter(qtbot, view, "Get-ClusterGroup -Cluster contoso | Select-Object -ExpandProperty Name")
    enter(qtbot, view, "Suspend-ClusterNode node3 -Cluster contoso; Suspend-ClusterNode node2")
    assert busy.submitted == [cmd.PauseNode("node3")]
    assert quiet.submitted == [cmd.PauseNode("node2")]
    assert "contoso" in enter(qtbot, view, "(Get-Cluster contoso).Name").splitlines()
    said = enter(qtbot, view, "Get-ClusterNode -Cluster tailspin")
    assert "Available: contoso, fabrikam." in said


def test_an_object_stays_an_object_of_its_cluster(qtbot: QtBot, tmp_path: Path) -> None:
    shown, busy, quiet = two(qtbot, tmp_path)
    view = console(shown)
    click(shown, CONTOSO, Selection(Place.CLUSTER))
    enter(qtbot, view, "$node = Get-ClusterNode node3; $network = Get-ClusterNetwork Management")
    click(shown, FABRIKAM, Selection(Place.CLUSTER))
    enter(
        qtbot,
        view,
        "$node | Suspend-ClusterNode; $network.Name = 'Office'; (Get-Cluster contoso).SameSubnetDelay = 2000",
    )
    assert [type(one).__name__ for one in busy.submitted] == ["PauseNode", "ConfigureNetwork", "ConfigureCluster"]
    assert not quiet.submitted


def test_an_object_of_a_closed_cluster_is_refused(qtbot: QtBot, tmp_path: Path) -> None:
    shown, busy, quiet = two(qtbot, tmp_path)
    view = console(shown)
    click(shown, CONTOSO, Selection(Place.CLUSTER))
    enter(qtbot, view, "$node = Get-ClusterNode node3")
    shown.close_cluster()
    qtbot.waitUntil(lambda: busy.closed)
    said = enter(qtbot, view, "$node | Suspend-ClusterNode")
    assert "is closed" in said
    assert not quiet.submitted


def test_objects_of_two_clusters_are_not_taken_together(qtbot: QtBot, tmp_path: Path) -> None:
    shown, busy, quiet = two(qtbot, tmp_path)
    view = console(shown)
    said = enter(
        qtbot, view, "@(Get-ClusterNode node3) + @(Get-ClusterNode node3 -Cluster contoso) | Suspend-ClusterNode"
    )
    assert "of several clusters" in said
    assert not busy.submitted
    assert not quiet.submitted
