"""Static members and constructors of .NET's types: ``[guid]::Empty``, ``[version]::new(1, 2)``."""

from __future__ import annotations

import ipaddress
import math
import os
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import ShellError, UnsupportedError, exact
from fcm.shell.language.exceptions import BASES
from fcm.shell.language.kinds import HIGH, INT32, INTEGERS, LOW, BigInteger, Char
from fcm.shell.values.net import collections, objects
from fcm.shell.values.net.casting import NUMERIC, convert, exception_of, to_enum, to_number
from fcm.shell.values.net.comparing import order_of_texts, sort_key
from fcm.shell.values.net.convert_statics import CONVERT, Encoding, bits_of, bits_to_text, to_int, truth_of
from fcm.shell.values.net.cultures import Culture
from fcm.shell.values.net.math_statics import MATH, Static
from fcm.shell.values.net.parsing_statics import SPANS, TIMES, attempted, parse_number, plain_number, wrong_format
from fcm.shell.values.net.pattern_statics import PATHS, escape, no_file, regex_method
from fcm.shell.values.net.types import (
    EnumValue,
    Matrix,
    NetType,
    TypedArray,
    members_of,
)
from fcm.shell.values.operators import formatted
from fcm.shell.values.times import loose
from fcm.shell.values.values import ShellObject, part, text

if TYPE_CHECKING:
    from collections.abc import Callable

_INT = NetType(INT32)
_LONG = NetType("System.Int64")
_DOUBLE = NetType("System.Double")
MOST_ELEMENTS = 1_000_000


def _double(value: Any) -> float:
    return float(to_number(_DOUBLE, value))


def _whole(value: Any) -> int:
    return int(to_number(_INT, value))


def _unfit() -> Any:
    raise KeyError("arguments")


# texts


def _joined(arguments: list[Any]) -> str:
    by, *values = arguments
    if len(values) == 1 and isinstance(values[0], list):
        values = values[0]
    elif len(values) != 1:
        raise UnsupportedError("[string]::Join() with several values", "Give it an array.")
    return text(by).join(part(one) for one in values)


def _concat(arguments: list[Any]) -> str:
    if len(arguments) == 1 and isinstance(arguments[0], list):
        arguments = arguments[0]
    return "".join(part(one) for one in arguments)


def _compare(arguments: list[Any]) -> int:
    match arguments:
        case [left, right]:
            return order_of_texts(text(left), text(right), True)
        case [left, right, bool() as ignore]:
            return order_of_texts(text(left), text(right), not ignore)
        case [left, right, how]:
            name = to_enum(NetType("System.StringComparison"), how).name()
            if name.startswith("Ordinal"):
                raise UnsupportedError(f"Comparing with {name}")
            return order_of_texts(text(left), text(right), not name.endswith("IgnoreCase"))
    raise KeyError("compare")


def _ordinal(arguments: list[Any]) -> int:
    left, right = map(text, arguments)
    for a, b in zip(left, right, strict=False):
        if a != b:
            return ord(a) - ord(b)
    return len(left) - len(right)


_TEXT: dict[str, Static] = {
    "isnullorempty": lambda arguments: not text(arguments[0]) if len(arguments) == 1 else _unfit(),
    "isnullorwhitespace": lambda arguments: not text(arguments[0]).strip() if len(arguments) == 1 else _unfit(),
    "join": _joined,
    "concat": _concat,
    "format": lambda arguments: formatted(
        text(arguments[0]),
        arguments[1] if len(arguments) == 2 and isinstance(arguments[1], list) else arguments[1:],
    ),
    "compare": _compare,
    "compareordinal": _ordinal,
    "equals": lambda arguments: text(arguments[0]) == text(arguments[1]),
}


def _guid(written: str) -> Any:
    try:
        return objects.Guid(uuid.UUID(written.strip()))
    except ValueError:
        return None


def _must(parse: Callable[[str], Any]) -> Static:
    def one(arguments: list[Any]) -> Any:
        found = parse(text(arguments[0])) if len(arguments) == 1 else _unfit()
        if found is None:
            raise wrong_format()
        return found

    return one


def _address(arguments: list[Any]) -> Any:
    return _must(objects.Address.parsed)(arguments)


# arrays


def _sort(arguments: list[Any]) -> None:
    (several,) = arguments
    if not isinstance(several, list):
        raise KeyError("sort")
    several.sort(key=lambda one: sort_key(one, True))


