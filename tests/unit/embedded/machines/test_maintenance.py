from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.backend.embedded import open_embedded
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState, OfflineAction, ResourceState, VolumeAccess
from fcm.model.rules.maintenance import in_maintenance
from fcm.workspace.files.journal import Journal
from tests.unit.embedded.desk import START, Desk

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def volume(desk: Desk) -> str:
    """A shared volume with NEW01, running and highly available."""
    return made_volume(desk)


def made_volume(desk: Desk) -> str:
    disk = desk.disk("Cluster Disk 2").id
    assert desk.do(cmd.EnableSharedVolumes(notice_accepted=True))
    assert desk.do(cmd.AddStorage((disk,)))
    add(desk, "NEW01", disk)
    return disk


def add(desk: Desk, name: str, disk: str) -> None:
    assert desk.do(cmd.CreateVirtualMachine(name, "node1", 512 << 20, disk, start=True))
    desk.settle()
    assert desk.do(cmd.MakeHighlyAvailable((desk.machine(name).id,)))


def access(desk: Desk, disk: str) -> VolumeAccess:
    return desk.state.shared_volumes[disk].access


def test_a_disk_in_maintenance_stays_online_with_its_machine_until_the_mode_is_turned_off(desk: Desk) -> None:
    sql = desk.machine("SQL01")
    disk = sql.disk or ""
    assert desk.do(cmd.SetMaintenance(disk, on=True))
    assert in_maintenance(desk.state, disk)
    assert desk.state.disks[disk].state is ResourceState.ONLINE
    assert desk.machine("SQL01") == sql
    for command in (cmd.LiveMigrate(sql.id, "node2"), cmd.QuickMigrate(sql.id, "node2"), cmd.BackUpMachine(sql.id)):
        refused = desk.do(command)
        assert (refused.reason, refused.remedy) == (
            f"{desk.state.disks[disk].name} is in maintenance mode.",
            "Turn off maintenance mode first.",
        )
    assert desk.do(cmd.SetMaintenance(disk, on=False))
    assert desk.do(cmd.LiveMigrate(sql.id, "node2"))


def test_a_volume_in_maintenance_can_neither_be_run_from_nor_moved_nor_given_more_machines(
    desk: Desk, volume: str
) -> None:
    machine = desk.machine("NEW01").id
    assert desk.do(cmd.SetMachineState(machine, MachineState.OFF, forced=True))
    assert desk.do(cmd.SetMaintenance(volume, on=True))
    assert access(desk, volume) is VolumeAccess.MAINTENANCE
    for command in (
        cmd.SetMachineState(machine, MachineState.RUNNING),
        cmd.MoveMachine(machine, "node2"),
        cmd.CreateVirtualMachine("NEW02", "node1", 512 << 20, volume),
        cmd.ConfigureVirtualMachine(machine, memory=1 << 30),
        cmd.TakeSnapshot(machine),
        cmd.BackUpMachine(machine),
        cmd.MoveSharedVolume(volume, "node2"),
        cmd.RenameVolumeFolder(volume, "Machines"),
        cmd.SetRedirectedAccess(volume, on=True),
    ):
        refused = desk.do(command)
        assert "is in maintenance mode" in refused.reason, command
        assert refused.remedy == "Turn off maintenance mode first."
    assert desk.do(cmd.SetMaintenance(volume, on=False))
    assert access(desk, volume) is VolumeAccess.DIRECT
    assert desk.do(cmd.SetMachineState(machine, MachineState.RUNNING))


def test_running_machines_keep_a_volume_from_maintenance_unless_it_is_forced(desk: Desk, volume: str) -> None:
    refused = desk.do(cmd.SetMaintenance(volume, on=True))
    assert refused.reason.startswith(
        "Machines run from Cluster Disk 2, which no node can access in maintenance mode: NEW01"
    )
    assert "-Force" in refused.remedy
    assert desk.machine("NEW01").state is MachineState.RUNNING


