"""Story 4: the LUN of the witness disk is lost while all nodes are well, and then a node dies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import NodeState, ResourceState
from fcm.model.failures import FaultKind
from tests.unit.embedded.stories.story import SHARE, with_share

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.embedded.stories.story import Story

CORE = "Cluster Group"


def test_the_witness_is_tried_on_every_node_and_left_failed_while_quorum_holds(contoso: Story) -> None:
    story = contoso
    story.fail(FaultKind.LOSE_LUN, story.witness_disk())
    story.run(120.0)
    first = story.first(1069)
    assert (first.node, first.data["ResourceGroup"]) == ("node1", CORE)
    assert 2.5 <= first.after <= 5.5, story.told()
    assert story.first(1038).node == "node1"
    assert story.first(1038).after <= first.after
    for name in ("node1", "node2", "node3"):
        assert story.written(1069, node=name, ResourceGroup=CORE), story.told()
        assert story.written(1034, node=name), story.told()
    assert story.written(1558)
    assert story.written(1205, ResourceGroup=CORE)
    assert story.written(1254, ResourceGroup=CORE)
    assert story.written(1254, ResourceGroup=CORE)[0].after <= 20.0, story.told()
    assert story.written(1135) == story.written(1177) == []
    assert all(node.state is NodeState.UP for node in story.desk.state.nodes.values())
    assert story.desk.state.disks[story.witness_disk()].state is ResourceState.FAILED
    assert "[QUORUM]" in story.log(story.first(1558).node)


def test_the_name_and_the_address_of_the_cluster_move_with_the_witness_and_stay_online(contoso: Story) -> None:
    story = contoso
    story.fail(FaultKind.LOSE_LUN, story.witness_disk())
    story.run(120.0)
    core = {r.name: r.state for r in story.desk.state.resources.values() if story.desk.group(CORE).id == r.group}
    assert core["Cluster Name"] is ResourceState.ONLINE, core
    assert story.desk.group(CORE).state is ResourceState.FAILED  # one of its resources has failed
    assert story.desk.state.cluster is not None
    assert story.desk.state.cluster.host == story.desk.group(CORE).owner


def test_a_lost_share_is_tried_on_every_node_too(four: Callable[..., Story]) -> None:
    story = four(*with_share())
    story.fail(FaultKind.LOSE_SHARE, SHARE)
    story.run(120.0)
    lost = story.first(1562)
    assert (lost.node, lost.record.level_name, lost.data["ShareName"]) == ("node1", "Warning", SHARE)
    assert lost.after <= 60.0
    names = ["node1", "node2", "node3", "node4"]
    assert sorted(set(story.writers(1069, ResourceName="File Share Witness"))) == names
    assert sorted(set(story.writers(1558))) == names[:3]
    assert story.one(1254, ResourceGroup=CORE).node == story.one(1205, ResourceGroup=CORE).node == "node4"
    assert story.written(1177) == story.written(1135) == []
    assert story.desk.state.cluster is not None
    assert not story.desk.state.cluster.witness_online
    story.begin()
    story.repair(FaultKind.LOSE_SHARE, SHARE)
    story.run(3700.0)
    assert story.desk.state.cluster.witness_online
    assert story.written(1201, ResourceGroup=CORE)


def test_in_2008_r2_the_next_node_that_dies_stops_the_cluster(contoso: Story) -> None:
    story = contoso
    story.fail(FaultKind.LOSE_LUN, story.witness_disk())
    story.run(120.0)
    story.begin()
    story.fail(FaultKind.POWER_OFF, "node3")
    story.run(30.0)
    assert story.writers(1135) == ["node1", "node2"]
    assert story.writers(1177) == ["node1", "node2"]
    assert story.desk.state.cluster is not None
    assert story.desk.state.cluster.stopped


def test_a_witness_that_is_back_comes_online_at_the_next_retry(contoso: Story) -> None:
    story = contoso
    disk = story.witness_disk()
    story.fail(FaultKind.LOSE_LUN, disk)
    story.run(120.0)
    story.repair(FaultKind.LOSE_LUN, disk)
    story.run(60.0)
    story.begin()
    story.run(3700.0)
    assert story.desk.state.disks[disk].state is ResourceState.ONLINE, story.told()
    assert story.written(1201, ResourceGroup=CORE)
    assert story.desk.group(CORE).state is ResourceState.ONLINE
