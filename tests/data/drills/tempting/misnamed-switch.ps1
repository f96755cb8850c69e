Stop-VM WEB02
Set-VMProcessor WEB02 -CompatibilityForMigrationEnabled $true
Start-VM WEB02
Move-ClusterVirtualMachineRole WEB02 -Node node2
