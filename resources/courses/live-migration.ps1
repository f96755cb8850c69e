# Live migration: the guide
# Microsoft's guide for Windows Server 2008 R2, from an unprepared cluster to a finished live migration.

$ErrorActionPreference = 'Stop'

# 1. The cluster
Add-Module FailoverClusters

# 2. Validate the configuration
$found = Test-Cluster | Group-Object Result
foreach ($kind in $found) { Write-Host ("Validation: {0} {1}" -f $kind.Count, $kind.Name) }

# 3. Enable Cluster Shared Volumes
(Get-Cluster).EnableSharedVolumes = "Enabled"

# 4. Add storage
Add-ClusterSharedVolume -Name "Cluster Disk 2"

# 5. Create a virtual machine
$path = (Get-ClusterSharedVolume "Cluster Disk 2").SharedVolumeInfo.FriendlyVolumeName
New-VM NEW01 -ComputerName node1 -MemoryStartupBytes 1GB -NewVHDSizeBytes 20GB -Path $path -SwitchName "VM Network"
Set-VM NEW01 -AutomaticStartAction Nothing

# 6. Allow other processors
Set-VMProcessor NEW01 -CompatibilityForMigrationEnabled $true

# 7. Make it highly available
Add-ClusterVirtualMachineRole -VirtualMachine NEW01

# 8. Start it
Start-ClusterGroup NEW01

# 9. Choose networks
$private = (Get-ClusterNetwork "Cluster Network 3").Id
$shared = (Get-ClusterNetwork "Cluster Network 2").Id
$clients = (Get-ClusterNetwork "Cluster Network 1").Id
Get-ClusterResource "Virtual Machine NEW01" | Set-ClusterParameter -Multiple @{
    MigrationNetworkOrder = "$private;$shared"
    MigrationExcludeNetworks = $clients
}

# 10. Live migrate it
Get-Cluster "contoso" | Move-ClusterVirtualMachineRole -Name "NEW01" -Node "node2"

# 11. Verify the new owner
if ((Get-ClusterGroup NEW01).OwnerNode -ne 'node2') { throw "NEW01 did not arrive at node2." }
Get-ClusterVirtualMachineMigration NEW01 | Format-List VirtualMachine, Source, Destination, Network, Passes, BlackoutSeconds

# 12. Live migrate with PowerShell
Get-Cluster "contoso" | Move-ClusterVirtualMachineRole -Name "NEW01" -Node "node1"

# 13. Take a snapshot safely
Stop-VM NEW01

# 14. Gather information
Wevtutil sl "Microsoft-Windows-Hyper-V-High-Availability-Analytic" /e:true /q
Get-ClusterEvent -FilterXPath "*[System[(Level=1 or Level=2 or Level=3)]]" -MaxEvents 5 | Format-Table Id, Message
