# Hyper-V on the clusters of fcm. Written by packaging/powershell_modules.py; do not edit it.
# Everything that it does is done by Invoke-Fcm, in the module Fcm beside it.

function Add-VMMigrationNetwork {
    <#
    .SYNOPSIS
    Lets live migration use the network of a subnet that it may not use so far.
    .PARAMETER Subnet
    Subnet of a cluster network, such as 10.0.3.0/24.
    .PARAMETER Priority
    Place in the order of preference, from 0. Default: the last.
    .PARAMETER ComputerName
    All nodes: the setting is one of the cluster. Default: all nodes.
    .PARAMETER Passthru
    Return what was changed.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .EXAMPLE
    Remove-VMMigrationNetwork 10.0.3.0/24; Add-VMMigrationNetwork 10.0.3.0/24 -Priority 0
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Subnet},
        [Parameter(Position=1)][object]${Priority},
        [Parameter()][Alias('CN')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][switch]${Passthru},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Add-VMMigrationNetwork' $bound $given $MyInvocation.ExpectingInput
    }
}

function Checkpoint-VM {
    <#
    .SYNOPSIS
    Takes a snapshot of a virtual machine.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER Passthru
    Return what was changed.
    .PARAMETER SnapshotName
    Name of the snapshot. Default: the name of the virtual machine and the time.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .PARAMETER AsJob
    Not supported: jobs are not supported.
    .EXAMPLE
    Checkpoint-VM DC01 -SnapshotName 'before the update'
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName', 'VM')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][switch]${Passthru},
        [Parameter(Position=1)][Alias('CheckpointName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${SnapshotName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential},
        [Parameter()][switch]${AsJob}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Checkpoint-VM' $bound $given $MyInvocation.ExpectingInput
    }
}

function Connect-VMNetworkAdapter {
    <#
    .SYNOPSIS
    Connects a virtual machine to a virtual network.
    .PARAMETER Name
    Name of the adapter; it is always 'Network Adapter'. Wildcards are permitted.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER Passthru
    Return the virtual machines.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER UseAutomaticConnection
    Not supported: resource pools are not supported.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .EXAMPLE
    Connect-VMNetworkAdapter WEB02 -SwitchName "VM Network"
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VM', 'VMNetworkAdapter')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMName},
        [Parameter(Position=1)][Alias('VMNetworkAdapterName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][switch]${Passthru},
        [Parameter(Position=2)][Alias('VMSwitch')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${SwitchName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${UseAutomaticConnection},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Connect-VMNetworkAdapter' $bound $given $MyInvocation.ExpectingInput
    }
}

function Disconnect-VMNetworkAdapter {
    <#
    .SYNOPSIS
    Disconnects a virtual machine from its virtual network.
    .PARAMETER Name
    Name of the adapter; it is always 'Network Adapter'. Wildcards are permitted.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER Passthru
    Return the virtual machines.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .EXAMPLE
    Disconnect-VMNetworkAdapter TEST01
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VM', 'VMNetworkAdapter')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMName},
        [Parameter(Position=1)][Alias('VMNetworkAdapterName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][switch]${Passthru},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Disconnect-VMNetworkAdapter' $bound $given $MyInvocation.ExpectingInput
    }
}

function Enable-VMMigration {
    <#
    .SYNOPSIS
    Live migration is always enabled on the nodes of a cluster: changes nothing.
    .PARAMETER ComputerName
    Nodes. Default: all nodes.
    .PARAMETER Passthru
    Return what was changed.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .EXAMPLE
    Enable-VMMigration
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter()][Alias('CN')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][switch]${Passthru},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Enable-VMMigration' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-VHD {
    <#
    .SYNOPSIS
    Gets the virtual hard disks of virtual machines by their Ids. Format and file size are not known.
    .PARAMETER VMId
    Ids of virtual machines.
    .PARAMETER Path
    Not supported: the files of a virtual machine are not known one by one; use -VMId.
    .PARAMETER DiskNumber
    Not supported: physical disks are not known by number; use -VMId.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .EXAMPLE
    Get-VM SQL01 | Get-VHD
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][Alias('Id')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMId},
        [Parameter()][object]${Path},
        [Parameter()][object]${DiskNumber},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-VHD' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-VM {
    <#
    .SYNOPSIS
    Gets the virtual machines on all nodes, clustered or not.
    .PARAMETER Id
    Ids of virtual machines.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .EXAMPLE
    Get-VM -ComputerName node1
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][Alias('VMName', 'VM')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][Alias('VMId')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Id},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-VM' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-VMDvdDrive {
    <#
    .SYNOPSIS
    Gets the DVD drives of virtual machines, and the ISO file in each.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER ControllerNumber
    Not supported: controllers of virtual machines are not known.
    .PARAMETER ControllerLocation
    Not supported: controllers of virtual machines are not known.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .PARAMETER VMSnapshot
    Not supported: devices in snapshots are not known.
    .PARAMETER VMDriveController
    Not supported: controllers of virtual machines are not known.
    .EXAMPLE
    Get-VMDvdDrive SETUP01
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][Alias('VM')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][object]${ControllerNumber},
        [Parameter()][object]${ControllerLocation},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential},
        [Parameter()][object]${VMSnapshot},
        [Parameter()][object]${VMDriveController}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-VMDvdDrive' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-VMHardDiskDrive {
    <#
    .SYNOPSIS
    Gets the virtual hard disks of virtual machines. The names of their files are not known.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER ControllerType
    Not supported: controllers of virtual machines are not known.
    .PARAMETER ControllerNumber
    Not supported: controllers of virtual machines are not known.
    .PARAMETER ControllerLocation
    Not supported: controllers of virtual machines are not known.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .PARAMETER VMSnapshot
    Not supported: devices in snapshots are not known.
    .PARAMETER VMDriveController
    Not supported: controllers of virtual machines are not known.
    .EXAMPLE
    Get-VM SQL01 | Get-VMHardDiskDrive
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][Alias('VM')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][object]${ControllerType},
        [Parameter()][object]${ControllerNumber},
        [Parameter()][object]${ControllerLocation},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential},
        [Parameter()][object]${VMSnapshot},
        [Parameter()][object]${VMDriveController}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-VMHardDiskDrive' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-VMHost {
    <#
    .SYNOPSIS
    Gets the nodes as Hyper-V hosts: processors, memory and simultaneous live migrations.
    .PARAMETER ComputerName
    Nodes. Default: all.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .EXAMPLE
    Get-VMHost -ComputerName node1
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][Alias('CN')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-VMHost' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-VMMemory {
    <#
    .SYNOPSIS
    Gets the memory settings of virtual machines.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .PARAMETER VMSnapshot
    Not supported: devices in snapshots are not known.
    .EXAMPLE
    Get-VMMemory SQL01
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][Alias('VM')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential},
        [Parameter()][object]${VMSnapshot}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-VMMemory' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-VMMigrationNetwork {
    <#
    .SYNOPSIS
    Gets the subnets that live migration may use, in order of preference.
    .PARAMETER Subnet
    Only networks of this subnet, such as 10.0.3.0/24. Wildcards are permitted.
    .PARAMETER Priority
    Only networks at these places of the order of preference, from 0.
    .PARAMETER ComputerName
    Nodes. Default: all nodes.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .EXAMPLE
    Get-VMMigrationNetwork
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Subnet},
        [Parameter()][object]${Priority},
        [Parameter()][Alias('CN')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-VMMigrationNetwork' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-VMNetworkAdapter {
    <#
    .SYNOPSIS
    Gets the network adapters of virtual machines, and the virtual network of each.
    .PARAMETER Name
    Name of the adapter; it is always 'Network Adapter'. Wildcards are permitted.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER ManagementOS
    Not supported: adapters of the nodes are shown by Get-ClusterNetworkInterface.
    .PARAMETER All
    Not supported: for all virtual machines: Get-VMNetworkAdapter *
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER IsLegacy
    Not supported: the types of network adapters are not known.
    .PARAMETER SwitchName
    Not supported: filter with Where-Object SwitchName.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .PARAMETER VMSnapshot
    Not supported: devices in snapshots are not known.
    .EXAMPLE
    Get-VMNetworkAdapter -VMName SQL01
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][Alias('VM')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMName},
        [Parameter(Position=1)][Alias('VMNetworkAdapterName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][switch]${ManagementOS},
        [Parameter()][switch]${All},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${IsLegacy},
        [Parameter()][object]${SwitchName},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential},
        [Parameter()][object]${VMSnapshot}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-VMNetworkAdapter' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-VMProcessor {
    <#
    .SYNOPSIS
    Gets the processor settings of virtual machines.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .PARAMETER VMSnapshot
    Not supported: devices in snapshots are not known.
    .EXAMPLE
    Get-VM | Get-VMProcessor | Where-Object CompatibilityForMigrationEnabled
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][Alias('VM')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential},
        [Parameter()][object]${VMSnapshot}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-VMProcessor' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-VMSnapshot {
    <#
    .SYNOPSIS
    Gets the snapshots of a virtual machine.
    .PARAMETER VMName
    Names of virtual machines. Wildcards are permitted.
    .PARAMETER Name
    Names of snapshots. Wildcards are permitted.
    .PARAMETER Id
    IDs of snapshots, as shown by Get-VMSnapshot. Use them if several snapshots have the same name.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER ParentOf
    Not supported: snapshot trees are not supported.
    .PARAMETER ChildOf
    Not supported: snapshot trees are not supported.
    .PARAMETER SnapshotType
    Not supported: snapshots are always standard snapshots.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .EXAMPLE
    Get-VMSnapshot DC01
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][Alias('VM')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMName},
        [Parameter(Position=1)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][Alias('VMSnapshot', 'VMCheckpoint')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Id},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${ParentOf},
        [Parameter()][object]${ChildOf},
        [Parameter()][object]${SnapshotType},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-VMSnapshot' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-VMSwitch {
    <#
    .SYNOPSIS
    Gets the virtual networks (virtual switches) of the nodes.
    .PARAMETER ComputerName
    Nodes. Default: all nodes.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER SwitchType
    Not supported: the types of virtual networks are not known.
    .PARAMETER ResourcePoolName
    Not supported: resource pools are not supported.
    .PARAMETER Id
    Not supported: virtual networks are known by their names.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .EXAMPLE
    Get-VMSwitch -ComputerName node1
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][Alias('SwitchName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][Alias('CN')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${SwitchType},
        [Parameter()][object]${ResourcePoolName},
        [Parameter()][object]${Id},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-VMSwitch' $bound $given $MyInvocation.ExpectingInput
    }
}

