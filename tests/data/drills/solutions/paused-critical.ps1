Repair-ClusterFault 'Volume 2' -Fault LoseLun
Start-Sleep 30
Start-ClusterResource 'Volume 2'
Start-Sleep 60
