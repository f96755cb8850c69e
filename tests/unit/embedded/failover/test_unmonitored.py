"""Machines on a node that is Isolated (2016 and later): left alone for 240 s, then started elsewhere."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState, NodeState, ResourceState
from fcm.model.failures import FaultKind, GuestState
from fcm.model.rules.failing.guests import is_unmonitored
from fcm.workspace.files.journal import Journal
from tests.unit.embedded.cluster_of import cluster_of, machine
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "VM1"


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Desk]:
    """Four equal nodes of 2016."""
    file = cluster_of(tmp_path, [machine(NAME, "n3"), machine("VM2", "n1")], version="2016")
    with closing(Desk(file)) as desk:
        yield desk


def lose(desk: Desk, kind: FaultKind = FaultKind.ISOLATE, node: str = "n3") -> None:
    assert desk.do(cmd.InjectFault(kind, node))


def repair(desk: Desk) -> None:
    (fault,) = desk.state.faults
    assert desk.do(cmd.RepairFault(fault))


def keys(desk: Desk) -> list[str]:
    return [entry.event.key for entry in desk.entries if isinstance(entry.event, ev.NodeLogged)]


def test_a_machine_on_an_isolated_node_is_unmonitored_and_paused_on_its_volume(new: Desk) -> None:
    lose(new)
    new.run(20.0)
    assert new.state.nodes["n3"].state is NodeState.ISOLATED
    found = new.machine(NAME)
    assert is_unmonitored(new.state, found)
    assert (found.node, found.state) == ("n3", MachineState.PAUSED_CRITICAL)
    assert new.group(NAME).state is ResourceState.ONLINE  # as the cluster saw it last
    assert {"1673", "1681"} <= set(keys(new))
    assert not {"1069", "1205"} & set(keys(new))


def test_back_in_time_it_goes_on_and_nobody_is_restarted(new: Desk) -> None:
    lose(new)
    new.run(100.0)
    repair(new)
    new.run(30.0)
    found = new.machine(NAME)
    assert (found.node, found.state, found.guest) == ("n3", MachineState.RUNNING, GuestState.RUNNING)
    assert found.critical_since is None
    assert {"1680", "1682"} <= set(keys(new))
    assert not {"18500", "18502", "1069"} & set(keys(new))


def test_after_240_s_it_starts_elsewhere_and_the_old_copy_ends(new: Desk) -> None:
    lose(new)
    new.run(249.0)
    assert new.machine(NAME).node == "n3"
    new.run(40.0)
    found = new.machine(NAME)
    assert found.node != "n3"
    assert found.state is MachineState.RUNNING
    new.run(600.0)
    repair(new)
    new.run(200.0)
    assert not new.state.copies
    assert new.machine(NAME).node == found.node


def test_a_dead_node_is_waited_for_as_well_and_its_machine_boots_elsewhere_only_then(new: Desk) -> None:
    lose(new, FaultKind.POWER_OFF)
    new.run(200.0)
    assert new.state.nodes["n3"].state is NodeState.ISOLATED
    assert new.machine(NAME).ended
    assert new.machine(NAME).state is MachineState.RUNNING  # as far as the cluster knows
    new.run(70.0)
    assert new.machine(NAME).node != "n3"
    assert new.machine(NAME).guest is GuestState.BOOTING
    assert not new.machine(NAME).ended


def test_the_wait_goes_on_after_fcm_was_closed(tmp_path: Path) -> None:
    file = cluster_of(tmp_path, [machine(NAME, "n3")], version="2016")
    path = tmp_path / "c.journal"
    with closing(Desk(file, journal=Journal.open(path, "embedded:equal"))) as desk:
        lose(desk)
        desk.run(100.0)
    with closing(Desk(file, journal=Journal.open(path, "embedded:equal"))) as desk:
        desk.run(100.0)
        assert (desk.machine(NAME).node, desk.machine(NAME).state) == ("n3", MachineState.PAUSED_CRITICAL)
        desk.run(200.0)
        assert desk.machine(NAME).node != "n3"
        assert desk.machine(NAME).state is MachineState.RUNNING


def test_before_2016_nothing_is_waited_for(tmp_path: Path) -> None:
    with closing(Desk(cluster_of(tmp_path, [machine(NAME, "n3")], version="2012 R2"))) as desk:
        lose(desk)
        desk.run(30.0)
        assert desk.machine(NAME).node != "n3"


def test_a_machine_that_nobody_reaches_is_neither_moved_nor_changed(new: Desk) -> None:
    lose(new, FaultKind.SERVICE_CRASH)
    new.run(20.0)
    assert new.state.nodes["n3"].state is NodeState.ISOLATED
    identity = new.machine(NAME).id
    for command in (
        cmd.LiveMigrate(identity, "n1"),
        cmd.QuickMigrate(identity, "n1"),
        cmd.MoveMachine(identity, "n1"),
        cmd.SetMachineState(identity, MachineState.SAVED),
    ):
        verdict = new.do(command)
        assert not verdict
        assert "n3 is isolated: the cluster cannot reach VM1." in verdict.reason


def test_what_has_ended_with_its_node_cannot_be_moved_though_nobody_has_noticed(new: Desk) -> None:
    identity = new.machine(NAME).id
    lose(new, FaultKind.SERVICE_CRASH)
    assert new.state.nodes["n3"].state is NodeState.UP
    for command in (cmd.LiveMigrate(identity, "n1"), cmd.QuickMigrate(identity, "n1")):
        assert new.do(command)
        assert new.migration(NAME).phase.is_over
    new.run(600.0)
    found = new.machine(NAME)
    assert (found.state, found.guest, found.ended) == (MachineState.RUNNING, GuestState.RUNNING, False)


def test_a_machine_that_was_being_saved_for_a_move_runs_on_when_its_node_is_back(new: Desk) -> None:
    assert new.do(cmd.QuickMigrate(new.machine(NAME).id, "n1"))
    lose(new, FaultKind.HANG)
    new.run(60.0)
    assert new.migration(NAME).phase.is_over
    assert new.state.nodes["n3"].state is NodeState.ISOLATED
    repair(new)
    new.run(60.0)
    assert (new.machine(NAME).node, new.machine(NAME).state) == ("n3", MachineState.RUNNING)
    assert new.group(NAME).state is ResourceState.ONLINE


def test_it_runs_on_though_fcm_was_closed_meanwhile(tmp_path: Path) -> None:
    file = cluster_of(tmp_path, [machine(NAME, "n3"), machine("VM2", "n1")], version="2016")
    path = tmp_path / "c.journal"
    with closing(Desk(file, journal=Journal.open(path, "embedded:equal"))) as desk:
        assert desk.do(cmd.QuickMigrate(desk.machine(NAME).id, "n1"))
        lose(desk)
        desk.run(60.0)
    with closing(Desk(file, journal=Journal.open(path, "embedded:equal"))) as desk:
        repair(desk)
        desk.run(60.0)
        assert (desk.machine(NAME).node, desk.machine(NAME).state) == ("n3", MachineState.RUNNING)