def _reverse(arguments: list[Any]) -> None:
    (several,) = arguments
    if not isinstance(several, list):
        raise KeyError("reverse")
    several.reverse()


def _index_of(arguments: list[Any]) -> int:
    several, wanted = arguments
    return next((n for n, one in enumerate(several) if type(one) is type(wanted) and one == wanted), -1)


_ARRAYS: dict[str, Static] = {"sort": _sort, "reverse": _reverse, "indexof": _index_of}

# enumerations


def _enum_type(value: Any) -> NetType:
    if not isinstance(value, NetType) or not value.is_enum:
        raise UnsupportedError("[enum] with this type")
    return value


def _names(arguments: list[Any]) -> Any:
    kind = _enum_type(arguments[0])
    return TypedArray(NetType("System.String"), list(members_of(kind)))


def _values(arguments: list[Any]) -> Any:
    kind = _enum_type(arguments[0])
    return [EnumValue(kind, number) for number in sorted(set(members_of(kind).values()))]


def _defined(arguments: list[Any]) -> bool:
    kind, one = _enum_type(arguments[0]), arguments[1]
    members = members_of(kind)
    return one in members if isinstance(one, str) else int(one) in members.values()


def _parse_enum(arguments: list[Any]) -> Any:
    kind = _enum_type(arguments[0])
    if len(arguments) == 2 and text(arguments[1]) not in members_of(kind):
        raise _argument_error()
    return to_enum(kind, text(arguments[1]))


def _argument_error() -> ShellError:
    error = ShellError("The name was not found.", "Use one of the names.")
    error.known_id, error.inner = "ArgumentException", "System.ArgumentException"
    return error


def _version(arguments: list[Any]) -> Any:
    if len(arguments) == 1 and isinstance(arguments[0], str):
        return _must(objects.Version.parsed)(arguments)
    if not 2 <= len(arguments) <= 4:
        raise KeyError("new")
    return objects.Version(tuple(_whole(one) for one in arguments))


def _new_text(arguments: list[Any]) -> str:
    match arguments:
        case [list() as several] if all(isinstance(one, str) and len(one) == 1 for one in several):
            return "".join(several)
        case [str() as char, int() as count] if len(char) == 1 and 0 <= count <= MOST_ELEMENTS:
            return str(char) * count
    raise KeyError("new")


STATICS: dict[str, dict[str, Static]] = {
    "System.Math": MATH,
    "System.String": {**_TEXT, "new": _new_text},
    "System.DateTime": TIMES,
    "System.TimeSpan": SPANS,
    "System.Guid": {
        "newguid": lambda arguments: objects.Guid(uuid.uuid4()),
        "parse": _must(_guid),
        "tryparse": lambda arguments: attempted(arguments, _guid, objects.Guid(uuid.UUID(int=0))),
        "new": _must(_guid),
    },
    "System.Version": {
        "parse": _must(objects.Version.parsed),
        "tryparse": lambda arguments: attempted(arguments, objects.Version.parsed, None),
        "new": _version,
    },
    "System.Net.IPAddress": {
        "parse": _address,
        "tryparse": lambda arguments: attempted(arguments, objects.Address.parsed, None),
    },
    "System.Array": _ARRAYS,
    "System.Convert": CONVERT,
    "System.BitConverter": {
        "tostring": bits_to_text,
        "getbytes": bits_of,
        "toint32": to_int(4),
        "toint64": to_int(8),
    },
    "System.Text.RegularExpressions.Regex": {
        **{name: regex_method(name) for name in ("match", "matches", "ismatch", "replace", "split")},
        "escape": escape,
        "new": lambda arguments: objects.Regex(text(arguments[0])) if len(arguments) == 1 else _unfit(),
    },
    "System.IO.Path": PATHS,
    "System.IO.File": dict.fromkeys(("readalltext", "readalllines"), no_file),
    "System.Boolean": {
        "parse": truth_of,
        "tryparse": lambda arguments: attempted(
            arguments, lambda one: {"true": True, "false": False}.get(one.strip().casefold()), False
        ),
    },
    "System.Enum": {"getnames": _names, "getvalues": _values, "isdefined": _defined, "parse": _parse_enum},
    "System.Char": {
        "isdigit": lambda arguments: text(arguments[0]).isdigit(),
        "isletter": lambda arguments: text(arguments[0]).isalpha(),
        "isletterordigit": lambda arguments: text(arguments[0]).isalnum(),
        "isupper": lambda arguments: text(arguments[0]).isupper(),
        "islower": lambda arguments: text(arguments[0]).islower(),
        "iswhitespace": lambda arguments: text(arguments[0]).isspace(),
        "toupper": lambda arguments: Char(text(arguments[0]).upper()),
        "tolower": lambda arguments: Char(text(arguments[0]).lower()),
    },
    "System.Double": {"isnan": lambda arguments: math.isnan(_double(arguments[0]))},
    "System.Text.StringBuilder": {
        "new": lambda arguments: objects.StringBuilder(
            text(arguments[0]) if arguments and isinstance(arguments[0], str) else ""
        ),
    },
    "System.Numerics.BigInteger": {
        "pow": lambda arguments: BigInteger(int(arguments[0]) ** min(_whole(arguments[1]), 5000)),
        "parse": lambda arguments: BigInteger(int(text(arguments[0]))),
    },
    "System.Globalization.CultureInfo": {
        "getcultureinfo": lambda arguments: _culture(text(arguments[0])),
        "new": lambda arguments: _culture(text(arguments[0])),
    },
}


