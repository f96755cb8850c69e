# FailoverClusters on the clusters of fcm. Written by packaging/powershell_modules.py; do not edit it.
# Everything that it does is done by Invoke-Fcm, in the module Fcm beside it.

function Add-ClusterDHCPServerRole {
    <#
    .SYNOPSIS
    Configures a DHCP Server as a service or application.
    .PARAMETER Name
    Network name of the client access point (15 characters at most).
    .PARAMETER StaticAddress
    IP address of the client access point.
    .PARAMETER Storage
    Disks in Available Storage.
    .PARAMETER Wait
    It is online at once: there is nothing to wait for.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Add-ClusterDHCPServerRole -Name DHCP01 -StaticAddress 10.0.1.60 -Storage 'Cluster Disk 2'
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${StaticAddress},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Storage},
        [Parameter()][object]${Wait},
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
        Invoke-Fcm $PSCmdlet 'Add-ClusterDHCPServerRole' $bound $given $MyInvocation.ExpectingInput
    }
}

function Add-ClusterDisk {
    <#
    .SYNOPSIS
    Adds LUNs as cluster disks to Available Storage.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Get-ClusterAvailableDisk | Add-ClusterDisk
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Add-ClusterDisk' $bound $given $MyInvocation.ExpectingInput
    }
}

function Add-ClusterFileServerRole {
    <#
    .SYNOPSIS
    Configures a File Server as a service or application.
    .PARAMETER Name
    Network name of the client access point (15 characters at most).
    .PARAMETER StaticAddress
    IP address of the client access point.
    .PARAMETER Storage
    Disks in Available Storage.
    .PARAMETER Wait
    It is online at once: there is nothing to wait for.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER IgnoreNetwork
    Not supported: a client access point has one address; specify -StaticAddress.
    .EXAMPLE
    Add-ClusterFileServerRole -Name FS01 -StaticAddress 10.0.1.60 -Storage 'Cluster Disk 2'
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${StaticAddress},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Storage},
        [Parameter()][object]${Wait},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter()][object]${IgnoreNetwork},
        [Parameter(ValueFromPipeline=$true, DontShow)][object]${PipedObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['PipedObject'])
            $bound.Remove('PipedObject')
        }
        Invoke-Fcm $PSCmdlet 'Add-ClusterFileServerRole' $bound $given $MyInvocation.ExpectingInput
    }
}

function Add-ClusterGenericApplicationRole {
    <#
    .SYNOPSIS
    Configures an application that is not cluster-aware as a service or application.
    .PARAMETER CommandLine
    Command line of the application.
    .PARAMETER Name
    Network name of the client access point (15 characters at most).
    .PARAMETER StaticAddress
    IP address of the client access point.
    .PARAMETER Storage
    Disks in Available Storage.
    .PARAMETER Wait
    It is online at once: there is nothing to wait for.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER IgnoreNetwork
    Not supported: a client access point has one address; specify -StaticAddress.
    .PARAMETER CheckpointKey
    Not supported: registry checkpoints are not supported.
    .PARAMETER Parameters
    Not supported: write them in -CommandLine.
    .EXAMPLE
    Add-ClusterGenericApplicationRole -CommandLine notepad.exe -Name NOTES01 -StaticAddress 10.0.1.60
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${CommandLine},
        [Parameter(Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${StaticAddress},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Storage},
        [Parameter()][object]${Wait},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter()][object]${IgnoreNetwork},
        [Parameter()][object]${CheckpointKey},
        [Parameter()][object]${Parameters},
        [Parameter(ValueFromPipeline=$true, DontShow)][object]${PipedObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['PipedObject'])
            $bound.Remove('PipedObject')
        }
        Invoke-Fcm $PSCmdlet 'Add-ClusterGenericApplicationRole' $bound $given $MyInvocation.ExpectingInput
    }
}

function Add-ClusterGenericServiceRole {
    <#
    .SYNOPSIS
    Configures a Windows service that is not cluster-aware as a service or application.
    .PARAMETER ServiceName
    Name of the Windows service.
    .PARAMETER Name
    Network name of the client access point (15 characters at most).
    .PARAMETER StaticAddress
    IP address of the client access point.
    .PARAMETER Storage
    Disks in Available Storage.
    .PARAMETER Wait
    It is online at once: there is nothing to wait for.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER IgnoreNetwork
    Not supported: a client access point has one address; specify -StaticAddress.
    .PARAMETER CheckpointKey
    Not supported: registry checkpoints are not supported.
    .EXAMPLE
    Add-ClusterGenericServiceRole -ServiceName W32Time -Name TIME01 -StaticAddress 10.0.1.60
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ServiceName},
        [Parameter(Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${StaticAddress},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Storage},
        [Parameter()][object]${Wait},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter()][object]${IgnoreNetwork},
        [Parameter()][object]${CheckpointKey},
        [Parameter(ValueFromPipeline=$true, DontShow)][object]${PipedObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['PipedObject'])
            $bound.Remove('PipedObject')
        }
        Invoke-Fcm $PSCmdlet 'Add-ClusterGenericServiceRole' $bound $given $MyInvocation.ExpectingInput
    }
}

function Add-ClusterGroupToAffinityRule {
    <#
    .SYNOPSIS
    Adds groups to a rule that keeps groups on different nodes. A new name begins a rule.
    .PARAMETER Name
    Names of rules.
    .PARAMETER Groups
    Names of groups.
    .PARAMETER PassThru
    Return the rules.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -Cluster.
    .PARAMETER ThrottleLimit
    Not supported: there are no jobs or sessions to limit.
    .PARAMETER AsJob
    Not supported: jobs are not supported.
    .EXAMPLE
    Add-ClusterGroupToAffinityRule -Name DomainControllers -Groups DC01, WEB01
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Position=1, Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Groups},
        [Parameter()][switch]${PassThru},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${ThrottleLimit},
        [Parameter()][switch]${AsJob}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Add-ClusterGroupToAffinityRule' $bound $given $MyInvocation.ExpectingInput
    }
}

function Add-ClusterNode {
    <#
    .SYNOPSIS
    Adds nodes to a simulated cluster. Validate it with Test-Cluster afterwards.
    .PARAMETER Name
    Names of the servers. They have the same hardware as the current host server.
    .PARAMETER NoStorage
    Not supported: requires Windows Server 2012.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Add-ClusterNode -Name node4
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('Node')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][switch]${NoStorage},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Add-ClusterNode' $bound $given $MyInvocation.ExpectingInput
    }
}

function Add-ClusterPrintServerRole {
    <#
    .SYNOPSIS
    Configures a Print Server as a service or application.
    .PARAMETER Name
    Network name of the client access point (15 characters at most).
    .PARAMETER StaticAddress
    IP address of the client access point.
    .PARAMETER Storage
    Disks in Available Storage.
    .PARAMETER Wait
    It is online at once: there is nothing to wait for.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER IgnoreNetwork
    Not supported: a client access point has one address; specify -StaticAddress.
    .EXAMPLE
    Add-ClusterPrintServerRole -Name PRINT09 -StaticAddress 10.0.1.60 -Storage 'Cluster Disk 2'
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${StaticAddress},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Storage},
        [Parameter()][object]${Wait},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter()][object]${IgnoreNetwork},
        [Parameter(ValueFromPipeline=$true, DontShow)][object]${PipedObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['PipedObject'])
            $bound.Remove('PipedObject')
        }
        Invoke-Fcm $PSCmdlet 'Add-ClusterPrintServerRole' $bound $given $MyInvocation.ExpectingInput
    }
}

function Add-ClusterResource {
    <#
    .SYNOPSIS
    Adds a resource to a service or application that is not a virtual machine. It is offline at first.
    .PARAMETER Name
    Name of the new resource.
    .PARAMETER ResourceType
    Its type.
    .PARAMETER Value
    Address, network name, service name or command line, as the type needs it (fcm).
    .PARAMETER SeparateMonitor
    Not supported: set the property SeparateMonitor of the resource afterwards.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Add-ClusterServerRole -Name SERVER01 -StaticAddress 10.0.1.60 | Out-Null; Add-ClusterResource 'Time Service' -ResourceType 'Generic Service' -Group SERVER01 -Value W32Time
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0, Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Position=1, Mandatory=$true)][Alias('restype', 'type')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ResourceType},
        [Parameter(Position=2)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Group},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Value},
        [Parameter()][switch]${SeparateMonitor},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Add-ClusterResource' $bound $given $MyInvocation.ExpectingInput
    }
}

