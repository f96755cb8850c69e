"""Values of the shell: objects with properties, and PowerShell's rules to turn and compare values.

Python's None, bool, int, float, str, list, dict and datetime stand for PowerShell's own; only objects of the cluster
and what the cmdlets make are of the class ``ShellObject``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import ConversionError
from fcm.shell.values.enumerations import Enumerated
from fcm.shell.values.times import of_ticks, parsed, span_property, span_text, time_property
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fcm.model.commands import Command


@dataclass
class ShellObject:
    """Something with properties.

    ``identity`` is the id in the state; ``setters`` make the command that sets a property.
    """

    type: str
    """Its kind: ClusterGroup, ClusterNode, VirtualMachine, Selected ..."""
    properties: dict[str, Any]
    identity: str = ""
    setters: Mapping[str, Callable[[Any], Command]] = field(default_factory=dict)
    shown: tuple[str, ...] = ()
    """Properties of the default list, where that is not all; empty: all."""
    of: str = field(default="", compare=False, repr=False)
    """What the cluster was opened by that it is of, where several are open; else ""."""

    def key(self, name: str) -> str | None:
        """The name of a property as it is written, whatever the case of the letters asked for."""
        if name in self.properties:
            return name
        folded = name.casefold()
        return next((known for known in self.properties if known.casefold() == folded), None)

    def get(self, name: str) -> Any:
        """Value of a property; None if it does not exist, as in PowerShell."""
        key = self.key(name)
        return None if key is None else self.properties[key]


class Identity(str):
    """The id of an object that was given as an object, not by its name: it means that very object."""

    __slots__ = ()


class NameOf(str):
    """The name of an object that a property holds: it stands for the object, and has its properties."""

    __slots__ = ("identity", "kind", "make")
    kind: str
    """Type of the object; "": only its name is known."""
    identity: str
    """Id of the object."""
    make: Callable[[], ShellObject | None] | None
    """Makes the object; None: only its name is known here."""

    def __new__(
        cls, name: str, kind: str = "", identity: str = "", make: Callable[[], ShellObject | None] | None = None
    ) -> NameOf:
        """Make one."""
        made = super().__new__(cls, name)
        made.kind, made.identity, made.make = kind, identity, make
        return made

    def part(self, name: str) -> Any:
        """A property of the object; None if it does not have it."""
        if name.casefold() == "name":
            return str(self)
        whole = None if self.make is None else self.make()
        return None if whole is None else whole.get(name)

    def whole(self) -> ShellObject:
        """The object, or where nothing makes it, one that has only the name."""
        made = None if self.make is None else self.make()
        return made or ShellObject(self.kind, {"Name": str(self)}, self.identity)


@dataclass(frozen=True)
class Lines:
    """Text that was laid out already (Format-Table, Out-String)."""

    lines: tuple[str, ...]


def plain(value: Any) -> Any:
    """A value without enumerations; tuples as lists."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value


def items(value: Any) -> list[Any]:
    """What a value is in a pipeline: the elements of a list, nothing for None, else itself."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def folded(values: list[Any]) -> Any:
    """The value of an expression with this output: None, the one value, or the list."""
    return None if not values else values[0] if len(values) == 1 else values


def truth(value: Any) -> bool:
    """PowerShell's truth: 0, "", null and an empty list are false."""
    if isinstance(value, list):
        return truth(value[0]) if len(value) == 1 else bool(value)
    return bool(value)


def text(value: Any) -> str:
    """A value in a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, float):
        return _double(value)
    if isinstance(value, datetime):
        return value.strftime("%m/%d/%Y %H:%M:%S")
    if isinstance(value, timedelta):
        return span_text(value)
    if isinstance(value, list | tuple):
        return " ".join(text(item) for item in value)
    if isinstance(value, ShellObject):
        name = value.get("Message" if value.type in ("ErrorRecord", "Exception") else "Name")
        inside = "; ".join(f"{key}={text(item)}" for key, item in value.properties.items())
        return text(name) if name is not None else f"@{{{inside}}}"
    if isinstance(value, dict):
        return "System.Collections.Hashtable"
    if isinstance(value, Lines):
        return "\n".join(value.lines)
    return str(value)


def _double(value: float) -> str:
    """A floating number with 15 digits, as Windows PowerShell writes a Double."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    shown = f"{value:.15g}".upper()
    return "0" if shown == "-0" else shown


