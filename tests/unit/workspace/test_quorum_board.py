"""What the quorum board says of votes, hearing and losses, and what a stopped cluster lacks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.model.entities import AdapterState, ClusterVersion, NodeState, QuorumMode, ResourceState
from fcm.model.failures import Fault, FaultKind
from fcm.model.rules.quorum import members_of, reweighted, witness_online
from fcm.model.structures.tables import Table
from fcm.workspace.quorum_board import WITNESS, Board, Voter, heard_over, quorum_board, what_is_missing
from tests.unit.model.changed import network, with_cluster, with_disk, with_node, with_object
from tests.unit.model.conftest import formed

if TYPE_CHECKING:
    from fcm.model.state import State


@pytest.fixture
def state() -> State:
    return formed("contoso")


@pytest.fixture
def eight() -> State:
    return formed("fabrikam")


def voter(board: Board, identity: str) -> Voter:
    return next(row for row in board.voters if row.id == identity)


def down(state: State, *names: str) -> State:
    for name in names:
        state = with_node(state, name, state=NodeState.DOWN)
    return state


def of_version(state: State, version: ClusterVersion) -> State:
    """The state as a cluster of another version, with the weights that it agrees on."""
    state = with_cluster(state, version=version)
    assert state.cluster is not None
    cluster, nodes = reweighted(
        state.cluster, state.nodes, members_of(state), witness_online(state.cluster, state.disks)
    )
    return replace(state, cluster=cluster, nodes=Table(nodes))


def cut(state: State, node: str, *networks: str) -> State:
    """The state after the cluster noticed that adapters of a node failed."""
    for name in networks:
        adapter = state.adapter(node, network(state, name).id)
        assert adapter is not None
        state = with_object(state, "adapters", adapter.id, state=AdapterState.FAILED)
    return state


def test_every_node_and_the_witness_have_a_row_with_their_vote(state: State) -> None:
    board = quorum_board(state)
    assert [(row.name, row.vote_words) for row in board.voters] == [
        ("node1", "1"),
        ("node2", "1"),
        ("node3", "1"),
        ("Cluster Disk 1", "1"),
    ]


def test_three_nodes_and_a_witness_survive_any_one_loss(state: State) -> None:
    board = quorum_board(state)
    assert (board.level, board.sentence) == ("pass", "Survives any one loss.")


def test_eight_nodes_survive_several_losses_at_once(eight: State) -> None:
    assert "losses at once" in quorum_board(eight).sentence


def test_after_a_loss_the_next_one_stops_the_cluster_and_its_services(state: State) -> None:
    board = quorum_board(down(state, "node3"))
    assert board.level == "warn"
    assert board.sentence.startswith("One more loss stops the cluster, and with it ")
    assert voter(board, "node1").if_lost == "Stops: 2 of 4"


def test_the_only_loss_that_would_stop_the_cluster_is_named(state: State) -> None:
    changed = with_disk(state, "Cluster Disk 1", visible_to=("node1",))
    assert quorum_board(changed).sentence.startswith("The loss of node1 stops the cluster")


def test_what_a_node_owns_is_counted(state: State) -> None:
    board = quorum_board(state)
    assert voter(board, "node2").if_lost == "Continues: 3 of 4"
    assert sum(row.services for row in board.voters) == 10


def test_a_vote_that_is_missing_says_why(state: State) -> None:
    changed = of_version(with_node(down(state, "node3"), "node2", weight=0), ClusterVersion.V2012_R2)
    board = quorum_board(changed)
    assert voter(board, "node2").vote_words == "0, NodeWeight 0"
    assert voter(board, "node3").vote_words == "0, dynamic quorum"
    assert voter(board, WITNESS).vote_words == "0, dynamic witness"


def test_dynamic_quorum_survives_more_losses_one_after_the_other(state: State) -> None:
    board = quorum_board(of_version(state, ClusterVersion.V2012_R2))
    assert board.sentence == "Survives any one loss, and 2 nodes one after the other."


def test_the_witness_says_who_sees_it_and_when_it_is_lost(state: State) -> None:
    assert voter(quorum_board(state), WITNESS).hears == "all nodes"
    lost = voter(quorum_board(with_disk(state, "Cluster Disk 1", state=ResourceState.FAILED)), WITNESS)
    assert (lost.state, lost.hears, lost.if_lost) == ("Failed", "nobody", "")


def test_a_file_share_witness_that_is_lost_has_failed(state: State) -> None:
    changed = with_cluster(state, quorum_mode=QuorumMode.NODE_AND_FILE_SHARE_MAJORITY, witness="\\\\server\\w")
    assert voter(quorum_board(changed), WITNESS).state == "Online"
    assert voter(quorum_board(with_cluster(changed, witness_online=False)), WITNESS).state == "Failed"


def test_members_hear_each_other_over_every_network_with_a_role(state: State) -> None:
    assert len(heard_over(state, "node1", "node2")) == 3
    assert voter(quorum_board(state), "node1").hears == "node2, node3"


def test_the_last_network_over_which_a_node_is_heard_is_named(state: State) -> None:
    changed = cut(state, "node3", "Cluster Network 1", "Cluster Network 2")
    assert voter(quorum_board(changed), "node3").hears == "node1, node2, only over Cluster Network 3"


def test_a_node_that_is_not_heard_is_named(state: State) -> None:
    changed = down(state, "node3")
    assert voter(quorum_board(changed), "node1").hears == "all but node3"
    assert voter(quorum_board(changed), "node3").hears == "nobody"


def test_more_than_two_that_are_all_heard_are_counted(eight: State) -> None:
    assert voter(quorum_board(eight), "host1").hears == "all 7"


def test_with_disk_only_no_node_votes_and_the_loss_of_the_disk_stops_all(state: State) -> None:
    board = quorum_board(with_cluster(state, quorum_mode=QuorumMode.DISK_ONLY))
    assert voter(board, "node1").vote_words == "0, the disk decides"
    assert board.sentence.startswith("The loss of Cluster Disk 1 stops the cluster")


def test_a_forced_cluster_goes_on_without_votes_until_its_last_node_is_lost(state: State) -> None:
    forced = with_cluster(down(state, "node3"), forced=True)
    assert quorum_board(forced).sentence == "Quorum is forced until a majority is back."
    last = quorum_board(down(forced, "node2"))
    assert last.sentence.startswith("Quorum is forced until a majority is back. The loss of node1 stops the cluster")
    assert not voter(last, WITNESS).stops


def stopped(state: State, *waiting: str) -> State:
    """The cluster without quorum, in which only these nodes wait."""
    state = with_cluster(down(state, *state.nodes), stopped="Quorum was lost.")
    for name in waiting:
        state = with_node(state, name, state=NodeState.JOINING)
    return state


def off(state: State, *names: str) -> State:
    faults = {name: Fault(name, FaultKind.POWER_OFF, name, 0.0) for name in names}
    return replace(state, faults=Table(faults))


def test_a_cluster_that_runs_lacks_nothing(state: State) -> None:
    assert what_is_missing(state) == ""


def test_a_stopped_cluster_names_the_nodes_that_would_bring_quorum_back(state: State) -> None:
    assert what_is_missing(stopped(state, "node1")) == (
        "contoso is stopped for lack of quorum: 2 of 4 votes, 3 needed. Start node2 or node3, or force the start."
    )


def test_a_node_without_power_is_to_be_turned_on(state: State) -> None:
    waits = stopped(state, "node1")
    assert what_is_missing(off(waits, "node3")).endswith("Start node2, turn on node3, or force the start.")
    assert what_is_missing(off(waits, "node2", "node3")).endswith("Turn on node2 or node3, or force the start.")


def test_where_several_votes_are_missing_so_many_nodes_are_asked_for(eight: State) -> None:
    changed = with_cluster(stopped(eight, "host1", "host2", "host3"), quorum_mode=QuorumMode.NODE_MAJORITY)
    said = what_is_missing(changed)
    assert "3 of 8 votes, 5 needed. Start 2 of host4, host5, host6, host7 and host8, or force the start." in said


def test_where_no_node_waits_the_cluster_is_to_be_started(state: State) -> None:
    assert what_is_missing(stopped(state)) == ("contoso is stopped. Quorum was lost. Choose Start Cluster to start it.")


def test_where_windows_starts_the_services_again_it_is_said(state: State) -> None:
    again = with_node(stopped(state), "node1", service_due=60.0)
    assert what_is_missing(again).endswith("Windows starts the cluster services again soon.")


def test_where_the_votes_suffice_the_cluster_is_starting(state: State) -> None:
    assert what_is_missing(stopped(state, "node1", "node2")) == "contoso is starting: 3 of 4 votes, 3 needed."


def test_the_board_of_a_stopped_cluster_shows_what_waits(state: State) -> None:
    board = quorum_board(stopped(state, "node1"))
    assert (board.level, board.votes.present) == ("fail", 2)
    assert board.sentence == "The cluster is stopped: 2 of 4 votes, 3 needed."
    assert all(not row.if_lost for row in board.voters)
    assert (voter(board, WITNESS).state, voter(board, WITNESS).hears) == ("Offline", "node1")
