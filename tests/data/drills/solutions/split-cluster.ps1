Repair-ClusterFault node4 -Fault Isolate
Start-Sleep 120
