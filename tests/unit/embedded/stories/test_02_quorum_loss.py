"""Story 2: so many nodes die at once that the rest has no quorum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model.entities import MachineState, NodeState
from fcm.model.failures import FaultKind
from tests.unit.embedded.stories.story import NOTICED, Story, version, within

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(params=["contoso", "four"])
def stopped(request: pytest.FixtureRequest, contoso: Story, four: Callable[..., Story]) -> Story:
    """A cluster of which only node1 has power: it and the witness are two votes of four or five."""
    story = contoso if request.param == "contoso" else four()
    for name in [name for name in story.desk.state.nodes if name != "node1"]:
        story.fail(FaultKind.POWER_OFF, name)
    return story


def test_the_rest_loses_quorum_and_its_service_ends(stopped: Story) -> None:
    story = stopped
    story.run(30.0)
    lost = sorted(set(story.desk.state.nodes) - {"node1"})
    assert sorted(one.data["NodeName"] for one in story.written(1135, node="node1")) == lost
    assert all(within(one.after, NOTICED) for one in story.written(1135)), story.told()
    gone = story.one(1177)
    assert (gone.node, gone.record.level_name) == ("node1", "Critical")
    assert story.first(1135).after <= gone.after <= 7.5, story.told()
    assert "lost quorum, status 5925" in story.log("node1")
    assert story.desk.state.cluster is not None
    assert story.desk.state.cluster.stopped
    assert all(node.state is not NodeState.UP for node in story.desk.state.nodes.values())


def test_its_machines_are_turned_off_not_saved_and_nobody_says_offline_in_order(stopped: Story) -> None:
    story = stopped
    names = story.running_on("node1")
    assert names
    story.run(30.0)
    off = story.written(18502, node="node1")
    assert set(story.groups_of("node1")) <= {one.data["VmName"] for one in off}
    assert all(one.after <= 8.0 for one in off)
    assert story.written(1204) == []
    assert all(story.desk.machine(name).state is MachineState.OFF for name in names)
    assert story.running_on("node1") == []


def test_windows_says_that_the_service_ended_and_starts_it_again_after_a_minute(stopped: Story) -> None:
    story = stopped
    story.run(30.0)
    for number in (7024, 7031):
        one = story.one(number, node="node1")
        assert one.record.provider == "Service Control Manager"
        assert one.after <= 8.0
    assert story.desk.state.nodes["node1"].state is NodeState.DOWN
    story.run(45.0)
    assert story.desk.state.nodes["node1"].state is NodeState.JOINING
    story.run(3600.0)
    assert story.desk.state.nodes["node1"].state is NodeState.JOINING
    assert story.written(1061) == []


def test_a_second_node_brings_the_cluster_back_and_groups_follow_their_persistent_state(contoso: Story) -> None:
    story = contoso
    ran = story.running_on("node1") + story.running_on("node2") + story.running_on("node3")
    clustered = [name for name in ran if story.desk.machine(name).is_highly_available]
    for name in ("node2", "node3"):
        story.fail(FaultKind.POWER_OFF, name)
    story.run(300.0)
    story.begin()
    story.repair(FaultKind.POWER_OFF, "node2")
    story.run(400.0)
    formed = story.one(1061)
    joined = [one for one in story.written(1062) if one.after >= formed.after - 0.01]
    assert {formed.node, *(one.node for one in joined)} == {"node1", "node2"}
    assert formed.data["ClusterName"] == "contoso"
    assert 30.0 <= formed.after <= 200.0, story.told()
    assert story.first(1201, ResourceGroup="Cluster Group").after >= formed.after
    assert all(story.desk.machine(name).state is MachineState.RUNNING for name in clustered), story.told()
    assert {story.desk.machine(name).node for name in clustered} <= {"node1", "node2"}
    assert story.desk.state.cluster is not None
    assert not story.desk.state.cluster.stopped
    story.one_copy_each()


def test_with_dynamic_quorum_one_node_after_the_other_may_die(four: Callable[..., Story]) -> None:
    story = four(version("2012 R2"))
    for name in ("node2", "node3", "node4"):
        story.fail(FaultKind.POWER_OFF, name)
        story.run(120.0)
        assert story.desk.state.nodes["node1"].state is NodeState.UP, story.told()
    assert story.written(1177) == []
    assert len(story.running_on("node1")) == 6 - (story.desk.machine("VM4").node != "node1")


def test_without_dynamic_quorum_the_third_loss_stops_the_cluster(four: Callable[..., Story]) -> None:
    story = four()
    for name in ("node2", "node3"):
        story.fail(FaultKind.POWER_OFF, name)
        story.run(120.0)
        assert story.desk.state.nodes["node1"].state is NodeState.UP, story.told()
    story.fail(FaultKind.POWER_OFF, "node4")
    story.run(30.0)
    assert story.writers(1177) == ["node1"]
