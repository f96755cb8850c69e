"""Writes the modules FailoverClusters and Hyper-V, by which a real PowerShell uses fcm's cmdlets, from the registry.

The functions are thin: they name their parameters and hand everything to ``Invoke-Fcm`` (resources/powershell/Fcm).
What binds the pipeline, completes names and asks for confirmation is the server. Where a cmdlet of Microsoft's modules
has no counterpart there is a function of its name that says so: PowerShell would load the real module for it, and
from then on every cmdlet would act on a real cluster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.resources import path
from fcm.shell import cmdlets
from fcm.shell.runtime.absent import ABSENT, why_absent
from fcm.shell.runtime.registry import REGISTRY
from fcm.shell.values.enumerations import ENUMERATIONS, namespace
from fcm.shell.values.formatting import VIEWS
from fcm.text.markup import escape
from fcm.text.textfile import TEXT, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.shell.runtime.call import Cmdlet
    from fcm.shell.runtime.parameters import Param

VERSION = "2.0.0.0"
"""That of Microsoft's FailoverClusters module, for scripts that require it."""
MODULES: dict[str, tuple[tuple[str, ...], str]] = {
    "FailoverClusters": (("FailoverClusters", "fcm", "Programs"), "5d1b2f0e-8f0a-4f0e-9d59-0c1f6a7b3e01"),
    "Hyper-V": (("Hyper-V",), "5d1b2f0e-8f0a-4f0e-9d59-0c1f6a7b3e02"),
    "FcmNodes": (
        tuple(f"Microsoft.PowerShell.{part}" for part in ("Management", "Diagnostics", "Core", "Cim")),
        "5d1b2f0e-8f0a-4f0e-9d59-0c1f6a7b3e03",
    ),
}
"""Module: which of the registry's modules it has, and its GUID. FcmNodes has cmdlets of Windows itself, on nodes."""
_ALONE = "-not $PSBoundParameters.ContainsKey('ComputerName')"
_ELSEWHERE = f"{_ALONE} -and \"$Namespace\" -notmatch 'mscluster|virtualization'"
_BLOCK_FIRST = (
    "if ($ComputerName -is [scriptblock]) { $PSBoundParameters['ScriptBlock'] = $ComputerName; "
    "$null = $PSBoundParameters.Remove('ComputerName') }"
)
"""A block alone stands in the place of the computers."""
_LOCAL = {
    "Get-Service": (
        f"{_ALONE} -and -not @($Name | Where-Object {{ $_ -in 'ClusSvc', 'vmms' }})",
        "Microsoft.PowerShell.Management",
    ),
    "Get-CimInstance": (_ELSEWHERE, "CimCmdlets"),
    "Get-WmiObject": (_ELSEWHERE, "Microsoft.PowerShell.Management"),
    "Invoke-Command": (f"{_ALONE} -or $ComputerName -is [scriptblock]", "Microsoft.PowerShell.Core"),
}
"""Cmdlets that may be about this computer: when, and the module of Windows that has the cmdlet then."""
LOOKS = ("Get-", "Measure-", "Test-")
"""How the names of cmdlets begin that change nothing: they have no -WhatIf."""
_PROPERTY = {
    ("ClusterResource", "Group"): "OwnerGroup",
    ("ClusterSharedVolume", "Node"): "OwnerNode",
    ("ClusterParameter", "Object"): "ClusterObject",
    ("ClusterParameter", "Type"): "ParameterType",
    ("VirtualMachine", "MemoryAssigned(M)"): "MemoryAssignedMB",
    ("ClusterFailoverTest", "Away(s)"): "AwaySeconds",
    ("ClusterFailoverTest", "Booted(s)"): "BootedSeconds",
}
"""Properties of columns that are titled otherwise."""
_COMPUTED = {
    ("ClusterResource", "State"): "\"$($_.State)$(if ($_.MaintenanceMode) { '(Maintenance)' })\"",
    ("Migration", "Left(M)"): "[math]::Round($_.BytesRemaining / 1MB)",
    ("Migration", "M/s"): "[math]::Round($_.BytesPerSecond / 1MB)",
    ("Migration", "Forecast"): "$_.ForecastVerdict",
}
"""Columns that no property is."""
_KINDS = {"switch": "[switch]", "block": "[scriptblock]"}
"""Types of parameters; all others take what comes, for names may be objects."""


