Get-ClusterResource 'Virtual Machine FILE01' | Set-ClusterParameter CheckHeartbeat 0
Start-Sleep 60
