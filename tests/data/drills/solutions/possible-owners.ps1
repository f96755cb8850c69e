Set-ClusterOwnerNode -Resource 'Virtual Machine SQL01' -Owners node1, node2, node3
Set-ClusterOwnerNode -Resource 'Virtual Machine Configuration SQL01' -Owners node1, node2, node3
Move-ClusterVirtualMachineRole SQL01 -Node node3
