"""Variables, aliases, functions and blocks: what scripts do with the session itself."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fcm.shell.cmdlets.core.files import _drive
from fcm.shell.cmdlets.core.selecting import core_error, pipeline_input
from fcm.shell.language import tree
from fcm.shell.language.errors import ParameterError, UnsupportedError
from fcm.shell.runtime.execution.strict import VERSION
from fcm.shell.runtime.execution.variables import CONSTANT, CONSTANTS, READ_ONLY
from fcm.shell.runtime.parameters import ANY, OBJECTS, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.layout.display import display_properties, display_sets
from fcm.shell.values.values import NOTHING, ShellObject, has_wildcard, text, wildcard

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.shell.runtime.call import Call
    from fcm.shell.runtime.execution.variables import Scope

CORE = "Core"
_SCOPE = Param("Scope")
_FORCE = Param("Force", "switch")


def _scope(call: Call) -> Scope:
    """The scope that -Scope means."""
    variables = call.session.variables
    word = call.text("Scope").casefold()
    if word in ("", "local", "0"):
        return variables.current
    if word == "global":
        return variables.outermost
    if word == "script":
        return next((one for one in variables.current.chain() if one.is_file), variables.outermost)
    if word.isdigit():
        return variables.up(int(word))
    raise ParameterError(f"-Scope {word} is not valid.", "Use Global, Local, Script or a number.")


@cmdlet(
    "Get-Variable",
    Param("Name", "texts", position=0, pipes=(TEXT,)),
    Param("ValueOnly", "switch"),
    _SCOPE,
    synopsis="Gets variables and their values.",
    example="Get-Variable Error*",
    aliases=("gv",),
    module=CORE,
)
def get_variable(call: Call) -> Iterable[Any]:
    """Variables by name."""
    variables = call.session.variables
    found: list[tuple[str, Any]] = []
    for name in call.texts("Name") or ["*"]:
        if has_wildcard(name):
            pattern = wildcard(name)
            every = sorted(one for one in variables if pattern.fullmatch(one) and not one.startswith("<"))
            found += [(one, variables[one]) for one in every]
            continue
        holder = _scope(call) if call.has("Scope") else variables.holder(name)
        if name.casefold() in CONSTANTS:
            found.append((name, CONSTANTS[name.casefold()]))
        elif holder is None or name.casefold() not in holder.values:
            error = core_error(
                call, f"Cannot find a variable with the name '{name}'.", "VariableNotFound", "ObjectNotFound"
            )
            call.session.errors.fail(error, call.wanted)
        else:
            value = holder.values[name.casefold()]
            found.append((name, None if value is NOTHING else value))
    if call.switch("ValueOnly"):
        return [value for _, value in found]
    return [ShellObject("Variable", {"Name": name, "Value": value}) for name, value in found]


_OPTION = Param("Option")


def _set(call: Call, name: str, value: Any, scope: Scope) -> None:
    key = name.casefold()
    if key in CONSTANTS:
        raise core_error(
            call, f"Cannot overwrite variable {name} because it is read-only or constant.", "VariableNotWritable"
        )
    if scope.options.get(key) == READ_ONLY and call.switch("Force"):
        del scope.options[key]
    call.session.variables.store(scope, key, value, name)
    option = call.text("Option").casefold()
    if option in ("readonly", "constant"):
        scope.options[key] = READ_ONLY if option == "readonly" else CONSTANT
    elif option not in ("", "none"):
        raise UnsupportedError(f"-Option {option}")


@cmdlet(
    "Set-Variable",
    Param("Name", "texts", position=0, needed=True),
    Param("Value", "any", position=1, pipes=(ANY,)),
    _OPTION,
    _SCOPE,
    _FORCE,
    Param("Description"),
    Param("PassThru", "switch"),
    synopsis="Sets the value of a variable.",
    example="Set-Variable Node node2",
    aliases=("sv", "set"),
    module=CORE,
)
def set_variable(call: Call) -> Iterable[Any]:
    """Set."""
    value = call.values.get("Value")
    if call.has_input:
        value = call.input[0] if len(call.input) == 1 else list(call.input)
    for name in call.texts("Name"):
        scope = _scope(call)
        if not call.has("Scope"):
            scope = call.session.variables.current
        _set(call, name, value, scope)
    names = call.texts("Name") if call.switch("PassThru") else []
    return [ShellObject("Variable", {"Name": name, "Value": value}) for name in names]


@cmdlet(
    "New-Variable",
    Param("Name", position=0, needed=True),
    Param("Value", "any", position=1),
    _OPTION,
    _SCOPE,
    _FORCE,
    Param("Description"),
    synopsis="Creates a variable.",
    example="New-Variable Node node2",
    aliases=("nv",),
    module=CORE,
)
def new_variable(call: Call) -> Iterable[Any]:
    """A new one."""
    name, scope = call.text("Name"), _scope(call)
    if name.casefold() in scope.values and not call.switch("Force"):
        raise core_error(
            call, f"A variable with name '{name}' already exists.", "VariableAlreadyExists", "ResourceExists"
        )
    _set(call, name, call.values.get("Value"), scope)
    return []


@cmdlet(
    "Remove-Variable", Param("Name", "texts", position=0, needed=True), _SCOPE, _FORCE,
    synopsis="Removes variables.", example="$Node = 1; Remove-Variable Node", aliases=("rv",), module=CORE,
)  # fmt: skip
def remove_variable(call: Call) -> Iterable[Any]:
    """Remove.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    for name in call.texts("Name"):
        if has_wildcard(name):
            raise UnsupportedError("Remove-Variable with a wildcard")
        key = name.casefold()
        holder = _scope(call) if call.has("Scope") else call.session.variables.holder(name)
        if holder is None or key not in holder.values:
            error = core_error(
                call, f"Cannot find a variable with the name '{name}'.", "VariableNotFound", "ObjectNotFound"
            )
            call.session.errors.fail(error, call.wanted)
            continue
        option = holder.options.get(key)
        if option == CONSTANT or (option == READ_ONLY and not call.switch("Force")):
            error = core_error(
                call,
                f"Cannot remove variable {name} because it is constant or read-only. If the variable is read-only, try "
                "the operation again specifying the Force option.",
                "VariableNotRemovable",
                "WriteError",
            )
            call.session.errors.fail(error, call.wanted)
            continue
        for table in (holder.values, holder.options, holder.guards):
            table.pop(key, None)
    return []


