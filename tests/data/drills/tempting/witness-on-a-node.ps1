Set-ClusterQuorum -NodeAndFileShareMajority '\\node2\witness'
Start-Sleep 20