function Measure-VMMemoryWrite {
    <#
    .SYNOPSIS
    Measures how much memory running virtual machines write in 1, 2, 4 and 8 s. On real hosts, this takes 15 s for each virtual machine.
    .PARAMETER Name
    Names of running virtual machines.
    .PARAMETER Node
    Destination node. Predicts whether a live migration to this node converges, instead of returning the figures.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Measure-VMMemoryWrite SQL01 -Node node2
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][Alias('VMName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Node},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true, DontShow)][object]${PipedObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['PipedObject'])
            $bound.Remove('PipedObject')
        }
        Invoke-Fcm $PSCmdlet 'Measure-VMMemoryWrite' $bound $given $MyInvocation.ExpectingInput
    }
}

function Move-VM {
    <#
    .SYNOPSIS
    Live migrates a virtual machine to another node of the cluster.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER DestinationHost
    Destination node. Default: the suitable one with the most free memory.
    .PARAMETER Passthru
    Return the virtual machines.
    .PARAMETER Wait
    Maximum time to wait, in seconds. Default: until complete. 0: do not wait (fcm).
    .PARAMETER DestinationStoragePath
    Not supported: storage migration is not supported.
    .PARAMETER IncludeStorage
    Not supported: storage migration is not supported.
    .PARAMETER VirtualMachinePath
    Not supported: storage migration is not supported.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER VHDs
    Not supported: the files of a virtual machine stay where they are.
    .PARAMETER SnapshotFilePath
    Not supported: the files of a virtual machine stay where they are.
    .PARAMETER SmartPagingFilePath
    Not supported: the files of a virtual machine stay where they are.
    .PARAMETER RetainVhdCopiesOnSource
    Not supported: the files of a virtual machine stay where they are.
    .PARAMETER RemoveSourceUnmanagedVhds
    Not supported: the files of a virtual machine stay where they are.
    .PARAMETER CompatibilityReport
    Not supported: to check a live migration, use fcm preflight.
    .PARAMETER ResourcePoolName
    Not supported: resource pools are not supported.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .PARAMETER AsJob
    Not supported: jobs are not supported.
    .PARAMETER DestinationCimSession
    Not supported: use -DestinationHost.
    .PARAMETER DestinationCredential
    Not supported: fcm has no accounts.
    .EXAMPLE
    Move-VM SQL01 node2
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName', 'VM')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter(Position=1)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${DestinationHost},
        [Parameter()][switch]${Passthru},
        [Parameter()][object]${Wait},
        [Parameter()][object]${DestinationStoragePath},
        [Parameter()][switch]${IncludeStorage},
        [Parameter()][object]${VirtualMachinePath},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${VHDs},
        [Parameter()][object]${SnapshotFilePath},
        [Parameter()][object]${SmartPagingFilePath},
        [Parameter()][object]${RetainVhdCopiesOnSource},
        [Parameter()][object]${RemoveSourceUnmanagedVhds},
        [Parameter()][object]${CompatibilityReport},
        [Parameter()][object]${ResourcePoolName},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential},
        [Parameter()][switch]${AsJob},
        [Parameter()][object]${DestinationCimSession},
        [Parameter()][object]${DestinationCredential}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Move-VM' $bound $given $MyInvocation.ExpectingInput
    }
}

