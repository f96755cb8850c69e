"""``[math]``."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any

from fcm.shell.language.errors import ShellError, UnsupportedError
from fcm.shell.language.kinds import INT32, Int64, integer_type, is_integer
from fcm.shell.values.net.arithmetic import compute, operand
from fcm.shell.values.net.casting import to_enum, to_number
from fcm.shell.values.net.types import EnumValue, NetType, Reference

Static = Callable[[list[Any]], Any]
_INT = NetType(INT32)
_DOUBLE = NetType("System.Double")


def _double(value: Any) -> float:
    return float(to_number(_DOUBLE, value))


def _whole(value: Any) -> int:
    return int(to_number(_INT, value))


def _round(arguments: list[Any]) -> Any:
    value = operand(arguments[0])
    digits, away = 0, False
    for one in arguments[1:]:
        if isinstance(one, EnumValue | str):
            mode = to_enum(NetType("System.MidpointRounding"), one).name()
            if mode not in ("ToEven", "AwayFromZero"):
                raise UnsupportedError(f"Rounding with {mode}")
            away = mode == "AwayFromZero"
        else:
            digits = _whole(one)
    if not 0 <= digits <= (28 if isinstance(value, Decimal) else 15):
        raise out_of_range("Rounding digits must be between 0 and 15, inclusive.")
    if isinstance(value, Decimal):
        return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP if away else ROUND_HALF_EVEN)
    number = float(value)
    if not math.isfinite(number) or abs(number) >= 1e16:
        return number
    scaled = number * 10.0**digits
    if away:
        done = math.copysign(math.floor(abs(scaled) + 0.5), scaled)
    else:
        done = float(round(scaled)) if scaled else scaled
        done = math.copysign(done, scaled)
    return done / 10.0**digits


def out_of_range(message: str) -> ShellError:
    """The error for an argument outside of its range."""
    error = ShellError(message, "Check the arguments.")
    error.known_id, error.inner = "ArgumentOutOfRangeException", "System.ArgumentOutOfRangeException"
    return error


def _of_double(function: Callable[[float], float], whole: bool = False) -> Static:
    def one(arguments: list[Any]) -> Any:
        (value,) = arguments
        number = operand(value)
        if isinstance(number, Decimal):
            if whole:
                return Decimal(
                    math.floor(number)
                    if function is math.floor
                    else math.ceil(number)
                    if function is math.ceil
                    else math.trunc(number)
                )
            raise UnsupportedError("This function of a Decimal")
        try:
            found = float(function(float(number)))
        except (ValueError, OverflowError):
            return math.nan
        return math.copysign(found, float(number)) if found == 0 and function in (math.ceil, math.trunc) else found

    return one


def _abs(arguments: list[Any]) -> Any:
    (value,) = arguments
    number = operand(value)
    return type(number)(abs(number)) if isinstance(number, Int64) else abs(number)


def _chosen(greater: bool) -> Static:
    def one(arguments: list[Any]) -> Any:
        left, right = (operand(value) for value in arguments)
        if isinstance(left, Decimal) != isinstance(right, Decimal):
            if isinstance(left, float) or isinstance(right, float):
                raise UnsupportedError("A Decimal and a Double")
            left, right = Decimal(left), Decimal(right)
        if isinstance(left, float) != isinstance(right, float):
            left, right = float(left), float(right)
        found = max(left, right) if greater else min(left, right)
        wide = any(is_integer(each) and integer_type(each) == "System.Int64" for each in (left, right))
        return Int64(found) if wide and is_integer(found) else found

    return one


def _power(arguments: list[Any]) -> float:
    base, power = map(_double, arguments)
    try:
        found = math.pow(base, power)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan if base else math.inf
    return found


def _log(arguments: list[Any]) -> float:
    values = [_double(one) for one in arguments]
    try:
        return math.log(values[0]) if len(values) == 1 else math.log(values[0]) / math.log(values[1])
    except (ValueError, ZeroDivisionError):
        return -math.inf if values[0] == 0 else math.nan


def _divrem(arguments: list[Any]) -> Any:
    above, below, rest = arguments if len(arguments) == 3 else (*arguments, None)
    if not isinstance(rest, Reference):
        raise UnsupportedError("DivRem without [ref]")
    rest.write(compute("%", operand(above), operand(below)))
    return compute("/", compute("-", operand(above), rest.read()), operand(below))


def _sign(arguments: list[Any]) -> int:
    (value,) = arguments
    number = operand(value)
    return int(number > 0) - int(number < 0)


MATH: dict[str, Static] = {
    "round": _round,
    "floor": _of_double(math.floor, whole=True),
    "ceiling": _of_double(math.ceil, whole=True),
    "truncate": _of_double(math.trunc, whole=True),
    "sqrt": _of_double(math.sqrt),
    "log10": _of_double(math.log10),
    "exp": _of_double(math.exp),
    "sin": _of_double(math.sin),
    "cos": _of_double(math.cos),
    "tan": _of_double(math.tan),
    "abs": _abs,
    "max": _chosen(True),
    "min": _chosen(False),
    "pow": _power,
    "log": _log,
    "sign": _sign,
    "divrem": _divrem,
}
