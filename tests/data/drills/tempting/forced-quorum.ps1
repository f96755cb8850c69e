Start-ClusterNode node3
Start-ClusterNode node4
Start-Sleep 300
