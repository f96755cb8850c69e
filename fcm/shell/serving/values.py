"""Values of the shell as values of the wire, and back.

JSON's own kinds stand for themselves. Besides: ``{"$": "object", "type", "id", "text", "p": {...}, "settable": [...]}``
for an object of the cluster, ``"name"`` for the name of an object that stands for the object (with its type and id
where they are known), ``"enum"`` for a value of an enumeration (its type, number and text), ``"table"`` for a
hashtable, ``"time"`` for a point in time (ISO 8601), ``"span"`` for a duration in s, ``"lines"`` for text that was
laid out already, and ``"double"`` for the numbers that JSON does not have.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from fcm.shell.language.errors import ConversionError
from fcm.shell.values.enumerations import Enumerated, enumerated
from fcm.shell.values.values import Lines, NameOf, ShellObject, text

_PLAIN = frozenset({str, int, bool, type(None)})
_DOUBLES = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def _said(value: ShellObject) -> str:
    """An object in a text: its name where it has one, so that scripts of a real PowerShell can compare it."""
    name = value.get("Name")
    if name is not None:
        return text(name)
    inside = "; ".join(f"{key}={text(item)}" for key, item in value.properties.items())
    return f"@{{{inside}}}" if "ToString" not in value.methods else text(value)


def to_wire(value: Any) -> Any:
    """A value of the shell for JSON."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is ShellObject:
        return {
            "$": "object",
            "type": value.type,
            "id": value.identity,
            "text": _said(value),
            "p": {name: one if type(one) in _PLAIN else to_wire(one) for name, one in value.properties.items()},
            "settable": list(value.setters),
        }
    match value:
        case float():
            return value if math.isfinite(value) else {"$": "double", "v": text(value)}
        case list() | tuple():
            return [to_wire(one) for one in value]
        case NameOf():
            whose = {"type": value.kind, "id": value.identity} if value.kind else {}
            return {"$": "name", "v": str(value), **whose}
        case Enumerated():
            return {"$": "enum", "type": value.kind, "v": value.number, "text": str(value)}
        case Enum():
            return to_wire(value.value)
        case str():
            return str(value)
        case int():
            return int(value)
        case datetime():
            return {"$": "time", "v": value.isoformat()}
        case timedelta():
            return {"$": "span", "v": value.total_seconds()}
        case Lines():
            return {"$": "lines", "v": list(value.lines)}
        case dict():
            return {"$": "table", "p": {text(name): to_wire(one) for name, one in value.items()}}
    return text(value)


def from_wire(value: Any) -> Any:
    """A value of the wire for the shell.

    Raises:
        ConversionError: it is of no kind that there is, or has not what its kind has.
    """
    if isinstance(value, list):
        return [from_wire(one) for one in value]
    if not isinstance(value, dict):
        return value
    try:
        match value.get("$"):
            case "object":
                return ShellObject(
                    _text(value["type"]),
                    {name: from_wire(one) for name, one in value["p"].items()},
                    _text(value.get("id", "")),
                )
            case "name":
                return NameOf(_text(value["v"]), _text(value.get("type", "")), _text(value.get("id", "")))
            case "enum":
                return enumerated(_text(value["type"]), _text(value["text"]))
            case "table":
                return {name: from_wire(one) for name, one in value["p"].items()}
            case "time":
                return datetime.fromisoformat(_text(value["v"])).astimezone()
            case "span":
                return timedelta(seconds=value["v"])
            case "double":
                return _DOUBLES[_text(value["v"])]
            case "lines":
                return "\n".join(_text(line) for line in value["v"])
            case other:
                raise ConversionError(f"Values of the kind {str(other)[:60]} are unknown.", "Update the modules.")
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ConversionError(
            f"A value of the kind {str(value.get('$'))[:60]} cannot be read.", "Update the modules."
        ) from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a string is required")
    return value