@pytest.mark.parametrize(
    ("action", "end"),
    [
        (OfflineAction.SAVE, MachineState.SAVED),
        (OfflineAction.SHUT_DOWN, MachineState.OFF),
        (OfflineAction.TURN_OFF, MachineState.OFF),
    ],
)
def test_forced_maintenance_first_takes_each_machine_offline_by_its_offline_action(
    desk: Desk, volume: str, action: OfflineAction, end: MachineState
) -> None:
    add(desk, "NEW02", volume)
    machine = desk.machine("NEW01")
    resource = desk.state.machine_resource(machine.id)
    assert resource is not None
    assert desk.do(cmd.ConfigureResource(resource.id, offline_action=action))
    assert desk.do(cmd.SetMaintenance(volume, on=True, force=True))
    assert access(desk, volume) is VolumeAccess.DIRECT, "NEW02 is still being saved"
    desk.settle()
    assert access(desk, volume) is VolumeAccess.MAINTENANCE
    assert (desk.machine("NEW01").state, desk.machine("NEW02").state) == (end, MachineState.SAVED)
    assert desk.do(cmd.SetMaintenance(volume, on=False))
    desk.settle()
    assert desk.machine("NEW01").state is end, "machines are started by hand"


def test_a_machine_that_starts_elsewhere_meanwhile_keeps_the_volume_and_it_is_told(desk: Desk, volume: str) -> None:
    assert desk.do(cmd.SetMaintenance(volume, on=True, force=True))
    assert desk.do(cmd.StopClusterService("node1"))
    desk.settle()
    assert desk.machine("NEW01").state is MachineState.RUNNING
    assert desk.machine("NEW01").node != "node1"
    assert access(desk, volume) is VolumeAccess.DIRECT
    (told,) = desk.events(ev.CommandRefused)
    assert isinstance(told, ev.CommandRefused)
    assert told.command == "SetMaintenance"
    assert told.reason.startswith("NEW01")


def test_a_failed_machine_is_not_restarted_from_a_volume_that_no_node_reaches(desk: Desk, volume: str) -> None:
    resource = desk.state.machine_resource(desk.machine("NEW01").id)
    assert resource is not None
    assert desk.do(cmd.FailResource(resource.id))
    assert desk.do(cmd.SetMaintenance(volume, on=True)), "in the moment before its restart"
    desk.run(60.0)
    assert desk.machine("NEW01").state is MachineState.OFF
    assert desk.group("NEW01").state is ResourceState.FAILED
    assert access(desk, volume) is VolumeAccess.MAINTENANCE


def test_maintenance_ends_when_the_disk_goes_offline_or_its_owner_leaves(desk: Desk, volume: str) -> None:
    disk = desk.disk("Cluster Disk 3").id
    assert desk.do(cmd.SetMaintenance(disk, on=True))
    assert desk.do(cmd.SetDiskOnline(disk, online=False))
    assert not in_maintenance(desk.state, disk)
    refused = desk.do(cmd.SetMaintenance(disk, on=True))
    assert (refused.reason, refused.remedy) == ("Cluster Disk 3 is offline.", "Bring the disk online first.")
    assert desk.do(cmd.SetMachineState(desk.machine("NEW01").id, MachineState.SAVED))
    desk.settle()
    owned = desk.machine("SQL01").disk or ""
    for one in (volume, owned):
        assert desk.do(cmd.SetMaintenance(one, on=True))
        assert desk.do(cmd.StopClusterService(desk.state.disks[one].owner or ""))
        assert not in_maintenance(desk.state, one)
        desk.settle()
        for node in desk.state.nodes:
            desk.do(cmd.StartClusterService(node))
        desk.settle()


def test_maintenance_outlives_the_program(tmp_path: Path) -> None:
    def opened() -> Desk:
        backend = open_embedded("contoso", seed=1, start_time=START)
        return Desk(backend=backend, journal=Journal.open(tmp_path / "c.journal", backend.uri))

    desk = opened()
    volume, disk = made_volume(desk), desk.disk("Cluster Disk 3").id
    assert desk.do(cmd.SetMaintenance(volume, on=True, force=True))
    desk.settle()
    assert desk.do(cmd.SetMaintenance(disk, on=True))
    desk.close()
    again = opened()
    assert in_maintenance(again.state, volume)
    assert in_maintenance(again.state, disk)
    again.close()
