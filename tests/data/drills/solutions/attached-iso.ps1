Set-VMDvdDrive APP07 -Path $null
Move-ClusterVirtualMachineRole APP07 -Node node1
