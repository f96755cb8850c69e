"""Parameters that cmdlets of Microsoft's modules have and fcm's have not, with the reason for each.

Names are those of Microsoft's pages for Windows Server 2016, of affinity rules for 2022
(MicrosoftDocs/windows-powershell-docs, f113d6bd).
"""

from __future__ import annotations

from fcm.shell.runtime.parameters import Param

_DYNAMIC = "Dynamic Memory is not supported."
_STATIC = "memory is always static."
_CONTROLLER = "controllers of virtual machines are not known."
_POOL = "resource pools are not supported."
_PATHS = "the files of a virtual machine stay where they are."
_TREES = "snapshot trees are not supported."
_NODES = "the node is chosen with -Node of Move-ClusterGroup."
_LOCKED = "requires Windows Server 2012."
_LIMITS = "limits and weights of processors are not supported."
_NETWORKS = "a client access point has one address; specify -StaticAddress."
_REGISTRY = "registry checkpoints are not supported."
_ACCOUNTS = "fcm has no accounts."
_JOBS = "jobs are not supported."
_THROTTLE = "there are no jobs or sessions to limit."
_SESSION = "use -ComputerName."
_CLUSTER = "use -Cluster."
_SNAPSHOT = "devices in snapshots are not known."
_ASSIGNED = "devices are never assigned to virtual machines."
_SWITCHES = frozenset({"AsJob", "Experimental", "Force", "Prerelease"})
"""Those that take no value, of all cmdlets that have one so called."""
_DEVICES = "Get-VMDvdDrive Get-VMHardDiskDrive Get-VMMemory Get-VMNetworkAdapter Get-VMProcessor"
_HYPER_V = (
    "Add-VMMigrationNetwork Checkpoint-VM Connect-VMNetworkAdapter Disconnect-VMNetworkAdapter Enable-VMMigration "
    "Get-VHD Get-VM Get-VMDvdDrive Get-VMHardDiskDrive Get-VMHost Get-VMMemory Get-VMMigrationNetwork "
    "Get-VMNetworkAdapter Get-VMProcessor Get-VMSnapshot Get-VMSwitch Move-VM New-VM Remove-VM "
    "Remove-VMMigrationNetwork Remove-VMSnapshot Restore-VMSnapshot Save-VM Set-VM Set-VMDvdDrive "
    "Set-VMHost Set-VMMemory Set-VMMigrationNetwork Set-VMProcessor Start-VM Stop-VM Suspend-VM"
)
_HYPER_V_JOBS = (
    "Checkpoint-VM Move-VM New-VM Remove-VM Remove-VMSnapshot Restore-VMSnapshot Save-VM Start-VM Stop-VM Suspend-VM"
)
_AFFINITY = (
    "Add-ClusterGroupToAffinityRule Get-ClusterAffinityRule New-ClusterAffinityRule Remove-ClusterAffinityRule "
    "Remove-ClusterGroupFromAffinityRule"
)

