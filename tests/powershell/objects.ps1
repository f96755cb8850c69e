# Objects have names, equal their names, and show nothing that is hidden.
$group = Get-ClusterGroup SQL01
if ("$($group.OwnerNode)" -ne $group.OwnerNode.Name) { throw 'OwnerNode is not its name as text.' }
if (-not ($group.OwnerNode -eq $group.OwnerNode.Name)) { throw 'OwnerNode does not equal its name.' }
if ("$($group.State)" -ne 'Online') { throw "State is $($group.State)." }
if ("$($group.GroupType)" -ne 'VirtualMachine') { throw "GroupType is $($group.GroupType)." }
$network = Get-ClusterNetwork 'Cluster Network 1'
$network.Name = 'Renamed'
if (-not (Get-ClusterNetwork Renamed -ErrorAction SilentlyContinue)) { throw 'Name was not set.' }
$csv = Get-ClusterNode | Select-Object -Property @('Name', 'State') | ConvertTo-Csv -NoTypeInformation
if ($csv[0] -ne '"Name","State"') { throw "The head of the CSV is $($csv[0])." }
if ($csv.Count -ne 4) { throw "The CSV has $($csv.Count) lines." }
'objects are right'
