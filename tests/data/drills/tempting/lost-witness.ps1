Stop-ClusterGroup SQL01 -Wait 60
Start-ClusterGroup SQL01 -Wait 300