@cmdlet(
    "Clear-Variable", Param("Name", "texts", position=0, needed=True), _SCOPE, _FORCE,
    synopsis="Sets variables to $null.", example="Clear-Variable Node", aliases=("clv",), module=CORE,
)  # fmt: skip
def clear_variable(call: Call) -> Iterable[Any]:
    """Empty."""
    for name in call.texts("Name"):
        holder = call.session.variables.holder(name)
        if holder is not None:
            call.session.variables.store(holder, name.casefold(), None, name)
    return []


# aliases


@cmdlet(
    "Set-Alias", Param("Name", position=0, needed=True), Param("Value", position=1, needed=True), _SCOPE, _FORCE,
    Param("Option"), synopsis="Gives a command another name.", example="Set-Alias gcx Get-ClusterNode",
    aliases=("sal",), module=CORE,
)  # fmt: skip
def set_alias(call: Call) -> Iterable[Any]:
    """Another name.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    if call.has("Option"):
        raise UnsupportedError("Set-Alias -Option")
    _scope(call).aliases[call.text("Name").casefold()] = call.text("Value")
    return []


@cmdlet(
    "New-Alias", Param("Name", position=0, needed=True), Param("Value", position=1, needed=True), _SCOPE, _FORCE,
    synopsis="Gives a command another name.", example="New-Alias gcx Get-ClusterNode", aliases=("nal",), module=CORE,
)  # fmt: skip
def new_alias(call: Call) -> Iterable[Any]:
    """A new name."""
    name = call.text("Name")
    taken = call.session.variables.alias(name) or name.casefold() in call.session.registry.aliases
    if taken and not call.switch("Force"):
        raise core_error(
            call, f"The alias is not allowed, because an alias with the name '{name}' already exists.",
            "AliasAlreadyExists", "ResourceExists",
        )  # fmt: skip
    _scope(call).aliases[name.casefold()] = call.text("Value")
    return []


# blocks


@cmdlet(
    "Invoke-Expression", Param("Command", position=0, needed=True, pipes=(TEXT,)),
    synopsis="Runs a text as a command.", example="Invoke-Expression 'Get-ClusterNode node1'", aliases=("iex",),
    module=CORE,
)  # fmt: skip
def invoke_expression(call: Call) -> Iterable[Any]:
    """Run a text."""
    return call.session.script.run_text(call.text("Command"))


@cmdlet(
    "Measure-Command", Param("Expression", "any", position=0, needed=True), OBJECTS,
    synopsis="Measures how long a script block takes.", example="Measure-Command { Get-VM }", module=CORE,
)  # fmt: skip
def measure_command(call: Call) -> Iterable[Any]:
    """Time of a block.

    Raises:
        ParameterError: a parameter is missing or does not fit.
    """
    block = call.values.get("Expression")
    if not isinstance(block, tree.ScriptBlock):
        raise ParameterError("Measure-Command requires a script block.", "Example: Measure-Command { Get-VM }")
    start = time.monotonic()
    call.session.script.run_block(block, None)
    return [timedelta(seconds=time.monotonic() - start)]


@cmdlet(
    "Set-StrictMode", Param("Version", "any"), Param("Off", "switch"),
    synopsis="Makes it an error to read a variable or property that does not exist.",
    example="Set-StrictMode -Version Latest", module=CORE,
)  # fmt: skip
def set_strict(call: Call) -> Iterable[Any]:
    """Strict mode of the scope.

    Raises:
        ParameterError: a parameter is missing or does not fit.
    """
    word = "0" if call.switch("Off") else call.text("Version", "Latest").casefold()
    version = 3 if word == "latest" else int(float(word)) if word.replace(".", "", 1).isdigit() else -1
    if version < 0:
        raise ParameterError(f"{word} is not a version.", "Use 1, 2, 3 or Latest.")
    call.session.variables.current.values[VERSION] = version
    return []


@cmdlet(
    "Set-Item", Param("Path", position=0, needed=True), Param("Value", "any", position=1),
    synopsis="Sets a variable, function, alias or environment variable.",
    example="Set-Item function:Get-Up -Value { Get-ClusterNode }", aliases=("si",), module=CORE,
)  # fmt: skip
def set_item(call: Call) -> Iterable[Any]:
    """Set what a drive of PowerShell holds.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    drive, name = _drive(call.text("Path"))
    value = call.values.get("Value")
    variables = call.session.variables
    match drive:
        case "variable":
            variables[name] = value
        case "env":
            variables[f"env:{name}"] = value
        case "alias":
            variables.current.aliases[name.casefold()] = text(value)
        case "function" if isinstance(value, tree.ScriptBlock):
            call.session.script.declare(name, value)
        case _:
            raise UnsupportedError("Set-Item for this path")
    return []


