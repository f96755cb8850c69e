"""A twin goes on exactly as its cluster does, and the cluster does not notice it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState, NodeState
from fcm.model.failures import FaultKind
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.twin import Twin
    from tests.unit.embedded.desk import Desk


def nothing(desk: Desk) -> None:
    """A quiet cluster."""


def live_migration(desk: Desk) -> None:
    assert desk.do(cmd.LiveMigrate(desk.machine("SQL01").id, "node2"))
    desk.run(20.0)
    assert desk.migration("SQL01").phase is Phase.BROWNOUT


def drain(desk: Desk) -> None:
    assert desk.do(cmd.DrainNode("node1"))
    desk.run(8.0)
    assert [drain for drain in desk.state.drains.values() if drain.ended is None]


def failover(desk: Desk) -> None:
    assert desk.do(cmd.StopClusterService("node1"))
    desk.run(2.0)
    assert [machine for machine in desk.state.machines.values() if machine.state is MachineState.STARTING]


def quick_migration(desk: Desk) -> None:
    assert desk.do(cmd.QuickMigrate(desk.machine("SQL01").id, "node2"))
    desk.run(5.0)
    assert desk.machine("SQL01").state is MachineState.SAVING


def backup(desk: Desk) -> None:
    assert desk.do(cmd.BackUpMachine(desk.machine("WEB01").id))
    desk.run(5.0)
    assert [one for one in desk.state.backups.values() if one.ended is None]


def power_lost(desk: Desk) -> None:
    assert desk.do(cmd.InjectFault(FaultKind.POWER_OFF, "node1"))
    desk.run(3.0)
    assert desk.state.nodes["node1"].state is NodeState.UP, "nobody has noticed yet"


def arbitration(desk: Desk) -> None:
    assert desk.do(cmd.InjectFault(FaultKind.ISOLATE, "node1"))
    desk.run(7.0)


def booting(desk: Desk) -> None:
    assert desk.do(cmd.InjectFault(FaultKind.BUGCHECK, "node1"))
    desk.run(40.0)
    assert [machine for machine in desk.state.machines.values() if machine.booted_at is not None]


def disk_lost(desk: Desk) -> None:
    assert desk.do(cmd.InjectFault(FaultKind.LOSE_LUN, desk.machine("SQL01").disk or ""))
    desk.run(1.0)


def guest_hangs(desk: Desk) -> None:
    assert desk.do(cmd.InjectFault(FaultKind.GUEST_HANG, desk.machine("SQL01").id))
    desk.run(10.0)


def moving_from_a_node_that_dies(desk: Desk) -> None:
    live_migration(desk)
    assert desk.do(cmd.InjectFault(FaultKind.POWER_OFF, "node1"))
    desk.run(2.0)


SITUATIONS = (
    nothing,
    live_migration,
    drain,
    failover,
    quick_migration,
    backup,
    power_lost,
    arbitration,
    booting,
    disk_lost,
    guest_hangs,
    moving_from_a_node_that_dies,
)


def told(desk: Desk, twin: Twin, seconds: float) -> tuple[list[ev.Entry], list[ev.Entry]]:
    """What the cluster and its twin tell of the next seconds."""
    seen = len(desk.entries)
    twin.run(seconds)
    desk.run(seconds)
    return desk.entries[seen:], twin.take()


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_twin_goes_on_as_the_cluster_does(desk: Desk, situation: Callable[[Desk], None]) -> None:
    situation(desk)
    twin = desk.backend.twin()
    original, copied = told(desk, twin, 600.0)
    assert copied == original
    assert twin.state == desk.backend.state
    assert (twin.now, twin.next_due) == (desk.backend.clock.now(), desk.backend.next_due)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_twin_carries_out_commands_as_the_cluster_does(desk: Desk, situation: Callable[[Desk], None]) -> None:
    situation(desk)
    twin, seen = desk.backend.twin(), len(desk.entries)
    for command in (cmd.StopClusterService("node2"), cmd.PauseNode("node2"), cmd.DrainNode("node3")):
        assert twin.carry_out(command) == desk.do(command)
        twin.run(30.0)
        desk.run(30.0)
    assert twin.take() == desk.entries[seen:]
    assert twin.state == desk.backend.state


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_cluster_does_not_notice_what_happens_to_its_twin(desk: Desk, situation: Callable[[Desk], None]) -> None:
    situation(desk)
    before, due, seen = desk.backend.state, desk.backend.next_due, len(desk.entries)
    twin, control = desk.backend.twin(), desk.backend.twin()
    twin.carry_out(cmd.StopClusterService("node3"))
    twin.run(600.0)
    assert twin.state.sequence > before.sequence
    assert (desk.backend.state, desk.backend.next_due, len(desk.entries)) == (before, due, seen)
    original, untouched = told(desk, control, 600.0)
    assert original == untouched


def test_a_twin_tells_only_what_happened_to_itself(desk: Desk) -> None:
    assert desk.do(cmd.PauseNode("node2"))
    twin = desk.backend.twin()
    assert twin.take() == []
    assert twin.carry_out(cmd.ResumeNode("node2"))
    assert [type(entry.event) for entry in twin.take()] == [ev.NodeChanged]
    assert twin.take() == []


def test_a_twin_refuses_what_the_cluster_would_refuse(desk: Desk) -> None:
    twin = desk.backend.twin()
    verdict = twin.carry_out(cmd.ResumeNode("node2"))
    assert not verdict
    assert [type(entry.event) for entry in twin.take()] == [ev.CommandRefused]
