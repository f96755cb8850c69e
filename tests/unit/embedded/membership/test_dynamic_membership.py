"""Dynamic quorum as it is lived: nodes that die one after the other, and together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import NodeState
from fcm.model.failures import FaultKind
from tests.unit.embedded.desk import Desk
from tests.unit.embedded.failing import cluster_file, cluster_of, fault, repair

if TYPE_CHECKING:
    from pathlib import Path


def ups(desk: Desk) -> set[str]:
    return {name for name, node in desk.state.nodes.items() if node.state is NodeState.UP}


def die(desk: Desk, *names: str) -> None:
    """These nodes lose their power at once."""
    for name in names:
        fault(desk, FaultKind.POWER_OFF, name)
    desk.run(40.0)


@pytest.mark.parametrize(("version", "survives"), [("2008 R2", False), ("2012 R2", True)])
def test_two_of_three_nodes_may_die_one_after_the_other_with_a_dynamic_witness(
    tmp_path: Path, version: str, survives: bool
) -> None:
    three = Desk(cluster_file(tmp_path, 3, "disk", version))
    die(three, "node3")
    assert ups(three) == {"node1", "node2"}
    die(three, "node2")
    assert (ups(three) == {"node1"}) is survives
    assert bool(cluster_of(three).stopped) is not survives
    three.close()


def test_two_of_three_nodes_may_not_die_together(tmp_path: Path) -> None:
    three = Desk(cluster_file(tmp_path, 3, "disk", "2012 R2"))
    die(three, "node2", "node3")
    assert cluster_of(three).stopped
    three.close()


def test_five_nodes_without_a_witness_may_shrink_to_two_one_by_one(tmp_path: Path) -> None:
    five = Desk(cluster_file(tmp_path, 5, "", "2012 R2"))
    for name, left in (("node5", 4), ("node4", 3), ("node3", 2)):
        die(five, name)
        assert len(ups(five)) == left
    voters = [node.name for node in five.state.nodes.values() if node.dynamic_weight]
    assert len(voters) == 1
    repair(five)
    five.run(300.0)
    assert len(ups(five)) == 5
    assert all(node.dynamic_weight for node in five.state.nodes.values())
    five.close()


def test_of_the_last_two_nodes_the_one_with_the_vote_survives_and_the_other_does_not(tmp_path: Path) -> None:
    for voter_dies in (True, False):
        two = Desk(cluster_file(tmp_path, 2, "", "2012 R2"))
        voter = next(node.name for node in two.state.nodes.values() if node.dynamic_weight)
        other = next(name for name in two.state.nodes if name != voter)
        die(two, voter if voter_dies else other)
        assert bool(cluster_of(two).stopped) is voter_dies
        two.close()


def test_the_half_with_the_low_priority_node_loses_an_even_cut(tmp_path: Path) -> None:
    four = Desk(cluster_file(tmp_path, 4, "", "2012 R2"))
    assert four.do(cmd.ConfigureCluster(lower_quorum_priority_node="node1"))
    fault(four, FaultKind.ISOLATE, "node1", together=("node2",))
    four.run(30.0)
    assert ups(four) == {"node3", "node4"}
    four.close()


def test_a_lost_witness_loses_its_vote_before_the_next_node_dies(tmp_path: Path) -> None:
    two = Desk(cluster_file(tmp_path, 4, "disk", "2012 R2"))
    fault(two, FaultKind.LOSE_LUN, two.disk("Cluster Disk 1").id)
    two.run(60.0)
    assert cluster_of(two).witness_weight == 0
    die(two, "node4")
    assert ups(two) == {"node1", "node2", "node3"}
    repair(two, FaultKind.LOSE_LUN)
    two.close()
