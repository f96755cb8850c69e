Remove-ClusterNode node3 -Force
Start-Sleep 60