function New-VM {
    <#
    .SYNOPSIS
    Creates a virtual machine.
    .PARAMETER ComputerName
    Name of the node. Default: the current host server of the cluster.
    .PARAMETER MemoryStartupBytes
    Memory in bytes, such as 2GB. Default: 512MB.
    .PARAMETER NewVHDSizeBytes
    Size of the virtual hard disk in bytes. Default: 20GB.
    .PARAMETER Path
    Folder on a Cluster Shared Volume. Default: local storage of the node.
    .PARAMETER SwitchName
    Name of the virtual network.
    .PARAMETER Workload
    Workload of the virtual machine (fcm only).
    .PARAMETER NewVHDPath
    Not supported: the disk is stored with the virtual machine.
    .PARAMETER VHDPath
    Not supported: existing disks are not supported.
    .PARAMETER Generation
    Not supported: requires Windows Server 2012 R2.
    .PARAMETER NoVHD
    Not supported: a virtual machine has one virtual hard disk.
    .PARAMETER BootDevice
    Not supported: the boot order is not simulated.
    .PARAMETER Version
    Not supported: virtual machines have no configuration version.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .PARAMETER AsJob
    Not supported: jobs are not supported.
    .PARAMETER Experimental
    Not supported: virtual machines have no configuration version.
    .PARAMETER Prerelease
    Not supported: virtual machines have no configuration version.
    .PARAMETER Force
    Not supported: New-VM never asks.
    .EXAMPLE
    New-VM NEW01 -ComputerName node1 -MemoryStartupBytes 1GB
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0, Mandatory=$true)][Alias('VMName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][object]${MemoryStartupBytes},
        [Parameter()][object]${NewVHDSizeBytes},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Path},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${SwitchName},
        [Parameter()][object]${ProcessorCount},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Workload},
        [Parameter()][object]${NewVHDPath},
        [Parameter()][object]${VHDPath},
        [Parameter()][object]${Generation},
        [Parameter()][object]${NoVHD},
        [Parameter()][object]${BootDevice},
        [Parameter()][object]${Version},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential},
        [Parameter()][switch]${AsJob},
        [Parameter()][switch]${Experimental},
        [Parameter()][switch]${Prerelease},
        [Parameter()][switch]${Force},
        [Parameter(ValueFromPipeline=$true, DontShow)][object]${PipedObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['PipedObject'])
            $bound.Remove('PipedObject')
        }
        Invoke-Fcm $PSCmdlet 'New-VM' $bound $given $MyInvocation.ExpectingInput
    }
}

function Remove-VM {
    <#
    .SYNOPSIS
    Deletes a virtual machine that is off.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .PARAMETER AsJob
    Not supported: jobs are not supported.
    .EXAMPLE
    Remove-VM TEST01 -Force
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName', 'VM')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][switch]${Force},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential},
        [Parameter()][switch]${AsJob}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Remove-VM' $bound $given $MyInvocation.ExpectingInput
    }
}

function Remove-VMMigrationNetwork {
    <#
    .SYNOPSIS
    Keeps live migration from using the network of a subnet.
    .PARAMETER Subnet
    Subnet of a cluster network, such as 10.0.3.0/24.
    .PARAMETER ComputerName
    All nodes: the setting is one of the cluster. Default: all nodes.
    .PARAMETER Passthru
    Return what was changed.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .EXAMPLE
    Remove-VMMigrationNetwork 10.0.2.0/24
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Subnet},
        [Parameter()][Alias('CN')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][switch]${Passthru},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Remove-VMMigrationNetwork' $bound $given $MyInvocation.ExpectingInput
    }
}

function Remove-VMSnapshot {
    <#
    .SYNOPSIS
    Deletes snapshots of a virtual machine.
    .PARAMETER VMName
    Names of virtual machines. Wildcards are permitted.
    .PARAMETER Name
    Names of snapshots. Wildcards are permitted.
    .PARAMETER Id
    IDs of snapshots, as shown by Get-VMSnapshot. Use them if several snapshots have the same name.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER IncludeAllChildSnapshots
    Not supported: snapshot trees are not supported.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .PARAMETER AsJob
    Not supported: jobs are not supported.
    .EXAMPLE
    Checkpoint-VM DC01 -SnapshotName before; Remove-VMSnapshot DC01 before
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VM')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMName},
        [Parameter(Position=1)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][Alias('VMSnapshot', 'VMCheckpoint')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Id},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][Alias('IncludeAllChildCheckpoints')][switch]${IncludeAllChildSnapshots},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential},
        [Parameter()][switch]${AsJob}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Remove-VMSnapshot' $bound $given $MyInvocation.ExpectingInput
    }
}

function Restore-VMSnapshot {
    <#
    .SYNOPSIS
    Reverts a virtual machine to a snapshot. A clustered virtual machine must be off.
    .PARAMETER VMName
    Names of virtual machines. Wildcards are permitted.
    .PARAMETER Name
    Names of snapshots. Wildcards are permitted.
    .PARAMETER Id
    IDs of snapshots, as shown by Get-VMSnapshot. Use them if several snapshots have the same name.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .PARAMETER AsJob
    Not supported: jobs are not supported.
    .EXAMPLE
    Checkpoint-VM TEST01 -SnapshotName before; Restore-VMSnapshot TEST01 before
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VM')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMName},
        [Parameter(Position=1)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][Alias('VMSnapshot', 'VMCheckpoint')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Id},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential},
        [Parameter()][switch]${AsJob}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Restore-VMSnapshot' $bound $given $MyInvocation.ExpectingInput
    }
}

function Save-VM {
    <#
    .SYNOPSIS
    Saves the state of a virtual machine.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER Passthru
    Return the virtual machines.
    .PARAMETER Wait
    Maximum time to wait, in seconds. Default: until complete. 0: do not wait.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .PARAMETER AsJob
    Not supported: jobs are not supported.
    .EXAMPLE
    Save-VM LEGACY01
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName', 'VM')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][switch]${Passthru},
        [Parameter()][object]${Wait},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential},
        [Parameter()][switch]${AsJob}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Save-VM' $bound $given $MyInvocation.ExpectingInput
    }
}

