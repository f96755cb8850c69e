"""The tokenizer: characters to words, texts and numbers, in the two modes of PowerShell.

The printed guide has typographic quotes and dashes; PowerShell takes them for the plain ones, and so does this.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from fcm.shell.language.errors import ShellSyntaxError
from fcm.shell.language.kinds import BigInteger, Byte, Int16, Int64, Integer, SByte, UInt16, UInt32, UInt64
from fcm.text.words import quoted

SINGLE = "'\u2018\u2019\u201a\u201b"
"""Characters that are single quotes."""
DOUBLE = '"\u201c\u201d\u201e'
"""Characters that are double quotes."""
DASHES = "-\u2013\u2014\u2015"
"""Characters that are dashes."""
WORD_END = frozenset(" \t\r\n;|(){},&>\u00a0")
_UNITS = {"": 1, "kb": 2**10, "mb": 2**20, "gb": 2**30, "tb": 2**40, "pb": 2**50}
_DIGITS = r"(?:\d{1,300}(?:\.(?!\.|[A-Za-z])\d{0,300})?|\.\d{1,300})"
_NUMBER = re.compile(
    rf"(0x[0-9a-f]{{1,300}}?|0b[01]{{1,300}}|{_DIGITS}(?:e[+-]?\d{{1,3}})?)(u?l|u?s|u?y|u|n|d)?(kb|mb|gb|tb|pb)?(?![0-9a-z_])",
    re.IGNORECASE,
)
_SUFFIXES: dict[str, type[Integer]] = {
    **{"l": Int64, "u": UInt32, "ul": UInt64, "s": Int16, "us": UInt16, "y": SByte, "uy": Byte, "n": BigInteger},
}
_VARIABLE = re.compile(r"[A-Za-z_][\w?]*(:(?!:)[A-Za-z_][\w?]*)?|\d+|[?^]|\$")
_SPACE = " \t\r\u00a0\ufeff"
ESCAPES = {**{"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b"}, "f": "\f", "v": "\v", "e": "\x1b"}


DEPTH = 40
"""Nestings that a script may have."""


class TokenKind(StrEnum):
    """Kinds of tokens, as an editor colours them."""

    COMMAND = "command"
    PARAMETER = "parameter"
    WORD = "word"
    TEXT = "text"
    NUMBER = "number"
    VARIABLE = "variable"
    OPERATOR = "operator"
    KEYWORD = "keyword"
    COMMENT = "comment"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Token:
    """One token and where it stands: ``text[start:end]``."""

    kind: TokenKind
    start: int
    end: int


def number(text: str) -> int | float | Decimal | None:
    """The number that a whole text is, with its suffixes and PowerShell's KB to PB; None if it is not valid."""
    match = _NUMBER.fullmatch(text)
    found = None if match is None else _value(match)
    return found if found is not None and found < math.inf else None


def _value(match: re.Match[str]) -> int | float | Decimal | None:
    """The number of a match (about_Numeric_Literals); None where its type has no room for it."""
    digits, suffix, unit = match[1].lower(), (match[2] or "").lower(), _UNITS[(match[3] or "").lower()]
    if digits.startswith(("0x", "0b")):
        whole = _in_bits(digits, suffix)
        if suffix == "d":
            return None
    elif suffix == "d":
        return Decimal(digits) * unit
    elif "." in digits or "e" in digits:
        real = float(digits)
        if not suffix:
            return real * unit
        if real >= math.inf or not real.is_integer():
            return None
        whole = int(real)
    else:
        whole = int(digits)
    whole *= unit
    if suffix:
        kind = _SUFFIXES[suffix]
        if suffix == "u" and whole > kind.high:
            kind = UInt64
        return kind(whole) if kind.low <= whole <= kind.high else None
    if -(2**63) <= whole < 2**63:
        return whole
    return Decimal(whole) if whole < 2**96 else float(whole) if whole < 10**308 else math.inf


def _in_bits(digits: str, suffix: str) -> int:
    """A hexadecimal or binary number: one that fills 32 or 64 bits (8 and 16 too in binary) has a sign."""
    written, base = digits[2:], 16 if digits[1] == "x" else 2
    found, bits = int(written, base), len(written) * (4 if base == 16 else 1)
    signed = (32, 64) if base == 16 else (8, 16, 32, 64)
    if bits in signed and not suffix and found >= 2 ** (bits - 1):
        return int(found - 2**bits)
    return int(found - 2**64) if suffix == "l" and bits == 64 and found >= 2**63 else found


