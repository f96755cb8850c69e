Repair-ClusterFault 'node2 - Cluster Network 3' -Fault UnplugCable
Start-Sleep 30
