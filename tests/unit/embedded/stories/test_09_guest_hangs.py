"""Story 9: a guest operating system stops answering."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import MachineState, ResourceState
from fcm.model.failures import FaultKind, GuestState

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.entities import Resource
    from tests.unit.embedded.stories.story import Story


@pytest.fixture(params=[("contoso", "WEB01", "node1"), ("four", "VM1", "node2")], ids=lambda p: p[0])
def hung(request: pytest.FixtureRequest, contoso: Story, four: Callable[..., Story]) -> tuple[Story, str, str]:
    """A machine whose guest hangs."""
    cluster, name, node = request.param
    story = contoso if cluster == "contoso" else four()
    story.run(300.0)  # it has booted long ago
    story.begin()
    story.fail(FaultKind.GUEST_HANG, story.desk.machine(name).id)
    return story, name, node


def resource(story: Story, name: str) -> Resource:
    return next(one for one in story.desk.state.resources.values() if one.name == f"Virtual Machine {name}")


def test_its_lost_heartbeat_restarts_it_on_its_node(hung: tuple[Story, str, str]) -> None:
    story, name, node = hung
    story.run(5.0)
    assert story.desk.machine(name).guest is GuestState.HUNG
    assert story.written(1069) == []
    story.run(115.0)
    failed = story.one(1069, ResourceName=f"Virtual Machine {name}")
    assert failed.node == node
    assert 10.0 <= failed.after <= 95.0, story.told()
    off, started = story.one(18502, node=node, VmName=name), story.one(18500, node=node, VmName=name)
    assert failed.after - 0.1 <= off.after < started.after
    assert started.after - failed.after <= 12.0
    assert story.first(21119, node=node).after >= started.after - 0.1
    assert story.first(1201, node=node, ResourceGroup=name).after >= started.after - 0.1
    assert (story.desk.machine(name).node, story.desk.machine(name).state) == (node, MachineState.RUNNING)
    assert story.written(1153) == []
    assert "[RHS]" in story.log(node)


def test_the_second_time_within_the_period_it_fails_over(hung: tuple[Story, str, str]) -> None:
    story, name, node = hung
    story.run(300.0)
    story.begin()
    story.fail(FaultKind.GUEST_HANG, story.desk.machine(name).id)
    story.run(120.0)
    assert story.one(1638, ResourceGroup=name).node == node
    moved = story.one(1153, ResourceGroup=name)
    assert moved.data["DestinationNode"] != node
    assert story.desk.machine(name).node == moved.data["DestinationNode"]
    assert story.desk.machine(name).state is MachineState.RUNNING


def test_without_heartbeat_monitoring_nobody_but_its_users_notices(contoso: Story) -> None:
    story = contoso
    assert story.desk.do(cmd.ConfigureResource(resource(story, "WEB01").id, heartbeat=False))
    story.fail(FaultKind.GUEST_HANG, story.desk.machine("WEB01").id)
    story.run(7200.0)
    assert story.written(1069, 18502, 18500, 1153) == []
    assert resource(story, "WEB01").state is ResourceState.ONLINE
    assert story.desk.machine("WEB01").guest is GuestState.HUNG
