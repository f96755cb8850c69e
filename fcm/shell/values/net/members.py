"""Properties and methods of values, as scripts read and call them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from fcm.shell.language.errors import ShellError, UnsupportedError, exact
from fcm.shell.language.kinds import Char, is_number
from fcm.shell.values.net import collections, objects, text_methods
from fcm.shell.values.net.casting import convert
from fcm.shell.values.net.comparing import compare, equal
from fcm.shell.values.net.cultures import Culture
from fcm.shell.values.net.psobject import Base, Properties, TypeNames, of_object
from fcm.shell.values.net.time_methods import of_span, of_time
from fcm.shell.values.net.types import (
    Dictionary,
    EnumValue,
    Matrix,
    Net,
    NetList,
    NetType,
    Ordered,
    SortedTable,
    TypedArray,
    is_a,
    type_of,
)
from fcm.shell.values.operators import formatted_value
from fcm.shell.values.times import Unspecified, loose
from fcm.shell.values.values import Collected, ShellObject, property_of, shortest, table_key, text

_DAY_OF_WEEK = NetType("System.DayOfWeek")
_KIND = NetType("System.DateTimeKind")


def read(value: Any, name: str) -> Any:
    """``value.name``.

    Raises:
        UnsupportedError: .NET has it and this shell does not.
    """
    word = name.casefold()
    if isinstance(value, datetime):
        if word == "dayofweek":
            return EnumValue(_DAY_OF_WEEK, (value.weekday() + 1) % 7)
        if word == "kind":
            return EnumValue(_KIND, 0 if isinstance(value, Unspecified) else 1 if value.tzinfo is UTC else 2)
        if word in ("nanosecond", "microsecond"):
            raise UnsupportedError(f"The property {name} of a time")
    if isinstance(value, ShellObject) and word in ("psobject", "psbase", "pstypenames"):
        return of_object(value, word)
    if word in ("psobject", "psbase", "psextended", "psadapted", "pstypenames"):
        if word == "psbase" and isinstance(value, dict):
            return Base(value)
        raise UnsupportedError(f"The property {name} of this value")
    if isinstance(value, objects.Groups) and not word.isdigit():
        return property_of(value, name) if word in ("count", "value", "success") else value.named(name)
    if (
        isinstance(value, ShellObject)
        and value.type in PARTIAL
        and value.key(name) is None
        and word not in ("count", "length")
    ):
        raise UnsupportedError(f"The property {name} of this object")
    if isinstance(value, timedelta) and word in (
        "microseconds",
        "nanoseconds",
        "totalmicroseconds",
        "totalnanoseconds",
    ):
        raise UnsupportedError(f"The property {name} of a time span")
    return property_of(value, name)


PARTIAL = frozenset(
    [
        "FunctionInfo",
        "Cmdlet",
        "InvocationInfo",
        "Invocation",
        "File",
        "PathInfo",
        "Variable",
        "Alias",
        "MatchInfo",
        "MatchInfoContext",
        "ErrorRecord",
        "ErrorCategoryInfo",
        "Exception",
        "InformationRecord",
        "WarningRecord",
        "VerboseRecord",
        "DebugRecord",
        "HostInformationMessage",
    ]
)
"""Types of PowerShell that have more properties than this shell knows."""


def call(value: Any, name: str, arguments: list[Any]) -> Any:
    """``value.name(arguments)``.

    Raises:
        ShellError: there is no such method, or it fails.
    """
    word = name.casefold()
    if value is None:
        raise exact("You cannot call a method on a null-valued expression.", "InvokeMethodOnNull")
    if word == "gettype" and not arguments:
        return type_of(value)
    own = _own(value)
    try:
        return own(value, word, arguments)
    except KeyError:
        pass
    except ShellError as error:
        raise _wrapped(error, name, arguments) from error
    found = _anything(value, word, arguments)
    if found is not _MISSING:
        return found
    if isinstance(value, list) and value and not isinstance(value, NetList | Matrix):
        if word in _OF_ARRAYS:
            raise UnsupportedError(f"The method {name}() of an array")
        results = [call(one, name, arguments) for one in value]
        return [one for one in results if one is not None]
    raise missing(value, name)


def _wrapped(error: ShellError, name: str, arguments: list[Any]) -> ShellError:
    """An error in a method of .NET, as PowerShell wraps it."""
    if error.known_id in (
        "ArgumentOutOfRangeException",
        "FormatException",
        "ArgumentException",
        "NotSupportedException",
    ):
        error.inner = f"System.{error.known_id}"
    return error


def missing(value: Any, name: str) -> ShellError:
    """The error for a method that does not exist; where .NET may have it, it is not told so."""
    kind = type_of(value)
    known = _ALL_METHODS.get(kind.name)
    if known is None or name.casefold() in known:
        return UnsupportedError(f"The method {name}() of [{kind.name}] with these arguments")
    return exact(
        f"Method invocation failed because [{kind.full}] does not contain a method named '{name}'.", "MethodNotFound"
    )


_COMMON = "tostring gettype equals gethashcode compareto gettypecode"
_ALL_METHODS = {
    "System.String": (
        f"{_COMMON} clone compare concat contains copy copyto endswith enumeraterunes getenumerator indexof indexofany "
        "insert isnormalized join lastindexof lastindexofany normalize padleft padright remove replace "
        "replacelineendings split startswith substring tochararray tolower tolowerinvariant toupper toupperinvariant "
        "trim trimend trimstart trycopyto chars tobool tobyte toboolean tochar todatetime todecimal todouble toint16 "
        "toint32 toint64 tosbyte tosingle totype touint16 touint32 touint64"
    ).split(),
    **dict.fromkeys(
        ("System.Int32", "System.Int64", "System.Double", "System.Boolean"), f"{_COMMON} tryformat".split()
    ),
}
"""All methods of types that scripts call wrong ones of."""
_MISSING = object()
_OF_ARRAYS = frozenset(
    "clone copyto getlength getlongLength getlowerbound getupperbound getvalue setvalue initialize getenumerator "
    "where foreach add clear contains indexof insert remove removeat get set address".casefold().split()
)


def _anything(value: Any, word: str, arguments: list[Any]) -> Any:
    """Methods that all values have."""
    match word, arguments:
        case "tostring", []:
            return to_string(value)
        case "equals", [one]:
            return type_of(one) == type_of(value) and equal(value, one, True) if one is not None else False
        case "gethashcode", []:
            raise UnsupportedError("GetHashCode()")
        case "compareto", [one]:
            return compare(value, one, True)
    return _MISSING


def to_string(value: Any) -> str:
    """ToString() of .NET, which is not what stands in a text.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    if isinstance(value, float):
        return shortest(value)
    if isinstance(value, NetType):
        return value.full
    if isinstance(value, datetime):
        return formatted_value(value, "G")
    if isinstance(value, ShellObject):
        if value.type in ("Custom", "Selected"):
            return text(value) if "ToString" in value.methods else ""
        return text(value)
    if isinstance(value, list | dict):
        kind = type_of(value)
        if kind.parts and not kind.rank:
            raise UnsupportedError("ToString() of a generic collection")
        return kind.full
    return text(value)


