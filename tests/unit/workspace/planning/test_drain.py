"""How a node is emptied before maintenance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import GIB, MachineState, NodeState
from fcm.model.rules.moving.drains import drain_of
from fcm.model.telemetry import FinalFigures, Phase
from fcm.workspace.actions.powershell import powershell
from fcm.workspace.planning.drain import course, plan_drain, summary
from tests.ui.by_hand import NOW, formed, machine, migration, node, opened, row

if TYPE_CHECKING:
    from fcm.model.entities import VirtualMachine
    from fcm.model.migrations import Drain
    from fcm.workspace.workspace import Workspace
    from tests.ui.by_hand import Backend


@pytest.fixture(autouse=True)
def _one_member(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcm.workspace.planning.preflight.MEMBERS", 1)


def quiet(name: str, at: str = "node1", **about: Any) -> VirtualMachine:
    return machine(name, at, **{"workload": "", "features": frozenset(), **about})


def cluster(*machines: VirtualMachine, **memory: int) -> Workspace:
    nodes = [node(name, memory=memory.get(name, 64) * GIB) for name in ("node1", "node2", "node3")]
    return opened(formed(machines, nodes=nodes))[0]


def test_the_largest_machine_chooses_first_and_each_goes_where_most_memory_is_free() -> None:
    workspace = cluster(quiet("SMALL", memory=4 * GIB), quiet("LARGE", memory=16 * GIB), node2=40, node3=32)

    plan = plan_drain(workspace, "node1")

    assert [(move.name, move.destination) for move in plan.moves] == [
        ("LARGE", "node2"),  # 38 GiB free against 30
        ("SMALL", "node3"),  # 22 against 30
    ]
    assert plan.is_complete


def test_every_move_may_be_submitted_in_the_state_in_which_it_was_planned() -> None:
    workspace = cluster(*(quiet(f"VM{number}") for number in range(4)))

    plan = plan_drain(workspace, "node1")

    assert len(plan.moves) == 4
    assert workspace.allowed(plan.command())
    assert all(workspace.allowed(cmd.LiveMigrate(move.machine, move.destination)) for move in plan.moves)


def test_a_drain_that_has_nothing_to_move_names_no_destinations() -> None:
    workspace = cluster(quiet("OFF", state=MachineState.OFF))
    assert plan_drain(workspace, "node1").command() == cmd.DrainNode("node1")
    assert powershell(plan_drain(workspace, "node1").command(), workspace.state) == "Suspend-ClusterNode node1 -Drain"


def test_a_drain_whose_machines_all_stay_moves_none_of_them() -> None:
    workspace = cluster(quiet("LARGE", memory=32 * GIB), node2=16, node3=16)
    plan = plan_drain(workspace, "node1")
    assert plan.staying
    assert plan.command() == cmd.DrainNode("node1", ())


def test_a_machine_that_fits_nowhere_stays_with_the_reason_of_every_node() -> None:
    workspace = cluster(quiet("HUGE", memory=40 * GIB), node2=16, node3=8)

    (staying,) = plan_drain(workspace, "node1").staying

    assert staying.machine == "vm-HUGE"
    assert "node2 has" in staying.reason
    assert "same applies to node3" in staying.reason
    assert "Shut down or move other machines there" in staying.remedy


def test_memory_that_an_earlier_choice_takes_is_not_given_twice() -> None:
    workspace = cluster(quiet("A", memory=8 * GIB), quiet("B", memory=8 * GIB), node2=12, node3=4)

    plan = plan_drain(workspace, "node1")

    assert [move.name for move in plan.moves] == ["A"]
    assert [item.machine for item in plan.staying] == ["vm-B"]


def test_machines_that_are_off_or_elsewhere_are_left_alone() -> None:
    workspace = cluster(quiet("OFF", state=MachineState.OFF), quiet("ELSEWHERE", at="node2"))

    plan = plan_drain(workspace, "node1")

    assert (plan.moves, plan.staying, plan.off) == ((), (), 1)


def test_a_paused_machine_stays_because_only_running_ones_move() -> None:
    (staying,) = plan_drain(cluster(quiet("STILL", state=MachineState.PAUSED)), "node1").staying

    assert "not online (paused)" in staying.reason


def test_a_machine_that_is_on_its_way_already_is_not_moved_twice() -> None:
    vm = quiet("WEB")
    workspace, _ = opened(formed([vm]), ev.MigrationRequested(migration(vm, "node3")))

    (staying,) = plan_drain(workspace, "node1").staying

    assert staying.reason == "WEB is already being moved to node3."


def test_a_node_that_is_down_or_paused_is_no_destination() -> None:
    nodes = [node("node1"), node("node2", NodeState.PAUSED), node("node3", memory=16 * GIB)]
    workspace, _ = opened(formed([quiet("WEB")], nodes=nodes))

    (move,) = plan_drain(workspace, "node1").moves

    assert move.destination == "node3"


def test_durations_are_forecast_where_the_writing_is_known_and_called_assumed_where_it_is_not() -> None:
    workspace = cluster(quiet("KNOWN", workload="web-server", memory=GIB), quiet("UNKNOWN", memory=2 * GIB))

    plan = plan_drain(workspace, "node1")

    assert [(move.name, move.basis) for move in plan.moves] == [("UNKNOWN", "assumed"), ("KNOWN", "forecast")]
    assert plan.moves[0].duration == pytest.approx(2 * GIB / (1_250_000_000 * 0.94))
    assert plan.makespan == pytest.approx(sum(move.duration or 0 for move in plan.moves))


def test_a_node_that_is_not_there_is_no_node_to_empty() -> None:
    with pytest.raises(KeyError):
        plan_drain(cluster(), "node9")


def begun(workspace: Workspace, backend: Backend) -> Drain:
    """A drain of node1 as its plan has it, its two migrations requested."""
    plan = plan_drain(workspace, "node1")
    drain = drain_of(plan.command(), workspace.state, NOW)
    requests = [
        migration(workspace.state.machines[move.machine], move.destination, n, phase=Phase.WAITING, drain=drain.id)
        for n, move in enumerate(drain.moves, 1)
    ]
    backend.tell(ev.NodeDrainBegun(drain), ev.NodeChanged(node("node1", NodeState.PAUSED)))
    backend.tell(*(ev.MigrationRequested(one) for one in requests))
    workspace.drain(60)
    return drain


def test_the_course_of_a_drain_has_predicted_beside_actual_and_the_summary_says_what_stayed() -> None:
    machines = [quiet("A", memory=8 * GIB), quiet("B"), quiet("STILL", state=MachineState.PAUSED)]
    workspace, backend = opened(formed(machines))
    drain = begun(workspace, backend)
    figures = FinalFigures(42.0, 0.2, GIB, 3)
    backend.tell(ev.MigrationPhaseEntered("m1", Phase.SETUP), at=10)
    backend.tell(ev.MigrationHandedOver("m1"), ev.MigrationCompleted("m1", figures), at=52)
    backend.tell(ev.MigrationPhaseEntered("m2", Phase.SETUP), at=52)
    workspace.drain(60)

    done, moving = course(workspace.state, drain, NOW + 60)
    assert (done.name, done.status, done.actual) == ("A", "moved", 42.0)
    assert done.move.predicted == pytest.approx(8 * GIB / (1_250_000_000 * 0.94))
    assert done.move.basis == "assumed"
    assert (moving.name, moving.status, moving.actual) == ("B", "moving", 8.0)

    backend.tell(ev.MigrationFailed("m2", "node3 was lost.", "Look."), ev.NodeDrainEnded(drain.id), at=70)
    workspace.drain(60)
    text = summary(workspace.state, workspace.state.drains[drain.id], NOW + 70)
    assert "1 of 2 machines were moved." in text
    assert "7.3 s (assumed)" in text
    assert "42.0 s" in text
    assert "failed: node3 was lost." in text
    assert "STILL stayed: STILL is not online (paused). Start the virtual machine first." in text
    assert text.endswith("node1 is paused: nothing can move to it until it is resumed.")


def test_a_duration_from_measured_passes_is_called_measured() -> None:
    vm = quiet("WEB", memory=GIB)
    workspace, backend = opened(formed([vm]), ev.MigrationRequested(migration(vm, "node2")))
    page = 4096
    for number, (start, dirty) in enumerate(((0.0, 20_000), (10.0, 5_000), (14.0, 1_000)), 1):
        for step in range(5):
            sent, left = 100_000_000 * number + step * 1_000_000, dirty * page * (5 - step) // 5
            backend.tell(ev.MigrationProgressed("m1", row(start + step, sent, left, number)))
    backend.tell(ev.MigrationCanceled("m1"))
    workspace.drain(60)

    (move,) = plan_drain(workspace, "node1").moves

    assert move.basis == "measured"
    assert move.duration is not None
