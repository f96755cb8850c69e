# -WhatIf changes nothing, whether it is given or preferred; -Confirm:$false asks nobody.
Suspend-ClusterNode node3 -WhatIf
if ("$((Get-ClusterNode node3).State)" -ne 'Up') { throw '-WhatIf was carried out.' }
$WhatIfPreference = $true
Suspend-ClusterNode node3
$WhatIfPreference = $false
if ("$((Get-ClusterNode node3).State)" -ne 'Up') { throw 'The preference was not respected.' }
Stop-VM DC01 -TurnOff -Confirm:$false
if ("$((Get-VM DC01).State)" -ne 'Off') { throw 'Stop-VM did nothing.' }
'-WhatIf and -Confirm are right'
