"""PowerShell's operators on values."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import ShellError, UnsupportedError, exact
from fcm.shell.language.kinds import Char
from fcm.shell.values import numbers, times
from fcm.shell.values.net import arithmetic
from fcm.shell.values.net.casting import convert, to_number, to_object, to_span, to_time
from fcm.shell.values.net.comparing import compare, equal
from fcm.shell.values.net.objects import regex, replacement
from fcm.shell.values.net.types import (
    EnumValue,
    Net,
    NetType,
    Ordered,
    Switch,
    array_of,
    is_a,
    named,
    type_of,
)
from fcm.shell.values.values import (
    ShellObject,
    items,
    table_key,
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
_FORMAT = re.compile(r"\{\{|\}\}|\{(\d{1,4})(?:,\s*(-?\d{1,4}))?(?::((?:[^{}]|\{\{|\}\})*))?\}|[{}]")


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


def _match(value: Any, pattern: Any, cased: bool = False) -> bool:
    return _pattern(pattern, cased).search(text(value)) is not None


def _pattern(pattern: Any, cased: bool = False) -> re.Pattern[str]:
    return regex(pattern, cased)


def matches(value: Any, pattern: Any, cased: bool) -> dict[Any, Any]:
    """``$Matches``: what the groups of a pattern found, by number and name; empty if it does not fit."""
    found = _pattern(pattern, cased).search(text(value))
    if found is None:
        return {}
    names = {number: name for name, number in found.re.groupindex.items()}
    groups: dict[Any, Any] = {0: found[0]}
    plain = [number for number in range(1, found.re.groups + 1) if number not in names]
    for place, number in enumerate(plain, 1):
        if found[number] is not None:
            groups[place] = found[number]
    return groups | {name: part for name, part in found.groupdict().items() if part is not None}


def like(value: Any, pattern: Any, cased: bool = False) -> bool:
    """``-like``."""
    return wildcard(text(pattern), cased).fullmatch(text(value)) is not None


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
    "-ceq": lambda left, right: equal(left, right, True),
    "-cne": lambda left, right: not equal(left, right, True),
    "-cgt": lambda left, right: compare(left, right, True) > 0,
    "-cge": lambda left, right: compare(left, right, True) >= 0,
    "-clt": lambda left, right: compare(left, right, True) < 0,
    "-cle": lambda left, right: compare(left, right, True) <= 0,
    "-clike": lambda left, right: like(left, right, True),
    "-cnotlike": lambda left, right: not like(left, right, True),
    "-cmatch": lambda left, right: _match(left, right, True),
    "-cnotmatch": lambda left, right: not _match(left, right, True),
}


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, list):
        if len(left) > LONGEST_LIST:
            raise ShellError(f"An array can have at most {LONGEST_LIST} elements.", "Use a pipeline.")
        return [*left, *(right if isinstance(right, list) else [right])]
    if isinstance(left, dict):
        return _merged(left, right)
    if isinstance(left, datetime):
        return left + to_span(right)
    if isinstance(left, timedelta):
        return left + to_span(right)
    if isinstance(left, str) and not (isinstance(left, Char) and not isinstance(right, str)):
        joined = text(left) + text(right)
        if len(joined) > LONGEST_SUM:
            raise ShellError(
                f"A string can have at most {LONGEST_SUM} characters.", "Write the parts to a file instead."
            )
        return joined
    if left is None and not isinstance(right, bool | int | float | Decimal):
        return right
    if isinstance(left, EnumValue):
        raise UnsupportedError("Adding to a value of an enumeration")
    if isinstance(left, ShellObject | NetType | Net):
        raise _no_operator(left, "op_Addition")
    return arithmetic.compute("+", arithmetic.operand(left), arithmetic.operand(right))


def _no_operator(left: Any, name: str) -> ShellError:
    return exact(
        f"Method invocation failed because [{type_of(left).full}] does not contain a method named '{name}'.",
        "MethodNotFound",
    )


def _merged(left: dict[Any, Any], right: Any) -> Any:
    if not isinstance(right, dict):
        raise exact("A hash table can only be added to another hash table.", "AddHashTableToNonHashTable")
    found = Ordered(left) if isinstance(left, Ordered) else dict(left)
    for key, value in right.items():
        try:
            known = table_key(left, key)
        except KeyError:
            found[key] = value
            continue
        raise exact(
            f"Item has already been added. Key in dictionary: '{text(known)}'  Key being added: '{text(key)}'",
            "System.ArgumentException",
        )
    return found


def _subtract(left: Any, right: Any) -> Any:
    if isinstance(left, datetime):
        if isinstance(right, datetime):
            return left.replace(tzinfo=None) - right.replace(tzinfo=None)
        if isinstance(right, str) and re.search(r"[-/]", right):
            return left.replace(tzinfo=None) - to_time(right).replace(tzinfo=None)
        return left - to_span(right)
    if isinstance(left, timedelta):
        return left - to_span(right)
    _refuse_others(left, "op_Subtraction")
    return arithmetic.compute("-", arithmetic.operand(left), arithmetic.operand(right))


def _refuse_others(left: Any, name: str) -> None:
    if isinstance(left, list):
        raise exact(
            f"Method invocation failed because [System.Object[]] does not contain a method named '{name}'.",
            "MethodNotFound",
        )
    if isinstance(left, dict | ShellObject | NetType | Net):
        raise _no_operator(left, name)
    if isinstance(left, EnumValue):
        raise UnsupportedError("Arithmetic with a value of an enumeration")


def _multiply(left: Any, right: Any) -> Any:
    if isinstance(left, list) or (isinstance(left, str) and not isinstance(left, Char)):
        count = to_number(NetType("System.Int64"), right)
        if count < 0 or count * max(len(left), 1) > LONGEST_TEXT:
            raise ShellError(f"{count} repetitions are not supported.", "Choose a smaller number.")
        return list(left) * count if isinstance(left, list) else str(left) * count
    if isinstance(left, timedelta):
        return left * arithmetic.operand(right)
    _refuse_others(left, "op_Multiply")
    return arithmetic.compute("*", arithmetic.operand(left), arithmetic.operand(right))


def _divide(left: Any, right: Any) -> Any:
    if isinstance(left, timedelta):
        return left / (right if isinstance(right, timedelta) else arithmetic.operand(right))
    _refuse_others(left, "op_Division")
    return arithmetic.compute("/", arithmetic.operand(left), arithmetic.operand(right))


def _remainder(left: Any, right: Any) -> Any:
    _refuse_others(left, "op_Modulus")
    return arithmetic.compute("%", arithmetic.operand(left), arithmetic.operand(right))


def _range(left: Any, right: Any) -> list[Any]:
    letters = [one for one in (left, right) if isinstance(one, str) and len(one) == 1 and not one.isdigit()]
    if len(letters) == 2:
        a, b = ord(left), ord(right)
        return [Char(chr(one)) for one in (range(a, b + 1) if a <= b else range(a, b - 1, -1))]
    if isinstance(left, Char) or isinstance(right, Char):
        raise UnsupportedError("A range of characters and numbers")
    kind = NetType("System.Int32")
    first, last = to_number(kind, left), to_number(kind, right)
    if abs(last - first) > LONGEST_RANGE:
        raise ShellError(f"A range can have at most {LONGEST_RANGE} numbers.", "Choose a shorter range.")
    return list(range(first, last + 1)) if first <= last else list(range(first, last - 1, -1))


def type_from(value: Any) -> NetType:
    """What stands on the right of -is and -as.

    Raises:
        ShellError: it is no type.
    """
    if isinstance(value, NetType):
        return value
    return named_type(text(value).strip("[]"))


def named_type(name: str) -> NetType:
    """A type of .NET by its name, with its brackets.

    Raises:
        UnsupportedError: this shell does not know it.
    """
    plain, bracket, rest = name.partition("[")
    if bracket and not rest.strip("[], "):
        found = named_type(plain)
        for one in f"[{rest}".replace(" ", "").split("]")[:-1]:
            found = array_of(found, one.count(",") + 1)
        return found
    if bracket:
        inside, _, tail = rest.rpartition("]")
        if tail:
            raise UnsupportedError(f"The type [{name}]")
        full = named(plain)
        if not full:
            raise UnsupportedError(f"The type [{name}]")
        return NetType(full, tuple(named_type(one.strip().strip("[]")) for one in inside.split(",")))
    full = named(plain)
    if not full:
        raise UnsupportedError(f"The type [{name}]")
    return NetType(full)


def _is(left: Any, right: Any) -> bool:
    return is_a(left, type_from(right))


def _as(left: Any, right: Any) -> Any:
    kind = type_from(right)
    if left is None and kind.name != "System.String":
        return None
    try:
        return convert(kind, left)
    except UnsupportedError:
        raise
    except ShellError:
        return None


def _replace(left: Any, right: Any, cased: bool = False) -> Any:
    parts = right if isinstance(right, list) else [right]
    if len(parts) > 2:
        raise exact(
            "The -replace operator allows only two elements to follow it, not {}.".format(len(parts)),  # noqa: UP032
            "BadReplaceArgument",
        )
    pattern = _pattern(parts[0] if parts else "", cased)
    new: Any = parts[1] if len(parts) > 1 else ""
    if not isinstance(new, str | int | float | None):
        raise UnsupportedError("-replace with a script block")
    filled = replacement(text(new), pattern)
    if isinstance(left, list):
        return [pattern.sub(filled, text(item)) for item in left]
    return pattern.sub(filled, text(left))


def split(left: Any, right: Any, cased: bool = False) -> list[str]:
    """``-split`` with a pattern, the most parts and options.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    parts = right if isinstance(right, list) else [right]
    most = int(to_number(NetType("System.Int32"), parts[1])) if len(parts) > 1 else 0
    options = [one.strip().casefold() for one in text(parts[2]).split(",")] if len(parts) > 2 else []
    flags = re.MULTILINE if "multiline" in options else 0
    unknown = {*options} - {"", "simplematch", "regexmatch", "ignorecase", "multiline"}
    if unknown or most < 0:
        raise UnsupportedError("-split with these options")
    written = re.escape(text(parts[0])) if "simplematch" in options else text(parts[0])
    pattern = regex(written, cased, flags)
    found = []
    for item in left if isinstance(left, list) else [left]:
        pieces = pattern.split(text(item), max(0, most - 1)) if most != 1 else [text(item)]
        found += [one for one in pieces if one is not None]
    return found


