Repair-ClusterFault 'node3 - Cluster Network 1' -Fault UnplugCable
Start-Sleep 200
