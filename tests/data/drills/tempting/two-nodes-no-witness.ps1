Repair-ClusterFault node2 -Fault PowerOff
Start-Sleep 300
(Get-ClusterGroup DC01).AutoFailbackType = 1