function Add-ClusterResourceDependency {
    <#
    .SYNOPSIS
    Adds a resource to those that another resource depends on.
    .PARAMETER Provider
    Name of the resource that it depends on.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Add-ClusterResourceDependency 'Cluster Name' 'Cluster IP Address'
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('Name', 'res')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Resource},
        [Parameter(Position=1, Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Provider},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Add-ClusterResourceDependency' $bound $given $MyInvocation.ExpectingInput
    }
}

function Add-ClusterServerRole {
    <#
    .SYNOPSIS
    Configures a service or application with only a client access point and disks (Other Server).
    .PARAMETER Name
    Network name of the client access point (15 characters at most).
    .PARAMETER StaticAddress
    IP address of the client access point.
    .PARAMETER Storage
    Disks in Available Storage.
    .PARAMETER Wait
    It is online at once: there is nothing to wait for.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER IgnoreNetwork
    Not supported: a client access point has one address; specify -StaticAddress.
    .EXAMPLE
    Add-ClusterServerRole -Name SERVER01 -StaticAddress 10.0.1.60
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${StaticAddress},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Storage},
        [Parameter()][object]${Wait},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter()][object]${IgnoreNetwork},
        [Parameter(ValueFromPipeline=$true, DontShow)][object]${PipedObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['PipedObject'])
            $bound.Remove('PipedObject')
        }
        Invoke-Fcm $PSCmdlet 'Add-ClusterServerRole' $bound $given $MyInvocation.ExpectingInput
    }
}

function Add-ClusterSharedVolume {
    <#
    .SYNOPSIS
    Adds disks from Available Storage to the Cluster Shared Volumes.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    (Get-Cluster).EnableSharedVolumes = 'Enabled'; Add-ClusterSharedVolume 'Cluster Disk 2'
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Add-ClusterSharedVolume' $bound $given $MyInvocation.ExpectingInput
    }
}

function Add-ClusterVirtualMachineRole {
    <#
    .SYNOPSIS
    Makes virtual machines highly available (Configure a Service or Application).
    .PARAMETER Name
    Not supported: the group has the name of its virtual machine; rename it afterwards.
    .PARAMETER VMId
    Ids of the virtual machines.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    (Get-Cluster).EnableSharedVolumes = 'Enabled'; Add-ClusterSharedVolume 'Cluster Disk 2' | Out-Null; New-VM NEW01 -Path C:\ClusterStorage\Volume1 | Add-ClusterVirtualMachineRole
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter()][object]${Name},
        [Parameter(Position=0)][Alias('vm', 'VMName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VirtualMachine},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMId},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Add-ClusterVirtualMachineRole' $bound $given $MyInvocation.ExpectingInput
    }
}

function Clear-FcmBlockedGroup {
    <#
    .SYNOPSIS
    Clears the failure that blocks a group, so that Pacemaker manages it again. Its virtual machine keeps running (Pacemaker clusters).
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Clear-FcmBlockedGroup SQL01
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Clear-FcmBlockedGroup' $bound $given $MyInvocation.ExpectingInput
    }
}

function Confirm-FcmNodeOff {
    <#
    .SYNOPSIS
    Confirms that a lost node is off when no fencing device can tell, so that its virtual machines start elsewhere. If it is not off, they can run twice (Pacemaker clusters).
    .PARAMETER NodeIsOff
    You have made sure that the node is off: without power, or disconnected.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Confirm-FcmNodeOff node2 -NodeIsOff
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('Node')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][switch]${NodeIsOff},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Confirm-FcmNodeOff' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-Cluster {
    <#
    .SYNOPSIS
    Gets the open cluster. SameSubnetDelay, SameSubnetThreshold and, where its version has them, DynamicQuorum, LowerQuorumPriorityNodeID, ResiliencyLevel, ResiliencyDefaultPeriod, QuarantineThreshold and QuarantineDuration can be set.
    .PARAMETER Name
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER Domain
    Not supported: domain search is not supported; open the cluster in the window or with --cluster.
    .EXAMPLE
    Get-Cluster contoso
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][object]${Domain},
        [Parameter(ValueFromPipeline=$true, DontShow)][object]${PipedObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['PipedObject'])
            $bound.Remove('PipedObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-Cluster' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-ClusterAffinityRule {
    <#
    .SYNOPSIS
    Gets the rules that keep groups on different nodes, with their groups.
    .PARAMETER Name
    Names of rules.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -Cluster.
    .PARAMETER ThrottleLimit
    Not supported: there are no jobs or sessions to limit.
    .PARAMETER AsJob
    Not supported: jobs are not supported.
    .EXAMPLE
    Get-ClusterAffinityRule
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${ThrottleLimit},
        [Parameter()][switch]${AsJob}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-ClusterAffinityRule' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-ClusterAvailableDisk {
    <#
    .SYNOPSIS
    Gets LUNs that all nodes can access and that are not in the cluster yet.
    .PARAMETER Disk
    Not supported: the LUNs are those of the cluster file.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER All
    Not supported: only LUNs that all nodes can access are shown.
    .EXAMPLE
    Get-ClusterAvailableDisk | Add-ClusterDisk
    #>
    [CmdletBinding()]
    param(
        [Parameter()][object]${Disk},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${All}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-ClusterAvailableDisk' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-ClusterEvent {
    <#
    .SYNOPSIS
    Gets events from the event logs, newest first.
    .PARAMETER LogName
    Names of logs. Default: all.
    .PARAMETER FilterXPath
    XPath expression, such as *[System[Level=2]].
    .PARAMETER FilterXml
    Structured XML query.
    .PARAMETER Oldest
    Sort oldest first.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Get-ClusterEvent -FilterXPath '*[System[(Level=1 or Level=2)]]' | Export-Csv events.csv
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${LogName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${FilterXPath},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${FilterXml},
        [Parameter()][object]${MaxEvents},
        [Parameter()][switch]${Oldest},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-ClusterEvent' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-ClusterFault {
    <#
    .SYNOPSIS
    Gets the simulated failures that have not been repaired.
    .PARAMETER Name
    Name of the object that has failed; \\server\share for the witness.
    .PARAMETER Fault
    Only failures of this kind.
    .PARAMETER Node
    With LosePath: only that of this node.
    .PARAMETER Id
    ID of a failure.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Get-ClusterFault | Format-Table Name, Fault, Since
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Position=1)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Fault},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Node},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Id},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-ClusterFault' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-ClusterGroup {
    <#
    .SYNOPSIS
    Gets services and applications, with their owner and state.
    .PARAMETER VMId
    Id of the virtual machine, as Get-VM shows it.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Get-ClusterNode node1 | Get-ClusterGroup
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMId},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-ClusterGroup' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-ClusterLog {
    <#
    .SYNOPSIS
    Creates the cluster log for each node.
    .PARAMETER Node
    Names of nodes. Default: all nodes.
    .PARAMETER Destination
    Folder for the files NODE_cluster.log. Default: the folder ClusterReports.
    .PARAMETER TimeSpan
    Time span before now, in minutes. Default: everything.
    .PARAMETER UseLocalTime
    Not supported: requires Windows Server 2012; times are GMT.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER Health
    Not supported: requires Windows Server 2016.
    .PARAMETER SkipClusterState
    Not supported: requires Windows Server 2016.
    .EXAMPLE
    Get-ClusterLog -Destination logs -TimeSpan 15
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Node},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Destination},
        [Parameter()][Alias('span')][object]${TimeSpan},
        [Parameter()][switch]${UseLocalTime},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${Health},
        [Parameter()][object]${SkipClusterState}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-ClusterLog' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-ClusterMigrationDefault {
    <#
    .SYNOPSIS
    Gets the default options of live migrations.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Get-ClusterMigrationDefault
    #>
    [CmdletBinding()]
    param(
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
        Invoke-Fcm $PSCmdlet 'Get-ClusterMigrationDefault' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-ClusterNetwork {
    <#
    .SYNOPSIS
    Gets cluster networks. Name, Role, Metric and AutoMetric can be set.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    (Get-ClusterNetwork "Cluster Network 3").Metric = 950
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-ClusterNetwork' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-ClusterNetworkInterface {
    <#
    .SYNOPSIS
    Gets the network adapters of the nodes.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Get-ClusterNetworkInterface -Node node1
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Node},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Network},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-ClusterNetworkInterface' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-ClusterNode {
    <#
    .SYNOPSIS
    Gets nodes, their state and their votes. NodeWeight can be set.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Get-ClusterNode node1
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][Alias('Node')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-ClusterNode' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-ClusterOwnerNode {
    <#
    .SYNOPSIS
    Gets the preferred owners of a group, or the possible owners of a resource.
    .PARAMETER ResourceType
    Not supported: every node can own every resource type.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Get-ClusterOwnerNode -Group SQL01
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Group},
        [Parameter()][Alias('res')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Resource},
        [Parameter()][Alias('restype')][object]${ResourceType},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-ClusterOwnerNode' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-ClusterParameter {
    <#
    .SYNOPSIS
    Gets the private properties of a resource: MigrationState, OfflineAction, MigrationNetworkOrder ...
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Get-ClusterResource 'Virtual Machine SQL01' | Get-ClusterParameter
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-ClusterParameter' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-ClusterQuorum {
    <#
    .SYNOPSIS
    Gets the quorum configuration and witness.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Get-ClusterQuorum
    #>
    [CmdletBinding()]
    param(
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-ClusterQuorum' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-ClusterResource {
    <#
    .SYNOPSIS
    Gets resources, with their state, group and type.
    .PARAMETER VMId
    Not supported: pipe the group that Get-ClusterGroup -VMId returns.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Get-ClusterGroup SQL01 | Get-ClusterResource
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][object]${VMId},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-ClusterResource' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-ClusterResourceDependency {
    <#
    .SYNOPSIS
    Gets the dependencies between resources.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER Guid
    Not supported: the expression has names; Get-ClusterResource shows the Ids.
    .EXAMPLE
    Get-ClusterResourceDependency 'Virtual Machine SQL01'
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][Alias('Name', 'res')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Resource},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${Guid}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-ClusterResourceDependency' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-ClusterResourceType {
    <#
    .SYNOPSIS
    Gets the resource types of the cluster.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Get-ClusterResourceType 'Virtual Machine'
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-ClusterResourceType' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-ClusterSharedVolume {
    <#
    .SYNOPSIS
    Gets Cluster Shared Volumes. Name can be set.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Get-ClusterSharedVolume | Select-Object -ExpandProperty SharedVolumeInfo
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-ClusterSharedVolume' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-ClusterSharedVolumeState {
    <#
    .SYNOPSIS
    Gets how each node reaches the Cluster Shared Volumes (2012 R2 and later).
    .PARAMETER Node
    Only this node.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Get-ClusterSharedVolume | Get-ClusterSharedVolumeState
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Node},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-ClusterSharedVolumeState' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-ClusterVirtualMachineMigration {
    <#
    .SYNOPSIS
    Gets the migrations of virtual machines: passes, bytes, rate and expected end if running, blackout if complete.
    .PARAMETER Name
    Names of virtual machines. Default: all.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Get-ClusterVirtualMachineMigration | Sort-Object BlackoutSeconds
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-ClusterVirtualMachineMigration' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-VMMigrationNetworkOrder {
    <#
    .SYNOPSIS
    Gets the live migration networks of a virtual machine in order of preference, and where the order is set.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Get-VMMigrationNetworkOrder SQL01
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-VMMigrationNetworkOrder' $bound $given $MyInvocation.ExpectingInput
    }
}

