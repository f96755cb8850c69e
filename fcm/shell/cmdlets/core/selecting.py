"""Cmdlets that take each object as it comes: Where-Object, ForEach-Object, Select-Object, and what they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.shell.language import tree
from fcm.shell.language.errors import ParameterError, ShellError, UnsupportedError, exact
from fcm.shell.runtime.execution.asking import source_of
from fcm.shell.runtime.parameters import OBJECTS, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.net import members
from fcm.shell.values.operators import binary
from fcm.shell.values.values import (
    ShellObject,
    folded,
    has_wildcard,
    items,
    property_of,
    text,
    truth,
    wildcard,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fcm.shell.runtime.call import Call

    Emit = Callable[[Any], None]

CORE = "Core"
_COMPARISONS = (
    *("EQ", "NE", "GT", "GE", "LT", "LE", "Like", "NotLike", "Match", "NotMatch", "Contains", "NotContains", "In"),
    *("NotIn", "CEQ", "CNE", "CGT", "CGE", "CLT", "CLE", "CLike", "CNotLike", "CMatch", "CNotMatch", "CContains"),
    *("CNotContains", "CIn", "CNotIn", "Is", "IsNot"),
)


def core_error(call: Call, message: str, known_id: str, category: str = "InvalidArgument") -> ShellError:
    """An error of a cmdlet of PowerShell in its own words."""
    name = call.cmdlet.name.replace("-", "")
    error = exact(message, f"{known_id},Microsoft.PowerShell.Commands.{name}Command", category=category)
    error.at, error.command, error.module = call.at, call.cmdlet.name, CORE
    return error


def unworded(call: Call, message: str, remedy: str, known_id: str, category: str = "InvalidArgument") -> ShellError:
    """An error whose id is PowerShell's and whose words are this shell's."""
    error = core_error(call, message, known_id, category)
    error.exact, error.remedy = False, remedy
    return error


def block_of(call: Call, name: str) -> tree.ScriptBlock | None:
    """A parameter that is a script block."""
    value = call.values.get(name)
    return value if isinstance(value, tree.ScriptBlock) else None


def run_block(call: Call, block: tree.ScriptBlock, item: Any) -> list[Any]:
    """Output of a block for one item."""
    return call.session.script.run_block(block, item)


def pipeline_input(call: Call) -> list[Any]:
    """What comes through the pipeline, or -InputObject."""
    return call.input if call.has_input else items(call.values.get("InputObject"))


class _Where:
    """Where-Object: a block, or a property and an operator."""

    def __init__(self, call: Call, emit: Emit, stage: object) -> None:
        self._call, self._emit = call, emit
        self._test = self._made(call)

    def _made(self, call: Call) -> Callable[[Any], bool]:
        block = block_of(call, "Property")
        if block is not None:
            return lambda item: truth(_one(run_block(call, block, item)))
        if not call.has("Property"):
            raise ParameterError("Where-Object requires a condition.", "Example: Where-Object { $_.State -eq 'Up' }")
        name = call.text("Property")
        chosen = [operator for operator in _COMPARISONS if call.switch(operator)]
        if len(chosen) > 1:
            raise ParameterError(f"Where-Object has {len(chosen)} operators.", "Specify one.")
        if call.switch("Not"):
            return lambda item: not truth(_property(item, name))
        if not chosen:
            if call.has("Value"):
                return lambda item: truth(binary("-eq", _property(item, name), call.values.get("Value")))
            return lambda item: truth(_property(item, name))
        operator, value = f"-{chosen[0].lower()}", call.values.get("Value")
        return lambda item: truth(binary(operator, _property(item, name), value))

    def begin(self) -> None:
        """Nothing."""

    def process(self, value: Any) -> None:
        """Let an object through that meets the condition."""
        self._call.session.check_stopped()
        if self._test(value):
            self._emit(value)

    def end(self) -> None:
        """Nothing."""


def _property(item: Any, name: str) -> Any:
    return members.read(item, name)


def _one(values: list[Any]) -> Any:
    return folded(values)


@cmdlet(
    "Where-Object",
    Param("Property", "any", position=0, aliases=("FilterScript",)),
    Param("Value", "any", position=1),
    Param("Not", "switch"),
    *(Param(name, "switch") for name in _COMPARISONS),
    OBJECTS,
    synopsis="Selects objects that meet a condition.",
    example="Get-ClusterResource | Where-Object { $_.State -eq 'Offline' }",
    aliases=("?", "where"),
    module=CORE,
    stream=_Where,
)
def where_object(call: Call) -> Iterable[Any]:
    """Filter by a block, or by a property and an operator."""
    out: list[Any] = []
    stage = _Where(call, out.append, None)
    for item in pipeline_input(call):
        stage.process(item)
    return out


def _blocks(call: Call, name: str) -> list[Any]:
    for one in items(call.values.get(name)):
        if not isinstance(one, tree.ScriptBlock):
            remedy = f"Example: ForEach-Object -{name} {{ $count = 0 }} -Process {{ $_.Name }}"
            raise ParameterError(f"-{name} must be a script block, not {text(one)}.", remedy, call.at)
    return items(call.values.get(name))


class _ForEach:
    """ForEach-Object: blocks, or a property or method."""

    def __init__(self, call: Call, emit: Emit, stage: object) -> None:
        self._call, self._emit = call, emit
        blocks = [one for one in items(call.values.get("Process")) if isinstance(one, tree.ScriptBlock)]
        rest = [one for one in items(call.values.get("RemainingScripts")) if isinstance(one, tree.ScriptBlock)]
        self._begin, self._end = _blocks(call, "Begin"), _blocks(call, "End")
        every = [*blocks, *rest]
        if len(every) > 1 and not self._begin:
            self._begin, every = every[:1], every[1:]
        if len(every) > 1 and not self._end:
            self._end, every = every[-1:], every[:-1]
        self._process = every
        self._name = "" if blocks else call.text("Process")
        self._arguments = [*items(call.values.get("RemainingScripts"))] if not blocks else []
        self._arguments += items(call.values.get("ArgumentList"))
        if not blocks and not self._name:
            raise ParameterError("ForEach-Object requires a script block.", "Example: ForEach-Object { $_.Name }")

    def _run(self, block: Any, item: Any) -> None:
        from fcm.shell.runtime.execution.pipeline import Sink

        self._call.session.script.run_block_into(block, item, Sink(self._emit))

    def begin(self) -> None:
        """Run -Begin."""
        for block in self._begin:
            self._run(block, None)

    def process(self, value: Any) -> None:
        """Run the block, or give out a property or what a method gives."""
        self._call.session.check_stopped()
        for block in self._process:
            self._run(block, value)
        if not self._process and self._name:
            for one in self._member(value):
                self._emit(one)

    def _member(self, value: Any) -> list[Any]:
        name, arguments = self._name, self._arguments
        if not arguments:
            found = members.read(value, name) if value is not None else None
            if found is not None or isinstance(value, dict):
                return items(found)
            if isinstance(value, ShellObject) and value.key(name) is not None:
                return []
            try:
                return items(members.call(value, name, []))
            except UnsupportedError:
                raise
            except ShellError:
                return []
        return items(members.call(value, name, arguments))

    def end(self) -> None:
        """Run -End."""
        for block in self._end:
            self._run(block, None)


@cmdlet(
    "ForEach-Object",
    Param("Process", "any", position=0, aliases=("MemberName",)),
    Param("RemainingScripts", "any", position=1, rest=True),
    Param("ArgumentList", "any"),
    Param("Begin", "any"),
    Param("End", "any"),
    OBJECTS,
    synopsis="Runs a script block for each object.",
    example="Get-VM | ForEach-Object { $_.Name }",
    aliases=("%", "foreach"),
    module=CORE,
    stream=_ForEach,
)
def foreach_object(call: Call) -> Iterable[Any]:
    """Run a block, or give out a property."""
    out: list[Any] = []
    stage = _ForEach(call, out.append, None)
    stage.begin()
    for item in pipeline_input(call):
        stage.process(item)
    stage.end()
    return out


_KEYS = {
    "expression": ("expression", "e"),
    "name": ("name", "n", "label", "l"),
    "formatstring": ("formatstring", "f"),
    "width": ("width", "w"),
    "alignment": ("alignment", "align", "a"),
    "ascending": ("ascending", "asc"),
    "descending": ("descending", "desc", "d"),
}


def keyed(call: Call, table: dict[Any, Any], allowed: Iterable[str]) -> dict[str, Any]:
    """The entries of a calculated property by their full names.

    Raises:
        ShellError: a key is not allowed.
    """
    found: dict[str, Any] = {}
    for key, value in table.items():
        word = text(key).casefold()
        name = next(
            (
                full
                for full, short in _KEYS.items()
                if full in allowed and (word in short or any(len(word) > 1 and one.startswith(word) for one in short))
            ),
            None,
        )
        if name is None:
            raise unworded(
                call, f"The key {text(key)} is not valid.", "Use Name and Expression.", "DictionaryKeyIllegal"
            )
        found[name] = value
    return found


def getter(
    call: Call, wanted: Any, allowed: Iterable[str] = ("expression", "name")
) -> tuple[str, Callable[[Any], Any]]:
    """Name and value of a property; also of @{ Name = 'x'; Expression = { ... } }.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    if isinstance(wanted, tree.ScriptBlock):
        return source_of(wanted), lambda item: _value_of(call, wanted, item)
    if isinstance(wanted, dict):
        entries = keyed(call, wanted, allowed)
        expression, name = entries.get("expression"), entries.get("name")
        if isinstance(expression, tree.ScriptBlock):
            block = expression
            shown = text(name) if name is not None else source_of(block)
            return shown, lambda item: _value_of(call, block, item)
        if expression is None:
            raise UnsupportedError("A calculated property without Expression")
        return text(name) if name is not None else text(expression), lambda item: property_of(item, text(expression))
    return text(wanted), lambda item: _read(item, text(wanted))


