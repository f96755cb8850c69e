"""``+ - * / %`` and the operators on bits, by the types of their numbers as PowerShell chooses them."""

from __future__ import annotations

import math
from decimal import Context, Decimal, InvalidOperation, Overflow
from decimal import DivisionByZero as DecimalZero
from enum import Enum
from typing import Any

from fcm.shell.language.errors import ConversionError, DivisionError, UnsupportedError, exact
from fcm.shell.language.kinds import (
    HIGH,
    INT32,
    INTEGERS,
    LOW,
    BigInteger,
    Char,
    Int64,
    Integer,
    Single,
    UInt32,
    UInt64,
    integer_type,
)
from fcm.shell.values.enumerations import Enumerated
from fcm.shell.values.net.casting import scanned, to_number
from fcm.shell.values.net.types import EnumValue, NetType, Switch
from fcm.shell.values.values import text

_RANKS = {
    **{"System.SByte": 5, "System.Byte": 6, "System.Int16": 7, "System.UInt16": 8, INT32: 9, "System.UInt32": 10},
    **{"System.Int64": 11, "System.UInt64": 12},
}
"""TypeCode of .NET: the greater one of two decides."""
_SIGNED = ("System.SByte", "System.Int16", INT32, "System.Int64")
_DECIMAL = Context(prec=28)
_MOST = Decimal("79228162514264337593543950335")


def operand(value: Any) -> Any:
    """A value as number for an operator.

    Raises:
        ConversionError: it is none.
    """
    if value is None:
        return 0
    if isinstance(value, bool | Switch):
        return int(value)
    if isinstance(value, EnumValue):
        return int(value)
    if isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, Char):
        return ord(value)
    if isinstance(value, Enumerated):
        return value.number
    if isinstance(value, str):
        found = scanned(value)
        if found is None:
            to_number(NetType(INT32), value)
            raise ConversionError(f"{value} is not a number.", "Enter a number.")
        return found
    if isinstance(value, Enum) and isinstance(value.value, int):
        return value.value
    raise ConversionError(f"The operator is not defined for {text(value)}.", "Use numbers.")