def _readers(kind: NetType) -> dict[str, Static]:
    """Parse and TryParse of a type of numbers."""
    return {
        "parse": parse_number(kind),
        "tryparse": lambda arguments: attempted(arguments, plain_number(kind), to_number(kind, 0)),
    }


for _name in NUMERIC - {"System.Numerics.BigInteger"}:
    STATICS[_name] = {**STATICS.get(_name, {}), **_readers(NetType(_name))}


def _culture(name: str) -> Culture:
    if name.casefold() not in ("", "en-us"):
        raise UnsupportedError(f"The culture {name}")
    return Culture("en-US" if name else "")


_FIELDS: dict[str, dict[str, Callable[[], Any]]] = {
    "System.Math": {"pi": lambda: math.pi, "e": lambda: math.e},
    "System.String": {"empty": lambda: ""},
    "System.Int32": {"maxvalue": lambda: HIGH, "minvalue": lambda: LOW},
    "System.Double": {
        "maxvalue": lambda: 1.7976931348623157e308,
        "minvalue": lambda: -1.7976931348623157e308,
        "nan": lambda: math.nan,
        "positiveinfinity": lambda: math.inf,
        "negativeinfinity": lambda: -math.inf,
        "epsilon": lambda: 5e-324,
    },
    "System.Decimal": {
        "maxvalue": lambda: Decimal("79228162514264337593543950335"),
        "minvalue": lambda: Decimal("-79228162514264337593543950335"),
    },
    "System.DateTime": {
        "minvalue": lambda: loose(datetime(1, 1, 1)),
        "maxvalue": lambda: loose(datetime(9999, 12, 31, 23, 59, 59, 999999)),
    },
    "System.TimeSpan": {"zero": timedelta},
    "System.Guid": {"empty": lambda: objects.Guid(uuid.UUID(int=0))},
    "System.Net.IPAddress": {
        "loopback": lambda: objects.Address(ipaddress.ip_address("127.0.0.1")),
        "any": lambda: objects.Address(ipaddress.ip_address("0.0.0.0")),
    },
    "System.Text.Encoding": {
        "utf8": lambda: Encoding("utf-8", "utf-8"),
        "ascii": lambda: Encoding("us-ascii", "ascii"),
        "unicode": lambda: Encoding("utf-16", "utf-16-le"),
    },
    "System.Globalization.CultureInfo": {
        "invariantculture": lambda: Culture(""),
        "currentculture": lambda: Culture("en-US"),
    },
    "System.Environment": {"newline": lambda: "\n"},
    "System.IO.Path": {"directoryseparatorchar": lambda: Char(os.sep)},
    "System.Numerics.BigInteger": {"one": lambda: BigInteger(1), "zero": lambda: BigInteger(0)},
}
for _name, _kind_of in INTEGERS.items():
    if _name != "System.Numerics.BigInteger":
        _FIELDS.setdefault(_name, {})
        _FIELDS[_name] |= {
            "maxvalue": lambda kind=_kind_of: kind(kind.high),  # type: ignore[misc]
            "minvalue": lambda kind=_kind_of: kind(kind.low),  # type: ignore[misc]
        }
