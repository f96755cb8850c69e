(Get-ClusterGroup DC03).AntiAffinityClassNames = ''
Move-ClusterVirtualMachineRole DC03 -Node node1
