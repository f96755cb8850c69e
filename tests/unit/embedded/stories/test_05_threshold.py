"""Story 5: a virtual machine that cannot start goes from node to node until its threshold is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.entities import MachineState, ResourceState

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.embedded.stories.story import Story


def fail(story: Story, name: str) -> None:
    resource = f"Virtual Machine {name}"
    identity = next(one.id for one in story.desk.state.resources.values() if one.name == resource)
    verdict = story.desk.do(cmd.FailResource(identity))
    assert verdict, verdict.sentence()


def test_it_is_restarted_once_and_fails_over_the_second_time(contoso: Story) -> None:
    story = contoso
    fail(story, "WEB01")
    story.run(30.0)
    once = story.one(1069, ResourceGroup="WEB01")
    assert (once.node, once.data["ResourceName"], once.data["ResourceType"]) == (
        "node1",
        "Virtual Machine WEB01",
        "Virtual Machine",
    )
    assert once.after <= 0.1
    again = story.one(18500, VmName="WEB01")
    assert again.node == "node1"
    assert 0.5 <= again.after <= 12.0
    assert story.written(1638) == story.written(1153) == []
    story.begin()
    fail(story, "WEB01")
    story.run(30.0)
    assert story.one(1069, ResourceGroup="WEB01").node == "node1"
    assert story.one(1638, ResourceGroup="WEB01").node == "node1"
    moved = story.one(1153, ResourceGroup="WEB01")
    assert (moved.data["SourceNode"], moved.data["DestinationNode"]) == ("node1", "node2")  # the next by id
    assert story.one(18500, VmName="WEB01").node == "node2"
    log = story.log("node1")
    assert "[RHS] Resource Virtual Machine WEB01 has indicated failure" in log
    assert "[RCM] HandleMonitorReply: FAILURENOTIFICATION for 'Virtual Machine WEB01'" in log


def test_a_node_without_its_switch_is_only_a_stop_on_the_way(contoso: Story) -> None:
    story = contoso  # node2 has no virtual network DMZ Network
    for _ in range(2):
        fail(story, "WEB02")
        story.run(30.0)
    story.run(60.0)
    moves = [(one.data["SourceNode"], one.data["DestinationNode"]) for one in story.written(1153)]
    assert moves == [("node1", "node2"), ("node2", "node3")], story.told()
    assert len(story.written(1069, node="node2", ResourceGroup="WEB02")) == 2
    assert len(story.written(21117, node="node2")) == 2
    assert story.writers(1638) == ["node1", "node2"]
    machine = story.desk.machine("WEB02")
    assert (machine.node, machine.state) == ("node3", MachineState.RUNNING)
    assert story.first(1201, node="node3", ResourceGroup="WEB02")


def test_what_starts_nowhere_is_left_failed_once_its_failovers_are_used_up(four: Callable[..., Story]) -> None:
    story = four()  # only node1 has the virtual network Lab
    fail(story, "VM4")
    story.run(30.0)
    story.begin()
    fail(story, "VM4")
    story.run(120.0)
    moves = [(one.data["SourceNode"], one.data["DestinationNode"]) for one in story.written(1153)]
    assert moves == [("node1", "node2"), ("node2", "node3"), ("node3", "node4")], story.told()
    for name in ("node2", "node3", "node4"):
        failed = story.written(1069, node=name, ResourceGroup="VM4")
        assert len(failed) == 2, story.told()
        assert failed[1].after - failed[0].after >= 0.5
        assert len(story.written(1638, node=name)) == 1
    terminal = story.one(1254, ResourceGroup="VM4")
    assert terminal.node == "node4"
    assert story.one(1205, ResourceGroup="VM4").node == "node4"
    assert terminal.after <= 60.0
    assert story.desk.group("VM4").state is ResourceState.FAILED
    told = story.desk.state.failovers[story.desk.group("VM4").id]
    assert told.online is None
    assert told.outcome


def test_an_hour_later_a_new_series_begins(four: Callable[..., Story]) -> None:
    story = four()
    fail(story, "VM4")
    story.run(30.0)
    fail(story, "VM4")
    story.run(120.0)
    story.begin()
    story.run(3300.0)
    assert story.written(1069) == []
    story.run(400.0)
    assert story.written(1069, ResourceGroup="VM4"), story.told()
