Set-ClusterMigrationDefault -Bandwidth 100MB
Move-ClusterVirtualMachineRole CACHE01 -Node node1 -Wait 600
