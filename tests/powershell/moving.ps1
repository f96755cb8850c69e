# A live migration is carried out, waited for, and its result is an object.
$moved = Move-ClusterVirtualMachineRole WEB01 -Node node2 -MigrationType Live
if ("$($moved.OwnerNode)" -ne 'node2') { throw "WEB01 is on $($moved.OwnerNode)." }
if ("$((Get-VM WEB01).ComputerName)" -ne 'node2') { throw 'Get-VM tells another node.' }
'moves are right'