def _joined(left: Any, right: Any) -> str:
    from fcm.shell.values.values import part

    return text(right).join(part_text(item, part) for item in (left if isinstance(left, list) else [left]))


def part_text(item: Any, part: Callable[[Any], str]) -> str:
    """An element of a list in a text; an object of the cluster is its name."""
    return text(item) if isinstance(item, ShellObject) else part(item)


_OTHERS: dict[str, Callable[[Any, Any], Any]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "%": _remainder,
    "..": _range,
    "-f": lambda left, right: formatted(text(left), right if isinstance(right, list) else [right]),
    "-contains": lambda left, right: any(equal(item, right) for item in _elements(left)),
    "-notcontains": lambda left, right: not any(equal(item, right) for item in _elements(left)),
    "-in": lambda left, right: any(equal(item, left) for item in _elements(right)),
    "-notin": lambda left, right: not any(equal(item, left) for item in _elements(right)),
    "-ccontains": lambda left, right: any(equal(item, right, True) for item in _elements(left)),
    "-cnotcontains": lambda left, right: not any(equal(item, right, True) for item in _elements(left)),
    "-cin": lambda left, right: any(equal(item, left, True) for item in _elements(right)),
    "-cnotin": lambda left, right: not any(equal(item, left, True) for item in _elements(right)),
    "-creplace": lambda left, right: _replace(left, right, cased=True),
    "-csplit": lambda left, right: split(left, right, cased=True),
    **{
        name: lambda left, right, name=name: arithmetic.bits(name, left, right)  # type: ignore[misc]
        for name in ("-band", "-bor", "-bxor", "-shl", "-shr")
    },
    "-xor": lambda left, right: truth(left) != truth(right),
    "-replace": _replace,
    "-split": split,
    "-join": _joined,
    "-is": _is,
    "-isnot": lambda left, right: not _is(left, right),
    "-as": _as,
}