function Set-VM {
    <#
    .SYNOPSIS
    Changes the settings of a virtual machine.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER Passthru
    Return the virtual machines.
    .PARAMETER Workload
    Workload of the virtual machine (fcm only).
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER ProcessorCount
    Not supported: the number of processors cannot be changed; specify it with New-VM.
    .PARAMETER NewVMName
    Not supported: virtual machines keep their names.
    .PARAMETER DynamicMemory
    Not supported: Dynamic Memory is not supported.
    .PARAMETER MemoryMinimumBytes
    Not supported: Dynamic Memory is not supported.
    .PARAMETER MemoryMaximumBytes
    Not supported: Dynamic Memory is not supported.
    .PARAMETER StaticMemory
    Not supported: memory is always static.
    .PARAMETER AutomaticStopAction
    Not supported: use Set-ClusterParameter OfflineAction of the virtual machine's resource.
    .PARAMETER AutomaticStartDelay
    Not supported: the cluster has no such setting.
    .PARAMETER Notes
    Not supported: the cluster has no such setting.
    .PARAMETER LockOnDisconnect
    Not supported: the cluster has no such setting.
    .PARAMETER CheckpointType
    Not supported: snapshots are always standard snapshots.
    .PARAMETER AutomaticCheckpointsEnabled
    Not supported: snapshots are always standard snapshots.
    .PARAMETER SmartPagingFilePath
    Not supported: the files of a virtual machine stay where they are.
    .PARAMETER SnapshotFileLocation
    Not supported: the files of a virtual machine stay where they are.
    .PARAMETER AllowUnverifiedPaths
    Not supported: the files of a virtual machine stay where they are.
    .PARAMETER AutomaticCriticalErrorAction
    Not supported: requires Windows Server 2016.
    .PARAMETER AutomaticCriticalErrorActionTimeout
    Not supported: requires Windows Server 2016.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .PARAMETER GuestControlledCacheTypes
    Not supported: devices are never assigned to virtual machines.
    .PARAMETER HighMemoryMappedIoSpace
    Not supported: devices are never assigned to virtual machines.
    .PARAMETER LowMemoryMappedIoSpace
    Not supported: devices are never assigned to virtual machines.
    .EXAMPLE
    Set-VM LEGACY01 -AutomaticStartAction Nothing
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName', 'VM')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][switch]${Passthru},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${AutomaticStartAction},
        [Parameter()][object]${MemoryStartupBytes},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Workload},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${ProcessorCount},
        [Parameter()][object]${NewVMName},
        [Parameter()][object]${DynamicMemory},
        [Parameter()][object]${MemoryMinimumBytes},
        [Parameter()][object]${MemoryMaximumBytes},
        [Parameter()][object]${StaticMemory},
        [Parameter()][object]${AutomaticStopAction},
        [Parameter()][object]${AutomaticStartDelay},
        [Parameter()][object]${Notes},
        [Parameter()][object]${LockOnDisconnect},
        [Parameter()][object]${CheckpointType},
        [Parameter()][object]${AutomaticCheckpointsEnabled},
        [Parameter()][object]${SmartPagingFilePath},
        [Parameter()][object]${SnapshotFileLocation},
        [Parameter()][object]${AllowUnverifiedPaths},
        [Parameter()][object]${AutomaticCriticalErrorAction},
        [Parameter()][object]${AutomaticCriticalErrorActionTimeout},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential},
        [Parameter()][object]${GuestControlledCacheTypes},
        [Parameter()][object]${HighMemoryMappedIoSpace},
        [Parameter()][object]${LowMemoryMappedIoSpace}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Set-VM' $bound $given $MyInvocation.ExpectingInput
    }
}

function Set-VMDvdDrive {
    <#
    .SYNOPSIS
    Inserts an ISO file into the DVD drive, or ejects it.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER Passthru
    Return the virtual machines.
    .PARAMETER Path
    Path of an ISO file; $null ejects it.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER ControllerNumber
    Not supported: controllers of virtual machines are not known.
    .PARAMETER ControllerLocation
    Not supported: controllers of virtual machines are not known.
    .PARAMETER ToControllerNumber
    Not supported: controllers of virtual machines are not known.
    .PARAMETER ToControllerLocation
    Not supported: controllers of virtual machines are not known.
    .PARAMETER ResourcePoolName
    Not supported: resource pools are not supported.
    .PARAMETER AllowUnverifiedPaths
    Not supported: paths of ISO files are never verified.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .EXAMPLE
    Set-VMDvdDrive SETUP01 -Path $null
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName', 'VM', 'VMDvdDrive')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][switch]${Passthru},
        [Parameter(Mandatory=$true)][object]${Path},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${ControllerNumber},
        [Parameter()][object]${ControllerLocation},
        [Parameter()][object]${ToControllerNumber},
        [Parameter()][object]${ToControllerLocation},
        [Parameter()][object]${ResourcePoolName},
        [Parameter()][object]${AllowUnverifiedPaths},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Set-VMDvdDrive' $bound $given $MyInvocation.ExpectingInput
    }
}

function Set-VMHost {
    <#
    .SYNOPSIS
    Sets how many live migrations the nodes take part in at once, and whether they may use any network.
    .PARAMETER MaximumVirtualMachineMigrations
    Live migrations in which a node takes part at once.
    .PARAMETER UseAnyNetworkForMigration
    $true: all networks, by the default order.
    .PARAMETER ComputerName
    All nodes: the setting is one of the cluster. Default: all nodes.
    .PARAMETER Passthru
    Return what was changed.
    .PARAMETER MaximumStorageMigrations
    Not supported: storage migration is not supported.
    .PARAMETER VirtualHardDiskPath
    Not supported: virtual machines are stored where New-VM -Path says.
    .PARAMETER VirtualMachinePath
    Not supported: virtual machines are stored where New-VM -Path says.
    .PARAMETER VirtualMachineMigrationAuthenticationType
    Not supported: nodes of a cluster trust each other.
    .PARAMETER VirtualMachineMigrationPerformanceOption
    Not supported: use Set-ClusterMigrationDefault -Xbzrle.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER MacAddressMinimum
    Not supported: addresses of network adapters are not simulated.
    .PARAMETER MacAddressMaximum
    Not supported: addresses of network adapters are not simulated.
    .PARAMETER FibreChannelWwnn
    Not supported: Fibre Channel is not simulated.
    .PARAMETER FibreChannelWwpnMinimum
    Not supported: Fibre Channel is not simulated.
    .PARAMETER FibreChannelWwpnMaximum
    Not supported: Fibre Channel is not simulated.
    .PARAMETER NumaSpanningEnabled
    Not supported: NUMA is not simulated.
    .PARAMETER ResourceMeteringSaveInterval
    Not supported: resource metering is not supported.
    .PARAMETER EnableEnhancedSessionMode
    Not supported: sessions with virtual machines are not simulated.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .EXAMPLE
    Set-VMHost -MaximumVirtualMachineMigrations 2
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter()][object]${MaximumVirtualMachineMigrations},
        [Parameter()][object]${UseAnyNetworkForMigration},
        [Parameter()][Alias('CN')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][switch]${Passthru},
        [Parameter()][object]${MaximumStorageMigrations},
        [Parameter()][object]${VirtualHardDiskPath},
        [Parameter()][object]${VirtualMachinePath},
        [Parameter()][object]${VirtualMachineMigrationAuthenticationType},
        [Parameter()][object]${VirtualMachineMigrationPerformanceOption},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter()][object]${MacAddressMinimum},
        [Parameter()][object]${MacAddressMaximum},
        [Parameter()][object]${FibreChannelWwnn},
        [Parameter()][object]${FibreChannelWwpnMinimum},
        [Parameter()][object]${FibreChannelWwpnMaximum},
        [Parameter()][object]${NumaSpanningEnabled},
        [Parameter()][object]${ResourceMeteringSaveInterval},
        [Parameter()][object]${EnableEnhancedSessionMode},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential},
        [Parameter(ValueFromPipeline=$true, DontShow)][object]${PipedObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['PipedObject'])
            $bound.Remove('PipedObject')
        }
        Invoke-Fcm $PSCmdlet 'Set-VMHost' $bound $given $MyInvocation.ExpectingInput
    }
}

