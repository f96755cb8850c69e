Move-ClusterVirtualMachineRole CACHE01 -Node node1 -AutoConverge
