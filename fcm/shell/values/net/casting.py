"""``[type] value``: PowerShell's conversions, with its own words where they fail."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import TYPE_CHECKING, Any

from fcm.shell.language import tree
from fcm.shell.language.errors import ConversionError, ShellError, UnsupportedError, exact
from fcm.shell.language.exceptions import BASES, derived
from fcm.shell.language.kinds import HIGH, INT32, INTEGERS, LOW, Char, Single
from fcm.shell.language.scanner import number
from fcm.shell.values.enumerations import Enumerated
from fcm.shell.values.net import collections, objects
from fcm.shell.values.net.enums import FLAGS
from fcm.shell.values.net.types import (
    OBJECT,
    EnumValue,
    NetList,
    NetType,
    Ordered,
    Switch,
    TypedArray,
    is_a,
    members_of,
    type_of,
)
from fcm.shell.values.records import ExceptionObject
from fcm.shell.values.times import loose, parsed, parsed_span
from fcm.shell.values.values import ShellObject, items, text, truth

if TYPE_CHECKING:
    from collections.abc import Callable

_BOUNDS = {INT32: (LOW, HIGH), **{name: (one.low, one.high) for name, one in INTEGERS.items()}}
_NUMBERS = {*_BOUNDS, "System.Double", "System.Single", "System.Decimal"}
NUMERIC = frozenset(_NUMBERS)
"""Types of numbers by their full names."""


def _cannot(value: Any, kind: NetType, why: str, known_id: str) -> ShellError:
    return exact(
        f'Cannot convert value "{text(value)}" to type "{kind.full}".' + (f' Error: "{why}"' if why else ""),
        known_id,
        ConversionError,
    )


def _impossible(value: Any, kind: NetType) -> ShellError:
    if value is None:
        raise UnsupportedError(f"The conversion of $null to [{kind.full}]")
    return exact(
        f'Cannot convert the "{text(value)}" value of type "{type_of(value).full}" to type "{kind.full}".',
        "ConvertToFinalInvalidCastException",
        ConversionError,
    )


def convert(kind: NetType, value: Any) -> Any:
    """A value as one of a type.

    Raises:
        ShellError: it cannot become that.
    """
    if kind.rank:
        return _array(kind, value)
    name = kind.name
    if name in _NUMBERS:
        return to_number(kind, value)
    if name in _MADE:
        return _MADE[name](value, kind)
    if kind.is_enum:
        return to_enum(kind, value)
    if kind.declared is not None:
        raise UnsupportedError(f"The conversion to [{name}]")
    if is_a(value, kind):
        return value
    if name in BASES:
        return exception_of(name, [] if value is None else [text(value)])
    if name.startswith("System.Collections.Generic.") or name == "System.Collections.ArrayList":
        return collections.collection(kind, items(value), lambda element, one: convert(element, one))
    if value is None:
        return None
    raise UnsupportedError(f"The conversion to [{name}]")


def exception_of(name: str, arguments: list[Any]) -> ExceptionObject:
    """``[Exception]::new(message, inner)``.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    if len(arguments) > 2:
        raise UnsupportedError(f"A constructor of [{name}] with {len(arguments)} arguments")
    message = text(arguments[0]) if arguments else f"Exception of type '{name}' was thrown."
    inner = arguments[1] if len(arguments) > 1 and isinstance(arguments[1], ShellObject) else None
    properties: dict[str, Any] = {"Message": message, "InnerException": inner, "Type": name}
    if len(arguments) > 1 and inner is None and arguments[1] is not None:
        if "System.ArgumentException" not in derived(name):
            raise UnsupportedError(f"These arguments of the constructor of [{name}]")
        properties["ParamName"] = text(arguments[1])
        properties["Message"] = f"{message} (Parameter '{text(arguments[1])}')"
    return ExceptionObject("Exception", properties, types=frozenset(derived(name)))


def _array(kind: NetType, value: Any) -> Any:
    element = kind.parts[0]
    if kind.rank > 1:
        raise UnsupportedError("The conversion to an array of several dimensions")
    if value is None:
        return None
    if isinstance(value, str) and element.name == "System.Char":
        given: list[Any] = [Char(one) for one in value]
    else:
        given = list(value) if isinstance(value, list) else [value]
    if element == OBJECT:
        return value if type(value) is list else given
    return TypedArray(element, [convert(element, one) for one in given])


# numbers


