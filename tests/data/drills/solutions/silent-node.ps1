Repair-ClusterFault node2 -Fault Isolate
Start-Sleep 120