function Set-VMMemory {
    <#
    .SYNOPSIS
    Changes the memory of a virtual machine that is off.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER Passthru
    Return the virtual machines.
    .PARAMETER DynamicMemoryEnabled
    Not supported: Dynamic Memory is not supported.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER MinimumBytes
    Not supported: Dynamic Memory is not supported.
    .PARAMETER MaximumBytes
    Not supported: Dynamic Memory is not supported.
    .PARAMETER Buffer
    Not supported: Dynamic Memory is not supported.
    .PARAMETER Priority
    Not supported: Dynamic Memory is not supported.
    .PARAMETER ResourcePoolName
    Not supported: resource pools are not supported.
    .PARAMETER MaximumAmountPerNumaNodeBytes
    Not supported: NUMA is not simulated.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .EXAMPLE
    Set-VMMemory TEST01 -StartupBytes 2GB
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName', 'VM', 'VMMemory')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][switch]${Passthru},
        [Parameter(Mandatory=$true)][object]${StartupBytes},
        [Parameter()][object]${DynamicMemoryEnabled},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${MinimumBytes},
        [Parameter()][object]${MaximumBytes},
        [Parameter()][object]${Buffer},
        [Parameter()][object]${Priority},
        [Parameter()][object]${ResourcePoolName},
        [Parameter()][object]${MaximumAmountPerNumaNodeBytes},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Set-VMMemory' $bound $given $MyInvocation.ExpectingInput
    }
}

function Set-VMMigrationNetwork {
    <#
    .SYNOPSIS
    Changes the place of a network in the order of preference of live migration.
    .PARAMETER Subnet
    Subnet of a cluster network, such as 10.0.3.0/24.
    .PARAMETER NewPriority
    New place in the order of preference, from 0.
    .PARAMETER NewSubnet
    Not supported: the subnet of a network is given by its adapters.
    .PARAMETER ComputerName
    All nodes: the setting is one of the cluster. Default: all nodes.
    .PARAMETER Passthru
    Return what was changed.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .EXAMPLE
    Set-VMMigrationNetwork 10.0.2.0/24 -NewPriority 0
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Subnet},
        [Parameter()][object]${NewPriority},
        [Parameter()][object]${NewSubnet},
        [Parameter()][Alias('CN')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][switch]${Passthru},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Set-VMMigrationNetwork' $bound $given $MyInvocation.ExpectingInput
    }
}

function Set-VMProcessor {
    <#
    .SYNOPSIS
    "Migrate to a physical computer with a different processor version".
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER Passthru
    Return the virtual machines.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER Count
    Not supported: the number of processors cannot be changed; specify it with New-VM.
    .PARAMETER Reserve
    Not supported: limits and weights of processors are not supported.
    .PARAMETER Maximum
    Not supported: limits and weights of processors are not supported.
    .PARAMETER RelativeWeight
    Not supported: limits and weights of processors are not supported.
    .PARAMETER HwThreadCountPerCore
    Not supported: limits and weights of processors are not supported.
    .PARAMETER MaximumCountPerNumaNode
    Not supported: NUMA is not simulated.
    .PARAMETER MaximumCountPerNumaSocket
    Not supported: NUMA is not simulated.
    .PARAMETER CompatibilityForOlderOperatingSystemsEnabled
    Not supported: use -CompatibilityForMigrationEnabled.
    .PARAMETER ExposeVirtualizationExtensions
    Not supported: requires Windows Server 2016.
    .PARAMETER EnableHostResourceProtection
    Not supported: requires Windows Server 2016.
    .PARAMETER ResourcePoolName
    Not supported: resource pools are not supported.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .PARAMETER Perfmon
    Not supported: performance counters of processors are not simulated.
    .EXAMPLE
    Set-VMProcessor TEST01 -CompatibilityForMigrationEnabled $true
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName', 'VM', 'VMProcessor')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][switch]${Passthru},
        [Parameter(Mandatory=$true)][object]${CompatibilityForMigrationEnabled},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${Count},
        [Parameter()][object]${Reserve},
        [Parameter()][object]${Maximum},
        [Parameter()][object]${RelativeWeight},
        [Parameter()][object]${HwThreadCountPerCore},
        [Parameter()][object]${MaximumCountPerNumaNode},
        [Parameter()][object]${MaximumCountPerNumaSocket},
        [Parameter()][object]${CompatibilityForOlderOperatingSystemsEnabled},
        [Parameter()][object]${ExposeVirtualizationExtensions},
        [Parameter()][object]${EnableHostResourceProtection},
        [Parameter()][object]${ResourcePoolName},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential},
        [Parameter()][object]${Perfmon}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Set-VMProcessor' $bound $given $MyInvocation.ExpectingInput
    }
}

function Start-VM {
    <#
    .SYNOPSIS
    Starts a virtual machine.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER Passthru
    Return the virtual machines.
    .PARAMETER Wait
    Maximum time to wait, in seconds. Default: until complete. 0: do not wait.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .PARAMETER AsJob
    Not supported: jobs are not supported.
    .EXAMPLE
    Start-VM TEST01
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName', 'VM')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][switch]${Passthru},
        [Parameter()][object]${Wait},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential},
        [Parameter()][switch]${AsJob}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Start-VM' $bound $given $MyInvocation.ExpectingInput
    }
}