def _read(item: Any, name: str) -> Any:
    return None if item is None else members.read(item, name)


def _value_of(call: Call, block: tree.ScriptBlock, item: Any) -> Any:
    """What a block gives for an item; one that fails gives nothing."""
    try:
        return folded(run_block(call, block, item))
    except UnsupportedError:
        raise
    except ShellError as error:
        if call.session.is_stop(error):
            raise
        return None


def names_of(value: Any) -> list[str]:
    """The names of the properties that an object has for a wildcard."""
    if isinstance(value, ShellObject):
        return list(value.properties)
    if isinstance(value, dict):
        return [text(key) for key in value]
    if isinstance(value, str):
        return ["Length"]
    return []


def getters(call: Call, name: str, item: Any, known: list[str] | None = None) -> list[tuple[str, Callable[[Any], Any]]]:
    """All properties that a parameter names; wildcards among those that the object has."""
    found: list[tuple[str, Callable[[Any], Any]]] = []
    own = names_of(item) if known is None else known
    for wanted in items(call.values.get(name)):
        if isinstance(wanted, str) and has_wildcard(wanted):
            pattern = wildcard(wanted)
            taken = {one.casefold() for one, _ in found}
            found += [getter(call, one) for one in own if pattern.fullmatch(one) and one.casefold() not in taken]
        else:
            alike = next((one for one in own if isinstance(wanted, str) and one.casefold() == wanted.casefold()), None)
            found.append(getter(call, alike or wanted))
    return found
