"""What waits for something that is removed meanwhile lets it be: nothing starts, nothing fails, and time goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import MachineState, NodeState
from fcm.model.failures import FaultKind
from fcm.model.rules.failing.guardian import violations
from tests.unit.embedded.desk import Desk
from tests.unit.embedded.failing import repair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.close()


def failback(desk: Desk) -> None:
    """WEB01 waits for the hours in which it may fail back."""
    group = desk.group("WEB01").id
    window = (15, 16)
    assert desk.do(cmd.ConfigureGroup(group, preferred_owners=("node1",), failback=True, failback_window=window))
    assert desk.do(cmd.StopClusterService("node1"))
    desk.run(30.0)
    assert desk.do(cmd.StartClusterService("node1"))
    desk.run(60.0)


def restart(desk: Desk) -> None:
    """The resource of WEB01 failed and is about to be restarted."""
    resource = next(one for one in desk.state.resources.values() if one.name == "Virtual Machine WEB01")
    assert desk.do(cmd.FailResource(resource.id))


def boot(desk: Desk) -> None:
    """The guest of WEB01 hangs; its health check is yet to notice."""
    assert desk.inject(FaultKind.GUEST_HANG, desk.machine("WEB01").id)
    desk.run(5.0)


def backup(desk: Desk) -> None:
    assert desk.do(cmd.BackUpMachine(desk.machine("WEB01").id))
    desk.run(5.0)


@pytest.mark.parametrize("waits", [failback, restart, boot, backup])
@pytest.mark.parametrize("seconds", [0.0, 0.4])
def test_a_service_that_is_removed_while_something_waits_for_it(
    desk: Desk, waits: Callable[[Desk], None], seconds: float
) -> None:
    waits(desk)
    desk.run(seconds)
    machine = desk.machine("WEB01")
    assert desk.do(cmd.RemoveGroup(desk.group("WEB01").id))
    repair(desk)
    desk.settle(24 * 3600.0)
    assert violations(desk.state) == ()
    assert desk.state.machines[machine.id].node == machine.node, "who is not clustered goes nowhere"
    before = desk.workspace.now()
    desk.run(10.0)
    assert desk.workspace.now() == pytest.approx(before + 10.0), "no fault of the simulation stopped the clock"


@pytest.mark.parametrize("also", [FaultKind.HANG, FaultKind.SERVICE_CRASH])
def test_a_node_that_loses_its_power_has_no_other_failure_when_it_is_back(desk: Desk, also: FaultKind) -> None:
    """What hung or was about to restart went with the power; the node boots like any other."""
    assert desk.inject(also, "node2")
    desk.run(1.0)
    assert desk.inject(FaultKind.POWER_OFF, "node2")
    desk.run(60.0)
    assert {one.kind for one in desk.state.faults.values()} == {FaultKind.POWER_OFF}
    repair(desk)
    desk.run(600.0)
    assert desk.state.nodes["node2"].state is NodeState.UP


def test_an_offline_move_that_was_interrupted_leaves_the_machine_running_where_it_was(desk: Desk) -> None:
    """A machine that was being saved for a quick migration runs again once the move is canceled by the loss."""
    machine = desk.machine("WEB01")
    assert desk.do(cmd.QuickMigrate(machine.id, "node2"))
    desk.run(0.3)
    assert desk.inject(FaultKind.POWER_OFF, "node2")
    desk.run(300.0)
    found = desk.machine("WEB01")
    assert found.state is MachineState.RUNNING
    assert desk.migration("WEB01").phase.is_over
    assert violations(desk.state) == ()
