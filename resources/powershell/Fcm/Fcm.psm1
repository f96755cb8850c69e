# Real PowerShell on the clusters of fcm: the functions of the modules beside this one ask the server, and its answers
# become objects. For Windows PowerShell 5.1 and PowerShell 7. Everything about the cluster is on the other side of the
# pipe; what goes through it is told in fcm/shell/serving/wire.py.
# $env:FCM_SERVE: the command of the server, a JSON array of its words.

class FcmObject {
    # An object of the cluster. What it holds is in a table beside it, so that no export or list shows it as a property.
    hidden static [System.Runtime.CompilerServices.ConditionalWeakTable[object, object]] $Held =
        [System.Runtime.CompilerServices.ConditionalWeakTable[object, object]]::new()

    static [FcmObject] Of([hashtable]$what) { $made = [FcmObject]::new(); [FcmObject]::Held.Add($made, $what); return $made }
    hidden [hashtable] FcmInside() { $what = $null; $null = [FcmObject]::Held.TryGetValue($this, [ref]$what); return $what }
    hidden [object] FcmValue([string]$name) {
        $what = $this.FcmInside()
        if ($what.Values.ContainsKey($name)) { return $what.Values[$name] }
        $raw = $what.Raw.p.PSObject.Properties[$name]
        if (-not $raw -and $what.Reference) {
            # Only its name came with what refers to it; the rest is asked for when it is first read.
            $what.Raw = & $what.Read $what.Raw
            $what.Reference = $false
            $raw = $what.Raw.p.PSObject.Properties[$name]
        }
        $value = if ($raw) { $raw.Value } else { $null }
        if ($null -ne $value -and $value -isnot [string] -and -not $value.GetType().IsPrimitive) { $value = & $what.Get $value }
        $what.Values[$name] = $value
        return $value
    }
    hidden [void] FcmAssign([string]$name, [object]$value) { $what = $this.FcmInside(); & $what.Set $this $name $value }
    [string] ToString() { return $this.FcmInside().Raw.text }
    [bool] Equals([object]$other) {
        if ($other -isnot [FcmObject]) { return $other -is [string] -and $this.ToString() -eq $other }
        $a = $this.FcmInside().Raw; $b = $other.FcmInside().Raw
        if ($a.type -eq 'Name' -or $b.type -eq 'Name') { return $a.text -eq $b.text }
        return $a.type -eq $b.type -and $(if ($a.id -or $b.id) { $a.id -eq $b.id } else { $a.text -eq $b.text })
    }
    [int] GetHashCode() { return $this.ToString().ToLowerInvariant().GetHashCode() }
}

# -WhatIf and -Confirm of the person are for the cluster, not for what this module does within itself.
$WhatIfPreference = $false
$ConfirmPreference = 'High'
$script:Protocol = 1
$script:Number = 0
$script:Types = @{}
$script:Kept = @{}
$script:Known = $null
$script:Enumerations = . (Join-Path $PSScriptRoot 'Enumerations.ps1')
$script:Reading = $null
$script:Server = $null
# A cmdlet that ours lack would make PowerShell load the real module for it, and from then on every cmdlet acts on a real cluster.
$ours = Split-Path $PSScriptRoot
$ExecutionContext.InvokeCommand.PostCommandLookupAction = {
    param($name, $found)
    $of = $found.Command.Module; $folder = $ours
    if ($of -and $of.Name -in 'FailoverClusters', 'Hyper-V' -and (Split-Path $of.ModuleBase) -ne $ours) {
        $found.CommandScriptBlock = { Remove-Module -ModuleInfo $of -Force; Import-Module (Join-Path $folder $of.Name) -Force -Global; throw "This cmdlet belongs to the real module $($of.Name). fcm does not have it." }.GetNewClosure()
        $found.StopSearch = $true
    }
}.GetNewClosure()
$ExecutionContext.SessionState.Module.OnRemove = { Stop-FcmServer }

