"""Sort-Object, Group-Object, Measure-Object, Compare-Object, Get-Unique, Join-String."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from fcm.shell.cmdlets.core.selecting import core_error, getter, keyed, pipeline_input
from fcm.shell.language.errors import ShellError, UnsupportedError
from fcm.shell.language.kinds import is_number
from fcm.shell.runtime.parameters import OBJECTS, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.net.casting import scanned
from fcm.shell.values.net.comparing import compare, equal, order_of_texts
from fcm.shell.values.net.types import COLLECTION, NetList
from fcm.shell.values.values import ShellObject, items, text, truth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fcm.shell.runtime.call import Call

CORE = "Core"
_SORTING = ("expression", "ascending", "descending", "name")


def _pair(left: Any, right: Any, cased: bool) -> int:
    """How Sort-Object orders two values: as their types do, else as texts."""
    if left is None or right is None:
        return int(right is None) - int(left is None)
    numbers = is_number(left) and is_number(right)
    if isinstance(left, str) != isinstance(right, str) and not numbers:
        try:
            return compare(left, right, cased)
        except UnsupportedError:
            raise
        except ShellError:
            return order_of_texts(text(left), text(right), cased)
    try:
        return compare(left, right, cased)
    except UnsupportedError:
        raise
    except ShellError:
        return order_of_texts(text(left), text(right), cased)


def _keys(call: Call) -> list[tuple[Callable[[Any], Any], bool]]:
    """What is sorted by, and whether from the greatest down."""
    down = call.switch("Descending")
    found = []
    for wanted in items(call.values.get("Property")):
        if isinstance(wanted, dict):
            entries = keyed(call, wanted, _SORTING)
            own = down
            if "descending" in entries:
                own = truth(entries["descending"])
            elif "ascending" in entries:
                own = not truth(entries["ascending"])
            found.append((getter(call, wanted, _SORTING)[1], own))
        else:
            found.append((getter(call, wanted)[1], down))
    return found or [(lambda item: item, down)]


@cmdlet(
    "Sort-Object",
    Param("Property", "any", position=0),
    Param("Descending", "switch"),
    Param("Unique", "switch"),
    Param("CaseSensitive", "switch"),
    Param("Stable", "switch"),
    Param("Top", "whole"),
    Param("Bottom", "whole"),
    OBJECTS,
    synopsis="Sorts objects.",
    example="Get-VM | Sort-Object MemoryStartup -Descending",
    aliases=("sort",),
    module=CORE,
)
def sort_object(call: Call) -> Iterable[Any]:
    """Order.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    members = [one for one in pipeline_input(call) if one is not None]
    keys = _keys(call)
    cased = call.switch("CaseSensitive")
    by_itself = not call.has("Property")
    if (
        by_itself
        and any(isinstance(one, dict) or (isinstance(one, ShellObject) and one.type == "Custom") for one in members)
        and len(members) > 1
    ):
        raise UnsupportedError("Sort-Object without a property for objects")
    rows = [([get(one) for get, _ in keys], one) for one in members]

    def order(left: Any, right: Any) -> int:
        for (_, down), a, b in zip(keys, left[0], right[0], strict=True):
            found = _pair(a, b, cased)
            if (a is None) != (b is None) and not by_itself:
                return -found  # an object without the property comes last whichever way it is sorted
            if found:
                return -found if down else found
        return 0

    rows.sort(key=cmp_to_key(order))
    if call.switch("Unique"):
        kept: list[Any] = []
        for row in rows:
            if not kept or order(kept[-1], row):
                kept.append(row)
        rows = kept
    top, bottom = call.count("Top"), call.count("Bottom")
    found = [one for _, one in rows]
    if top is not None:
        return found[:top]
    return found if bottom is None else found[max(0, len(found) - bottom) :]


