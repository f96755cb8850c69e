@{
    RootModule = 'Hyper-V.psm1'
    ModuleVersion = '2.0.0.0'
    GUID = '5d1b2f0e-8f0a-4f0e-9d59-0c1f6a7b3e02'
    Author = 'The fcm project'
    Description = 'Hyper-V on the clusters of fcm'
    PowerShellVersion = '5.1'
    RequiredModules = @('Fcm')
    FunctionsToExport = @(
        'Checkpoint-VM',
        'Connect-VMNetworkAdapter',
        'Disconnect-VMNetworkAdapter',
        'Get-VM',
        'Get-VMSnapshot',
        'Measure-VMMemoryWrite',
        'New-VM',
        'Remove-VM',
        'Remove-VMSnapshot',
        'Restore-VMSnapshot',
        'Save-VM',
        'Set-VM',
        'Set-VMDvdDrive',
        'Set-VMMemory',
        'Set-VMProcessor',
        'Start-VM',
        'Stop-VM',
        'Suspend-VM',
        'Compare-VM',
        'Disable-VMMigration',
        'Enable-VMMigration',
        'Export-VM',
        'Get-VMHost',
        'Import-VM',
        'Measure-VM',
        'Move-VM',
        'Move-VMStorage',
        'New-VHD',
        'Set-VMHost',
        'Set-VMMigrationNetwork'
    )
    AliasesToExport = @('Resume-VM')
    CmdletsToExport = @()
    VariablesToExport = @()
}
