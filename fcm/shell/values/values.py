"""Values of the shell: objects with properties, and PowerShell's rules to turn and compare values.

Python's None, bool, int, float, str, list, dict and datetime stand for PowerShell's own; only objects of the cluster
and what the cmdlets make are of the class ``ShellObject``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import ConversionError
from fcm.shell.language.kinds import Single
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
    methods: dict[str, Callable[..., Any]] = field(default_factory=dict, compare=False, repr=False)
    """Methods that a script gave it."""
    computed: dict[str, Callable[[], Any]] = field(default_factory=dict, compare=False, repr=False)
    """Properties that are computed each time they are read; their places are in ``properties``."""
    kinds: list[str] = field(default_factory=list, compare=False, repr=False)
    """Type names that a script gave it, the first of which decides how it is shown."""

    def shown_properties(self) -> dict[str, Any]:
        """All properties with their values of now."""
        if not self.computed:
            return self.properties
        return {name: self.computed[name]() if name in self.computed else of for name, of in self.properties.items()}

    def key(self, name: str) -> str | None:
        """The name of a property as it is written, whatever the case of the letters asked for."""
        if name in self.properties:
            return name
        folded = name.casefold()
        return next((known for known in self.properties if known.casefold() == folded), None)

    def get(self, name: str) -> Any:
        """Value of a property; None if it does not exist, as in PowerShell."""
        key = self.key(name)
        if key is None:
            return None
        return self.computed[key]() if key in self.computed else self.properties[key]


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


class Nothing:
    """What a pipeline without output gives: $null wherever it is read, and no element of a pipeline."""


NOTHING = Nothing()


def items(value: Any) -> list[Any]:
    """What a value is in a pipeline: the elements of a list, nothing for None, else itself."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def folded(values: list[Any]) -> Any:
    """The value of an expression with this output: None, the one value, or the list."""
    return None if not values else values[0] if len(values) == 1 else values


def truth(value: Any) -> bool:
    """PowerShell's truth: 0, "", null and an empty list are false, a table is true even if it is empty."""
    if isinstance(value, list):
        return bool(value) and (len(value) > 1 or (truth(value[0]) if not isinstance(value[0], list) else True))
    return True if isinstance(value, dict | timedelta) else bool(value)


def text(value: Any, between: str = " ") -> str:
    """A value in a text; ``between``: what stands between the elements of a list ($OFS)."""
    if isinstance(value, list | tuple):
        return between.join(part(item) for item in value)
    if isinstance(value, ShellObject):
        return _object_text(value)
    return part(value)


