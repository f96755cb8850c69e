# What "fcm run" starts a real PowerShell with. $env:FCM_RUN says what is to be run (a JSON object, fcm/cli/engine.py):
#   script    its path, or "" for the text in the file "text"
#   words     its arguments, as PowerShell's own text
#   settings  variables, or parameters where it declares them
#   width     characters of a line of the output; 0: as the terminal has them
#   begun     a file that is made at once: without it, something keeps PowerShell from running scripts
#   mark      begins each line of JSON, for --json; "" for tables
# Nothing here catches what the script throws: inside of try a script goes on otherwise than it does alone.
# Exit codes: that of exit, else 1 after an error that was not caught, 2 for what is no script or does not fit it.

$FcmRun = ConvertFrom-Json $env:FCM_RUN
Remove-Item Env:FCM_RUN
[System.IO.File]::WriteAllText($FcmRun.begun, '')
$FcmTokens = $null
$FcmWrong = $null
if ($FcmRun.script) {
    $FcmScript = $FcmRun.script
    $FcmTree = [System.Management.Automation.Language.Parser]::ParseFile($FcmScript, [ref]$FcmTokens, [ref]$FcmWrong)
} else {
    $FcmText = [System.IO.File]::ReadAllText($FcmRun.text)
    $FcmTree = [System.Management.Automation.Language.Parser]::ParseInput($FcmText, [ref]$FcmTokens, [ref]$FcmWrong)
}
if ($FcmWrong) {
    foreach ($FcmOne in $FcmWrong) {
        $FcmAt = $FcmOne.Extent
        [Console]::Error.WriteLine("$($FcmOne.Message)`nAt $(if ($FcmAt.File) { "$($FcmAt.File):" } else { 'line:' })$($FcmAt.StartLineNumber) char:$($FcmAt.StartColumnNumber)")
    }
    exit 2
}
if (-not $FcmRun.script) { $FcmScript = [scriptblock]::Create($FcmText) }

# By their paths: PowerShell 7 puts folders of its own before those of PSModulePath that it inherits.
try { Import-Module -Name @('Fcm', 'FailoverClusters', 'Hyper-V', 'FcmNodes' | ForEach-Object { Join-Path $PSScriptRoot $_ }) -ErrorAction Stop }
catch { [Console]::Error.WriteLine("The modules of fcm cannot be loaded. $_"); exit 1 }
$FcmCode = & (Get-Module Fcm) {
    try { Start-FcmServer; 0 }
    catch {
        # The server has said why on its standard error, if it has ended.
        if ($script:Server -and $script:Server.WaitForExit(2000)) { $script:Server.ExitCode } else { [Console]::Error.WriteLine("$_"); 1 }
    }
}
if ($FcmCode) { exit $FcmCode }

$FcmDeclared = @()
if ($FcmTree.ParamBlock) { $FcmDeclared = @($FcmTree.ParamBlock.Parameters | ForEach-Object { $_.Name.VariablePath.UserPath }) }
$FcmSet = @{}
foreach ($FcmOne in $FcmRun.settings.PSObject.Properties) {
    if ($FcmDeclared -contains $FcmOne.Name) { $FcmSet[$FcmOne.Name] = $FcmOne.Value }
    else { Set-Variable -Name $FcmOne.Name -Value $FcmOne.Value -Scope Global }
}
$FcmExits = @($FcmTree.FindAll({ param($node) $node -is [System.Management.Automation.Language.ExitStatementAst] }, $true)).Count
$global:FcmFailed = 0

function Write-FcmApart {
    # Errors to standard error, and counted; all else goes on.
    process {
        if ($_ -isnot [System.Management.Automation.ErrorRecord]) { $_; return }
        if ($_.FullyQualifiedErrorId -like 'NativeCommandError*') { [Console]::Error.WriteLine("$_"); return }
        $global:FcmFailed++
        if ($FcmRun.mark) { $_; return }
        [Console]::Error.WriteLine(((Out-String -InputObject $_ -Width 500) -replace "$([char]27)\[[0-9;]*m").Trim())
    }
}

function Write-FcmJson {
    # Each object as a line of JSON in ASCII, for no code page changes that.
    process {
        $about = @{ output = $_ }
        if ($_ -is [System.Management.Automation.ErrorRecord]) {
            $message = $_.Exception.Message
            $remedy = if ($_.ErrorDetails) { "$($_.ErrorDetails.RecommendedAction)" } else { '' }
            if ($remedy -and $message.EndsWith($remedy)) { $message = $message.Substring(0, $message.Length - $remedy.Length).TrimEnd() }
            $about = @{ error = @{ message = $message; remedy = $remedy } }
        }
        $json = ConvertTo-Json $about -Depth 8 -Compress -WarningAction SilentlyContinue
        $json = [regex]::Replace($json, '[^\x20-\x7e]', { param($found) '\u{0:x4}' -f [int][char]$found.Value })
        [Console]::Out.WriteLine($FcmRun.mark + $json)
    }
}

$FcmCall = [scriptblock]::Create("& `$FcmScript @FcmSet $($FcmRun.words) 2>&1")
$global:LASTEXITCODE = 0
if ($FcmRun.mark) { . $FcmCall | Write-FcmApart | Write-FcmJson }
elseif ($FcmRun.width) { . $FcmCall | Write-FcmApart | Out-String -Stream -Width $FcmRun.width }
else { . $FcmCall | Write-FcmApart }
# What does not fit the parameters of the script is the one error that names the script as the command.
$FcmMisfit = $Error.Count -and $Error[0].Exception -is [System.Management.Automation.ParameterBindingException] -and
    $FcmRun.script -and $Error[0].FullyQualifiedErrorId -like "*,$(Split-Path -Leaf $FcmRun.script)"
if ($FcmMisfit) { exit 2 }
if ($FcmExits -and $global:LASTEXITCODE) { exit $global:LASTEXITCODE }
if ($global:FcmFailed) { exit 1 }
exit 0
