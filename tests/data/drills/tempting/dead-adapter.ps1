Repair-ClusterFault 'Cluster Network 3' -Fault SwitchDown
