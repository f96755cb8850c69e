"""Texts in double quotes, here-strings and bare words: what is expanded in them, and what stays."""

from __future__ import annotations

import re
from typing import Protocol

from fcm.shell.language import tree
from fcm.shell.language.scanner import DOUBLE, ESCAPES, SINGLE, Scanner, TokenKind, number


class Expansions(Protocol):
    """Reads what is expanded in a text."""

    def dollar(self) -> tree.Node:
        """A variable or ``$( ... )``."""

    def within(self, text: str) -> TextReader:
        """A reader for a text that stands inside of the one being read, one level deeper."""


class TextReader:
    """Reads texts at the place of a scanner; the expressions in them are left to another reader."""

    def __init__(self, scan: Scanner, expansions: Expansions) -> None:
        self._scan = scan
        self._expansions = expansions

    def read_double(self) -> tree.Node:
        """A text in double quotes, with what is to be expanded in it."""
        start = self._scan.at
        self._scan.at += 1
        parts: list[str | tree.Node] = []
        text: list[str] = []
        before = len(self._scan.tokens)
        while True:
            char = self._scan.peek()
            if not char:
                raise self._scan.fail("The string is not closed.", "Close it with a double quote.", start)
            if char in DOUBLE:
                if not self._scan.peek(1) or self._scan.peek(1) not in DOUBLE:
                    break
                text.append(self._scan.peek(1))
                self._scan.at += 2
            else:
                self.piece(parts, text)
        self._scan.at += 1
        if len(self._scan.tokens) == before:
            self._scan.mark(TokenKind.TEXT, start)
        return self._joined(parts, text, start)

    def expanded(self, text: str, start: int) -> tree.Node:
        """What a here-string expands to; errors in it are placed at its start."""
        inner = self._expansions.within(text)
        parts: list[str | tree.Node] = []
        plain: list[str] = []
        while not inner.is_over:
            inner.piece(parts, plain)
        return self._joined(parts, plain, start)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to be read."""
        return not self._scan.peek()

    def piece(self, parts: list[str | tree.Node], text: list[str]) -> None:
        """One character, escape or expansion of a text in double quotes."""
        char = self._scan.peek()
        if char == "`" and self._scan.starts("`u{"):
            match = re.compile(r"`u\{([0-9a-fA-F]{1,6})\}").match(self._scan.text, self._scan.at)
            if match is None or int(match[1], 16) > 0x10FFFF:
                raise self._scan.fail("The Unicode escape is not valid.", "Example: `u{20ac}.")
            text.append(chr(int(match[1], 16)))
            self._scan.at = match.end()
        elif char == "`" and self._scan.peek(1):
            text.append(ESCAPES.get(self._scan.peek(1), self._scan.peek(1)))
            self._scan.at += 2
        elif char == "$" and (self._scan.peek(1) == "(" or self.names_variable()):
            node = self._expansions.dollar()
            if text:
                parts.append("".join(text))
                text.clear()
            parts.append(node)
        else:
            text.append(char)
            self._scan.at += 1

    def names_variable(self) -> bool:
        """Whether the dollar sign here begins a variable."""
        following = self._scan.peek(1)
        return bool(following) and ((following.isascii() and following.isalnum()) or following in "_{?^$")

    def _joined(self, parts: list[str | tree.Node], text: list[str], start: int) -> tree.Node:
        if text:
            parts.append("".join(text))
        if all(isinstance(part, str) for part in parts):
            return tree.Literal("".join(str(part) for part in parts), at=start)
        merged: list[str | tree.Node] = []
        for part in parts:
            if isinstance(part, str) and merged and isinstance(merged[-1], str):
                merged[-1] += part
            elif part != "":
                merged.append(part)
        return tree.Expanded(tuple(merged), at=start)

    def word(self, stop: frozenset[str]) -> tree.Node:
        """A bare word of a command, up to a character of ``stop``; quotes and variables in it are part of it."""
        start = self._scan.at
        parts: list[str | tree.Node] = []
        text: list[str] = []
        bare = True
        while (char := self._scan.peek()) and char not in stop:
            if char in SINGLE and self._scan.at > start:
                text.append(self._scan.read_single())
                bare = False
            elif char in DOUBLE:
                bare = False
                node = self.read_double()
                if isinstance(node, tree.Expanded):
                    if text:
                        parts.append("".join(text))
                        text.clear()
                    parts.extend(node.parts)
                else:
                    assert isinstance(node, tree.Literal)
                    text.append(str(node.value))
            else:
                bare = bare and char not in "`$"
                self.piece(parts, text)
        if bare:
            self._scan.mark(TokenKind.WORD, start)
            written = self._scan.text[start : self._scan.at]
            value = number(written)
            return tree.Literal(written if value is None else value, written, at=start)
        return self._joined(parts, text, start)
