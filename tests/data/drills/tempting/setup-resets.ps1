Stop-VM FILE01 -TurnOff
Start-Sleep 10
Start-ClusterGroup FILE01
Start-Sleep 60
