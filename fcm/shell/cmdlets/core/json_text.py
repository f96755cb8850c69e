"""JSON as PowerShell 7 writes and reads it."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from fcm.shell.language.errors import UnsupportedError
from fcm.shell.language.kinds import Int64, integer_type
from fcm.shell.values.net.types import EnumValue, JsonTable, Net, Switch
from fcm.shell.values.records import ErrorRecord, ExceptionObject
from fcm.shell.values.times import Unspecified, parsed, span_property
from fcm.shell.values.values import ShellObject, shortest, text

_SPAN = (
    *("Ticks", "Days", "Hours", "Milliseconds", "Microseconds", "Nanoseconds", "Minutes", "Seconds"),
    *("TotalDays", "TotalHours", "TotalMilliseconds", "TotalMicroseconds", "TotalNanoseconds", "TotalMinutes"),
    "TotalSeconds",
)


class _Raw:
    """A piece of JSON as it is written."""

    def __init__(self, written: str) -> None:
        self.written = written


class _Writer:
    def __init__(self, depth: int, names: bool, escaping: str) -> None:
        self._depth, self._names, self._escaping = depth, names, escaping.casefold()
        if self._escaping not in ("default", "escapenonascii", "escapehtml"):
            raise UnsupportedError(f"-EscapeHandling {escaping}")
        self.cut = False

    def text(self, value: str) -> str:
        """A text in quotes."""
        shown = json.dumps(value, ensure_ascii=self._escaping == "escapenonascii").replace("\x7f", "\\u007f")
        if self._escaping == "escapehtml":
            inner = shown[1:-1].replace('\\"', "\\u0022")
            for char in "<>&'+":
                inner = inner.replace(char, f"\\u{ord(char):04x}") if char != "+" else inner
            return f'"{inner}"'
        return shown

    def plain(self, value: Any, depth: int) -> Any:
        """A value as plain data: dicts, lists and written pieces."""
        if value is None:
            return _Raw("null")
        if isinstance(value, bool | Switch):
            return _Raw("true" if value else "false")
        if isinstance(value, EnumValue):
            return self.text_piece(value.name()) if self._names else _Raw(str(int(value)))
        if isinstance(value, Enum):
            return self.plain(value.value, depth)
        if isinstance(value, int):
            return _Raw(str(int(value)))
        if isinstance(value, float):
            return _Raw(self._number(value))
        if isinstance(value, Decimal):
            shown = f"{value.normalize():f}"
            return _Raw(shown if "." in shown else f"{shown}.0")
        if isinstance(value, str):
            return self.text_piece(str(value))
        if isinstance(value, datetime):
            return self.text_piece(self._time(value))
        return self._structure(value, depth)

    def text_piece(self, value: str) -> _Raw:
        """A text as piece."""
        return _Raw(self.text(value))

    @staticmethod
    def _number(value: float) -> str:
        if value != value or value in (float("inf"), float("-inf")):
            return f'"{text(value)}"'
        shown = shortest(value)
        return shown if any(char in shown for char in ".E") else f"{shown}.0"

    @staticmethod
    def _time(value: datetime) -> str:
        from fcm.shell.values.times import formatted

        shown = formatted(value, "yyyy-MM-ddTHH:mm:ss")
        if value.microsecond:
            shown += f".{value.microsecond:06d}".rstrip("0")
        if isinstance(value, Unspecified):
            return shown
        return shown + formatted(value, "%K")

    def _structure(self, value: Any, depth: int) -> Any:
        if isinstance(value, ErrorRecord | ExceptionObject) or (
            isinstance(value, Net) and value.net != "System.Version"
        ):
            raise UnsupportedError("JSON of this kind of object")
        if depth > self._depth:
            self.cut = True
            if isinstance(value, list):
                return self.text_piece(text(value))
            return self.text_piece(_top(value))
        if isinstance(value, timedelta):
            return {name: self._of_span(value, name) for name in _SPAN}
        if isinstance(value, Net):
            raise UnsupportedError("JSON of a version")
        if isinstance(value, dict):
            return {text(key): self.plain(one, depth + 1) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.plain(one, depth + 1) for one in value]
        if isinstance(value, ShellObject):
            return {name: self.plain(one, depth + 1) for name, one in value.shown_properties().items()}
        raise UnsupportedError("JSON of this kind of value")

    def _of_span(self, value: timedelta, name: str) -> _Raw:
        match name:
            case "Microseconds":
                return _Raw(str(value.microseconds % 1000))
            case "Nanoseconds":
                return _Raw("0")
            case "TotalMicroseconds":
                return _Raw(self._number(value / timedelta(microseconds=1)))
            case "TotalNanoseconds":
                return _Raw(self._number(value / timedelta(microseconds=1) * 1000))
        found = span_property(value, name.casefold())
        return _Raw(self._number(float(found)) if name.startswith("Total") else str(found))


def _top(value: Any) -> str:
    """An object that is too deep, as text."""
    return text(value)


def _shown(value: Any, indent: str, compress: bool, quote: Any) -> str:
    if isinstance(value, _Raw):
        return value.written
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    if not value:
        return opening + closing
    inner = "" if compress else f"{indent}  "
    parts = []
    if isinstance(value, dict):
        colon = ":" if compress else ": "
        parts = [f"{inner}{quote(key)}{colon}{_shown(one, inner, compress, quote)}" for key, one in value.items()]
    else:
        parts = [f"{inner}{_shown(one, inner, compress, quote)}" for one in value]
    if compress:
        return opening + ",".join(parts) + closing
    return f"{opening}\n" + ",\n".join(parts) + f"\n{indent}{closing}"


def written_json(value: Any, depth: int, compress: bool, names: bool, escaping: str) -> tuple[str, bool]:
    """A value as JSON, and whether something was too deep.

    Args:
        value: the value.
        depth: levels below the first that are written; deeper ones become text.
        compress: without blanks and newlines.
        names: enumerations by their names.
        escaping: Default, EscapeNonAscii or EscapeHtml.
    """
    writer = _Writer(depth, names, escaping)
    plain = writer.plain(value, 0)
    return _shown(plain, "", compress, writer.text), writer.cut


_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?(Z|[+-]\d\d:\d\d)?")


def parsed_json(written: str, tables: bool) -> Any:
    """JSON as objects, or as tables.

    Raises:
        json.JSONDecodeError: the text is none.
        UnsupportedError: the built-in shell does not have what is asked for.
    """

    def pairs(entries: list[tuple[str, Any]]) -> Any:
        if tables:
            found = JsonTable(entries)
            found.cased = True  # type: ignore[attr-defined]
            return found
        seen: set[str] = set()
        for name, _ in entries:
            if name.casefold() in seen or not name:
                raise UnsupportedError("JSON with keys that differ only in case, or an empty one")
            seen.add(name.casefold())
        return ShellObject("Custom", {name: _value(one) for name, one in entries})

    def whole(digits: str) -> Any:
        number = int(digits)
        if integer_type(number) == "System.Double":
            raise UnsupportedError("A number of this size in JSON")
        return Int64(number)

    def constant(word: str) -> Any:
        raise UnsupportedError(f"{word} in JSON")

    if re.search(r"^\s*(//|/\*)", written, re.MULTILINE):
        raise UnsupportedError("JSON with comments")
    found = json.loads(written, object_pairs_hook=pairs, parse_int=whole, parse_constant=constant)
    return _value(found)


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return [_value(one) for one in value]
    if isinstance(value, str) and (match := _TIME.fullmatch(value)):
        found = parsed(value)
        if found is None:
            return value
        if match[1] in ("Z", "z"):
            from datetime import UTC

            return found.astimezone(UTC)
        if match[1]:
            raise UnsupportedError("A time with an offset in JSON")
        return found
    return value
