"""Errors as objects: what ``$_`` is in a catch block, and the elements of ``$Error``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.shell.values import ShellObject

if TYPE_CHECKING:
    from fcm.shell.errors import ShellError


def error_record(error: ShellError) -> ShellObject:
    """An error with the properties of PowerShell's ErrorRecord that it has, and its remedy."""
    name = type(error).__name__
    return ShellObject(
        "ErrorRecord",
        {
            "Message": error.message,
            "Exception": {"Message": error.message, "Type": name},
            "Category": error.category,
            "CategoryInfo": {"Category": error.category, "Activity": error.command},
            "FullyQualifiedErrorId": f"{name},{error.command}" if error.command else name,
            "Remedy": error.remedy,
        },
    )


def record_lines(record: ShellObject) -> list[str]:
    """An error that was kept, as it is shown later: without its place, which was that of another line."""
    activity = record.get("CategoryInfo")["Activity"]
    head = f"{activity} : {record.get('Message')}" if activity else str(record.get("Message"))
    lines = [head, f"    + CategoryInfo          : {record.get('Category')}: ({activity or 'script'})"]
    return lines if not record.get("Remedy") else [*lines, f"    + Remedy                : {record.get('Remedy')}"]
