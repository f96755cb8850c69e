"""Help about the shell itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from fcm.shell.cmdlets.core.selecting import pipeline_input
from fcm.shell.language.errors import CommandNotFoundError, UnsupportedError, near
from fcm.shell.runtime.absent import why_absent
from fcm.shell.runtime.execution.functions.known import KNOWN_COMMANDS
from fcm.shell.runtime.parameters import COMMON, OBJECTS, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.net.types import Declared, EnumValue, NetType
from fcm.shell.values.records import not_recognized
from fcm.shell.values.values import Lines, ShellObject, has_wildcard, wildcard
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.shell.runtime.call import Call, Cmdlet

CORE = "Core"
_TYPES: dict[type, str] = {
    **{str: "System.String", bool: "System.Boolean", int: "System.Int64", float: "System.Double"},
    **{
        list: "System.Object[]",
        dict: "System.Collections.Hashtable",
        datetime: "System.DateTime",
        timedelta: "System.TimeSpan",
    },
}
"""Names of types as Get-Member shows them."""


@cmdlet(
    "Get-Command",
    Param("Name", "texts", position=0, pipes=("Cmdlet", TEXT)),
    Param("Module", "texts"),
    Param("Noun", "texts"),
    Param("Verb", "texts"),
    synopsis="Gets the available cmdlets.",
    example="Get-Command *-ClusterNode",
    aliases=("gcm",),
    module=CORE,
)
def get_command(call: Call) -> Iterable[Any]:
    """Cmdlets by name, module, noun, verb.

    Raises:
        UnsupportedError: the built-in shell does not know whether there is such a command.
    """
    if not call.has("Name"):
        return _commands(call, "*")
    found: list[Any] = []
    for name in call.texts("Name"):
        function = call.session.variables.function(name)
        if function is not None:
            found.append(ShellObject("FunctionInfo", {"CommandType": "Function", "Name": function.name}))
            continue
        known = _commands(call, name)
        found += known
        if known or has_wildcard(name):
            continue
        others = name.casefold() in KNOWN_COMMANDS or call.session.registry.get(name) is not None
        if others or "-" not in name or why_absent(name) or call.session.variables.alias(name):
            raise UnsupportedError(f"Get-Command for {name}", "", call.at)
        missing = CommandNotFoundError("", near(name, [one.name for one in call.session.registry.cmdlets.values()]))
        missing.message, missing.target, missing.exact = not_recognized(name), name, True
        missing.at, missing.command, missing.module = call.at, call.cmdlet.name, call.cmdlet.module
        missing.known_id = "CommandNotFoundException,Microsoft.PowerShell.Commands.GetCommandCommand"
        call.session.errors.fail(missing, call.wanted)
    return found


def _commands(call: Call, name: str) -> list[Any]:
    """Cmdlets and programs of a name, or of a pattern, that fit -Module, -Noun and -Verb too."""
    found: list[Any] = []
    for one in sorted(call.session.registry.cmdlets.values(), key=lambda each: each.name):
        verb, _, noun = one.name.partition("-")
        pairs = (("Module", one.module), ("Noun", noun), ("Verb", verb))
        if _matches([name], one.name) and all(_matches(call.texts(key), value) for key, value in pairs):
            kind = "Application" if one.raw else "Cmdlet"
            found.append(
                ShellObject(
                    "Cmdlet",
                    {
                        "CommandType": kind,
                        "Name": one.name,
                        "Definition": one.synopsis,
                        "Module": one.module,
                        "Syntax": one.syntax(),
                        "Since": one.since or "2008 R2",
                    },
                )
            )
    return found


def _matches(patterns: list[str], value: str) -> bool:
    return not patterns or any(wildcard(pattern).fullmatch(value) for pattern in patterns)


@cmdlet(
    "Get-Help",
    Param("Name", position=0, pipes=("Cmdlet", TEXT)),
    Param("Full", "switch"),
    Param("Examples", "switch"),
    Param("Detailed", "switch"),
    synopsis="Displays help about a cmdlet: description, parameters and an example.",
    example="Get-Help Move-ClusterVirtualMachineRole",
    aliases=("help", "man"),
    module=CORE,
)
def get_help(call: Call) -> Iterable[Any]:
    """Help.

    Raises:
        UnsupportedError: it is about a function.
    """
    registry = call.session.registry
    if not call.has("Name"):
        return [
            "To list cmdlets, run Get-Command. For help about a cmdlet, run Get-Help NAME. To show the properties "
            "of objects, use Get-Member."
        ]
    name = call.text("Name")
    if call.session.variables.function(name) is not None:
        raise UnsupportedError("Help about a function of a script", "Read its comment.")
    found = registry.get(name)
    if found is not None:
        return [Lines(tuple(help_lines(found)))]
    known = [one for one in registry.cmdlets.values() if wildcard(name).fullmatch(one.name)]
    if known:
        return [ShellObject("Selected", {"Name": one.name, "Synopsis": one.synopsis}) for one in known]
    if why_absent(name):
        return [f"{name} is not available. {why_absent(name)}"]
    remedy = near(name, [one.name for one in registry.cmdlets.values()])
    return [f"No help found for {quoted(name)}. {remedy}".strip()]


def help_lines(found: Cmdlet) -> list[str]:
    """Help of a cmdlet."""
    origin = {"": "Windows Server 2008 R2", "fcm": "fcm only"}.get(found.since, f"Windows Server {found.since}")
    lines = ["", "NAME", f"    {found.name}", "", "SYNOPSIS", f"    {found.synopsis}", "", "SYNTAX"]
    lines += [f"    {found.syntax()}", "", "PARAMETERS"]
    for param in found.parameters:
        aliases = f" (alias {', '.join(param.aliases)})" if param.aliases else ""
        note = f"not supported: {param.absent}" if param.absent else param.help
        lines.append(f"    -{param.name} <{param.kind}>{aliases}  {note}".rstrip())
    if not found.raw:
        lines.append(f"    and {', '.join('-' + param.name for param in COMMON)}")
    if found.aliases:
        lines += ["", "ALIASES", f"    {', '.join(found.aliases)}"]
    return [*lines, "", "EXAMPLE", f"    PS C:\\> {found.example}", "", f"Source: {origin}.", ""]


@cmdlet(
    "Get-Member", Param("Name", "texts", position=0), Param("MemberType", "texts", aliases=("Type",)), OBJECTS,
    synopsis="Gets the properties of objects.",
    example="Get-Cluster | Get-Member", aliases=("gm",), module=CORE,
)  # fmt: skip
def get_member(call: Call) -> Iterable[Any]:
    """Properties of the first object of each type.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    seen: dict[str, Any] = {}
    for item in pipeline_input(call):
        if not isinstance(item, ShellObject):
            raise UnsupportedError("Get-Member for a value that is no object")
        seen.setdefault(item.type, item)
    rows = []
    kinds = [one.casefold() for one in call.texts("MemberType")]
    for kind, item in seen.items():
        made = item.type in ("Custom", "Selected")
        if made and not set(kinds) <= {"noteproperty", "properties", "property"}:
            raise UnsupportedError("Get-Member for members of this kind")
        if made and not kinds:
            raise UnsupportedError("Get-Member for an object that a script made", "Use -MemberType NoteProperty.")
        settable = {name.casefold() for name in item.setters}
        member = EnumValue(_MEMBER_TYPE, 8) if made else "Property"
        if made and "noteproperty" not in kinds and "properties" not in kinds:
            continue
        for name in sorted(item.properties):
            if _matches(call.texts("Name"), name):
                access = "{get;set;}" if name.casefold() in settable else "{get;}"
                shown = f"{_TYPES.get(type(item.properties[name]), 'System.Object')} {name} {access}"
                rows.append(
                    ShellObject("Member", {"Name": name, "MemberType": member, "Definition": shown, "TypeName": kind})
                )
    return rows