def as_number(value: Any) -> int | float:
    """A value as number.

    Raises:
        ConversionError: the value cannot be converted.
    """
    from fcm.shell.language.scanner import number

    if value is None:
        return 0
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum) and isinstance(value.value, int):
        return value.value
    if isinstance(value, Enumerated):
        return value.number
    stripped = text(value).strip()
    found = number(stripped.lstrip("+-")) if stripped.count("-") + stripped.count("+") <= 1 else None
    if found is None:
        raise ConversionError(
            f"Cannot convert {quoted(text(value))} to a number.", "Enter a number such as 900 or 4GB."
        )
    return -found if stripped.startswith("-") else found


def as_whole(value: Any, what: str) -> int:
    """A value as an integer.

    Raises:
        ConversionError: the value cannot be converted.
    """
    found = as_number(value)
    if isinstance(found, float) and not found.is_integer():
        raise ConversionError(f"{what} must be an integer, not {text(value)}.", "Remove the fraction.")
    return int(found)


def as_truth(value: Any, what: str) -> bool:
    """$true, $false, 1, 0 or their words.

    Raises:
        ConversionError: it is not one of these values.
    """
    if isinstance(value, bool):
        return value
    word = text(value).casefold()
    if word in ("1", "true", "enabled", "yes"):
        return True
    if word in ("0", "false", "disabled", "no"):
        return False
    raise ConversionError(f"{what} must be $true or $false, not {quoted(text(value))}.", "Use $true or $false.")


def as_time(value: Any) -> datetime:
    """A value as time; a text without an offset is local time.

    Raises:
        ConversionError: it is not a time.
    """
    if isinstance(value, datetime):
        return value
    found = parsed(text(value).strip())
    if found is None:
        raise ConversionError(
            f"{quoted(text(value))} is not a valid time.", "Use a format such as 2009-10-17T19:20:41."
        )
    return found


def as_span(value: Any) -> timedelta:
    """A value as a span of time; a number counts ticks of 100 ns, as in .NET.

    Raises:
        ConversionError: the value cannot be converted.
    """
    if isinstance(value, timedelta):
        return value
    match = _SPAN.fullmatch(text(value).strip()) if isinstance(value, str) else None
    if isinstance(value, str) and value.strip().isdigit():
        return timedelta(days=int(value))
    if match is not None:
        parts = {unit: float(part) for unit, part in match.groupdict().items() if part and unit != "sign"}
        return timedelta(**parts) * (-1 if match["sign"] else 1)
    return of_ticks(as_number(value))


_SPAN = re.compile(
    r"(?P<sign>-)?(?:(?P<days>\d{1,8})\.)?(?P<hours>\d{1,2}):(?P<minutes>\d{1,2})(?::(?P<seconds>\d{1,2}(?:\.\d{1,7})?))?"
)


@lru_cache(maxsize=256)
def wildcard(pattern: str, cased: bool = False) -> re.Pattern[str]:
    """The pattern of PowerShell's wildcards ``* ? [abc] [a-z]`` for whole texts; ``cased``: the case counts."""
    parts: list[str] = []
    place = 0
    while place < len(pattern):
        char = pattern[place]
        if char == "*":
            if parts[-1:] != [".*"]:
                parts.append(".*")
        elif char == "?":
            parts.append(".")
        elif char == "`" and place + 1 < len(pattern):
            place += 1
            parts.append(re.escape(pattern[place]))
        elif char == "[" and (end := pattern.find("]", place + 2)) > 0:
            inside = re.sub(r"([\\\[\]^&~|])", r"\\\1", pattern[place + 1 : end])
            try:
                re.compile(f"[{inside}]")
            except re.error:
                parts.append(re.escape(pattern[place : end + 1]))
            else:
                parts.append(f"[{inside}]")
            place = end
        else:
            parts.append(re.escape(char))
        place += 1
    return re.compile("".join(parts), re.DOTALL if cased else re.IGNORECASE | re.DOTALL)


def has_wildcard(pattern: str) -> bool:
    """Whether a text has wildcards."""
    return any(char in pattern for char in "*?[")


def like(value: Any, pattern: Any) -> bool:
    """``-like``."""
    return wildcard(text(pattern)).fullmatch(text(value)) is not None


