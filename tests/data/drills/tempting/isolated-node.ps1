(Get-Cluster).SameSubnetThreshold = 5