function Invoke-ClusterFault {
    <#
    .SYNOPSIS
    Simulates a failure of a node, network adapter, network, disk, witness or virtual machine (simulated clusters).
    .PARAMETER Name
    What fails: a node, a network adapter, a network, a disk or volume, or a virtual machine. Not needed for LoseShare.
    .PARAMETER Fault
    What happens.
    .PARAMETER Node
    With LosePath: the node that loses its path to the disk.
    .PARAMETER Together
    With Isolate: nodes on the same side of the cut, which still reach each other.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Invoke-ClusterFault node1 -Fault PowerOff; Start-Sleep 20; Get-ClusterNode
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Position=1, Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Fault},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Node},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Together},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Invoke-ClusterFault' $bound $given $MyInvocation.ExpectingInput
    }
}

function Move-ClusterGroup {
    <#
    .SYNOPSIS
    Moves a service or application to another node. It is taken offline, a virtual machine with its offline action, and brought online on the other node.
    .PARAMETER Node
    Destination node. Default: the best possible node.
    .PARAMETER Wait
    Maximum time to wait, in seconds. Default: until complete. 0: do not wait.
    .PARAMETER IgnoreLocked
    Not supported: requires Windows Server 2012.
    .PARAMETER VMId
    Id of the virtual machine, as Get-VM shows it.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Move-ClusterGroup WEB01 -Node node2
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Position=1)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Node},
        [Parameter()][object]${Wait},
        [Parameter()][switch]${IgnoreLocked},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMId},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Move-ClusterGroup' $bound $given $MyInvocation.ExpectingInput
    }
}

function Move-ClusterResource {
    <#
    .SYNOPSIS
    Moves a disk from Available Storage to a service or application that is not a virtual machine, or back.
    .PARAMETER Group
    A service or application, or 'Available Storage'.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Add-ClusterServerRole -Name SERVER01 -StaticAddress 10.0.1.60 | Out-Null; Move-ClusterResource 'Cluster Disk 2' -Group SERVER01
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Position=1, Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Group},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Move-ClusterResource' $bound $given $MyInvocation.ExpectingInput
    }
}

function Move-ClusterSharedVolume {
    <#
    .SYNOPSIS
    Moves a Cluster Shared Volume to another coordinator node.
    .PARAMETER Node
    New coordinator node. Default: the best possible node.
    .PARAMETER Wait
    Not supported: the coordinator changes immediately.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    (Get-Cluster).EnableSharedVolumes = 'Enabled'; Add-ClusterSharedVolume 'Cluster Disk 2' | Move-ClusterSharedVolume -Node node2
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Position=1)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Node},
        [Parameter()][object]${Wait},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Move-ClusterSharedVolume' $bound $given $MyInvocation.ExpectingInput
    }
}

function Move-ClusterVirtualMachineRole {
    <#
    .SYNOPSIS
    Live migrates a clustered virtual machine to another node.
    .PARAMETER Name
    Name of the group that contains the virtual machine.
    .PARAMETER Node
    Destination node. Default: the suitable node with the most free memory.
    .PARAMETER Cancel
    Cancel the running or queued live migration.
    .PARAMETER Wait
    Maximum time to wait, in seconds. Default: until complete. 0: do not wait.
    .PARAMETER MigrationType
    Live or Quick (2012).
    .PARAMETER IgnoreLocked
    Not supported: requires Windows Server 2012.
    .PARAMETER VMId
    Id of the virtual machine, as Get-VM shows it.
    .PARAMETER DowntimeLimit
    Downtime limit in seconds (fcm).
    .PARAMETER Bandwidth
    Maximum bandwidth in bytes/s. Parallel connections on real hosts require at least 5MB (fcm).
    .PARAMETER AutoConverge
    Throttle the virtual machine until its memory converges (fcm).
    .PARAMETER PostCopy
    Move the virtual machine first, then its memory (fcm).
    .PARAMETER AutoConvergeInitial
    Initial throttle in percent (fcm, real hosts).
    .PARAMETER AutoConvergeIncrement
    Throttle increment in percent (fcm, real hosts).
    .PARAMETER Xbzrle
    For pages already sent, send only the changes (fcm, real hosts).
    .PARAMETER ParallelConnections
    Number of TCP connections for memory (fcm, real hosts).
    .PARAMETER Tls
    Encrypt the transfer (fcm, real hosts).
    .PARAMETER Compression
    How parallel connections compress memory (fcm, real hosts with libvirt 9.4).
    .PARAMETER ZeroCopy
    Parallel connections send memory without copying it (fcm, real hosts).
    .PARAMETER XbzrleCache
    Cache for pages sent before, in bytes; a power of two (fcm).
    .PARAMETER SwitchoverBandwidth
    Bandwidth that QEMU expects for the last pages, in bytes/s (fcm, real hosts with libvirt 11.1).
    .PARAMETER PostCopyBandwidth
    Maximum bandwidth after the switch, in bytes/s (fcm, real hosts).
    .PARAMETER MoveWithin
    Goal: finish within this many seconds; fcm changes the limits (fcm).
    .PARAMETER PauseAtMost
    Goal: stop the virtual machine for this many seconds at most (fcm).
    .PARAMETER Shadow
    Only report what fcm would change to reach the goals (fcm).
    .PARAMETER TimeLimit
    Cancel the migration if it is still copying memory after this many seconds (fcm).
    .PARAMETER NoDefault
    Ignore the default migration options of the cluster (fcm).
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Get-Cluster contoso | Move-ClusterVirtualMachineRole -Name "SQL01" -Node "node2"
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Position=1)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Node},
        [Parameter()][switch]${Cancel},
        [Parameter()][object]${Wait},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${MigrationType},
        [Parameter()][switch]${IgnoreLocked},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMId},
        [Parameter()][object]${DowntimeLimit},
        [Parameter()][object]${Bandwidth},
        [Parameter()][switch]${AutoConverge},
        [Parameter()][switch]${PostCopy},
        [Parameter()][object]${AutoConvergeInitial},
        [Parameter()][object]${AutoConvergeIncrement},
        [Parameter()][switch]${Xbzrle},
        [Parameter()][object]${ParallelConnections},
        [Parameter()][switch]${Tls},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Compression},
        [Parameter()][switch]${ZeroCopy},
        [Parameter()][object]${XbzrleCache},
        [Parameter()][object]${SwitchoverBandwidth},
        [Parameter()][object]${PostCopyBandwidth},
        [Parameter()][object]${MoveWithin},
        [Parameter()][object]${PauseAtMost},
        [Parameter()][switch]${Shadow},
        [Parameter()][object]${TimeLimit},
        [Parameter()][switch]${NoDefault},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Move-ClusterVirtualMachineRole' $bound $given $MyInvocation.ExpectingInput
    }
}

