"""Methods of values: texts, numbers, times, tables and lists, and the static ones of [math]."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import ShellError
from fcm.shell.values.operators import binary, formatted
from fcm.shell.values.values import ShellObject, as_number, as_whole, equal, table_get, text
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    Method = Callable[..., Any]

_TEXT: dict[str, Method] = {
    "toupper": lambda value: value.upper(),
    "tolower": lambda value: value.lower(),
    "trim": lambda value, *chars: value.strip(text(chars[0]) if chars else None),
    "trimstart": lambda value, *chars: value.lstrip(text(chars[0]) if chars else None),
    "trimend": lambda value, *chars: value.rstrip(text(chars[0]) if chars else None),
    "contains": lambda value, part: text(part) in value,
    "startswith": lambda value, part: value.startswith(text(part)),
    "endswith": lambda value, part: value.endswith(text(part)),
    "indexof": lambda value, part: value.find(text(part)),
    "replace": lambda value, old, new: value.replace(text(old), text(new)) if text(old) else value,
    "split": lambda value, *by: value.split(text(by[0]) if by and text(by[0]) else None),
    "substring": lambda value, start, *count: _part(value, start, *count),
    "padleft": lambda value, width: value.rjust(min(as_whole(width, "The width"), 10_000)),
    "padright": lambda value, width: value.ljust(min(as_whole(width, "The width"), 10_000)),
}
_ANY: dict[str, Method] = {
    "tostring": lambda value, *form: formatted("{0:" + text(form[0]) + "}", [value]) if form else text(value),
    "equals": lambda value, other: equal(value, other),
}
_TABLE: dict[str, Method] = {
    "containskey": lambda table, key: any(equal(text(known), text(key)) for known in table),
    "contains": lambda table, key: any(equal(text(known), text(key)) for known in table),
    "add": lambda table, key, value: _add(table, key, value),
    "remove": lambda table, key: table.pop(
        next((known for known in table if equal(text(known), text(key))), None), None
    ),
}
_LIST: dict[str, Method] = {
    "contains": lambda found, value: any(equal(item, value) for item in found),
    "indexof": lambda found, value: next((n for n, item in enumerate(found) if equal(item, value)), -1),
}
_TIME: dict[str, Method] = {
    f"add{unit}": lambda value, count, unit=unit: value + timedelta(**{unit: float(as_number(count))})
    for unit in ("days", "hours", "minutes", "seconds", "milliseconds")
}
_TIME |= {
    "touniversaltime": lambda value: value.astimezone(UTC),
    "tolocaltime": lambda value: value.astimezone(),
    "subtract": lambda value, other: binary("-", value, other),
    "add": lambda value, span: binary("+", value, span),
}
_SPAN: dict[str, Method] = {
    "add": lambda value, span: binary("+", value, span),
    "subtract": lambda value, span: binary("-", value, span),
    "negate": lambda value: -value,
    "duration": lambda value: abs(value),
}
_MATH: dict[str, Method] = {
    "round": lambda value, *digits: round(as_number(value), as_whole(digits[0], "Digits") if digits else 0),
    "floor": lambda value: math.floor(as_number(value)),
    "ceiling": lambda value: math.ceil(as_number(value)),
    "truncate": lambda value: math.trunc(as_number(value)),
    "abs": lambda value: abs(as_number(value)),
    "sqrt": lambda value: math.sqrt(as_number(value)),
    "pow": lambda value, power: math.pow(as_number(value), as_number(power)),
    "log": lambda value, *base: math.log(as_number(value), *map(as_number, base)),
    "min": lambda left, right: min(as_number(left), as_number(right)),
    "max": lambda left, right: max(as_number(left), as_number(right)),
}
_STATIC: dict[str, dict[str, Method]] = {
    "math": _MATH,
    "string": {
        "isnullorempty": lambda value: not text(value),
        "join": lambda by, values: text(by).join(
            text(item) for item in (values if isinstance(values, list) else [values])
        ),
    },
}
_FIELDS = {
    ("int", "maxvalue"): 2**31 - 1,
    ("int", "minvalue"): -(2**31),
    ("long", "maxvalue"): 2**63 - 1,
    ("math", "pi"): math.pi,
    ("string", "empty"): "",
}


_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "System.Boolean"),
    (int, "System.Int32"),
    (float, "System.Double"),
    (str, "System.String"),
    (list, "System.Object[]"),
    (dict, "System.Collections.Hashtable"),
    (datetime, "System.DateTime"),
    (timedelta, "System.TimeSpan"),
)
_OBJECTS = {
    "ErrorRecord": "System.Management.Automation.ErrorRecord",
    **dict.fromkeys(("Custom", "Selected"), "System.Management.Automation.PSCustomObject"),
}


def method(value: Any, name: str, arguments: list[Any], at: int) -> Any:
    """``value.name(arguments)``.

    Raises:
        ShellError: there is no such method, or the arguments do not fit.
    """
    if name.casefold() == "gettype" and not arguments:
        return type_of(value)
    own: dict[str, Method] = (
        _TABLE
        if isinstance(value, dict)
        else _LIST
        if isinstance(value, list)
        else _TIME
        if isinstance(value, datetime)
        else _SPAN
        if isinstance(value, timedelta)
        else {}
        if isinstance(value, int | float)
        else _TEXT
    )
    known = own | _ANY
    found = known.get(name.casefold())
    if found is None:
        raise ShellError(f"The method {name}() does not exist.", f"Available: {', '.join(sorted(known))}.", at)
    return _called(found, f"{name}()", [text(value) if own is _TEXT else value, *arguments], at)


def type_of(value: Any) -> ShellObject:
    """``value.GetType()``: Name and FullName as in .NET; objects of the cluster have the names of this shell.

    Raises:
        ShellError: it is nothing.
    """
    if value is None:
        raise ShellError(
            "You cannot call a method on a null-valued expression.", "Check that the variable has a value."
        )
    if isinstance(value, ShellObject):
        full = _OBJECTS.get(value.type, f"fcm.{value.type}")
        full = text(value.get("Type")) if value.type == "Exception" else full
    else:
        full = next((name for kind, name in _TYPES if isinstance(value, kind)), "System.Object")
        if full == "System.Int32" and not -(2**31) <= value < 2**31:
            full = "System.Int64"
    return ShellObject("Type", {"Name": full.rpartition(".")[2], "FullName": full})


def static(kind: str, name: str, arguments: list[Any] | None, at: int) -> Any:
    """``[kind]::name(arguments)``, or the field ``[kind]::name``.

    Raises:
        ShellError: there is no such thing, or the arguments do not fit.
    """
    if arguments is None:
        if (kind, name) not in _FIELDS:
            known = ", ".join(f"[{owner}]::{field}" for owner, field in _FIELDS)
            raise ShellError(f"[{kind}]::{name} does not exist.", f"Available: {known}.", at)
        return _FIELDS[kind, name]
    found = _STATIC.get(kind, {}).get(name)
    if found is None:
        names = ", ".join(f"[{owner}]::{one}()" for owner, methods in _STATIC.items() for one in methods)
        raise ShellError(f"[{kind}]::{name}() does not exist.", f"Available: {names}.", at)
    return _called(found, f"[{kind}]::{name}()", arguments, at)


def _called(function: Method, shown: str, arguments: list[Any], at: int) -> Any:
    try:
        return function(*arguments)
    except ShellError as error:
        error.at = error.at if error.at >= 0 else at
        raise
    except (TypeError, ValueError, OverflowError, ZeroDivisionError) as error:
        raise ShellError(
            f"{shown} does not accept these arguments.", "Check the number and types of the arguments.", at
        ) from error


def _part(value: str, start: Any, *count: Any) -> str:
    begin = as_whole(start, "The start")
    end = begin + as_whole(count[0], "The length") if count else len(value)
    if not 0 <= begin <= end <= len(value):
        raise ShellError(f"{quoted(value)} has {len(value)} characters.", "Choose a range within the string.")
    return value[begin:end]


def _add(table: dict[Any, Any], key: Any, value: Any) -> None:
    if table_get(table, key) is not None:
        raise ShellError(f"The hashtable already contains {quoted(text(key))}.", "Assign a value to the key instead.")
    table[key] = value