Method = Callable[[Any, str, list[Any]], Any]


def _own(value: Any) -> Method:
    """What calls the methods of a kind of value."""
    if isinstance(value, EnumValue):
        return _of_enum
    if isinstance(value, NetType):
        return _of_type
    if isinstance(value, Net):
        return lambda one, name, arguments: one.call(name, arguments)
    if isinstance(value, ShellObject):
        return _of_shell_object
    if isinstance(value, datetime):
        return of_time
    if isinstance(value, timedelta):
        return of_span
    if isinstance(value, Char):
        return _of_char
    if isinstance(value, str):
        return text_methods.call
    if isinstance(value, Dictionary | SortedTable):
        return lambda one, name, arguments: collections.dictionary_method(one, name, arguments, convert)
    if isinstance(value, dict):
        return _of_table
    if isinstance(value, TypeNames):
        return _of_type_names
    if isinstance(value, Properties):
        return _of_properties
    if isinstance(value, NetList):
        return lambda one, name, arguments: collections.list_method(one, name, arguments, convert)
    if isinstance(value, list):
        return _of_array
    if is_number(value):
        return _of_number
    return _of_nothing


def _of_nothing(value: Any, name: str, arguments: list[Any]) -> Any:
    raise KeyError(name)


def _of_shell_object(value: ShellObject, name: str, arguments: list[Any]) -> Any:
    for known, function in value.methods.items():
        if known.casefold() == name:
            return function(*arguments)
    if value.type == "Entry" and name == "tostring":
        return "System.Collections.DictionaryEntry"
    raise KeyError(name)


def _of_type_names(value: TypeNames, name: str, arguments: list[Any]) -> Any:
    found = collections.list_method(value, name, arguments, convert)
    value.changed()
    return found


def _of_properties(value: Properties, name: str, arguments: list[Any]) -> Any:
    if name == "remove" and len(arguments) == 1:
        key = value.owner.key(text(arguments[0]))
        if key is not None:
            del value.owner.properties[key]
        return None
    if name == "match" and len(arguments) == 1:
        found = value.named(text(arguments[0]))
        return [] if found is None else [found]
    raise KeyError(name)


def _of_enum(value: EnumValue, name: str, arguments: list[Any]) -> Any:
    match name, arguments:
        case "tostring", []:
            return value.name()
        case "tostring", [form]:
            return formatted_value(value, text(form))
        case "hasflag", [one]:
            number = int(convert(value.type, one))
            return int(value) & number == number
    raise KeyError(name)


def _of_type(value: NetType, name: str, arguments: list[Any]) -> Any:
    match name, arguments:
        case "tostring", []:
            return value.full
        case "isinstanceoftype", [one]:
            return is_a(one, value)
    raise KeyError(name)