_MEMBER_TYPE = NetType(
    "System.Management.Automation.PSMemberTypes",
    declared=Declared("System.Management.Automation.PSMemberTypes", members={"NoteProperty": 8}),
)


@cmdlet(
    "Get-History", Param("Count", "whole"), synopsis="Gets the commands run in this session.", example="Get-History",
    aliases=("history", "ghy"), module=CORE,
)  # fmt: skip
def get_history(call: Call) -> Iterable[Any]:
    """History."""
    rows = [
        ShellObject("History", {"Id": number, "CommandLine": line})
        for number, line in enumerate(call.session.history, 1)
    ]
    count = call.whole("Count")
    return rows if count is None else rows[max(0, len(rows) - count) :]


@cmdlet(
    "Get-Alias", Param("Name", "texts", position=0, pipes=(TEXT,)),
    synopsis="Gets the aliases of cmdlets.", example="Get-Alias ft",
    module=CORE, aliases=("gal",),
)  # fmt: skip
def get_alias(call: Call) -> Iterable[Any]:
    """Aliases.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    registry, variables = call.session.registry, call.session.variables
    own = {name: target for scope in variables.current.chain() for name, target in scope.aliases.items()}
    known = {alias: one.name for one in registry.cmdlets.values() for alias in one.aliases} | own
    found = []
    for wanted in call.texts("Name") or ["*"]:
        pattern = wildcard(wanted)
        hits = [alias for alias in known if pattern.fullmatch(alias)]
        if not hits and not has_wildcard(wanted):
            raise UnsupportedError(f"The alias {wanted}")
        for alias in hits:
            target = known[alias]
            found.append(
                ShellObject(
                    "Alias",
                    {"Name": alias, "Definition": target, "ResolvedCommandName": target},
                    shown=("Name", "Definition"),
                )
            )
    return found
