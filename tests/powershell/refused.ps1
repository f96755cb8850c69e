# needs: powershell
# No cmdlet of this session stops this computer or reaches the real modules.
foreach ($line in { Restart-Computer -ErrorAction Stop }, { Stop-Computer -ComputerName localhost -ErrorAction Stop }, { Add-ClusterScaleOutFileServerRole -ErrorAction Stop }) {
    $caught = $null
    try { & $line } catch { $caught = $_ }
    if (-not $caught) { throw "This was not refused: $line" }
}
$said = @(Invoke-Command -ComputerName node1 { Remove-Item C:\x } 2>&1)
if ($said[0] -isnot [System.Management.Automation.ErrorRecord]) { throw 'Invoke-Command reached files.' }
wevtutil gl System > $null
if ($LASTEXITCODE) { throw "wevtutil ended with $LASTEXITCODE." }
'what must be refused is refused'
