"""The dialog that drains a node: the plan, the course, the summary."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLabel, QPushButton, QTreeWidget

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import GIB, MachineState, NodeState
from fcm.model.rules.moving.drains import drain_of
from fcm.model.telemetry import FinalFigures, Phase
from fcm.ui.dialogs.moves.drain import DrainDialog
from fcm.ui.tour.driver import Driver
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import NOW, formed, machine, migration, node, opened
from tests.ui.window_by_hand import named, window_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow
    from tests.ui.by_hand import Backend

DRIVER = Driver()


@pytest.fixture(autouse=True)
def _one_member(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcm.workspace.planning.preflight.MEMBERS", 1)


def three_nodes(qtbot: QtBot, folder: Path) -> tuple[MainWindow, Backend]:
    """node1 owns two machines that can move, a paused one that cannot, and one that is off."""

    def quiet(name: str, **about: object) -> object:
        return machine(name, **{"workload": "", "features": frozenset(), **about})

    machines = [
        quiet("Database", memory=8 * GIB),
        quiet("Web"),
        quiet("Still", state=MachineState.PAUSED),
        quiet("Archive", state=MachineState.OFF),
    ]
    nodes = [node("node1"), node("node2"), node("node3", memory=48 * GIB)]
    workspace, backend = opened(formed(machines, nodes=nodes))
    return window_of(qtbot, folder, workspace), backend


def drain_dialog(shown: MainWindow) -> QDialog:
    dialog = shown.show_dialog("drain", Selection(Place.NODE, "node1"))
    assert isinstance(dialog, DrainDialog)
    DRIVER.wait(lambda: "Predicted total" in total(dialog) or "moved" in total(dialog), "the plan")
    return dialog


def total(dialog: QDialog) -> str:
    return named(dialog, "Total", QLabel).text()


def rows(dialog: QDialog) -> list[list[str]]:
    table = named(dialog, "Moves", QTreeWidget)
    found = []
    for number in range(table.topLevelItemCount()):
        item = table.topLevelItem(number)
        shown = [column for column in range(table.columnCount()) if not table.isColumnHidden(column)]
        found.append([item.text(column) for column in shown])
    return found


def text(dialog: QDialog, name: str) -> str:
    return named(dialog, name, QLabel).text()


def test_the_plan_says_order_destination_memory_prediction_and_what_stays_why(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = three_nodes(qtbot, tmp_path)
    dialog = drain_dialog(shown)
    database, web, still = rows(dialog)
    assert database[:4] == ["1", "Database", "8\u00a0GiB", "node2"]
    assert database[4] == "7.3\u00a0s (assumed)"
    assert web[:4] == ["2", "Web", "4\u00a0GiB", "node2"]
    assert still[:2] == ["\u2013", "Still"]
    assert still[3] == "stays here"
    assert "not online (paused)" in still[5]
    assert total(dialog) == (
        "2 virtual machines move, 1 stays. Predicted total: 11.0\u00a0s, one after the other (2 assumed)."
    )
    assert "1 virtual machine is off or saved and stays" in text(dialog, "What else is on the node")
    assert backend.submitted == []
    dialog.close()


def test_moves_that_run_at_once_are_said_to_share_the_network(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = three_nodes(qtbot, tmp_path)
    cluster = shown.state.cluster
    assert cluster is not None
    backend.tell(ev.ClusterConfigured(replace(cluster, concurrent_migrations=2), ""))
    dialog = drain_dialog(shown)
    database, web, _ = rows(dialog)
    assert database[4] == "11.0\u00a0s (assumed)", "half of the network while both move, all of it afterwards"
    assert web[4] == "7.3\u00a0s (assumed)"
    assert "Predicted total: 11.0\u00a0s, up to 2 at once, which share the network (2 assumed)." in total(dialog)

    backend.tell(ev.ClusterConfigured(replace(cluster, concurrent_migrations=1), ""))
    DRIVER.wait(lambda: "one after the other" in total(dialog), "another limit")
    assert rows(dialog)[1][4] == "3.7\u00a0s (assumed)"
    dialog.close()


def test_a_destination_is_changed_in_the_table_and_predicted_anew(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = three_nodes(qtbot, tmp_path)
    dialog = drain_dialog(shown)
    table = named(dialog, "Moves", QTreeWidget)
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Home)
    QTest.keyClick(table, Qt.Key.Key_Return)
    box = named(dialog, "Destination", QComboBox)
    assert [box.itemText(number) for number in range(box.count())] == ["node2", "node3", "stays here"]
    QTest.keyClick(box, Qt.Key.Key_Down)
    QTest.keyClick(box, Qt.Key.Key_Return)
    DRIVER.wait(lambda: rows(dialog)[0][3] == "node3", "the other destination")
    assert backend.submitted == []
    DRIVER.wait(lambda: "Predicted total" in total(dialog), "its prediction")
    assert "Database = 'node3'; Web = 'node2'" in dialog.power_shell.text()  # type: ignore[attr-defined]

    named(dialog, "Drain", QPushButton).click()
    (command,) = backend.submitted
    assert isinstance(command, cmd.DrainNode)
    assert [(move.machine, move.destination) for move in command.moves or ()] == [
        ("vm-Database", "node3"),
        ("vm-Web", "node2"),
    ]
    assert (command.moves or ())[0].predicted == pytest.approx(8 * GIB / (1_250_000_000 * 0.94))
    dialog.close()


def test_machines_that_all_stay_make_no_drain_and_the_reason_is_shown(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = three_nodes(qtbot, tmp_path)
    dialog = drain_dialog(shown)
    table = named(dialog, "Moves", QTreeWidget)
    for number in (0, 1):
        table.setFocus()
        table.setCurrentItem(table.topLevelItem(number))
        QTest.keyClick(table, Qt.Key.Key_F2)
        box = named(dialog, "Destination", QComboBox)
        QTest.keyClick(box, Qt.Key.Key_End)
        QTest.keyClick(box, Qt.Key.Key_Return)
        DRIVER.wait(lambda number=number: rows(dialog)[number][3] == "stays here", "the choice")
    assert "No machine was chosen to move." in text(dialog, "Message")
    assert not named(dialog, "Drain", QPushButton).isEnabled()
    dialog.close()


def begun(shown: MainWindow, backend: Backend) -> str:
    """A drain of node1 in the state, its migrations wait."""
    state = shown.state
    drain = drain_of(cmd.DrainNode("node1"), state, NOW)
    requests = [
        migration(
            state.machines[move.machine], move.destination, n, phase=Phase.WAITING, drain=drain.id, reason="Busy."
        )
        for n, move in enumerate(drain.moves, 1)
    ]
    backend.tell(ev.NodeDrainBegun(drain), ev.NodeChanged(node("node1", NodeState.PAUSED)))
    backend.tell(*(ev.MigrationRequested(one) for one in requests))
    return drain.id


def test_while_it_runs_actual_stands_beside_predicted_and_all_can_be_canceled(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = three_nodes(qtbot, tmp_path)
    begun(shown, backend)
    DRIVER.wait(lambda: bool(shown.state.drains), "the drain")
    dialog = drain_dialog(shown)
    backend.tell(ev.MigrationPhaseEntered("m1", Phase.SETUP), at=1)
    backend.tell(ev.MigrationHandedOver("m1"), ev.MigrationCompleted("m1", FinalFigures(9.0, 0.2, GIB, 3)), at=10)
    DRIVER.wait(lambda: rows(dialog)[0][6] == "Moved", "the first move")
    assert rows(dialog)[0][5] == "9.0\u00a0s"
    assert rows(dialog)[1][6] == "Waits: Busy."
    shown.select(Selection(Place.NODE, "node1"))
    assert named(shown, "Status: Paused: draining, 1 of 2 moves finished", QLabel)
    named(dialog, "Cancel all", QPushButton).click()
    assert backend.submitted == [cmd.CancelMigrations("node1")]
    dialog.close()


def test_after_it_a_summary_says_what_failed_and_can_be_copied(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = three_nodes(qtbot, tmp_path)
    drain = begun(shown, backend)
    DRIVER.wait(lambda: bool(shown.state.drains), "the drain")
    dialog = drain_dialog(shown)
    backend.tell(ev.MigrationPhaseEntered("m1", Phase.SETUP), at=1)
    backend.tell(ev.MigrationHandedOver("m1"), ev.MigrationCompleted("m1", FinalFigures(9.0, 0.2, GIB, 3)), at=10)
    backend.tell(ev.MigrationFailed("m2", "node2 lost its link.", "Repair it."), ev.NodeDrainEnded(drain), at=20)
    DRIVER.wait(lambda: "1 of 2 machines moved in" in total(dialog), "the end")
    assert rows(dialog)[1][6] == "Failed: node2 lost its link. Repair it."
    named(dialog, "Copy summary", QPushButton).click()
    copied = QApplication.clipboard().text()
    assert "1 of 2 machines were moved." in copied
    assert "failed: node2 lost its link." in copied
    assert "node1 is paused: nothing can move to it until it is resumed." in copied
    named(dialog, "Plan again", QPushButton).click()
    DRIVER.wait(lambda: "Predicted total" in total(dialog), "another plan")
    named(dialog, "Show last drain", QPushButton).click()
    assert "1 of 2 machines moved in" in total(dialog)
    dialog.close()


def test_a_refused_drain_says_why_and_keeps_the_plan(qtbot: QtBot, tmp_path: Path) -> None:
    from fcm.model.rules.verdict import no

    shown, backend = three_nodes(qtbot, tmp_path)
    backend.answer = lambda operation: operation.finish(no("The hosts are busy.", "Try again."))
    dialog = drain_dialog(shown)
    named(dialog, "Drain", QPushButton).click()
    DRIVER.wait(lambda: "The hosts are busy." in dialog.notice.text(), "the refusal")  # type: ignore[attr-defined]
    assert named(dialog, "Drain", QPushButton).isEnabled()
    assert len(rows(dialog)) == 3
    dialog.close()
