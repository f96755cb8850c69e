"""Files that are whole or not there."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from typing import TYPE_CHECKING, BinaryIO

from fcm.text.textfile import whole_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file beside ``path`` to write into; it takes the place of ``path`` once all went well, else nothing is left.

    A link stays: what it leads to is written. A file that was there keeps its permissions. A device or a pipe is
    written into and never replaced.

    Raises:
        OSError: the folder is not there or cannot be written.
    """
    path = whole_path(path)
    mode = _mode(path)
    if mode is not None and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        # A pipe that nobody reads would hold an ordinary open for ever.
        with os.fdopen(os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0)), "wb") as device:
            yield device
        return
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # else a power cut could leave an empty file in the place of the old one
        os.chmod(name, stat.S_IMODE(mode) if mode is not None and stat.S_ISREG(mode) else 0o666 & ~_MASK)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def write_whole(path: Path, text: str) -> None:
    """A text file that is whole or not there: UTF-8, its lines ended as in the text on every system.

    Raises:
        OSError: as ``whole_file``.
    """
    with whole_file(path) as file:
        file.write(text.encode("utf-8", "replace"))


def link_or_copy(file: Path, to: Path) -> None:
    """A second name for a file that nobody changes any more; a copy where the two places are on different disks.

    Raises:
        OSError: neither is possible.
    """
    try:
        os.link(file, to)
    except OSError:
        shutil.copyfile(file, to)


def _mode(path: Path) -> int | None:
    """What is at a path, as ``stat`` says it; None where nothing is."""
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return None


# The mask of the process can only be read by setting it, so it is read once, at import.
_MASK = os.umask(0)
os.umask(_MASK)
