# needs: powershell
# All cmdlets of FailoverClusters and Hyper-V are those of fcm, each by its name, also where Microsoft's modules are installed.
$ours = (Get-Module Fcm).ModuleBase | Split-Path
foreach ($name in 'Fcm', 'FailoverClusters', 'Hyper-V', 'FcmNodes') {
    $module = Get-Module $name
    if (-not $module) { throw "$name is not imported." }
    if ((Split-Path $module.ModuleBase) -ne $ours) { throw "$name is not that of fcm: $($module.ModuleBase)" }
}
foreach ($module in 'FailoverClusters', 'Hyper-V') {
    $names = Get-Content (Join-Path (Join-Path $ours $module) 'names.txt') | Where-Object { $_ -and -not $_.StartsWith('#') }
    foreach ($name in $names) {
        $found = Get-Command $name -ErrorAction SilentlyContinue
        if (-not $found) { throw "There is no $name." }
        if ((Split-Path $found.Module.ModuleBase) -ne $ours) { throw "$name is not that of fcm." }
    }
    "${module}: $(@($names).Count) names are those of fcm"
}