_KNOWN_MISSING = {"System.Math"}
"""Types of which this shell knows all names that scripts use, so that another one does not exist."""
_OTHERS_OFMATH = frozenset(
    [
        "acos",
        "acosh",
        "asin",
        "asinh",
        "atan",
        "atan2",
        "atanh",
        "bigmul",
        "bitdecrement",
        "bitincrement",
        "cbrt",
        "clamp",
        "copysign",
        "cosh",
        "fusedmultiplyadd",
        "ieeeremainder",
        "ilogb",
        "log2",
        "maxmagnitude",
        "minmagnitude",
        "reciprocalestimate",
        "scaleb",
        "sinh",
        "tanh",
        "tau",
        "sincos",
    ]
)


def static(kind: NetType, name: str, arguments: list[Any] | None, now: Callable[[], datetime]) -> Any:
    """``[kind]::name(arguments)``, or the field ``[kind]::name``.

    Args:
        kind: the type.
        name: the member.
        arguments: of a method; None: it is a property.
        now: the time of the cluster.

    Raises:
        ShellError: there is no such thing, or the arguments do not fit.
    """
    word = name.casefold()
    if arguments is None:
        return _static_field(kind, name, word, now)
    if word == "new":
        made = new_object(kind, arguments)
        if made is not None:
            return made
    function = STATICS.get(kind.name, {}).get(word) if not kind.rank else None
    if function is None:
        if kind.name in _KNOWN_MISSING and word not in _OTHERS_OFMATH:
            raise exact(
                f"Method invocation failed because [{kind.full}] does not contain a method named '{name}'.",
                "MethodNotFound",
            )
        raise UnsupportedError(f"[{kind.name}]::{name}()")
    try:
        return function(arguments)
    except (KeyError, IndexError, TypeError, ValueError, OverflowError) as error:
        raise UnsupportedError(f"[{kind.name}]::{name}() with these arguments") from error


def _static_field(kind: NetType, name: str, word: str, now: Callable[[], datetime]) -> Any:
    if kind.is_enum:
        members = members_of(kind)
        known = next((one for one in members if one.casefold() == word), None)
        if known is None:
            raise UnsupportedError(f"[{kind.name}]::{name}")
        return EnumValue(kind, members[known])
    if kind.name == "System.DateTime" and word in ("now", "utcnow", "today"):
        time = now()
        if word == "utcnow":
            return time.astimezone(UTC)
        return time if word == "now" else time.replace(hour=0, minute=0, second=0, microsecond=0)
    found = _FIELDS.get(kind.name, {}).get(word) if not kind.rank else None
    if found is None:
        raise UnsupportedError(f"[{kind.name}]::{name}")
    return found()


def new_object(kind: NetType, arguments: list[Any]) -> Any:
    """An object of a type, made by its constructor; None: it has none here.

    Raises:
        ShellError: the arguments do not fit.
    """
    if kind.rank:
        sizes = tuple(_whole(one) for one in arguments)
        if len(sizes) != kind.rank or math.prod(sizes) > MOST_ELEMENTS:
            raise UnsupportedError(f"[{kind.full}] with these sizes")
        element = kind.parts[0]
        empty = convert(element, 0) if element.name in NUMERIC else False if element.name == "System.Boolean" else None
        values = [empty] * math.prod(sizes)
        return Matrix(element, sizes, values) if kind.rank > 1 else TypedArray(element, values)
    if kind.name in BASES:
        return exception_of(kind.name, arguments)
    if kind.name.startswith("System.Collections.Generic.") or kind.name in _COLLECTIONS:
        if len(arguments) > 1 or (arguments and not isinstance(arguments[0], list | int)):
            raise UnsupportedError(f"A constructor of [{kind.name}] with these arguments")
        given = arguments[0] if arguments and isinstance(arguments[0], list) else []
        return collections.collection(kind, given, convert)
    match kind.name:
        case "System.Object":
            return ShellObject("Custom", {})
        case "System.Collections.Hashtable" if not arguments:
            return {}
        case "System.Management.Automation.PSObject" if not arguments:
            return ShellObject("Custom", {})
    return None


_COLLECTIONS = (
    *("System.Collections.ArrayList", "System.Collections.Queue", "System.Collections.Stack"),
    "System.Collections.SortedList",
)
