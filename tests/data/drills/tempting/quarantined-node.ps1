Remove-ClusterNode node3 -Force
