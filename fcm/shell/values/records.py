"""Errors as objects: what ``$_`` is in a catch block, and the elements of ``$Error``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fcm.shell.language.errors import CommandNotFoundError, ShellError, UnsupportedError, place
from fcm.shell.values.values import ShellObject


@dataclass
class ExceptionObject(ShellObject):
    """What an error is in .NET; ``types``: all that ``catch`` and ``-is`` take it for."""

    types: frozenset[str] = frozenset()


@dataclass
class ErrorRecord(ShellObject):
    """An error as object; ``throw $_`` raises it again."""

    error: ShellError | None = None

    def get(self, name: str) -> Any:
        """A property; what PowerShell would say in words or ids of its own is not told.

        Raises:
            UnsupportedError: this shell does not know PowerShell's words or id.
        """
        error, word = self.error, name.casefold()
        if error is not None and word == "fullyqualifiederrorid" and is_core(error) and not _has_id(error):
            raise UnsupportedError("The id of this error")
        if error is not None and word == "message":
            must_be_exact(error)
        return ShellObject.get(self, name)


@dataclass
class _ToldException(ExceptionObject):
    """The exception of an error of this shell: its message is read only where it is PowerShell's."""

    error: ShellError | None = None

    def get(self, name: str) -> Any:
        """A property."""
        if name.casefold() == "message" and self.error is not None:
            must_be_exact(self.error)
        return ShellObject.get(self, name)


def _has_id(error: ShellError) -> bool:
    return bool(error.known_id) or isinstance(error, CommandNotFoundError)


def is_core(error: ShellError) -> bool:
    """Whether PowerShell itself has words for an error: it is of the language or of its own cmdlets."""
    return error.module in ("", "Core")


def must_be_exact(error: ShellError) -> None:
    """Refuse to tell a message that PowerShell has in other words.

    Raises:
        UnsupportedError: it has.
    """
    if is_core(error) and not error.exact and not isinstance(error, CommandNotFoundError):
        raise UnsupportedError(f"The text of this error ({error.message})")


def error_record(error: ShellError) -> ErrorRecord:
    """An error with the properties of PowerShell's ErrorRecord that it has, and its remedy."""
    if isinstance(error.record, ErrorRecord):
        return error.record
    made = ErrorRecord("ErrorRecord", _properties(error), error=error)
    made.methods["ToString"] = lambda: _text(made)
    error.record = made
    return made


def _text(record: ErrorRecord) -> str:
    details = record.properties.get("ErrorDetails")
    if details is not None:
        return str(details)
    assert record.error is not None
    must_be_exact(record.error)
    return str(record.properties["Message"])


def _properties(error: ShellError) -> dict[str, Any]:
    name = error.exception
    return {
        "Message": _words(error),
        "Exception": _exception(error),
        "Category": error.category,
        "CategoryInfo": ShellObject(
            "ErrorCategoryInfo",
            {
                "Category": error.category,
                "Activity": error.command,
                "Reason": name.rpartition(".")[2],
                "TargetName": error.target,
            },
        ),
        "FullyQualifiedErrorId": error.id,
        "TargetObject": error.thrown if error.thrown is not None else error.target or None,
        "InvocationInfo": _where(error),
        "ErrorDetails": None,
        "ScriptStackTrace": "",
        "Remedy": error.remedy,
    }


def _words(error: ShellError) -> str:
    """What a script reads of an error: PowerShell's words where they are known."""
    if isinstance(error, CommandNotFoundError) and error.target:
        return not_recognized(error.target)
    return error.message


def not_recognized(name: str) -> str:
    """What PowerShell says of a command that there is not."""
    return (
        f"The term '{name}' is not recognized as a name of a cmdlet, function, script file, or executable "
        "program.\nCheck the spelling of the name, or if a path was included, verify that the path is correct and "
        "try again."
    )


def _exception(error: ShellError) -> ExceptionObject:
    if isinstance(error.thrown, ExceptionObject):
        return error.thrown
    properties: dict[str, Any] = {"Message": _words(error), "Type": error.exception, "InnerException": None}
    if error.inner:
        inner = {"Message": error.message, "Type": error.inner, "InnerException": None}
        unknown = ShellError(error.message)
        properties["InnerException"] = _ToldException("Exception", inner, types=frozenset(), error=unknown)
    if isinstance(error, CommandNotFoundError):
        properties["CommandName"] = error.target
    return _ToldException("Exception", properties, types=error.caught_as(), error=error)


def _where(error: ShellError) -> ShellObject:
    """Where it happened; line and column from 1."""
    source = error.source
    if source is None or error.at < 0:
        return ShellObject("Invocation", {"ScriptName": "", "ScriptLineNumber": 0, "OffsetInLine": 0, "Line": ""})
    line, column, text = place(source.text, error.at)
    found = {"ScriptName": source.file, "ScriptLineNumber": line, "OffsetInLine": column, "Line": text}
    return ShellObject("Invocation", found)


def record_lines(record: ShellObject) -> list[str]:
    """An error that was kept, as it is shown later: without its place, which was that of another line."""
    activity = record.get("CategoryInfo").get("Activity")
    head = f"{activity} : {record.properties['Message']}" if activity else str(record.properties["Message"])
    lines = [head, f"    + CategoryInfo          : {record.get('Category')}: ({activity or 'script'})"]
    return lines if not record.get("Remedy") else [*lines, f"    + Remedy                : {record.get('Remedy')}"]
