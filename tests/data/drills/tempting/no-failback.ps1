Suspend-ClusterNode node1
Resume-ClusterNode node1
Start-Sleep 300