function ConvertTo-FcmWord([string]$Word) {
    # A word of a command line as a program of Windows reads it back; on other systems .NET follows the same rules.
    if ($Word -and $Word -notmatch '[\s"]') { return $Word }
    return '"' + (($Word -replace '(\\*)"', '$1$1\"') -replace '(\\+)$', '$1$1') + '"'
}

function Start-FcmServer {
    # The server, once; where it has ended, this is said once, and the next command starts it anew.
    if ($script:Server) {
        if (-not $script:Server.HasExited) { return }
        $script:Server = $null
        throw "fcm has ended. The next command starts it again."
    }
    if (-not $env:FCM_SERVE) { throw "FCM_SERVE does not name the command of the server. Start PowerShell with: fcm powershell" }
    $words = @(ConvertFrom-Json $env:FCM_SERVE | ForEach-Object { $_ })
    $info = New-Object System.Diagnostics.ProcessStartInfo
    $info.FileName = $words[0]
    $info.Arguments = ($words | Select-Object -Skip 1 | ForEach-Object { ConvertTo-FcmWord $_ }) -join ' '
    $info.UseShellExecute = $false
    $info.RedirectStandardInput = $true
    $info.RedirectStandardOutput = $true
    $info.StandardOutputEncoding = New-Object System.Text.UTF8Encoding $false
    $script:Reading = $null
    $script:Server = [System.Diagnostics.Process]::Start($info)
    $script:In = New-Object System.IO.StreamWriter $script:Server.StandardInput.BaseStream, (New-Object System.Text.UTF8Encoding $false)
    $about = @{ failed = $null }
    Send-Fcm @{ do = 'hello'; protocol = $script:Protocol; session = "$env:FCM_TERMINAL" } {
        if ($_.error) { $about.failed = $_.error }
        if ($_.hello) { $script:Known = $_.hello.types }
    }
    if ($about.failed) { Stop-FcmServer; throw "$($about.failed.message) $($about.failed.remedy)" }
}

function Stop-FcmServer {
    if (-not $script:Server) { return }
    try { $script:In.Dispose() } catch { }
    $null = $script:Server.WaitForExit(2000)
    $script:Server = $null
}

function Write-FcmLine([string]$Line) {
    # False if nobody reads any more.
    try { $script:In.WriteLine($Line); $script:In.Flush(); return $true } catch [System.IO.IOException] { return $false }
}

function ConvertTo-FcmValue($Value, [int]$Depth = 6) {
    # A value of PowerShell for the server.
    if ($null -eq $Value) { return $null }
    $base = $Value.PSObject.BaseObject
    if ($base -is [FcmObject]) {
        $raw = $base.FcmInside().Raw
        if ($raw.type -eq 'Name') { return @{ '$' = 'name'; v = $raw.text } }
        if ($base.FcmInside().Reference) { return @{ '$' = 'name'; v = $raw.text; type = $raw.type; id = $raw.id } }
        return $raw
    }
    if ($base -is [double] -or $base -is [single]) {
        if ([double]::IsNaN($base)) { return @{ '$' = 'double'; v = 'NaN' } }
        if ([double]::IsInfinity($base)) { return @{ '$' = 'double'; v = $(if ($base -gt 0) { 'Infinity' } else { '-Infinity' }) } }
        return $base
    }
    if ($base -is [char]) { return "$base" }
    if ($base -is [string] -or $base -is [bool] -or $base.GetType().IsPrimitive) { return $base }
    if ($base -is [decimal]) { return [double]$base }
    if ($base -is [switch]) { return [bool]$base }
    if ($base -is [enum] -or $base -is [guid] -or $base -is [uri]) { return "$base" }
    if ($base -is [datetime]) { return @{ '$' = 'time'; v = $base.ToString('o', [cultureinfo]::InvariantCulture) } }
    if ($base -is [timespan]) { return @{ '$' = 'span'; v = $base.TotalSeconds } }
    if ($Depth -le 0) { return "$base" }
    if ($base -is [System.Collections.IDictionary]) {
        $p = @{}
        foreach ($key in $base.Keys) { $p["$key"] = ConvertTo-FcmValue $base[$key] ($Depth - 1) }
        return @{ '$' = 'table'; p = $p }
    }
    if ($base -is [System.Collections.IEnumerable]) {
        return , @(foreach ($one in $base) { ConvertTo-FcmValue $one ($Depth - 1) })
    }
    if ($base -isnot [System.Management.Automation.PSCustomObject]) { return "$base" }
    $p = @{}
    foreach ($property in $Value.PSObject.Properties) { $p[$property.Name] = ConvertTo-FcmValue $property.Value ($Depth - 1) }
    return @{ '$' = 'object'; type = 'Selected'; p = $p }
}

