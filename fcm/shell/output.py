"""Files that are whole or not there."""

from __future__ import annotations

import contextlib
import os
import tempfile
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file beside ``path`` to write into; it takes the place of ``path`` once all went well, else nothing is left.

    Raises:
        OSError: the folder is not there or cannot be written.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _umask() -> int:
    """The mask of the process; reading it means setting it, so it is read once, at import."""
    return _MASK


_MASK = os.umask(0)
os.umask(_MASK)


def write_text(path: Path, text: str, append: bool = False) -> None:
    """Write a text in UTF-8 with a newline at its end.

    Raises:
        OSError: the file cannot be written.
    """
    content = text if text.endswith("\n") or not text else text + "\n"
    if append and path.exists():
        content = path.read_text(encoding="utf-8") + content
    with whole_file(path) as file:
        file.write(content.encode())
