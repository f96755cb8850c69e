Repair-ClusterFault 'Volume 2' -Fault LoseLun
Start-Sleep 120
