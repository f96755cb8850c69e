Get-ClusterNode
