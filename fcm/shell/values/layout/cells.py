"""One value in one cell: its text, its width on the screen, cut or wrapped."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from fcm.shell.language.errors import UnsupportedError
from fcm.shell.language.kinds import Single
from fcm.shell.values.enumerations import Enumerated
from fcm.shell.values.net.types import EnumValue, Net, Switch
from fcm.shell.values.times import formatted
from fcm.shell.values.values import ShellObject, text

MOST_ELEMENTS = 4
"""Elements of a list that a cell shows ($FormatEnumerationLimit)."""
ELLIPSIS = "\u2026"


def width_of(written: str) -> int:
    """Columns of the screen that a text takes: wide characters take two."""
    if written.isascii():
        return len(written)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in written
    )


def cell(value: Any, most: int = MOST_ELEMENTS) -> str:
    """A value in a cell: lists, and the names in tables, in braces; times as people write them."""
    if isinstance(value, datetime):
        return formatted(value, "G")
    if isinstance(value, dict):
        return _braces([f"[{text(key)}, {text_of(one)}]" for key, one in value.items()], most)
    if isinstance(value, list | tuple):
        return _braces([_element(one) for one in value], most)
    return text_of(value)


def _element(value: Any) -> str:
    if isinstance(value, ShellObject) and value.type == "Entry":
        return f"[{text(value.get('Key'))}, {text_of(value.get('Value'))}]"
    return text_of(value)


def text_of(value: Any) -> str:
    """A value in braces or in a cell.

    Raises:
        UnsupportedError: PowerShell shows it in a way that this shell does not know.
    """
    if isinstance(value, list | dict):
        from fcm.shell.values.net.types import type_of

        return type_of(value).full
    if isinstance(value, Net) and value.net not in _PLAIN:
        raise UnsupportedError(f"The display of [{value.net}]")
    return text(value)


_PLAIN = ("System.Version", "System.Guid", "System.Net.IPAddress", "System.Text.RegularExpressions.Match")


def _braces(parts: list[str], most: int) -> str:
    if 0 <= most < len(parts):
        return "{" + ", ".join(parts[:most]) + ELLIPSIS + "}"
    return "{" + ", ".join(parts) + "}"


def table_cell(value: Any, most: int = MOST_ELEMENTS, made: bool = True) -> str:
    """A value in a table without a view: a Double has three digits after the point there.

    Args:
        value: the value.
        most: elements of a list that are shown.
        made: whether it is of an object that a script made, for which the table must be PowerShell's own.

    Raises:
        UnsupportedError: how PowerShell shows it there is not known.
    """
    if isinstance(value, float | Decimal):
        if made and (isinstance(value, Decimal | Single) or abs(value) >= 1000 or value != value):
            raise UnsupportedError(
                "A number of this kind in a table", "Format it: @{ n = 'x'; e = { ... }; f = 'N2' }."
            )
        return f"{Decimal(value).quantize(Decimal('0.001')):f}" if made else text(value)
    shown = cell(value, most)
    if "\n" in shown and made:
        raise UnsupportedError("A text of several lines in a table", "Use Format-List.")
    return " ".join(shown.split("\n"))


def is_right(value: Any) -> bool:
    """Whether a value stands on the right of its column: numbers, truth values, enumerations."""
    return isinstance(value, int | float | Decimal | EnumValue | Switch | Enumerated) and not (
        isinstance(value, Enum) and not isinstance(value, EnumValue)
    )


def fitted(written: str, width: int, align: str) -> str:
    """A text in a column: cut where it is too long, filled where it is too short; ``align``: left, right, center."""
    room = width_of(written)
    if room > width:
        kept = ""
        for char in written if align != "right" else reversed(written):
            if width_of(kept) + width_of(char) > width - 1:
                break
            kept += char
        cut = kept + ELLIPSIS if align != "right" else ELLIPSIS + kept[::-1]
        return cut + " " * (width - width_of(cut))
    free = width - room
    if align == "right":
        return " " * free + written
    if align == "center":
        return " " * (free // 2) + written + " " * (free - free // 2)
    return written + " " * free


def wrapped(written: str, width: int) -> list[str]:
    """A text on lines of a width, broken at blanks where there are any."""
    lines: list[str] = []
    for whole in written.split("\n"):
        line = whole.rstrip("\r")
        while width_of(line) > width:
            place = line.rfind(" ", 0, width)
            dash = line.rfind("-", 0, width) + 1
            place = max(place, dash) if place > 0 or dash > 0 else -1
            if place <= 0:
                lines.append(line[:width])
                line = line[width:]
            else:
                lines.append(line[:place].rstrip())
                line = line[place:].lstrip(" ")
        lines.append(line)
    return lines
