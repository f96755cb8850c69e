Repair-ClusterFault 'Volume 1' -Fault LosePath -Node node3
Start-Sleep 30