function New-Cluster {
    <#
    .SYNOPSIS
    Creates a simulated cluster with the defaults of the wizard, and opens it.
    .PARAMETER Node
    Names of the servers. Default: node1, node2, node3.
    .PARAMETER StaticAddress
    IPv4 address of the access point. Default: 10.0.1.10.
    .PARAMETER NoStorage
    Do not add shared disks.
    .PARAMETER Version
    Windows Server version whose rules the cluster follows. Default: 2008 R2 (fcm).
    .PARAMETER IgnoreNetwork
    Not supported: the networks of the new cluster cannot be changed here.
    .PARAMETER AdministrativeAccessPoint
    Not supported: requires Windows Server 2012 R2.
    .PARAMETER S2D
    Not supported: disks are always LUNs of shared storage.
    .PARAMETER Force
    Not supported: New-Cluster never asks.
    .EXAMPLE
    New-Cluster -Name fabrikam -Node server1, server2 -StaticAddress 10.0.1.10
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0, Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Node},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${StaticAddress},
        [Parameter()][switch]${NoStorage},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Version},
        [Parameter()][object]${IgnoreNetwork},
        [Parameter()][object]${AdministrativeAccessPoint},
        [Parameter()][object]${S2D},
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
        Invoke-Fcm $PSCmdlet 'New-Cluster' $bound $given $MyInvocation.ExpectingInput
    }
}

function New-ClusterAffinityRule {
    <#
    .SYNOPSIS
    Begins a rule that keeps groups on different nodes. It is there once it has groups.
    .PARAMETER Name
    Name of the rule.
    .PARAMETER RuleType
    Only DifferentNode.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -Cluster.
    .PARAMETER ThrottleLimit
    Not supported: there are no jobs or sessions to limit.
    .PARAMETER AsJob
    Not supported: jobs are not supported.
    .EXAMPLE
    New-ClusterAffinityRule DomainControllers DifferentNode
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0, Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Position=1, Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${RuleType},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${ThrottleLimit},
        [Parameter()][switch]${AsJob},
        [Parameter(ValueFromPipeline=$true, DontShow)][object]${PipedObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['PipedObject'])
            $bound.Remove('PipedObject')
        }
        Invoke-Fcm $PSCmdlet 'New-ClusterAffinityRule' $bound $given $MyInvocation.ExpectingInput
    }
}

function Remove-ClusterAffinityRule {
    <#
    .SYNOPSIS
    Deletes rules that keep groups on different nodes: their groups no longer have them.
    .PARAMETER Name
    Names of rules.
    .PARAMETER PassThru
    Return the rules.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -Cluster.
    .PARAMETER ThrottleLimit
    Not supported: there are no jobs or sessions to limit.
    .PARAMETER AsJob
    Not supported: jobs are not supported.
    .EXAMPLE
    Add-ClusterGroupToAffinityRule Web WEB01, WEB02; Remove-ClusterAffinityRule Web
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][switch]${PassThru},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${ThrottleLimit},
        [Parameter()][switch]${AsJob}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Remove-ClusterAffinityRule' $bound $given $MyInvocation.ExpectingInput
    }
}

function Remove-ClusterGroup {
    <#
    .SYNOPSIS
    Deletes a service or application. A virtual machine stays on its node, but is no longer highly available; disks go to Available Storage.
    .PARAMETER VMId
    Id of the virtual machine, as Get-VM shows it.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Remove-ClusterGroup WEB01 -RemoveResources -Force
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMId},
        [Parameter()][switch]${RemoveResources},
        [Parameter()][switch]${Force},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Remove-ClusterGroup' $bound $given $MyInvocation.ExpectingInput
    }
}

function Remove-ClusterGroupFromAffinityRule {
    <#
    .SYNOPSIS
    Removes groups from a rule that keeps groups on different nodes.
    .PARAMETER Name
    Names of rules.
    .PARAMETER Groups
    Names of groups.
    .PARAMETER PassThru
    Return the rules.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CimSession
    Not supported: use -Cluster.
    .PARAMETER ThrottleLimit
    Not supported: there are no jobs or sessions to limit.
    .PARAMETER AsJob
    Not supported: jobs are not supported.
    .EXAMPLE
    Add-ClusterGroupToAffinityRule Web WEB01, WEB02; Remove-ClusterGroupFromAffinityRule Web WEB01
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Position=1, Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Groups},
        [Parameter()][switch]${PassThru},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CimSession},
        [Parameter()][object]${ThrottleLimit},
        [Parameter()][switch]${AsJob}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Remove-ClusterGroupFromAffinityRule' $bound $given $MyInvocation.ExpectingInput
    }
}

function Remove-ClusterNode {
    <#
    .SYNOPSIS
    Evicts a node.
    .PARAMETER IgnoreStorageConnectivityLoss
    Not supported: requires Windows Server 2016.
    .PARAMETER Wait
    Not supported: the node is evicted immediately.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER CleanupDisks
    Not supported: requires Windows Server 2016.
    .EXAMPLE
    Add-ClusterNode node4; Remove-ClusterNode node4 -Force
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('Node')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][switch]${Force},
        [Parameter()][switch]${IgnoreStorageConnectivityLoss},
        [Parameter()][object]${Wait},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${CleanupDisks}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Remove-ClusterNode' $bound $given $MyInvocation.ExpectingInput
    }
}

function Remove-ClusterResource {
    <#
    .SYNOPSIS
    Deletes a resource of a service or application that is not a virtual machine.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Add-ClusterServerRole -Name SERVER01 -StaticAddress 10.0.1.60 | Out-Null; Remove-ClusterResource SERVER01 -Force
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][switch]${Force},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Remove-ClusterResource' $bound $given $MyInvocation.ExpectingInput
    }
}

function Remove-ClusterResourceDependency {
    <#
    .SYNOPSIS
    Removes a resource from those that another resource depends on.
    .PARAMETER Provider
    Name of the resource that it depends on.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Add-ClusterServerRole -Name SERVER01 -StaticAddress 10.0.1.60 | Out-Null; Remove-ClusterResourceDependency SERVER01 'IP Address 10.0.1.60'
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('Name', 'res')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Resource},
        [Parameter(Position=1, Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Provider},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Remove-ClusterResourceDependency' $bound $given $MyInvocation.ExpectingInput
    }
}

function Remove-ClusterSharedVolume {
    <#
    .SYNOPSIS
    Removes a Cluster Shared Volume and returns its disk to Available Storage.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    (Get-Cluster).EnableSharedVolumes = 'Enabled'; Add-ClusterSharedVolume 'Cluster Disk 2' | Remove-ClusterSharedVolume
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Remove-ClusterSharedVolume' $bound $given $MyInvocation.ExpectingInput
    }
}

function Repair-ClusterFault {
    <#
    .SYNOPSIS
    Repairs simulated failures: turns on, plugs in, reconnects, restores.
    .PARAMETER Name
    Name of the object that has failed; \\server\share for the witness.
    .PARAMETER Fault
    Only failures of this kind.
    .PARAMETER Node
    With LosePath: only that of this node.
    .PARAMETER Id
    ID of a failure.
    .PARAMETER All
    All simulated failures.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Invoke-ClusterFault node1 -Fault PowerOff; Get-ClusterFault | Repair-ClusterFault
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Position=1)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Fault},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Node},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Id},
        [Parameter()][switch]${All},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Repair-ClusterFault' $bound $given $MyInvocation.ExpectingInput
    }
}

function Resume-ClusterNode {
    <#
    .SYNOPSIS
    Resumes a paused node.
    .PARAMETER Failback
    Immediate: live migrate back the virtual machines that the last drain moved away (2012).
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Suspend-ClusterNode node1; Resume-ClusterNode node1
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('Node')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Failback},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Resume-ClusterNode' $bound $given $MyInvocation.ExpectingInput
    }
}

