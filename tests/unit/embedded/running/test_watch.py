"""The guardian in the program: what may never be stops the clock, and is said with what to do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.backend.embedded.storage.disks import Storage
from fcm.backend.embedded.watch import Watch
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState, NodeState, ResourceState
from fcm.model.entries import stamped
from fcm.model.failures import CutOffCopy, Fault, FaultKind, ServiceProcess
from fcm.model.rules.failing.guardian import SLACK, pending_limit
from fcm.workspace.files.journal import Journal
from tests.unit.embedded.desk import START, Desk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fcm.model.entities import VirtualMachine
    from fcm.model.state import State

WRONG = "SQL01 runs on node2, but node1 owns its disk Cluster Disk 5 and can write to it."


@pytest.fixture
def forgetful(desk: Desk, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[[str], None]) -> None:
    """The disk of SQL01 stays behind when its machine moves."""
    own, forgotten = Storage.own, desk.machine("SQL01").disk
    monkeypatch.setattr(Storage, "own", lambda self, disk, node: None if disk == forgotten else own(self, disk, node))
    expected_log("SQL01 runs on node2")


def reports(desk: Desk) -> list[ev.BackendReported]:
    return [entry.event for entry in desk.entries if isinstance(entry.event, ev.BackendReported)]


@pytest.mark.usefixtures("forgetful")
def test_a_violation_stops_the_clock_and_is_said_with_what_to_do(desk: Desk) -> None:
    assert desk.do(cmd.QuickMigrate(desk.machine("SQL01").id, "node2"))
    desk.run(200.0)
    (told,) = reports(desk)
    assert (told.level, told.text) == ("error", WRONG)
    assert (
        "Close the cluster and open it again. If the message appears again, turn off the virtual "
        "machine." in told.remedy
    )
    stood = desk.backend.clock.now()
    desk.run(60.0)
    assert desk.backend.clock.now() == stood
    assert len(reports(desk)) == 1


def test_it_is_said_again_when_the_cluster_is_opened_again_and_time_goes_on_once_it_is_repaired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[[str], None]
) -> None:
    expected_log("SQL01 runs on node2")
    first = Desk(journal=Journal.open(tmp_path / "one.journal", "embedded:contoso"))
    with monkeypatch.context() as patched:
        own, forgotten = Storage.own, first.machine("SQL01").disk
        patched.setattr(Storage, "own", lambda self, disk, node: None if disk == forgotten else own(self, disk, node))
        assert first.do(cmd.QuickMigrate(first.machine("SQL01").id, "node2"))
        first.run(200.0)
    first.close()
    again = Desk(journal=Journal.open(tmp_path / "one.journal", "embedded:contoso"))
    stood = again.backend.clock.now()
    again.run(60.0)
    assert again.backend.clock.now() == stood
    assert [report.text for report in reports(again)] == [WRONG]
    assert again.do(cmd.SetMachineState(again.machine("SQL01").id, MachineState.OFF, forced=True))
    assert reports(again)[-1].text == "The cluster is consistent again. It continues."
    again.run(60.0)
    assert again.backend.clock.now() == stood + 60.0
    again.close()


def test_a_cluster_in_good_order_is_never_stopped(desk: Desk) -> None:
    desk.do(cmd.StopClusterService("node1"))
    desk.run(600.0)
    assert reports(desk) == []
    assert desk.backend.clock.now() == START + 600.0


# what needs the moments before


class Seen:
    """A watch over a state that events change."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.watch = Watch()
        self.now = START
        assert self.watch.look(state, self.now) == ()

    def happens(self, *events: ev.Event, after: float = 0.0) -> tuple[str, ...]:
        self.now += after
        for event in events:
            self.watch.see(self.state, event)
            self.state, _ = stamped(self.state, (event,), self.now)
        return self.watch.look(self.state, self.now)

    def moves_away(self, machine: VirtualMachine, node: str) -> tuple[ev.Event, ...]:
        assert machine.group is not None
        assert machine.disk is not None
        off = replace(machine, state=MachineState.OFF)
        group, disk = self.state.groups[machine.group], self.state.disks[machine.disk]
        return (
            ev.MachineChanged(off),
            ev.MachineChanged(replace(off, node=node)),
            ev.DiskChanged(replace(disk, owner=node)),
            ev.GroupChanged(replace(group, owner=node)),
            ev.MachineChanged(replace(machine, node=node, state=MachineState.STARTING)),
        )

    def isolated(self, node: str) -> tuple[ev.Event, ...]:
        fault = Fault("fault-1", FaultKind.ISOLATE, node, self.now)
        return (
            ev.FaultInjected(fault),
            ev.NodeChanged(
                replace(self.state.nodes[node], state=NodeState.DOWN, process=ServiceProcess(cut_off=self.now))
            ),
        )


