"""Text files that cmdlets read: every one of them in the same way, with the shell's errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.shell.language.errors import ShellError
from fcm.text.textfile import TEXT, Kind, TextFileError, read_text

if TYPE_CHECKING:
    from pathlib import Path


def text_of(path: Path, kind: Kind = TEXT) -> str:
    """The text of a file.

    Raises:
        OSError: it is not there or may not be read.
        ShellError: it is not a text file (see fcm.text.textfile).
    """
    try:
        return read_text(path, kind)
    except TextFileError as error:
        if isinstance(error.__cause__, OSError):  # for which the shell has its own words and kinds
            raise error.__cause__ from error
        raise unreadable(error) from error


def unreadable(error: TextFileError) -> ShellError:
    """The error of the shell for a file that cannot be used."""
    sentence, remedy = _divided(error)
    return ShellError(sentence, remedy, category="ObjectNotFound" if error.missing else "InvalidData")


def _divided(error: TextFileError) -> tuple[str, str]:
    """What is wrong, and what to do: the last sentence, where there are two."""
    said = str(error)
    head, dot, tail = said.rstrip(".").rpartition(". ")
    return (f"{head}.", f"{tail}.") if dot and tail[:1].isupper() else (said, "")
