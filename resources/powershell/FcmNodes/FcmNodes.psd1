@{
    RootModule = 'FcmNodes.psm1'
    ModuleVersion = '2.0.0.0'
    GUID = '5d1b2f0e-8f0a-4f0e-9d59-0c1f6a7b3e03'
    Author = 'The fcm project'
    Description = 'FcmNodes on the clusters of fcm'
    PowerShellVersion = '5.1'
    RequiredModules = @('Fcm')
    FunctionsToExport = @(
        'Clear-EventLog',
        'Get-CimInstance',
        'Get-Service',
        'Get-WinEvent',
        'Get-WmiObject',
        'Invoke-Command',
        'Restart-Computer',
        'Stop-Computer'
    )
    AliasesToExport = @('gcim', 'gwmi', 'icm')
    CmdletsToExport = @()
    VariablesToExport = @()
}