def module_files() -> dict[str, str]:
    """The text of each generated file, by its path below resources/powershell."""
    cmdlets.load()
    found = {"Fcm/Fcm.format.ps1xml": _views(), "Fcm/Enumerations.ps1": _enumerations()}
    for name, (of, guid) in MODULES.items():
        known = sorted((one for one in REGISTRY.cmdlets.values() if one.module in of), key=lambda one: one.name)
        lacking = _lacking(name, known)
        aliases = [(alias, one.name) for one in known for alias in one.aliases]
        body = [_head(name), *map(_function, known), *map(_absent, lacking)]
        body += [f"Set-Alias {alias} {of_whom} -WhatIf:$false -Confirm:$false\n" for alias, of_whom in aliases]
        body.append("Export-ModuleMember -Function * -Alias *\n")
        found[f"{name}/{name}.psm1"] = "".join(body)
        names = [one.name for one in known] + lacking
        found[f"{name}/{name}.psd1"] = _manifest(name, guid, names, [alias for alias, _ in aliases])
    return found


def microsoft_names(module: str) -> list[str]:
    """Names of the cmdlets of Microsoft's module, of all versions; where they are from stands in the file."""
    if module == "FcmNodes":
        return []
    text = read_text(path("powershell", module, "names.txt"), TEXT)
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _lacking(module: str, known: Iterable[Cmdlet]) -> list[str]:
    """Names that Microsoft's module has, or had in Windows Server 2008 R2, and fcm has not."""
    have = {one.name.casefold() for one in known}
    nouns = {name: name.partition("-")[2] for name in ABSENT}
    clustered = [name for name, noun in nouns.items() if noun.startswith("Cluster")]
    named = {one.casefold(): one for one in microsoft_names(module)}
    if module == "FailoverClusters":
        named |= {one.casefold(): one for one in clustered}
    return sorted((name for fold, name in named.items() if fold not in have), key=str.casefold)


def _head(name: str) -> str:
    return (
        f"# {name} on the clusters of fcm. Written by packaging/powershell_modules.py; do not edit it.\n"
        "# Everything that it does is done by Invoke-Fcm, in the module Fcm beside it.\n"
    )


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


def _parameter(cmdlet: Cmdlet, param: Param) -> str:
    """One declaration."""
    about = [f"Position={param.position}"] if param.position is not None and not param.rest else []
    about += ["ValueFromRemainingArguments=$true"] if param.rest else []
    about += ["ValueFromPipeline=$true"] if param.name == "InputObject" else []
    # A parameter that the pipeline can give as well is needed only by the server.
    about += ["Mandatory=$true"] if param.needed and not param.pipes else []
    alias = f"[Alias({', '.join(map(_quoted, param.aliases))})]" if param.aliases else ""
    completer = ""
    if param.kind in ("text", "texts") and not param.absent:
        completer = "[ArgumentCompleter({ param($command, $parameter, $word) Complete-Fcm $command $parameter $word })]"
    kind = _KINDS.get(param.kind, "[object]")
    return f"        [Parameter({', '.join(about)})]{alias}{completer}{kind}${{{param.name}}}"


def _function(cmdlet: Cmdlet) -> str:
    """One cmdlet as a function."""
    if cmdlet.raw:
        return _program(cmdlet)
    params = [_parameter(cmdlet, one) for one in cmdlet.parameters]
    piped = "InputObject"
    if not any(one.name == piped for one in cmdlet.parameters):
        piped = "PipedObject"
        params.append("        [Parameter(ValueFromPipeline=$true, DontShow)][object]${PipedObject}")
    local = ""
    if cmdlet.name in _LOCAL:
        when, whose = _LOCAL[cmdlet.name]
        prepare = f"            {_BLOCK_FIRST}\n" if cmdlet.name == "Invoke-Command" else ""
        local = f"""        if (-not $MyInvocation.ExpectingInput -and ({when})) {{
            # It is about this computer, and changes nothing of a cluster.
{prepare}            & '{whose}\\{cmdlet.name}' @PSBoundParameters
            return
        }}
"""
    changes = "" if cmdlet.name.startswith(LOOKS) else "SupportsShouldProcess=$true"
    declared = ",\n".join(params)
    return f"""
function {cmdlet.name} {{
    <#
    .SYNOPSIS
    {_comment(cmdlet.synopsis)}
{_parameter_help(cmdlet)}    .EXAMPLE
    {_comment(cmdlet.example)}
    #>
    [CmdletBinding({changes})]
    param(
{declared}
    )
    process {{
{local}        $bound = @{{}} + $PSBoundParameters
        $given = @()
        if ($MyInvocation.ExpectingInput) {{
            $given = @(, $bound['{piped}'])
            $bound.Remove('{piped}')
        }}
        Invoke-Fcm $PSCmdlet '{cmdlet.name}' $bound $given $MyInvocation.ExpectingInput
    }}
}}
"""


