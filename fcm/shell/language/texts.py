"""Texts in double quotes, here-strings and bare words: what is expanded in them, and what stays."""

from __future__ import annotations

from abc import ABC, abstractmethod

from fcm.shell.language import tree
from fcm.shell.language.scanner import DOUBLE, ESCAPES, SINGLE, Scanner, TokenKind, number

DEPTH = 40
"""Nestings that a script may have."""


class TextReader(Scanner, ABC):
    """Reads texts; the expressions in them are left to the parser of expressions."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = 0

    @abstractmethod
    def dollar(self) -> tree.Node:
        """A variable or ``$( ... )``."""

    def enter(self) -> None:
        """One level deeper.

        Raises:
            ShellSyntaxError: the script is nested too deeply.
        """
        self.depth += 1
        if self.depth > DEPTH:
            raise self.fail(f"The script is nested deeper than {DEPTH} levels.", "Use variables for its parts.")

    def leave(self) -> None:
        """One level up."""
        self.depth -= 1

    def read_double(self) -> tree.Node:
        """A text in double quotes, with what is to be expanded in it."""
        start = self.at
        self.at += 1
        parts: list[str | tree.Node] = []
        text: list[str] = []
        before = len(self.tokens)
        while True:
            char = self.peek()
            if not char:
                raise self.fail("The text has no end.", "End it with a double quote.", start)
            if char in DOUBLE:
                if not self.peek(1) or self.peek(1) not in DOUBLE:
                    break
                text.append(self.peek(1))
                self.at += 2
            else:
                self.piece(parts, text)
        self.at += 1
        if len(self.tokens) == before:
            self.mark(TokenKind.TEXT, start)
        return self._joined(parts, text, start)

    def expanded(self, text: str, start: int) -> tree.Node:
        """What a here-string expands to; errors in it are placed at its start."""
        inner = type(self)(text)
        inner.depth = self.depth + 1
        parts: list[str | tree.Node] = []
        plain: list[str] = []
        while inner.peek():
            inner.piece(parts, plain)
        return self._joined(parts, plain, start)

    def piece(self, parts: list[str | tree.Node], text: list[str]) -> None:
        """One character, escape or expansion of a text in double quotes."""
        char = self.peek()
        if char == "`" and self.peek(1):
            text.append(ESCAPES.get(self.peek(1), self.peek(1)))
            self.at += 2
        elif char == "$" and (self.peek(1) == "(" or self.names_variable()):
            node = self.dollar()
            if text:
                parts.append("".join(text))
                text.clear()
            parts.append(node)
        else:
            text.append(char)
            self.at += 1

    def names_variable(self) -> bool:
        """Whether the dollar sign here begins a variable."""
        following = self.peek(1)
        return bool(following) and ((following.isascii() and following.isalpha()) or following in "_{?")

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
        start = self.at
        parts: list[str | tree.Node] = []
        text: list[str] = []
        bare = True
        while (char := self.peek()) and char not in stop:
            if char in SINGLE and self.at > start:
                text.append(self.read_single())
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
            self.mark(TokenKind.WORD, start)
            written = self.text[start : self.at]
            value = number(written)
            return tree.Literal(written if value is None else value, written, at=start)
        return self._joined(parts, text, start)