function ConvertFrom-FcmValue($Value) {
    # A value of the server for PowerShell.
    if ($Value -is [array]) { return , @(foreach ($one in $Value) { ConvertFrom-FcmValue $one }) }
    if ($Value -is [decimal]) { return [double]$Value }  # Windows PowerShell reads 0.5 as a decimal
    if ($Value -isnot [System.Management.Automation.PSCustomObject]) { return $Value }
    switch ($Value.'$') {
        'time' {
            if ($Value.v -is [datetime]) { return $Value.v }  # PowerShell 7 made one of the text, with its fraction and zone
            return [datetime]::Parse($Value.v, [cultureinfo]::InvariantCulture, 'RoundtripKind').ToLocalTime()
        }
        'span' { return [timespan]::FromTicks([long][math]::Round([double]$Value.v * 10000000)) }
        'double' { return [double]::Parse($Value.v, [cultureinfo]::InvariantCulture) }
        'lines' { return $Value.v -join "`n" }
        'name' {
            $type = if ($Value.type) { $Value.type } else { 'Name' }
            $raw = [pscustomobject]@{ '$' = 'object'; type = $type; id = "$($Value.id)"; text = $Value.v; p = [pscustomobject]@{ Name = $Value.v }; settable = @() }
            return New-FcmObject $raw ([bool]$Value.type)
        }
        'enum' {
            $type = $script:Enumerations[$Value.type]
            if ($type) { return [enum]::ToObject($type, [int]$Value.v) }
            return $Value.text
        }
        'table' {
            $made = New-Object PSObject
            foreach ($p in $Value.p.PSObject.Properties) { $made | Add-Member NoteProperty $p.Name (ConvertFrom-FcmValue $p.Value) }
            return $made
        }
    }
    return New-FcmObject $Value
}

function New-FcmObject($Value, [bool]$Reference = $false) {
    # An object of the cluster; its values are turned into those of PowerShell when they are first read.
    $name = "Fcm.$($Value.type)"
    if (-not $script:Types[$name]) {
        # What the server said of the type: a reference has only a name, and one object may lack what another has.
        $script:Types[$name] = @{ Count = -1; Properties = @{} }
        $about = if ($script:Known) { $script:Known.PSObject.Properties[$Value.type] }
        if ($about) { Register-FcmType $name $about.Value.properties $about.Value.settable }
    }
    $known = $script:Types[$name]
    if (-not $known.Properties.Count -or (-not $Reference -and $known.Count -ne @($Value.p.PSObject.Properties).Count)) {
        Register-FcmType $name @($Value.p.PSObject.Properties | ForEach-Object { $_.Name }) $Value.settable
        $known.Count = @($Value.p.PSObject.Properties).Count
    }
    $made = [FcmObject]::Of(@{ Raw = $Value; Values = @{}; Reference = $Reference; Set = $script:Setter; Get = $script:Getter; Read = $script:Reader })
    $made.PSObject.TypeNames.Insert(0, $name)
    return $made
}

function Register-FcmType([string]$Name, [string[]]$Properties, [string[]]$Settable) {
    # The properties of a type, once: they are read from what the server sent, and set by telling the server.
    $known = $script:Types[$Name].Properties
    if (-not $known.Count) { Update-TypeData -TypeName $Name -DefaultDisplayPropertySet $Properties -Force }
    foreach ($property in $Properties) {
        if ($known[$property]) { continue }
        $quoted = $property.Replace("'", "''")
        $known[$property] = $true
        $get = [scriptblock]::Create("`$value = `$this.FcmValue('$quoted'); if (`$value -is [array]) { , `$value } else { `$value }")
        $with = @{ TypeName = $Name; MemberType = 'ScriptProperty'; MemberName = $property; Value = $get; Force = $true }
        if ($Settable -contains $property) {
            $with.SecondValue = [scriptblock]::Create("param(`$value) `$this.FcmAssign('$quoted', `$value)")
        }
        Update-TypeData @with
    }
}

