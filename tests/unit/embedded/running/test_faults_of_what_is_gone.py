"""A simulated failure goes with its object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.failures import FaultKind

if TYPE_CHECKING:
    from tests.unit.embedded.desk import Desk


def test_what_failed_of_a_node_goes_when_it_is_evicted(desk: Desk) -> None:
    disk = desk.disk("Cluster Disk 2").id
    assert desk.unplug("node3", "Cluster Network 1")
    assert desk.inject(FaultKind.LOSE_PATH, disk, "node3")
    assert desk.inject(FaultKind.LOSE_PATH, disk, "node1")
    assert desk.inject(FaultKind.POWER_OFF, "node3")
    desk.run(30.0)
    assert desk.do(cmd.EvictNode("node3"))
    assert [(fault.kind, fault.node) for fault in desk.state.faults.values()] == [(FaultKind.LOSE_PATH, "node1")]
    desk.run(300.0)
    assert desk.do(cmd.RepairFault(next(iter(desk.state.faults))))


def test_of_nodes_that_are_isolated_together_the_others_stay_so(fabrikam: Desk) -> None:
    first, second, third = list(fabrikam.state.nodes)[:3]
    assert fabrikam.inject(FaultKind.ISOLATE, first, together=(second, third))
    fabrikam.run(120.0)
    assert fabrikam.do(cmd.EvictNode(first))
    (fault,) = fabrikam.state.faults.values()
    assert (fault.target, fault.together) == (second, (third,))
    fabrikam.run(60.0)
    assert fabrikam.do(cmd.RepairFault(fault.id))
    fabrikam.run(120.0)


def test_what_failed_of_a_machine_goes_with_it(desk: Desk) -> None:
    machine = desk.machine("TEST01")
    assert desk.do(cmd.SetMachineState(machine.id, type(machine.state).RUNNING))
    desk.run(30.0)
    assert desk.inject(FaultKind.GUEST_HANG, machine.id)
    assert desk.do(cmd.SetMachineState(machine.id, type(machine.state).OFF, forced=True))
    assert desk.do(cmd.DeleteVirtualMachine(machine.id))
    assert not desk.state.faults
    desk.run(60.0)
