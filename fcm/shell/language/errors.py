"""What can go wrong in a script, with the place, the remedy, and what it is in PowerShell: type and id."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, ClassVar

from fcm.shell.language import exceptions
from fcm.shell.language.remedies import usual_remedy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.shell.language.tree import Source

_ENGINE = "Run it with PowerShell itself."
_MODULES = {"FailoverClusters": "Microsoft.FailoverClusters.PowerShell.", "Hyper-V": "Microsoft.HyperV.PowerShell."}
"""Where the classes of a module's cmdlets live."""
_OF_MODULE = {"FailoverClusters": exceptions.CLUSTER, "Hyper-V": exceptions.MACHINE}
"""What the cmdlets of a module raise for all that goes wrong in the cluster."""


class ShellError(Exception):
    """A statement failed.

    Attributes:
        message: what and why.
        at: position in the text of the script; -1 until the statement that failed gives its own.
        category: PowerShell's word for the kind of error, such as ObjectNotFound.
        source: the text that ``at`` points into; None: the one that was given to run.
        command: name of the cmdlet; "" outside of one.
        module: the module of that cmdlet; "" outside of one.
        target: what it is about, as text; "" where that is nothing that was given.
        usual: the category of an error of this class that names none.
        kind: the .NET type of an error of this class, where that says it; "": see ``exception``.
        begin: how the id of an error of this class begins; "": see ``id``.
        ends: True if nothing after it is carried out, unless it is caught (throw, -ErrorAction Stop).
        exact: True if PowerShell says the very same: then a script may read it.
        known_id: PowerShell's id of the error; "": see ``id``.
        thrown: the exception object or value that a script threw.
        passing: True while it passes through the stages of a pipeline that stand before the one that failed.
        record: the ErrorRecord that a script made of it.
        net_type: the .NET type of this very error; "": see ``exception``.
        inner: the .NET type of the exception inside, where a method of .NET failed; "": there is none.
    """

    usual: ClassVar[str] = "InvalidOperation"
    kind: ClassVar[str] = ""
    begin: ClassVar[str] = ""

    def __init__(self, message: str, remedy: str = "", at: int = -1, category: str = "", command: str = "") -> None:
        super().__init__(message)
        self.message = message
        self._remedy = remedy
        self.at = at
        self.category = category or self.usual
        self.command = command
        self.module = ""
        self.target = ""
        self.source: Source | None = None
        self.ends = False
        self.exact = False
        self.known_id = ""
        self.thrown: object = None
        self.passing = False
        self.record: object = None
        self.inner = ""
        self.net_type = ""

    @property
    def remedy(self) -> str:
        """What to do; where nothing was said, what an error of this id mostly needs. "": there is nothing to add."""
        return self._remedy or ("" if self.thrown is not None else usual_remedy(self.known_id))

    @remedy.setter
    def remedy(self, words: str) -> None:
        self._remedy = words

    @property
    def exception(self) -> str:
        """The full name of the type that the error has in PowerShell."""
        if self.net_type:
            return self.net_type
        if self.inner:
            return exceptions.METHOD
        if self.kind:
            return self.kind
        if isinstance(self.__cause__, FileNotFoundError):
            return exceptions.NOT_FOUND
        if isinstance(self.__cause__, PermissionError):
            return exceptions.NO_ACCESS
        if isinstance(self.__cause__, OSError):
            return exceptions.FILE
        return exceptions.WRITTEN if self.command == "Write-Error" else exceptions.RUNTIME

    def caught_as(self) -> frozenset[str]:
        """All types that catch the error.

        Besides its own and what that derives from: PowerShell looks through its RuntimeException at the one inside, as
        with a division by zero; and what is not found is an ItemNotFoundException here whichever cmdlet missed it, so
        that a script need not know which module that is from.
        """
        kind = self.exception
        found = {*exceptions.derived(kind)} if kind in exceptions.BASES else {kind, "System.Exception"}
        if self.inner:
            found |= {*exceptions.derived(self.inner)}
        if isinstance(self.__cause__, FileNotFoundError):
            found |= {*exceptions.derived(exceptions.NO_FILE)}
        return frozenset(found)

    @property
    def id(self) -> str:
        """``$_.FullyQualifiedErrorId``: what went wrong, and after a comma the cmdlet, as Windows calls its class."""
        if self.known_id:
            return self.known_id
        name = self._id()
        if not self.command or isinstance(self, CommandNotFoundError):
            return name or "RuntimeException"
        if self.module not in _MODULES:
            return f"{name},{self.command}"
        noun = self.command.replace("-", "")
        return f"{name},{_MODULES[self.module]}{noun}Command"

    def _id(self) -> str:
        """The id without its cmdlet. PowerShell takes the text of throw for it."""
        if self.begin:
            return self.begin
        return self.message if self.category == "OperationStopped" else self.exception.rpartition(".")[2]

    def show(self, text: str) -> str:
        """The error as PowerShell 2.0 writes it, with line, column and remedy.

        Args:
            text: the script that ``at`` points into, where the error knows no other one.
        """
        reason = self.exception.rpartition(".")[2]
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

    kind = exceptions.SYNTAX
    begin = "ParseError"

    def __init__(self, message: str, remedy: str = "", at: int = 0, incomplete: bool = False) -> None:
        super().__init__(message, remedy, at, "ParserError")
        self.incomplete = incomplete
        self.unsupported = False


