Repair-ClusterFault 'node3 - Cluster Network 1' -Fault UnplugCable
Repair-ClusterFault 'node3 - Cluster Network 2' -Fault UnplugCable
Repair-ClusterFault 'node3 - Cluster Network 3' -Fault UnplugCable
Start-Sleep 200