def _elements(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def unary(operator: str, value: Any) -> Any:
    """The value of ``operator value``."""
    match operator:
        case "-not" | "-inot":
            return not truth(value)
        case "-":
            if isinstance(value, timedelta):
                return -value
            return arithmetic.negated(arithmetic.operand(value))
        case "+":
            return arithmetic.operand(value)
        case "-bnot":
            return arithmetic.inverted(value)
        case "-join":
            return _joined(value, "")
        case _:
            return [part for item in items(value) for part in text(item).split()]


def cast(kind: str, value: Any) -> Any:
    """``[kind] value`` for a type of .NET.

    Raises:
        ShellError: the value cannot become that.
    """
    if kind == "pscustomobject":
        return to_object(value)
    if kind == "ordered":
        return Ordered(value) if isinstance(value, dict) else value
    return convert(named_type(kind), value)


def formatted(pattern: str, values: list[Any]) -> str:
    """``-f``: {0}, {0,10}, numbers as {0:N2} or {0:#,##0.0}, times as {0:yyyy-MM-dd HH:mm:ss}.

    Raises:
        ShellError: a number in braces has no value.
    """

    def one(match: re.Match[str]) -> str:
        if match[0] in ("{{", "}}"):
            return match[0][0]
        if match[1] is None:
            error = ShellError(
                "Error formatting a string: Input string was not in a correct format.", "Double { and }."
            )
            error.known_id = "FormatError"
            raise error
        place = int(match[1])
        if place >= len(values):
            raise exact(
                "Error formatting a string: Index (zero based) must be greater than or equal to zero and less than "
                "the size of the argument list..",
                "FormatError",
            )
        shown = formatted_value(values[place], (match[3] or "").replace("{{", "{").replace("}}", "}"))
        width = int(match[2] or 0)
        return shown.rjust(width) if width >= 0 else shown.ljust(-width)

    return _FORMAT.sub(one, pattern)


def formatted_value(value: Any, form: str) -> str:
    """A value in a form of .NET.

    Raises:
        ShellError: the form does not fit it.
    """
    if isinstance(value, datetime):
        return times.formatted(value, form or "G")
    if isinstance(value, timedelta):
        return times.formatted_span(value, form)
    if isinstance(value, EnumValue):
        match form.casefold():
            case "" | "g" | "f":
                return value.name()
            case "d":
                return str(int(value))
            case "x":
                return f"{int(value):08X}"
        raise UnsupportedError(f"The format {quoted(form)} of an enumeration")
    if isinstance(value, list):
        return type_of(value).full
    if isinstance(value, bool | Switch) or not isinstance(value, int | float | Decimal):
        return text(value)
    plain = value.value if isinstance(value, Enum) else value
    if not form:
        from fcm.shell.values.values import shortest

        return shortest(plain) if isinstance(plain, float) else text(plain)
    return numbers.formatted(plain, form)


__all__ = [
    *("ALIASES", "NetList", "TypedArray", "binary", "cast", "compare", "equal", "formatted", "formatted_value"),
    *("like", "matches", "named_type", "regex", "split", "type_from", "unary"),
]