function Stop-VM {
    <#
    .SYNOPSIS
    Shuts down a virtual machine, or turns it off.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER Passthru
    Return the virtual machines.
    .PARAMETER TurnOff
    Do not wait for the guest to shut down.
    .PARAMETER Save
    Save the state of the virtual machine.
    .PARAMETER Wait
    Maximum time to wait, in seconds. Default: until complete. 0: do not wait.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .PARAMETER AsJob
    Not supported: jobs are not supported.
    .EXAMPLE
    Stop-VM LEGACY01
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName', 'VM')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][switch]${Passthru},
        [Parameter()][switch]${TurnOff},
        [Parameter()][switch]${Force},
        [Parameter()][switch]${Save},
        [Parameter()][object]${Wait},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential},
        [Parameter()][switch]${AsJob}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Stop-VM' $bound $given $MyInvocation.ExpectingInput
    }
}

function Suspend-VM {
    <#
    .SYNOPSIS
    Pauses a virtual machine.
    .PARAMETER ComputerName
    Nodes: only virtual machines that are there.
    .PARAMETER Passthru
    Return the virtual machines.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -ComputerName.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .PARAMETER AsJob
    Not supported: jobs are not supported.
    .EXAMPLE
    Suspend-VM LEGACY01
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName', 'VM')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][switch]${Passthru},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${Credential},
        [Parameter()][switch]${AsJob}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Suspend-VM' $bound $given $MyInvocation.ExpectingInput
    }
}