@cmdlet(
    "Get-Unique",
    Param("AsString", "switch"),
    Param("CaseInsensitive", "switch"),
    OBJECTS,
    synopsis="Removes repeated objects from a sorted list.",
    example="Get-VM | ForEach-Object { $_.ComputerName } | Sort-Object | Get-Unique",
    aliases=("gu",),
    module=CORE,
)
def get_unique(call: Call) -> Iterable[Any]:
    """What differs from the one before.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    found: list[Any] = []
    for one in pipeline_input(call):
        if isinstance(one, ShellObject) and not call.switch("AsString"):
            raise UnsupportedError("Get-Unique for objects")
        cased = not call.switch("CaseInsensitive")
        if not found or not equal(text(found[-1]), text(one), cased):
            found.append(one)
    return found


@cmdlet(
    "Group-Object",
    Param("Property", "any", position=0),
    Param("NoElement", "switch"),
    Param("AsHashTable", "switch", aliases=("AHT",)),
    Param("AsString", "switch"),
    Param("CaseSensitive", "switch"),
    OBJECTS,
    synopsis="Groups objects that have the same value.",
    example="Get-ClusterResource | Group-Object State",
    aliases=("group",),
    module=CORE,
)
def group_object(call: Call) -> Iterable[Any]:
    """Group; the groups are in the order of their values."""
    chosen = [getter(call, wanted)[1] for wanted in items(call.values.get("Property"))]
    cased = call.switch("CaseSensitive")
    groups: list[tuple[list[Any], list[Any]]] = []
    for item in pipeline_input(call):
        values = [get(item) for get in chosen] if chosen else [item]
        for known, group in groups:
            if all(equal(a, b, cased) and _alike(a, b) for a, b in zip(known, values, strict=True)):
                group.append(item)
                break
        else:
            groups.append((values, [item]))
    if call.switch("AsHashTable"):
        return [_as_table(call, groups)]
    groups.sort(key=lambda group: _Ordered(group[0], cased))
    kind = "Counted" if call.switch("NoElement") else "Grouped"
    found = []
    for values, group in groups:
        name = ", ".join(text(one) for one in values)
        properties: dict[str, Any] = {"Count": len(group), "Name": name}
        if kind == "Grouped":
            properties["Group"] = NetList(COLLECTION, group)
        properties["Values"] = list(values)
        found.append(ShellObject(kind, properties, shown=tuple(list(properties)[:-1])))
    return found


class _Ordered:
    """The values of a group, as they are sorted."""

    def __init__(self, values: list[Any], cased: bool) -> None:
        self.values, self.cased = values, cased

    def __lt__(self, other: _Ordered) -> bool:
        return _order(self.values, other.values, self.cased) < 0


def _alike(left: Any, right: Any) -> bool:
    return isinstance(left, str) == isinstance(right, str)


def _order(left: list[Any], right: list[Any], cased: bool) -> int:
    for a, b in zip(left, right, strict=True):
        if (a is None) != (b is None):
            return 1 if a is None else -1
        found = _pair(a, b, cased)
        if found:
            return found
    return 0


def _as_table(call: Call, groups: list[tuple[list[Any], list[Any]]]) -> Any:
    if call.switch("NoElement"):
        raise UnsupportedError("Group-Object -AsHashTable -NoElement")
    found: dict[Any, Any] = {}
    for values, group in groups:
        key: Any = values[0] if len(values) == 1 and not call.switch("AsString") else ", ".join(map(text, values))
        if key is None:
            raise UnsupportedError("Group-Object -AsHashTable for $null")
        found[key] = NetList(COLLECTION, group)
    return found


@cmdlet(
    "Measure-Object",
    Param("Property", "any", position=0),
    Param("Sum", "switch"),
    Param("Average", "switch"),
    Param("Minimum", "switch"),
    Param("Maximum", "switch"),
    Param("StandardDeviation", "switch"),
    Param("AllStats", "switch"),
    Param("Line", "switch"),
    Param("Word", "switch"),
    Param("Character", "switch"),
    Param("IgnoreWhiteSpace", "switch"),
    OBJECTS,
    synopsis="Counts objects, and calculates the sum, average, minimum and maximum of a property.",
    example="Get-VM | Measure-Object MemoryStartup -Sum",
    aliases=("measure",),
    module=CORE,
)
def measure_object(call: Call) -> Iterable[Any]:
    """Count and compute.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    members = [item for item in pipeline_input(call) if item is not None]
    if any(call.switch(name) for name in ("Line", "Word", "Character")):
        return [_of_text(call, members)]
    wanted = items(call.values.get("Property"))
    if not wanted:
        return [_measured(call, None, members)]
    found = []
    for one in wanted:
        if isinstance(one, str) and any(char in one for char in "*?["):
            raise UnsupportedError("Measure-Object with a wildcard")
        name, get = getter(call, one)
        values = [value for value in (get(item) for item in members) if value is not None]
        if not values and members:
            raise core_error(
                call,
                'Cannot process argument because the value of argument "Property" is not valid. Change the value of '
                'the "Property" argument and run the operation again.',
                "GenericMeasurePropertyNotFound",
            )
        found.append(_measured(call, name, values))
    return found


