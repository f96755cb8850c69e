"""Story 10: four nodes are cut into two halves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model.entities import MachineState, NodeState
from fcm.model.failures import FaultKind
from tests.unit.embedded.stories.story import NOTICED, SHARE, Story, version, with_share, within, without_witness

if TYPE_CHECKING:
    from collections.abc import Callable

HALVES = {"node1": ["node3", "node4"], "node2": ["node3", "node4"],
          "node3": ["node1", "node2"], "node4": ["node1", "node2"]}  # fmt: skip


def cut(story: Story) -> None:
    story.fail(FaultKind.ISOLATE, "node3", together=("node4",))


@pytest.fixture(params=["share", "disk"])
def halves(request: pytest.FixtureRequest, four: Callable[..., Story]) -> Story:
    """Four nodes with a witness on the side of node1 and node2, cut."""
    story = four(*with_share()) if request.param == "share" else four()
    cut(story)
    return story


def test_each_side_loses_the_other(halves: Story) -> None:
    story = halves
    story.run(60.0)
    for name, lost in HALVES.items():
        found = story.written(1135, node=name)
        assert sorted(one.data["NodeName"] for one in found) == lost, story.told()
        assert all(within(one.after, NOTICED) for one in found), story.told()
    parted = story.first(1129)
    assert 0.0 < parted.after <= story.first(1135).after
    assert {one.node for one in story.written(1129)} == {"node1"}  # in 2008 R2 one node writes it


def test_the_side_of_the_witness_owner_goes_on_and_takes_the_groups(halves: Story) -> None:
    story = halves
    names = {name: story.desk.machine(name).node for name in ("VM5", "VM6")}
    for _ in range(160):
        story.run(0.25)
        story.one_copy_each()
    for name, source in names.items():
        moved = story.one(1153, ResourceGroup=name)
        assert (moved.data["SourceNode"], moved.data["DestinationNode"] in ("node1", "node2")) == (source, True)
        assert 5.8 <= moved.after <= 7.8, story.told()
        machine = story.desk.machine(name)
        assert (machine.node, machine.state) == (moved.data["DestinationNode"], MachineState.RUNNING)
    assert story.desk.state.nodes["node1"].state is NodeState.UP
    assert story.desk.state.nodes["node2"].state is NodeState.UP
    assert "one off quorum" in story.log("node1") or "one off quorum" in story.log("node2")


def test_the_other_side_loses_the_arbitration_and_its_copies_end(halves: Story) -> None:
    story = halves
    story.run(11.0)
    assert story.written(1177) == []
    assert {copy.machine for copy in story.desk.state.copies.values()} == {
        story.desk.machine("VM5").id,
        story.desk.machine("VM6").id,
    }
    story.run(30.0)
    assert story.writers(1177) == ["node3", "node4"]
    assert all(12.0 <= one.after <= 20.5 for one in story.written(1177)), story.told()
    for name, node in (("VM5", "node3"), ("VM6", "node4")):
        assert within(story.one(18502, node=node, VmName=name).after, (12.0, 21.0)), story.told()
    assert story.desk.state.copies == {}
    assert "lost quorum, status 5925" in story.log("node3")


def test_the_loser_of_a_share_writes_1564(four: Callable[..., Story]) -> None:
    story = four(*with_share())
    cut(story)
    story.run(40.0)
    refused = story.written(1564)
    assert refused
    assert {one.node for one in refused} <= {"node3", "node4"}
    assert all(one.data["ShareName"] == SHARE for one in refused)
    assert all(12.0 <= one.after <= 20.0 for one in refused), story.told()
    assert story.first(1177).after >= refused[0].after


def test_healed_both_nodes_join_again(halves: Story) -> None:
    story = halves
    story.run(120.0)
    story.begin()
    story.repair(FaultKind.ISOLATE, "node3")
    story.run(120.0)
    assert story.writers(1062) == ["node3", "node4"]
    assert all(node.state is NodeState.UP for node in story.desk.state.nodes.values())
    assert story.written(1154) == []


def test_without_a_witness_neither_half_goes_on(four: Callable[..., Story]) -> None:
    story = four(*without_witness())
    cut(story)
    story.run(30.0)
    assert story.writers(1177) == ["node1", "node2", "node3", "node4"]
    assert story.written(1153) == []
    assert story.desk.state.cluster is not None
    assert story.desk.state.cluster.stopped


def test_with_dynamic_quorum_one_half_goes_on(four: Callable[..., Story]) -> None:
    story = four(version("2012 R2"), *without_witness())
    cut(story)
    story.run(60.0)
    assert len(story.writers(1177)) == 2, story.told()
    up = [node.name for node in story.desk.state.nodes.values() if node.state is NodeState.UP]
    assert up in (["node1", "node2"], ["node3", "node4"])