function Read-FcmObject($Raw) {
    # All properties of an object of which only the name is known.
    $about = @{ found = $Raw; failed = $null }
    Send-Fcm @{ do = 'read'; object = $Raw } {
        foreach ($one in $_.outputs) { $about.found = $one }
        if ($_.error) { $about.failed = $_.error }
    }
    if ($about.failed) { throw ((@($about.failed.message, $about.failed.remedy) | Where-Object { $_ }) -join ' ') }
    return $about.found
}

function Set-FcmProperty($Object, [string]$Name, $Value) {
    $about = @{ failed = $null }
    Send-Fcm @{ do = 'set'; object = $Object.FcmInside().Raw; property = $Name; value = ConvertTo-FcmValue $Value } {
        if ($_.error) { $about.failed = $_.error }
    }
    if ($about.failed) { throw ((@($about.failed.message, $about.failed.remedy) | Where-Object { $_ }) -join ' ') }
    $Object.FcmInside().Values[$Name] = $Value
}
$script:Reader = { param($raw) Read-FcmObject $raw }
$script:Getter = { param($value) ConvertFrom-FcmValue $value }
$script:Setter = { param($object, $name, $value) Set-FcmProperty $object $name $value }

function Send-Fcm([hashtable]$Request, [scriptblock]$Each) {
    # One request; $Each sees every answer as $_ until the end. Ctrl+C breaks the wait, and the server is told.
    $Request.id = ++$script:Number
    if ($Request.do -ne 'hello') { Start-FcmServer }
    $mine = $script:Server
    $over = -not (Write-FcmLine (ConvertTo-Json $Request -Depth 20 -Compress))
    if ($over) { throw "fcm has ended. The next command starts it again." }
    $script:Kept[$Request.id] = New-Object System.Collections.Queue
    try {
        while (-not $over) {
            # What the next in the pipeline asks for meanwhile reads our answers too, and leaves them here.
            $kept = $script:Kept[$Request.id]
            if ($kept -and $kept.Count) { $answer = $kept.Dequeue() }
            else {
                if ($script:Server -ne $mine) { $over = $true; throw "fcm has ended. The next command starts it again." }
                # A read that Ctrl+C broke off is still under way: there can be only one.
                if (-not $script:Reading) { $script:Reading = $script:Server.StandardOutput.ReadLineAsync() }
                while (-not $script:Reading.Wait(100)) { }
                $line = $script:Reading.Result
                $script:Reading = $null
                if ($null -eq $line) { $over = $true; throw "fcm has ended. The next command starts it again." }
                $answer = ConvertFrom-Json $line
            }
            if ($answer.id -ne $Request.id -and -not $answer.ask) {  # a question is put at once, whoever asked: the server waits for it
                if ($null -ne $answer.id -and $script:Kept.ContainsKey([int]$answer.id)) { $script:Kept[[int]$answer.id].Enqueue($answer) }
                continue
            }
            if ($answer.end) { $over = $true } else { $answer | ForEach-Object $Each }
        }
    } finally {
        $script:Kept.Remove($Request.id)
        if (-not $over) { $null = Write-FcmLine ('{"id":' + $Request.id + ',"do":"stop"}') }
    }
}

function Complete-Fcm([string]$Cmdlet, [string]$Parameter, [string]$Word) {
    # What Tab proposes: the names of the cluster. It never says anything else.
    $names = New-Object System.Collections.ArrayList
    try {
        Send-Fcm @{ do = 'complete'; cmdlet = $Cmdlet; parameter = $Parameter; word = $Word } {
            foreach ($one in $_.outputs) { $null = $names.Add($one) }
        }
    } catch { return }
    $names
}

