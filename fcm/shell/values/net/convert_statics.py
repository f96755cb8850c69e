"""``[convert]``, ``[bitconverter]`` and encodings."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import UnsupportedError
from fcm.shell.language.kinds import HIGH, INT32, LOW, Byte, Char, Int64, integer_type, is_integer
from fcm.shell.values.net.casting import NUMERIC, convert, to_number
from fcm.shell.values.net.math_statics import out_of_range
from fcm.shell.values.net.parsing_statics import parse_number, wrong_format
from fcm.shell.values.net.types import Net, NetType, TypedArray
from fcm.shell.values.values import text

if TYPE_CHECKING:
    from fcm.shell.values.net.math_statics import Static

_INT = NetType(INT32)


def _whole(value: Any) -> int:
    return int(to_number(_INT, value))


def _to_base(value: Any, base: int) -> str:
    number = _whole(value) if not isinstance(value, Int64) else int(value)
    bits = 64 if isinstance(value, Int64) or not LOW <= number <= HIGH else 32
    number %= 2**bits
    forms = {2: "b", 8: "o", 16: "x", 10: "d"}
    if base not in forms:
        raise UnsupportedError(f"The base {base}")
    return f"{number:{forms[base]}}"


def _from_base(written: str, base: int, kind: NetType) -> Any:
    try:
        found = int(written, base)
    except ValueError:
        raise wrong_format() from None
    bits = 32 if kind == _INT else 64
    return to_number(kind, found - 2**bits if found >= 2 ** (bits - 1) else found)


def _converted(name: str) -> Static:
    kind = NetType(name)

    def one(arguments: list[Any]) -> Any:
        match arguments:
            case [str() as written, base]:
                return _from_base(str(written), _whole(base), kind)
            case [str() as written] if kind.name in NUMERIC and not isinstance(written, Char):
                return parse_number(kind)([str(written)])
            case [str() as written] if kind.name == "System.Boolean":
                return truth_of([written])
            case [value]:
                return convert(kind, value)
        raise KeyError("convert")

    return one


def truth_of(arguments: list[Any]) -> bool:
    """[bool]::Parse()."""
    word = text(arguments[0]).strip().casefold()
    if word not in ("true", "false"):
        raise wrong_format()
    return word == "true"


def _bytes_of(value: Any) -> bytes:
    if not isinstance(value, list):
        raise KeyError("bytes")
    return bytes(int(one) for one in value)


def _as_bytes(value: bytes) -> Any:
    return TypedArray(NetType("System.Byte"), [Byte(one) for one in value])


def _from_base64(arguments: list[Any]) -> Any:
    try:
        return _as_bytes(base64.b64decode(text(arguments[0]), validate=True))
    except binascii.Error:
        raise wrong_format() from None


CONVERT: dict[str, Static] = {
    "tostring": lambda arguments: (
        _to_base(arguments[0], _whole(arguments[1])) if len(arguments) == 2 else text(arguments[0])
    ),
    "toint32": _converted(INT32),
    "toint64": _converted("System.Int64"),
    "todouble": _converted("System.Double"),
    "todecimal": _converted("System.Decimal"),
    "tobyte": _converted("System.Byte"),
    "toboolean": _converted("System.Boolean"),
    "tochar": _converted("System.Char"),
    "todatetime": _converted("System.DateTime"),
    "tobase64string": lambda arguments: base64.b64encode(_bytes_of(arguments[0])).decode(),
    "frombase64string": _from_base64,
}


def bits_to_text(arguments: list[Any]) -> str:
    """[bitconverter]::ToString()."""
    return "-".join(f"{one:02X}" for one in _bytes_of(arguments[0]))


def bits_of(arguments: list[Any]) -> Any:
    """[bitconverter]::GetBytes().

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    (value,) = arguments
    if not is_integer(value):
        raise UnsupportedError("GetBytes() of this value")
    return _as_bytes(int(value).to_bytes(8 if integer_type(value) == "System.Int64" else 4, "little", signed=True))


def to_int(size: int) -> Static:
    """[bitconverter]::ToInt32() and ToInt64()."""

    def one(arguments: list[Any]) -> Any:
        given, start = _bytes_of(arguments[0]), _whole(arguments[1])
        if not 0 <= start <= len(given) - size:
            raise out_of_range("The array is too short.")
        found = int.from_bytes(given[start : start + size], "little", signed=True)
        return Int64(found) if size == 8 else found

    return one


class Encoding(Net):
    """``[System.Text.Encoding]::UTF8`` and the like."""

    net = "System.Text.Encoding"

    def __init__(self, name: str, codec: str) -> None:
        self.name, self.codec = name, codec

    def net_get(self, name: str) -> Any:
        """WebName.

        Raises:
            UnsupportedError: the built-in shell does not have what is asked for.
        """
        if name == "webname":
            return self.name
        raise UnsupportedError(f"The property {name} of an encoding")

    def call(self, name: str, arguments: list[Any]) -> Any:
        """GetBytes, GetString, GetByteCount.

        Raises:
            KeyError: there is none of that name for these arguments.
        """
        match name, arguments:
            case "getbytes", [str() as one]:
                return _as_bytes(str(one).encode(self.codec, "replace"))
            case "getbytecount", [str() as one]:
                return len(str(one).encode(self.codec, "replace"))
            case "getstring", [one]:
                return _bytes_of(one).decode(self.codec, "replace")
        raise KeyError(name)