def _of_number(value: Any, name: str, arguments: list[Any]) -> Any:
    if name == "tostring" and arguments:
        form = text(arguments[0]) if isinstance(arguments[0], str) else ""
        if len(arguments) > 2 or (len(arguments) == 1 and not isinstance(arguments[0], str | Net | ShellObject)):
            raise KeyError(name)
        culture = next((one for one in arguments if isinstance(one, Culture)), None)
        if len(arguments) == 2 and culture is None:
            raise UnsupportedError("ToString() with this culture")
        shown = formatted_value(value, form)
        invariant = culture is not None and culture.name == ""
        return shown.replace("%", " %") if invariant and form[:1] in ("P", "p") else shown
    raise KeyError(name)


def _of_char(value: Char, name: str, arguments: list[Any]) -> Any:
    match name, arguments:
        case "tostring", []:
            return str(value)
        case "compareto", [Char() as one]:
            return ord(value) - ord(one)
    raise KeyError(name)


def _of_table(table: dict[Any, Any], name: str, arguments: list[Any]) -> Any:
    match name, arguments:
        case "containskey" | "contains", [key]:
            return _has(table, key)
        case "containsvalue", [one]:
            return any(type(known) is type(one) and known == one for known in table.values())
        case "add", [key, value]:
            if _has(table, key):
                raise exact(
                    'Exception calling "Add" with "2" argument(s): "Item has already been added. Key in dictionary: '
                    f"'{text(table_key(table, key))}'  Key being added: '{text(key)}'\"",
                    "ArgumentException",
                )
            table[key] = value
            return None
        case "remove", [key]:
            if _has(table, key):
                del table[table_key(table, key)]
            return None
        case "clear", []:
            table.clear()
            return None
        case "clone", [] if not isinstance(table, Ordered):
            return dict(table)
        case "getenumerator", []:
            return entries(table)
        case "insert", [int() as place, key, value] if isinstance(table, Ordered) and 0 <= place <= len(table):
            several = list(table.items())
            several.insert(place, (key, value))
            table.clear()
            table.update(several)
            return None
        case "removeat", [int() as place] if isinstance(table, Ordered) and 0 <= place < len(table):
            del table[list(table)[place]]
            return None
    raise KeyError(name)


def entries(table: dict[Any, Any]) -> Collected:
    """What an enumeration of a table gives: its entries with Key, Name and Value."""
    return Collected(ShellObject("Entry", {"Name": key, "Key": key, "Value": value}) for key, value in table.items())


def _has(table: dict[Any, Any], key: Any) -> bool:
    try:
        table_key(table, key)
    except KeyError:
        return False
    return True


def _of_array(value: list[Any], name: str, arguments: list[Any]) -> Any:
    match name, arguments:
        case "clone", []:
            return TypedArray(value.element, list(value)) if isinstance(value, TypedArray) else list(value)
        case "contains", [one]:
            return any(type(known) is type(one) and equal(known, one, True) for known in value)
        case "indexof", [one]:
            return next((n for n, known in enumerate(value) if type(known) is type(one) and known == one), -1)
        case "getlength", [int() as dimension] if isinstance(value, Matrix) and 0 <= dimension < len(value.sizes):
            return value.sizes[dimension]
        case "getlength", [0]:
            return len(value)
        case "getupperbound", [0]:
            return len(value) - 1
        case "getlowerbound", [0]:
            return 0
        case "getvalue", [int() as place] if 0 <= place < len(value):
            return value[place]
        case "setvalue", [one, int() as place] if 0 <= place < len(value):
            value[place] = one
            return None
        case "getenumerator", []:
            return Collected(value)
        case "add" | "remove" | "insert" | "clear" | "removeat", _ if not isinstance(value, Collected):
            raise _fixed_size(name, arguments)
    raise KeyError(name)


def _fixed_size(name: str, arguments: list[Any]) -> ShellError:
    shown = {"removeat": "RemoveAt"}.get(name, name.capitalize())
    count = {"add": 1, "remove": 1, "insert": 2, "removeat": 1}.get(name, -1)
    if count != len(arguments):
        raise UnsupportedError(f"{shown}() of an array")
    error = exact(
        f'Exception calling "{shown}" with "{count}" argument(s): "Collection was of a fixed size."',
        "NotSupportedException",
    )
    error.inner = "System.NotSupportedException"
    return error


def time_of(year: int, month: int, day: int, *rest: int) -> datetime:
    """``[datetime]::new(...)``.

    Raises:
        ShellError: there is no such time.
    """
    try:
        parts = [*rest, 0, 0, 0, 0][:4]
        return loose(datetime(year, month, day, parts[0], parts[1], parts[2], parts[3] * 1000))
    except ValueError as error:
        failed = ShellError("The parameters do not describe a time.", "Check year, month and day.")
        failed.known_id, failed.inner = "ArgumentOutOfRangeException", "System.ArgumentOutOfRangeException"
        raise failed from error
