"""The file of a journal: how it is opened, whether it may be written, and what goes wrong in words."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.backend.base import SinkError
from fcm.workspace.files.sqlite_file import FOREIGN, file_uri, harden

if TYPE_CHECKING:
    from collections.abc import Iterator

BESIDE = ("-wal", "-shm")
"""Ends of the names of SQLite's own files beside the journal."""
_ROOM = "Free some space; nothing that was shown is lost."
_ELSEWHERE = "or choose another folder with the environment variable FCM_DATA"
_SHARED_FIRST, _SHARED_SIZE = 0x40000002, 510
"""The bytes that a reader locks and the one writer excludes (SQLite, src/os.h, SHARED_FIRST and SHARED_SIZE)."""
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_ACCESS = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR)
"""Primary result codes (https://sqlite.org/rescode.html) of what is not permitted, among others."""
_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR)


class JournalError(SinkError):
    """The journal cannot be opened or written; the message is a sentence with the remedy."""


class OpenElsewhereError(JournalError):
    """Another program has the journal open, which lets nobody else write or ask."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"The journal {path} is open in another fcm. Close the cluster there first.")


class DamagedJournalError(JournalError):
    """The journal can be read only in part."""

    def __init__(self, path: Path, readable: int, cause: str) -> None:
        super().__init__(
            f"The journal {path} is damaged after event {readable} ({cause}). "
            "Salvage it to continue with what can be read; the damaged file is kept beside it."
        )
        self.path = path
        self.readable = readable


class ReadOnlyJournalError(JournalError):
    """The journal may be read but not written by this user."""

    def __init__(self, path: Path, obstacle: str) -> None:
        self.reason = f"The journal {path} is read-only: {obstacle}."
        self.remedy = (
            "You can view the cluster and export its history, but not run anything on it. Make the journal and its "
            f"folder writable for this user, {_ELSEWHERE}."
        )
        super().__init__(f"{self.reason} {self.remedy}")


def is_there(path: Path) -> bool:
    """Whether there is a journal. Raises JournalError where this user may not look."""
    with sentences(path):
        return path.exists()


def obstacle(path: Path) -> str:
    """Why this user cannot write a journal, as half a sentence; "" if nothing is in the way.

    SQLite needs to write the file, to make files beside it in its folder, and to write those that are there.
    """
    for one in (path, *(path.with_name(path.name + end) for end in BESIDE)):
        if one.exists() and not os.access(one, os.W_OK):
            return _not_writable(one, "file")
    folder = path.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not os.access(folder, os.W_OK | os.X_OK):
        return _not_writable(folder, "folder")
    return ""


def _not_writable(path: Path, what: str) -> str:
    with contextlib.suppress(OSError):
        if sys.platform != "win32" and os.statvfs(path).f_flag & os.ST_RDONLY:
            return f"the {what} {path} is on a file system that is mounted read-only"
    return f"the {what} {path} is not writable by this user"


def connected(path: Path) -> sqlite3.Connection:
    """The open file, written by nobody else from now on."""
    connection = sqlite3.connect(path, timeout=0.2, check_same_thread=False, isolation_level="IMMEDIATE")
    try:
        harden(connection)
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("BEGIN EXCLUSIVE")
        connection.commit()
    except BaseException:
        connection.close()
        raise
    return connection


def connected_to_read(path: Path, stack: contextlib.ExitStack) -> sqlite3.Connection:
    """The file for reading, where nothing beside it can be made; ``stack`` removes what that needs at its end.

    What a killed program had committed stands in the write-ahead log, which SQLite reads only where it may write: then
    a copy of both is opened.
    """
    _must_not_be_open_elsewhere(path)
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fcm-journal-")))
        for one in (path, log):
            shutil.copyfile(one, folder / one.name)
        connection = sqlite3.connect(folder / path.name, check_same_thread=False)
    else:
        # https://sqlite.org/wal.html#readonly: without a log, a database of that mode is read as immutable.
        connection = sqlite3.connect(file_uri(path.absolute(), "immutable=1"), uri=True, check_same_thread=False)
    stack.callback(connection.close)
    harden(connection)
    return connection


def _must_not_be_open_elsewhere(path: Path) -> None:
    """Raise what SQLite would say of its lock; asking SQLite itself would make files beside the journal."""
    if sys.platform == "win32":
        return  # nobody can copy or map what another program writes there
    import fcntl

    if not path.is_file():
        return  # what it is instead is said when it is opened; a pipe would wait for a writer
    with path.open("rb") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, _SHARED_SIZE, _SHARED_FIRST)
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EAGAIN):
                return  # a file system without locks
            raise OpenElsewhereError(path) from error


@contextlib.contextmanager
def sentences(path: Path, writing: bool = False) -> Iterator[None]:
    """Turn what SQLite and the file system say into a sentence with a remedy.

    Raises:
        JournalError: something went wrong.
    """
    try:
        yield
    except (sqlite3.DatabaseError, OSError) as error:
        raise in_words(path, error, writing) from error


def in_words(
    path: Path, error: sqlite3.DatabaseError | OSError, writing: bool = False, readable: int = 0
) -> JournalError:
    """The error for the user; ``readable`` events had been read before it."""
    if isinstance(error, OSError):
        return _system_in_words(path, error)
    text, code = str(error), _code(error)
    if code in _BUSY:
        return OpenElsewhereError(path)
    if "closed database" in text:
        return JournalError("The cluster was closed, and its journal with it. Open the cluster again.")
    if code == sqlite3.SQLITE_FULL:
        return JournalError(f"The disk with the journal {path} is full. {_ROOM}")
    if code in _ACCESS and os.access(path, os.F_OK) and not os.access(path, os.R_OK):
        return _unreadable(path)
    if code in _ACCESS and (why := obstacle(path)):
        return ReadOnlyJournalError(path, why) if path.exists() else _unmakable(path, why)
    if writing and code == sqlite3.SQLITE_IOERR:
        return JournalError(
            f"The journal {path} cannot be written ({text}). Check whether its disk is full or failing; nothing "
            "that was shown is lost."
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        return JournalError(f"The journal {path} cannot be written ({text}). Make its folder writable, {_ELSEWHERE}.")
    if code in _BROKEN:
        return DamagedJournalError(path, readable, text)
    if "no such table" in text:
        return JournalError(f"{path} is not a journal of fcm. Choose another file or move it away.")
    if FOREIGN in text:
        return JournalError(f"{path} is not a journal of fcm: {text}. Move it away.")
    return JournalError(f"The journal {path} failed: {text}.")


def _system_in_words(path: Path, error: OSError) -> JournalError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        full = error.filename if error.filename and not str(error.filename).startswith(str(path)) else path
        return JournalError(f"There is no room left for the journal {path} ({full}). {_ROOM}")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        with contextlib.suppress(OSError):
            if path.exists():
                return _unreadable(path)
            if why := obstacle(path):
                return _unmakable(path, why)
        return _unreadable(path)
    return JournalError(
        f"The journal {path} cannot be opened: {error.strerror or error}. Make its folder writable, {_ELSEWHERE}."
    )


def _unreadable(path: Path) -> JournalError:
    return JournalError(
        f"The journal {path} cannot be read by this user. Ask the owner of the file for access to it and its folder, "
        f"{_ELSEWHERE}."
    )


def _unmakable(path: Path, why: str) -> JournalError:
    return JournalError(f"The journal {path} cannot be created: {why}. Make it writable, {_ELSEWHERE}.")


def _code(error: sqlite3.Error) -> int:
    """The primary result code; 0 for errors of Python's module itself."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
