Move-ClusterVirtualMachineRole SQL01 -Node node1 -Wait 300
(Get-ClusterGroup SQL01).AutoFailbackType = 1
