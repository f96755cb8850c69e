@{
    RootModule = 'Fcm.psm1'
    ModuleVersion = '2.0.0.0'
    GUID = '5d1b2f0e-8f0a-4f0e-9d59-0c1f6a7b3e00'
    Author = 'The fcm project'
    Description = 'The way from PowerShell to fcm'
    PowerShellVersion = '5.1'
    FormatsToProcess = @('Fcm.format.ps1xml')
    FunctionsToExport = @('Invoke-Fcm', 'Invoke-FcmProgram', 'Complete-Fcm', 'Show-FcmGrid')
    CmdletsToExport = @()
    VariablesToExport = @()
    AliasesToExport = @('Out-GridView', 'ogv')
}
