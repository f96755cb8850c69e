Get-ClusterResource 'Virtual Machine APP01' | Set-ClusterParameter CheckHeartbeat 1
Start-Sleep 300
