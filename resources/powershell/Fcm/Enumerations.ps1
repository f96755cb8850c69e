# Enumerations of Microsoft's modules. Written by packaging/powershell_modules.py; do not edit it.
# Its output: the types by their names.

enum ClusterGroupState {
    Online = 0
    Offline = 1
    Failed = 2
    PartialOnline = 3
    Pending = 4
}

enum ClusterResourceState {
    Inherited = 0
    Initializing = 1
    Online = 2
    Offline = 3
    Failed = 4
    Pending = 128
    OnlinePending = 129
    OfflinePending = 130
}

enum ClusterNodeState {
    Up = 0
    Down = 1
    Paused = 2
    Joining = 3
}

enum ClusterNodeDrainStatus {
    NotInitiated = 0
    InProgress = 1
    Completed = 2
    Failed = 3
}

enum ClusterNetworkState {
    Unavailable = 0
    Down = 1
    Partitioned = 2
    Up = 3
}

enum ClusterNetworkInterfaceState {
    Unavailable = 0
    Failed = 1
    Unreachable = 2
    Up = 3
}

enum ClusterGroupType {
    Cluster = 1
    AvailableStorage = 2
    FileServer = 100
    PrintServer = 101
    DhcpServer = 102
    GenericApplication = 107
    GenericService = 108
    VirtualMachine = 111
    Unknown = 9999
}

enum ServiceControllerStatus {
    Stopped = 1
    StartPending = 2
    StopPending = 3
    Running = 4
    ContinuePending = 5
    PausePending = 6
    Paused = 7
}

enum VMState {
    Other = 1
    Running = 2
    Off = 3
    Stopping = 4
    Saved = 6
    Paused = 9
    Starting = 10
    Reset = 11
    Saving = 32773
    Pausing = 32776
    Resuming = 32777
}

$accelerators = [psobject].Assembly.GetType('System.Management.Automation.TypeAccelerators')
$accelerators::Add('Microsoft.FailoverClusters.PowerShell.ClusterGroupState', [ClusterGroupState])
$accelerators::Add('Microsoft.FailoverClusters.PowerShell.ClusterResourceState', [ClusterResourceState])
$accelerators::Add('Microsoft.FailoverClusters.PowerShell.ClusterNodeState', [ClusterNodeState])
$accelerators::Add('Microsoft.FailoverClusters.PowerShell.ClusterNodeDrainStatus', [ClusterNodeDrainStatus])
$accelerators::Add('Microsoft.FailoverClusters.PowerShell.ClusterNetworkState', [ClusterNetworkState])
$accelerators::Add('Microsoft.FailoverClusters.PowerShell.ClusterNetworkInterfaceState', [ClusterNetworkInterfaceState])
$accelerators::Add('Microsoft.FailoverClusters.PowerShell.ClusterGroupType', [ClusterGroupType])
$accelerators::Add('System.ServiceProcess.ServiceControllerStatus', [ServiceControllerStatus])
$accelerators::Add('Microsoft.HyperV.PowerShell.VMState', [VMState])

@{
    ClusterGroupState = [ClusterGroupState]
    ClusterResourceState = [ClusterResourceState]
    ClusterNodeState = [ClusterNodeState]
    ClusterNodeDrainStatus = [ClusterNodeDrainStatus]
    ClusterNetworkState = [ClusterNetworkState]
    ClusterNetworkInterfaceState = [ClusterNetworkInterfaceState]
    ClusterGroupType = [ClusterGroupType]
    ServiceControllerStatus = [ServiceControllerStatus]
    VMState = [VMState]
}
