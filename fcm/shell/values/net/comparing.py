"""Equality and order of values, as PowerShell's operators and Sort-Object see them.

Texts are ordered as the culture en-US does it (Unicode collation): punctuation before digits before letters, case and
accents only where nothing else differs.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cmp_to_key
from typing import Any

from fcm.shell.language import tree
from fcm.shell.language.errors import ConversionError, ShellError, UnsupportedError
from fcm.shell.language.kinds import INT32, Char
from fcm.shell.values.enumerations import ENUMERATIONS, Enumerated
from fcm.shell.values.net.casting import convert, scanned, to_enum, to_number, to_span, to_time
from fcm.shell.values.net.types import EnumValue, Net, NetType, Switch, type_of
from fcm.shell.values.values import ShellObject, text, truth

_ORDER = "\t\n\x0b\x0c\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_PLACES = {char: number for number, char in enumerate(_ORDER)}


def _weights(written: str) -> list[tuple[int, str]]:
    found = []
    for char in unicodedata.normalize("NFD", written.casefold()):
        if unicodedata.combining(char):
            continue
        if char in _PLACES:
            found.append((_PLACES[char], ""))
        else:
            found.append((100 if char.isdigit() else 200, char))
    return found


def order_of_texts(left: str, right: str, cased: bool = False) -> int:
    """-1, 0 or 1 in the order of the culture; ``cased``: small letters before capitals where nothing else differs."""
    a: Any = _weights(left)
    b: Any = _weights(right)
    if a == b:
        a, b = (unicodedata.normalize("NFD", one.casefold()) for one in (left, right))
    if a == b and cased:
        a, b = left.swapcase(), right.swapcase()
    return int(a > b) - int(a < b)


def _same_text(left: str, right: str, cased: bool) -> bool:
    if cased:
        return str(left) == str(right)
    return str(left) == str(right) or left.casefold() == right.casefold()


def equal(left: Any, right: Any, cased: bool = False) -> bool:
    """``-eq`` for single values: the right one is turned into the type of the left one."""
    if left is None or right is None:
        return left is None and right is None
    if isinstance(left, bool | Switch):
        return bool(left) == truth(right)
    if isinstance(left, EnumValue):
        try:
            return int(to_enum(left.type, right)) == int(left)
        except ShellError:
            return False
    if isinstance(left, Char):
        if isinstance(right, str):
            return len(right) == 1 and _same_text(left, right, cased)
        return isinstance(right, int | float) and ord(left) == right
    if isinstance(left, int | float | Decimal) and not isinstance(left, Enum):
        return _same_number(left, right)
    if isinstance(left, Enumerated):
        return _same_text(left, text(right), cased) or text(right) == str(left.number)
    if isinstance(left, str):
        return _same_text(left, text(right), cased)
    if isinstance(left, timedelta):
        try:
            return left == to_span(right)
        except ShellError:
            return False
    if isinstance(left, datetime):
        try:
            return _wall(left) == _wall(to_time(right))
        except ShellError:
            return False
    if isinstance(left, NetType):
        return isinstance(right, NetType) and left == right
    if isinstance(left, Net):
        return _same_net(left, right)
    if isinstance(left, ShellObject):
        return _same_object(left, right)
    if isinstance(left, dict | tree.ScriptBlock):
        return left is right
    return text(left).casefold() == text(right).casefold()


def _wall(time: datetime) -> datetime:
    """A time as the clock shows it: .NET compares those, whatever their kinds."""
    return time.replace(tzinfo=None)


def _same_net(left: Net, right: Any) -> bool:
    if isinstance(right, Net):
        return type(left) is type(right) and left == right
    try:
        return bool(left == convert(NetType(left.net), right))
    except ShellError:
        return False


def _same_object(left: ShellObject, right: Any) -> bool:
    if left is right:
        return True
    if left.type in ("Custom", "Selected") or type(left) is not type(right):
        return (
            isinstance(right, str)
            and left.type not in ("Custom", "Selected")
            and text(left).casefold() == right.casefold()
        )
    if isinstance(right, ShellObject) and left.type == right.type and (left.identity or right.identity):
        return left.identity == right.identity
    return left == right if type(left).__name__ != "ScriptObject" else False


def _same_number(left: Any, right: Any) -> bool:
    if isinstance(right, EnumValue):
        return bool(left == int(right))
    if isinstance(right, Char):
        return bool(left == ord(right))
    if isinstance(right, str):
        found = scanned(right) if right.strip() else 0
        return found is not None and _numbers_equal(left, found)
    if isinstance(right, bool | int | float | Decimal) and not isinstance(right, Enum):
        return _numbers_equal(left, right)
    if isinstance(right, Enum) and isinstance(right.value, int):
        return bool(left == right.value)
    return False


def _numbers_equal(left: Any, right: Any) -> bool:
    if isinstance(left, Decimal) and isinstance(right, float):
        return left == Decimal(f"{right:.15g}")
    if isinstance(left, float) and isinstance(right, Decimal):
        return Decimal(f"{left:.15g}") == right
    return bool(left == right)


def compare(left: Any, right: Any, cased: bool = False) -> int:
    """-1, 0 or 1; the right value is turned into the type of the left one.

    Raises:
        ShellError: it cannot be, or values of this kind have no order.
    """
    if left is None or right is None:
        return _against_null(left, right)
    a: Any
    b: Any
    if isinstance(left, datetime):
        a, b = _wall(left), _wall(to_time(right))
    elif isinstance(left, timedelta):
        a, b = left, to_span(right)
    elif isinstance(left, EnumValue):
        a, b = int(left), int(to_enum(left.type, right))
    elif isinstance(left, Enumerated):
        other = right.number if isinstance(right, Enumerated) else _number_named(left, right)
        a, b = left.number, other
    elif isinstance(left, Char):
        a, b = ord(left), ord(convert(NetType("System.Char"), right))
    elif isinstance(left, bool | Switch):
        a, b = bool(left), truth(right)
    elif isinstance(left, int | float | Decimal) and not isinstance(left, Enum):
        a, b = left, _number_for(left, right)
    elif isinstance(left, Net) and hasattr(left, "__lt__"):
        a, b = left, convert(NetType(left.net), right)
        try:
            return int(b < a) - int(a < b)
        except TypeError as error:
            raise UnsupportedError(f"The order of values of [{left.net}]") from error
    elif isinstance(left, str | Enum) or (isinstance(left, ShellObject) and left.type not in ("Custom", "Selected")):
        return order_of_texts(text(left), text(right), cased)
    else:
        raise ShellError(f'Cannot compare "{text(left)}" because it is not IComparable.', "Compare its properties.")
    return int(a > b) - int(a < b)


def _number_named(left: Enumerated, right: Any) -> Any:
    """The number of a name of an enumeration of the cluster."""
    found = ENUMERATIONS[left.kind]
    known = {name.casefold(): number for name, number in found.items()}
    return known[text(right).casefold()] if text(right).casefold() in known else to_number(NetType(INT32), right)


def _number_for(left: Any, right: Any) -> Any:
    if isinstance(right, str) and not isinstance(right, Char):
        found = scanned(right)
        if found is None:
            kind = type_of(left) if not isinstance(left, int) else NetType(INT32)
            return to_number(kind, right)
        return found
    if isinstance(right, Char):
        return ord(right)
    if isinstance(right, Enum) and isinstance(right.value, int):
        return right.value
    if not isinstance(right, bool | int | float | Decimal):
        raise ConversionError(f"{text(right)} cannot be compared with a number.", "Convert it first.")
    return right if not (isinstance(left, Decimal) and isinstance(right, float)) else Decimal(f"{right:.15g}")


def _against_null(left: Any, right: Any) -> int:
    if left is None and right is None:
        return 0
    other, sign = (right, -1) if left is None else (left, 1)
    if isinstance(other, bool | Switch):
        return sign * int(bool(other))
    if isinstance(other, int | float | Decimal) and not isinstance(other, Enum):
        return sign if other >= 0 else -sign
    return sign


def _sorted_pair(left: Any, right: Any, cased: bool) -> int:
    """How Sort-Object orders two values: null first, then as they compare, else as texts."""
    if left is None or right is None:
        return int(right is None) - int(left is None)
    try:
        return compare(left, right, cased)
    except UnsupportedError:
        raise
    except ShellError:
        return order_of_texts(text(left), text(right), cased)


def sort_key(value: Any, cased: bool = False) -> Any:
    """A key that orders values of every kind as Sort-Object does."""
    return (_CASED if cased else _PLAIN)(value)


_CASED = cmp_to_key(lambda left, right: _sorted_pair(left, right, True))
_PLAIN = cmp_to_key(lambda left, right: _sorted_pair(left, right, False))
