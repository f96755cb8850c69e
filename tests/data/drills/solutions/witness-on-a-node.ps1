Set-ClusterQuorum -NodeAndDiskMajority 'Spare Disk'
Start-Sleep 20
