Set-ClusterMigrationDefault -AutoConverge
Move-ClusterVirtualMachineRole APP01 -Node node2
