(Get-Cluster).SameSubnetThreshold = 20
Start-ClusterNode node3
Start-Sleep 200
