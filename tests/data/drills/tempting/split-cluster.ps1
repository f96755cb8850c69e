Start-ClusterNode node4
Start-ClusterNode node5
Start-Sleep 120