function Add-VMAssignableDevice {
    $why = New-Object NotSupportedException 'fcm does not have Add-VMAssignableDevice. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-VMDvdDrive {
    $why = New-Object NotSupportedException 'fcm does not have Add-VMDvdDrive. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-VMFibreChannelHba {
    $why = New-Object NotSupportedException 'fcm does not have Add-VMFibreChannelHba. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-VMGpuPartitionAdapter {
    $why = New-Object NotSupportedException 'fcm does not have Add-VMGpuPartitionAdapter. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-VMGroupMember {
    $why = New-Object NotSupportedException 'fcm does not have Add-VMGroupMember. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-VMHardDiskDrive {
    $why = New-Object NotSupportedException 'fcm does not have Add-VMHardDiskDrive. A virtual machine has one virtual hard disk.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-VMHostAssignableDevice {
    $why = New-Object NotSupportedException 'fcm does not have Add-VMHostAssignableDevice. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-VMNetworkAdapter {
    $why = New-Object NotSupportedException 'fcm does not have Add-VMNetworkAdapter. A virtual machine has one network adapter. To connect it, use Connect-VMNetworkAdapter.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-VMNetworkAdapterAcl {
    $why = New-Object NotSupportedException 'fcm does not have Add-VMNetworkAdapterAcl. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-VMNetworkAdapterExtendedAcl {
    $why = New-Object NotSupportedException 'fcm does not have Add-VMNetworkAdapterExtendedAcl. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-VMNetworkAdapterRoutingDomainMapping {
    $why = New-Object NotSupportedException 'fcm does not have Add-VMNetworkAdapterRoutingDomainMapping. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-VMRemoteFx3dVideoAdapter {
    $why = New-Object NotSupportedException 'fcm does not have Add-VMRemoteFx3dVideoAdapter. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-VMScsiController {
    $why = New-Object NotSupportedException 'fcm does not have Add-VMScsiController. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-VMStoragePath {
    $why = New-Object NotSupportedException 'fcm does not have Add-VMStoragePath. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-VMSwitch {
    $why = New-Object NotSupportedException 'fcm does not have Add-VMSwitch. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-VMSwitchExtensionPortFeature {
    $why = New-Object NotSupportedException 'fcm does not have Add-VMSwitchExtensionPortFeature. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-VMSwitchExtensionSwitchFeature {
    $why = New-Object NotSupportedException 'fcm does not have Add-VMSwitchExtensionSwitchFeature. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-VMSwitchTeamMember {
    $why = New-Object NotSupportedException 'fcm does not have Add-VMSwitchTeamMember. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Compare-VM {
    $why = New-Object NotSupportedException 'fcm does not have Compare-VM. Requires Windows Server 2012. To check whether a virtual machine can move, use Check a live migration in the window.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Complete-VMFailover {
    $why = New-Object NotSupportedException 'fcm does not have Complete-VMFailover. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Connect-VMSan {
    $why = New-Object NotSupportedException 'fcm does not have Connect-VMSan. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Convert-VHD {
    $why = New-Object NotSupportedException 'fcm does not have Convert-VHD. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Copy-VMFile {
    $why = New-Object NotSupportedException 'fcm does not have Copy-VMFile. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Debug-VM {
    $why = New-Object NotSupportedException 'fcm does not have Debug-VM. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Disable-VMConsoleSupport {
    $why = New-Object NotSupportedException 'fcm does not have Disable-VMConsoleSupport. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Disable-VMEventing {
    $why = New-Object NotSupportedException 'fcm does not have Disable-VMEventing. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Disable-VMIntegrationService {
    $why = New-Object NotSupportedException 'fcm does not have Disable-VMIntegrationService. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Disable-VMMigration {
    $why = New-Object NotSupportedException 'fcm does not have Disable-VMMigration. Live migration is always enabled. To keep it from networks, use Remove-VMMigrationNetwork.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Disable-VMRemoteFXPhysicalVideoAdapter {
    $why = New-Object NotSupportedException 'fcm does not have Disable-VMRemoteFXPhysicalVideoAdapter. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Disable-VMResourceMetering {
    $why = New-Object NotSupportedException 'fcm does not have Disable-VMResourceMetering. Resource metering is not supported.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Disable-VMSwitchExtension {
    $why = New-Object NotSupportedException 'fcm does not have Disable-VMSwitchExtension. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Disable-VMTPM {
    $why = New-Object NotSupportedException 'fcm does not have Disable-VMTPM. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Disconnect-VMSan {
    $why = New-Object NotSupportedException 'fcm does not have Disconnect-VMSan. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Dismount-VHD {
    $why = New-Object NotSupportedException 'fcm does not have Dismount-VHD. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Dismount-VMHostAssignableDevice {
    $why = New-Object NotSupportedException 'fcm does not have Dismount-VMHostAssignableDevice. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Enable-VMConsoleSupport {
    $why = New-Object NotSupportedException 'fcm does not have Enable-VMConsoleSupport. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Enable-VMEventing {
    $why = New-Object NotSupportedException 'fcm does not have Enable-VMEventing. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Enable-VMIntegrationService {
    $why = New-Object NotSupportedException 'fcm does not have Enable-VMIntegrationService. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Enable-VMRemoteFXPhysicalVideoAdapter {
    $why = New-Object NotSupportedException 'fcm does not have Enable-VMRemoteFXPhysicalVideoAdapter. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Enable-VMReplication {
    $why = New-Object NotSupportedException 'fcm does not have Enable-VMReplication. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Enable-VMResourceMetering {
    $why = New-Object NotSupportedException 'fcm does not have Enable-VMResourceMetering. Resource metering is not supported.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Enable-VMSwitchExtension {
    $why = New-Object NotSupportedException 'fcm does not have Enable-VMSwitchExtension. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Enable-VMTPM {
    $why = New-Object NotSupportedException 'fcm does not have Enable-VMTPM. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Export-VM {
    $why = New-Object NotSupportedException 'fcm does not have Export-VM. Requires Windows Server 2012. Export and import are not supported.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Export-VMSnapshot {
    $why = New-Object NotSupportedException 'fcm does not have Export-VMSnapshot. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VHDSet {
    $why = New-Object NotSupportedException 'fcm does not have Get-VHDSet. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VHDSnapshot {
    $why = New-Object NotSupportedException 'fcm does not have Get-VHDSnapshot. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMAssignableDevice {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMAssignableDevice. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMBios {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMBios. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMComPort {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMComPort. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMConnectAccess {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMConnectAccess. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMFibreChannelHba {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMFibreChannelHba. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMFirmware {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMFirmware. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMFloppyDiskDrive {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMFloppyDiskDrive. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMGpuPartitionAdapter {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMGpuPartitionAdapter. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMGroup {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMGroup. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMHostAssignableDevice {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMHostAssignableDevice. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMHostCluster {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMHostCluster. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMHostNumaNode {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMHostNumaNode. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMHostNumaNodeStatus {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMHostNumaNodeStatus. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMHostPartitionableGpu {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMHostPartitionableGpu. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMHostSupportedVersion {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMHostSupportedVersion. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMIdeController {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMIdeController. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMIntegrationService {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMIntegrationService. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMKeyProtector {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMKeyProtector. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMNetworkAdapterAcl {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMNetworkAdapterAcl. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMNetworkAdapterExtendedAcl {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMNetworkAdapterExtendedAcl. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMNetworkAdapterFailoverConfiguration {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMNetworkAdapterFailoverConfiguration. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMNetworkAdapterIsolation {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMNetworkAdapterIsolation. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMNetworkAdapterRoutingDomainMapping {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMNetworkAdapterRoutingDomainMapping. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMNetworkAdapterTeamMapping {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMNetworkAdapterTeamMapping. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMNetworkAdapterVlan {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMNetworkAdapterVlan. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMRemoteFx3dVideoAdapter {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMRemoteFx3dVideoAdapter. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMRemoteFXPhysicalVideoAdapter {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMRemoteFXPhysicalVideoAdapter. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMReplication {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMReplication. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMReplicationAuthorizationEntry {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMReplicationAuthorizationEntry. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMReplicationServer {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMReplicationServer. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMResourcePool {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMResourcePool. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMSan {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMSan. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMScsiController {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMScsiController. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMSecurity {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMSecurity. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMStoragePath {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMStoragePath. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMSwitchExtension {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMSwitchExtension. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMSwitchExtensionPortData {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMSwitchExtensionPortData. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMSwitchExtensionPortFeature {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMSwitchExtensionPortFeature. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMSwitchExtensionSwitchData {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMSwitchExtensionSwitchData. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMSwitchExtensionSwitchFeature {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMSwitchExtensionSwitchFeature. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMSwitchTeam {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMSwitchTeam. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMSystemSwitchExtension {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMSystemSwitchExtension. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMSystemSwitchExtensionPortFeature {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMSystemSwitchExtensionPortFeature. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMSystemSwitchExtensionSwitchFeature {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMSystemSwitchExtensionSwitchFeature. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMVideo {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMVideo. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Grant-VMConnectAccess {
    $why = New-Object NotSupportedException 'fcm does not have Grant-VMConnectAccess. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Import-VM {
    $why = New-Object NotSupportedException 'fcm does not have Import-VM. Requires Windows Server 2012. To create virtual machines, use New-VM.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Import-VMInitialReplication {
    $why = New-Object NotSupportedException 'fcm does not have Import-VMInitialReplication. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Measure-VM {
    $why = New-Object NotSupportedException 'fcm does not have Measure-VM. Resource metering is not supported. To measure writes to memory, use Measure-VMMemoryWrite.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Measure-VMReplication {
    $why = New-Object NotSupportedException 'fcm does not have Measure-VMReplication. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Measure-VMResourcePool {
    $why = New-Object NotSupportedException 'fcm does not have Measure-VMResourcePool. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Merge-VHD {
    $why = New-Object NotSupportedException 'fcm does not have Merge-VHD. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Mount-VHD {
    $why = New-Object NotSupportedException 'fcm does not have Mount-VHD. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Mount-VMHostAssignableDevice {
    $why = New-Object NotSupportedException 'fcm does not have Mount-VMHostAssignableDevice. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Move-VMStorage {
    $why = New-Object NotSupportedException 'fcm does not have Move-VMStorage. Requires Windows Server 2012. Storage migration is not supported.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function New-VFD {
    $why = New-Object NotSupportedException 'fcm does not have New-VFD. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function New-VHD {
    $why = New-Object NotSupportedException 'fcm does not have New-VHD. Requires Windows Server 2012. New-VM creates the disk of a virtual machine.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function New-VMGroup {
    $why = New-Object NotSupportedException 'fcm does not have New-VMGroup. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function New-VMReplicationAuthorizationEntry {
    $why = New-Object NotSupportedException 'fcm does not have New-VMReplicationAuthorizationEntry. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function New-VMResourcePool {
    $why = New-Object NotSupportedException 'fcm does not have New-VMResourcePool. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function New-VMSan {
    $why = New-Object NotSupportedException 'fcm does not have New-VMSan. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function New-VMSwitch {
    $why = New-Object NotSupportedException 'fcm does not have New-VMSwitch. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Optimize-VHD {
    $why = New-Object NotSupportedException 'fcm does not have Optimize-VHD. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Optimize-VHDSet {
    $why = New-Object NotSupportedException 'fcm does not have Optimize-VHDSet. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VHDSnapshot {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VHDSnapshot. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMAssignableDevice {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMAssignableDevice. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMDvdDrive {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMDvdDrive. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMFibreChannelHba {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMFibreChannelHba. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMGpuPartitionAdapter {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMGpuPartitionAdapter. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMGroup {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMGroup. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMGroupMember {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMGroupMember. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMHardDiskDrive {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMHardDiskDrive. A virtual machine has one virtual hard disk.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMHostAssignableDevice {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMHostAssignableDevice. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMNetworkAdapter {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMNetworkAdapter. To disconnect a virtual machine, use Disconnect-VMNetworkAdapter.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMNetworkAdapterAcl {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMNetworkAdapterAcl. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMNetworkAdapterExtendedAcl {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMNetworkAdapterExtendedAcl. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMNetworkAdapterRoutingDomainMapping {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMNetworkAdapterRoutingDomainMapping. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMNetworkAdapterTeamMapping {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMNetworkAdapterTeamMapping. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMRemoteFx3dVideoAdapter {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMRemoteFx3dVideoAdapter. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMReplication {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMReplication. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMReplicationAuthorizationEntry {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMReplicationAuthorizationEntry. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMResourcePool {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMResourcePool. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMSan {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMSan. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMSavedState {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMSavedState. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMScsiController {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMScsiController. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMStoragePath {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMStoragePath. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMSwitch {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMSwitch. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMSwitchExtensionPortFeature {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMSwitchExtensionPortFeature. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMSwitchExtensionSwitchFeature {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMSwitchExtensionSwitchFeature. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-VMSwitchTeamMember {
    $why = New-Object NotSupportedException 'fcm does not have Remove-VMSwitchTeamMember. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Rename-VM {
    $why = New-Object NotSupportedException 'fcm does not have Rename-VM. Virtual machines keep their names. To rename the group, set (Get-ClusterGroup X).Name.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Rename-VMGroup {
    $why = New-Object NotSupportedException 'fcm does not have Rename-VMGroup. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Rename-VMNetworkAdapter {
    $why = New-Object NotSupportedException 'fcm does not have Rename-VMNetworkAdapter. The network adapter of a virtual machine is always called Network Adapter.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Rename-VMResourcePool {
    $why = New-Object NotSupportedException 'fcm does not have Rename-VMResourcePool. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Rename-VMSan {
    $why = New-Object NotSupportedException 'fcm does not have Rename-VMSan. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Rename-VMSnapshot {
    $why = New-Object NotSupportedException 'fcm does not have Rename-VMSnapshot. Snapshots keep their names.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Rename-VMSwitch {
    $why = New-Object NotSupportedException 'fcm does not have Rename-VMSwitch. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Repair-VM {
    $why = New-Object NotSupportedException 'fcm does not have Repair-VM. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Reset-VMReplicationStatistics {
    $why = New-Object NotSupportedException 'fcm does not have Reset-VMReplicationStatistics. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Reset-VMResourceMetering {
    $why = New-Object NotSupportedException 'fcm does not have Reset-VMResourceMetering. Resource metering is not supported.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Resize-VHD {
    $why = New-Object NotSupportedException 'fcm does not have Resize-VHD. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Restart-VM {
    $why = New-Object NotSupportedException 'fcm does not have Restart-VM. Use Stop-VM, then Start-VM.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Resume-VM {
    $why = New-Object NotSupportedException 'fcm does not have Resume-VM. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Resume-VMReplication {
    $why = New-Object NotSupportedException 'fcm does not have Resume-VMReplication. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Revoke-VMConnectAccess {
    $why = New-Object NotSupportedException 'fcm does not have Revoke-VMConnectAccess. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VHD {
    $why = New-Object NotSupportedException 'fcm does not have Set-VHD. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMBios {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMBios. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMComPort {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMComPort. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMFibreChannelHba {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMFibreChannelHba. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMFirmware {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMFirmware. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMFloppyDiskDrive {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMFloppyDiskDrive. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMGpuPartitionAdapter {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMGpuPartitionAdapter. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMHardDiskDrive {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMHardDiskDrive. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMHostCluster {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMHostCluster. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMHostPartitionableGpu {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMHostPartitionableGpu. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMKeyProtector {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMKeyProtector. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMNetworkAdapter {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMNetworkAdapter. Its settings are not supported. To connect it, use Connect-VMNetworkAdapter.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMNetworkAdapterFailoverConfiguration {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMNetworkAdapterFailoverConfiguration. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMNetworkAdapterIsolation {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMNetworkAdapterIsolation. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMNetworkAdapterRoutingDomainMapping {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMNetworkAdapterRoutingDomainMapping. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMNetworkAdapterTeamMapping {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMNetworkAdapterTeamMapping. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMNetworkAdapterVlan {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMNetworkAdapterVlan. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMRemoteFx3dVideoAdapter {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMRemoteFx3dVideoAdapter. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMReplication {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMReplication. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMReplicationAuthorizationEntry {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMReplicationAuthorizationEntry. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMReplicationServer {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMReplicationServer. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMResourcePool {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMResourcePool. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMSan {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMSan. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMSecurity {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMSecurity. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMSecurityPolicy {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMSecurityPolicy. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMSwitch {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMSwitch. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMSwitchExtensionPortFeature {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMSwitchExtensionPortFeature. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMSwitchExtensionSwitchFeature {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMSwitchExtensionSwitchFeature. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMSwitchTeam {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMSwitchTeam. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMVideo {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMVideo. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Start-VMFailover {
    $why = New-Object NotSupportedException 'fcm does not have Start-VMFailover. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Start-VMInitialReplication {
    $why = New-Object NotSupportedException 'fcm does not have Start-VMInitialReplication. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Start-VMTrace {
    $why = New-Object NotSupportedException 'fcm does not have Start-VMTrace. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Stop-VMFailover {
    $why = New-Object NotSupportedException 'fcm does not have Stop-VMFailover. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Stop-VMInitialReplication {
    $why = New-Object NotSupportedException 'fcm does not have Stop-VMInitialReplication. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Stop-VMReplication {
    $why = New-Object NotSupportedException 'fcm does not have Stop-VMReplication. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Stop-VMTrace {
    $why = New-Object NotSupportedException 'fcm does not have Stop-VMTrace. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Suspend-VMReplication {
    $why = New-Object NotSupportedException 'fcm does not have Suspend-VMReplication. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Test-VHD {
    $why = New-Object NotSupportedException 'fcm does not have Test-VHD. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Test-VMNetworkAdapter {
    $why = New-Object NotSupportedException 'fcm does not have Test-VMNetworkAdapter. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Test-VMReplicationConnection {
    $why = New-Object NotSupportedException 'fcm does not have Test-VMReplicationConnection. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Update-VMVersion {
    $why = New-Object NotSupportedException 'fcm does not have Update-VMVersion. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}
Set-Alias Get-VMCheckpoint Get-VMSnapshot -WhatIf:$false -Confirm:$false
Set-Alias Remove-VMCheckpoint Remove-VMSnapshot -WhatIf:$false -Confirm:$false
Set-Alias Restore-VMCheckpoint Restore-VMSnapshot -WhatIf:$false -Confirm:$false
Set-Alias Resume-VM Start-VM -WhatIf:$false -Confirm:$false
Export-ModuleMember -Function * -Alias *