ABSENT: tuple[tuple[str, str, str], ...] = (
    ("Set-VM", "ProcessorCount", "the number of processors cannot be changed; specify it with New-VM."),
    ("Set-VM", "NewVMName", "virtual machines keep their names."),
    ("Set-VM", "DynamicMemory MemoryMinimumBytes MemoryMaximumBytes", _DYNAMIC),
    ("Set-VM", "StaticMemory", _STATIC),
    ("Set-VM", "AutomaticStopAction", "use Set-ClusterParameter OfflineAction of the virtual machine's resource."),
    ("Set-VM", "AutomaticStartDelay Notes LockOnDisconnect", "the cluster has no such setting."),
    ("Set-VM", "CheckpointType AutomaticCheckpointsEnabled", "snapshots are always standard snapshots."),
    ("Set-VM", "SmartPagingFilePath SnapshotFileLocation AllowUnverifiedPaths", _PATHS),
    ("Set-VM", "AutomaticCriticalErrorAction AutomaticCriticalErrorActionTimeout", "requires Windows Server 2016."),
    ("Set-VMMemory", "MinimumBytes MaximumBytes Buffer Priority", _DYNAMIC),
    ("Set-VMMemory", "ResourcePoolName", _POOL),
    ("Set-VMMemory", "MaximumAmountPerNumaNodeBytes", "NUMA is not simulated."),
    ("Set-VMProcessor", "Count", "the number of processors cannot be changed; specify it with New-VM."),
    ("Set-VMProcessor", "Reserve Maximum RelativeWeight HwThreadCountPerCore", _LIMITS),
    ("Set-VMProcessor", "MaximumCountPerNumaNode MaximumCountPerNumaSocket", "NUMA is not simulated."),
    ("Set-VMProcessor", "CompatibilityForOlderOperatingSystemsEnabled", "use -CompatibilityForMigrationEnabled."),
    ("Set-VMProcessor", "ExposeVirtualizationExtensions EnableHostResourceProtection", "requires Windows Server 2016."),
    ("Set-VMProcessor", "ResourcePoolName", _POOL),
    ("Set-VMDvdDrive", "ControllerNumber ControllerLocation ToControllerNumber ToControllerLocation", _CONTROLLER),
    ("Set-VMDvdDrive", "ResourcePoolName", _POOL),
    ("Set-VMDvdDrive", "AllowUnverifiedPaths", "paths of ISO files are never verified."),
    ("Connect-VMNetworkAdapter", "UseAutomaticConnection", _POOL),
    ("New-VM", "NoVHD", "a virtual machine has one virtual hard disk."),
    ("New-VM", "BootDevice", "the boot order is not simulated."),
    ("New-VM", "Version", "virtual machines have no configuration version."),
    ("Move-VM", "VHDs SnapshotFilePath SmartPagingFilePath RetainVhdCopiesOnSource", _PATHS),
    ("Move-VM", "RemoveSourceUnmanagedVhds", _PATHS),
    ("Move-VM", "CompatibilityReport", "to check a live migration, use fcm preflight."),
    ("Move-VM", "ResourcePoolName", _POOL),
    ("Get-VMSnapshot", "ParentOf ChildOf", _TREES),
    ("Get-VMSnapshot", "SnapshotType", "snapshots are always standard snapshots."),
    ("Get-VMSwitch", "SwitchType", "the types of virtual networks are not known."),
    ("Get-VMSwitch", "ResourcePoolName", _POOL),
    ("Get-VMSwitch", "Id", "virtual networks are known by their names."),
    ("Get-VMNetworkAdapter", "IsLegacy", "the types of network adapters are not known."),
    ("Get-VMNetworkAdapter", "SwitchName", "filter with Where-Object SwitchName."),
    ("Set-VMHost", "MacAddressMinimum MacAddressMaximum", "addresses of network adapters are not simulated."),
    (
        "Set-VMHost",
        "FibreChannelWwnn FibreChannelWwpnMinimum FibreChannelWwpnMaximum",
        "Fibre Channel is not simulated.",
    ),
    ("Set-VMHost", "NumaSpanningEnabled", "NUMA is not simulated."),
    ("Set-VMHost", "ResourceMeteringSaveInterval", "resource metering is not supported."),
    ("Set-VMHost", "EnableEnhancedSessionMode", "sessions with virtual machines are not simulated."),
    ("Start-ClusterGroup", "ChooseBestNode", _NODES),
    ("Start-ClusterResource", "ChooseBestNode", _NODES),
    ("Start-ClusterResource", "IgnoreLocked", _LOCKED),
    ("Stop-ClusterResource", "IgnoreLocked", _LOCKED),
    ("Start-ClusterNode", "IgnorePersistentState", "use Start-Cluster -IgnorePersistentState."),
    ("Get-ClusterAvailableDisk", "All", "only LUNs that all nodes can access are shown."),
    ("Get-ClusterResourceDependency", "Guid", "the expression has names; Get-ClusterResource shows the Ids."),
    ("Get-ClusterLog", "Health SkipClusterState", "requires Windows Server 2016."),
    ("Test-Cluster", "Disk Pool", "all disks that the nodes see are tested."),
    ("Test-Cluster", "Force", "tests never take disks offline."),
    ("Remove-ClusterNode", "CleanupDisks", "requires Windows Server 2016."),
    ("New-Cluster", "S2D", "disks are always LUNs of shared storage."),
    ("New-Cluster", "Force", "New-Cluster never asks."),
    ("Set-ClusterQuorum", "AccessKey AccountName Endpoint", "requires Windows Server 2016."),
    ("Add-ClusterFileServerRole", "IgnoreNetwork", _NETWORKS),
    ("Add-ClusterPrintServerRole", "IgnoreNetwork", _NETWORKS),
    ("Add-ClusterServerRole", "IgnoreNetwork", _NETWORKS),
    ("Add-ClusterGenericApplicationRole", "IgnoreNetwork", _NETWORKS),
    ("Add-ClusterGenericServiceRole", "IgnoreNetwork", _NETWORKS),
    ("Add-ClusterGenericApplicationRole", "CheckpointKey", _REGISTRY),
    ("Add-ClusterGenericServiceRole", "CheckpointKey", _REGISTRY),
    ("Add-ClusterGenericApplicationRole", "Parameters", "write them in -CommandLine."),
    (_HYPER_V, "CimSession", _SESSION),
    (_HYPER_V, "Credential", _ACCOUNTS),
    (_HYPER_V_JOBS, "AsJob", _JOBS),
    ("Move-VM", "DestinationCimSession", "use -DestinationHost."),
    ("Move-VM", "DestinationCredential", _ACCOUNTS),
    (_AFFINITY, "CimSession", _CLUSTER),
    (_AFFINITY, "ThrottleLimit", _THROTTLE),
    (_AFFINITY, "AsJob", _JOBS),
    ("Enable-NetAdapter", "CimSession", _CLUSTER),
    ("Enable-NetAdapter", "ThrottleLimit", _THROTTLE),
    ("Enable-NetAdapter", "AsJob", _JOBS),
    ("Restart-Computer Stop-Computer", "Credential", _ACCOUNTS),
    ("Restart-Computer Stop-Computer Invoke-Command", "ThrottleLimit", _THROTTLE),
    ("Restart-Computer Stop-Computer", "AsJob", _JOBS),
    (_DEVICES, "VMSnapshot", _SNAPSHOT),
    ("Get-VMHardDiskDrive Get-VMDvdDrive", "VMDriveController", _CONTROLLER),
    ("Set-VM", "GuestControlledCacheTypes HighMemoryMappedIoSpace LowMemoryMappedIoSpace", _ASSIGNED),
    ("Set-VMProcessor", "Perfmon", "performance counters of processors are not simulated."),
    ("New-VM", "Experimental Prerelease", "virtual machines have no configuration version."),
    ("New-VM", "Force", "New-VM never asks."),
)
_BY_CMDLET: dict[str, tuple[Param, ...]] = {}
for _cmdlets, _names, _why in ABSENT:
    for _cmdlet in _cmdlets.split():
        _BY_CMDLET[_cmdlet] = (
            *_BY_CMDLET.get(_cmdlet, ()),
            *(Param(one, "switch" if one in _SWITCHES else "any", absent=_why) for one in _names.split()),
        )


def absent_parameters(cmdlet: str) -> tuple[Param, ...]:
    """Parameters that a cmdlet has in Windows and here only a reason."""
    return _BY_CMDLET.get(cmdlet, ())
