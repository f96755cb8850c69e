Repair-ClusterFault node1 -Fault PowerOff
Start-Sleep 300