def part(value: Any) -> str:
    """A value as an element of a list or a property of an object in a text: what has parts itself is its type."""
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "True" if value else "False"
    shows = getattr(value, "net_text", None)
    if shows is not None:
        return str(shows())
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, float):
        return _double(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.strftime("%m/%d/%Y %H:%M:%S")
    if isinstance(value, timedelta):
        return span_text(value)
    if isinstance(value, ShellObject):
        return "" if value.type in ("Custom", "Selected") and "ToString" not in value.methods else _object_text(value)
    if isinstance(value, list | tuple | dict):
        return f"System.{'Object[]' if isinstance(value, list | tuple) else 'Collections.Hashtable'}"
    if isinstance(value, Lines):
        return "\n".join(value.lines)
    return str(value)


def _object_text(value: ShellObject) -> str:
    own = value.methods.get("ToString")
    if own is not None:
        return str(own())
    name = value.get("Message" if value.type in ("ErrorRecord", "Exception") else "Name")
    if name is not None and value.type not in ("Custom", "Selected"):
        return text(name)
    inside = "; ".join(f"{key}={part(item)}" for key, item in value.shown_properties().items())
    return f"@{{{inside}}}"


def _double(value: float) -> str:
    """A floating number as PowerShell writes it: a Double with 15 digits, a Single with 7."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return f"{value:.7g}".upper() if isinstance(value, Single) else f"{value:.15g}".upper()


def shortest(value: float) -> str:
    """A floating number with as many digits as it takes to be read back, as ToString() of .NET gives it."""
    if value != value or value in (float("inf"), float("-inf")):
        return _double(value)
    digits, _, power = repr(value).partition("e")
    if isinstance(value, Single):
        digits, _, power = f"{value:.7g}".partition("e")
    exponent = int(power) if power else 0
    sign = "-" if digits.startswith("-") else ""
    whole, _, fraction = digits.lstrip("-").partition(".")
    fraction = "" if fraction == "0" else fraction
    all_digits = (whole + fraction).lstrip("0")
    point = len(whole) + exponent - (len(whole + fraction) - len(all_digits))
    all_digits = all_digits.rstrip("0")
    if not all_digits:
        return f"{sign}0"
    if point > 15 or point < -4:
        tail = f".{all_digits[1:]}" if len(all_digits) > 1 else ""
        return f"{sign}{all_digits[0]}{tail}E{point - 1:+03d}"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{all_digits}"
    if point >= len(all_digits):
        return sign + all_digits.ljust(point, "0")
    return f"{sign}{all_digits[:point]}.{all_digits[point:]}"


def as_number(value: Any) -> Any:
    """A value as number.

    Raises:
        ConversionError: the value cannot be converted.
    """
    from fcm.shell.language.scanner import number

    if value is None:
        return 0
    if isinstance(value, bool | int | float | Decimal):
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


def table_get(table: Mapping[Any, Any], key: Any) -> Any:
    """Value of a hashtable's key, whatever the case."""
    if key in table:
        return table[key]
    wanted = text(key).casefold()
    return next((value for known, value in table.items() if text(known).casefold() == wanted), None)


def table_key(table: Mapping[Any, Any], key: Any) -> Any:
    """A key as it is in a table, whatever the case asked for.

    Raises:
        KeyError: there is none.
    """
    if isinstance(key, str) and not getattr(table, "cased", False):
        folded = key.casefold()
        for known in table:
            if isinstance(known, str) and known.casefold() == folded:
                return known
        raise KeyError(key)
    for known in table:
        if type(known) is type(key) and known == key:
            return known
    raise KeyError(key)


def property_of(value: Any, name: str) -> Any:
    """``value.name``: of an object, of a table, of each element of a list."""
    word = name.casefold()
    if isinstance(value, ShellObject):
        return plain(value.get(name)) if word not in ("count", "length") or value.key(name) else 1
    if isinstance(value, dict):
        try:
            return plain(value[table_key(value, name)])
        except KeyError:
            return len(value) if word == "count" else _of_table(value, word)
    own = getattr(value, "net_get", None)
    if own is not None:
        try:
            return own(word)
        except KeyError:
            return 1 if word in ("count", "length") else None
    if isinstance(value, list):
        if word in ("count", "length"):
            return len(value)
        if word in _OF_LISTS:
            return _OF_LISTS[word](value)
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


_OF_LISTS: dict[str, Callable[[list[Any]], Any]] = {
    "rank": lambda found: len(getattr(found, "sizes", (0,))),
    "longlength": len,
    "isfixedsize": lambda found: not hasattr(found, "type"),
    "isreadonly": lambda found: False,
    "syncroot": lambda found: found,
}


def _of_table(table: Mapping[Any, Any], word: str) -> Any:
    match word:
        case "keys":
            return Collected(table.keys())
        case "values":
            return Collected(plain(one) for one in table.values())
        case "isreadonly" | "isfixedsize":
            return False
        case _:
            return None


class Collected(list[Any]):
    """Keys or values of a table, or what an enumerator gives: a collection, no array."""

    kind = "System.Collections.Hashtable+KeyCollection"


def as_json(value: Any, depth: int = 6) -> Any:
    """A value as plain JSON data; deeper than ``depth`` it becomes text."""
    value = plain(value)
    if isinstance(value, float) and not math.isfinite(value):
        return text(value)  # JSON has no number for it
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal):
        return float(value)
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
