"""Files that are whole or not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.shell.values.files import text_of
from fcm.workspace.files.whole_file import whole_file as whole_file  # the cmdlets know it by this room

if TYPE_CHECKING:
    from pathlib import Path


def write_text(path: Path, text: str, append: bool = False, codec: str = "utf-8", ends: bool = True) -> None:
    """Write a text.

    Args:
        path: the file.
        text: what is written.
        append: whether what is there already stays.
        codec: its encoding; what it cannot write becomes a question mark.
        ends: whether a newline is put at its end.

    Raises:
        OSError: the file cannot be written.
        ShellError: what is to be added to cannot be read as text.
    """
    content = text if text.endswith("\n") or not text or not ends else text + "\n"
    if append and path.is_file():  # of a device or a pipe there is nothing to keep
        content = text_of(path) + content
    with whole_file(path) as file:
        file.write(content.encode(codec, "replace"))
