"""On which line of a TOML text a key or table stands: tomllib does not say it.

The text must have been accepted by tomllib before; the scanner follows its structure and does not check it again.
"""

from __future__ import annotations

from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Keys from the outermost table on; items of arrays by number, from 0."""

_BLANK = " \t\r\n"
_BARE_END = " \t\r\n.=]"
_SCALAR_END = ",]}#\n"
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


class TomlLines:
    """Lines (from 1) of the tables, keys and array items of one TOML text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._line = 1
        self._lines: dict[Path, int] = {(): 1}
        self._items: dict[Path, int] = {}
        """Number of tables seen so far of each array of tables."""
        self._scan()

    def line(self, path: Path) -> int:
        """The line of the nearest table or key on the way to ``path`` that stands in the text."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def _scan(self) -> None:
        table: Path = ()
        while self._skip():
            if self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)

    # characters

    def _peek(self, length: int = 1) -> str:
        return self._text[self._position : self._position + length]

    def _take(self, length: int = 1) -> str:
        taken = self._peek(length)
        self._line += taken.count("\n")
        self._position += length
        return taken

    def _skip(self) -> bool:
        """Go past blanks and comments; False at the end of the text."""
        while self._position < len(self._text):
            if self._peek() == "#":
                end = self._text.find("\n", self._position)
                self._position = len(self._text) if end < 0 else end
            elif self._peek() in _BLANK:
                self._take()
            else:
                return True
        return False

    # structure

    def _header(self) -> Path:
        line = self._line
        array = self._peek(2) == "[["
        self._take(2 if array else 1)
        keys = self._key()
        self._take(2 if array else 1)
        path: Path = ()
        for key in keys[:-1]:
            path = (*path, key)
            if path in self._items:
                path = (*path, self._items[path] - 1)
            self._lines.setdefault(path, line)
        path = (*path, keys[-1])
        self._lines.setdefault(path, line)
        if array:
            number = self._items.get(path, 0)
            self._items[path] = number + 1
            path = (*path, number)
        self._lines[path] = line
        return path

    def _key(self) -> list[str]:
        keys: list[str] = []
        while True:
            self._skip()
            if self._peek() in "\"'":
                keys.append(self._string())
            else:
                start = self._position
                while self._peek() not in _BARE_END:
                    self._take()
                keys.append(self._text[start : self._position])
            self._skip()
            if self._peek() != ".":
                return keys
            self._take()

    def _pair(self, table: Path) -> None:
        line = self._line
        path = table
        for key in self._key():
            path = (*path, key)
            self._lines.setdefault(path, line)
        self._take()  # the equals sign
        self._skip()
        self._value(path)

    def _value(self, path: Path) -> None:
        first = self._peek()
        if first in "\"'":
            self._string()
        elif first == "[":
            self._take()
            number = 0
            while self._skip() and self._peek() != "]":
                self._lines[(*path, number)] = self._line
                self._value((*path, number))
                number += 1
                self._comma()
            self._take()
        elif first == "{":
            self._take()
            while self._skip() and self._peek() != "}":
                self._pair(path)
                self._comma()
            self._take()
        else:
            while self._peek() and self._peek() not in _SCALAR_END:
                self._take()

    def _comma(self) -> None:
        self._skip()
        if self._peek() == ",":
            self._take()

    def _string(self) -> str:
        quote = self._peek()
        if self._peek(3) == quote * 3:
            return self._long_string(quote * 3)
        self._take()
        found: list[str] = []
        while (character := self._take()) != quote:
            found.append(self._escape() if character == "\\" and quote == '"' else character)
        return "".join(found)

    def _long_string(self, quotes: str) -> str:
        self._take(3)
        start = self._position
        while self._peek(3) != quotes:
            if self._take() == "\\" and quotes == '"""':
                self._take()
        while self._peek(4) == quotes + quotes[0]:  # quotes that belong to the text stand before the last three
            self._take()
        text = self._text[start : self._position]
        self._take(3)
        return text

    def _escape(self) -> str:
        kind = self._take()
        if kind in "uU":
            return chr(int(self._take(4 if kind == "u" else 8), 16))
        return _ESCAPES.get(kind, kind)
