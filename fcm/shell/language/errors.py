"""What can go wrong in a script, with the place and the remedy."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.shell.language.tree import Source


class ShellError(Exception):
    """A statement failed.

    Attributes:
        message: what and why.
        remedy: what to do; "" if there is nothing to add.
        at: position in the text of the script; -1 until the statement that failed gives its own.
        category: PowerShell's word for the kind of error, such as ObjectNotFound.
        source: the text that ``at`` points into; None: the one that was given to run.
        command: name of the cmdlet; "" outside of one.
        module: the module of that cmdlet; "" outside of one.
        usual: the category of an error of this class that names none.
        ends: True if nothing after it is carried out, unless it is caught (throw, -ErrorAction Stop).
    """

    usual: ClassVar[str] = "InvalidOperation"

    def __init__(self, message: str, remedy: str = "", at: int = -1, category: str = "", command: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.at = at
        self.category = category or self.usual
        self.command = command
        self.module = ""
        self.source: Source | None = None
        self.ends = False

    def show(self, text: str) -> str:
        """The error as PowerShell 2.0 writes it, with line, column and remedy.

        Args:
            text: the script that ``at`` points into, where the error knows no other one.
        """
        from fcm.shell.language.exceptions import exception_of

        reason = exception_of(self).rpartition(".")[2]
        file, text = (self.source.file, self.source.text) if self.source is not None else ("", text)
        line, column, source = place(text, max(self.at, 0))
        marked = f"{source[: column - 1]}{source[column - 1 :]}"
        word_end = column - 1
        while word_end < len(marked) and not (marked[word_end].isspace() or marked[word_end] in ";|"):
            word_end += 1
        head = f"{self.command} : {self.message}" if self.command else self.message
        lines = [
            head,
            f"At {file + ':' if file else 'line:'}{line} char:{column}",
            f"+ {marked[:word_end]} <<<< {marked[word_end:].strip()}".rstrip(),
            f"    + CategoryInfo          : {self.category}: ({self.command or 'script'}) [], {reason}",
        ]
        if self.remedy:
            lines.append(f"    + Remedy                : {self.remedy}")
        return "\n".join(lines)


class ShellSyntaxError(ShellError):
    """The text is not of the language. ``incomplete``: more lines could make it whole."""

    def __init__(self, message: str, remedy: str = "", at: int = 0, incomplete: bool = False) -> None:
        super().__init__(message, remedy, at, "ParserError")
        self.incomplete = incomplete


class CommandNotFoundError(ShellError):
    """There is no command of that name."""

    usual = "ObjectNotFound"


class ParameterError(ShellError):
    """A parameter is unknown, ambiguous, missing or has a wrong value."""

    usual = "InvalidArgument"


class NotFoundError(ShellError):
    """There is no such object in the cluster."""

    usual = "ObjectNotFound"


class RefusedError(ShellError):
    """The cluster did not carry the command out."""


class ConversionError(ShellError):
    """A value cannot become one of another type."""

    usual = "InvalidArgument"


class DivisionError(ShellError):
    """A number was divided by zero."""

    usual = "NotSpecified"


class StoppedError(ShellError):
    """The user ended the command (Ctrl+C)."""


def place(text: str, at: int) -> tuple[int, int, str]:
    """Line and column (from 1) of a position, and the line itself."""
    at = min(at, len(text))
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", start)
    line = text[start:] if end < 0 else text[start:end]
    return text.count("\n", 0, start) + 1, at - start + 1, line.rstrip("\r")


def near(wrong: str, known: Iterable[str], most: int = 3) -> str:
    """A sentence with the names nearest to a wrong one; "" if none is near."""
    by_fold = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(wrong.casefold(), by_fold, n=most, cutoff=0.6)
    return f"Did you mean {' or '.join(by_fold[name] for name in found)}?" if found else ""
