"""The window on a Pacemaker cluster in trouble: what waits, what is unknown, and the remedy where it is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QDialog, QLabel, QPushButton, QTableView, QToolButton

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import FencingState, NodeState
from fcm.model.failures import Candidate, Failover
from fcm.ui.dialogs.confirm_node_off import ConfirmNodeOffDialog
from fcm.ui.tour.driver import Driver
from fcm.ui.window.qactions import entries
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
        "Waiting: node3 could not be fenced; confirm that it is off. Whether mail, files run there is not known.",
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
        "Waiting: node3 is lost and is being fenced. Then its virtual machines start elsewhere. Whether mail, files "
        "run there is not known."
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
    assert "To try it" not in page.explainer._nothing.words.text()
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


def test_every_link_of_the_strip_can_be_reached_by_the_keyboard(shown: tuple[MainWindow, PacemakerByHand]) -> None:
    window, _ = shown
    _at(window, Place.CLUSTER)
    links = [one for one in named(window, "Waiting for you").findChildren(QAbstractButton) if one.isVisible()]
    assert len(links) == 2
    assert all(one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.accessibleName() for one in links)
