from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model.entities import NodeState, QuorumMode, ResourceState
from fcm.model.rules.quorum import Votes, description, recommended_mode, votes
from tests.unit.model.changed import with_cluster, with_disk, with_node

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
