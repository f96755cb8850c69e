Stop-VM SQL01 -TurnOff
Start-Sleep 30
Start-ClusterGroup SQL01
Start-Sleep 60
