"""Votes of a Pacemaker cluster are counted as votequorum does: more than half of all, the witness with all it has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import ClusterVersion, QuorumMode
from fcm.model.rules.allowed import allowed
from fcm.model.rules.quorum import Votes, description, engine_of, is_dynamic, votes, what_if_lost, what_if_witness_lost
from fcm.model.structures.tables import Table
from tests.unit.model.changed import with_cluster

if TYPE_CHECKING:
    from fcm.model.state import State

WITNESS = "corosync-qnetd on 10.90.0.200"


@pytest.fixture
def corosync(state: State) -> State:
    """Three nodes without a witness."""
    return with_cluster(
        state,
        engine="Pacemaker 2.1.5",
        quorum_mode=QuorumMode.NODE_MAJORITY,
        witness=None,
        version=ClusterVersion.V2016,
    )


def count(state: State) -> Votes:
    assert state.cluster is not None
    return votes(state.cluster, state.nodes, state.disks)


def test_three_nodes_survive_the_loss_of_one_and_there_is_no_dynamic_quorum(corosync: State) -> None:
    assert corosync.cluster is not None
    assert count(corosync) == Votes(3, 3, 2)
    assert what_if_lost(corosync, "node1").has_quorum
    assert not what_if_lost(corosync, "node1", "node2").has_quorum
    assert not is_dynamic(corosync.cluster)
    assert description(corosync.cluster, corosync.disks) == "Majority of votes"


def test_a_witness_of_the_last_man_standing_has_as_many_votes_as_the_device_gives(corosync: State) -> None:
    mode = QuorumMode.NODE_AND_FILE_SHARE_MAJORITY
    state = with_cluster(corosync, quorum_mode=mode, witness=WITNESS, witness_weight=2)
    assert state.cluster is not None
    assert count(state) == Votes(5, 5, 3)
    assert what_if_lost(state, "node1", "node2") == Votes(3, 5, 3)
    assert what_if_witness_lost(state) == Votes(3, 5, 3)
    assert count(with_cluster(state, witness_online=False)) == Votes(3, 5, 3)
    assert description(state.cluster, state.disks) == f"Majority of votes with a witness ({WITNESS})"


def test_a_node_can_have_several_votes_or_none(corosync: State) -> None:
    nodes = {**corosync.nodes, "node1": replace(corosync.nodes["node1"], weight=3)}
    nodes["node2"] = replace(nodes["node2"], weight=0)
    assert count(replace(corosync, nodes=Table(nodes))) == Votes(4, 4, 3)


def test_a_pacemaker_cluster_has_priorities_whatever_the_version(corosync: State) -> None:
    group = next(one.id for one in corosync.groups.values() if not one.is_core)
    command = cmd.ConfigureGroup(group, priority=3000)
    old = with_cluster(corosync, version=ClusterVersion.V2008_R2)
    assert allowed(command, old)
    assert not allowed(command, with_cluster(old, engine=""))


def test_what_decides_about_failover_is_told_of_a_cluster_that_has_such_an_engine(
    corosync: State, state: State
) -> None:
    assert corosync.cluster is not None
    assert engine_of(corosync) == corosync.cluster.engine != ""
    assert engine_of(state) == ""
    assert engine_of(replace(state, cluster=None)) == ""
