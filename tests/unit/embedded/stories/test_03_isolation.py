"""Story 3: a node loses its network, but not its power."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model.entities import MachineState, NodeState
from fcm.model.failures import FaultKind
from tests.unit.embedded.stories.story import NOTICED, Story, version, within

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(params=["contoso", "four"])
def isolated(request: pytest.FixtureRequest, contoso: Story, four: Callable[..., Story]) -> Story:
    """A cluster whose node3 no longer hears the others, though its links stay up."""
    story = contoso if request.param == "contoso" else four()
    story.fail(FaultKind.ISOLATE, "node3")
    return story


def test_both_sides_say_that_they_lost_the_other(isolated: Story) -> None:
    story = isolated
    story.run(60.0)
    others = sorted(set(story.desk.state.nodes) - {"node3"})
    assert story.writers(1135, NodeName="node3") == others
    assert sorted(one.data["NodeName"] for one in story.written(1135, node="node3")) == others
    assert all(within(one.after, NOTICED) for one in story.written(1135)), story.told()


def test_the_majority_takes_over_while_the_copies_of_the_other_side_cannot_write_and_end(isolated: Story) -> None:
    story = isolated
    names = story.groups_of("node3")
    assert names
    for _ in range(80):
        story.run(0.25)
        story.one_copy_each()
    for name in names:
        moved = story.one(1153, ResourceGroup=name)
        started = story.one(18500, VmName=name)
        assert moved.after < started.after <= 20.0
        assert started.node == moved.data["DestinationNode"] != "node3"
        assert story.desk.machine(name).state is MachineState.RUNNING
        off = story.one(18502, node="node3", VmName=name)
        assert 5.5 <= off.after <= 17.0, story.told()
    lost = story.one(1177)
    assert lost.node == "node3"
    assert 5.5 <= lost.after <= 16.5
    assert story.desk.state.copies == {}
    assert "lost quorum, status 5925" in story.log("node3")
    assert "[RHS] Cluster service has terminated" in story.log("node3")
    assert "lost quorum" not in story.log("node1")


def test_the_node_waits_until_the_network_is_healed_and_joins_by_itself(isolated: Story) -> None:
    story = isolated
    story.run(120.0)
    waiting = story.desk.state.nodes["node3"]
    assert waiting.state in (NodeState.JOINING, NodeState.DOWN)
    assert waiting.state is NodeState.JOINING or story.written(1553, node="node3"), story.told()
    story.begin()
    story.repair(FaultKind.ISOLATE, "node3")
    story.run(90.0)
    assert story.desk.state.nodes["node3"].state is NodeState.UP
    assert story.one(1062).node == "node3"
    assert story.written(1125, 1128)
    assert story.written(1153) == story.written(1154) == []


def test_with_all_cables_pulled_the_service_ends_at_once(contoso: Story) -> None:
    story = contoso
    names = story.groups_of("node3")
    story.unplug("node3")
    story.run(60.0)
    ended = story.one(1554)
    assert (ended.node, ended.record.level_name) == ("node3", "Critical")
    assert ended.after <= 1.5, story.told()
    assert story.writers(1135, NodeName="node3") == ["node1", "node2"]
    assert all(within(one.after, NOTICED) for one in story.written(1135, NodeName="node3")), story.told()
    assert story.written(1177) == []
    for name in names:
        assert story.one(18502, node="node3", VmName=name).after <= 2.5
        assert story.one(18500, VmName=name).node != "node3"


def test_from_2016_on_a_short_isolation_moves_nothing(four: Callable[..., Story]) -> None:
    story = four(version("2016"))
    story.fail(FaultKind.ISOLATE, "node3")
    story.run(60.0)
    assert story.desk.state.nodes["node3"].state is NodeState.ISOLATED
    assert story.written(1673, 1681)
    story.run(40.0)
    story.repair(FaultKind.ISOLATE, "node3")
    story.run(30.0)
    assert story.desk.state.nodes["node3"].state is NodeState.UP, story.told()
    assert story.written(1680)
    assert story.written(1682)
    assert story.written(1153) == story.written(18500) == []
    machine = story.desk.machine("VM5")
    assert (machine.node, machine.state) == ("node3", MachineState.RUNNING)
