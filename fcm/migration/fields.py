"""Reading JSON from other people: every value is asked for by name, kind and range, and a wrong one is named."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

from fcm.mistakes import WrongInputError
from fcm.text.textfile import RECORDING, TextFileError, parse_json, read_text
from fcm.text.words import as_data

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST = 1.7e308


class BadFileError(WrongInputError, ValueError):
    """A file that cannot be used. The message names the file, the field and what was expected."""

    def __init__(self, file: str, field: str, expected: str, found: object = None) -> None:
        self.file = file
        self.field = field
        self.expected = expected
        shown = "" if found is None else f", found {_shown(found)}"
        where = f"{file}: field '{field}'" if field else file
        super().__init__(f"{where}: expected {expected}{shown}")


class UnreadableFileError(BadFileError):
    """A file of which no field was read; the message is that of the ``TextFileError``."""

    def __init__(self, error: TextFileError) -> None:
        super().__init__(str(error.path), "", "text")
        self.args = (str(error),)


def is_number(value: object) -> TypeGuard[float]:
    """True for a finite number that a float holds, not for True and False; JSON allows integers of any length."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -_LARGEST <= value <= _LARGEST


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a file.

    Raises:
        BadFileError: if the file cannot be read, is too large, is not JSON or is not an object.
    """
    try:
        data = parse_json(read_text(path, RECORDING), path)
    except TextFileError as error:
        raise UnreadableFileError(error) from error
    if not isinstance(data, dict):
        raise BadFileError(str(path), "", "a JSON object", data)
    return data


@dataclass(frozen=True)
class Fields:
    """One JSON object of a file, asked field by field. All methods raise :class:`BadFileError`."""

    data: dict[str, Any]
    file: str
    prefix: str = ""

    def has(self, name: str) -> bool:
        """True if the field is there and not null."""
        return self.data.get(name) is not None

    def number(
        self, name: str, low: float = -math.inf, high: float = math.inf, default: float | None = None, unit: str = ""
    ) -> float:
        """A finite number from `low` to `high`; `default` where it is missing, if there is a default."""
        value = self.data.get(name)
        if value is None and default is not None:
            return default
        wanted = f"a number{' of ' + unit if unit else ''} from {_bound(low)} to {_bound(high)}"
        if not is_number(value):
            raise self.bad(name, wanted, value if name in self.data else "nothing")
        if not low <= value <= high:
            raise self.bad(name, wanted, value)
        return float(value)

    def whole(self, name: str, low: int, high: int, default: int | None = None, unit: str = "") -> int:
        """An integer."""
        value = self.number(name, low, high, None if default is None else float(default), unit)
        if value != int(value):
            raise self.bad(name, f"a whole number from {low} to {high}", value)
        return int(value)

    def text(self, name: str, default: str | None = None, most: int = 4096) -> str:
        """A string of at most `most` characters."""
        value = self.data.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or len(value) > most:
            raise self.bad(name, f"a string of at most {most} characters", value)
        return value

    def items(self, name: str, most: int = 1_000_000) -> list[Any]:
        """A list, empty where the field is missing."""
        value = self.data.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > most:
            raise self.bad(name, f"a list of at most {most} entries", value)
        return value

    def numbers(self, name: str, most: int = 1_000_000) -> list[float]:
        """A list of finite numbers, empty where the field is missing."""
        values = self.items(name, most)
        for value in values:
            if not is_number(value):
                raise self.bad(name, "a list of numbers", value)
        return [float(v) for v in values]

    def objects(self, name: str, most: int = 1_000_000) -> list[Fields]:
        """A list of objects, empty where the field is missing."""
        out = []
        for k, value in enumerate(self.items(name, most)):
            if not isinstance(value, dict):
                raise self.bad(f"{name}[{k}]", "an object", value)
            out.append(Fields(value, self.file, f"{self.prefix}{name}[{k}]."))
        return out

    def inner(self, name: str) -> Fields:
        """An object."""
        value = self.data.get(name)
        if not isinstance(value, dict):
            raise self.bad(name, "an object", "nothing" if value is None else value)
        return Fields(value, self.file, f"{self.prefix}{name}.")

    def bad(self, name: str, expected: str, found: object = None) -> BadFileError:
        """The error to raise about a field."""
        return BadFileError(self.file, self.prefix + name, expected, found)


def _bound(value: float) -> str:
    """A limit as a person writes it: 67,108,864, not 6.71e+07."""
    return f"{value:,.0f}" if abs(value) < 1e13 and value == int(value) else f"{value:g}"


def _shown(found: object) -> str:
    """A value of the file, or a word of ours such as "nothing", in one line."""
    shown = as_data(found)
    inner = shown[1:-1].strip()
    return inner if isinstance(found, str) and inner else shown