def equal(left: Any, right: Any) -> bool:
    """``-eq`` for single values: the right one is turned into the type of the left one; case does not count."""
    if left is None or right is None:
        return left is None and right is None
    if isinstance(left, bool):
        return left == truth(right)
    if isinstance(left, int | float) and not isinstance(left, Enum):
        try:
            return left == as_number(right)
        except ConversionError:
            return False
    if isinstance(left, timedelta):
        return isinstance(right, timedelta) and left == right
    if isinstance(left, datetime):
        try:
            return left == as_time(right)
        except ConversionError:
            return False
    if isinstance(left, ShellObject) and isinstance(right, ShellObject):
        return left.type == right.type and (left.identity or left.properties) == (right.identity or right.properties)
    if isinstance(left, Enumerated):
        return left.casefold() == text(right).casefold() or text(right) == str(left.number)
    if isinstance(right, int | float) and not isinstance(right, bool) and isinstance(left, str):
        return left.strip().casefold() == text(right).casefold()
    if isinstance(left, dict):
        return left is right
    return text(left).casefold() == text(right).casefold()


def compare(left: Any, right: Any) -> int:
    """-1, 0 or 1; the right value is turned into the type of the left one."""
    a: Any
    b: Any
    if isinstance(left, datetime):
        a, b = left, as_time(right)
    elif isinstance(left, timedelta):
        a, b = left, as_span(right)
    elif isinstance(left, bool | int | float) and not isinstance(left, Enum):
        a, b = as_number(left), as_number(right)
    elif left is None and isinstance(right, int | float):
        a, b = 0, right
    else:
        a, b = text(left).casefold(), text(right).casefold()
    return int(a > b) - int(a < b)


def sort_key(value: Any) -> tuple[int, Any]:
    """A key that orders values of every kind: null, numbers, times, texts."""
    if value is None:
        return (0, 0)
    if isinstance(value, bool | int | float) and not isinstance(value, Enum):
        return (1, value)
    if isinstance(value, Enumerated):
        return (1, value.number)
    if isinstance(value, datetime):
        return (2, value.timestamp())
    if isinstance(value, timedelta):
        return (1, value.total_seconds())
    return (3, text(value).casefold())


def table_get(table: Mapping[Any, Any], key: Any) -> Any:
    """Value of a hashtable's key, whatever the case."""
    if key in table:
        return table[key]
    wanted = text(key).casefold()
    return next((value for known, value in table.items() if text(known).casefold() == wanted), None)


def property_of(value: Any, name: str) -> Any:
    """``value.name``: of an object, of a table, of each element of a list."""
    word = name.casefold()
    if isinstance(value, ShellObject):
        return plain(value.get(name)) if word not in ("count", "length") or value.key(name) else 1
    if isinstance(value, dict):
        if word in ("count", "keys", "values") and table_get(value, name) is None:
            return len(value) if word == "count" else list(value if word == "keys" else value.values())
        return plain(table_get(value, name))
    if isinstance(value, list):
        if word in ("count", "length"):
            return len(value)
        return folded([part for item in value for part in items(property_of(item, name))])
    if isinstance(value, str) and word == "length" and not (isinstance(value, NameOf) and value.kind):
        return len(value)
    if isinstance(value, NameOf) and (word == "name" or value.kind):
        return (1 if word in ("count", "length") else None) if (found := value.part(name)) is None else plain(found)
    if isinstance(value, datetime | timedelta):
        found = time_property(value, word) if isinstance(value, datetime) else span_property(value, word)
        if found is not None:
            return found
    if word in ("count", "length"):
        return 0 if value is None else 1
    return None


def as_json(value: Any, depth: int = 6) -> Any:
    """A value as plain JSON data; deeper than ``depth`` it becomes text."""
    value = plain(value)
    if isinstance(value, float) and not math.isfinite(value):
        return text(value)  # JSON has no number for it
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return span_text(value)
    if depth <= 0:
        return text(value)
    if isinstance(value, ShellObject):
        return {name: as_json(item, depth - 1) for name, item in value.properties.items()}
    if isinstance(value, dict):
        return {text(name): as_json(item, depth - 1) for name, item in value.items()}
    if isinstance(value, list):
        return [as_json(item, depth - 1) for item in value]
    return text(value)


def first_names(values: Iterable[Any]) -> list[str]:
    """Property names of objects, in order of first appearance."""
    names: dict[str, None] = {}
    for value in values:
        if isinstance(value, ShellObject):
            names.update(dict.fromkeys(value.properties))
    return list(names)