_STATS = ("Average", "Sum", "Maximum", "Minimum", "StandardDeviation")


def _measured(call: Call, name: str | None, values: list[Any]) -> ShellObject:
    every = call.switch("AllStats")
    asked = [one for one in _STATS if every or call.switch(one)]
    found: dict[str, Any] = {"Count": len(values), **dict.fromkeys(_STATS), "Property": name}
    kind = "Measured"
    numeric = [one for one in asked if one in ("Average", "Sum", "StandardDeviation")]
    if numeric or (asked and values and all(_number(one) is not None for one in values)):
        numbers = []
        for one in values:
            number = _number(one)
            if number is None:
                shown = text(one)
                if asked == ["Maximum"] or asked == ["Minimum"]:
                    break
                raise core_error(
                    call, f'Input object "{shown}" is not numeric.', "NonNumericInputObject", "InvalidType"
                )
            numbers.append(number)
        found |= _computed(numbers, asked)
    elif asked:
        kind = "MeasuredObjects"
        for one in asked:
            best: Any = None
            for value in values:
                better = 0 if best is None else _pair(value, best, True)
                if best is None or (better > 0 if one == "Maximum" else better < 0):
                    best = value
            found[one] = best
        found = {key: value for key, value in found.items() if key in ("Count", "Maximum", "Minimum", "Property")}
    return ShellObject(kind, found)


def _number(value: Any) -> Any:
    if isinstance(value, bool):
        return float(value)
    if is_number(value):
        return float(value)
    if isinstance(value, str):
        found = scanned(value) if value.strip() else None
        return None if found is None else float(found)
    if isinstance(value, timedelta | datetime):
        return None
    return None


