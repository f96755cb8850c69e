from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.entities import VolumeAccess
from fcm.workspace.actions.powershell import powershell

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk


def test_a_disk_is_suspended_and_resumed_and_says_so(desk: ShellDesk) -> None:
    (shown,) = desk.must("Suspend-ClusterResource 'Cluster Disk 5'")
    assert (shown.get("State"), shown.get("MaintenanceMode")) == ("Online", True)
    assert "Online(Maintenance)" in desk.run("Get-ClusterResource 'Cluster Disk 5'").text()
    suspended = desk.must("Get-ClusterResource | Where-Object MaintenanceMode | Select-Object -ExpandProperty Name")
    assert suspended == ["Cluster Disk 5"]
    (shown,) = desk.must("Get-ClusterResource 'Cluster Disk 5' | Resume-ClusterResource")
    assert (shown.get("State"), shown.get("MaintenanceMode")) == ("Online", False)


def test_a_volume_under_machines_needs_force_and_is_in_maintenance_once_they_are_offline(desk: ShellDesk) -> None:
    desk.must("(Get-Cluster).EnableSharedVolumes = 'Enabled'; Add-ClusterSharedVolume 'Cluster Disk 2'")
    desk.must("New-VM NEW01 -ComputerName node1 -MemoryStartupBytes 512MB -Path C:\\ClusterStorage\\Volume1")
    desk.must("Add-ClusterVirtualMachineRole NEW01; Start-VM NEW01")
    desk.settle()
    assert "Machines run from Cluster Disk 2" in desk.run("Suspend-ClusterResource 'Cluster Disk 2'").text()
    (shown,) = desk.must("Get-ClusterSharedVolume | Suspend-ClusterResource -Force")
    assert (shown.get("State"), shown.get("MaintenanceMode")) == ("Online", True)
    (info,) = desk.must("(Get-ClusterSharedVolume).SharedVolumeInfo")
    assert (info["MaintenanceMode"], info["RedirectedAccess"]) == (True, False)
    (volume,) = desk.state.shared_volumes.values()
    off = cmd.SetMaintenance(volume.disk, on=False)
    desk.must(powershell(off, desk.state))
    assert desk.commands[-1] == off
    assert desk.state.shared_volumes[volume.disk].access is VolumeAccess.DIRECT


def test_only_disks_can_be_suspended(desk: ShellDesk) -> None:
    assert (
        "neither a disk nor a Cluster Shared Volume"
        in desk.run("Suspend-ClusterResource 'Virtual Machine SQL01'").text()
    )
