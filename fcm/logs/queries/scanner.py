"""The words of an XPath expression, and how a fault in one is told."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 64 * 1024
"""Characters of an expression."""
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>0[xX][0-9A-Fa-f]+|-?(?:\d+(?:\.\d*)?|\.\d+))"
    r"|(?P<name>[^\W\d][\w.-]*)|(?P<symbol><=|>=|!=|::|//|\.\.|[=<>()\[\]/,*@|+.-]))"
)

_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "apos": "'", "quot": '"'}
_ENTITY = re.compile(r"&(?:amp;)?(lt|gt|amp|apos|quot);")
_PRINTED = "\u2018\u2019\u201c\u201d"
"""Quotation marks of printed text."""


class QueryError(ValueError):
    """The query is not one; the message says what is wrong and what to do."""

    def __init__(self, message: str, line: int = 0, column: int = 0, offset: int = -1) -> None:
        super().__init__(message)
        self.line = line
        """1, 2 ...; 0 if it is not known."""
        self.column = column
        """1, 2 ...; 0 if it is not known."""
        self.offset = offset
        """Characters before the fault within its expression; -1 if it is not in one."""

    @property
    def placed(self) -> str:
        """What is wrong, with its place in front of it."""
        if self.line:
            return f"Line {self.line}, column {self.column}: {self}"
        return f"Character {self.offset + 1}: {self}" if self.offset >= 0 else str(self)


class Scanner:
    """The tokens of an expression and a place among them."""

    def __init__(self, expression: str) -> None:
        """Cut an expression into tokens.

        Raises:
            QueryError: it is too long, or something in it is no token.
        """
        if len(expression) > LONGEST:
            raise QueryError(f"The expression has more than {LONGEST} characters. Make it shorter.", offset=0)
        self.tokens: list[tuple[str, str, int]] = []
        self.end = len(expression.rstrip())
        self.at = 0
        """Number of the token that comes next."""
        place = 0
        while place < self.end:
            match = _TOKEN.match(expression, place, self.end)
            if match is None:
                rest = expression[place : self.end].lstrip()
                at = self.end - len(rest)
                if rest[0] in "'\"":
                    raise QueryError(f"The text {shown(rest[1:])} has no end. Write a {rest[0]} after it.", offset=at)
                if (entity := _ENTITY.match(rest)) is not None:
                    plain = _ENTITIES[entity[1]]
                    raise QueryError(
                        f"'{entity[0]}' is how XML writes {plain}. Outside of XML write {plain}.", offset=at
                    )
                if rest[0] in _PRINTED:
                    raise QueryError(f"{rest[0]} is a typographic quotation mark. Write ' or \" there.", offset=at)
                raise QueryError(f"{shown(rest[0])} is not in the XPath of event queries. Remove it, or put the text "
                                 "into quotes.", offset=at)  # fmt: skip
            kind = match.lastgroup or ""
            self.tokens.append((kind, match[kind], match.start(kind)))
            place = match.end()

    @property
    def at_end(self) -> bool:
        """Whether all tokens were taken."""
        return self.at >= len(self.tokens)

    def peek(self, ahead: int = 0) -> str:
        """A token that comes; "" after the last one. A text has its quotes."""
        place = self.at + ahead
        return self.tokens[place][1] if place < len(self.tokens) else ""

    def kind(self) -> str:
        """Kind of the token that comes: text, number, name, symbol; "" after the last one."""
        return "" if self.at_end else self.tokens[self.at][0]

    def take(self, symbol: str) -> bool:
        """Take a symbol if it comes."""
        if self.kind() == "symbol" and self.peek() == symbol:
            self.at += 1
            return True
        return False

    def take_word(self, name: str) -> bool:
        """Take a name if it comes."""
        if self.kind() == "name" and self.peek() == name:
            self.at += 1
            return True
        return False

    def name(self) -> str:
        """Take a name or ``*``.

        Raises:
            QueryError: something else comes.
        """
        if self.kind() != "name" and self.peek() != "*":
            raise self.wrong(f"A name, a number or a text in quotes is missing before {self.coming()}. Write it there.")
        self.at += 1
        return self.tokens[self.at - 1][1]

    def expect(self, symbol: str) -> None:
        """Take a symbol.

        Raises:
            QueryError: something else comes.
        """
        if not self.take(symbol):
            raise self.wrong(f"'{symbol}' is missing before {self.coming()}. Write it there.")

    def coming(self) -> str:
        """What comes, for a sentence."""
        return shown(self.peek()) if not self.at_end else "the end"

    def wrong(self, why: str, token: int | None = None) -> QueryError:
        """An error at a token; None: at the one that comes."""
        place = self.at if token is None else token
        return QueryError(why, offset=self.tokens[place][2] if place < len(self.tokens) else self.end)


def shown(text: str, longest: int = 40) -> str:
    """A piece of what somebody wrote, in quotes, for a sentence."""
    return quoted(text if len(text) <= longest else f"{text[:longest]}...")


def nearest(wrong: str, known: Iterable[str], before: str = "") -> str:
    """A sentence with the names that can stand there, the nearest ones if some are near; "" if there is none."""
    names = tuple(known)
    if not names:
        return " Nothing is below it."
    by_fold = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(wrong.casefold(), by_fold, n=3, cutoff=0.6)
    if close:
        return f" Did you mean {' or '.join(before + by_fold[one] for one in close)}?"
    return f" There are {', '.join(before + name for name in names)}."