function Invoke-Fcm($Caller, [string]$Name, [hashtable]$Bound, [object[]]$Given, [bool]$HasInput) {
    # One cmdlet for one object of the pipeline.
    $parameters = @{}
    foreach ($key in $Bound.Keys) {
        if ($key -in 'ErrorAction', 'ErrorVariable', 'WarningAction', 'WarningVariable', 'OutVariable', 'OutBuffer', 'PipelineVariable',
            'InformationAction', 'InformationVariable', 'Verbose', 'Debug', 'ProgressAction', 'PipedObject', 'Confirm') { continue }
        $parameters[$key] = ConvertTo-FcmValue $Bound[$key]
        if ($Bound[$key] -is [scriptblock]) {
            # The block goes as text; what it takes from its caller goes beside it.
            $taken = @{}
            foreach ($one in $Bound[$key].Ast.FindAll({ param($node) $node -is [System.Management.Automation.Language.UsingExpressionAst] }, $true)) {
                $of = "$($one.SubExpression.VariablePath.UserPath)"
                if ($of) { $taken[$of] = ConvertTo-FcmValue $Caller.SessionState.PSVariable.GetValue($of) }
            }
            if ($taken.Count) { $parameters['Using'] = @{ '$' = 'table'; p = $taken } }
        }
    }
    # A module sees only the global preferences; those of the script or function that called are its caller's.
    $theirs = $Caller.SessionState.PSVariable
    $ErrorActionPreference = $theirs.GetValue('ErrorActionPreference')
    $ProgressPreference = $theirs.GetValue('ProgressPreference')
    if ($Caller.MyInvocation.MyCommand.Parameters.ContainsKey('WhatIf') -and -not $Bound.ContainsKey('WhatIf') -and $theirs.GetValue('WhatIfPreference')) { $parameters['WhatIf'] = $true }
    if ($Bound['Confirm']) { $parameters['Confirm'] = $true }
    elseif ($Caller.MyInvocation.MyCommand.Parameters.ContainsKey('Confirm') -and -not $Bound.ContainsKey('Confirm') -and "$($theirs.GetValue('ConfirmPreference'))" -in 'Low', 'Medium') { $parameters['Confirm'] = $true }
    $piped = @(foreach ($one in $Given) { , (ConvertTo-FcmValue $one) })
    $folder = "$($Caller.SessionState.Path.CurrentFileSystemLocation.ProviderPath)"
    Send-Fcm @{ do = 'invoke'; cmdlet = $Name; parameters = $parameters; input = $piped; has_input = $HasInput; folder = $folder } {
        if ($_.outputs) {
            foreach ($one in $_.outputs) {
                if ($parameters['WhatIf'] -and $one -is [string]) { Write-Host $one } elseif ($one.'$' -eq 'object') { New-FcmObject $one } else { ConvertFrom-FcmValue $one }
            }
        }
        elseif ($_.progress) {
            $done = $_.progress[2] -lt 0
            if ($done) { Write-Progress -Activity $_.progress[0] -Completed } else { Write-Progress -Activity $_.progress[0] -Status "$($_.progress[1]) " -PercentComplete $_.progress[2] }
        }
        elseif ($null -ne $_.warning) { $Caller.WriteWarning($_.warning) }
        elseif ($null -ne $_.verbose) { $Caller.WriteVerbose($_.verbose) }
        elseif ($null -ne $_.debug) { $Caller.WriteDebug($_.debug) }
        elseif ($null -ne $_.host) { Write-Host $_.host }
        elseif ($_.ask) {
            $yes = $false
            try { $yes = $Caller.ShouldContinue($_.ask, 'Confirm') }
            finally { $null = Write-FcmLine (ConvertTo-Json @{ id = $_.id; yes = $yes } -Compress) }
        }
        elseif ($_.error) {
            $sentence = (@($_.error.message, $_.error.remedy) | Where-Object { $_ }) -join ' '
            $record = New-Object System.Management.Automation.ErrorRecord (New-Object InvalidOperationException $sentence), $_.error.id, $_.error.category, $_.error.target
            if ($_.error.remedy) {
                $record.ErrorDetails = New-Object System.Management.Automation.ErrorDetails $sentence
                $record.ErrorDetails.RecommendedAction = $_.error.remedy
            }
            if ($_.error.ends) { $Caller.ThrowTerminatingError($record) } else { $Caller.WriteError($record) }
        }
    }
}

