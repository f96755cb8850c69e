"""Hundreds and thousands of selected machines: what is offered is the same as for few, and found when it is wanted."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from fcm.model import commands as cmd
from fcm.model.entities import MIB, MachineState
from fcm.ui.tables.table_model import Column, TableModel
from fcm.ui.tables.table_view import TableView
from fcm.ui.window import many_moves
from fcm.ui.window.many_moves import Commands, ManyMoves, fitting
from fcm.ui.window.qactions import JUDGED, Entry, commands_of, entries, fill_menu
from fcm.workspace.files.settings import Settings
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import formed, machine, opened

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.model.entities import VirtualMachine
    from fcm.workspace.workspace import Workspace

MANY = 250
STATES = (MachineState.RUNNING, MachineState.RUNNING, MachineState.OFF, MachineState.SAVED)


def some_machines(seed: int) -> list[VirtualMachine]:
    draw = random.Random(seed)
    return [
        machine(
            f"VM{n:03}", draw.choice(("node1", "node1", "node2")), state=draw.choice(STATES),
            memory=draw.choice((64, 256, 512, 900)) * MIB,
        )
        for n in range(MANY)
    ]  # fmt: skip


def offered(workspace: Workspace, chosen: list[Selection]) -> dict[str, Entry]:
    return {entry.action.id: entry for entry in entries(workspace, chosen)}


@pytest.mark.parametrize("seed", range(6))
def test_many_are_offered_what_asking_for_each_pair_of_machine_and_node_would_give(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines = some_machines(seed)
    workspace, _ = opened(formed(machines))
    chosen = [Selection(Place.MACHINE, one.id) for one in machines]
    late = offered(workspace, chosen)
    monkeypatch.setattr(many_moves, "PAIRS", 10**9)
    at_once = offered(workspace, chosen)
    assert late.keys() == at_once.keys()
    for name in ("live-migrate", "quick-migrate", "move-machine"):
        assert isinstance(late[name].choices, ManyMoves)
        assert not isinstance(at_once[name].choices, ManyMoves)
        assert late[name].verdict == at_once[name].verdict
        found = [(one.label, one.verdict, list(one.commands), one.icon) for one in late[name].choices]
        assert found == [(one.label, one.verdict, list(one.commands), one.icon) for one in at_once[name].choices]
        assert found


def test_nodes_are_offered_though_all_first_machines_are_on_one_of_them() -> None:
    machines = [machine(f"VM{n:03}", "node1" if n < 200 else "node2", memory=MIB) for n in range(MANY)]
    workspace, _ = opened(formed(machines))
    chosen = [Selection(Place.MACHINE, one.id) for one in machines]
    labels = [one.label for one in offered(workspace, chosen)["live-migrate"].choices]
    assert [label.split(" (")[0] for label in labels] == [
        "1 - Live migrate to node node1", "2 - Live migrate to node node2", "3 - Live migrate to node node3",
    ]  # fmt: skip


def test_a_submenu_of_many_is_filled_when_it_opens_with_what_is_so_then(qtbot: QtBot) -> None:
    machines = [machine(f"VM{n:03}", "node1", memory=MIB) for n in range(MANY)]
    workspace, _ = opened(formed(machines))
    menu = QMenu()
    qtbot.addWidget(menu)
    performed: list[object] = []
    fill_menu(
        menu,
        entries(workspace, [Selection(Place.MACHINE, one.id) for one in machines]),
        lambda entry, choice: performed.append((entry, choice)),
    )
    below = next(action for action in menu.actions() if action.objectName() == "live-migrate").menu()
    assert isinstance(below, QMenu)
    assert not below.actions()
    below.aboutToShow.emit()
    below.aboutToShow.emit()
    assert [action.text() for action in below.actions()] == [
        "1 - Live migrate to node node2", "2 - Live migrate to node node3",
    ]  # fmt: skip
    below.actions()[0].trigger()
    ((entry, choice),) = performed
    moves = commands_of(entry, choice, workspace)
    assert list(moves) == [cmd.LiveMigrate(one.id, "node2") for one in machines]


def test_a_failure_of_many_is_asked_for_the_first_and_made_for_all() -> None:
    machines = [machine(f"VM{n:03}", "node1", memory=MIB) for n in range(JUDGED + 50)]
    workspace, _ = opened(formed(machines))
    entry = offered(workspace, [Selection(Place.MACHINE, one.id) for one in machines])["simulate-failure"]
    hang = entry.choices[0]
    assert len(commands_of(entry, hang, workspace)) == JUDGED + 50
    assert [one.target for one in hang.commands[:2]] == ["vm-VM000", "vm-VM001"]  # type: ignore[union-attr]


def test_commands_are_made_one_by_one_and_cut_without_making_them() -> None:
    some = Commands(cmd.LiveMigrate("a", "node2"), ("a", "b", "c"))
    assert len(some) == 3
    assert some[1] == cmd.LiveMigrate("b", "node2")
    assert isinstance(some[1:], Commands)
    assert list(some[1:]) == [cmd.LiveMigrate("b", "node2"), cmd.LiveMigrate("c", "node2")]


def test_the_first_machine_is_always_sent_and_smaller_ones_fill_what_is_left() -> None:
    assert fitting([("a", 9), ("b", 3), ("c", 1)], 4) == ("a",)
    assert fitting([("a", 2), ("b", 3), ("c", 1), ("d", 1), ("e", 1)], 4) == ("a", "c", "d")
    assert fitting([("a", 2), ("b", 2)], 4) == ("a", "b")


def test_all_rows_are_selected_as_one_range_and_selected_again_after_a_reset(qtbot: QtBot, tmp_path: Path) -> None:
    model = TableModel([Column("Name", str), Column("Length", lambda i: str(len(i)))])
    view = TableView("Things", model, Settings(tmp_path / "settings.json"))
    qtbot.addWidget(view)
    model.set_ids(str(number) for number in range(3000))
    QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(view.selected_ids()) == 3000
    wanted = [str(number) for number in range(3000) if number % 3]
    view.select_ids(wanted)
    assert view.selected_ids() == sorted(wanted, key=model.row_of)  # type: ignore[arg-type]
    assert len(view.selectionModel().selection().toList()) == 1000
