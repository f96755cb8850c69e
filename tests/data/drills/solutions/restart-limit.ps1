Start-ClusterResource 'SQL Disk'
Start-Sleep 60
