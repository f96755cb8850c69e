"""Commands that PowerShell has and the built-in shell may not have: to go on as if there were none would be wrong."""

from __future__ import annotations

_CORE = """
Add-History Add-Member Add-Type Clear-Content Clear-History Clear-Host Clear-Item Clear-ItemProperty Clear-Variable
Compare-Object Connect-PSSession Convert-Path ConvertFrom-CliXml ConvertFrom-Csv ConvertFrom-Json ConvertFrom-Markdown
ConvertFrom-SecureString ConvertFrom-StringData ConvertTo-CliXml ConvertTo-Csv ConvertTo-Html ConvertTo-Json
ConvertTo-SecureString ConvertTo-Xml Copy-Item Copy-ItemProperty Debug-Job Debug-Process Disable-PSBreakpoint
Disconnect-PSSession Enable-PSBreakpoint Enter-PSSession Exit-PSSession Export-Alias Export-Clixml Export-Csv
Export-FormatData Export-ModuleMember ForEach-Object Format-Custom Format-Hex Format-List Format-Table Format-Wide
Get-Acl Get-Alias Get-ChildItem Get-CimClass Get-CimInstance Get-Clipboard Get-ComputerInfo Get-Content Get-Counter
Get-Credential Get-Culture Get-Date Get-Error Get-Event Get-EventLog Get-EventSubscriber Get-ExecutionPolicy
Get-ExperimentalFeature Get-FileHash Get-FormatData Get-Help Get-History Get-Host Get-HotFix Get-Item Get-ItemProperty
Get-ItemPropertyValue Get-Job Get-Location Get-MarkdownOption Get-Member Get-Module Get-PSBreakpoint Get-PSCallStack
Get-PSDrive Get-PSHostProcessInfo Get-PSProvider Get-PSSession Get-PSSubsystem Get-Process Get-Random Get-Runspace
Get-SecureRandom Get-Service Get-TimeZone Get-TraceSource Get-TypeData Get-UICulture Get-Unique Get-Uptime
Get-Variable Get-Verb Get-WinEvent Get-WmiObject Group-Object Import-Alias Import-Clixml Import-Csv
Import-LocalizedData Import-Module Import-PowerShellDataFile Invoke-Command Invoke-Expression Invoke-History
Invoke-Item Invoke-RestMethod Invoke-WebRequest Invoke-WmiMethod Join-Path Join-String Measure-Command Measure-Object
Move-Item Move-ItemProperty New-Alias New-Event New-Guid New-Item New-ItemProperty New-Module New-ModuleManifest
New-Object New-PSDrive New-PSSession New-PSSessionOption New-Service New-TemporaryFile New-TimeSpan New-Variable
Out-Default Out-File Out-GridView Out-Host Out-Null Out-Printer Out-String Pop-Location Push-Location Read-Host
Receive-Job Register-ArgumentCompleter Register-EngineEvent Register-ObjectEvent Remove-Alias Remove-Event
Remove-Item Remove-ItemProperty Remove-Job Remove-Module Remove-PSBreakpoint Remove-PSDrive Remove-PSSession
Remove-TypeData Remove-Variable Rename-Computer Rename-Item Rename-ItemProperty Resolve-Path Restart-Computer
Restart-Service Save-Help Select-Object Select-String Select-Xml Send-MailMessage Set-Acl Set-Alias Set-Clipboard
Set-Content Set-Date Set-ExecutionPolicy Set-Item Set-ItemProperty Set-Location Set-MarkdownOption Set-PSBreakpoint
Set-PSDebug Set-Service Set-StrictMode Set-TimeZone Set-TraceSource Set-Variable Show-Command Show-Markdown
Sort-Object Split-Path Start-Job Start-Process Start-Service Start-Sleep Start-ThreadJob Start-Transcript
Stop-Computer Stop-Job Stop-Process Stop-Service Stop-Transcript Switch-Process Tee-Object Test-Connection
Test-Json Test-ModuleManifest Test-NetConnection Test-Path Test-WSMan Trace-Command Unblock-File
Unregister-Event Update-FormatData Update-Help Update-List Update-TypeData Wait-Debugger Wait-Event Wait-Job
Wait-Process Where-Object Write-Debug Write-Error Write-EventLog Write-Host Write-Information Write-Output
Write-Progress Write-Verbose Write-Warning Get-PSReadLineOption Set-PSReadLineOption Find-Module Install-Module
Get-Package Find-Package Install-Package Compress-Archive Expand-Archive Get-Command
"""
_ALIASES = """
ac cat cd chdir clc clear clhy cli clp cls clv cnsn compare copy cp cpi cpp cvpa dbp del diff dir dnsn ebp echo epal
epcsv erase etsn exsn fc fhx fl foreach ft fw gal gbp gc gcb gci gcm gcs gdr gerr ghy gi gin gjb gl gm gmo gp gps gpv
group gsn gsv gtz gu gv h history icm iex ihy ii ipal ipcsv ipmo irm iwr kill lp ls man md measure mi mount move mp
mv nal ndr ni nmo nsn nv ogv oh pause popd ps pushd pwd r rbp rcjb rcsn rd rdr ren ri rjb rm rmdir rmo rni rnp rp rsn
rv rvpa sajb sal saps sasv sbp scb select set shcm si sl sleep sls sort sp spjb spps spsv start stz sv tee type where
wjb write
"""
_PROGRAMS = """
arp attrib bash bcdedit certutil chkdsk cmd curl diskpart driverquery expand fsutil ftp getmac git gpresult gpupdate
hostname icacls ipconfig iscsicli net netdom netsh netstat nltest notepad nslookup ping powershell pwsh python reg
robocopy route sc schtasks setx shutdown ssh systeminfo takeown tar taskkill tasklist tracert vssadmin wbadmin wget
whoami winrm wmic xcopy uname printf grep sed awk find sh true false env id date touch mkdir
"""
KNOWN_COMMANDS = frozenset(word.casefold() for words in (_CORE, _ALIASES, _PROGRAMS) for word in words.split())
"""Cmdlets of PowerShell's own modules, their aliases and programs, in small letters."""
