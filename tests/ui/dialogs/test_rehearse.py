"""Rehearse: the result beside today; nothing happens until Do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QPlainTextEdit, QPushButton, QTableView

from fcm.backend.embedded import open_embedded
from fcm.model import commands as cmd
from fcm.model.entities import NodeState
from fcm.ui.dialogs.moves.drain import DrainDialog
from fcm.ui.dialogs.rehearsal.rehearse import RehearseDialog
from fcm.ui.tour.driver import Driver
from fcm.workspace.actions.catalog import BY_ID
from fcm.workspace.planning.rehearsal import important
from fcm.workspace.selection import Place, Selection
from fcm.workspace.workspace import Workspace
from tests.ui.window_by_hand import busy_window, named, window_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow
    from fcm.workspace.planning.rehearsal import EventLine, Rehearsal

DRIVER = Driver()
NODE = Selection(Place.NODE, "node1")


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """A window of the shipped cluster, whose time stands still."""
    workspace = Workspace(open_embedded("contoso", seed=1, start_time=1_000_000.0))
    workspace.open()
    return window_of(qtbot, tmp_path, workspace)


def rehearsal(
    shown: MainWindow, selection: Selection = NODE, label: str = "Stop the cluster service"
) -> RehearseDialog:
    dialog = shown.show_dialog("rehearse", selection)
    assert isinstance(dialog, RehearseDialog)
    box = named(dialog, "What happens", QComboBox)
    box.setCurrentIndex(next(number for number in range(box.count()) if label in box.itemText(number)))
    result(dialog)
    return dialog


def result(dialog: RehearseDialog) -> Rehearsal:
    DRIVER.wait(lambda: dialog.found is not None, "the result")
    assert dialog.found is not None
    return dialog.found


def cells(dialog: RehearseDialog, name: str) -> list[list[str]]:
    model = named(dialog, name, QTableView).model()
    columns = range(model.columnCount())
    return [[str(model.index(row, column).data()) for column in columns] for row in range(model.rowCount())]


def press(dialog: RehearseDialog | DrainDialog, name: str) -> None:
    QTest.mouseClick(named(dialog, name, QPushButton), Qt.MouseButton.LeftButton)


def test_it_shows_each_machine_today_and_afterwards(shown: MainWindow) -> None:
    dialog = rehearsal(shown)
    found = {row[0]: row for row in cells(dialog, "Machines of the rehearsal")}
    assert set(found) == {"SQL01", "WEB01", "DC01", "WEB02"}
    assert found["SQL01"][1:3] == ["node1, Running", "node2, Running"]
    assert found["SQL01"][3].endswith("s")
    assert "4 virtual machines are unavailable for" in named(dialog, "Result", QLabel).text()
    dialog.close()


def test_it_shows_the_votes_and_the_events(shown: MainWindow) -> None:
    dialog = rehearsal(shown)
    dialog.tabs.setCurrentIndex(1)
    votes = cells(dialog, "Votes of the rehearsal")
    assert votes[0][:2] == ["today", "4 of 4"]
    assert votes[1][1] == "3 of 4"
    dialog.tabs.setCurrentIndex(2)
    few = cells(dialog, "Events of the rehearsal")
    named(dialog, "Only important events", QCheckBox).setChecked(False)
    assert len(cells(dialog, "Events of the rehearsal")) > len(few) > 0
    dialog.close()


def test_nothing_happens_to_the_cluster_until_do_it(shown: MainWindow) -> None:
    before = shown.state
    dialog = rehearsal(shown)
    assert shown.state == before
    assert named(dialog, "PowerShell", QPlainTextEdit).toPlainText() == "Stop-ClusterNode node1"
    press(dialog, "Do it")
    DRIVER.wait(lambda: not shown.state.nodes["node1"].state.is_member, "the node to stop")


def test_discard_closes_it_and_does_nothing(shown: MainWindow) -> None:
    before = shown.state
    dialog = rehearsal(shown)
    closed: list[int] = []
    dialog.finished.connect(closed.append)
    press(dialog, "Discard")
    assert shown.state == before
    assert not any(isinstance(one, RehearseDialog) and one.isVisible() for one in QApplication.topLevelWidgets())


def test_another_choice_is_rehearsed_at_once(shown: MainWindow) -> None:
    dialog = rehearsal(shown)
    box = named(dialog, "What happens", QComboBox)
    box.setCurrentIndex(next(n for n in range(box.count()) if box.itemText(n) == "Drain node1"))
    assert dialog.found is None
    assert not named(dialog, "Do it", QPushButton).isEnabled()
    assert result(dialog).commands == (cmd.DrainNode("node1"),)
    dialog.close()


def test_what_the_cluster_would_refuse_cannot_be_done(shown: MainWindow) -> None:
    assert shown.workspace is not None
    shown.workspace.submit(cmd.StopClusterService("node3"))
    shown.workspace.drain(60.0)
    dialog = rehearsal(shown, Selection(Place.NODE, "node3"))
    assert "would refuse this" in named(dialog, "Result", QLabel).text()
    assert not named(dialog, "Do it", QPushButton).isEnabled()
    dialog.close()


def test_a_change_of_the_cluster_makes_the_result_old(shown: MainWindow) -> None:
    dialog = rehearsal(shown)
    shown.submit(cmd.PauseNode("node2"))
    DRIVER.wait(lambda: shown.state.nodes["node2"].state is NodeState.PAUSED, "the pause")
    DRIVER.wait(lambda: "has changed since" in dialog.notice.text(), "the notice")
    press(dialog, "Rehearse again")
    result(dialog)
    assert dialog.notice.text() == ""
    dialog.close()


def test_the_reason_of_the_selected_machine_is_shown_whole(shown: MainWindow) -> None:
    dialog = rehearsal(shown)
    found = result(dialog).fates[0]
    dialog.machines.select_ids([found.machine])
    assert named(dialog, "Why", QLabel).text() == f"{found.name}: {found.why}"
    dialog.close()


def test_the_text_of_the_selected_event_is_shown_whole(shown: MainWindow) -> None:
    dialog = rehearsal(shown, label="loses its power")
    dialog.tabs.setCurrentIndex(2)
    removed = [row for row in cells(dialog, "Events of the rehearsal") if row[2] == "1135"]
    assert {row[3] for row in removed} == {"node2", "node3"}
    dialog.events.select_ids([next(i for i, e in enumerate_events(dialog) if e.id == 1135)])
    assert named(dialog, "Text of the event", QLabel).text().startswith("Cluster node 'node1' was removed from")
    dialog.close()


def enumerate_events(dialog: RehearseDialog) -> list[tuple[str, EventLine]]:
    return [(str(number), event) for number, event in enumerate(important(result(dialog).events))]


def test_the_result_can_be_copied(shown: MainWindow) -> None:
    dialog = rehearsal(shown)
    press(dialog, "Copy result")
    text = QApplication.clipboard().text()
    assert text.startswith("Stop the cluster service of node1.")
    assert "SQL01" in text
    dialog.close()


@pytest.mark.parametrize("place", [Place.CLUSTER, Place.NODE, Place.DISK, Place.NETWORK, Place.MACHINE])
def test_it_can_be_opened_on_every_kind_of_thing(shown: MainWindow, place: Place) -> None:
    state = shown.state
    identity = {
        Place.NODE: "node2",
        Place.DISK: next(iter(state.disks)),
        Place.NETWORK: next(iter(state.networks)),
        Place.MACHINE: next(iter(state.machines)),
    }.get(place, "")
    selection = Selection(place, identity)
    assert shown.workspace is not None
    assert BY_ID["rehearse"].verdict(state, selection, shown.workspace.capabilities)
    dialog = shown.show_dialog("rehearse", selection)
    assert isinstance(dialog, RehearseDialog)
    DRIVER.wait(lambda: dialog.found is not None, "the result")
    dialog.close()


def test_closing_it_ends_a_rehearsal_that_runs(shown: MainWindow) -> None:
    dialog = shown.show_dialog("rehearse", NODE)
    assert isinstance(dialog, RehearseDialog)
    dialog.close()
    assert shown.workspace is not None


def test_a_planned_drain_is_rehearsed_and_carried_out_from_there(shown: MainWindow) -> None:
    drain = shown.show_dialog("drain", NODE)
    assert isinstance(drain, DrainDialog)
    DRIVER.wait(lambda: drain.go.isEnabled(), "the plan")
    press(drain, "Rehearse...")
    dialog = next(one for one in shown.findChildren(RehearseDialog) if one.isVisible())
    assert named(dialog, "What happens", QComboBox).currentText() == "Drain node1 as planned"
    assert {fate.why for fate in result(dialog).fates} == {"Live migrated."}
    press(dialog, "Do it")
    DRIVER.wait(lambda: "is being drained" in drain.findChildren(QLabel)[0].text(), "the course")
    assert shown.state.nodes["node1"].state is NodeState.PAUSED
    drain.close()


def test_real_hosts_cannot_be_rehearsed_and_the_menu_says_why(qtbot: QtBot, tmp_path: Path) -> None:
    window, _ = busy_window(qtbot, tmp_path)
    assert window.workspace is not None
    verdict = BY_ID["rehearse"].verdict(window.state, NODE, window.workspace.capabilities)
    assert not verdict
    assert "Failures of real hosts cannot be rehearsed" in verdict.reason
