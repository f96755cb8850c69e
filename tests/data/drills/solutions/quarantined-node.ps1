Start-ClusterNode node3 -ClearQuarantine
Start-Sleep 60
