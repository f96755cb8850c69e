"""Cmdlets that choose, order and count what comes through the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.shell.language import printing, tree
from fcm.shell.language.errors import ParameterError
from fcm.shell.runtime.parameters import OBJECTS, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.operators import binary
from fcm.shell.values.values import (
    ShellObject,
    as_number,
    first_names,
    folded,
    has_wildcard,
    items,
    property_of,
    sort_key,
    table_get,
    text,
    truth,
    wildcard,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fcm.shell.runtime.call import Call

CORE = "Core"
_COMPARISONS = ("EQ", "NE", "GT", "GE", "LT", "LE", "Like", "NotLike", "Match", "NotMatch", "Contains", "In", "NotIn")


def block_of(call: Call, name: str) -> tree.ScriptBlock | None:
    """A parameter that is a script block."""
    value = call.values.get(name)
    return value if isinstance(value, tree.ScriptBlock) else None


def run_block(call: Call, block: tree.ScriptBlock, item: Any) -> list[Any]:
    """Output of a block for one item."""
    return call.session.run_block(block, item)


def pipeline_input(call: Call) -> list[Any]:
    """What comes through the pipeline, or -InputObject."""
    return call.input if call.has_input else items(call.values.get("InputObject"))


@cmdlet(
    "Where-Object",
    Param("Property", "any", position=0, aliases=("FilterScript",)),
    Param("Value", "any", position=1),
    *(Param(name, "switch") for name in _COMPARISONS),
    OBJECTS,
    synopsis="Selects objects that meet a condition.",
    example="Get-ClusterResource | Where-Object { $_.State -eq 'Offline' }",
    aliases=("?", "where"),
    module=CORE,
)
def where_object(call: Call) -> Iterable[Any]:
    """Filter by a block, or by a property and an operator.

    Raises:
        ParameterError: no condition, or more than one operator.
    """
    block = block_of(call, "Property")
    if block is not None:
        return [item for item in pipeline_input(call) if truth(folded(run_block(call, block, item)))]
    if not call.has("Property"):
        raise ParameterError("Where-Object requires a condition.", "Example: Where-Object { $_.State -eq 'Up' }")
    name = call.text("Property")
    chosen = [operator for operator in _COMPARISONS if call.switch(operator)]
    if len(chosen) > 1:
        raise ParameterError(f"Where-Object has {len(chosen)} operators.", "Specify one.")
    if not chosen:
        return [item for item in pipeline_input(call) if truth(property_of(item, name))]
    operator, value = f"-{chosen[0].lower()}", call.values.get("Value")
    return [item for item in pipeline_input(call) if truth(binary(operator, property_of(item, name), value))]


@cmdlet(
    "ForEach-Object",
    Param("Process", "any", position=0, aliases=("MemberName",)),
    Param("Begin", "any"),
    Param("End", "any"),
    OBJECTS,
    synopsis="Runs a script block for each object.",
    example="Get-VM | ForEach-Object { $_.Name }",
    aliases=("%", "foreach"),
    module=CORE,
)
def foreach_object(call: Call) -> Iterable[Any]:
    """Run a block, or give out a property."""
    out = call.gathering()
    for name in ("Begin", "Process", "End"):
        block = block_of(call, name)
        if name == "Process":
            for item in pipeline_input(call):
                call.session.check_stopped()
                if block is not None:
                    call.session.run_block_into(block, item, out)
                else:
                    out += items(property_of(item, call.text("Process")))
        elif block is not None:
            call.session.run_block_into(block, None, out)
    return call.rest(out)


def getter(call: Call, wanted: Any) -> tuple[str, Callable[[Any], Any]]:
    """Name and value of a property; also of @{ Name = 'x'; Expression = { ... } }."""
    if isinstance(wanted, tree.ScriptBlock):
        return printing.show_all(wanted.body), lambda item: folded(run_block(call, wanted, item))
    if isinstance(wanted, dict):
        expression = table_get(wanted, "Expression") or table_get(wanted, "e")
        name = table_get(wanted, "Name") or table_get(wanted, "n") or table_get(wanted, "Label")
        if isinstance(expression, tree.ScriptBlock):
            block = expression
            return text(name) or "Expression", lambda item: folded(run_block(call, block, item))
        return text(name) or text(expression), lambda item: property_of(item, text(expression))
    return text(wanted), lambda item: property_of(item, text(wanted))


def getters(call: Call, name: str, members: list[Any]) -> list[tuple[str, Callable[[Any], Any]]]:
    """All properties that a parameter names; wildcards among those that the objects have."""
    found: list[tuple[str, Callable[[Any], Any]]] = []
    known = first_names(members)
    for wanted in items(call.values.get(name)):
        if isinstance(wanted, str) and has_wildcard(wanted):
            pattern = wildcard(wanted)
            found += [getter(call, one) for one in known if pattern.fullmatch(one)]
        else:
            exact = next(
                (one for one in known if isinstance(wanted, str) and one.casefold() == wanted.casefold()), None
            )
            found.append(getter(call, exact or wanted))
    return found


@cmdlet(
    "Select-Object",
    Param("Property", "any", position=0),
    Param("ExcludeProperty", "texts"),
    Param("ExpandProperty"),
    Param("First", "whole"),
    Param("Last", "whole"),
    Param("Skip", "whole"),
    Param("Unique", "switch"),
    OBJECTS,
    synopsis="Selects properties, or the first or last objects.",
    example="Get-ClusterNode | Select-Object Name, State -First 2",
    aliases=("select",),
    module=CORE,
)
def select_object(call: Call) -> Iterable[Any]:
    """Choose."""
    members = list(pipeline_input(call))
    first, last, skip = call.count("First"), call.count("Last"), call.count("Skip") or 0
    # From the end where only -Last is given (about Select-Object, -Skip).
    members = members[: max(0, len(members) - skip)] if last is not None and first is None else members[skip:]
    if first is not None or last is not None:
        head = members[: first or 0]
        tail = members[max(len(head), len(members) - (last or 0)) :] if last else []
        members = head + tail
    if call.has("ExpandProperty"):
        name = call.text("ExpandProperty")
        members = [part for item in members for part in items(property_of(item, name))]
    elif call.has("Property") or call.has("ExcludeProperty"):
        if not call.has("Property"):
            call.values["Property"] = ["*"]
        chosen = getters(call, "Property", members)
        without = [wildcard(name) for name in call.texts("ExcludeProperty")]
        chosen = [(n, get) for n, get in chosen if not any(pattern.fullmatch(n) for pattern in without)]
        members = [ShellObject("Selected", {name: get(item) for name, get in chosen}) for item in members]
    if call.switch("Unique"):
        seen: dict[str, Any] = {}
        for item in members:
            key = repr(item.properties) if isinstance(item, ShellObject) else text(item)
            seen.setdefault(key, item)
        members = list(seen.values())
    return members


@cmdlet(
    "Sort-Object",
    Param("Property", "any", position=0),
    Param("Descending", "switch"),
    Param("Unique", "switch"),
    OBJECTS,
    synopsis="Sorts objects.",
    example="Get-VM | Sort-Object MemoryStartup -Descending",
    aliases=("sort",),
    module=CORE,
)
def sort_object(call: Call) -> Iterable[Any]:
    """Order."""
    members = list(pipeline_input(call))
    chosen = [get for _, get in getters(call, "Property", members)] or [lambda item: item]
    members.sort(key=lambda item: [sort_key(get(item)) for get in chosen], reverse=call.switch("Descending"))
    if not call.switch("Unique"):
        return members
    unique: dict[str, Any] = {}
    for item in members:
        unique.setdefault(str([sort_key(get(item)) for get in chosen]), item)
    return list(unique.values())


@cmdlet(
    "Group-Object",
    Param("Property", "any", position=0),
    Param("NoElement", "switch"),
    OBJECTS,
    synopsis="Groups objects that have the same value.",
    example="Get-ClusterResource | Group-Object State",
    aliases=("group",),
    module=CORE,
)
def group_object(call: Call) -> Iterable[Any]:
    """Group."""
    members = pipeline_input(call)
    chosen = getters(call, "Property", members)
    groups: dict[str, list[Any]] = {}
    names: dict[str, str] = {}
    for item in members:
        name = ", ".join(text(get(item)) for _, get in chosen) if chosen else text(item)
        names.setdefault(name.casefold(), name)
        groups.setdefault(name.casefold(), []).append(item)
    if call.switch("NoElement"):
        return [ShellObject("Counted", {"Count": len(group), "Name": names[key]}) for key, group in groups.items()]
    return [
        ShellObject("Grouped", {"Count": len(group), "Name": names[key], "Group": list(group)})
        for key, group in groups.items()
    ]


@cmdlet(
    "Measure-Object",
    Param("Property", position=0),
    Param("Sum", "switch"),
    Param("Average", "switch"),
    Param("Minimum", "switch"),
    Param("Maximum", "switch"),
    OBJECTS,
    synopsis="Counts objects, and calculates the sum, average, minimum and maximum of a property.",
    example="Get-VM | Measure-Object MemoryStartup -Sum",
    aliases=("measure",),
    module=CORE,
)
def measure_object(call: Call) -> Iterable[Any]:
    """Count and compute."""
    members = [item for item in pipeline_input(call) if item is not None]
    found: dict[str, Any] = {"Count": len(members)}
    wanted = [name for name in ("Average", "Sum", "Maximum", "Minimum") if call.switch(name)]
    if wanted:
        name = call.text("Property")
        raw = [property_of(item, name) if name else item for item in members]
        values = [as_number(value) for value in raw if value is not None]
        found["Count"] = len(values)
        for each in wanted:
            match each:
                case "Average":
                    found[each] = sum(values) / len(values) if values else None
                case "Sum":
                    found[each] = sum(values) if values else None
                case "Maximum":
                    found[each] = max(values, default=None)
                case _:
                    found[each] = min(values, default=None)
        found["Property"] = name
    return [ShellObject("Measured", found)]
