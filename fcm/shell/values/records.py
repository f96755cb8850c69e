"""Errors as objects: what ``$_`` is in a catch block, and the elements of ``$Error``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import place
from fcm.shell.values.values import ShellObject

if TYPE_CHECKING:
    from fcm.shell.language.errors import ShellError


@dataclass
class ExceptionObject(ShellObject):
    """What an error is in .NET; ``types``: all that ``catch`` and ``-is`` take it for."""

    types: frozenset[str] = frozenset()


@dataclass
class ErrorRecord(ShellObject):
    """An error as object; ``throw $_`` raises it again."""

    error: ShellError | None = None


def error_record(error: ShellError) -> ErrorRecord:
    """An error with the properties of PowerShell's ErrorRecord that it has, and its remedy."""
    name = error.exception
    return ErrorRecord(
        "ErrorRecord",
        {
            "Message": error.message,
            "Exception": ExceptionObject(
                "Exception", {"Message": error.message, "Type": name}, types=error.caught_as()
            ),
            "Category": error.category,
            "CategoryInfo": {
                "Category": error.category,
                "Activity": error.command,
                "Reason": name.rpartition(".")[2],
            },
            "FullyQualifiedErrorId": error.id,
            "InvocationInfo": _where(error),
            "Remedy": error.remedy,
        },
        error=error,
    )


def _where(error: ShellError) -> dict[str, Any]:
    """Where it happened; line and column from 1."""
    source = error.source
    if source is None or error.at < 0:
        return {"ScriptName": "", "ScriptLineNumber": 0, "OffsetInLine": 0, "Line": ""}
    line, column, text = place(source.text, error.at)
    return {"ScriptName": source.file, "ScriptLineNumber": line, "OffsetInLine": column, "Line": text}


def record_lines(record: ShellObject) -> list[str]:
    """An error that was kept, as it is shown later: without its place, which was that of another line."""
    activity = record.get("CategoryInfo")["Activity"]
    head = f"{activity} : {record.get('Message')}" if activity else str(record.get("Message"))
    lines = [head, f"    + CategoryInfo          : {record.get('Category')}: ({activity or 'script'})"]
    return lines if not record.get("Remedy") else [*lines, f"    + Remedy                : {record.get('Remedy')}"]
