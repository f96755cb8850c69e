"""Cmdlets that Windows has and this shell has not: why, and what there is instead.

The names of Windows Server 2008 R2 are those of the 69 cmdlets of its FailoverClusters module; the others are those
that newer scripts use most.
"""

from __future__ import annotations

_MACHINES_ONLY = "This cluster holds virtual machines only."
_ACCESS = "Who may do what is not in the model: whoever runs this program administers the cluster."
_PARTS = "The parts of a group are made by the High Availability wizard (Add-ClusterVirtualMachineRole)."
_2012 = "It came with Windows Server 2012."
_2012_R2 = "It came with Windows Server 2012 R2."
_2016 = "It came with Windows Server 2016."
_MIGRATION = "Set-ClusterParameter MigrationNetworkOrder sets the networks."
ABSENT: dict[str, str] = {
    "Add-ClusterFileServerRole": _MACHINES_ONLY,
    "Add-ClusterGenericApplicationRole": _MACHINES_ONLY,
    "Add-ClusterGenericScriptRole": _MACHINES_ONLY,
    "Add-ClusterGenericServiceRole": _MACHINES_ONLY,
    "Add-ClusterGroup": _PARTS,
    "Add-ClusterPrintServerRole": _MACHINES_ONLY,
    "Add-ClusterResource": _PARTS,
    "Add-ClusterResourceDependency": _PARTS,
    "Add-ClusterResourceType": "The types of resource are those that virtual machines need.",
    "Add-ClusterServerRole": _MACHINES_ONLY,
    "Block-ClusterAccess": _ACCESS,
    "Clear-ClusterDiskReservation": "Persistent reservations of disks are not in the model.",
    "Clear-ClusterNode": "An evicted node leaves nothing behind here.",
    "Get-ClusterAccess": _ACCESS,
    "Get-ClusterResourceDependencyReport": "Get-ClusterResourceDependency shows dependencies as text.",
    "Grant-ClusterAccess": _ACCESS,
    "Move-ClusterResource": _PARTS,
    "Remove-Cluster": "Delete the cluster file; New-Cluster says where it wrote it.",
    "Remove-ClusterAccess": _ACCESS,
    "Remove-ClusterResource": "Remove-ClusterGroup removes a group with its resources.",
    "Remove-ClusterResourceDependency": _PARTS,
    "Remove-ClusterResourceType": "The types of resource are those that virtual machines need.",
    "Repair-ClusterSharedVolume": "File systems cannot be damaged in the model.",
    "Set-ClusterLog": "The log holds everything that happened, at every level.",
    "Set-ClusterResourceDependency": _PARTS,
    "Stop-Cluster": "Stop-ClusterNode stops the cluster service of a node; the last one stays up.",
    "Update-ClusterIPResource": "The address of the cluster is fixed; DHCP is not in the model.",
    "Add-ClusterScaleOutFileServerRole": f"{_2012} {_MACHINES_ONLY}",
    "Add-ClusteriSCSITargetServerRole": f"{_2012} {_MACHINES_ONLY}",
    "Add-ClusterVMMonitoredItem": f"{_2012} Set-ClusterParameter CheckHeartbeat watches the guest.",
    "Get-ClusterCheckpoint": f"{_2012} The model has no registry checkpoints.",
    "Get-ClusterVMMonitoredItem": f"{_2012} Set-ClusterParameter CheckHeartbeat watches the guest.",
    "Update-ClusterNetworkNameResource": f"{_2012} Names are not registered in a DNS here.",
    "Get-ClusterSharedVolumeState": f"{_2012_R2} (Get-ClusterSharedVolume).SharedVolumeInfo shows redirected access.",
    "New-ClusterNameAccount": f"{_2012_R2} There is no Active Directory here.",
    "Enable-ClusterStorageSpacesDirect": f"{_2016} Disks are LUNs of shared storage here.",
    "Get-ClusterDiagnosticInfo": f"{_2016} Get-ClusterLog writes the logs of all nodes.",
    "Get-ClusterFaultDomain": f"{_2016} All nodes stand in one place here.",
    "Update-ClusterFunctionalLevel": f"{_2016} The cluster is one of Windows Server 2008 R2.",
    "Compare-VM": f"{_2012} The pre-flight check of the window shows what stands in the way of a move.",
    "Disable-VMMigration": f"{_2012} {_MIGRATION}",
    "Enable-VMMigration": f"{_2012} {_MIGRATION}",
    "Export-VM": f"{_2012} Machines stay in their cluster here.",
    "Get-VMHost": f"{_2012} Get-ClusterNode | Format-List shows memory and processors.",
    "Import-VM": f"{_2012} New-VM makes machines.",
    "Measure-VM": f"{_2012} Get-VM shows what a machine holds.",
    "Move-VM": f"{_2012} Use Move-ClusterVirtualMachineRole: clustered machines are moved by the cluster.",
    "Move-VMStorage": f"{_2012} Storage migration is not in the model.",
    "New-VHD": f"{_2012} New-VM makes the disk of a machine.",
    "Set-VMHost": f"{_2012} (Get-Cluster).MaximumParallelMigrations limits simultaneous migrations.",
    "Set-VMMigrationNetwork": f"{_2012} {_MIGRATION}",
    "Enter-PSSession": "Commands run here, on the open cluster; --cluster opens another one.",
    "Get-Counter": "fcm history and Get-ClusterVirtualMachineMigration show what a migration measured.",
    "Get-EventLog": "Use Get-WinEvent, Get-ClusterEvent or wevtutil qe.",
    "Get-Process": "The processes of this computer are not this shell's business.",
    "Get-Service": "Get-ClusterNode shows the state of the cluster service.",
    "Get-WmiObject": "Get-ClusterResource and its relatives show what the WMI classes show.",
    "Invoke-Command": "Commands run here, on the open cluster; --cluster opens another one.",
    "Invoke-Expression": "A text is not run as a command here; use a script block: & { ... }.",
    "Start-Job": "Jobs are not in this shell; Move-ClusterVirtualMachineRole -Wait 0 returns at once.",
}
"""Why, by the name as Windows writes it."""
_BY_FOLD = {name.casefold(): why for name, why in ABSENT.items()}


def why_absent(name: str) -> str:
    """Why there is no cmdlet of a name that Windows has; "" for a name that is none."""
    return _BY_FOLD.get(name.casefold(), "")
