"""A copy of a journal, or of the events beside it, that another program has open and writes.

The program that has it open lets nobody else in, so SQLite cannot be asked. But what it does to the two files is known
(https://sqlite.org/walformat.html): a commit only adds to the write-ahead log, each of whose frames carries a checksum
that goes on from the frame before, and the file itself changes only when the log is moved into it. A copy of the file,
then of its log, is therefore the journal as of the last whole commit in the copied log, if meanwhile neither the file
changed nor the log began anew. That is looked at afterwards, and else the copy is made again.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from typing import TYPE_CHECKING

from fcm.workspace.files.journal_file import OpenElsewhereError

if TYPE_CHECKING:
    from pathlib import Path

LOG = "-wal"
_HEADER = 32
"""bytes at the begin of a log; its salts are new whenever it begins anew."""
_STILL = 0.05
"""s for which a file must not have changed before it is copied: the clock of file times has steps."""
TRIES = 40
"""With a pause of _STILL between two: a journal changes as a whole once in some thousand events."""


def copy_while_written(file: Path, copy: Path) -> None:
    """Copy a database of SQLite in WAL mode as it is while another program writes it; blocks.

    Args:
        file: it is only read.
        copy: a new file; its log is made beside it.

    Raises:
        OpenElsewhereError: it changed each time while it was copied, or it is this program that has it open.
        OSError: it cannot be read, or the copy cannot be written.
    """
    if _is_open_here(file):
        raise OpenElsewhereError(file)
    pause = threading.Event()
    for _ in range(TRIES):
        before = _seen(file)
        if time.time() - before[0] / 1e9 >= _STILL:
            shutil.copyfile(file, copy)
            log = _beside(file)
            if log.is_file():
                shutil.copyfile(log, _beside(copy))
            if _seen(file) == before:
                return
            _beside(copy).unlink(missing_ok=True)
        pause.wait(_STILL)
    raise OpenElsewhereError(file)


def _is_open_here(file: Path) -> bool:
    """Whether this process has it open: its locks would be lost with the first file of it that is closed (fcntl)."""
    wanted = file.stat()
    try:
        numbers = [int(name) for name in os.listdir("/dev/fd")]
    except OSError:
        return False  # Windows, whose locks belong to the open file
    for number in numbers:
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(number), wanted):
                return True
    return False


def _beside(file: Path) -> Path:
    return file.with_name(file.name + LOG)


def _seen(file: Path) -> tuple[int, int, bytes]:
    """When the file changed last (ns since the epoch), its size in bytes, and how its log begins."""
    found, begin = file.stat(), b""
    if _beside(file).is_file():
        with _beside(file).open("rb") as log:
            begin = log.read(_HEADER)
    return found.st_mtime_ns, found.st_size, begin