# objects


@cmdlet(
    "New-Object",
    Param("TypeName", position=0, needed=True),
    Param("ArgumentList", "any", position=1, aliases=("Args",)),
    Param("Property", "any", help="Hashtable of names and values."),
    Param("ComObject"),
    synopsis="Creates an object with custom properties.",
    example="New-Object PSObject -Property @{ Name = 'SQL01'; Node = 'node2' }",
    module=CORE,
)
def new_object(call: Call) -> Iterable[Any]:
    """An object.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    if call.has("ComObject"):
        raise UnsupportedError("New-Object -ComObject")
    kind = call.session.script.type_named(call.text("TypeName"))
    given = call.values.get("ArgumentList")
    arguments = list(given) if isinstance(given, list) else [] if given is None else [given]
    made = call.session.script.make(kind, arguments)
    table = call.values.get("Property")
    if isinstance(table, dict):
        if not isinstance(made, ShellObject) or made.type != "Custom":
            raise UnsupportedError("New-Object -Property for this type")
        made.properties.update({text(key): one for key, one in table.items()})
    return [made]


@cmdlet(
    "Add-Member",
    Param("MemberType", position=0, aliases=("Type",)),
    Param("Name", "any", position=1),
    Param("Value", "any", position=2),
    Param("SecondValue", "any", position=3),
    Param("NotePropertyName"),
    Param("NotePropertyValue", "any"),
    Param("NotePropertyMembers", "any"),
    Param("TypeName"),
    Param("PassThru", "switch"),
    _FORCE,
    OBJECTS,
    synopsis="Adds a property or method to an object.",
    example="[pscustomobject]@{ Name = 'SQL01' } | Add-Member NoteProperty Node node1 -PassThru",
    module=CORE,
)
def add_member(call: Call) -> Iterable[Any]:
    """Add.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    found = []
    for one in pipeline_input(call):
        if not isinstance(one, ShellObject) or one.type not in ("Custom", "Selected"):
            raise UnsupportedError("Add-Member for a value that no script made")
        for name, kind, value in _members(call):
            _add(call, one, name, kind, value)
        if call.has("TypeName"):
            one.kinds.insert(0, call.text("TypeName"))
        found.append(one)
    return found if call.switch("PassThru") else []


