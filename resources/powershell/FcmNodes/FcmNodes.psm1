# FcmNodes on the clusters of fcm. Written by packaging/powershell_modules.py; do not edit it.
# Everything that it does is done by Invoke-Fcm, in the module Fcm beside it.

function Clear-EventLog {
    <#
    .SYNOPSIS
    Clears all events of a log. The journal of the cluster is not changed.
    .PARAMETER LogName
    Names of logs.
    .PARAMETER ComputerName
    Not supported: remote commands are not supported; open another cluster with --cluster.
    .EXAMPLE
    Clear-EventLog System
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0, Mandatory=$true)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${LogName},
        [Parameter()][object]${ComputerName},
        [Parameter(ValueFromPipeline=$true, DontShow)][object]${PipedObject}
    )
    process {
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['PipedObject'])
            $bound.Remove('PipedObject')
        }
        Invoke-Fcm $PSCmdlet 'Clear-EventLog' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-CimInstance {
    <#
    .SYNOPSIS
    Gets what the cluster publishes by WMI: classes of root\MSCluster, and Msvm_ComputerSystem.
    .PARAMETER ClassName
    Name of a class, such as MSCluster_Resource.
    .PARAMETER Namespace
    root\MSCluster or root\virtualization\v2.
    .PARAMETER Filter
    A condition of WQL, such as Name = 'SQL01'.
    .PARAMETER Query
    A query of WQL: SELECT * FROM class WHERE condition.
    .PARAMETER Property
    Only these properties.
    .PARAMETER ComputerName
    Nodes. Default: the cluster.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Get-CimInstance -Namespace root\MSCluster -ClassName MSCluster_Node
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ClassName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Namespace},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Filter},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Query},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Property},
        [Parameter()][Alias('Cn')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        if (-not $MyInvocation.ExpectingInput -and (-not $PSBoundParameters.ContainsKey('ComputerName') -and "$Namespace" -notmatch 'mscluster|virtualization')) {
            # It is about this computer, and changes nothing of a cluster.
            & 'CimCmdlets\Get-CimInstance' @PSBoundParameters
            return
        }
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-CimInstance' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-Service {
    <#
    .SYNOPSIS
    Gets the cluster service and the Hyper-V service of nodes (simulated clusters).
    .PARAMETER Name
    ClusSvc or vmms.
    .PARAMETER ComputerName
    Names of nodes.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .EXAMPLE
    Get-Service ClusSvc -ComputerName node1, node2
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][Alias('ServiceName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Name},
        [Parameter()][Alias('Cn')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject}
    )
    process {
        if (-not $MyInvocation.ExpectingInput -and (-not $PSBoundParameters.ContainsKey('ComputerName') -and -not @($Name | Where-Object { $_ -in 'ClusSvc', 'vmms' }))) {
            # It is about this computer, and changes nothing of a cluster.
            & 'Microsoft.PowerShell.Management\Get-Service' @PSBoundParameters
            return
        }
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-Service' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-WinEvent {
    <#
    .SYNOPSIS
    Gets events from event logs and event log files, newest first, or lists logs and providers.
    .PARAMETER LogName
    Names of logs. Wildcards are permitted. Default: all.
    .PARAMETER ProviderName
    Names of providers. Wildcards are permitted.
    .PARAMETER Path
    Paths of event log files (.evtx). Wildcards are permitted.
    .PARAMETER FilterHashtable
    @{LogName='System'; Level=1,2; ID=1135; StartTime='2009-10-17T19:20'}
    .PARAMETER FilterXml
    Structured XML query, or a custom view of Event Viewer.
    .PARAMETER FilterXPath
    XPath expression, such as *[System[Level=2]].
    .PARAMETER Oldest
    Sort oldest first.
    .PARAMETER Force
    Include analytic logs.
    .PARAMETER ListLog
    Get logs instead of events. Wildcards are permitted.
    .PARAMETER ListProvider
    Get providers instead of events. Wildcards are permitted.
    .PARAMETER ComputerName
    Not supported: remote commands are not supported; open another cluster with --cluster.
    .PARAMETER Credential
    Not supported: the user who runs fcm administers the cluster.
    .EXAMPLE
    Get-WinEvent -FilterHashtable @{LogName='System'; Level=1,2} -MaxEvents 10
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${LogName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ProviderName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Path},
        [Parameter()][object]${FilterHashtable},
        [Parameter()][object]${FilterXml},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${FilterXPath},
        [Parameter()][object]${MaxEvents},
        [Parameter()][switch]${Oldest},
        [Parameter()][switch]${Force},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ListLog},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ListProvider},
        [Parameter()][object]${ComputerName},
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
        Invoke-Fcm $PSCmdlet 'Get-WinEvent' $bound $given $MyInvocation.ExpectingInput
    }
}

