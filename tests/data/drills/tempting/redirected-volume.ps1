Move-ClusterVirtualMachineRole WEB01 -Node node2
Move-ClusterVirtualMachineRole FILE01 -Node node2