_KINDS = ("noteproperty", "scriptproperty", "aliasproperty", "scriptmethod")


def _members(call: Call) -> list[tuple[str, str, Any]]:
    """Names, kinds and values that are to be added."""
    if call.has("NotePropertyName"):
        return [(call.text("NotePropertyName"), "noteproperty", call.values.get("NotePropertyValue"))]
    several = call.values.get("NotePropertyMembers")
    word = call.text("MemberType")
    if several is None and isinstance(call.values.get("MemberType"), dict):
        several = call.values["MemberType"]
    if isinstance(several, dict):
        return [(text(name), "noteproperty", value) for name, value in several.items()]
    if word.casefold() not in _KINDS:
        if call.has("Value") or not call.has("Name"):
            if call.has("Name") or word:
                raise UnsupportedError(f"Add-Member {word}")
            return []
        return [(word, "noteproperty", call.values.get("Name"))]
    if call.has("SecondValue"):
        raise UnsupportedError("Add-Member -SecondValue")
    return [(call.text("Name"), word.casefold(), call.values.get("Value"))]


def _add(call: Call, one: ShellObject, name: str, kind: str, value: Any) -> None:
    key = one.key(name)
    if (key is not None or name in one.methods) and not call.switch("Force"):
        raise core_error(
            call,
            f'Cannot add a member with the name "{name}" because a member with that name already exists. To overwrite '
            "the member anyway, add the Force parameter to your command.",
            "MemberAlreadyExists",
            "InvalidOperation",
        )
    if key is not None:
        one.computed.pop(key, None)
    session = call.session
    match kind:
        case "noteproperty":
            one.properties[key or name] = value
        case "aliasproperty":
            target = text(value)
            one.properties[key or name] = None
            one.computed[key or name] = lambda: one.get(target)
        case "scriptproperty" if isinstance(value, tree.ScriptBlock):
            block = value
            one.properties[key or name] = None
            one.computed[key or name] = lambda: _called(session, block, [], one)
        case "scriptmethod" if isinstance(value, tree.ScriptBlock):
            method = value
            word = "ToString" if name.casefold() == "tostring" else name
            one.methods[word] = lambda *arguments: _called(session, method, list(arguments), one)
        case _:
            raise UnsupportedError(f"Add-Member {kind} with this value")


def _called(session: Any, block: tree.ScriptBlock, arguments: list[Any], this: Any) -> Any:
    with session.variables.scope({"this": this}):
        found = session.script.invoke_block(block, arguments)
    return None if not found else found[0] if len(found) == 1 else found


@cmdlet(
    "Update-TypeData",
    Param("TypeName", needed=True),
    Param("DefaultDisplayPropertySet", "texts"),
    Param("DefaultDisplayProperty"),
    Param("MemberType"),
    Param("MemberName"),
    Param("Value", "any"),
    _FORCE,
    synopsis="Sets which properties the objects of your own type display.",
    example="Update-TypeData -TypeName Lab.Node -DefaultDisplayPropertySet Name, State -Force",
    module=CORE,
)
def update_type(call: Call) -> Iterable[Any]:
    """How objects of a type are shown.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    if call.has("MemberName") or call.has("MemberType"):
        raise UnsupportedError("Update-TypeData -MemberName")
    name = call.text("TypeName").casefold()
    if call.has("DefaultDisplayPropertySet"):
        display_sets[name] = tuple(call.texts("DefaultDisplayPropertySet"))
    if call.has("DefaultDisplayProperty"):
        display_properties[name] = call.text("DefaultDisplayProperty")
    return []
