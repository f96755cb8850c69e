# Live migration from the beginning, following Microsoft's guide "Hyper-V: Live Migration in Windows Server 2008 R2".
# Run it with:  fcm run resources/courses/live-migration.ps1 --fresh --speed max
# It prepares the cluster contoso, makes a virtual machine highly available, live migrates it, and shows the events.

$ErrorActionPreference = 'Stop'

# 1. Load the module. (The guide uses Add-Module, the name before Windows PowerShell 2.0 was released.)
Add-Module FailoverClusters

# 2. Validate the configuration before you enable Cluster Shared Volumes
$found = Test-Cluster | Group-Object Result
foreach ($kind in $found) { Write-Host ("Validation: {0} {1}" -f $kind.Count, $kind.Name) }

# 3. Enable Cluster Shared Volumes and add storage
(Get-Cluster).EnableSharedVolumes = "Enabled"
Add-ClusterSharedVolume -Name "Cluster Disk 2"
$path = (Get-ClusterSharedVolume "Cluster Disk 2").SharedVolumeInfo.FriendlyVolumeName

# 4. Set up a virtual machine for live migration: store its files on the shared volume, set the automatic start action to Nothing
New-VM NEW01 -ComputerName node1 -MemoryStartupBytes 1GB -NewVHDSizeBytes 20GB -Path $path -SwitchName "VM Network"; Set-VM NEW01 -AutomaticStartAction Nothing; Set-VMProcessor NEW01 -CompatibilityForMigrationEnabled $true
Add-ClusterVirtualMachineRole -VirtualMachine NEW01
Start-ClusterGroup NEW01

# 5. Configure the networks for live migration: private networks first, the network of Cluster Shared Volumes last, no client network
$private = (Get-ClusterNetwork "Cluster Network 3").Id
$shared = (Get-ClusterNetwork "Cluster Network 2").Id
$clients = (Get-ClusterNetwork "Cluster Network 1").Id
Get-ClusterResource "Virtual Machine NEW01" | Set-ClusterParameter -Multiple @{
    MigrationNetworkOrder = "$private;$shared"
    MigrationExcludeNetworks = $clients
}

# 6. Enable the analytic log, which records each step of the live migration
Wevtutil sl "Microsoft-Windows-Hyper-V-High-Availability-Analytic" /e:true /q

# 7. Live migrate the virtual machine
Get-Cluster "contoso" | Move-ClusterVirtualMachineRole -Name "NEW01" -Node "node2"
if ((Get-ClusterGroup NEW01).OwnerNode -ne 'node2') { throw "NEW01 is not on node2." }
Get-ClusterVirtualMachineMigration NEW01 | Format-List VirtualMachine, Source, Destination, Network, Passes, BlackoutSeconds

# 8. Show the most important events
Get-ClusterEvent -FilterXPath "*[System[(Level=1 or Level=2 or Level=3)]]" -MaxEvents 5 | Format-Table Id, Message
