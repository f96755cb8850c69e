Get-ClusterNode | Out-Null