@pytest.fixture
def seen(desk: Desk) -> Seen:
    return Seen(desk.state)


def test_a_group_that_stays_pending_is_said_once_it_takes_too_long(desk: Desk, seen: Seen) -> None:
    group = desk.group("SQL01")
    limit = pending_limit(seen.state, group.id)
    assert seen.happens(ev.GroupChanged(replace(group, state=ResourceState.PENDING))) == ()
    assert seen.happens(after=limit - 1.0) == ()
    assert seen.happens(after=2.0) == (f"SQL01 has been pending for {limit + 1.0:.0f} s and does not end.",)


def test_a_group_on_a_frozen_node_is_not_stuck_until_the_node_goes_on(desk: Desk, seen: Seen) -> None:
    group = desk.group("SQL01")
    seen.happens(ev.GroupChanged(replace(group, state=ResourceState.PENDING)))
    seen.happens(ev.FaultInjected(Fault("fault-1", FaultKind.HANG, "node1", seen.now)), after=10.0)
    assert seen.happens(after=100_000.0) == ()
    seen.happens(ev.FaultRepaired("fault-1"), after=10.0)
    limit = pending_limit(seen.state, group.id)
    assert seen.happens(after=limit - 20.0) == ()
    assert "SQL01 has been pending" in seen.happens(after=30.0)[0]


def test_a_group_that_comes_online_was_not_stuck(desk: Desk, seen: Seen) -> None:
    group = desk.group("SQL01")
    seen.happens(ev.GroupChanged(replace(group, state=ResourceState.PENDING)))
    seen.happens(ev.GroupChanged(replace(group, state=ResourceState.ONLINE)), after=10.0)
    assert seen.happens(after=100_000.0) == ()


def test_a_machine_that_stays_on_a_node_that_is_down_is_lost(seen: Seen) -> None:
    down = replace(seen.state.nodes["node1"], state=NodeState.DOWN)
    assert seen.happens(ev.NodeChanged(down)) == ()
    found = seen.happens(after=SLACK + 1.0)
    assert "SQL01 is lost: it is shown as running on node1, which is down." in found


def test_a_machine_moved_from_a_node_that_cannot_know_of_it_runs_twice(desk: Desk, seen: Seen) -> None:
    machine = desk.machine("FILE01")
    seen.happens(*seen.isolated("node3"))
    found = seen.happens(*seen.moves_away(machine, "node1"))
    assert found == (
        "FILE01 was moved to node1 while it still runs on node3, which cannot be reached: two copies can write.",
    )


def test_a_machine_moved_from_there_runs_once_where_its_old_copy_has_lost_its_disks(desk: Desk, seen: Seen) -> None:
    machine = desk.machine("FILE01")
    seen.happens(*seen.isolated("node3"))
    cut = ev.CopyCutOff(CutOffCopy(machine.id, "node3", seen.now, "node3 is isolated."))
    assert seen.happens(cut, *seen.moves_away(machine, "node1")) == ()


def test_a_machine_moved_from_a_node_without_power_runs_once(desk: Desk, seen: Seen) -> None:
    machine = desk.machine("FILE01")
    seen.happens(
        ev.FaultInjected(Fault("fault-1", FaultKind.POWER_OFF, "node3", seen.now)),
        ev.NodeChanged(replace(seen.state.nodes["node3"], state=NodeState.DOWN)),
    )
    assert seen.happens(*seen.moves_away(machine, "node1")) == ()


def test_an_old_copy_must_be_gone_when_its_node_comes_back(desk: Desk, seen: Seen) -> None:
    machine = desk.machine("FILE01")
    seen.happens(*seen.isolated("node3"))
    cut = ev.CopyCutOff(CutOffCopy(machine.id, "node3", seen.now, "node3 is isolated."))
    seen.happens(cut, *seen.moves_away(machine, "node1"))
    back = ev.NodeChanged(replace(seen.state.nodes["node3"], state=NodeState.UP))
    assert seen.happens(back) == (
        "A second copy of FILE01 runs on node3, which is a member of the cluster again: both can write.",
    )


def test_a_batch_is_looked_at_as_a_whole(desk: Desk, seen: Seen) -> None:
    events = seen.moves_away(desk.machine("SQL01"), "node2")
    assert seen.happens(*events) == ()
    assert Seen(desk.state).happens(*events[:2], events[-1]) == (
        WRONG,
        "SQL01 is on node2, but its service or application is owned by node1.",
    )