function Resume-ClusterResource {
    <#
    .SYNOPSIS
    Turns off maintenance mode of a disk or Cluster Shared Volume, or redirected access of a volume.
    .PARAMETER VolumeName
    Not supported: a disk has only one volume.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Suspend-ClusterResource 'Cluster Disk 2'; Resume-ClusterResource 'Cluster Disk 2'
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][object]${VolumeName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Resume-ClusterResource' $bound $given $MyInvocation.ExpectingInput
    }
}

function Set-ClusterMigrationDefault {
    <#
    .SYNOPSIS
    Sets the default options of live migrations. Omitted options are reset to the QEMU defaults.
    .PARAMETER DowntimeLimit
    Downtime limit in seconds (fcm).
    .PARAMETER Bandwidth
    Maximum bandwidth in bytes/s. Parallel connections on real hosts require at least 5MB (fcm).
    .PARAMETER AutoConverge
    Throttle the virtual machine until its memory converges (fcm).
    .PARAMETER PostCopy
    Move the virtual machine first, then its memory (fcm).
    .PARAMETER AutoConvergeInitial
    Initial throttle in percent (fcm, real hosts).
    .PARAMETER AutoConvergeIncrement
    Throttle increment in percent (fcm, real hosts).
    .PARAMETER Xbzrle
    For pages already sent, send only the changes (fcm, real hosts).
    .PARAMETER ParallelConnections
    Number of TCP connections for memory (fcm, real hosts).
    .PARAMETER Tls
    Encrypt the transfer (fcm, real hosts).
    .PARAMETER Compression
    How parallel connections compress memory (fcm, real hosts with libvirt 9.4).
    .PARAMETER ZeroCopy
    Parallel connections send memory without copying it (fcm, real hosts).
    .PARAMETER XbzrleCache
    Cache for pages sent before, in bytes; a power of two (fcm).
    .PARAMETER SwitchoverBandwidth
    Bandwidth that QEMU expects for the last pages, in bytes/s (fcm, real hosts with libvirt 11.1).
    .PARAMETER PostCopyBandwidth
    Maximum bandwidth after the switch, in bytes/s (fcm, real hosts).
    .PARAMETER MoveWithin
    Goal: finish within this many seconds; fcm changes the limits (fcm).
    .PARAMETER PauseAtMost
    Goal: stop the virtual machine for this many seconds at most (fcm).
    .PARAMETER Shadow
    Only report what fcm would change to reach the goals (fcm).
    .PARAMETER TimeLimit
    Cancel the migration if it is still copying memory after this many seconds (fcm).
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Set-ClusterMigrationDefault -DowntimeLimit 0.5 -AutoConverge
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter()][object]${DowntimeLimit},
        [Parameter()][object]${Bandwidth},
        [Parameter()][switch]${AutoConverge},
        [Parameter()][switch]${PostCopy},
        [Parameter()][object]${AutoConvergeInitial},
        [Parameter()][object]${AutoConvergeIncrement},
        [Parameter()][switch]${Xbzrle},
        [Parameter()][object]${ParallelConnections},
        [Parameter()][switch]${Tls},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Compression},
        [Parameter()][switch]${ZeroCopy},
        [Parameter()][object]${XbzrleCache},
        [Parameter()][object]${SwitchoverBandwidth},
        [Parameter()][object]${PostCopyBandwidth},
        [Parameter()][object]${MoveWithin},
        [Parameter()][object]${PauseAtMost},
        [Parameter()][switch]${Shadow},
        [Parameter()][object]${TimeLimit},
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
        Invoke-Fcm $PSCmdlet 'Set-ClusterMigrationDefault' $bound $given $MyInvocation.ExpectingInput
    }
}

function Set-ClusterOwnerNode {
    <#
    .SYNOPSIS
    Sets the preferred owners of a group, or the possible owners of a resource.
    .PARAMETER Owners
    Names of nodes; @() for none.
    .PARAMETER ResourceType
    Not supported: every node can own every resource type.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Set-ClusterOwnerNode -Group SQL01 -Owners node1, node2
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0, Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Owners},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Group},
        [Parameter()][Alias('res')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Resource},
        [Parameter()][Alias('restype')][object]${ResourceType},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Set-ClusterOwnerNode' $bound $given $MyInvocation.ExpectingInput
    }
}

function Set-ClusterParameter {
    <#
    .SYNOPSIS
    Sets private properties: OfflineAction, CheckHeartbeat, MigrationNetworkOrder, MigrationExcludeNetworks.
    .PARAMETER Multiple
    Hashtable of names and values.
    .PARAMETER Create
    Not supported: private properties are defined by the resource type.
    .PARAMETER Delete
    Not supported: private properties are defined by the resource type.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Get-ClusterResource 'Virtual Machine SQL01' | Set-ClusterParameter OfflineAction 1
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Position=1)][object]${Value},
        [Parameter()][object]${Multiple},
        [Parameter()][switch]${Create},
        [Parameter()][switch]${Delete},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Set-ClusterParameter' $bound $given $MyInvocation.ExpectingInput
    }
}

function Set-ClusterQuorum {
    <#
    .SYNOPSIS
    Configures the quorum settings of the cluster.
    .PARAMETER NodeAndDiskMajority
    Name of the witness disk.
    .PARAMETER NodeAndFileShareMajority
    UNC path of the share.
    .PARAMETER DiskOnly
    Name of the disk.
    .PARAMETER CloudWitness
    Not supported: requires Windows Server 2016.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER AccessKey
    Not supported: requires Windows Server 2016.
    .PARAMETER AccountName
    Not supported: requires Windows Server 2016.
    .PARAMETER Endpoint
    Not supported: requires Windows Server 2016.
    .EXAMPLE
    Set-ClusterQuorum -NodeMajority
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter()][Alias('NoWitness')][switch]${NodeMajority},
        [Parameter()][Alias('DiskWitness')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${NodeAndDiskMajority},
        [Parameter()][Alias('FileShareWitness')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${NodeAndFileShareMajority},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${DiskOnly},
        [Parameter()][switch]${CloudWitness},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${AccessKey},
        [Parameter()][object]${AccountName},
        [Parameter()][object]${Endpoint}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Set-ClusterQuorum' $bound $given $MyInvocation.ExpectingInput
    }
}

function Set-ClusterResourceDependency {
    <#
    .SYNOPSIS
    Sets what a resource depends on.
    .PARAMETER Dependency
    Names in brackets, with and, or and parentheses; '' for none.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Set-ClusterResourceDependency 'Cluster Name' '([Cluster IP Address])'
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('Name', 'res')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Resource},
        [Parameter(Position=1, Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Dependency},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Set-ClusterResourceDependency' $bound $given $MyInvocation.ExpectingInput
    }
}

function Set-ClusterVirtualMachineMigration {
    <#
    .SYNOPSIS
    Changes the options of a running live migration.
    .PARAMETER Name
    Name of the group whose virtual machine is being migrated.
    .PARAMETER DowntimeLimit
    Downtime limit in seconds (fcm).
    .PARAMETER Bandwidth
    Maximum bandwidth in bytes/s. Parallel connections on real hosts require at least 5MB (fcm).
    .PARAMETER NoBandwidthLimit
    Remove the bandwidth limit.
    .PARAMETER PostCopy
    Move the virtual machine first, then its memory (fcm).
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Move-ClusterVirtualMachineRole SQL01 -Wait 0; Set-ClusterVirtualMachineMigration SQL01 -Bandwidth 50MB
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][object]${DowntimeLimit},
        [Parameter()][object]${Bandwidth},
        [Parameter()][switch]${NoBandwidthLimit},
        [Parameter()][switch]${PostCopy},
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
        Invoke-Fcm $PSCmdlet 'Set-ClusterVirtualMachineMigration' $bound $given $MyInvocation.ExpectingInput
    }
}

function Set-VMMigrationNetworkOrder {
    <#
    .SYNOPSIS
    Sets the live migration networks of one virtual machine. MigrationNetworkOrder applies to all virtual machines, as in 2008 R2.
    .PARAMETER Network
    Networks in order of preference. Other networks follow.
    .PARAMETER Exclude
    Networks that are never used; @() for none.
    .PARAMETER Default
    Use the order of the cluster.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Set-VMMigrationNetworkOrder SQL01 -Network 'Cluster Network 3' -Exclude 'Cluster Network 1'
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Network},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Exclude},
        [Parameter()][switch]${Default},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Set-VMMigrationNetworkOrder' $bound $given $MyInvocation.ExpectingInput
    }
}

