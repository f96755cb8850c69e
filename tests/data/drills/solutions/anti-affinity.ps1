Resume-ClusterNode node3
Move-ClusterVirtualMachineRole DC03 -Node node3
