Connect-VMNetworkAdapter WEB02 -SwitchName 'VM Network'
Move-ClusterVirtualMachineRole WEB02 -Node node2
