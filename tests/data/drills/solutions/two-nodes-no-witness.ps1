Repair-ClusterFault node2 -Fault PowerOff
Start-Sleep 300
Set-ClusterQuorum -NodeAndDiskMajority 'Spare Disk'
Start-Sleep 120
