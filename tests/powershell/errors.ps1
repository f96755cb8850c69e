# Errors can be caught, have a category, and do not end the pipeline unless that is wanted.
$caught = $null
try { Get-VM NOSUCH -ErrorAction Stop } catch { $caught = $_ }
if (-not $caught) { throw 'The error was not caught.' }
if ("$($caught.CategoryInfo.Category)" -ne 'ObjectNotFound') { throw "The category is $($caught.CategoryInfo.Category)." }
if ("$caught" -notlike '*NOSUCH*') { throw "The error says: $caught" }
$found = @('NOSUCH', 'DC01' | Get-VM -ErrorAction SilentlyContinue)
if ($found.Count -ne 1) { throw "One wrong name left $($found.Count) machines." }
'errors are right'