function Start-Cluster {
    <#
    .SYNOPSIS
    Starts the cluster service on all nodes on which it is not running.
    .PARAMETER Name
    Name of the cluster. Default: the open cluster.
    .PARAMETER IgnorePersistentState
    Start the nodes without bringing services and applications online.
    .PARAMETER Wait
    Maximum time to wait until the cluster is running, in seconds. Default: do not wait.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Stop-ClusterNode node3; Start-Cluster
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][Alias('ips')][switch]${IgnorePersistentState},
        [Parameter()][object]${Wait},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Start-Cluster' $bound $given $MyInvocation.ExpectingInput
    }
}

function Start-ClusterGroup {
    <#
    .SYNOPSIS
    Brings a service or application online.
    .PARAMETER IgnoreLocked
    Not supported: requires Windows Server 2012.
    .PARAMETER Wait
    Maximum time to wait until it is online, in seconds. 0: do not wait.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER ChooseBestNode
    Not supported: the node is chosen with -Node of Move-ClusterGroup.
    .EXAMPLE
    Stop-ClusterGroup WEB01; Start-ClusterGroup WEB01
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][switch]${IgnoreLocked},
        [Parameter()][object]${Wait},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${ChooseBestNode}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Start-ClusterGroup' $bound $given $MyInvocation.ExpectingInput
    }
}

function Start-ClusterNode {
    <#
    .SYNOPSIS
    Starts the cluster service on a node.
    .PARAMETER FixQuorum
    Force the cluster to start without quorum. The configuration of this node replaces that of the others.
    .PARAMETER PreventQuorum
    Only join a cluster that is running; never form one (2012).
    .PARAMETER ClearQuarantine
    Let a quarantined node join (2016).
    .PARAMETER Wait
    Maximum time to wait until the node is up, in seconds. Default: do not wait.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER IgnorePersistentState
    Not supported: use Start-Cluster -IgnorePersistentState.
    .EXAMPLE
    Stop-ClusterNode node3; Start-ClusterNode node3
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('Node')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][Alias('ForceQuorum', 'fq')][switch]${FixQuorum},
        [Parameter()][Alias('pq')][switch]${PreventQuorum},
        [Parameter()][Alias('cq')][switch]${ClearQuarantine},
        [Parameter()][object]${Wait},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${IgnorePersistentState}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Start-ClusterNode' $bound $given $MyInvocation.ExpectingInput
    }
}

function Start-ClusterResource {
    <#
    .SYNOPSIS
    Brings a resource online.
    .PARAMETER Wait
    Maximum time to wait, in seconds. 0: do not wait.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER ChooseBestNode
    Not supported: the node is chosen with -Node of Move-ClusterGroup.
    .PARAMETER IgnoreLocked
    Not supported: requires Windows Server 2012.
    .EXAMPLE
    Stop-ClusterResource 'Cluster Disk 2'; Start-ClusterResource 'Cluster Disk 2'
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][object]${Wait},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${ChooseBestNode},
        [Parameter()][object]${IgnoreLocked}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Start-ClusterResource' $bound $given $MyInvocation.ExpectingInput
    }
}

function Start-VMBackup {
    <#
    .SYNOPSIS
    Backs up a virtual machine (fcm only; in Windows, use a backup program).
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Start-VMBackup DC01
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName', 'VM')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Start-VMBackup' $bound $given $MyInvocation.ExpectingInput
    }
}

function Stop-Cluster {
    <#
    .SYNOPSIS
    Shuts the cluster down: stops the cluster service on all nodes. Services and applications are taken offline.
    .PARAMETER Name
    Name of the cluster. Default: the open cluster.
    .PARAMETER Wait
    Maximum time to wait until the cluster is down, in seconds. 0: do not wait.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Stop-Cluster -Force
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][switch]${Force},
        [Parameter()][object]${Wait},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Stop-Cluster' $bound $given $MyInvocation.ExpectingInput
    }
}

function Stop-ClusterGroup {
    <#
    .SYNOPSIS
    Takes a service or application offline, using the offline action of its virtual machine.
    .PARAMETER IgnoreLocked
    Not supported: requires Windows Server 2012.
    .PARAMETER Wait
    Maximum time to wait until it is offline, in seconds. 0: do not wait.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Stop-ClusterGroup WEB01
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][switch]${IgnoreLocked},
        [Parameter()][object]${Wait},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Stop-ClusterGroup' $bound $given $MyInvocation.ExpectingInput
    }
}

function Stop-ClusterNode {
    <#
    .SYNOPSIS
    Stops the cluster service on a node. Its groups fail over.
    .PARAMETER Wait
    Not supported: the service stops immediately.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Stop-ClusterNode node3
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('Node')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][object]${Wait},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Stop-ClusterNode' $bound $given $MyInvocation.ExpectingInput
    }
}

function Stop-ClusterResource {
    <#
    .SYNOPSIS
    Takes a resource offline, and with it what depends on it.
    .PARAMETER Wait
    Maximum time to wait, in seconds. 0: do not wait.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER IgnoreLocked
    Not supported: requires Windows Server 2012.
    .EXAMPLE
    Stop-ClusterResource 'Cluster Disk 2'
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][object]${Wait},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${IgnoreLocked}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Stop-ClusterResource' $bound $given $MyInvocation.ExpectingInput
    }
}

function Stop-ClusterVirtualMachineMigration {
    <#
    .SYNOPSIS
    Cancels all live migrations of a node or of the cluster that are waiting or copying memory.
    .PARAMETER Node
    Node that is the source or destination of the migrations.
    .PARAMETER All
    All migrations of the cluster.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Move-ClusterVirtualMachineRole SQL01 node2 -Wait 0; Stop-ClusterVirtualMachineMigration -Node node1
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Node},
        [Parameter()][switch]${All},
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
        Invoke-Fcm $PSCmdlet 'Stop-ClusterVirtualMachineMigration' $bound $given $MyInvocation.ExpectingInput
    }
}

function Suspend-ClusterNode {
    <#
    .SYNOPSIS
    Pauses a node: it keeps its groups, but no group can move to it. With -Drain, its virtual machines are moved to other nodes.
    .PARAMETER Drain
    Drain the node: live migrate its running virtual machines to other nodes (2012).
    .PARAMETER TargetNode
    With -Drain: destination node for all virtual machines (2012).
    .PARAMETER Destinations
    With -Drain: hashtable of virtual machines and destination nodes, in the order of the moves (fcm).
    .PARAMETER ForceDrain
    Not supported: requires Windows Server 2012. Virtual machines that cannot be live migrated stay on the node and are reported.
    .PARAMETER Wait
    With -Drain: wait until the drain is complete (2012).
    .PARAMETER DowntimeLimit
    Downtime limit in seconds (fcm).
    .PARAMETER Bandwidth
    Maximum bandwidth in bytes/s. Parallel connections on real hosts require at least 5MB (fcm).
    .PARAMETER AutoConverge
    Throttle the virtual machine until its memory converges (fcm).
    .PARAMETER PostCopy
    Move the virtual machine first, then its memory (fcm).
    .PARAMETER AutoConvergeInitial
    Initial throttle in percent (fcm, real hosts).
    .PARAMETER AutoConvergeIncrement
    Throttle increment in percent (fcm, real hosts).
    .PARAMETER Xbzrle
    For pages already sent, send only the changes (fcm, real hosts).
    .PARAMETER ParallelConnections
    Number of TCP connections for memory (fcm, real hosts).
    .PARAMETER Tls
    Encrypt the transfer (fcm, real hosts).
    .PARAMETER Compression
    How parallel connections compress memory (fcm, real hosts with libvirt 9.4).
    .PARAMETER ZeroCopy
    Parallel connections send memory without copying it (fcm, real hosts).
    .PARAMETER XbzrleCache
    Cache for pages sent before, in bytes; a power of two (fcm).
    .PARAMETER SwitchoverBandwidth
    Bandwidth that QEMU expects for the last pages, in bytes/s (fcm, real hosts with libvirt 11.1).
    .PARAMETER PostCopyBandwidth
    Maximum bandwidth after the switch, in bytes/s (fcm, real hosts).
    .PARAMETER MoveWithin
    Goal: finish within this many seconds; fcm changes the limits (fcm).
    .PARAMETER PauseAtMost
    Goal: stop the virtual machine for this many seconds at most (fcm).
    .PARAMETER Shadow
    Only report what fcm would change to reach the goals (fcm).
    .PARAMETER TimeLimit
    Cancel the migration if it is still copying memory after this many seconds (fcm).
    .PARAMETER NoDefault
    Ignore the default migration options of the cluster (fcm).
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Suspend-ClusterNode node1 -Drain -Wait
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('Node')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][switch]${Drain},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${TargetNode},
        [Parameter()][object]${Destinations},
        [Parameter()][switch]${ForceDrain},
        [Parameter()][switch]${Wait},
        [Parameter()][object]${DowntimeLimit},
        [Parameter()][object]${Bandwidth},
        [Parameter()][switch]${AutoConverge},
        [Parameter()][switch]${PostCopy},
        [Parameter()][object]${AutoConvergeInitial},
        [Parameter()][object]${AutoConvergeIncrement},
        [Parameter()][switch]${Xbzrle},
        [Parameter()][object]${ParallelConnections},
        [Parameter()][switch]${Tls},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Compression},
        [Parameter()][switch]${ZeroCopy},
        [Parameter()][object]${XbzrleCache},
        [Parameter()][object]${SwitchoverBandwidth},
        [Parameter()][object]${PostCopyBandwidth},
        [Parameter()][object]${MoveWithin},
        [Parameter()][object]${PauseAtMost},
        [Parameter()][switch]${Shadow},
        [Parameter()][object]${TimeLimit},
        [Parameter()][switch]${NoDefault},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Suspend-ClusterNode' $bound $given $MyInvocation.ExpectingInput
    }
}