function Get-WmiObject {
    <#
    .SYNOPSIS
    Gets what the cluster publishes by WMI, as Get-CimInstance does.
    .PARAMETER Class
    Name of a class, such as MSCluster_Resource.
    .PARAMETER Namespace
    root\MSCluster or root\virtualization\v2.
    .PARAMETER Filter
    A condition of WQL, such as Name = 'SQL01'.
    .PARAMETER Query
    A query of WQL: SELECT * FROM class WHERE condition.
    .PARAMETER Property
    Only these properties.
    .PARAMETER ComputerName
    Nodes. Default: the cluster.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER Authentication
    Has no effect: fcm has no accounts.
    .EXAMPLE
    Get-WmiObject -Namespace root\MSCluster -Class MSCluster_ResourceGroup -Filter "Name = 'SQL01'"
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position=0)][Alias('ClassName')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Class},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Namespace},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Filter},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Query},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Property},
        [Parameter()][Alias('Cn')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${Authentication}
    )
    process {
        if (-not $MyInvocation.ExpectingInput -and (-not $PSBoundParameters.ContainsKey('ComputerName') -and "$Namespace" -notmatch 'mscluster|virtualization')) {
            # It is about this computer, and changes nothing of a cluster.
            & 'Microsoft.PowerShell.Management\Get-WmiObject' @PSBoundParameters
            return
        }
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Get-WmiObject' $bound $given $MyInvocation.ExpectingInput
    }
}

function Invoke-Command {
    <#
    .SYNOPSIS
    Runs a script block on nodes of a simulated cluster, with the cmdlets of the cluster and those that only compute; without -ComputerName here.
    .PARAMETER ComputerName
    Names of nodes.
    .PARAMETER ScriptBlock
    What to run.
    .PARAMETER ArgumentList
    Values of the parameters of the block.
    .PARAMETER Using
    Values of $using: variables, by name (fcm).
    .PARAMETER NoNewScope
    Not supported: to run a block in the scope of its caller, use . { ... }
    .PARAMETER Credential
    Has no effect: fcm has no accounts.
    .PARAMETER FilePath
    Not supported: script files of this computer do not run on nodes; use -ScriptBlock.
    .PARAMETER Session
    Not supported: use -ComputerName.
    .PARAMETER AsJob
    Not supported: jobs are not supported.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER ThrottleLimit
    Not supported: there are no jobs or sessions to limit.
    .EXAMPLE
    Invoke-Command -ComputerName node1, node2 -ScriptBlock { (Get-Service ClusSvc).Status }
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('Cn')][object]${ComputerName},
        [Parameter(Position=1)][Alias('Command')][scriptblock]${ScriptBlock},
        [Parameter()][Alias('Args')][object]${ArgumentList},
        [Parameter()][object]${Using},
        [Parameter()][switch]${HideComputerName},
        [Parameter()][switch]${NoNewScope},
        [Parameter()][object]${Credential},
        [Parameter()][object]${FilePath},
        [Parameter()][object]${Session},
        [Parameter()][switch]${AsJob},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${ThrottleLimit}
    )
    process {
        if (-not $MyInvocation.ExpectingInput -and (-not $PSBoundParameters.ContainsKey('ComputerName') -or $ComputerName -is [scriptblock])) {
            # It is about this computer, and changes nothing of a cluster.
            if ($ComputerName -is [scriptblock]) { $PSBoundParameters['ScriptBlock'] = $ComputerName; $null = $PSBoundParameters.Remove('ComputerName') }
            & 'Microsoft.PowerShell.Core\Invoke-Command' @PSBoundParameters
            return
        }
        $bound = @{} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {
            $given = @(, $bound['InputObject'])
            $bound.Remove('InputObject')
        }
        Invoke-Fcm $PSCmdlet 'Invoke-Command' $bound $given $MyInvocation.ExpectingInput
    }
}

function Restart-Computer {
    <#
    .SYNOPSIS
    Restarts a node in order: it leaves the cluster, starts again and joins (simulated clusters).
    .PARAMETER ComputerName
    Names of nodes. fcm has no local computer.
    .PARAMETER Force
    As in Windows; the nodes of a simulated cluster have no other users.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .PARAMETER ThrottleLimit
    Not supported: there are no jobs or sessions to limit.
    .PARAMETER AsJob
    Not supported: jobs are not supported.
    .EXAMPLE
    Restart-Computer node3
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('CN', 'Name', 'Node')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][switch]${Force},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${Credential},
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
        Invoke-Fcm $PSCmdlet 'Restart-Computer' $bound $given $MyInvocation.ExpectingInput
    }
}

function Stop-Computer {
    <#
    .SYNOPSIS
    Shuts down a node in order: what it owns is first moved or taken offline (simulated clusters).
    .PARAMETER ComputerName
    Names of nodes. fcm has no local computer.
    .PARAMETER Force
    As in Windows; the nodes of a simulated cluster have no other users.
    .PARAMETER Cluster
    Name of the cluster. Default, or '.': the open cluster.
    .PARAMETER Credential
    Not supported: fcm has no accounts.
    .PARAMETER ThrottleLimit
    Not supported: there are no jobs or sessions to limit.
    .PARAMETER AsJob
    Not supported: jobs are not supported.
    .EXAMPLE
    Stop-Computer node3; Start-Sleep 30; Get-ClusterNode node3
    #>
    [CmdletBinding(SupportsShouldProcess=$true)]
    param(
        [Parameter(Position=0)][Alias('CN', 'Name', 'Node')][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${ComputerName},
        [Parameter()][switch]${Force},
        [Parameter()][ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })][object]${Cluster},
        [Parameter(ValueFromPipeline=$true)][object]${InputObject},
        [Parameter()][object]${Credential},
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
        Invoke-Fcm $PSCmdlet 'Stop-Computer' $bound $given $MyInvocation.ExpectingInput
    }
}
Set-Alias gcim Get-CimInstance -WhatIf:$false -Confirm:$false
Set-Alias gwmi Get-WmiObject -WhatIf:$false -Confirm:$false
Set-Alias icm Invoke-Command -WhatIf:$false -Confirm:$false
Export-ModuleMember -Function * -Alias *
