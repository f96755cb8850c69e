Set-ClusterOwnerNode -Group SQL01 -Owners node3, node1
Move-ClusterVirtualMachineRole SQL01 -Node node3