def rank(value: int) -> int:
    """The rank of an integer's type.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    kind = integer_type(value)
    if kind not in _RANKS:
        raise UnsupportedError("Arithmetic with an integer of this size")
    return _RANKS[kind]


def compute(operator: str, left: Any, right: Any) -> Any:
    """The value of an operation on two numbers.

    Raises:
        ShellError: it is divided by zero, or the result has no room.
    """
    if isinstance(left, BigInteger) or isinstance(right, BigInteger):
        return _big(operator, left, right)
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return _decimal(operator, left, right)
    if isinstance(left, float) or isinstance(right, float):
        return _double(operator, float(left), float(right))
    highest = max(rank(left), rank(right))
    if highest > _RANKS["System.Int64"] or highest == _RANKS["System.UInt32"]:
        if (integer_type(left) in _SIGNED and left < 0) or (integer_type(right) in _SIGNED and right < 0):
            return _double(operator, float(left), float(right))
        kind: type[Integer] = UInt32 if highest == _RANKS["System.UInt32"] else UInt64
        return _whole(operator, int(left), int(right), kind.low, kind.high, kind)
    if highest <= _RANKS[INT32]:
        return _whole(operator, int(left), int(right), LOW, HIGH, int)
    return _whole(operator, int(left), int(right), Int64.low, Int64.high, Int64)


def zero() -> DivisionError:
    """Divided by zero."""
    error = exact("Attempted to divide by zero.", "RuntimeException", DivisionError)
    assert isinstance(error, DivisionError)
    return error


def _whole(operator: str, left: int, right: int, low: int, high: int, kind: type[int]) -> Any:
    match operator:
        case "+":
            found = left + right
        case "-":
            found = left - right
        case "*":
            found = left * right
        case "/":
            if right == 0:
                raise zero()
            if left % right:
                return left / right
            found = left // right
        case _:
            if right == 0:
                raise zero()
            found = abs(left) % abs(right) * (1 if left >= 0 else -1)
    return kind(found) if low <= found <= high else float(found)


def _double(operator: str, left: float, right: float) -> float:
    try:
        match operator:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "/":
                if right == 0:
                    if left == 0 or left != left:
                        return math.nan
                    return math.copysign(math.inf, left) * math.copysign(1.0, right)
                return left / right
            case _:
                return math.nan if right == 0 or math.isinf(left) else math.fmod(left, right)
    except OverflowError:
        return math.inf


def _decimal(operator: str, left: Any, right: Any) -> Any:
    if isinstance(left, float) or isinstance(right, float):
        raise UnsupportedError("Arithmetic with a Decimal and a Double", "Convert one of them first.")
    above, below = Decimal(left), Decimal(right)
    try:
        match operator:
            case "+":
                found = _DECIMAL.add(above, below)
            case "-":
                found = _DECIMAL.subtract(above, below)
            case "*":
                found = _DECIMAL.multiply(above, below)
            case "/":
                found = _DECIMAL.divide(above, below)
            case _:
                found = _DECIMAL.remainder(above, below)
    except (DecimalZero, InvalidOperation) as error:
        raise zero() from error
    except Overflow as error:
        raise _too_large() from error
    if abs(found) > _MOST:
        raise _too_large()
    return found


def _too_large() -> Exception:
    return exact("Value was either too large or too small for a Decimal.", "RuntimeException")


def _big(operator: str, left: Any, right: Any) -> BigInteger:
    if isinstance(left, float | Decimal) or isinstance(right, float | Decimal):
        raise UnsupportedError("Arithmetic with a BigInteger and a fraction")
    above, below = int(left), int(right)
    match operator:
        case "+":
            return BigInteger(above + below)
        case "-":
            return BigInteger(above - below)
        case "*":
            return BigInteger(above * below)
    if below == 0:
        raise zero()
    whole = abs(above) // abs(below) * (1 if (above < 0) == (below < 0) else -1)
    return BigInteger(whole if operator == "/" else above - whole * below)


def negated(value: Any) -> Any:
    """``-x``."""
    if isinstance(value, Integer) and not isinstance(value, Int64 | BigInteger):
        return compute("*", value, -1)
    if isinstance(value, float):
        return type(value)(-value) if not isinstance(value, Single) else Single(-value)
    return compute("-", 0, value) if not isinstance(value, Decimal) else -value


def bits(operator: str, left: Any, right: Any) -> Any:
    """``-band -bor -bxor -shl -shr``.

    Raises:
        ShellError: the values are no integers.
    """
    if isinstance(left, EnumValue) or isinstance(right, EnumValue):
        kind = left.type if isinstance(left, EnumValue) else right.type
        from fcm.shell.values.net.casting import to_enum

        first, second = int(to_enum(kind, left)) if not isinstance(left, int) else int(left), right
        second = int(to_enum(kind, second)) if not isinstance(second, int) else int(second)
        return EnumValue(kind, _on_bits(operator, first, second))
    above, below = _integer(left), _integer(right)
    if operator in ("-shl", "-shr"):
        wide = rank(above) > _RANKS["System.UInt32"]
        count, size = int(below) % (64 if wide else 32), 64 if wide else 32
        if integer_type(above) not in (INT32, "System.Int64", "System.SByte", "System.Byte", "System.Int16"):
            raise UnsupportedError("Shifting an unsigned integer")
        moved = int(above) << count if operator == "-shl" else int(above) >> count
        moved = (moved + 2 ** (size - 1)) % 2**size - 2 ** (size - 1)
        return Int64(moved) if wide else moved
    highest = max(rank(above), rank(below))
    found = _on_bits(operator, int(above), int(below))
    if highest <= _RANKS[INT32]:
        return found
    name = next(name for name, one in _RANKS.items() if one == highest)
    kind_of = INTEGERS[name]
    if not kind_of.low <= found <= kind_of.high:
        raise UnsupportedError("This operation on bits of a negative and an unsigned number")
    return kind_of(found)


def _on_bits(operator: str, left: int, right: int) -> int:
    return left & right if operator == "-band" else left | right if operator == "-bor" else left ^ right


def _integer(value: Any) -> int:
    found = operand(value)
    if isinstance(found, float | Decimal):
        whole = round(found)
        return whole if LOW <= whole <= HIGH else Int64(whole)
    return int(found) if not isinstance(found, Integer) else found


def inverted(value: Any) -> Any:
    """``-bnot``."""
    if isinstance(value, EnumValue):
        return EnumValue(value.type, ~int(value))
    found = _integer(value)
    if isinstance(found, Integer) and found.low == 0:
        return type(found)(found.high - int(found))
    return Int64(~found) if integer_type(found) == "System.Int64" else ~int(found)
