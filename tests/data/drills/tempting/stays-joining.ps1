Start-Sleep 3600
