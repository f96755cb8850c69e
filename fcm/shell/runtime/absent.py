"""Cmdlets that Windows has and this shell has not: why, and what there is instead.

The names of Windows Server 2008 R2 are those of the 69 cmdlets of its FailoverClusters module; the others are those
that newer scripts use most.
"""

from __future__ import annotations

_SCRIPTS = "Generic scripts are not supported. Use Add-ClusterGenericServiceRole or Add-ClusterGenericApplicationRole."
_TYPES = "The resource types of a cluster cannot be changed. To list them, use Get-ClusterResourceType."
_ACCESS = "Access permissions are not supported. The user who runs fcm administers the cluster."
_2012 = "Requires Windows Server 2012."
_2012_R2 = "Requires Windows Server 2012 R2."
_2016 = "Requires Windows Server 2016."
ABSENT: dict[str, str] = {
    "Add-ClusterGenericScriptRole": _SCRIPTS,
    "Add-ClusterGroup": "Groups have a client access point here: use Add-ClusterServerRole, then Add-ClusterResource.",
    "Add-ClusterResourceType": _TYPES,
    "Block-ClusterAccess": _ACCESS,
    "Clear-ClusterDiskReservation": "Persistent reservations are not supported.",
    "Clear-ClusterNode": "Evicted nodes are always cleaned up.",
    "Get-ClusterAccess": _ACCESS,
    "Get-ClusterResourceDependencyReport": "To show dependencies as text, use Get-ClusterResourceDependency.",
    "Grant-ClusterAccess": _ACCESS,
    "Remove-Cluster": "Delete the cluster file. New-Cluster shows its path.",
    "Remove-ClusterAccess": _ACCESS,
    "Remove-ClusterResourceType": _TYPES,
    "Repair-ClusterSharedVolume": "File system damage is not simulated.",
    "Set-ClusterLog": "The log always contains all levels.",
    "Update-ClusterIPResource": "The cluster address is static. DHCP is not supported.",
    "Add-ClusterScaleOutFileServerRole": f"{_2012} To create a file server, use Add-ClusterFileServerRole.",
    "Add-ClusteriSCSITargetServerRole": f"{_2012} iSCSI targets are not supported.",
    "Add-ClusterVMMonitoredItem": f"{_2012} To monitor the guest, use Set-ClusterParameter CheckHeartbeat.",
    "Get-ClusterCheckpoint": "Registry checkpoints are not supported.",
    "Get-ClusterVMMonitoredItem": f"{_2012} To monitor the guest, use Set-ClusterParameter CheckHeartbeat.",
    "Update-ClusterNetworkNameResource": f"{_2012} DNS registration is not supported.",
    "New-ClusterNameAccount": f"{_2012_R2} Active Directory is not supported.",
    "Enable-ClusterStorageSpacesDirect": f"{_2016} Disks are always LUNs of shared storage.",
    "Get-ClusterDiagnosticInfo": f"{_2016} To create the logs of all nodes, use Get-ClusterLog.",
    "Get-ClusterFaultDomain": f"{_2016} All nodes are in the same location.",
    "Update-ClusterFunctionalLevel": f"{_2016} A cluster keeps its version. To show it, use (Get-Cluster).Version.",
    "Compare-VM": f"{_2012} To check whether a virtual machine can move, use Check a live migration in the window.",
    "Disable-VMMigration": "Live migration is always enabled. To keep it from networks, use Remove-VMMigrationNetwork.",
    "Export-VM": f"{_2012} Export and import are not supported.",
    "Import-VM": f"{_2012} To create virtual machines, use New-VM.",
    "Move-VMStorage": f"{_2012} Storage migration is not supported.",
    "New-VHD": f"{_2012} New-VM creates the disk of a virtual machine.",
    "Add-VMNetworkAdapter": "A virtual machine has one network adapter. To connect it, use Connect-VMNetworkAdapter.",
    "Set-VMNetworkAdapter": "Its settings are not supported. To connect it, use Connect-VMNetworkAdapter.",
    "Add-ClusterCheckpoint": "Registry checkpoints are not supported.",
    "Remove-ClusterCheckpoint": "Registry checkpoints are not supported.",
    "Add-ClusterSharedVolumeToAffinityRule": "Affinity rules are about groups.",
    "Remove-ClusterSharedVolumeFromAffinityRule": "Affinity rules are about groups.",
    "Set-ClusterAffinityRule": "Affinity rules are always enabled and keep groups on different nodes.",
    "Add-VMHardDiskDrive": "A virtual machine has one virtual hard disk.",
    "Remove-VMHardDiskDrive": "A virtual machine has one virtual hard disk.",
    "Remove-VMNetworkAdapter": "To disconnect a virtual machine, use Disconnect-VMNetworkAdapter.",
    "Rename-VMNetworkAdapter": "The network adapter of a virtual machine is always called Network Adapter.",
    "Rename-VM": "Virtual machines keep their names. To rename the group, set (Get-ClusterGroup X).Name.",
    "Rename-VMSnapshot": "Snapshots keep their names.",
    "Restart-VM": "Use Stop-VM, then Start-VM.",
    "Enable-VMResourceMetering": "Resource metering is not supported.",
    "Disable-VMResourceMetering": "Resource metering is not supported.",
    "Reset-VMResourceMetering": "Resource metering is not supported.",
    "Measure-VM": "Resource metering is not supported. To measure writes to memory, use Measure-VMMemoryWrite.",
    "Enter-PSSession": "Remote commands are not supported. To use another cluster, open it with --cluster.",
    "Get-Counter": "For migration measurements, use fcm history or Get-ClusterVirtualMachineMigration.",
    "Get-EventLog": "Use Get-WinEvent, Get-ClusterEvent or wevtutil qe.",
    "Get-Process": "Processes of this computer are not available in this shell.",
    "Invoke-Expression": "Running text as a command is not supported. Use a script block: & { ... }.",
    "Start-Job": "Jobs are not supported. Move-ClusterVirtualMachineRole -Wait 0 returns immediately.",
}
"""Why, by the name as Windows writes it."""
_BY_FOLD = {name.casefold(): why for name, why in ABSENT.items()}


def why_absent(name: str) -> str:
    """Why there is no cmdlet of a name that Windows has; "" for a name that is none."""
    return _BY_FOLD.get(name.casefold(), "")
