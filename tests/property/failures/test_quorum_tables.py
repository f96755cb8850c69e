"""The tables of quorum: what survives how many losses, in every mode and version."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.model.entities import Cluster, ClusterVersion, Disk, DiskUse, Node, NodeState, Processor, QuorumMode
from fcm.model.rules.quorum import (
    after_leaving,
    count,
    dynamic_weights,
    is_dynamic,
    members_of,
    node_vote,
    reweighted,
    votes,
    what_if_lost,
    what_if_witness_lost,
    witness_vote,
)
from fcm.model.state import State
from fcm.model.structures.tables import Table

if TYPE_CHECKING:
    from collections.abc import Collection

R2, V2012, V2012_R2 = ClusterVersion.V2008_R2, ClusterVersion.V2012, ClusterVersion.V2012_R2
MAJORITY, WITH_DISK = QuorumMode.NODE_MAJORITY, QuorumMode.NODE_AND_DISK_MAJORITY
WITH_SHARE, DISK_ONLY = QuorumMode.NODE_AND_FILE_SHARE_MAJORITY, QuorumMode.DISK_ONLY
PROCESSOR = Processor("GenuineIntel", "Intel Xeon X5670", frozenset())
DISK = Disk("disk", "Cluster Disk 1", 1, 2**30, 0, DiskUse.WITNESS, "n1")


def cluster_of(size: int, mode: QuorumMode, version: ClusterVersion) -> State:
    """A cluster in which all nodes are up and that has agreed on its weights."""
    names = [f"n{number}" for number in range(1, size + 1)]
    nodes = {name: Node(name, NodeState.UP, 2**35, 2**31, 8, PROCESSOR, ()) for name in names}
    witness = {MAJORITY: None, WITH_SHARE: "\\\\server\\witness"}.get(mode, "disk")
    cluster = Cluster("c", "", "10.0.0.1", "n1", mode, witness, version=version)
    cluster, nodes = reweighted(cluster, nodes, names, witness is not None)
    return State(cluster=cluster, nodes=Table(nodes), disks=Table({"disk": replace(DISK, visible_to=tuple(names))}))


def without(state: State, lost: Collection[str]) -> State:
    """The state after nodes died and the rest, which has quorum, agreed on new weights."""
    assert state.cluster is not None
    nodes = {name: replace(node, state=NodeState.DOWN) if name in lost else node for name, node in state.nodes.items()}
    left = [name for name in nodes if nodes[name].state.is_member]
    cluster, nodes = reweighted(state.cluster, nodes, left, state.cluster.quorum_mode is not MAJORITY)
    return replace(state, cluster=cluster, nodes=Table(nodes))


def at_once(state: State) -> int:
    """How many nodes can be lost at once, whichever they are."""
    names = members_of(state)
    lost = 0
    while lost < len(names) and all(what_if_lost(state, *some).has_quorum for some in combinations(names, lost + 1)):
        lost += 1
    return lost


@pytest.mark.parametrize(
    ("mode", "size", "survived"),
    [
        *((MAJORITY, size, survived) for size, survived in ((2, 0), (3, 1), (4, 1), (5, 2), (16, 7))),
        *((WITH_DISK, size, survived) for size, survived in ((2, 1), (3, 1), (4, 2), (5, 2))),
        *((WITH_SHARE, size, survived) for size, survived in ((2, 1), (3, 1), (4, 2), (5, 2))),
        *((DISK_ONLY, size, size - 1) for size in (2, 3, 4, 5)),
    ],
)
def test_2008_r2_survives_what_its_table_says(mode: QuorumMode, size: int, survived: int) -> None:
    assert at_once(cluster_of(size, mode, R2)) == survived


@pytest.mark.parametrize(("size", "survived"), [(2, 0), (3, 0), (4, 1), (5, 1)])
def test_2008_r2_survives_less_without_the_witness(size: int, survived: int) -> None:
    state = cluster_of(size, WITH_SHARE, R2)
    assert state.cluster is not None
    assert at_once(replace(state, cluster=replace(state.cluster, witness_online=False))) == survived


def test_with_disk_only_the_loss_of_the_disk_stops_all() -> None:
    state = cluster_of(4, DISK_ONLY, R2)
    assert not what_if_witness_lost(state).has_quorum


@pytest.mark.parametrize("mode", [WITH_DISK, WITH_SHARE])
def test_losing_the_witness_alone_never_stops_a_majority_of_nodes(mode: QuorumMode) -> None:
    for version in ClusterVersion:
        for size in range(2, 8):
            assert what_if_witness_lost(cluster_of(size, mode, version)).has_quorum


def chances(state: State, lost: int) -> set[bool]:
    return {what_if_lost(state, *some).has_quorum for some in combinations(members_of(state), lost)}


@pytest.mark.parametrize("version", [V2012_R2, ClusterVersion.V2016, ClusterVersion.V2019])
def test_from_2012_r2_two_nodes_without_a_witness_have_a_chance_of_one_half(version: ClusterVersion) -> None:
    assert chances(cluster_of(2, MAJORITY, version), 1) == {True, False}


def test_from_2012_r2_two_nodes_with_a_witness_survive_one_loss_and_the_last_node_goes_on_alone() -> None:
    state = cluster_of(2, WITH_DISK, V2012_R2)
    assert chances(state, 1) == {True}
    last = without(state, {"n1"})
    assert votes(last.cluster, last.nodes, last.disks).total == 1  # type: ignore[arg-type]


def test_from_2012_r2_three_nodes_without_a_witness_survive_one_loss_then_have_a_chance_of_one_half() -> None:
    state = cluster_of(3, MAJORITY, V2012_R2)
    assert chances(state, 1) == {True}
    assert chances(state, 2) == {False}
    assert chances(without(state, {"n3"}), 1) == {True, False}


def test_from_2012_r2_three_nodes_with_a_witness_survive_one_loss_and_another_but_not_two_at_once() -> None:
    state = cluster_of(3, WITH_DISK, V2012_R2)
    assert state.cluster is not None
    assert state.cluster.witness_weight == 0
    assert (chances(state, 1), chances(state, 2)) == ({True}, {False})
    assert chances(without(state, {"n3"}), 1) == {True}


def test_from_2012_r2_four_nodes_without_a_witness_survive_one_after_the_other_and_two_at_once_by_chance() -> None:
    state = cluster_of(4, MAJORITY, V2012_R2)
    assert (chances(state, 1), chances(state, 2)) == ({True}, {True, False})
    for first in state.nodes:
        assert chances(without(state, {first}), 1) == {True}


def test_from_2012_r2_four_nodes_with_a_witness_survive_two_at_once() -> None:
    state = cluster_of(4, WITH_DISK, V2012_R2)
    assert (chances(state, 2), chances(state, 3)) == ({True}, {False})


@pytest.mark.parametrize("size", range(1, 9))
def test_2012_r2_always_has_an_odd_number_of_votes(size: int) -> None:
    for mode in (MAJORITY, WITH_DISK, WITH_SHARE):
        state = cluster_of(size, mode, V2012_R2)
        assert votes(state.cluster, state.nodes, state.disks).total % 2 == 1  # type: ignore[arg-type]


def test_the_witness_of_2012_always_votes() -> None:
    assert {witness_vote(cluster_of(size, WITH_DISK, V2012).cluster) for size in range(1, 9)} == {1}  # type: ignore[arg-type]


def test_a_witness_that_failed_has_no_vote_and_one_node_of_an_even_number_gives_up_its_own() -> None:
    state = cluster_of(4, WITH_DISK, V2012_R2)
    assert state.cluster is not None
    assert dynamic_weights(state.cluster, state.nodes, list(state.nodes), witness_ok=False) == (
        {"n1": 1, "n2": 1, "n3": 1, "n4": 0},
        0,
    )


def test_the_node_of_lower_priority_gives_up_its_vote_first() -> None:
    state = cluster_of(4, MAJORITY, V2012_R2)
    assert state.cluster is not None
    cluster = replace(state.cluster, lower_quorum_priority_node="n2")
    weights, _ = dynamic_weights(cluster, state.nodes, list(state.nodes), witness_ok=False)
    assert [name for name, weight in weights.items() if not weight] == ["n2"]
    weights, _ = dynamic_weights(cluster, state.nodes, ["n1", "n3"], witness_ok=False)
    assert weights == {"n1": 1, "n2": 0, "n3": 0, "n4": 0}


def test_a_vote_that_was_given_up_stays_with_the_same_node() -> None:
    state = cluster_of(4, MAJORITY, V2012_R2)
    assert state.cluster is not None
    nodes = {name: replace(node, dynamic_weight=int(name != "n2")) for name, node in state.nodes.items()}
    weights, _ = dynamic_weights(state.cluster, nodes, list(nodes), witness_ok=False)
    assert weights == {"n1": 1, "n2": 0, "n3": 1, "n4": 1}


def test_dynamic_quorum_that_is_turned_off_leaves_all_votes() -> None:
    state = cluster_of(4, WITH_DISK, V2012_R2)
    assert state.cluster is not None
    cluster = replace(state.cluster, dynamic_quorum=False)
    assert dynamic_weights(cluster, state.nodes, ["n1"], witness_ok=False) == (dict.fromkeys(state.nodes, 1), 1)


def test_dynamic_quorum_cannot_be_turned_on_in_2008_r2() -> None:
    state = cluster_of(4, WITH_DISK, R2)
    assert state.cluster is not None
    assert not is_dynamic(replace(state.cluster, dynamic_quorum=True))


versions = st.sampled_from(list(ClusterVersion))
modes = st.sampled_from([MAJORITY, WITH_DISK, WITH_SHARE])


@given(versions, modes, st.integers(1, 8), st.data())
def test_two_sides_that_share_no_node_never_both_have_quorum(
    version: ClusterVersion, mode: QuorumMode, size: int, data: st.DataObject
) -> None:
    state = cluster_of(size, mode, version)
    gone = data.draw(st.sets(st.sampled_from(list(state.nodes)), max_size=size - 1))
    if what_if_lost(state, *gone).has_quorum:
        state = without(state, gone)
    one = data.draw(st.sets(st.sampled_from(list(state.nodes))))
    other = set(state.nodes) - one
    assert state.cluster is not None
    first, second = (
        count(state.cluster, state.nodes, one, witness=True),
        count(state.cluster, state.nodes, other, witness=False),
    )
    assert not (first.has_quorum and second.has_quorum)


@given(versions, modes, st.integers(1, 8), st.data())
def test_a_node_without_a_vote_never_gets_one(
    version: ClusterVersion, mode: QuorumMode, size: int, data: st.DataObject
) -> None:
    state = cluster_of(size, mode, version)
    assert state.cluster is not None
    silent = data.draw(st.sets(st.sampled_from(list(state.nodes))))
    members = data.draw(st.sets(st.sampled_from(list(state.nodes))))
    nodes = {name: replace(node, weight=int(name not in silent)) for name, node in state.nodes.items()}
    cluster, nodes = reweighted(state.cluster, nodes, members, data.draw(st.booleans()))
    assert not any(node_vote(cluster, nodes[name]) for name in silent)


@given(versions, modes, st.integers(2, 8), st.data())
def test_with_dynamic_quorum_nodes_may_leave_in_order_until_one_is_left(
    version: ClusterVersion, mode: QuorumMode, size: int, data: st.DataObject
) -> None:
    state = cluster_of(size, mode, version)
    assert state.cluster is not None
    for name in data.draw(st.permutations(list(state.nodes)))[:-1]:
        left = after_leaving(state, name)
        if not is_dynamic(state.cluster):
            assert left == what_if_lost(state, name)
        if not left.has_quorum:
            assert not is_dynamic(state.cluster) or version is V2012
            return
        state = without(state, {name})
    assert len(members_of(state)) == 1


@given(versions, modes, st.integers(1, 8))
def test_what_is_spare_can_be_lost_whichever_it_is(version: ClusterVersion, mode: QuorumMode, size: int) -> None:
    state = cluster_of(size, mode, version)
    assert state.cluster is not None
    spare = votes(state.cluster, state.nodes, state.disks).spare
    assert all(what_if_lost(state, *some).has_quorum for some in combinations(members_of(state), min(spare, size - 1)))