class Scanner:
    """A place in a text, what stands there, and the tokens that were read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.tokens: list[Token] = []
        self.depth = 0
        """Nestings of what is being read."""

    def peek(self, ahead: int = 0) -> str:
        """The character there, "" at the end."""
        place = self.at + ahead
        return self.text[place] if place < len(self.text) else ""

    def starts(self, word: str) -> bool:
        """Whether these characters come next."""
        return self.text.startswith(word, self.at)

    def mark(self, kind: TokenKind, start: int) -> None:
        """Remember a token that ends here."""
        self.tokens.append(Token(kind, start, self.at))

    def unsupported(self, what: str, remedy: str = "", at: int | None = None) -> ShellSyntaxError:
        """The error for what PowerShell knows and this shell does not: it counts where it is to be run."""
        error = ShellSyntaxError(
            f"{what} is not supported by the built-in shell.",
            remedy or "Run it with PowerShell itself.",
            self.at if at is None else at,
        )
        error.unsupported = True
        return error

    def fail(self, message: str, remedy: str = "", at: int | None = None) -> ShellSyntaxError:
        """The error for this place; incomplete if the text is over."""
        place = self.at if at is None else at
        return ShellSyntaxError(message, remedy, place, incomplete=self.at >= len(self.text))

    def enter(self) -> None:
        """One level deeper.

        Raises:
            ShellSyntaxError: the script is nested too deeply.
        """
        self.depth += 1
        if self.depth > DEPTH:
            raise self.fail(f"The script has more than {DEPTH} nesting levels.", "Split it with variables.")

    def leave(self) -> None:
        """One level up."""
        self.depth -= 1

    def here(self) -> str:
        """The word that comes next, for messages; "" at the end."""
        match = re.compile(r"[^\s;|(){},]+|.").match(self.text, self.at)
        return match[0][:40] if match else ""

    def skip_space(self, newlines: bool = False) -> None:
        """Pass spaces, comments and continued lines, and where asked ends of lines."""
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in _SPACE or (newlines and char == "\n"):
                self.at += 1
            elif char == "`" and re.match(r"`[ \t\r]*(\n|\Z)", self.text[self.at : self.at + 80]):
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end + 1
            elif char == "#":
                start = self.at
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
                self.mark(TokenKind.COMMENT, start)
            elif self.starts("<#"):
                start = self.at
                end = self.text.find("#>", self.at)
                if end < 0:
                    self.at = len(self.text)
                    raise self.fail("The comment is not closed.", "Close it with #>.", start)
                self.at = end + 2
                self.mark(TokenKind.COMMENT, start)
            else:
                return

    def take(self, symbol: str, kind: TokenKind = TokenKind.OPERATOR) -> bool:
        """Pass a symbol if it comes next."""
        if not self.starts(symbol):
            return False
        start = self.at
        self.at += len(symbol)
        self.mark(kind, start)
        return True

    def expect(self, symbol: str, what: str) -> None:
        """Pass a symbol that must come next.

        Raises:
            ShellSyntaxError: something else comes.
        """
        if not self.take(symbol):
            found = f"{quoted(self.peek())} was found" if self.peek() else "the end of the script was found"
            raise self.fail(f"{what} requires {quoted(symbol)}, but {found}.", f"Add {quoted(symbol)}.")

    def dashed_word(self) -> str:
        """Letters after a dash, small, without passing them; "" if there is no dash with a word."""
        if self.peek() not in DASHES or not self.peek():
            return ""
        match = re.compile(r"[A-Za-z]+").match(self.text, self.at + 1)
        return match[0].lower() if match else ""

    def keyword(self) -> str:
        """A word of letters, small, without passing it."""
        match = re.compile(r"[A-Za-z]+(?![\w\-.\\/:*?\[])").match(self.text, self.at)
        return match[0].lower() if match else ""

    def read_number(self) -> tuple[int | float | Decimal, str] | None:
        """The number that begins here and its text; None if it does not exist."""
        match = _NUMBER.match(self.text, self.at)
        if match is None:
            return None
        found = _value(match)
        if found is None:
            raise self.fail(
                f"The numeric constant {match[0]} is not valid.", "Check the suffix and the size of the number."
            )
        if found == math.inf:
            raise self.fail(f"The numeric constant {match[0]} is too large.", "Write a number below 1.8e308.")
        start, self.at = self.at, match.end()
        self.mark(TokenKind.NUMBER, start)
        return found, match[0]

    def read_variable(self) -> str | None:
        """Name of the variable after ``$``, where one begins here; None for a plain dollar sign."""
        start = self.at
        if self.peek(1) == "{":
            end = self.text.find("}", self.at)
            if end < 0:
                self.at = len(self.text)
                raise self.fail("The variable name is not closed.", "Close it with }.", start)
            name = self.text[self.at + 2 : end].replace("`", "")
            self.at = end + 1
        else:
            match = _VARIABLE.match(self.text, self.at + 1)
            if match is None:
                return None
            name, self.at = match[0], match.end()
            if name[0].isalpha() and self.peek() == ":" and self.peek(1) != ":":
                raise self.fail(
                    "Variable reference is not valid. ':' was not followed by a valid variable name character.",
                    "Use ${} to delimit the name.",
                    start,
                )
        self.mark(TokenKind.VARIABLE, start)
        return name

    def read_single(self) -> str:
        """A text in single quotes; a doubled quote stands for one."""
        start = self.at
        self.at += 1
        parts: list[str] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in SINGLE:
                following = self.peek(1)
                if not following or following not in SINGLE:
                    self.at += 1
                    self.mark(TokenKind.TEXT, start)
                    return "".join(parts)
                char = following
                self.at += 1
            parts.append(char)
            self.at += 1
        raise self.fail("The string is not closed.", "Close it with a single quote.", start)

    def read_here(self) -> tuple[str, bool]:
        """A here-string ``@" ... "@`` on lines of its own, and whether it expands."""
        start, expands = self.at, self.peek(1) in DOUBLE
        quotes = DOUBLE if expands else SINGLE
        head = re.compile(rf"@[{quotes}][ \t\r]*\n").match(self.text, self.at)
        if head is None:
            self.at = len(self.text) if "\n" not in self.text[self.at :] else self.at
            raise self.fail("The first line of a here-string must not contain text.", "Start a new line.", start)
        tail = re.compile(rf"(?:\r?\n|(?<=\n))[{quotes}]@").search(self.text, head.end() - 1)
        if tail is None:
            self.at = len(self.text)
            raise self.fail(
                "The here-string is not closed.", "Close it with a quote and @ at the start of a line.", start
            )
        self.at = tail.end()
        self.mark(TokenKind.TEXT, start)
        return self.text[head.end() : max(tail.start(), head.end())], expands
