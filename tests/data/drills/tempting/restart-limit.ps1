Repair-ClusterFault 'SQL Disk' -Fault LoseLun
