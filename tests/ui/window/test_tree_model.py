"""The console tree: order, appearance of nodes, changes as few rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from fcm.model import events as ev
from fcm.model.state import Change, State, apply
from fcm.ui.window.panes.tree_model import ROOT, TreeModel, parent_of
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import formed, machine

if TYPE_CHECKING:
    import pytest
    from pytestqt.qtbot import QtBot

CONTAINERS = [
    "Services and applications",
    "Nodes",
    "Cluster Shared Volumes",
    "Storage",
    "Networks",
    "Cluster Events",
    "Map",
]


def after(*events: ev.Event) -> State:
    state = State()
    for number, event in enumerate(events, 1):
        state, _ = apply(state, ev.Entry(number, 0.0, event))
    return state


def tree(state: State) -> TreeModel:
    made = TreeModel()
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Warning, made)
    made.show(state)
    return made


def below(model: TreeModel, selection: Selection) -> list[str]:
    index = model.index_of(selection)
    return [model.index(row, 0, index).data() for row in range(model.rowCount(index))]


def test_without_a_cluster_there_is_the_root_alone(qapp: object) -> None:
    model = tree(State())
    assert model.rowCount() == 1
    assert model.index(0, 0).data() == "Failover Cluster Manager"
    assert below(model, ROOT) == []


def test_the_nodes_below_a_cluster_are_in_the_order_of_the_console(qapp: object) -> None:
    model = tree(after(formed([machine("Web")])))
    assert below(model, ROOT) == ["contoso.contoso.com"]
    assert below(model, Selection(Place.CLUSTER)) == CONTAINERS


def test_cluster_shared_volumes_appear_only_once_they_are_enabled(qapp: object) -> None:
    state = after(formed(with_volumes=False))
    model = tree(state)
    assert "Cluster Shared Volumes" not in below(model, Selection(Place.CLUSTER))
    state, change = apply(state, ev.Entry(2, 0.0, ev.SharedVolumesEnabled()))
    model.show(state, change)
    assert below(model, Selection(Place.CLUSTER)) == CONTAINERS


def test_services_list_clustered_machines_by_name_and_no_others(qapp: object) -> None:
    model = tree(after(formed([machine("web"), machine("Archive"), machine("loose", clustered=False)])))
    assert below(model, Selection(Place.SERVICES)) == ["Archive", "web"]


def test_a_new_machine_is_one_new_row(qtbot: QtBot) -> None:
    state = after(formed([machine("a"), machine("c")]))
    model = tree(state)
    kept = QPersistentModelIndex(model.index_of(Selection(Place.MACHINE, "vm-c")))
    state, change = apply(state, ev.Entry(2, 0.0, ev.MachineCreated(machine("b"))))
    with qtbot.waitSignal(model.rowsInserted) as said:
        model.show(state, change)
    assert [said.args[1], said.args[2]] == [1, 1]
    assert kept.data() == "c"
    assert kept.row() == 2


def test_a_renamed_machine_moves_to_its_place(qapp: object) -> None:
    state = after(formed([machine("a"), machine("b")]))
    model = tree(state)
    renamed = machine("z", id="vm-a", group="group-a")
    state, change = apply(state, ev.Entry(2, 0.0, ev.MachineChanged(renamed)))
    model.show(state, change)
    assert below(model, Selection(Place.SERVICES)) == ["b", "z"]
    assert model.index_of(Selection(Place.MACHINE, "vm-a")).row() == 1


def test_a_changed_state_repaints_its_row_and_no_other(qtbot: QtBot) -> None:
    state = after(formed([machine("a")]))
    model = tree(state)
    state, change = apply(state, ev.Entry(2, 0.0, ev.NodeChanged(state.nodes["node2"])))
    rows: list[str] = []
    model.dataChanged.connect(lambda first, _last: rows.append(first.data()))
    model.show(state, change)
    assert sorted(rows) == ["contoso.contoso.com", "node2"]


def test_a_row_says_its_state_to_a_screen_reader(qapp: object) -> None:
    model = tree(after(formed([machine("a")])))
    index = model.index_of(Selection(Place.NODE, "node1"))
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "node1: Up"


def test_every_row_knows_its_parent_and_its_selection(qapp: object) -> None:
    model = tree(after(formed([machine("a"), machine("b")])))

    def walk(index: QModelIndex) -> int:
        number = 1
        assert model.index_of(model.selection(index)) == index
        for row in range(model.rowCount(index)):
            child = model.index(row, 0, index)
            assert model.parent(child) == index
            number += walk(child)
        return number

    assert walk(model.index(0, 0)) == 1 + 1 + 7 + 2 + 3 + 4


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=40)
@given(some.lists(some.sets(some.integers(0, 40)), min_size=1, max_size=6))
def test_the_tree_always_shows_the_machines_of_the_state(qapp: object, steps: list[set[int]]) -> None:
    model = TreeModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    for numbers in steps:
        names = [f"vm{number:02}" for number in numbers]
        model.show(after(formed([machine(name) for name in names])), Change(structural=True))
        assert below(model, Selection(Place.SERVICES)) == sorted(names)


def test_thousands_of_new_machines_are_one_change(qtbot: QtBot) -> None:
    model = TreeModel()
    model.show(after(formed([machine(f"m{number:04}") for number in range(0, 3000, 2)])))
    signals: list[int] = []
    model.rowsInserted.connect(lambda *_: signals.append(1))
    model.rowsRemoved.connect(lambda *_: signals.append(1))
    model.show(after(formed([machine(f"m{number:04}") for number in range(1, 3000, 2)])), Change(structural=True))
    assert len(signals) <= 4
    assert model.rowCount(model.index_of(Selection(Place.SERVICES))) == 1500


def test_one_level_up_leads_to_the_root_from_everywhere() -> None:
    state = after(formed([machine("a")]))
    places = {
        Place.MACHINE: "vm-a", Place.NODE: "node1", Place.VOLUME: "disk-2", Place.DISK: "disk-1",
        Place.NETWORK: "net-1", Place.ADAPTER: "node1-net-1", Place.RESOURCE: "res-a",
    }  # fmt: skip
    for place in Place:
        selection: Selection | None = Selection(place, places.get(place, ""))
        steps = 0
        while selection is not None and selection != ROOT:
            selection = parent_of(selection, state)
            steps += 1
        assert selection == ROOT
        assert steps <= 5


def test_icons_of_all_rows_exist(qapp: object, caplog: pytest.LogCaptureFixture) -> None:
    model = tree(after(formed([machine("a")])))
    for selection in (ROOT, Selection(Place.CLUSTER), Selection(Place.MACHINE, "vm-a"), Selection(Place.NODE, "node1")):
        assert not model.index_of(selection).data(Qt.ItemDataRole.DecorationRole).isNull()
