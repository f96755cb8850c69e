from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.model.entities import ClusterVersion, NodeState, QuorumMode, ResourceState
from fcm.model.failures import Fault, FaultKind
from fcm.model.rules.quorum import (
    Votes,
    after_leaving,
    description,
    losses_in_turn,
    recommended_mode,
    votes,
    waiting,
    what_if_lost,
)
from fcm.model.structures.tables import Table
from tests.unit.model.changed import disk, with_cluster, with_disk, with_node

if TYPE_CHECKING:
    from fcm.model.state import State


def count(state: State) -> Votes:
    assert state.cluster is not None
    return votes(state.cluster, state.nodes, state.disks)


def test_three_nodes_and_a_disk_have_four_votes_and_need_three(state: State) -> None:
    assert count(state) == Votes(4, 4, 3)


def test_a_witness_that_is_offline_does_not_vote(state: State) -> None:
    assert count(with_disk(state, "Cluster Disk 1", state=ResourceState.OFFLINE)) == Votes(3, 4, 3)


def test_paused_nodes_vote_and_others_that_are_not_up_do_not(state: State) -> None:
    changed = with_node(with_node(state, "node1", state=NodeState.PAUSED), "node2", state=NodeState.JOINING)
    assert count(changed) == Votes(3, 4, 3)


@pytest.mark.parametrize(
    ("mode", "witness", "expected"),
    [
        (QuorumMode.NODE_MAJORITY, None, Votes(3, 3, 2)),
        (QuorumMode.NODE_AND_FILE_SHARE_MAJORITY, "\\\\server\\w", Votes(4, 4, 3)),
        (QuorumMode.NODE_AND_FILE_SHARE_MAJORITY, None, Votes(3, 4, 3)),
    ],
)
def test_votes_follow_the_mode(state: State, mode: QuorumMode, witness: str | None, expected: Votes) -> None:
    assert count(with_cluster(state, quorum_mode=mode, witness=witness)) == expected


def test_with_disk_only_the_disk_decides(state: State) -> None:
    changed = with_cluster(state, quorum_mode=QuorumMode.DISK_ONLY)
    assert count(changed).has_quorum
    assert not count(with_disk(changed, "Cluster Disk 1", state=ResourceState.FAILED)).has_quorum


def test_half_of_the_votes_is_not_enough(eight: State) -> None:
    changed = with_cluster(eight, quorum_mode=QuorumMode.NODE_MAJORITY)
    for name in ("host1", "host2", "host3", "host4"):
        changed = with_node(changed, name, state=NodeState.DOWN)
    assert count(changed) == Votes(4, 8, 5)
    assert not count(changed).has_quorum


def test_an_even_number_of_nodes_gets_a_witness() -> None:
    assert recommended_mode(4, has_witness=True) is QuorumMode.NODE_AND_DISK_MAJORITY
    assert recommended_mode(4, has_witness=False) is QuorumMode.NODE_MAJORITY
    assert recommended_mode(3, has_witness=True) is QuorumMode.NODE_MAJORITY


def test_the_mode_is_worded_with_its_witness(state: State) -> None:
    assert state.cluster is not None
    assert description(state.cluster, state.disks) == "Node and Disk Majority (Cluster Disk 1)"
    changed = with_cluster(state, quorum_mode=QuorumMode.NODE_MAJORITY).cluster
    assert changed is not None
    assert description(changed, state.disks) == "Node Majority"


def test_from_2012_r2_a_witness_is_recommended_for_any_number_of_nodes() -> None:
    assert recommended_mode(3, has_witness=True, version=ClusterVersion.V2012) is QuorumMode.NODE_MAJORITY
    for number in (3, 4):
        found = recommended_mode(number, has_witness=True, version=ClusterVersion.V2012_R2)
        assert found is QuorumMode.NODE_AND_DISK_MAJORITY


def test_votes_that_are_missing_and_to_spare_are_counted() -> None:
    assert (Votes(2, 4, 3).missing, Votes(2, 4, 3).spare) == (1, 0)
    assert (Votes(4, 4, 3).missing, Votes(4, 4, 3).spare) == (0, 1)


def test_a_node_without_weight_does_not_vote(state: State) -> None:
    assert count(with_node(state, "node3", weight=0)) == Votes(3, 3, 2)


def test_a_file_share_that_is_lost_does_not_vote(state: State) -> None:
    changed = with_cluster(state, quorum_mode=QuorumMode.NODE_AND_FILE_SHARE_MAJORITY, witness="\\\\server\\w")
    assert count(with_cluster(changed, witness_online=False)) == Votes(3, 4, 3)


def test_a_witness_disk_that_no_other_node_sees_is_lost_with_its_node(state: State) -> None:
    changed = with_disk(state, "Cluster Disk 1", visible_to=("node1",))
    assert what_if_lost(changed, "node1") == Votes(2, 4, 3)
    assert what_if_lost(changed, "node2") == Votes(3, 4, 3)


def test_a_node_that_is_evicted_takes_its_vote_along(state: State) -> None:
    assert after_leaving(state, "node3") == Votes(3, 4, 3)
    assert after_leaving(state, "node3", evicted=True) == Votes(3, 3, 2)


def test_a_stopped_cluster_waits_for_votes_of_nodes_that_are_down(state: State) -> None:
    stopped = with_cluster(state, stopped="no quorum")
    for name, found in (("node1", NodeState.JOINING), ("node2", NodeState.DOWN), ("node3", NodeState.DOWN)):
        stopped = with_node(stopped, name, state=found)
    waits = waiting(stopped)
    assert waits.votes == Votes(2, 4, 3)
    assert (waits.nodes, waits.startable) == (("node1",), ("node2", "node3"))


def test_nodes_that_wait_are_not_counted_with_a_witness_that_none_of_them_reaches(state: State) -> None:
    stopped = with_cluster(state, stopped="no quorum")
    for name, found in (("node1", NodeState.JOINING), ("node2", NodeState.DOWN), ("node3", NodeState.DOWN)):
        stopped = with_node(stopped, name, state=found)
    lost = Fault("f", FaultKind.LOSE_LUN, disk(stopped, "Cluster Disk 1").id, 0.0)
    assert waiting(replace(stopped, faults=Table({"f": lost}))).votes == Votes(1, 4, 3)


@pytest.mark.parametrize(("nodes", "lost"), [(1, 0), (2, 0), (3, 1), (4, 1), (5, 2), (7, 3)])
def test_without_a_witness_and_with_fixed_weights_fewer_than_half_of_the_nodes_can_be_lost_in_turn(
    state: State, nodes: int, lost: int
) -> None:
    first = next(iter(state.nodes.values()))
    changed = with_cluster(
        state, version=ClusterVersion.V2008_R2, quorum_mode=QuorumMode.NODE_MAJORITY, witness=None, dynamic_quorum=False
    )
    members = {f"n{number}": replace(first, name=f"n{number}", state=NodeState.UP) for number in range(nodes)}
    assert losses_in_turn(replace(changed, nodes=Table(members))) == lost