def _computed(numbers: list[float], asked: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    total = 0.0
    for one in numbers:
        total += one
    count = len(numbers)
    for name in asked:
        match name:
            case "Sum":
                found[name] = total if count else None
            case "Average":
                found[name] = total / count if count else None
            case "Maximum":
                found[name] = max(numbers, default=None)
            case "Minimum":
                found[name] = min(numbers, default=None)
            case _:
                mean = total / count if count else 0.0
                spread = sum((one - mean) ** 2 for one in numbers)
                found[name] = (spread / (count - 1)) ** 0.5 if count > 1 else 0.0
    return found


def _of_text(call: Call, members: list[Any]) -> ShellObject:
    texts = [text(one) for one in members]
    found: dict[str, Any] = {"Lines": None, "Words": None, "Characters": None, "Property": None}
    if call.has("Property"):
        raise UnsupportedError("Measure-Object -Line with a property")
    if call.switch("Line"):
        found["Lines"] = sum(len(one.split("\n")) if one else 0 for one in texts)
    if call.switch("Word"):
        found["Words"] = sum(len(one.split()) for one in texts)
    if call.switch("Character"):
        drops = call.switch("IgnoreWhiteSpace")
        found["Characters"] = sum(len(re.sub(r"\s", "", one) if drops else one) for one in texts)
    return ShellObject("MeasuredText", found)


@cmdlet(
    "Compare-Object",
    Param("ReferenceObject", "any", position=0, needed=True),
    Param("DifferenceObject", "any", position=1, pipes=("*",)),
    Param("Property", "any", position=2),
    Param("IncludeEqual", "switch"),
    Param("ExcludeDifferent", "switch"),
    Param("PassThru", "switch"),
    Param("CaseSensitive", "switch"),
    Param("SyncWindow", "whole"),
    synopsis="Compares two lists.",
    example="Compare-Object (Get-ClusterNode).Name node1, node2",
    aliases=("compare", "diff"),
    module=CORE,
)
def compare_object(call: Call) -> Iterable[Any]:
    """What is only in one of two lists, and with -IncludeEqual what is in both.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    for name in ("ReferenceObject", "DifferenceObject"):
        if call.values.get(name) is None and not (name == "DifferenceObject" and call.has_input):
            raise core_error(
                call,
                f"Cannot bind argument to parameter '{name}' because it is null.",
                "ParameterArgumentValidationErrorNullNotAllowed",
                "InvalidData",
            )
    if call.has("SyncWindow") or call.switch("PassThru"):
        raise UnsupportedError("Compare-Object -SyncWindow and -PassThru")
    before = items(call.values.get("ReferenceObject"))
    after = list(call.input) if call.has_input else items(call.values.get("DifferenceObject"))
    chosen = [getter(call, one) for one in items(call.values.get("Property"))]
    if not chosen and any(isinstance(one, ShellObject | dict) for one in (*before, *after)):
        raise UnsupportedError("Compare-Object for objects without -Property")
    cased = call.switch("CaseSensitive")

    def key(one: Any) -> list[Any]:
        return [get(one) for _, get in chosen] if chosen else [one]

    def row(one: Any, side: str) -> ShellObject:
        values = {name: get(one) for name, get in chosen} if chosen else {"InputObject": one}
        return ShellObject("Custom", {**values, "SideIndicator": side})

    equal_rows, right, left = [], [], []
    rest = list(before)
    for one in after:
        place = next(
            (
                number
                for number, other in enumerate(rest)
                if all(equal(a, b, cased) for a, b in zip(key(other), key(one), strict=True))
            ),
            None,
        )
        if place is None:
            right.append(one)
        else:
            equal_rows.append(rest.pop(place))
    left = rest
    shown: list[Any] = []
    if call.switch("IncludeEqual") or call.switch("ExcludeDifferent"):
        shown += [row(one, "==") for one in equal_rows]
    if not call.switch("ExcludeDifferent"):
        shown += [row(one, "=>") for one in right]
        shown += [row(one, "<=") for one in left]
    return shown


@cmdlet(
    "Join-String",
    Param("Property", "any", position=0),
    Param("Separator", position=1),
    Param("OutputPrefix", aliases=("op",)),
    Param("OutputSuffix", aliases=("os",)),
    Param("SingleQuote", "switch"),
    Param("DoubleQuote", "switch"),
    Param("FormatString"),
    OBJECTS,
    synopsis="Joins objects to one string.",
    example="Get-VM | Join-String Name -Separator ', '",
    module=CORE,
)
def join_string(call: Call) -> Iterable[Any]:
    """One text."""
    get = getter(call, call.values["Property"])[1] if call.has("Property") else (lambda item: item)
    quote = "'" if call.switch("SingleQuote") else '"' if call.switch("DoubleQuote") else ""
    parts = []
    for one in pipeline_input(call):
        shown = text(get(one))
        if call.has("FormatString"):
            from fcm.shell.values.operators import formatted

            shown = formatted(call.text("FormatString"), [get(one)])
        parts.append(f"{quote}{shown}{quote}")
    between = call.text("Separator") if call.has("Separator") else text(call.session.variables.get("OFS"))
    return [call.text("OutputPrefix") + between.join(parts) + call.text("OutputSuffix")]