def to_number(kind: NetType, value: Any) -> Any:
    """A value as number of a type; halves go to the even one, as .NET rounds (2.5 is 2, 3.5 is 4).

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    name = kind.name
    if value is None:
        return _of_type(name, 0)
    if isinstance(value, list):
        if len(value) == 1:
            return to_number(kind, value[0])
        raise _impossible(value, kind)
    if isinstance(value, Char):
        if name in ("System.Double", "System.Single", "System.Decimal"):
            raise UnsupportedError(f"The conversion of [char] to [{name}]")
        return _of_type(name, ord(value))
    if isinstance(value, Enumerated):
        return _from_number(kind, value.number)
    if isinstance(value, str):
        return _from_text(kind, value)
    if isinstance(value, Enum):
        if not isinstance(value.value, int):
            raise UnsupportedError("The conversion of this enumeration to a number")
        value = value.value
    if isinstance(value, bool | int | float | Decimal):
        return _from_number(kind, value)
    raise _impossible(value, kind)


def _of_type(name: str, whole: Any) -> Any:
    if name == INT32:
        return int(whole)
    if name in INTEGERS:
        return INTEGERS[name](whole)
    return Decimal(whole) if name == "System.Decimal" else _real(name, float(whole))


def _real(name: str, value: float) -> float:
    if name != "System.Single":
        return float(value)
    import struct

    try:
        return Single(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return Single("inf" if value > 0 else "-inf")


def _from_number(kind: NetType, value: Any) -> Any:
    name = kind.name
    if name in ("System.Double", "System.Single"):
        return _real(name, float(value))
    if name == "System.Decimal":
        if isinstance(value, float):
            if value != value or abs(value) >= 7.9e28:
                raise _out_of_range(value, kind)
            return Decimal(f"{value:.15g}" if not isinstance(value, Single) else f"{value:.7g}")
        return Decimal(int(value)) if isinstance(value, int) else value
    low, high = _BOUNDS[name]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        raise _out_of_range(value, kind)
    whole = round(value) if isinstance(value, float | Decimal) else int(value)
    if not low <= whole <= high:
        raise _out_of_range(value, kind)
    return _of_type(name, whole)


def _article(kind: NetType) -> str:
    return f"{'an' if kind.short.startswith('Int') else 'a'} {kind.short}"


_TOO_LARGE = {
    "System.Byte": "Value was either too large or too small for an unsigned byte.",
    "System.SByte": "Value was either too large or too small for a signed byte.",
}


def _too_large(kind: NetType) -> str:
    return _TOO_LARGE.get(kind.name, f"Value was either too large or too small for {_article(kind)}.")


def _out_of_range(value: Any, kind: NetType) -> ShellError:
    return _cannot(value, kind, _too_large(kind), "InvalidCastIConvertible")


def _id_of(name: str) -> str:
    if name in ("System.Double", "System.Single"):
        return "InvalidCastFromStringToDoubleOrSingle"
    return "InvalidCastFromStringToDecimal" if name == "System.Decimal" else "InvalidCastFromStringToInteger"


_GROUPED = re.compile(r"[+-]?\d[\d,]*(\.\d+)?([eE][+-]?\d+)?")


def scanned(written: str) -> Any:
    """The number that a text is in PowerShell: with signs, 0x, KB to PB and thousands separators. None: it is none."""
    stripped = written.strip()
    if not stripped:
        return 0
    sign = -1 if stripped[0] == "-" else 1
    digits = stripped[1:] if stripped[0] in "+-" else stripped
    if "," in digits and _GROUPED.fullmatch(digits):
        digits = digits.replace(",", "")
    found = number(digits)
    if found is None:
        return None
    return found if sign > 0 else type(found)(-found)


def _from_text(kind: NetType, written: str) -> Any:
    name = kind.name
    bad = _cannot(written, kind, f"The input string '{written}' was not in a correct format.", _id_of(name))
    folded = written.strip().casefold()
    if name in ("System.Double", "System.Single") and folded in ("nan", "infinity", "-infinity", "∞", "-∞"):
        return _real(name, float(folded.replace("∞", "inf")))
    found = scanned(written)
    if found is None and re.fullmatch(r"[+-]?\d+(\.\d*)?[eE][+-]?\d+", written.strip()):
        raise UnsupportedError("A number of this size")
    if found is None:
        raise bad
    if name == "System.Decimal":
        if folded.lower().startswith(("0x", "-0x")):
            raise UnsupportedError("A hexadecimal text as [decimal]")
        try:
            return Decimal(folded.replace(",", "")) if folded else Decimal(0)
        except InvalidOperation:
            return Decimal(found)
    if name in ("System.Double", "System.Single"):
        return _real(name, float(found))
    whole = round(found) if isinstance(found, float | Decimal) and not isinstance(found, bool) else int(found)
    low, high = _BOUNDS[name]
    if low == 0 and whole < 0 and folded.startswith("0x"):
        whole += 2**32 if whole >= -(2**31) else 2**64
    if not low <= whole <= high:
        raise _cannot(written, kind, _too_large(kind), _id_of(name))
    return _of_type(name, whole)


# enumerations


def to_enum(kind: NetType, value: Any) -> EnumValue:
    """A name, a number or another value as one of an enumeration.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    members = members_of(kind)
    if isinstance(value, EnumValue) and value.type == kind:
        return value
    flags = kind.name in FLAGS or (kind.declared is not None and kind.declared.flags)
    if isinstance(value, str):
        found = 0
        for word in value.split(",") if flags or "," in value else [value]:
            known = [name for name in members if name.casefold() == word.strip().casefold()]
            known = known or [
                name for name in members if word.strip() and name.casefold().startswith(word.strip().casefold())
            ]
            if len(known) != 1:
                if word.strip().lstrip("+-").isdigit():
                    return _numbered(kind, int(word), value, members, flags)
                if known:
                    raise UnsupportedError("A part of the name of an enumeration's member")
                names = ", ".join(members)
                raise _cannot(
                    value,
                    kind,
                    f"Unable to match the identifier name {value} to a valid enumerator name. Specify one of the "
                    f"following enumerator names and try again:\n{names}",
                    "",
                )
            found |= members[known[0]]
        return EnumValue(kind, found)
    if isinstance(value, bool) or not isinstance(value, int):
        if value is None or not isinstance(value, int | float):
            raise _unknown(kind, value)
        value = round(value)
    return _numbered(kind, int(value), value, members, flags)


