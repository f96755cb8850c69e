"""The resource of the witness: its vote follows it, and a cluster that stops takes everything offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import NodeState, ResourceState, ResourceType
from fcm.model.failures import FaultKind
from fcm.model.rules.quorum import Votes, votes
from tests.unit.embedded.desk import Desk
from tests.unit.embedded.failing import cluster_file, fault, repair, replayed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fcm.model.entities import Cluster, Resource


@pytest.fixture
def share(tmp_path: Path) -> Iterator[Desk]:
    """Four nodes of 2008 R2 with a file share witness."""
    four = Desk(cluster_file(tmp_path, 4, "share"))
    yield four
    four.close()


@pytest.fixture
def dynamic(tmp_path: Path) -> Iterator[Desk]:
    """Four nodes of 2012 R2 with a file share witness."""
    four = Desk(cluster_file(tmp_path, 4, "share", "2012 R2"))
    yield four
    four.close()


def witness(desk: Desk) -> Resource:
    return next(one for one in desk.state.resources.values() if one.type is ResourceType.FILE_SHARE_WITNESS)


def cluster(desk: Desk) -> Cluster:
    assert desk.state.cluster is not None
    return desk.state.cluster


def count(desk: Desk) -> Votes:
    return votes(cluster(desk), desk.state.nodes, desk.state.disks)


def lose_share(desk: Desk) -> None:
    fault(desk, FaultKind.LOSE_SHARE, cluster(desk).witness or "")


def test_a_share_that_is_lost_fails_its_resource_and_with_it_the_vote(share: Desk) -> None:
    lose_share(share)
    share.run(120.0)
    assert witness(share).state is ResourceState.FAILED
    assert count(share) == Votes(4, 5, 3)
    assert not cluster(share).stopped


def test_a_share_that_is_back_votes_again_when_its_resource_is_tried_again(share: Desk) -> None:
    lose_share(share)
    share.run(120.0)
    repair(share)
    share.run(60.0)
    assert count(share) == Votes(4, 5, 3)
    share.run(3700.0)
    assert witness(share).state is ResourceState.ONLINE
    assert count(share) == Votes(5, 5, 3)


def test_from_2012_a_witness_is_tried_again_after_a_quarter_of_an_hour(dynamic: Desk) -> None:
    lose_share(dynamic)
    dynamic.run(120.0)
    repair(dynamic)
    dynamic.run(960.0)
    assert witness(dynamic).state is ResourceState.ONLINE


def test_a_share_that_is_back_can_be_brought_online_by_hand(share: Desk) -> None:
    lose_share(share)
    share.run(120.0)
    repair(share)
    assert share.do(cmd.BringOnline(witness(share).id))
    assert count(share) == Votes(5, 5, 3)


def test_configuring_the_same_share_again_brings_it_back_at_once(share: Desk) -> None:
    lose_share(share)
    share.run(120.0)
    repair(share)
    assert share.do(cmd.SetQuorum(cluster(share).quorum_mode, cluster(share).witness))
    assert count(share) == Votes(5, 5, 3)


def test_a_share_that_no_node_reaches_cannot_be_the_witness(share: Desk) -> None:
    lose_share(share)
    share.run(10.0)
    verdict = share.do(cmd.SetQuorum(cluster(share).quorum_mode, cluster(share).witness))
    assert "No node reaches" in verdict.sentence()


def test_a_dynamic_witness_that_fails_gives_its_vote_up_and_one_node_too(dynamic: Desk) -> None:
    assert (cluster(dynamic).witness_weight, count(dynamic).total) == (1, 5)
    lose_share(dynamic)
    dynamic.run(120.0)
    assert (cluster(dynamic).witness_weight, count(dynamic)) == (0, Votes(3, 3, 2))


def test_what_a_witness_has_been_through_is_in_the_journal(dynamic: Desk) -> None:
    lose_share(dynamic)
    dynamic.run(120.0)
    repair(dynamic)
    dynamic.run(960.0)
    assert replayed(dynamic) == dynamic.state


def test_when_all_nodes_die_it_is_not_the_witness_that_was_lost(share: Desk) -> None:
    for node in tuple(share.state.nodes):
        fault(share, FaultKind.POWER_OFF, node)
    share.run(60.0)
    assert cluster(share).stopped.startswith("No node responds")


def test_in_a_cluster_without_quorum_nothing_is_online(desk: Desk) -> None:
    for node in ("node2", "node3"):
        fault(desk, FaultKind.POWER_OFF, node)
    desk.run(90.0)
    assert desk.state.nodes["node1"].state is NodeState.JOINING
    assert {one.state for one in desk.state.resources.values()} == {ResourceState.OFFLINE}
    assert {one.state for one in desk.state.groups.values()} == {ResourceState.OFFLINE}


def test_a_cluster_that_forms_again_brings_everything_online(desk: Desk) -> None:
    for node in ("node2", "node3"):
        fault(desk, FaultKind.POWER_OFF, node)
    desk.run(90.0)
    repair(desk)
    desk.run(400.0)
    assert {node.state for node in desk.state.nodes.values()} == {NodeState.UP}
    assert {one.state for one in desk.state.resources.values()} == {ResourceState.ONLINE}


@pytest.mark.parametrize("kind", ["share", "disk"])
def test_a_dynamic_witness_has_its_vote_as_soon_as_the_cluster_has_formed(tmp_path: Path, kind: str) -> None:
    desk = Desk(cluster_file(tmp_path, 4, kind, "2012 R2"))
    assert desk.do(cmd.StopCluster())
    desk.run(120.0)
    assert desk.do(cmd.StartCluster())
    desk.run(120.0)
    assert count(desk) == Votes(5, 5, 3)
    desk.close()
