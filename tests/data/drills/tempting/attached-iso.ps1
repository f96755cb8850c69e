Move-ClusterSharedVolume 'Volume 2' -Node node1
Move-ClusterVirtualMachineRole APP07 -Node node1
