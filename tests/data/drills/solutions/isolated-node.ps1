(Get-Cluster).ResiliencyDefaultPeriod = 0
Start-Sleep 300
