"""What can be done with a cluster that does not run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import MachineState, NodeState, QuorumMode
from fcm.model.failures import Fault, FaultKind
from fcm.model.rules.allowed import allowed
from fcm.model.structures.tables import Table
from tests.unit.model.changed import machine, with_cluster, with_machine, with_node

if TYPE_CHECKING:
    from fcm.model.state import State


@pytest.fixture
def stopped(state: State) -> State:
    """Contoso without quorum: node1 waits, the others are down."""
    state = with_cluster(state, stopped="Quorum was lost.")
    for name, found in (("node1", NodeState.JOINING), ("node2", NodeState.DOWN), ("node3", NodeState.DOWN)):
        state = with_node(state, name, state=found)
    return state


def broken(state: State, kind: FaultKind, *nodes: str) -> State:
    return replace(state, faults=Table({name: Fault(name, kind, name, 0.0) for name in nodes}))


def test_settings_of_a_cluster_that_does_not_run_are_refused_with_how_to_start_it(stopped: State) -> None:
    for command in (cmd.SetQuorum(QuorumMode.NODE_MAJORITY), cmd.PauseNode("node1"), cmd.ConfigureNode("node1", 0)):
        assert allowed(command, stopped).sentence() == (
            "contoso is not running. Start it with Start Cluster, or force its start on a node."
        )


def test_a_clustered_machine_cannot_be_started_and_one_that_is_not_clustered_can(stopped: State) -> None:
    loose = next(one for one in stopped.machines.values() if not one.is_highly_available)
    stopped = with_machine(stopped, loose.name, state=MachineState.OFF)
    stopped = with_machine(stopped, "SQL01", state=MachineState.OFF)
    assert allowed(cmd.SetMachineState(loose.id, MachineState.RUNNING), stopped)
    refused = allowed(cmd.SetMachineState(machine(stopped, "SQL01").id, MachineState.RUNNING), stopped)
    assert "contoso is not running." in refused.sentence()


def test_nodes_are_started_stopped_and_broken_whether_or_not_the_cluster_runs(stopped: State) -> None:
    for command in (
        cmd.StartCluster(),
        cmd.StartClusterService("node2"),
        cmd.StopClusterService("node1"),
        cmd.InjectFault(FaultKind.POWER_OFF, "node3"),
        cmd.ValidateCluster(),
    ):
        assert allowed(command, stopped), command


def test_while_the_cluster_is_being_shut_down_nothing_new_begins(state: State) -> None:
    leaving = with_cluster(state, stopping=True)
    assert "is being shut down" in allowed(cmd.LiveMigrate(machine(state, "DC01").id, "node2"), leaving).sentence()
    assert "already being shut down" in allowed(cmd.StopCluster(), leaving).sentence()


@pytest.mark.parametrize(
    ("kind", "said"), [(FaultKind.POWER_OFF, "has no power. Turn it on"), (FaultKind.HANG, "does not respond")]
)
def test_a_node_that_cannot_start_says_why(stopped: State, kind: FaultKind, said: str) -> None:
    assert said in allowed(cmd.StartClusterService("node2"), broken(stopped, kind, "node2")).sentence()


def test_a_cluster_without_power_cannot_be_started(stopped: State) -> None:
    assert allowed(cmd.StartCluster(), broken(stopped, FaultKind.POWER_OFF, "node2"))
    refused = allowed(cmd.StartCluster(), broken(stopped, FaultKind.POWER_OFF, "node2", "node3"))
    assert refused.sentence() == "No power, or no response: node2, node3. Turn on a node first."
