"""Branch Here: a simulated cluster that goes on from a moment of a history."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.app import open_workspace
from fcm.backend.embedded import described_state, formed_state
from fcm.model import commands as cmd
from fcm.model.entities import MachineState, NetworkRole
from fcm.model.rules.failing.guardian import violations
from fcm.workspace.files.folders import cluster_folder
from fcm.workspace.replay.branch import LONGEST, BranchError, branch, free_name
from fcm.workspace.replay.describing import cluster_file_of
from tests.unit.replay.lived import URI, advance, live, lived
from tests.unit.replay.test_replay import REPLAY, of

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.model.state import State


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))


def moment(sequence_of: str) -> State:
    """How the cluster was when something of that kind had just happened."""
    lived().close()
    opened = open_workspace(REPLAY)
    past = of(opened).past
    found = next(
        entry.sequence for entry in past.entries(past.first, past.last) if type(entry.event).__name__ == sequence_of
    )
    state = past.state(found)
    opened.close()
    return state


def test_a_branch_has_everything_that_the_cluster_had_then_and_goes_on() -> None:
    then = moment("FaultInjected")
    assert then.faults
    uri = branch(then, True, URI, "other", cluster_folder())
    opened = open_workspace(uri, paced=False)
    assert opened.state.cluster is not None
    assert opened.state.cluster.name == "other"
    assert opened.state.faults == then.faults
    assert list(opened.state.machines) == list(then.machines)
    assert opened.state.sequence >= then.sequence
    verdict = opened.submit(cmd.RepairFault(next(iter(then.faults)))).wait()
    assert verdict
    advance(opened, 900.0)
    assert not opened.state.faults
    live(opened, "node2")
    advance(opened, 300.0)
    assert list(opened.state.migrations.values())[-1].phase.value == "completed"
    opened.close()


def test_a_branch_and_its_origin_live_on_apart() -> None:
    then = moment("FaultInjected")
    uri = branch(then, True, URI, "other", cluster_folder())
    first, second = open_workspace(URI, paced=False), open_workspace(uri, paced=False)
    before = first.state
    second.submit(cmd.SetConcurrentMigrations(7))
    advance(second, 10.0)
    first.drain(1.0)
    assert first.state == before
    assert second.state.cluster is not None
    assert second.state.cluster.concurrent_migrations == 7
    first.close()
    second.close()


def test_a_migration_in_progress_is_interrupted_in_the_branch_and_its_machine_stays_whole() -> None:
    then = moment("MigrationPhaseEntered")
    running = then.active_migrations()
    assert running
    opened = open_workspace(branch(then, True, URI, "other", cluster_folder()), paced=False)
    assert not opened.state.active_migrations()
    assert opened.state.machines[running[0].machine].node == running[0].source
    assert not violations(opened.state)
    opened.close()


def test_the_history_of_a_branch_begins_with_its_moment() -> None:
    then = moment("FaultInjected")
    uri = branch(then, True, URI, "other", cluster_folder())
    open_workspace(uri, paced=False).close()
    again = open_workspace(f"replay:{uri}")
    assert of(again).past.first == then.sequence
    again.close()


def test_names_of_branches_are_free_and_short_enough() -> None:
    then = moment("FaultInjected")
    first = free_name(then, cluster_folder())
    assert first == "contoso-b1"
    branch(then, True, URI, first, cluster_folder())
    assert free_name(then, cluster_folder()) == "contoso-b2"
    assert then.cluster is not None
    long = replace(then, cluster=replace(then.cluster, name="abcdefghijklmno"))
    assert free_name(long, cluster_folder()) == "abcdefghijkl-b1"
    assert len(free_name(long, cluster_folder())) == LONGEST


@pytest.mark.parametrize("name", ["", "two words", "far-too-long-a-name", "../elsewhere"])
def test_a_name_that_no_cluster_can_have_is_refused_and_nothing_is_written(name: str) -> None:
    then = formed_state(URI)
    with pytest.raises(BranchError):
        branch(then, True, URI, name, cluster_folder())
    assert not cluster_folder().exists() or not list(cluster_folder().iterdir())


def test_a_name_that_is_taken_is_refused() -> None:
    then = formed_state(URI)
    branch(then, False, URI, "other", cluster_folder())
    with pytest.raises(BranchError, match="already exists"):
        branch(then, False, URI, "other", cluster_folder())


@pytest.mark.parametrize("cluster", ["contoso", "fabrikam"])
def test_a_cluster_file_of_a_state_describes_the_same_cluster(cluster: str) -> None:
    then = formed_state(cluster)
    again = described_state(cluster_file_of(then, then.cluster.name if then.cluster else "", "about it"))
    assert again.cluster == then.cluster
    assert again.nodes == then.nodes
    assert again.networks == then.networks
    assert again.adapters == then.adapters
    assert again.machines == then.machines
    assert {one.name: replace(one, number=0) for one in again.disks.values()} == {
        one.name: replace(one, number=0) for one in then.disks.values()
    }
    assert again.shared_volumes == then.shared_volumes
    assert again.groups.keys() == then.groups.keys()
    assert again.resources.keys() == then.resources.keys()


def hosts() -> State:
    """A state as hosts have it: full names, no access point, no workloads, an odd amount of memory."""
    then = formed_state(URI)
    assert then.cluster is not None
    nodes = {f"{name}.lab.example": replace(node, name=f"{name}.lab.example") for name, node in then.nodes.items()}
    adapters = {key: replace(one, node=f"{one.node}.lab.example") for key, one in then.adapters.items()}
    machines = {
        key: replace(one, node=f"{one.node}.lab.example", workload="", memory=(1 << 30) + 4096, group=None, disk=None)
        for key, one in then.machines.items()
    }
    cluster = replace(then.cluster, address="", host="node1.lab.example", witness=None, engine="Pacemaker 2.1.5")
    networks = {key: replace(one, role=NetworkRole.INTERNAL, bandwidth=0) for key, one in then.networks.items()}
    return replace(
        then, nodes=nodes, adapters=adapters, machines=machines, cluster=cluster, networks=networks, disks={},
        shared_volumes={}, groups={}, resources={},
    )  # fmt: skip


def test_a_branch_of_hosts_is_a_simulated_cluster_with_their_nodes_and_machines() -> None:
    then = hosts()
    opened = open_workspace(branch(then, False, "pacemaker:/hosts.toml", "rehearsal", cluster_folder()), paced=False)
    state = opened.state
    assert opened.simulated
    assert state.cluster is not None
    assert not state.cluster.engine
    assert list(state.nodes) == ["node1", "node2", "node3"]
    assert [one.name for one in state.machines.values()] == [one.name for one in then.machines.values()]
    assert {one.workload for one in state.machines.values()} == {"idle"}
    assert all(one.state is not MachineState.STARTING for one in state.machines.values())
    advance(opened, 60.0)
    assert not violations(opened.state)
    opened.close()