def _unknown(kind: NetType, value: Any) -> ShellError:
    return ConversionError(f"{text(value)} is not a member of {kind.name}.", "Use one of its names.")


def _numbered(kind: NetType, whole: int, value: Any, members: dict[str, int], flags: bool) -> EnumValue:
    everything = 0
    for one in members.values():
        everything |= one
    if whole in members.values() or (flags and not whole & ~everything):
        return EnumValue(kind, whole)
    names = ",".join(members)
    raise exact(
        f'Cannot convert value "{text(value)}" to type "{kind.full}" due to enumeration values that are not valid. '
        "Specify one of the following enumeration values and try again. The possible enumeration values are "
        f'"{names}".',
        "",
        ConversionError,
    )


def _to_text(value: Any, kind: NetType) -> str:
    return text(value)


def _to_char(value: Any, kind: NetType) -> Char:
    if isinstance(value, str) and len(value) == 1:
        return Char(value)
    if isinstance(value, int | float) and 0 <= value < 65536:
        return Char(chr(round(value)))
    if isinstance(value, str):
        raise _cannot(value, kind, "String must be exactly one character long.", "InvalidCastIConvertible")
    raise _impossible(value, kind)


def to_time(value: Any, kind: NetType | None = None) -> datetime:
    """A value as DateTime.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    if isinstance(value, datetime):
        return value
    if isinstance(value, str):
        found = parsed(value.strip())
        if found is None:
            error = ConversionError(
                f'Cannot convert value "{value}" to type "System.DateTime".',
                "Use a format such as 2009-10-17T19:20:41.",
            )
            error.known_id = "InvalidCastParseTargetInvocationWithFormatProvider"
            raise error
        return found
    if isinstance(value, int) and not isinstance(value, bool):
        return loose(datetime(1, 1, 1) + timedelta(microseconds=int(value) // 10))
    raise UnsupportedError("This conversion to [datetime]")


def to_span(value: Any, kind: NetType | None = None) -> timedelta:
    """A value as TimeSpan; a number counts ticks of 100 ns.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    if isinstance(value, timedelta):
        return value
    if isinstance(value, str):
        found = parsed_span(value.strip())
        if found is None:
            error = ConversionError(f'Cannot convert value "{value}" to type "System.TimeSpan".', "Use hh:mm:ss.")
            error.known_id = "InvalidCastParseTargetInvocationWithFormatProvider"
            raise error
        return found
    if isinstance(value, int) and not isinstance(value, bool):
        if value % 10:
            raise UnsupportedError("A time span of less than a microsecond")
        return timedelta(microseconds=value // 10)
    if isinstance(value, float):
        return timedelta(microseconds=round(value) // 10)
    raise UnsupportedError("This conversion to [timespan]")


def _to_bool(value: Any, kind: NetType) -> bool:
    return truth(value)


def _to_list(value: Any, kind: NetType) -> Any:
    if value is None:
        return None
    return value if isinstance(value, list) and not isinstance(value, NetList) else items(value)


def _to_table(value: Any, kind: NetType) -> Any:
    if value is None or isinstance(value, dict):
        return value if value is None or not isinstance(value, Ordered) else dict(value)
    raise _impossible(value, kind)


def to_object(value: Any, kind: NetType | None = None) -> Any:
    """``[pscustomobject]``: of a table; anything else stays what it is."""
    if not isinstance(value, dict):
        return value
    entries = {text(key): one for key, one in value.items()}
    names = [key for key in entries if key.casefold() == "pstypename"]
    made = ShellObject("Custom", {key: one for key, one in entries.items() if key not in names})
    made.kinds[:] = [text(entries[key]) for key in names]
    return made


def _to_guid(value: Any, kind: NetType) -> Any:
    if isinstance(value, objects.Guid):
        return value
    if isinstance(value, str):
        try:
            return objects.Guid(uuid.UUID(value.strip().strip("{}()")))
        except ValueError:
            pass
    error = ConversionError(f'Cannot convert value "{text(value)}" to type "System.Guid".', "Use a GUID.")
    error.known_id = "InvalidCastParseTargetInvocationWithFormatProvider"
    raise error


def _to_version(value: Any, kind: NetType) -> Any:
    if isinstance(value, objects.Version):
        return value
    found = objects.Version.parsed(value) if isinstance(value, str) else None
    if found is None and isinstance(value, float | Decimal):
        found = objects.Version.parsed(text(value))
    if found is None:
        error = ConversionError(f'Cannot convert value "{text(value)}" to type "System.Version".', "Use 1.2.3.")
        error.known_id = "InvalidCastParseTargetInvocation"
        raise error
    return found


def _to_address(value: Any, kind: NetType) -> Any:
    if isinstance(value, objects.Address):
        return value
    if isinstance(value, str) and (found := objects.Address.parsed(value)) is not None:
        return found
    error = ConversionError(f'Cannot convert value "{text(value)}" to type "System.Net.IPAddress".', "Use 10.0.0.1.")
    error.known_id = "InvalidCastParseTargetInvocation"
    raise error


def _to_block(value: Any, kind: NetType) -> Any:
    if isinstance(value, tree.ScriptBlock):
        return value
    raise _impossible(value, kind)


def _to_xml(value: Any, kind: NetType) -> Any:
    return value if isinstance(value, objects.XmlNode) else objects.XmlNode.document(text(value))


def _to_regex(value: Any, kind: NetType) -> Any:
    return value if isinstance(value, objects.Regex) else objects.Regex(text(value))


def _dropped(value: Any, kind: NetType) -> None:
    return None


def _same(value: Any, kind: NetType) -> Any:
    return value


def _to_switch(value: Any, kind: NetType) -> Switch:
    return Switch(truth(value))


_MADE: dict[str, Callable[[Any, NetType], Any]] = {
    "System.String": _to_text,
    "System.Char": _to_char,
    "System.Boolean": _to_bool,
    "System.DateTime": to_time,
    "System.TimeSpan": to_span,
    "System.Array": _to_list,
    "System.Object": _same,
    "System.Void": _dropped,
    "System.Collections.Hashtable": _to_table,
    "System.Management.Automation.PSObject": to_object,
    "System.Management.Automation.PSCustomObject": to_object,
    "System.Management.Automation.SwitchParameter": _to_switch,
    "System.Management.Automation.ScriptBlock": _to_block,
    "System.Guid": _to_guid,
    "System.Version": _to_version,
    "System.Net.IPAddress": _to_address,
    "System.Xml.XmlDocument": _to_xml,
    "System.Text.RegularExpressions.Regex": _to_regex,
}
