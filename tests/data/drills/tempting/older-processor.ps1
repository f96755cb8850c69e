Stop-VM SQL01
Set-VMMemory SQL01 -StartupBytes 2GB
Start-VM SQL01
Move-ClusterVirtualMachineRole SQL01 -Node node3
