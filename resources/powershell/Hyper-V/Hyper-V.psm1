# Hyper-V on the clusters of fcm. Written by packaging/powershell_modules.py; do not edit it.
# Everything that it does is done by Invoke-Fcm, in the module Fcm beside it.

function Checkpoint-VM {
    <#
    .SYNOPSIS
    Takes a snapshot of a virtual machine.
    .EXAMPLE
    Checkpoint-VM DC01 -SnapshotName 'before the update'
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Position=1)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${SnapshotName},
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
        Invoke-Fcm $PSCmdlet 'Checkpoint-VM' $bound $given $MyInvocation.ExpectingInput
    }
}

function Connect-VMNetworkAdapter {
    <#
    .SYNOPSIS
    Connects a virtual machine to a virtual network.
    .EXAMPLE
    Connect-VMNetworkAdapter WEB02 -SwitchName "VM Network"
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${SwitchName},
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
        Invoke-Fcm $PSCmdlet 'Connect-VMNetworkAdapter' $bound $given $MyInvocation.ExpectingInput
    }
}

function Disconnect-VMNetworkAdapter {
    <#
    .SYNOPSIS
    Disconnects a virtual machine from its virtual network.
    .EXAMPLE
    Disconnect-VMNetworkAdapter TEST01
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
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
        Invoke-Fcm $PSCmdlet 'Disconnect-VMNetworkAdapter' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-VM {
    <#
    .SYNOPSIS
    Gets the virtual machines on all nodes, clustered or not.
    .EXAMPLE
    Get-VM -ComputerName node1
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][Alias('VMName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
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
        Invoke-Fcm $PSCmdlet 'Get-VM' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-VMSnapshot {
    <#
    .SYNOPSIS
    Gets the snapshots of a virtual machine.
    .EXAMPLE
    Get-VMSnapshot DC01
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMName},
        [Parameter(Position=1)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
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
        Invoke-Fcm $PSCmdlet 'Get-VMSnapshot' $bound $given $MyInvocation.ExpectingInput
    }
}

function Measure-VMMemoryWrite {
    <#
    .SYNOPSIS
    Measures how much memory running virtual machines write in 1, 2, 4 and 8 s. On real hosts, this takes 15 s for each virtual machine.
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

function New-VM {
    <#
    .SYNOPSIS
    Creates a virtual machine.
    .EXAMPLE
    New-VM NEW01 -ComputerName node1 -MemoryStartupBytes 1GB
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0, Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
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
    .EXAMPLE
    Remove-VM TEST01 -Force
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
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
        Invoke-Fcm $PSCmdlet 'Remove-VM' $bound $given $MyInvocation.ExpectingInput
    }
}

function Remove-VMSnapshot {
    <#
    .SYNOPSIS
    Deletes snapshots of a virtual machine.
    .EXAMPLE
    Checkpoint-VM DC01 -SnapshotName before; Remove-VMSnapshot DC01 before
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMName},
        [Parameter(Position=1)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Id},
        [Parameter()][switch]${IncludeAllChildSnapshots},
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
        Invoke-Fcm $PSCmdlet 'Remove-VMSnapshot' $bound $given $MyInvocation.ExpectingInput
    }
}

function Restore-VMSnapshot {
    <#
    .SYNOPSIS
    Reverts a virtual machine to a snapshot. A clustered virtual machine must be off.
    .EXAMPLE
    Checkpoint-VM TEST01 -SnapshotName before; Restore-VMSnapshot TEST01 before
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${VMName},
        [Parameter(Position=1)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
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
        Invoke-Fcm $PSCmdlet 'Restore-VMSnapshot' $bound $given $MyInvocation.ExpectingInput
    }
}

function Save-VM {
    <#
    .SYNOPSIS
    Saves the state of a virtual machine.
    .EXAMPLE
    Save-VM LEGACY01
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
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
        Invoke-Fcm $PSCmdlet 'Save-VM' $bound $given $MyInvocation.ExpectingInput
    }
}

function Set-VM {
    <#
    .SYNOPSIS
    Changes the settings of a virtual machine.
    .EXAMPLE
    Set-VM LEGACY01 -AutomaticStartAction Nothing
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${AutomaticStartAction},
        [Parameter()][object]${MemoryStartupBytes},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Workload},
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
        Invoke-Fcm $PSCmdlet 'Set-VM' $bound $given $MyInvocation.ExpectingInput
    }
}

