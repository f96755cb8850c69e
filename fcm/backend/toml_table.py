"""Typed reading of TOML tables: every value by its kind, unknown keys refused, everything with its line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from fcm.backend.base import BackendError
from fcm.backend.toml_lines import TomlLines
from fcm.installation import typed
from fcm.mistakes import WrongInputError
from fcm.text.textfile import Kind, TextFileError, parse_toml, read_text
from fcm.text.words import as_data, quoted

if TYPE_CHECKING:
    import ipaddress
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from enum import Enum
    from pathlib import Path as FilePath

    from fcm.backend.toml_lines import Path

E = TypeVar("E", bound="Enum")
T = TypeVar("T")

_SIZE = re.compile(r"\s*(\d{1,19}(?:\.\d{1,12})?)\s*(B|KiB|MiB|GiB|TiB)\s*", re.IGNORECASE | re.ASCII)
_SIZES = {"b": 1, "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}
_RATE = re.compile(r"\s*(\d{1,19}(?:\.\d{1,12})?)\s*(Mbit/s|Gbit/s)\s*", re.IGNORECASE | re.ASCII)
_RATES = {"mbit/s": 125_000, "gbit/s": 125_000_000}
MISSING: Any = object()
LARGEST_SIZE = 2**60
"""bytes."""
FASTEST_RATE = 125_000_000 * 1_000_000
"""bytes/s."""


class ClusterFileError(BackendError, WrongInputError):
    """A cluster file cannot be used; the message is a sentence with file, line and reason."""

    def __init__(self, path: FilePath, line: int, reason: str) -> None:
        where = f"{path}, line {line}" if line else str(path)
        super().__init__(f"{where}: {reason}")
        self.path = path
        self.line = line
        """From 1; 0 if the file as a whole is meant."""
        self.reason = reason


def read_table(path: FilePath, kind: Kind, check: Callable[[str], None] = lambda _: None) -> Table:
    """The outermost table of a TOML file; ``check`` may refuse the text before it is parsed.

    Raises:
        ClusterFileError: it cannot be read or is no TOML.
    """
    try:
        text = read_text(path, kind)
        check(text)
        values = parse_toml(text, path)
    except TextFileError as error:
        raise ClusterFileError(path, error.line, error.reason) from error
    return Table(path, TomlLines(text), values)


class UntrustedFileError(ClusterFileError):
    """A file asks for what only its owner may allow, and no one has allowed it for this content yet."""

    def __init__(self, path: FilePath, line: int, demands: Sequence[str], digest: str) -> None:
        listed = "; ".join(demands)
        remedy = f"If you trust this file, allow it once: fcm hosts trust {typed(str(path))}"
        super().__init__(path, line, f"Opening this file would {listed}. {remedy}")
        self.demands = tuple(demands)
        """What it would do, each a phrase that follows "would"."""
        self.digest = digest
        """Of the content that asks (SHA-256, hexadecimal)."""


class Table:
    """One table of the file. Each method reads one key; ``end`` refuses the keys that no one read."""

    def __init__(self, file: FilePath, lines: TomlLines, value: object, path: Path = ()) -> None:
        self._file = file
        self._lines = lines
        self._path = path
        self._known: list[str] = []
        if not isinstance(value, dict):
            raise self.error(f"{self._name()} must be a table, not {_kind(value)}.")
        self._values: Mapping[str, Any] = value

    def error(self, reason: str, *keys: str | int) -> ClusterFileError:
        """An error at a key of this table, or at the table itself."""
        return ClusterFileError(self._file, self._lines.line((*self._path, *keys)), reason)

    def __contains__(self, key: str) -> bool:
        """Whether the file has that key, which is one that it may have."""
        self._known.append(key)
        return key in self._values

    def keys(self) -> Iterator[str]:
        """All keys, as the file has them (tables whose keys are names)."""
        self._known += self._values
        return iter(self._values)

    def end(self) -> None:
        """Refuse unknown keys."""
        for key in self._values:
            if key not in self._known:
                known = ", ".join(sorted(set(self._known)))
                raise self.error(f"Unknown key {quoted(key)} in {self._name()}. Known keys are: {known}.", key)

    def _get(self, key: str, kind: type[T], words: str, default: Any) -> Any:
        self._known.append(key)
        if key not in self._values:
            if default is MISSING:
                raise self.error(f"The key {quoted(key)} is missing in {self._name()}.")
            return default
        value = self._values[key]
        if not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool):
            raise self.error(f"{quoted(key)} must be {words}, not {_kind(value)}.", key)
        return value

    def text(self, key: str, default: Any = MISSING) -> str:
        """A string that is not empty."""
        value = self._get(key, str, "a string in quotes", default)
        if value == "" and default is MISSING:
            raise self.error(f"{quoted(key)} is empty.", key)
        return value  # type: ignore[no-any-return]

    def optional(self, key: str) -> str | None:
        """A string or nothing."""
        value = self._get(key, str, "a string in quotes", None)
        return value or None

    def whole(self, key: str, default: Any = MISSING, least: int = 0, most: int = 2**62) -> int:
        """An integer within limits."""
        value: int = self._get(key, int, "an integer", default)
        if key in self._values and not least <= value <= most:
            raise self.error(f"{quoted(key)} is {value}; it must be {least} to {most}.", key)
        return value

    def share(self, key: str, default: float) -> float:
        """A number from 0 to 1."""
        self._known.append(key)
        value = self._values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(f"{quoted(key)} must be a number from 0 to 1, not {_kind(value)}.", key)
        if not 0 <= value <= 1:
            raise self.error(f"{quoted(key)} is {value}; it must be 0 to 1.", key)
        return float(value)

    def number(self, key: str, default: float) -> float:
        """A number of zero or more."""
        self._known.append(key)
        value = self._values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(f"{quoted(key)} must be a number, not {_kind(value)}.", key)
        if not 0 <= value < float("inf"):
            raise self.error(f"{quoted(key)} is {value}; it must be zero or more.", key)
        return float(value)

    def moment(self, key: str, most: float) -> tuple[float, float | None]:
        """Seconds up to ``most`` and None, or 0 and a date and time with its offset in s since the epoch."""
        self._known.append(key)
        value = self._values[key]
        if isinstance(value, int | float) and not isinstance(value, bool):
            if not 0 <= value <= most:
                raise self.error(f"{quoted(key)} is {value}; it must be 0 to {most:.0f} s.", key)
            return float(value), None
        timestamp = getattr(value, "timestamp", None)
        if timestamp is None or getattr(value, "tzinfo", None) is None:
            words = "a number of seconds, or a date and time such as 2026-03-01T12:00:00Z"
            raise self.error(f"{quoted(key)} must be {words}, not {_kind(value)}.", key)
        return 0.0, timestamp()

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        return bool(self._get(key, bool, "true or false", default))

    def scalar(self, key: str) -> str:
        """A string that is not empty, an integer, or true or false, as text ("1" and "0" for the latter)."""
        self._known.append(key)
        value = self._values[key]
        if isinstance(value, bool):
            return "1" if value else "0"
        if isinstance(value, int):
            return str(value)
        if not isinstance(value, str) or not value:
            words = "a string in quotes that is not empty, an integer, or true or false"
            raise self.error(f"{quoted(key)} must be {words}, not {_kind(value)}.", key)
        return value

    def choice(self, key: str, kind: type[E], default: Any = MISSING) -> E:
        """The value or the name of a member of an enumeration."""
        text = self._get(key, str, "a string in quotes", default)
        if key not in self._values:
            return text  # type: ignore[no-any-return]
        for member in kind:
            if text.casefold() in (str(member.value).casefold(), member.name.replace("_", " ").casefold()):
                return member
        words = [str(m.value) if isinstance(m.value, str) else m.name.replace("_", " ").lower() for m in kind]
        raise self.error(f"{quoted(key)} is {quoted(text)}; it must be one of: {', '.join(words)}.", key)

    def size(self, key: str, default: Any = MISSING) -> int:
        """A size such as "32 GiB", in bytes."""
        text = self._get(key, str, 'a size such as "32 GiB"', default)
        if key not in self._values:
            return text  # type: ignore[no-any-return]
        match = _SIZE.fullmatch(text)
        if match is None:
            raise self.error(f'{quoted(key)} is {quoted(text)}; it must be a size such as "32 GiB" or "512 MiB".', key)
        size = round(float(match[1]) * _SIZES[match[2].lower()])
        if size > LARGEST_SIZE:
            raise self.error(f"{quoted(key)} is {quoted(text)}; at most {LARGEST_SIZE >> 40} TiB are allowed.", key)
        return size

    def rate(self, key: str, default: int) -> int:
        """A line rate such as "1 Gbit/s", in bytes/s."""
        text = self._get(key, str, 'a rate such as "1 Gbit/s"', None)
        if text is None:
            return default
        match = _RATE.fullmatch(text)
        if match is None or not float(match[1]):
            raise self.error(
                f'{quoted(key)} is {quoted(text)}; it must be a rate such as "1 Gbit/s" or "100 Mbit/s".', key
            )
        rate = round(float(match[1]) * _RATES[match[2].lower()])
        if not 1 <= rate <= FASTEST_RATE:
            raise self.error(
                f"{quoted(key)} is {quoted(text)}; at most {FASTEST_RATE // _RATES['gbit/s']} Gbit/s are allowed.", key
            )
        return rate

    def subnet(self, key: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
        """A subnet such as "10.0.1.0/24"."""
        import ipaddress

        text = self.text(key)
        try:
            whole = ipaddress.ip_network("" if "%" in text else text, strict=False)
        except ValueError:
            hint = "write it like 10.0.1.0/24 or fd00:1::/64"
            raise self.error(f"{quoted(text)} is not a subnet; {hint}.", key) from None
        try:
            return ipaddress.ip_network(text)
        except ValueError:
            reason = f"names an address in a subnet; the subnet is {whole}"
            raise self.error(f"{quoted(key)} is {quoted(text)}, which {reason}.", key) from None

    def texts(self, key: str, default: Any = MISSING) -> tuple[str, ...]:
        """A list of strings without repetition."""
        values = self._get(key, list, "a list of strings", default)
        if key not in self._values:
            return values  # type: ignore[no-any-return]
        for number, value in enumerate(values):
            if not isinstance(value, str) or not value:
                raise self.error(
                    f"Item {number + 1} of {quoted(key)} must be a string in quotes, not {as_data(value)}.",
                    key,
                    number,
                )
            if value in values[:number]:
                raise self.error(f"{quoted(value)} occurs twice in {quoted(key)}.", key, number)
        return tuple(values)

    def table(self, key: str) -> Table:
        """A table inside this one; it must be there."""
        value = self._get(key, dict, "a table", MISSING)
        return Table(self._file, self._lines, value, (*self._path, key))

    def tables(self, key: str, least: int, most: int, what: str) -> list[Table]:
        """An array of tables, between ``least`` and ``most`` of them."""
        self._known.append(key)
        values = self._values.get(key, [])
        if not isinstance(values, list):
            raise self.error(f"{quoted(key)} must be an array of tables, [[{key}]], not {_kind(values)}.", key)
        if len(values) < least:
            raise self.error(f"The cluster has {len(values)} {what}; it needs at least {least}.", key)
        if len(values) > most:
            raise self.error(f"The cluster has {len(values)} {what}; at most {most} are allowed.", key, most)
        return [Table(self._file, self._lines, item, (*self._path, key, n)) for n, item in enumerate(values)]

    def _name(self) -> str:
        if not self._path:
            return "the file"
        keys = [str(key) for key in self._path if isinstance(key, str)]
        words = f"[{'.'.join(keys)}]"
        return f"[{words}]" if isinstance(self._path[-1], int) else words


def _kind(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case str():
            return "a string"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or time"
