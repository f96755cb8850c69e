# needs: powershell
# Tab gives the names of the cluster.
$line = 'Get-ClusterNode -Name node'
$found = (TabExpansion2 $line $line.Length).CompletionMatches | ForEach-Object { $_.CompletionText }
if ('node1' -notin $found) { throw "Tab gives: $found" }
$line = 'Move-ClusterVirtualMachineRole -MigrationType '
$found = (TabExpansion2 $line $line.Length).CompletionMatches | ForEach-Object { $_.CompletionText }
if ('Live' -notin $found) { throw "Tab gives: $found" }
$help = Get-Help Get-ClusterNode
if (-not $help.Synopsis) { throw 'There is no help.' }
'completion and help are right'