function Invoke-FcmProgram($Session, [string]$Name, [object[]]$Words) {
    # A program such as wevtutil: its words as they are, its output as text, its success in $LASTEXITCODE.
    $failed = @{ any = $false }
    $said = @(foreach ($one in $Words) { "$one" })
    $folder = "$($Session.Path.CurrentFileSystemLocation.ProviderPath)"
    Send-Fcm @{ do = 'invoke'; cmdlet = $Name; parameters = @{ Arguments = $said }; input = @(); has_input = $false; folder = $folder } {
        foreach ($one in $_.outputs) { ConvertFrom-FcmValue $one }
        if ($_.error) {
            $failed.any = $true
            Write-Error -Message ((@($_.error.message, $_.error.remedy) | Where-Object { $_ }) -join ' ') -ErrorId $_.error.id -Category $_.error.category
        }
    }
    $global:LASTEXITCODE = [int]$failed.any
}

function Show-FcmGrid {
    # Out-GridView where this PowerShell has none: the window shows the table.
    [CmdletBinding()]
    param(
        [Parameter(ValueFromPipeline=$true)][psobject]$InputObject,
        [string]$Title = 'Out-GridView',
        [ValidateSet('None', 'Single', 'Multiple')][string]$OutputMode = 'None',
        [switch]$PassThru,
        [switch]$Wait
    )
    begin { $all = New-Object System.Collections.ArrayList; $shown = New-Object System.Collections.ArrayList }
    process {
        if ($null -eq $InputObject) { return }
        $null = $all.Add($InputObject)
        $one = $InputObject
        $base = $one.PSObject.BaseObject
        if ($base -isnot [FcmObject] -and $base -isnot [string] -and $base -isnot [System.Management.Automation.PSCustomObject] -and
            -not $base.GetType().IsPrimitive -and -not $base.GetType().IsEnum) {
            # Of an object of .NET the properties that a table of it would have.
            $names = @($one.PSStandardMembers.DefaultDisplayPropertySet.ReferencedPropertyNames)
            if (-not $names) { $names = @($one.PSObject.Properties | Select-Object -First 10 | ForEach-Object { $_.Name }) }
            if ($names) { $one = $one | Select-Object -Property $names }
        }
        $null = $shown.Add((ConvertTo-FcmValue $one))
    }
    end {
        $pick = $PassThru -or $Wait -or $OutputMode -ne 'None'
        $gives = $PassThru -or $OutputMode -ne 'None'
        $rows = New-Object System.Collections.ArrayList
        $caller = $PSCmdlet
        Send-Fcm @{ do = 'grid'; title = $Title; input = @($shown); pick = [bool]$pick } {
            foreach ($one in $_.outputs) { $null = $rows.Add([int]$one) }
            if ($_.error) {
                $sentence = "$($_.error.message) $($_.error.remedy)"
                $why = New-Object InvalidOperationException $sentence
                $caller.WriteError((New-Object System.Management.Automation.ErrorRecord $why, $_.error.id, $_.error.category, $null))
            }
        }
        if ($OutputMode -eq 'Single') { $rows = @($rows | Select-Object -First 1) }
        if ($gives) { foreach ($row in $rows) { $all[$row] } }
    }
}

$exported = @{ Function = @('Invoke-Fcm', 'Invoke-FcmProgram', 'Complete-Fcm', 'Show-FcmGrid'); Alias = @() }
if (-not (Get-Command -Name Out-GridView -CommandType Cmdlet -ErrorAction SilentlyContinue)) {
    Set-Alias Out-GridView Show-FcmGrid -WhatIf:$false -Confirm:$false
    Set-Alias ogv Show-FcmGrid -WhatIf:$false -Confirm:$false
    $exported.Alias = @('Out-GridView', 'ogv')
}
Export-ModuleMember @exported
