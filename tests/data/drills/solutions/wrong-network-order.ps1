$order = 'Cluster Network 3', 'Cluster Network 2', 'Cluster Network 1', 'Cluster Network 4' | ForEach-Object { (Get-ClusterNetwork $_).Id }
Get-ClusterResource 'Virtual Machine APP01' | Set-ClusterParameter MigrationNetworkOrder ($order -join ';')
Move-ClusterVirtualMachineRole APP01 -Node node2
