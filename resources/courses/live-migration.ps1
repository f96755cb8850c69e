# Live migration from nothing, as Microsoft's guide "Hyper-V: Live Migration in Windows Server 2008 R2" walks it.
# Run it with:  fcm run resources/courses/live-migration.ps1 --fresh --speed max
# It prepares the cluster contoso, makes a machine highly available, moves it live, and gathers the logs.

$ErrorActionPreference = 'Stop'

# 1. The module (the guide prints Add-Module, a name from before the release of Windows PowerShell 2.0)
Add-Module FailoverClusters

# 2. Validate the configuration before Cluster Shared Volumes are configured
$found = Test-Cluster | Group-Object Result
foreach ($kind in $found) { Write-Host ("Validation: {0} {1}" -f $kind.Count, $kind.Name) }

# 3. Enable Cluster Shared Volumes and add storage
(Get-Cluster).EnableSharedVolumes = "Enabled"
Add-ClusterSharedVolume -Name "Cluster Disk 2"
$path = (Get-ClusterSharedVolume "Cluster Disk 2").SharedVolumeInfo.FriendlyVolumeName

# 4. Set up a virtual machine for live migration: files on the shared volume, automatic start action Nothing
New-VM NEW01 -ComputerName node1 -MemoryStartupBytes 1GB -NewVHDSizeBytes 20GB -Path $path -SwitchName "VM Network"; Set-VM NEW01 -AutomaticStartAction Nothing; Set-VMProcessor NEW01 -CompatibilityForMigrationEnabled $true
Add-ClusterVirtualMachineRole -VirtualMachine NEW01
Start-ClusterGroup NEW01

# 5. Networks for live migration: private ones first, the network of Cluster Shared Volumes last, clients' excluded
$private = (Get-ClusterNetwork "Cluster Network 3").Id
$shared = (Get-ClusterNetwork "Cluster Network 2").Id
$clients = (Get-ClusterNetwork "Cluster Network 1").Id
Get-ClusterResource "Virtual Machine NEW01" | Set-ClusterParameter -Multiple @{
    MigrationNetworkOrder = "$private;$shared"
    MigrationExcludeNetworks = $clients
}

# 6. The detailed log of what follows
Wevtutil sl "Microsoft-Windows-Hyper-V-High-Availability-Analytic" /e:true /q

# 7. Live migration
Get-Cluster "contoso" | Move-ClusterVirtualMachineRole -Name "NEW01" -Node "node2"
if ((Get-ClusterGroup NEW01).OwnerNode -ne 'node2') { throw "NEW01 did not arrive at node2." }
Get-ClusterVirtualMachineMigration NEW01 | Format-List VirtualMachine, Source, Destination, Network, Passes, BlackoutSeconds

# 8. What happened
Get-ClusterEvent -FilterXPath "*[System[(Level=1 or Level=2 or Level=3)]]" -MaxEvents 5 | Format-Table Id, Message
