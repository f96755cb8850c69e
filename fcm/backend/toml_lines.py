"""On which line of a TOML text a key or table stands: tomllib does not say it.

The text must have been accepted by tomllib before; the scanner follows its structure and does not check it again.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Keys from the outermost table on; items of arrays by number, from 0."""

_NOTHING = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]*")
_STRINGS = {
    '"""': re.compile(r'"""((?:\\.|[^\\])*?"{0,2})"""(?!")', re.DOTALL),
    "'''": re.compile(r"'''(.*?'{0,2})'''(?!')", re.DOTALL),
    '"': re.compile(r'"((?:\\.|[^"\\])*)"'),
    "'": re.compile(r"'([^']*)'"),
}
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}


class TomlLines:
    """Lines (from 1) of the tables, keys and array items of one TOML text; scanned when first asked."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._found: dict[Path, int] = {(): 0}
        """Path -> offset in the text."""
        self._items: dict[Path, int] = {}
        """Number of tables seen so far of each array of tables."""
        self._line_starts: list[int] = []

    def line(self, path: Path) -> int:
        """The line of the nearest table or key on the way to ``path`` that stands in the text."""
        if not self._line_starts:
            self._line_starts = [0, *(match.end() for match in re.finditer("\n", self._text))]
            self._scan()
        while path not in self._found:
            path = path[:-1]
        return bisect_right(self._line_starts, self._found[path])

    def _scan(self) -> None:
        table: Path = ()
        while self._next():
            if self._text[self._position] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _next(self) -> str:
        """Go past spaces and comments; the character found there, "" at the end of the text."""
        match = _NOTHING.match(self._text, self._position)
        self._position = match.end() if match else self._position
        return self._text[self._position : self._position + 1]

    def _header(self) -> Path:
        start = self._position
        array = self._text.startswith("[[", start)
        self._position += 2 if array else 1
        keys = self._key()
        self._position += 2 if array else 1
        path: Path = ()
        for key in keys[:-1]:
            path = (*path, key)
            if path in self._items:
                path = (*path, self._items[path] - 1)
            self._found.setdefault(path, start)
        path = (*path, keys[-1])
        self._found.setdefault(path, start)
        if array:
            number = self._items.get(path, 0)
            self._items[path] = number + 1
            path = (*path, number)
        self._found[path] = start
        return path

    def _key(self) -> list[str]:
        keys: list[str] = []
        while True:
            if self._next() in ("'", '"'):
                keys.append(self._string())
            else:
                match = _BARE_KEY.match(self._text, self._position)
                keys.append(match[0] if match else "")
                self._position = match.end() if match else self._position
            if self._next() != ".":
                return keys
            self._position += 1

    def _pair(self, table: Path) -> None:
        start = self._position
        path = table
        for key in self._key():
            path = (*path, key)
            self._found.setdefault(path, start)
        self._position += 1  # the equals sign
        self._value(path)

    def _value(self, path: Path) -> None:
        first = self._next()
        if first in ("'", '"'):
            self._string()
        elif first == "[":
            self._position += 1
            number = 0
            while self._next() != "]":
                self._found[(*path, number)] = self._position
                self._value((*path, number))
                number += 1
                self._comma()
            self._position += 1
        elif first == "{":
            self._position += 1
            while self._next() != "}":
                self._pair(path)
                self._comma()
            self._position += 1
        else:
            match = _SCALAR.match(self._text, self._position)
            self._position = match.end() if match else len(self._text)

    def _comma(self) -> None:
        if self._next() == ",":
            self._position += 1

    def _string(self) -> str:
        quote = self._text[self._position]
        if self._text.startswith(quote * 3, self._position):
            quote *= 3
        match = _STRINGS[quote].match(self._text, self._position)
        if match is None:  # tomllib would not have accepted it
            self._position = len(self._text)
            return ""
        self._position = match.end()
        return _ESCAPE.sub(_unescaped, match[1]) if quote[0] == '"' else match[1]


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    return chr(int(code[1:], 16)) if code[0] in "uU" else _ESCAPES.get(code, code)