function Set-VMDvdDrive {
    <#
    .SYNOPSIS
    Inserts an ISO file into the DVD drive, or ejects it.
    .EXAMPLE
    Set-VMDvdDrive SETUP01 -Path $null
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Mandatory=$true)][object]${Path},
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
        Invoke-Fcm $PSCmdlet 'Set-VMDvdDrive' $bound $given $MyInvocation.ExpectingInput
    }
}

function Set-VMMemory {
    <#
    .SYNOPSIS
    Changes the memory of a virtual machine that is off.
    .EXAMPLE
    Set-VMMemory TEST01 -StartupBytes 2GB
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Mandatory=$true)][object]${StartupBytes},
        [Parameter()][object]${DynamicMemoryEnabled},
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
        Invoke-Fcm $PSCmdlet 'Set-VMMemory' $bound $given $MyInvocation.ExpectingInput
    }
}

function Set-VMProcessor {
    <#
    .SYNOPSIS
    "Migrate to a physical computer with a different processor version".
    .EXAMPLE
    Set-VMProcessor TEST01 -CompatibilityForMigrationEnabled $true
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter(Mandatory=$true)][object]${CompatibilityForMigrationEnabled},
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
        Invoke-Fcm $PSCmdlet 'Set-VMProcessor' $bound $given $MyInvocation.ExpectingInput
    }
}

function Start-VM {
    <#
    .SYNOPSIS
    Starts a virtual machine.
    .EXAMPLE
    Start-VM TEST01
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
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
        Invoke-Fcm $PSCmdlet 'Start-VM' $bound $given $MyInvocation.ExpectingInput
    }
}

function Stop-VM {
    <#
    .SYNOPSIS
    Shuts down a virtual machine, or turns it off.
    .EXAMPLE
    Stop-VM LEGACY01
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][switch]${TurnOff},
        [Parameter()][switch]${Force},
        [Parameter()][switch]${Save},
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
        Invoke-Fcm $PSCmdlet 'Stop-VM' $bound $given $MyInvocation.ExpectingInput
    }
}

function Suspend-VM {
    <#
    .SYNOPSIS
    Pauses a virtual machine.
    .EXAMPLE
    Suspend-VM LEGACY01
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('VMName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
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
        Invoke-Fcm $PSCmdlet 'Suspend-VM' $bound $given $MyInvocation.ExpectingInput
    }
}

function Compare-VM {
    $why = New-Object NotSupportedException 'fcm does not have Compare-VM. Requires Windows Server 2012. To check whether a virtual machine can move, use Check a live migration in the window.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Disable-VMMigration {
    $why = New-Object NotSupportedException 'fcm does not have Disable-VMMigration. Requires Windows Server 2012. To set the networks, use Set-ClusterParameter MigrationNetworkOrder.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Enable-VMMigration {
    $why = New-Object NotSupportedException 'fcm does not have Enable-VMMigration. Requires Windows Server 2012. To set the networks, use Set-ClusterParameter MigrationNetworkOrder.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Export-VM {
    $why = New-Object NotSupportedException 'fcm does not have Export-VM. Requires Windows Server 2012. Export and import are not supported.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Get-VMHost {
    $why = New-Object NotSupportedException 'fcm does not have Get-VMHost. Requires Windows Server 2012. To show memory and processors, use Get-ClusterNode | Format-List.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Import-VM {
    $why = New-Object NotSupportedException 'fcm does not have Import-VM. Requires Windows Server 2012. To create virtual machines, use New-VM.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Measure-VM {
    $why = New-Object NotSupportedException 'fcm does not have Measure-VM. Requires Windows Server 2012. To show the memory of a virtual machine, use Get-VM.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Move-VM {
    $why = New-Object NotSupportedException 'fcm does not have Move-VM. Requires Windows Server 2012. For clustered virtual machines, use Move-ClusterVirtualMachineRole.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Move-VMStorage {
    $why = New-Object NotSupportedException 'fcm does not have Move-VMStorage. Requires Windows Server 2012. Storage migration is not supported.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function New-VHD {
    $why = New-Object NotSupportedException 'fcm does not have New-VHD. Requires Windows Server 2012. New-VM creates the disk of a virtual machine.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMHost {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMHost. Requires Windows Server 2012. To limit simultaneous migrations, set (Get-Cluster).MaximumParallelMigrations.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}

function Set-VMMigrationNetwork {
    $why = New-Object NotSupportedException 'fcm does not have Set-VMMigrationNetwork. Requires Windows Server 2012. To set the networks, use Set-ClusterParameter MigrationNetworkOrder.'
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}
Set-Alias Resume-VM Start-VM -WhatIf:$false -Confirm:$false
Export-ModuleMember -Function * -Alias *
