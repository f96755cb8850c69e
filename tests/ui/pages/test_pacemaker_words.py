"""The window on a Pacemaker cluster in trouble: what waits, what is unknown, and the remedy where it is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QDialog,
    QLabel,
    QListWidget,
    QPushButton,
    QTableView,
    QTextBrowser,
    QToolButton,
)

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import AdapterState, FencingState, NodeState
from fcm.model.failures import Candidate, Failover
from fcm.shell.runtime.session import ShellSession
from fcm.ui.dialogs.confirm_node_off import ConfirmNodeOffDialog
from fcm.ui.dialogs.help import HelpDialog
from fcm.ui.failover.words import NO_REASON
from fcm.ui.tour.driver import Driver
from fcm.ui.widgets.page_parts import EmptyState
from fcm.ui.window.qactions import entries
from fcm.workspace.actions.catalog import BY_ID
from fcm.workspace.actions.whole_cluster import shut_down_question
from fcm.workspace.quorum_board import quorum_board
from fcm.workspace.selection import Place, Selection
from fcm.workspace.troubles import troubles
from tests.ui.by_hand import NOW
from tests.ui.pacemaker_by_hand import BLOCKED, group, in_trouble, node, opened
from tests.ui.window_by_hand import busy_window, named, window_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow
    from tests.ui.pacemaker_by_hand import PacemakerByHand

DRIVER = Driver()


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> tuple[MainWindow, PacemakerByHand]:
    workspace, backend = opened(*in_trouble())
    window = window_of(qtbot, tmp_path, workspace)
    window.resize(1400, 900)
    return window, backend


def _at(window: MainWindow, place: Place, identity: str = "") -> None:
    window.select(Selection(place, identity))
    DRIVER.wait(lambda: window.page.selection == Selection(place, identity), "the page")


def _column(view: QTableView, title: str) -> dict[str, str]:
    """Cells of a column by the first cell of their row."""
    model = view.model()
    titles = [str(model.headerData(n, Qt.Orientation.Horizontal)) for n in range(model.columnCount())]
    column = titles.index(title)
    return {str(model.index(r, 0).data()): str(model.index(r, column).data()) for r in range(model.rowCount())}


def test_the_cluster_says_that_pacemaker_runs_it_and_what_waits(shown: tuple[MainWindow, PacemakerByHand]) -> None:
    window, _ = shown
    _at(window, Place.CLUSTER)
    assert "Pacemaker 2.1.5" in window.windowTitle()
    said = [label.text() for label in window.page.findChildren(QLabel) if label.isVisible()]
    assert "Pacemaker 2.1.5 on QEMU and libvirt hosts" in said
    assert "node1 (designated controller)" in said
    strip = named(window, "Waiting for you")
    lines = [label.text() for label in strip.findChildren(QLabel) if label.text()]
    assert lines == [
        "Waiting: node3 could not be fenced; confirm that it is off. It is unknown whether mail, files are "
        "running there.",
        f"web is blocked: {BLOCKED}",
    ]


def test_the_quorum_board_counts_the_votes_of_corosync_and_of_its_witness(
    shown: tuple[MainWindow, PacemakerByHand],
) -> None:
    window, _ = shown
    _at(window, Place.CLUSTER)
    votes = _column(named(window, "Votes", QTableView), "Vote")
    assert votes == {"node1": "1", "node2": "1", "node3": "1", "corosync-qnetd on 10.90.0.200": "2"}
    board = quorum_board(window.state)
    assert (board.votes.present, board.votes.needed, board.votes.total) == (4, 3, 5)


def test_nodes_say_how_they_are_paused_and_fenced(shown: tuple[MainWindow, PacemakerByHand]) -> None:
    window, backend = shown
    _at(window, Place.NODES)
    table = named(window, "Nodes", QTableView)
    found = _column(table, "Status")
    assert found["node1"] == "Up"
    assert found["node2"] == "Paused (standby)"
    assert found["node3"] == "Down: unclean, could not be fenced; confirm that it is off"
    backend.tell(ev.NodeChanged(node("node2", state=NodeState.PAUSED, paused=True)))
    backend.tell(ev.NodeChanged(node("node3", state=NodeState.DOWN, fencing=FencingState.RUNNING)))
    DRIVER.wait(lambda: _column(table, "Status")["node2"] == "Paused (maintenance)", "maintenance")
    assert _column(table, "Status")["node3"] == "Down: unclean, is being fenced"


def test_what_ran_on_a_lost_node_is_unknown_and_what_is_blocked_says_so(
    shown: tuple[MainWindow, PacemakerByHand],
) -> None:
    window, _ = shown
    _at(window, Place.SERVICES)
    found = _column(named(window, "Services and applications", QTableView), "Status")
    assert found["mail"] == "Unknown (node3 could not be fenced)"
    assert found["web"] == "Blocked"
    assert found["db"] == "Online"


def test_clear_and_keep_running_is_the_remedy_on_the_page_of_a_blocked_machine(
    shown: tuple[MainWindow, PacemakerByHand],
) -> None:
    window, backend = shown
    _at(window, Place.MACHINE, "uuid-web")
    link = named(named(window, "Waiting for you"), "Clear and keep running", QToolButton)
    link.setFocus()
    QTest.keyClick(link, Qt.Key.Key_Return)
    DRIVER.wait(lambda: backend.submitted == [cmd.ClearBlocked("group-uuid-web")], "the command")
    resources = named(window, "Resources", QTableView)
    assert _column(resources, "Status")["Virtual Machine web"] == "Blocked"


def test_a_node_is_confirmed_as_off_only_after_the_check_box(shown: tuple[MainWindow, PacemakerByHand]) -> None:
    window, backend = shown
    _at(window, Place.NODE, "node3")
    QTest.mouseClick(
        named(named(window, "Waiting for you"), "Confirm that the node is off...", QToolButton),
        Qt.MouseButton.LeftButton,
    )
    (dialog,) = [one for one in window.findChildren(QDialog) if isinstance(one, ConfirmNodeOffDialog)]
    assert "they run twice and damage their disks" in named(dialog, "Notice", QLabel).text()
    ok = named(dialog, "OK", QPushButton)
    assert not ok.isEnabled()
    QTest.keyClick(named(dialog, "I have made sure that node3 is off.", QCheckBox), Qt.Key.Key_Space)
    assert ok.isEnabled()
    QTest.keyClick(ok, Qt.Key.Key_Return)
    DRIVER.wait(lambda: backend.submitted == [cmd.ConfirmNodeOff("node3")], "the command")


def test_the_strip_goes_when_nothing_waits_any_more(shown: tuple[MainWindow, PacemakerByHand]) -> None:
    window, backend = shown
    _at(window, Place.NODE, "node3")
    strip = named(window, "Waiting for you")
    backend.tell(ev.NodeChanged(node("node3")))
    DRIVER.wait(lambda: window.state.nodes["node3"].state is NodeState.UP, "the node")
    assert strip.isHidden()


def test_while_a_node_is_being_fenced_there_is_nothing_to_do_but_to_wait() -> None:
    workspace, backend = opened()
    backend.tell(ev.NodeChanged(node("node3", state=NodeState.DOWN, fencing=FencingState.RUNNING)))
    workspace.drain(60)
    (found,) = troubles(workspace.state, Selection(Place.MACHINE, "uuid-mail"))
    assert found.action == ""
    assert found.sentence == (
        "Waiting: node3 is lost and is being fenced. Then its virtual machines start elsewhere. It is "
        "unknown whether mail, files are running there."
    )
    workspace.close()


def test_simulated_clusters_do_not_show_the_actions_of_pacemaker(qtbot: QtBot, tmp_path: Path) -> None:
    window, _ = busy_window(qtbot, tmp_path)
    workspace, _ = opened()
    assert workspace.capabilities.verdict(cmd.ClearBlocked)
    labels = {one.label for one in entries(workspace, (Selection(Place.MACHINE, "uuid-web"),))}
    assert "Clear and keep running" in labels
    window.close_cluster()
    workspace.close()


def test_a_real_failover_is_explained_by_what_was_told_and_no_more(
    shown: tuple[MainWindow, PacemakerByHand],
) -> None:
    window, backend = shown
    _at(window, Place.MACHINE, "uuid-db")
    page = window.page
    assert "To try it" not in page.explainer.findChild(EmptyState).words.text()
    failover = Failover(
        "f1", "group-uuid-db", "node3 is lost", "node3", "node2", NOW, noticed=NOW + 3.6, decided=NOW + 4.7,
        online=NOW + 5.9, candidates=(Candidate("node2", True, "It has the most free memory."),),
    )  # fmt: skip
    backend.tell(ev.FailoverRecorded(failover), ev.GroupChanged(replace(group("db"), owner="node2")))
    DRIVER.wait(lambda: page.explainer.failover is not None, "the failover")
    course = named(window, "Course of the failover", QLabel).text()
    assert course == "node2 took db over from node3. It was away for 5.9\u00a0s."
    assert not [one for one in page.explainer.findChildren(QLabel) if "assumed" in one.text() and one.isVisible()]
    steps = page.explainer.line.accessibleDescription() or page.explainer.line.accessibleName()
    assert "Boot" not in steps


def test_where_the_moment_of_a_failure_is_not_known_the_time_away_is_the_least_that_it_was(
    shown: tuple[MainWindow, PacemakerByHand],
) -> None:
    window, backend = shown
    _at(window, Place.MACHINE, "uuid-db")
    page = window.page
    failover = Failover(
        "f1", "group-uuid-db", "node3 is lost", "node3", "node2", NOW, noticed=NOW, decided=NOW + 0.4, online=NOW + 1.2
    )
    backend.tell(ev.FailoverRecorded(failover), ev.GroupChanged(replace(group("db"), owner="node2")))
    DRIVER.wait(lambda: page.explainer.failover is not None, "the failover")
    course = named(window, "Course of the failover", QLabel).text()
    assert course.endswith("It was away for at least 1.2\u00a0s, counted from when the loss was noticed.")
    said = [one.text() for one in page.explainer.findChildren(QLabel) if not one.isHidden()]
    assert NO_REASON in said
    assert "Why this node" not in said


def test_every_link_of_the_strip_can_be_reached_by_the_keyboard(shown: tuple[MainWindow, PacemakerByHand]) -> None:
    window, _ = shown
    _at(window, Place.CLUSTER)
    links = [one for one in named(window, "Waiting for you").findChildren(QAbstractButton) if one.isVisible()]
    assert len(links) == 2
    assert all(one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.accessibleName() for one in links)


def test_the_page_of_the_nodes_tells_what_would_find_no_place_if_one_failed(
    shown: tuple[MainWindow, PacemakerByHand],
) -> None:
    window, backend = shown
    backend.tell(ev.NodeChanged(node("node3")))
    DRIVER.wait(lambda: window.state.nodes["node3"].state is NodeState.UP, "node3")
    _at(window, Place.NODES)
    table = named(window, "If a node fails now", QTableView)
    DRIVER.wait(lambda: _column(table, "Then")["node3"] == "files could not start elsewhere", "what is foretold")
    DRIVER.wait(lambda: window.page.is_settled, "the page")
    asked = len(backend.scheduler.scripts)
    backend.tell(ev.AdapterChanged(replace(window.state.adapters["node3-network-2"], state=AdapterState.UP)))
    DRIVER.wait(lambda: window.state.adapters["node3-network-2"].state is AdapterState.UP, "the adapter")
    assert window.page.is_settled
    assert len(backend.scheduler.scripts) == asked, "links are nothing that the scheduler looks at"


def test_stopping_the_cluster_service_says_that_machines_are_migrated_first(
    shown: tuple[MainWindow, PacemakerByHand],
) -> None:
    question = BY_ID["stop-service"].confirm
    assert question is not None
    text = question(shown[0].state, Selection(Place.NODE, "node1"))
    assert "Pacemaker first live migrates its machines" in text


def test_the_help_says_how_pacemaker_differs(shown: tuple[MainWindow, PacemakerByHand]) -> None:
    dialog = shown[0].show_dialog("help", Selection(Place.NODE, "node1"))
    assert isinstance(dialog, HelpDialog)
    topics = named(dialog, "Topics", QListWidget)
    QTest.keyClicks(topics, "Failover by")
    assert topics.currentItem().text() == "Failover by Pacemaker"
    text = named(dialog, "Help text", QTextBrowser).toPlainText()
    assert "Clear and keep running" in text
    assert "crm_simulate" in text
    dialog.close()


def test_powershell_says_the_same(shown: tuple[MainWindow, PacemakerByHand]) -> None:
    workspace = shown[0].workspace
    assert workspace is not None
    shell = ShellSession(workspace, lambda limit: None)

    def told(line: str) -> str:
        results = shell.execute(line)
        assert results.ok, results.text()
        return str(results.objects[0])

    assert told("(Get-Cluster).Engine") == "Pacemaker 2.1.5"
    assert told("(Get-ClusterNode node3).Fencing") == "failed"
    assert told("(Get-ClusterNode node1).Fencing") == "none"
    assert told("(Get-ClusterNode node2).Standby") == "True"
    assert told("(Get-ClusterResource 'Virtual Machine web').Blocked") == BLOCKED
    assert shell.execute("Clear-FcmBlockedGroup web").ok
    refused = shell.execute("Confirm-FcmNodeOff node3")
    assert "can run twice" in refused.text()
    assert shell.execute("Confirm-FcmNodeOff node3 -NodeIsOff").ok
    backend = shown[1]
    assert backend.submitted == [cmd.ClearBlocked("group-uuid-web"), cmd.ConfirmNodeOff("node3")]
    lacking = shell.execute("Move-ClusterVirtualMachineRole web -Node node2 -MigrationType Quick")
    assert "Pacemaker has no equivalent." in lacking.text()
    not_blocked = shell.execute("Clear-FcmBlockedGroup db")
    assert "db is not blocked." in not_blocked.text()


def test_get_cluster_names_the_folder_of_the_shared_storage_of_the_hosts(
    shown: tuple[MainWindow, PacemakerByHand],
) -> None:
    workspace = shown[0].workspace
    assert workspace is not None
    assert ShellSession(workspace).execute("(Get-Cluster).SharedVolumesRoot").objects == ["/srv/vm"]


def test_shutting_the_cluster_down_says_what_is_shut_down_and_powershell_wants_force(
    shown: tuple[MainWindow, PacemakerByHand],
) -> None:
    workspace = shown[0].workspace
    assert workspace is not None
    text = shut_down_question(workspace.state, Selection(Place.CLUSTER))
    assert "will be shut down: " in text
    assert "destroy the cluster instead" in text
    results = ShellSession(workspace, lambda limit: None).execute("Stop-Cluster")
    assert not results.ok
    assert "add -Force" in results.text()