function Suspend-ClusterResource {
    <#
    .SYNOPSIS
    Turns on maintenance mode of a disk or Cluster Shared Volume, or redirected access of a volume.
    .PARAMETER RedirectedAccess
    Turn on redirected access of a Cluster Shared Volume instead.
    .PARAMETER VolumeName
    Not supported: a disk has only one volume.
    .PARAMETER Force
    First take virtual machines on the volume offline, without asking.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Suspend-ClusterResource 'Cluster Disk 2'
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][switch]${RedirectedAccess},
        [Parameter()][object]${VolumeName},
        [Parameter()][switch]${Force},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Suspend-ClusterResource' $bound $given $MyInvocation.ExpectingInput
    }
}

function Test-Cluster {
    <#
    .SYNOPSIS
    Validates the cluster configuration. Returns one object for each test.
    .PARAMETER Node
    Nodes of the open cluster. Some of them are tested without the tests of the cluster configuration. For servers that are in no open cluster, use Validate a Configuration in the window.
    .PARAMETER Include
    Names of the tests, or categories of tests, to run.
    .PARAMETER Ignore
    Names of tests, or categories of tests, that are not run.
    .PARAMETER ReportName
    Not supported: the report is saved with the cluster; open it with View Validation Report.
    .PARAMETER List
    List the available tests.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER Disk
    Not supported: all disks that the nodes see are tested.
    .PARAMETER Pool
    Not supported: all disks that the nodes see are tested.
    .PARAMETER Force
    Not supported: tests never take disks offline.
    .EXAMPLE
    Test-Cluster | Where-Object Result -eq Failed
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Node},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Include},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Ignore},
        [Parameter()][object]${ReportName},
        [Parameter()][switch]${List},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${Disk},
        [Parameter()][object]${Pool},
        [Parameter()][switch]${Force}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Test-Cluster' $bound $given $MyInvocation.ExpectingInput
    }
}

function Test-ClusterFailover {
    <#
    .SYNOPSIS
    Rehearses a failure or maintenance on a copy of a simulated cluster: where each virtual machine is afterwards, how long it is unavailable, the votes, and the events that are logged. The cluster itself does not change.
    .PARAMETER Name
    Names of nodes, disks, networks, network interfaces, virtual machines, of the file share witness, or of the cluster itself. All named objects fail together.
    .PARAMETER Fault
    What happens. By default a node loses its power, no node reaches a disk, the switch of a network is down, and the guest of a virtual machine hangs.
    .PARAMETER Node
    With LosePath: the node that no longer reaches the disk.
    .PARAMETER Together
    With Isolate: more nodes on the same side of the cut.
    .PARAMETER Show
    What is returned: virtual machines (default), votes, or events that matter.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Test-ClusterFailover node1
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Fault},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Node},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Together},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Show},
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
        Invoke-Fcm $PSCmdlet 'Test-ClusterFailover' $bound $given $MyInvocation.ExpectingInput
    }
}

function Test-ClusterResourceFailure {
    <#
    .SYNOPSIS
    Simulates a failure of a resource, or of a network adapter (simulated clusters). Its policies say what follows.
    .PARAMETER Name
    Name of a resource, a Cluster Shared Volume, or (fcm) a network adapter.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Test-ClusterResourceFailure 'Cluster Disk 4'
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Test-ClusterResourceFailure' $bound $given $MyInvocation.ExpectingInput
    }
}

function Update-ClusterVirtualMachineConfiguration {
    <#
    .SYNOPSIS
    Refreshes the configuration of a virtual machine.
    .PARAMETER VMId
    Id of the virtual machine, as Get-VM shows it.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Update-ClusterVirtualMachineConfiguration SQL01
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName', 'VM')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMId},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Update-ClusterVirtualMachineConfiguration' $bound $given $MyInvocation.ExpectingInput
    }
}

function cluster {
    # The cluster.exe command line: log /g.
    Invoke-FcmProgram $ExecutionContext.SessionState 'cluster' $args
}

function wevtutil {
    # Event logs: el, gl, gli, sl, cl, qe, epl, ep, gp.
    Invoke-FcmProgram $ExecutionContext.SessionState 'wevtutil' $args
}

