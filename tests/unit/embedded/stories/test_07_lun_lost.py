"""Story 7: the LUN of a Cluster Shared Volume is lost on every node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.entities import MachineState, ResourceState
from fcm.model.failures import FaultKind
from tests.unit.embedded.stories.story import Story, version

if TYPE_CHECKING:
    from collections.abc import Callable

ALL = ["node1", "node2", "node3", "node4"]
ON_IT = ("VM1", "VM2", "VM5")
ELSEWHERE = ("VM3", "VM4", "VM6")


def test_the_disk_is_tried_on_every_node_and_no_node_reaches_the_volume(four: Callable[..., Story]) -> None:
    story = four()
    disk = story.desk.disk("Cluster Disk 2").id
    story.fail(FaultKind.LOSE_LUN, disk)
    story.run(300.0)
    assert sorted(set(story.writers(5120))) == ALL
    assert all(one.after <= 31.0 for one in story.written(5120)), story.told()
    assert story.first(1038).node == "node2"
    assert story.first(1069, ResourceName="Cluster Disk 2").node == "node2"
    tried = {one.node for one in story.written(1069, ResourceName="Cluster Disk 2")}
    assert tried == set(ALL), story.told()
    assert {one.node for one in story.written(1034)} == set(ALL)
    assert sorted(set(story.writers(5142))) == ALL
    assert all(5.0 <= one.after <= 120.0 for one in story.written(5142)), story.told()
    assert story.desk.state.disks[disk].state is ResourceState.FAILED
    assert story.written(5150) == []  # 2012 and later


def test_every_machine_on_the_volume_fails_and_no_other(four: Callable[..., Story]) -> None:
    story = four()
    story.fail(FaultKind.LOSE_LUN, story.desk.disk("Cluster Disk 2").id)
    story.run(900.0)
    for name in ON_IT:
        assert story.written(1069, ResourceGroup=name), story.told()
        assert story.written(1254, ResourceGroup=name), story.told()
        assert story.desk.machine(name).state is MachineState.OFF
        assert story.desk.group(name).state is ResourceState.FAILED
    for name in ELSEWHERE:
        assert story.written(1069, ResourceGroup=name) == []
        assert story.desk.machine(name).state is MachineState.RUNNING
    assert story.written(1135) == []
    story.one_copy_each()


def test_from_2016_on_they_are_paused_and_go_on_once_the_disk_is_back(four: Callable[..., Story]) -> None:
    story = four(version("2016"))
    disk = story.desk.disk("Cluster Disk 2").id
    story.fail(FaultKind.LOSE_LUN, disk)
    story.run(180.0)
    assert all(story.desk.machine(name).state is MachineState.PAUSED_CRITICAL for name in ON_IT), story.told()
    assert sorted(set(story.writers(5142))) == ALL
    assert story.written(5150)
    story.repair(FaultKind.LOSE_LUN, disk)
    if story.desk.state.disks[disk].state is not ResourceState.ONLINE:
        assert story.desk.do(cmd.SetDiskOnline(disk, True))
    story.run(120.0)
    assert all(story.desk.machine(name).state is MachineState.RUNNING for name in ON_IT), story.told()


def test_from_2016_on_half_an_hour_of_it_turns_them_off(four: Callable[..., Story]) -> None:
    story = four(version("2016"))
    story.fail(FaultKind.LOSE_LUN, story.desk.disk("Cluster Disk 2").id)
    story.run(1700.0)
    assert all(story.desk.machine(name).state is MachineState.PAUSED_CRITICAL for name in ON_IT)
    story.run(300.0)
    assert all(story.written(18528, VmName=name) for name in ON_IT), story.told()


def test_once_the_lun_is_back_a_retry_brings_disk_and_machines_online(four: Callable[..., Story]) -> None:
    story = four()
    disk = story.desk.disk("Cluster Disk 2").id
    story.fail(FaultKind.LOSE_LUN, disk)
    story.run(900.0)
    story.begin()
    story.repair(FaultKind.LOSE_LUN, disk)
    story.run(3 * 3600.0)
    assert story.desk.state.disks[disk].state is ResourceState.ONLINE, story.told()
    assert sorted(set(story.writers(5122))) == ALL
    assert all(story.desk.machine(name).state is MachineState.RUNNING for name in ON_IT), story.told()