def _parameter_help(cmdlet: Cmdlet) -> str:
    """What Get-Help -Parameter says: the texts of the built-in shell's help."""
    told = [(one.name, f"Not supported: {one.absent}" if one.absent else one.help) for one in cmdlet.parameters]
    return "".join(f"    .PARAMETER {name}\n    {_comment(words)}\n" for name, words in told if words)


def _program(cmdlet: Cmdlet) -> str:
    """A program such as wevtutil: all words are its own, dashes too, so it is no advanced function."""
    return f"""
function {cmdlet.name} {{
    # {_comment(cmdlet.synopsis)}
    Invoke-FcmProgram $ExecutionContext.SessionState '{cmdlet.name}' $args
}}
"""


def _absent(name: str) -> str:
    """A cmdlet of Windows that fcm does not have."""
    said = f"fcm does not have {name}. {why_absent(name) or 'Its clusters have nothing that it could work on.'}"
    return f"""
function {name} {{
    $why = New-Object NotSupportedException {_quoted(said)}
    throw (New-Object System.Management.Automation.ErrorRecord $why, 'Absent', 'NotImplemented', $null)
}}
"""


def _comment(words: str) -> str:
    return words.replace("#>", "# >").replace("\n", " ")


def _views() -> str:
    """The tables of the types."""
    out = ['<?xml version="1.0" encoding="utf-8"?>', "<Configuration><ViewDefinitions>"]
    for kind, columns in VIEWS.items():
        heads, cells = [], []
        for one in columns:
            side = "<Alignment>Right</Alignment>" if one.right else ""
            computed = _COMPUTED.get((kind, one.title))
            shown = (
                f"<ScriptBlock>{escape(computed)}</ScriptBlock>"
                if computed
                else f"<PropertyName>{escape(_PROPERTY.get((kind, one.title), one.title))}</PropertyName>"
            )
            heads.append(f"<TableColumnHeader><Label>{escape(one.title)}</Label>{side}</TableColumnHeader>")
            cells.append(f"<TableColumnItem>{side}{shown}</TableColumnItem>")
        out.append(
            f"<View><Name>{kind}</Name><ViewSelectedBy><TypeName>Fcm.{kind}</TypeName></ViewSelectedBy><TableControl>"
            f"<TableHeaders>{''.join(heads)}</TableHeaders><TableRowEntries><TableRowEntry><TableColumnItems>"
            f"{''.join(cells)}</TableColumnItems></TableRowEntry></TableRowEntries></TableControl></View>"
        )
    return "\n".join([*out, "</ViewDefinitions></Configuration>", ""])


def _enumerations() -> str:
    """The enumerations as types, by the names that scripts call them by as well."""
    parts = [
        "# Enumerations of Microsoft's modules. Written by packaging/powershell_modules.py; do not edit it.\n"
        "# Its output: the types by their names.\n"
    ]
    for kind, members in ENUMERATIONS.items():
        lines = "".join(f"    {name} = {number}\n" for name, number in members.items())
        parts.append(f"\nenum {kind} {{\n{lines}}}\n")
    parts.append("\n$accelerators = [psobject].Assembly.GetType('System.Management.Automation.TypeAccelerators')\n")
    for kind in ENUMERATIONS:
        parts.append(f"$accelerators::Add('{namespace(kind)}.{kind}', [{kind}])\n")
    listed = "\n".join(f"    {kind} = [{kind}]" for kind in ENUMERATIONS)
    return "".join([*parts, f"\n@{{\n{listed}\n}}\n"])


def _manifest(name: str, guid: str, functions: list[str], aliases: list[str]) -> str:
    """NAME.psd1: with the names written out PowerShell finds the module by itself when a cmdlet is used."""
    listed = ",\n        ".join(map(_quoted, functions))
    return f"""@{{
    RootModule = '{name}.psm1'
    ModuleVersion = '{VERSION}'
    GUID = '{guid}'
    Author = 'The fcm project'
    Description = '{name} on the clusters of fcm'
    PowerShellVersion = '5.1'
    RequiredModules = @('Fcm')
    FunctionsToExport = @(
        {listed}
    )
    AliasesToExport = @({", ".join(map(_quoted, aliases))})
    CmdletsToExport = @()
    VariablesToExport = @()
}}
"""