function Add-ClusterCheckpoint {
    $why = New-Object NotSupportedException 'fcm does not have Add-ClusterCheckpoint. Registry checkpoints are not supported.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-ClusterExcludedAdapter {
    $why = New-Object NotSupportedException 'fcm does not have Add-ClusterExcludedAdapter. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-ClusterGenericScriptRole {
    $why = New-Object NotSupportedException 'fcm does not have Add-ClusterGenericScriptRole. Generic scripts are not supported. Use Add-ClusterGenericServiceRole or Add-ClusterGenericApplicationRole.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-ClusterGroup {
    $why = New-Object NotSupportedException 'fcm does not have Add-ClusterGroup. Groups have a client access point here: use Add-ClusterServerRole, then Add-ClusterResource.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-ClusterGroupSetDependency {
    $why = New-Object NotSupportedException 'fcm does not have Add-ClusterGroupSetDependency. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-ClusterGroupToSet {
    $why = New-Object NotSupportedException 'fcm does not have Add-ClusterGroupToSet. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-ClusteriSCSITargetServerRole {
    $why = New-Object NotSupportedException 'fcm does not have Add-ClusteriSCSITargetServerRole. Requires Windows Server 2012. iSCSI targets are not supported.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-ClusterResourceType {
    $why = New-Object NotSupportedException 'fcm does not have Add-ClusterResourceType. The resource types of a cluster cannot be changed. To list them, use Get-ClusterResourceType.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-ClusterScaleOutFileServerRole {
    $why = New-Object NotSupportedException 'fcm does not have Add-ClusterScaleOutFileServerRole. Requires Windows Server 2012. To create a file server, use Add-ClusterFileServerRole.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-ClusterSharedVolumeToAffinityRule {
    $why = New-Object NotSupportedException 'fcm does not have Add-ClusterSharedVolumeToAffinityRule. Affinity rules are about groups.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-ClusterVMMonitoredItem {
    $why = New-Object NotSupportedException 'fcm does not have Add-ClusterVMMonitoredItem. Requires Windows Server 2012. To monitor the guest, use Set-ClusterParameter CheckHeartbeat.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Add-WorkgroupClusterNode {
    $why = New-Object NotSupportedException 'fcm does not have Add-WorkgroupClusterNode. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Block-ClusterAccess {
    $why = New-Object NotSupportedException 'fcm does not have Block-ClusterAccess. Access permissions are not supported. The user who runs fcm administers the cluster.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Clear-ClusterDiskReservation {
    $why = New-Object NotSupportedException 'fcm does not have Clear-ClusterDiskReservation. Persistent reservations are not supported.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Clear-ClusterNode {
    $why = New-Object NotSupportedException 'fcm does not have Clear-ClusterNode. Evicted nodes are always cleaned up.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Disable-AccelNetManagement {
    $why = New-Object NotSupportedException 'fcm does not have Disable-AccelNetManagement. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Disable-AccelNetVM {
    $why = New-Object NotSupportedException 'fcm does not have Disable-AccelNetVM. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Disable-ClusterStorageSpacesDirect {
    $why = New-Object NotSupportedException 'fcm does not have Disable-ClusterStorageSpacesDirect. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Enable-AccelNetManagement {
    $why = New-Object NotSupportedException 'fcm does not have Enable-AccelNetManagement. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Enable-AccelNetVM {
    $why = New-Object NotSupportedException 'fcm does not have Enable-AccelNetVM. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Enable-ClusterStorageSpacesDirect {
    $why = New-Object NotSupportedException 'fcm does not have Enable-ClusterStorageSpacesDirect. Requires Windows Server 2016. Disks are always LUNs of shared storage.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-AccelNetManagement {
    $why = New-Object NotSupportedException 'fcm does not have Get-AccelNetManagement. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-AccelNetManagementPreReq {
    $why = New-Object NotSupportedException 'fcm does not have Get-AccelNetManagementPreReq. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-AccelNetVM {
    $why = New-Object NotSupportedException 'fcm does not have Get-AccelNetVM. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-ClusterAccess {
    $why = New-Object NotSupportedException 'fcm does not have Get-ClusterAccess. Access permissions are not supported. The user who runs fcm administers the cluster.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-ClusterCheckpoint {
    $why = New-Object NotSupportedException 'fcm does not have Get-ClusterCheckpoint. Registry checkpoints are not supported.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-ClusterCredential {
    $why = New-Object NotSupportedException 'fcm does not have Get-ClusterCredential. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-ClusterDiagnosticInfo {
    $why = New-Object NotSupportedException 'fcm does not have Get-ClusterDiagnosticInfo. Requires Windows Server 2016. To create the logs of all nodes, use Get-ClusterLog.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-ClusterExcludedAdapter {
    $why = New-Object NotSupportedException 'fcm does not have Get-ClusterExcludedAdapter. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-ClusterFaultDomain {
    $why = New-Object NotSupportedException 'fcm does not have Get-ClusterFaultDomain. Requires Windows Server 2016. All nodes are in the same location.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-ClusterFaultDomainXML {
    $why = New-Object NotSupportedException 'fcm does not have Get-ClusterFaultDomainXML. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-ClusterGroupSet {
    $why = New-Object NotSupportedException 'fcm does not have Get-ClusterGroupSet. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-ClusterGroupSetDependency {
    $why = New-Object NotSupportedException 'fcm does not have Get-ClusterGroupSetDependency. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-ClusterResourceDependencyReport {
    $why = New-Object NotSupportedException 'fcm does not have Get-ClusterResourceDependencyReport. To show dependencies as text, use Get-ClusterResourceDependency.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-ClusterStorageSpacesDirect {
    $why = New-Object NotSupportedException 'fcm does not have Get-ClusterStorageSpacesDirect. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-ClusterVMMonitoredItem {
    $why = New-Object NotSupportedException 'fcm does not have Get-ClusterVMMonitoredItem. Requires Windows Server 2012. To monitor the guest, use Set-ClusterParameter CheckHeartbeat.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMAdaptersConnectedToEnabledIntentSwitch {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMAdaptersConnectedToEnabledIntentSwitch. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Grant-ClusterAccess {
    $why = New-Object NotSupportedException 'fcm does not have Grant-ClusterAccess. Access permissions are not supported. The user who runs fcm administers the cluster.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function New-ClusterFaultDomain {
    $why = New-Object NotSupportedException 'fcm does not have New-ClusterFaultDomain. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function New-ClusterGroupSet {
    $why = New-Object NotSupportedException 'fcm does not have New-ClusterGroupSet. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function New-ClusterNameAccount {
    $why = New-Object NotSupportedException 'fcm does not have New-ClusterNameAccount. Requires Windows Server 2012 R2. Active Directory is not supported.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function New-WorkgroupCluster {
    $why = New-Object NotSupportedException 'fcm does not have New-WorkgroupCluster. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-Cluster {
    $why = New-Object NotSupportedException 'fcm does not have Remove-Cluster. Delete the cluster file. New-Cluster shows its path.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-ClusterAccess {
    $why = New-Object NotSupportedException 'fcm does not have Remove-ClusterAccess. Access permissions are not supported. The user who runs fcm administers the cluster.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-ClusterCheckpoint {
    $why = New-Object NotSupportedException 'fcm does not have Remove-ClusterCheckpoint. Registry checkpoints are not supported.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-ClusterExcludedAdapter {
    $why = New-Object NotSupportedException 'fcm does not have Remove-ClusterExcludedAdapter. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-ClusterFaultDomain {
    $why = New-Object NotSupportedException 'fcm does not have Remove-ClusterFaultDomain. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-ClusterGroupFromSet {
    $why = New-Object NotSupportedException 'fcm does not have Remove-ClusterGroupFromSet. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-ClusterGroupSet {
    $why = New-Object NotSupportedException 'fcm does not have Remove-ClusterGroupSet. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-ClusterGroupSetDependency {
    $why = New-Object NotSupportedException 'fcm does not have Remove-ClusterGroupSetDependency. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-ClusterResourceType {
    $why = New-Object NotSupportedException 'fcm does not have Remove-ClusterResourceType. The resource types of a cluster cannot be changed. To list them, use Get-ClusterResourceType.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-ClusterSharedVolumeFromAffinityRule {
    $why = New-Object NotSupportedException 'fcm does not have Remove-ClusterSharedVolumeFromAffinityRule. Affinity rules are about groups.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-ClusterVMMonitoredItem {
    $why = New-Object NotSupportedException 'fcm does not have Remove-ClusterVMMonitoredItem. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-WorkgroupCluster {
    $why = New-Object NotSupportedException 'fcm does not have Remove-WorkgroupCluster. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Remove-WorkgroupClusterNode {
    $why = New-Object NotSupportedException 'fcm does not have Remove-WorkgroupClusterNode. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Repair-ClusterNameAccount {
    $why = New-Object NotSupportedException 'fcm does not have Repair-ClusterNameAccount. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Repair-ClusterSharedVolume {
    $why = New-Object NotSupportedException 'fcm does not have Repair-ClusterSharedVolume. File system damage is not simulated.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Repair-ClusterStorageSpacesDirect {
    $why = New-Object NotSupportedException 'fcm does not have Repair-ClusterStorageSpacesDirect. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Reset-ClusterVMMonitoredState {
    $why = New-Object NotSupportedException 'fcm does not have Reset-ClusterVMMonitoredState. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-AccelNetManagement {
    $why = New-Object NotSupportedException 'fcm does not have Set-AccelNetManagement. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-AccelNetVM {
    $why = New-Object NotSupportedException 'fcm does not have Set-AccelNetVM. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-ClusterAffinityRule {
    $why = New-Object NotSupportedException 'fcm does not have Set-ClusterAffinityRule. Affinity rules are always enabled and keep groups on different nodes.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-ClusterExcludedAdapter {
    $why = New-Object NotSupportedException 'fcm does not have Set-ClusterExcludedAdapter. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-ClusterFaultDomain {
    $why = New-Object NotSupportedException 'fcm does not have Set-ClusterFaultDomain. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-ClusterFaultDomainXML {
    $why = New-Object NotSupportedException 'fcm does not have Set-ClusterFaultDomainXML. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-ClusterGroupSet {
    $why = New-Object NotSupportedException 'fcm does not have Set-ClusterGroupSet. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-ClusterLog {
    $why = New-Object NotSupportedException 'fcm does not have Set-ClusterLog. The log always contains all levels.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-ClusterStorageSpacesDirect {
    $why = New-Object NotSupportedException 'fcm does not have Set-ClusterStorageSpacesDirect. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-ClusterStorageSpacesDirectDisk {
    $why = New-Object NotSupportedException 'fcm does not have Set-ClusterStorageSpacesDirectDisk. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-WorkgroupClusterRemotingConfiguration {
    $why = New-Object NotSupportedException 'fcm does not have Set-WorkgroupClusterRemotingConfiguration. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Test-WorkgroupCluster {
    $why = New-Object NotSupportedException 'fcm does not have Test-WorkgroupCluster. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Test-WorkgroupClusterRemoting {
    $why = New-Object NotSupportedException 'fcm does not have Test-WorkgroupClusterRemoting. Its clusters have nothing that it could work on.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Update-ClusterFunctionalLevel {
    $why = New-Object NotSupportedException 'fcm does not have Update-ClusterFunctionalLevel. Requires Windows Server 2016. A cluster keeps its version. To show it, use (Get-Cluster).Version.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Update-ClusterIPResource {
    $why = New-Object NotSupportedException 'fcm does not have Update-ClusterIPResource. The cluster address is static. DHCP is not supported.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Update-ClusterNetworkNameResource {
    $why = New-Object NotSupportedException 'fcm does not have Update-ClusterNetworkNameResource. Requires Windows Server 2012. DNS registration is not supported.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}
Set-Alias Add-VMToCluster Add-ClusterVirtualMachineRole -WhatIf:$false -Confirm:$false
Set-Alias Remove-VMFromCluster Remove-ClusterGroup -WhatIf:$false -Confirm:$false
Export-ModuleMember -Function * -Alias *
