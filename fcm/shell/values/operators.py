"""PowerShell's operators on values."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import ConversionError, DivisionError, ShellError
from fcm.shell.language.exceptions import exception_type
from fcm.shell.values import numbers, times
from fcm.shell.values.records import ExceptionObject
from fcm.shell.values.values import (
    ShellObject,
    as_number,
    as_span,
    as_time,
    as_whole,
    compare,
    equal,
    items,
    like,
    text,
    truth,
    wildcard,
)
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_RANGE = 100_000
LONGEST_TEXT = 1_000_000
"""Characters or elements that a repetition gives at most."""
LONGEST_SUM = 2**24
"""Characters of a text that was put together."""
LONGEST_LIST = 1_000_000
_FORMAT = re.compile(r"\{\{|\}\}|\{(\d{1,4})(?:,(-?\d{1,4}))?(?::([^{}]*))?\}")

_NAMED_GROUP = re.compile(r"(?<!\\)\(\?<(?=[A-Za-z_])")
"""How .NET writes what Python writes ``(?P<name>``."""


def binary(operator: str, left: Any, right: Any) -> Any:
    """The value of ``left operator right``.

    Raises:
        ShellError: the operator does not apply to the values.
    """
    if operator in _FILTERS:
        test = _FILTERS[operator]
        if isinstance(left, list):
            return [item for item in left if test(item, right)]
        return test(left, right)
    return _OTHERS[operator](left, right)


def _match(value: Any, pattern: Any) -> bool:
    return regex(pattern).search(text(value)) is not None


def matches(value: Any, pattern: Any, cased: bool) -> dict[Any, Any]:
    """``$Matches``: what the groups of a pattern found, by number and name; empty if it does not fit."""
    found = regex(pattern, cased).search(text(value))
    if found is None:
        return {}
    groups: dict[Any, Any] = {0: found[0]}
    groups |= {number: part for number, part in enumerate(found.groups(), 1) if part is not None}
    return groups | {name: part for name, part in found.groupdict().items() if part is not None}


def regex(pattern: Any, cased: bool = False) -> re.Pattern[str]:
    """A regular expression as scripts write it, with .NET's names of groups.

    Raises:
        ShellError: it is not valid.
    """
    try:
        return re.compile(_NAMED_GROUP.sub("(?P<", text(pattern)), 0 if cased else re.IGNORECASE)
    except re.error as error:
        raise ShellError(
            f"{quoted(text(pattern))} is not a valid regular expression: {error}.", "Escape . * + ? ( ) [ \\ with \\"
        ) from error


_FILTERS: dict[str, Callable[[Any, Any], bool]] = {
    "-eq": equal,
    "-ne": lambda left, right: not equal(left, right),
    "-gt": lambda left, right: compare(left, right) > 0,
    "-ge": lambda left, right: compare(left, right) >= 0,
    "-lt": lambda left, right: compare(left, right) < 0,
    "-le": lambda left, right: compare(left, right) <= 0,
    "-like": like,
    "-notlike": lambda left, right: not like(left, right),
    "-match": _match,
    "-notmatch": lambda left, right: not _match(left, right),
    "-ceq": lambda left, right: _same(left, right),
    "-cne": lambda left, right: not _same(left, right),
    "-cgt": lambda left, right: _ordered(left, right) > 0,
    "-cge": lambda left, right: _ordered(left, right) >= 0,
    "-clt": lambda left, right: _ordered(left, right) < 0,
    "-cle": lambda left, right: _ordered(left, right) <= 0,
    "-clike": lambda left, right: wildcard(text(right), cased=True).fullmatch(text(left)) is not None,
    "-cnotlike": lambda left, right: wildcard(text(right), cased=True).fullmatch(text(left)) is None,
    "-cmatch": lambda left, right: regex(right, cased=True).search(text(left)) is not None,
    "-cnotmatch": lambda left, right: regex(right, cased=True).search(text(left)) is None,
}


def _same(left: Any, right: Any) -> bool:
    """Equal where the case of letters counts."""
    return equal(left, right) and (not isinstance(left, str) or text(left) == text(right) or _is_number(right))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _ordered(left: Any, right: Any) -> int:
    """-1, 0 or 1 where the case of letters counts: small letters come first, as in PowerShell."""
    order = compare(left, right)
    if order or not isinstance(left, str):
        return order
    first, second = text(left).swapcase(), text(right).swapcase()
    return int(first > second) - int(first < second)


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, list):
        if len(left) > LONGEST_LIST:
            raise ShellError(f"An array can have at most {LONGEST_LIST} elements.", "Use a pipeline.")
        return [*left, *items(right)]
    if isinstance(left, dict) and isinstance(right, dict):
        return {**left, **right}
    if isinstance(left, datetime | timedelta):
        return left + as_span(right)
    if isinstance(left, str) or (left is None and isinstance(right, str)):
        joined = text(left) + text(right)
        if len(joined) > LONGEST_SUM:
            raise ShellError(
                f"A string can have at most {LONGEST_SUM} characters.", "Write the parts to a file instead."
            )
        return joined
    if left is None and isinstance(right, ShellObject | list):
        return right
    if isinstance(left, ShellObject):
        raise ShellError("Objects cannot be added.", "Collect them in an array: @( ... ).")
    return _limited(as_number(left) + as_number(right))


def _limited(value: int | float) -> int | float:
    """A number; whole ones beyond 128 bits become floating ones."""
    if isinstance(value, int) and value.bit_length() > 128:
        return float(value) if value.bit_length() < 1000 else float("inf") if value > 0 else float("-inf")
    return value


def _subtract(left: Any, right: Any) -> Any:
    if isinstance(left, datetime):
        return left - as_time(right) if isinstance(right, datetime) else left - as_span(right)
    if isinstance(left, timedelta):
        return left - as_span(right)
    return _limited(as_number(left) - as_number(right))


def _multiply(left: Any, right: Any) -> Any:
    if isinstance(left, str | list):
        count = as_whole(right, "The number of repetitions")
        if count < 0 or count * max(len(left), 1) > LONGEST_TEXT:
            raise ShellError(f"{count} repetitions are not supported.", "Choose a smaller number.")
        return left * count
    return _limited(as_number(left) * as_number(right))


def _divide(left: Any, right: Any) -> Any:
    below = as_number(right)
    if not below:
        raise DivisionError("Attempted to divide by zero.", "Check the divisor first.")
    above = as_number(left)
    if isinstance(above, int) and isinstance(below, int) and above % below == 0:
        return above // below  # exact beyond 2^53 too
    found = above / below
    return int(found) if isinstance(found, float) and found.is_integer() and abs(found) < 2**53 else found


def _remainder(left: Any, right: Any) -> Any:
    below = as_number(right)
    if not below:
        raise DivisionError("Attempted to divide by zero.", "Check the divisor first.")
    above = as_number(left)
    return above - below * int(above / below) if above * below < 0 else above % below


def _range(left: Any, right: Any) -> list[int]:
    first, last = as_whole(left, "The range"), as_whole(right, "The range")
    if abs(last - first) > LONGEST_RANGE:
        raise ShellError(f"A range can have at most {LONGEST_RANGE} numbers.", "Choose a shorter range.")
    return list(range(first, last + 1)) if first <= last else list(range(first, last - 1, -1))


def _is(left: Any, right: Any) -> bool:
    kinds: dict[str, tuple[type, ...]] = {
        "string": (str,),
        "int": (int,),
        "bool": (bool,),
        "double": (float,),
        "array": (list,),
        "datetime": (datetime,),
        "timespan": (timedelta,),
    }
    name = text(right).strip("[]").casefold()
    if isinstance(left, ExceptionObject):
        return exception_type(name) in left.types
    found = isinstance(left, kinds.get(name, ()))
    return found and (name == "bool" or not isinstance(left, bool))


def _replace(left: Any, right: Any, cased: bool = False) -> Any:
    parts = items(right)
    pattern = regex(parts[0] if parts else "", cased)
    new = re.sub(r"\$(\d+)", r"\\g<\1>", text(parts[1]).replace("\\", "\\\\")) if len(parts) > 1 else ""
    try:
        done = [pattern.sub(new, text(item)) for item in items(left)]
    except (re.error, IndexError) as error:
        raise ShellError(
            f"{quoted(text(parts[1]))} is not a valid replacement: {error}.", "For groups, use $1, $2."
        ) from error
    return done if isinstance(left, list) else "".join(done)


def _split(left: Any, right: Any) -> list[str]:
    pattern = regex(right)
    return [part for item in items(left) for part in pattern.split(text(item)) if part is not None]


_OTHERS: dict[str, Callable[[Any, Any], Any]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "%": _remainder,
    "..": _range,
    "-f": lambda left, right: formatted(text(left), right if isinstance(right, list) else [right]),
    "-contains": lambda left, right: any(equal(item, right) for item in items(left)),
    "-notcontains": lambda left, right: not any(equal(item, right) for item in items(left)),
    "-in": lambda left, right: any(equal(item, left) for item in items(right)),
    "-notin": lambda left, right: not any(equal(item, left) for item in items(right)),
    "-ccontains": lambda left, right: any(_same(item, right) for item in items(left)),
    "-cnotcontains": lambda left, right: not any(_same(item, right) for item in items(left)),
    "-cin": lambda left, right: any(_same(item, left) for item in items(right)),
    "-cnotin": lambda left, right: not any(_same(item, left) for item in items(right)),
    "-creplace": lambda left, right: _replace(left, right, cased=True),
    "-band": lambda left, right: as_whole(left, "-band") & as_whole(right, "-band"),
    "-bor": lambda left, right: as_whole(left, "-bor") | as_whole(right, "-bor"),
    "-bxor": lambda left, right: as_whole(left, "-bxor") ^ as_whole(right, "-bxor"),
    "-xor": lambda left, right: truth(left) != truth(right),
    "-replace": _replace,
    "-split": _split,
    "-join": lambda left, right: text(right).join(text(item) for item in items(left)),
    "-is": _is,
    "-isnot": lambda left, right: not _is(left, right),
    "-as": lambda left, right: cast(text(right).strip("[]").casefold(), left),
}


def unary(operator: str, value: Any) -> Any:
    """The value of ``operator value``."""
    match operator:
        case "-not":
            return not truth(value)
        case "-":
            return -as_number(value)
        case "+":
            return as_number(value)
        case "-bnot":
            return ~as_whole(value, "-bnot")
        case "-join":
            return "".join(text(item) for item in items(value))
        case _:
            return [part for item in items(value) for part in text(item).split()]


def cast(kind: str, value: Any) -> Any:
    """``[kind] value``.

    Raises:
        ShellError: the value cannot become that.
    """
    if kind.endswith("[]"):
        return [cast(kind[:-2], item) for item in items(value)]
    match kind:
        case "int" | "long":
            return _whole(as_number(value), kind)
        case "double":
            return float(as_number(value))
        case "bool":
            return truth(value)
        case "datetime":
            return as_time(value)
        case "timespan":
            return as_span(value)
        case "array":
            return items(value)
        case "object":
            return value
        case "hashtable":
            return _as_table(value)
        case "pscustomobject":
            table = _as_table(value)
            return ShellObject("Custom", {text(key): item for key, item in table.items()})
        case "switch":
            return truth(value)
        case _:
            return text(value)


def _whole(number: int | float, kind: str) -> int:
    """A number as whole one; halves go to the even one, as .NET rounds (2.5 is 2, 3.5 is 4).

    Raises:
        ConversionError: it is too large for the type.
    """
    bits = 31 if kind == "int" else 63
    if not -(2.0**bits) <= number < 2.0**bits:
        remedy = "Use [long]." if kind == "int" else "Use [double]."
        raise ConversionError(f"{text(number)} is too large or too small for [{kind}].", remedy)
    return round(number)


def _as_table(value: Any) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise ShellError(f"{quoted(text(value))} is not a hashtable.", "Example: @{ Name = value }.")
    return value


def formatted(pattern: str, values: list[Any]) -> str:
    """``-f``: {0}, {0,10}, numbers as {0:N2} or {0:#,##0.0}, times as {0:yyyy-MM-dd HH:mm:ss}.

    Raises:
        ShellError: a number in braces has no value.
    """

    def one(match: re.Match[str]) -> str:
        if match[0] in ("{{", "}}"):
            return match[0][0]
        place = int(match[1])
        if place >= len(values):
            raise ShellError(f"{match[0]} has no value: there are {len(values)}.", "Indexes start at 0.")
        shown = _shown(values[place], match[3] or "")
        width = int(match[2] or 0)
        return shown.rjust(width) if width >= 0 else shown.ljust(-width)

    return _FORMAT.sub(one, pattern)


def _shown(value: Any, form: str) -> str:
    if isinstance(value, datetime) and form:
        return times.formatted(value, form)
    if not form or isinstance(value, bool) or not isinstance(value, int | float):
        return text(value)
    return numbers.formatted(value.value if isinstance(value, Enum) else value, form)
