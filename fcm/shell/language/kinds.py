"""Numbers and characters of .NET that Python has no type of its own for.

A plain int is an Int32 where it fits one, else an Int64; a float is a Double, a decimal.Decimal a Decimal, a str a
String. All others are the classes below; arithmetic on them gives plain Python numbers, which the operators turn back.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar


class Integer(int):
    """An integer of a type that its size does not tell."""

    net: ClassVar[str] = "System.Int64"
    low: ClassVar[int] = -(2**63)
    high: ClassVar[int] = 2**63 - 1


class Int64(Integer):
    """``[long]``."""


class UInt64(Integer):
    """``[uint64]``."""

    net = "System.UInt64"
    low, high = 0, 2**64 - 1


class UInt32(Integer):
    """``[uint32]``."""

    net = "System.UInt32"
    low, high = 0, 2**32 - 1


class Int16(Integer):
    """``[int16]``."""

    net = "System.Int16"
    low, high = -(2**15), 2**15 - 1


class UInt16(Integer):
    """``[uint16]``."""

    net = "System.UInt16"
    low, high = 0, 2**16 - 1


class SByte(Integer):
    """``[sbyte]``."""

    net = "System.SByte"
    low, high = -128, 127


class Byte(Integer):
    """``[byte]``."""

    net = "System.Byte"
    low, high = 0, 255


class BigInteger(Integer):
    """``[bigint]``, of any size."""

    net = "System.Numerics.BigInteger"
    low, high = -(2**4096), 2**4096


class Single(float):
    """``[single]``: the nearest number of 32 bits."""


class Char(str):
    """``[char]``: one UTF-16 unit."""

    __slots__ = ()


INTEGERS: dict[str, type[Integer]] = {
    one.net: one for one in (Int64, UInt64, UInt32, Int16, UInt16, SByte, Byte, BigInteger)
}
"""By the full name of the type."""
INT32 = "System.Int32"
LOW, HIGH = -(2**31), 2**31 - 1
"""Bounds of an Int32."""


def integer_type(value: int) -> str:
    """The full name of the type of an integer."""
    if isinstance(value, Integer):
        return value.net
    return INT32 if LOW <= value <= HIGH else "System.Int64" if -(2**63) <= value < 2**63 else "System.Double"


def is_integer(value: Any) -> bool:
    """Whether a value is an integer, and no truth value."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Whether a value is a number, and no truth value."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
