Stop-VM SQL01
Set-VMProcessor SQL01 -CompatibilityForMigrationEnabled $true
Start-VM SQL01
Move-ClusterVirtualMachineRole SQL01 -Node node2
