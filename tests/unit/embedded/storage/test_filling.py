from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import GIB, MIB, ClusterVersion, MachineState, OfflineAction
from fcm.model.rules.failing.filling import PAUSED_BELOW
from tests.unit.embedded.failing_storage import desk_of, logged, volume, with_volume

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.embedded.desk import Desk


@pytest.fixture
def later() -> Iterator[Desk]:
    """Contoso as a cluster of 2016."""
    desk = desk_of(ClusterVersion.V2016)
    yield desk
    desk.close()


def fill(desk: Desk, leave: int) -> str:
    """A machine without a group, whose fixed disk leaves so many bytes of the volume free; its name."""
    found = volume(desk)
    free = desk.state.disks[found.disk].free
    assert desk.do(cmd.CreateVirtualMachine("FILL", "node1", 512 * MIB, found.disk, disk_size=free - leave))
    return "FILL"


def test_a_saved_state_takes_the_room_of_the_memory_until_the_machine_is_restored(desk: Desk) -> None:
    with_volume(desk, DB1="node1")
    before = desk.state.disks[volume(desk).disk].used
    assert desk.do(cmd.SetMachineState(desk.machine("DB1").id, MachineState.SAVED))
    desk.settle()
    assert desk.state.disks[volume(desk).disk].used == before + 512 * MIB
    assert desk.do(cmd.SetMachineState(desk.machine("DB1").id, MachineState.RUNNING))
    desk.settle()
    assert desk.state.disks[volume(desk).disk].used == before


def test_a_machine_is_not_saved_where_its_memory_has_no_room(later: Desk) -> None:
    with_volume(later, DB1="node1")
    fill(later, leave=300 * MIB)
    machine = later.machine("DB1").id
    assert "300 MiB free" in later.do(cmd.SetMachineState(machine, MachineState.SAVED)).reason
    assert "300 MiB free" in later.do(cmd.QuickMigrate(machine, "node2")).reason
    assert "300 MiB free" in later.do(cmd.MoveMachine(machine, "node2")).reason
    resource = later.state.machine_resource(machine)
    assert resource is not None
    assert later.do(cmd.ConfigureResource(resource.id, offline_action=OfflineAction.SHUT_DOWN))
    assert later.do(cmd.MoveMachine(machine, "node2"))


def test_what_a_machine_writes_after_a_snapshot_grows_and_goes_with_the_snapshot(desk: Desk) -> None:
    with_volume(desk, DB1="node1")
    before = desk.state.disks[volume(desk).disk].used
    assert desk.do(cmd.TakeSnapshot(desk.machine("DB1").id))
    (snapshot,) = desk.state.snapshots.values()
    desk.run(3600)
    disk = desk.state.disks[volume(desk).disk]
    grown = dict(disk.written)[desk.machine("DB1").id]
    assert grown == pytest.approx(40e6 * 0.05 * 3600, rel=0.02)
    assert disk.used == before + snapshot.size + grown
    assert desk.do(cmd.DeleteSnapshot(snapshot.id))
    disk = desk.state.disks[volume(desk).disk]
    assert (disk.used, disk.written) == (before, ())


def test_snapshots_do_not_grow_beyond_the_disk_of_the_machine(desk: Desk) -> None:
    with_volume(desk, DB1="node1")
    assert desk.do(cmd.TakeSnapshot(desk.machine("DB1").id))
    desk.run(4 * 3600)
    grown = dict(desk.state.disks[volume(desk).disk].written)[desk.machine("DB1").id]
    assert desk.machine("DB1").disk_size <= grown <= desk.machine("DB1").disk_size + 256 * MIB


def test_a_machine_that_is_deleted_leaves_no_room_behind(desk: Desk) -> None:
    found = with_volume(desk)
    before = desk.state.disks[found.disk].used
    assert desk.do(cmd.CreateVirtualMachine("GONE", "node1", 512 * MIB, found.disk, disk_size=5 * GIB, start=True))
    desk.run(20)
    assert desk.do(cmd.TakeSnapshot(desk.machine("GONE").id))
    desk.run(1200)
    assert desk.do(cmd.SetMachineState(desk.machine("GONE").id, MachineState.OFF, forced=True))
    assert desk.do(cmd.DeleteVirtualMachine(desk.machine("GONE").id))
    assert desk.state.disks[found.disk].used == before


def test_2008_r2_warns_below_2_gb_and_pauses_the_machines_of_the_coordinator_below_200_mb(desk: Desk) -> None:
    with_volume(desk, "node1", DB1="node1", DB2="node3")
    fill(desk, leave=GIB)
    assert logged(desk, "16050", "16060") == [("16050", "node1"), ("16050", "node3")]
    assert desk.do(cmd.TakeSnapshot(desk.machine("DB1").id))  # 512 MiB
    assert desk.do(cmd.SetMachineState(desk.machine("DB1").id, MachineState.RUNNING)).reason == "DB1 is running."
    desk.run(250)
    assert desk.state.disks[volume(desk).disk].free < PAUSED_BELOW
    assert desk.machine("DB1").state is MachineState.PAUSED_CRITICAL
    assert desk.machine("DB2").state is MachineState.RUNNING  # its node does not see that the volume is full
    assert logged(desk, "16060") == [("16060", "node1")]


def test_a_machine_that_was_paused_for_want_of_room_is_resumed_by_hand_in_2008_r2(desk: Desk) -> None:
    with_volume(desk, "node1", DB1="node1")
    name = fill(desk, leave=100 * MIB)
    machine = desk.machine("DB1").id
    assert desk.machine("DB1").state is MachineState.PAUSED_CRITICAL
    assert "is full" in desk.do(cmd.SetMachineState(machine, MachineState.RUNNING)).reason
    assert desk.do(cmd.DeleteVirtualMachine(desk.machine(name).id))
    desk.run(600)
    assert desk.machine("DB1").state is MachineState.PAUSED_CRITICAL
    assert desk.do(cmd.SetMachineState(machine, MachineState.RUNNING))
    assert desk.machine("DB1").state is MachineState.RUNNING
    assert desk.machine("DB1").critical_since is None


def test_2016_pauses_only_machines_that_write_and_lets_them_go_on_by_themselves(later: Desk) -> None:
    with_volume(later, "node1", DB1="node1", DB2="node1")
    assert later.do(cmd.TakeSnapshot(later.machine("DB1").id))
    name = fill(later, leave=100 * MIB)
    assert later.machine("DB1").state is MachineState.RUNNING
    later.run(120)
    assert later.state.disks[volume(later).disk].free == 0
    assert later.machine("DB1").state is MachineState.PAUSED_CRITICAL
    assert later.machine("DB2").state is MachineState.RUNNING
    later.run(2400)
    assert later.machine("DB1").state is MachineState.PAUSED_CRITICAL  # only storage that is gone ends it
    assert later.do(cmd.DeleteVirtualMachine(later.machine(name).id))
    assert later.machine("DB1").state is MachineState.RUNNING


def test_a_paused_critical_machine_can_be_turned_off(desk: Desk) -> None:
    with_volume(desk, "node1", DB1="node1")
    fill(desk, leave=100 * MIB)
    assert desk.do(cmd.SetMachineState(desk.machine("DB1").id, MachineState.OFF))
    assert desk.machine("DB1").state is MachineState.OFF
    assert "is full" in desk.do(cmd.SetMachineState(desk.machine("DB1").id, MachineState.RUNNING)).reason
