"""Story 6: a node that does not own a Cluster Shared Volume loses its path to the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import MachineState, ResourceState
from fcm.model.failures import FaultKind
from tests.unit.embedded.stories.story import OPERATIONAL, Story, version

if TYPE_CHECKING:
    from collections.abc import Callable


def test_only_that_node_is_redirected_and_nothing_fails_or_moves(four: Callable[..., Story]) -> None:
    story = four()
    disk = story.desk.disk("Cluster Disk 2").id
    story.fail(FaultKind.LOSE_PATH, disk, "node3")
    story.run(60.0)
    paused, redirected = story.one(5120), story.one(5121)
    assert (paused.node, redirected.node) == ("node3", "node3")
    assert "c000000e" in paused.data["Status"]
    assert (paused.record.level_name, redirected.record.level_name) == ("Error", "Error")  # 2008 R2
    assert paused.record.task_name == "Cluster Shared Volume"
    assert paused.after <= 31.0
    assert 0.5 <= redirected.after - paused.after <= 3.0, story.told()
    volume = story.desk.state.shared_volumes[disk]
    assert (volume.owner, volume.redirected, volume.paused) == ("node2", ("node3",), ())
    assert story.written(1069) == story.written(1038) == story.written(1153) == []
    machine = story.desk.machine("VM5")
    assert (machine.node, machine.state) == ("node3", MachineState.RUNNING)
    assert story.desk.state.disks[disk].state is ResourceState.ONLINE
    assert "[DCM]" in story.log("node3")
    assert "no direct path" not in story.log("node1")


def test_with_the_path_back_the_node_resumes(four: Callable[..., Story]) -> None:
    story = four()
    disk = story.desk.disk("Cluster Disk 2").id
    story.fail(FaultKind.LOSE_PATH, disk, "node3")
    story.run(60.0)
    story.begin()
    story.repair(FaultKind.LOSE_PATH, disk, "node3")
    story.run(60.0)
    resumed = story.one(5122)
    assert (resumed.node, resumed.record.channel) == ("node3", OPERATIONAL)
    assert story.desk.state.shared_volumes[disk].redirected == ()


def test_from_2012_on_the_levels_are_milder(four: Callable[..., Story]) -> None:
    story = four(version("2012"))
    story.fail(FaultKind.LOSE_PATH, story.desk.disk("Cluster Disk 2").id, "node3")
    story.run(60.0)
    assert story.one(5120).record.level_name == "Warning"
    assert story.one(5121).record.level_name == "Information"


def test_a_coordinator_that_loses_its_path_gives_the_disk_to_a_node_that_has_one(four: Callable[..., Story]) -> None:
    story = four()
    disk = story.desk.disk("Cluster Disk 2").id
    story.fail(FaultKind.LOSE_PATH, disk, "node2")
    story.run(90.0)
    assert story.first(1038).node == "node2"
    assert story.first(1069).node == "node2"
    volume = story.desk.state.shared_volumes[disk]
    assert volume.owner != "node2"
    assert volume.redirected == ("node2",)
    assert story.first(5121).node == "node2"
    assert story.desk.state.disks[disk].state is ResourceState.ONLINE
    assert story.desk.machine("VM1").state is MachineState.RUNNING
