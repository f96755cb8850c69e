# The pipeline binds by value and by the name of a property; what is not understood is an error, never everything.
if (('DC01' | Get-VM).Name -ne 'DC01') { throw 'A name from the pipeline was not taken.' }
if (([pscustomobject]@{ Name = 'WEB01' } | Get-VM).Name -ne 'WEB01') { throw 'A property of that name was not taken.' }
$all = @(Get-VM).Count
$wrong = @([pscustomobject]@{ Other = 1 } | Get-VM -ErrorAction SilentlyContinue)
if ($wrong.Count) { throw "What is not understood gave $($wrong.Count) machines." }
$pairs = @(Get-ClusterNode | ForEach-Object { $node = $_; Get-VM | Where-Object { $_.ComputerName -eq $node.Name } })
if ($pairs.Count -gt $all -or -not $pairs.Count) { throw "A nested pipeline gave $($pairs.Count) of $all." }
'pipelines are right'
