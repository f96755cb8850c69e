"""Static members that read numbers and times from texts: Parse, TryParse, ParseExact."""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import ShellError, UnsupportedError
from fcm.shell.language.kinds import HIGH, INT32
from fcm.shell.values.net.casting import scanned, to_enum, to_number, to_time
from fcm.shell.values.net.members import time_of
from fcm.shell.values.net.types import EnumValue, NetType, Reference
from fcm.shell.values.times import loose, parsed, parsed_span
from fcm.shell.values.values import text
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.shell.values.net.math_statics import Static

_INT = NetType(INT32)
_DOUBLE = NetType("System.Double")
_STYLES = NetType("System.Globalization.NumberStyles")
_FRACTIONS = ("System.Double", "System.Single", "System.Decimal")


def _double(value: Any) -> float:
    return float(to_number(_DOUBLE, value))


def _whole(value: Any) -> int:
    return int(to_number(_INT, value))


def _unfit() -> Any:
    raise KeyError("arguments")


def attempted(arguments: list[Any], parse: Callable[[str], Any], otherwise: Any) -> bool:
    """TryParse(): whether a text could be read; the reference has what it means.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    if len(arguments) != 2 or not isinstance(arguments[1], Reference):
        raise UnsupportedError("TryParse() with these arguments")
    found = parse(text(arguments[0])) if arguments[0] is not None else None
    arguments[1].write(otherwise if found is None else found)
    return found is not None


def plain_number(kind: NetType) -> Callable[[str], Any]:
    """Parse() of .NET, which takes less than a cast: no 0x and no KB."""

    def one(written: str) -> Any:
        stripped = written.strip()
        if kind.name in _FRACTIONS:
            import re

            if not re.fullmatch(r"[+-]?(\d[\d,]*\.?\d*|\.\d+)([eE][+-]?\d+)?", stripped):
                return None
            if kind.name == "System.Decimal" and "e" in stripped.lower():
                return None
        elif not stripped.lstrip("+-").isdigit() or not stripped.isascii():
            return None
        try:
            return to_number(kind, stripped)
        except ShellError:
            return None

    return one


def parse_number(kind: NetType) -> Static:
    """Parse() of a type of numbers."""

    def one(arguments: list[Any]) -> Any:
        if not arguments or not isinstance(arguments[0], str):
            raise UnsupportedError("Parse() of something that is no text")
        given = arguments[1] if len(arguments) > 1 else None
        style = to_enum(_STYLES, given) if isinstance(given, EnumValue | str) else None
        if style is not None and style.name() == "HexNumber":
            try:
                whole = int(arguments[0].strip(), 16)
            except ValueError:
                raise wrong_format() from None
            return to_number(kind, whole - 2**32 if kind == _INT and whole > HIGH else whole)
        if style is not None and style.name() not in ("Float", "Integer", "Number", "Any"):
            raise UnsupportedError(f"Parse() with the style {style.name()}")
        grouped = style is not None and style.name() in ("Number", "Any")
        written = arguments[0].replace(",", "") if grouped else arguments[0]
        found = plain_number(kind)(written)
        if found is None and style is not None and style.name() in ("Float", "Any"):
            value = scanned(written)
            is_fraction = isinstance(value, float) and not value.is_integer() and kind.name not in _FRACTIONS
            found = None if value is None or is_fraction else to_number(kind, value)
        if found is None:
            raise wrong_format()
        return found

    return one


def wrong_format() -> ShellError:
    """The error for a text that cannot be read."""
    error = ShellError("The input string was not in a correct format.", "Give a number.")
    error.known_id, error.inner = "FormatException", "System.FormatException"
    return error


def _format_of_time(arguments: list[Any]) -> Any:
    """``[datetime]::ParseExact(text, form, culture)``."""
    import re

    if len(arguments) != 3 or not all(isinstance(one, str) for one in arguments[:2]):
        raise UnsupportedError("ParseExact() with these arguments")
    written, form = arguments[0], arguments[1]
    names = {
        **{"yyyy": r"(?P<year>\d{4})", "MM": r"(?P<month>\d\d)", "dd": r"(?P<day>\d\d)", "HH": r"(?P<hour>\d\d)"},
        **{"mm": r"(?P<minute>\d\d)", "ss": r"(?P<second>\d\d)", "M": r"(?P<month>\d\d?)", "d": r"(?P<day>\d\d?)"},
        **{"H": r"(?P<hour>\d\d?)", "m": r"(?P<minute>\d\d?)", "s": r"(?P<second>\d\d?)"},
    }
    pattern = ""
    for token in re.findall(r"y+|M+|d+|H+|h+|m+|s+|f+|t+|z+|K|'[^']*'|\\.|.", form):
        if token in names:
            pattern += names[token]
        elif token[0] in "yMdHhmsftzK":
            raise UnsupportedError(f"The part {quoted(token)} of a format to be read")
        else:
            pattern += re.escape(token.strip("'") if token[0] == "'" else token.lstrip("\\"))
    match = re.fullmatch(pattern, written)
    if match is None:
        raise wrong_format()
    parts = {unit: int(value) for unit, value in match.groupdict().items()}
    if "year" not in parts or "month" not in parts or "day" not in parts:
        raise UnsupportedError("A format of a time without year, month and day")
    try:
        return loose(datetime(**parts))  # type: ignore[arg-type]
    except ValueError:
        raise wrong_format() from None


def _parsed_time(arguments: list[Any]) -> Any:
    if not isinstance(arguments[0], str) or len(arguments) > 2:
        raise UnsupportedError("[datetime]::Parse() with these arguments")
    found = parsed(arguments[0].strip())
    if found is None:
        raise wrong_format()
    return found


def _kind(arguments: list[Any]) -> Any:
    time, kind = to_time(arguments[0]), to_enum(NetType("System.DateTimeKind"), arguments[1]).name()
    parts = (time.year, time.month, time.day, time.hour, time.minute, time.second, time.microsecond)
    plain = datetime(*parts)
    return plain.replace(tzinfo=UTC) if kind == "Utc" else loose(plain) if kind == "Unspecified" else plain.astimezone()


TIMES: dict[str, Static] = {
    "parse": _parsed_time,
    "tryparse": lambda arguments: attempted(arguments, lambda one: parsed(one.strip()), loose(datetime(1, 1, 1))),
    "parseexact": _format_of_time,
    "daysinmonth": lambda arguments: monthrange(_whole(arguments[0]), _whole(arguments[1]))[1],
    "isleapyear": lambda arguments: isleap(_whole(arguments[0])),
    "specifykind": _kind,
    "new": lambda arguments: time_of(*map(_whole, arguments)) if 3 <= len(arguments) <= 7 else _unfit(),
}


def _span_of(unit: float) -> Static:
    def one(arguments: list[Any]) -> timedelta:
        (value,) = arguments
        return timedelta(microseconds=round(_double(value) * unit * 1e6))

    return one


def _new_span(arguments: list[Any]) -> timedelta:
    whole = [_whole(one) for one in arguments]
    match whole:
        case [ticks]:
            return timedelta(microseconds=ticks // 10)
        case [hours, minutes, seconds]:
            return timedelta(hours=hours, minutes=minutes, seconds=seconds)
        case [days, hours, minutes, seconds]:
            return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        case [days, hours, minutes, seconds, milliseconds]:
            return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, milliseconds=milliseconds)
    raise KeyError("new")


def _parsed_span(arguments: list[Any]) -> timedelta:
    found = parsed_span(text(arguments[0]).strip())
    if found is None:
        raise wrong_format()
    return found


SPANS: dict[str, Static] = {
    "fromdays": _span_of(86400.0),
    "fromhours": _span_of(3600.0),
    "fromminutes": _span_of(60.0),
    "fromseconds": _span_of(1.0),
    "frommilliseconds": _span_of(0.001),
    "parse": _parsed_span,
    "tryparse": lambda arguments: attempted(arguments, lambda one: parsed_span(one.strip()), timedelta()),
    "new": _new_span,
}
