"""How a node is emptied before maintenance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fcm.model import events as ev
from fcm.model.entities import GIB, MachineState, NodeState
from fcm.workspace.drain import plan_drain
from tests.ui.by_hand import formed, machine, migration, node, opened

if TYPE_CHECKING:
    from fcm.model.entities import VirtualMachine
    from fcm.workspace.workspace import Workspace


@pytest.fixture(autouse=True)
def _one_member(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcm.workspace.preflight.MEMBERS", 1)


def quiet(name: str, at: str = "node1", **about: Any) -> VirtualMachine:
    return machine(name, at, **{"workload": "", "features": frozenset(), **about})


def cluster(*machines: VirtualMachine, **memory: int) -> Workspace:
    nodes = [node(name, memory=memory.get(name, 64) * GIB) for name in ("node1", "node2", "node3")]
    return opened(formed(machines, nodes=nodes))[0]


def test_the_largest_machine_chooses_first_and_each_goes_where_most_memory_is_free() -> None:
    workspace = cluster(quiet("SMALL", memory=4 * GIB), quiet("LARGE", memory=16 * GIB), node2=40, node3=32)

    plan = plan_drain(workspace, "node1")

    assert [(move.machine, move.command.destination) for move in plan.moves] == [
        ("LARGE", "node2"),  # 38 GiB free against 30
        ("SMALL", "node3"),  # 22 against 30
    ]
    assert plan.is_complete


def test_every_move_may_be_submitted_in_the_state_in_which_it_was_planned() -> None:
    workspace = cluster(*(quiet(f"VM{number}") for number in range(4)))

    plan = plan_drain(workspace, "node1")

    assert len(plan.moves) == 4
    assert all(workspace.allowed(move.command) for move in plan.moves)


def test_a_machine_that_fits_nowhere_stays_with_the_reason_of_every_node() -> None:
    workspace = cluster(quiet("HUGE", memory=40 * GIB), node2=16, node3=8)

    (staying,) = plan_drain(workspace, "node1").staying

    assert staying.machine == "HUGE"
    assert "node2 has" in staying.reason
    assert "node3 has" in staying.reason
    assert "Shut down or move machines there" in staying.remedy


def test_memory_that_an_earlier_choice_takes_is_not_given_twice() -> None:
    workspace = cluster(quiet("A", memory=8 * GIB), quiet("B", memory=8 * GIB), node2=12, node3=4)

    plan = plan_drain(workspace, "node1")

    assert [move.machine for move in plan.moves] == ["A"]
    assert [item.machine for item in plan.staying] == ["B"]


def test_machines_that_are_off_or_elsewhere_are_left_alone() -> None:
    workspace = cluster(quiet("OFF", state=MachineState.OFF), quiet("ELSEWHERE", at="node2"))

    plan = plan_drain(workspace, "node1")

    assert (plan.moves, plan.staying) == ((), ())


def test_a_paused_machine_stays_because_only_running_ones_move() -> None:
    (staying,) = plan_drain(cluster(quiet("STILL", state=MachineState.PAUSED)), "node1").staying

    assert "not online (paused)" in staying.reason


def test_a_machine_that_is_on_its_way_already_is_not_moved_twice() -> None:
    vm = quiet("WEB")
    workspace, _ = opened(formed([vm]), ev.MigrationRequested(migration(vm, "node3")))

    (staying,) = plan_drain(workspace, "node1").staying

    assert staying.reason == "WEB is being moved to node3 already."


def test_a_node_that_is_down_or_paused_is_no_destination() -> None:
    nodes = [node("node1"), node("node2", NodeState.PAUSED), node("node3", memory=16 * GIB)]
    workspace, _ = opened(formed([quiet("WEB")], nodes=nodes))

    (move,) = plan_drain(workspace, "node1").moves

    assert move.command.destination == "node3"


def test_durations_are_forecast_where_the_writing_is_known_and_called_assumed_where_it_is_not() -> None:
    workspace = cluster(quiet("KNOWN", workload="web-server", memory=GIB), quiet("UNKNOWN", memory=2 * GIB))

    plan = plan_drain(workspace, "node1")

    assert [(move.machine, move.basis) for move in plan.moves] == [("UNKNOWN", "assumed"), ("KNOWN", "forecast")]
    assert plan.moves[0].duration == pytest.approx(2 * GIB / (1_250_000_000 * 0.94))
    assert plan.duration == pytest.approx(sum(move.duration or 0 for move in plan.moves))


def test_a_node_that_is_not_there_is_no_node_to_empty() -> None:
    with pytest.raises(KeyError):
        plan_drain(cluster(), "node9")