class UnsupportedError(ShellError):
    """PowerShell knows this and the built-in shell does not: it cannot be caught, and ends the script."""

    usual = "NotImplemented"
    begin = "NotSupported"

    def __init__(self, what: str, remedy: str = "", at: int = -1) -> None:
        super().__init__(f"{what} is not supported by the built-in shell.", remedy or _ENGINE, at)
        self.ends = True


class CommandNotFoundError(ShellError):
    """There is no command of that name."""

    usual = "ObjectNotFound"
    kind = exceptions.NO_COMMAND
    begin = "CommandNotFoundException"


class ParameterError(ShellError):
    """A parameter is unknown, ambiguous, missing or has a wrong value."""

    usual = "InvalidArgument"
    kind = exceptions.PARAMETER
    begin = "ParameterBindingFailed"


class NotFoundError(ShellError):
    """There is no such object in the cluster."""

    usual = "ObjectNotFound"
    begin = "ObjectNotFound"

    @property
    def exception(self) -> str:
        """That of the module whose cmdlet missed the object."""
        return _OF_MODULE.get(self.module, exceptions.NOT_FOUND)

    def caught_as(self) -> frozenset[str]:
        """Whatever module it is from, a script may catch what is not found."""
        return super().caught_as() | {*exceptions.derived(exceptions.NOT_FOUND)}


class RefusedError(ShellError):
    """The cluster did not carry the command out."""

    @property
    def exception(self) -> str:
        """That of the module whose cmdlet gave the command."""
        return _OF_MODULE.get(self.module, exceptions.CLUSTER)

    def _id(self) -> str:
        return self.command or super()._id()


class ConversionError(ShellError):
    """A value cannot become one of another type."""

    usual = "InvalidArgument"
    kind = exceptions.CAST
    begin = "InvalidCast"


class DivisionError(ShellError):
    """A number was divided by zero."""

    usual = "NotSpecified"

    def __init__(self, message: str, remedy: str = "", at: int = -1, category: str = "", command: str = "") -> None:
        super().__init__(message, remedy or "Check the divisor first.", at, category, command)

    def caught_as(self) -> frozenset[str]:
        """What is inside of the RuntimeException counts too."""
        return super().caught_as() | {*exceptions.derived(exceptions.DIVISION)}


class StoppedError(ShellError):
    """The user ended the command (Ctrl+C)."""


def exact(message: str, known_id: str = "", kind: type[ShellError] = ShellError, category: str = "") -> ShellError:
    """An error in PowerShell's own words, with its id."""
    error = kind(message, "", category=category)
    error.exact, error.known_id = True, known_id
    return error


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
