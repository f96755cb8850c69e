"""Story 8: the source of a live migration dies while memory is copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import MachineState
from fcm.model.failures import FaultKind
from fcm.model.telemetry import Phase
from tests.unit.embedded.stories.story import NOTICED, Story, within

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(params=[("contoso", "SQL01", "node1", "node2"), ("four", "VM1", "node2", "node3")], ids=lambda p: p[0])
def moving(request: pytest.FixtureRequest, contoso: Story, four: Callable[..., Story]) -> tuple[Story, str, str, str]:
    """A machine in the brownout of its live migration, and the loss of power of its source."""
    cluster, name, source, destination = request.param
    story = contoso if cluster == "contoso" else four()
    assert story.desk.do(cmd.LiveMigrate(story.desk.machine(name).id, destination))
    story.run(8.0)
    assert story.desk.migration(name).phase is Phase.BROWNOUT
    story.begin()
    story.fail(FaultKind.POWER_OFF, source)
    return story, name, source, destination


def test_the_machine_is_cold_booted_by_an_ordinary_failover(moving: tuple[Story, str, str, str]) -> None:
    story, name, source, _ = moving
    for _ in range(120):
        story.run(0.5)
        story.one_copy_each()
    others = sorted(set(story.desk.state.nodes) - {source})
    assert story.writers(1135, NodeName=source) == others
    assert all(within(one.after, NOTICED) for one in story.written(1135)), story.told()
    moved = story.one(1153, ResourceGroup=name)
    assert moved.data["SourceNode"] == source
    booted = story.one(18500, VmName=name)
    assert booted.node == moved.data["DestinationNode"]
    assert 6.3 <= booted.after <= 20.0
    machine = story.desk.machine(name)
    assert (machine.node, machine.state) == (booted.node, MachineState.RUNNING)


def test_the_migration_failed_and_the_destination_gave_its_part_up(moving: tuple[Story, str, str, str]) -> None:
    story, name, source, destination = moving
    story.run(60.0)
    migration = story.desk.migration(name)
    assert migration.phase is Phase.FAILED
    assert source in migration.reason
    aborted = story.one(21024, node=destination, VmName=name)
    assert aborted.data["Code"] in ("0x80072746", "0x8007274C")
    assert abs(aborted.after - story.first(1153).after) <= 0.5, story.told()  # once the membership is agreed on
    assert story.written(20415, 20417, 20418, 22507, 22508, 22509) == []
    assert story.desk.state.active_migration(migration.machine) is None
