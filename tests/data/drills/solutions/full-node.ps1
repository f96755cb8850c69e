Move-ClusterVirtualMachineRole APP01 -Node node3 -Wait 300
Move-ClusterVirtualMachineRole SQL01 -Node node2
