# needs: powershell
# Without a window Out-GridView says so, in a PowerShell that has none of its own.
if ((Get-Command Out-GridView).CommandType -eq 'Alias') {
    $said = @(Get-ClusterNode | Out-GridView 2>&1)
    if ("$($said[0])" -notlike '*requires a window*') { throw "It said: $said" }
}
'Out-GridView is right'
