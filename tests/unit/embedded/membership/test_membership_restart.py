"""The program ends while the cluster is about to notice something, and starts again on the same journal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import AdapterState, MachineState, NetworkState, NodeState
from fcm.model.failures import FaultKind
from fcm.workspace.files.journal import Journal
from tests.unit.embedded.desk import Desk
from tests.unit.embedded.failing import cluster_file, cluster_of, fault, repair

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Reopened:
    """A cluster that is closed and opened again on the same journal."""

    def __init__(self, file: str | Path, folder: Path) -> None:
        self._file = file
        self._path = folder / "c.journal"
        self.desk = self._open()

    def _open(self) -> Desk:
        return Desk(self._file, journal=Journal.open(self._path, "embedded:test"))

    def again(self) -> Desk:
        """Close it and open it."""
        self.desk.close()
        self.desk = self._open()
        return self.desk


@pytest.fixture
def contoso(tmp_path: Path) -> Iterator[Reopened]:
    opened = Reopened("contoso", tmp_path)
    yield opened
    opened.desk.close()


def ups(desk: Desk) -> set[str]:
    return {name for name, node in desk.state.nodes.items() if node.state is NodeState.UP}


ALL = {"node1", "node2", "node3"}


@pytest.mark.parametrize("moment", [0.0, 3.0, 5.4, 5.9])
def test_a_dead_node_is_still_found_after_the_program_was_closed(contoso: Reopened, moment: float) -> None:
    fault(contoso.desk, FaultKind.POWER_OFF, "node1")
    contoso.desk.run(moment)
    desk = contoso.again()
    desk.run(30.0)
    assert ups(desk) == {"node2", "node3"}
    assert desk.machine("SQL01").node != "node1"


def test_arbitration_that_was_interrupted_begins_again(tmp_path: Path) -> None:
    opened = Reopened(cluster_file(tmp_path, 4, "share"), tmp_path)
    fault(opened.desk, FaultKind.ISOLATE, "node1", together=("node2",))
    opened.desk.run(6.2)
    desk = opened.again()
    desk.run(30.0)
    assert ups(desk) == {"node1", "node2"}
    assert not desk.state.copies
    desk.close()


def test_the_side_that_lost_still_ends_after_the_program_was_closed(tmp_path: Path) -> None:
    opened = Reopened(cluster_file(tmp_path, 4, "share"), tmp_path)
    for number in range(1, 5):
        machine = opened.desk.machine(f"VM{number}")
        if machine.state is not MachineState.RUNNING:
            assert opened.desk.do(cmd.SetMachineState(machine.id, MachineState.RUNNING))
    opened.desk.run(60.0)
    fault(opened.desk, FaultKind.ISOLATE, "node3", together=("node4",))
    opened.desk.run(8.0)
    assert opened.desk.state.copies
    desk = opened.again()
    assert desk.state.copies
    desk.run(10.0)
    assert not desk.state.copies
    repair(desk)
    desk.run(100.0)
    assert len(ups(desk)) == 4
    desk.close()


def test_a_service_that_windows_was_to_start_is_started(contoso: Reopened) -> None:
    fault(contoso.desk, FaultKind.SERVICE_CRASH, "node2")
    contoso.desk.run(30.0)
    desk = contoso.again()
    desk.run(90.0)
    assert ups(desk) == ALL


def test_a_node_that_wrote_its_dump_or_booted_comes_back(contoso: Reopened) -> None:
    fault(contoso.desk, FaultKind.BUGCHECK, "node2")
    contoso.desk.run(10.0)
    desk = contoso.again()
    desk.run(40.0)
    assert not desk.state.faults
    desk = contoso.again()
    desk.run(120.0)
    assert ups(desk) == ALL


def test_a_stopped_cluster_is_still_stopped_and_forms_when_it_can(contoso: Reopened) -> None:
    for name in ("node2", "node3"):
        fault(contoso.desk, FaultKind.POWER_OFF, name)
    contoso.desk.run(100.0)
    reason = cluster_of(contoso.desk).stopped
    desk = contoso.again()
    assert cluster_of(desk).stopped == reason != ""
    desk.run(100.0)
    assert cluster_of(desk).stopped == reason
    repair(desk)
    desk = contoso.again()
    desk.run(200.0)
    assert ups(desk) == ALL


def test_a_shutdown_of_the_cluster_goes_on(contoso: Reopened) -> None:
    assert contoso.desk.do(cmd.StopCluster())
    contoso.desk.run(3.0)
    assert cluster_of(contoso.desk).stopping
    desk = contoso.again()
    desk.run(300.0)
    assert cluster_of(desk).stopped
    assert not cluster_of(desk).stopping
    assert desk.machine("SQL01").state is MachineState.SAVED


@pytest.mark.parametrize("seconds", [20.0, 100.0])
def test_an_isolated_node_is_isolated_until_its_time_is_over(tmp_path: Path, seconds: float) -> None:
    opened = Reopened(cluster_file(tmp_path, 4, "disk", "2016"), tmp_path)
    fault(opened.desk, FaultKind.POWER_OFF, "node4")
    opened.desk.run(seconds)
    desk = opened.again()
    assert desk.state.nodes["node4"].state is NodeState.ISOLATED
    until = desk.state.nodes["node4"].until
    assert until is not None
    desk.run(until - desk.backend.clock.now() + 1.0)
    assert desk.state.nodes["node4"].state is NodeState.DOWN
    desk.close()


def test_an_adapter_that_had_failed_in_an_older_journal_is_unplugged(contoso: Reopened) -> None:
    desk = contoso.desk
    adapter = replace(desk.adapter("node1", "Cluster Network 3"), state=AdapterState.FAILED)
    desk.backend._core.emit(ev.AdapterChanged(adapter))
    desk.run(1.0)
    desk = contoso.again()
    (found,) = desk.state.faults.values()
    assert (found.kind, found.target) == (FaultKind.UNPLUG_CABLE, adapter.id)
    assert desk.network("Cluster Network 3").state is NetworkState.PARTITIONED
    repair(desk)
    assert desk.adapter("node1", "Cluster Network 3").state is AdapterState.UP
    assert desk.network("Cluster Network 3").state is NetworkState.UP
