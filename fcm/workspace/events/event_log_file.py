"""The file of an event log: its tables, how records become rows and rows records, what goes wrong in words."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sqlite3
from typing import TYPE_CHECKING, Any

from fcm.logs.records import EventRecord
from fcm.workspace.files.journal_file import JournalError, connected_to_read
from fcm.workspace.files.sqlite_file import harden

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1
"""Version of the file's form; a file of another one is made anew."""

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sources (source INTEGER PRIMARY KEY, channel TEXT NOT NULL, provider TEXT NOT NULL, guid TEXT NOT NULL,
 task INTEGER NOT NULL, task_name TEXT NOT NULL, process INTEGER NOT NULL, thread INTEGER NOT NULL,
 keywords INTEGER NOT NULL, user TEXT NOT NULL);
CREATE TABLE events (id INTEGER PRIMARY KEY, time REAL NOT NULL, source INTEGER NOT NULL, level INTEGER NOT NULL,
 event INTEGER NOT NULL, computer TEXT NOT NULL, fact TEXT NOT NULL, nodes TEXT NOT NULL, text TEXT NOT NULL,
 data TEXT NOT NULL);
CREATE INDEX events_time ON events (time, id);
"""
JOINED = "FROM events CROSS JOIN sources ON sources.source = events.source"
COLUMNS = (
    "id, time, channel, provider, guid, event, level, task, task_name, computer, text, data, process, thread, "
    "keywords, user, fact, nodes"
)

_log = logging.getLogger(__name__)


class EventLogError(Exception):
    """The events cannot be read or written; the message is a sentence with the remedy."""


def connected(path: Path | None) -> sqlite3.Connection:
    """An open file of this form; one that is damaged or of another form is made anew."""
    if path is None:
        return _made(":memory:")
    try:
        return _made(str(path))
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        _log.info("The event log %s is rebuilt: %s", path, error)
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return _made(str(path))


def copied(path: Path) -> sqlite3.Connection:
    """A copy in memory of a file that can only be read; an empty one where that is not possible."""
    made = _made(":memory:")
    if not path.is_file():
        return made
    try:
        with contextlib.ExitStack() as stack:
            kept = connected_to_read(path, stack)
            if kept.execute("PRAGMA user_version").fetchone() == (FORMAT,):
                kept.backup(made)
    except (sqlite3.Error, OSError, JournalError) as error:
        _log.info("The event log %s cannot be read and is rebuilt in memory: %s", path, error)
        made.close()
        return _made(":memory:")
    return made


def _made(name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(name, timeout=2.0, check_same_thread=False)
    try:
        harden(connection)
        # The journal is what survives; this file may lose its last moments.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            connection.executescript(f"BEGIN;{_SCHEMA}PRAGMA user_version={FORMAT};COMMIT;")
        elif version != FORMAT:
            raise sqlite3.DatabaseError(f"its format is {version}, not {FORMAT}")
        connection.execute("SELECT max(id) FROM events").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def packed(record: EventRecord) -> str:
    """The data as JSON; a value that is the text itself is left to the column of the text.

    SQLite ends texts at a NUL, which XML cannot hold anyway.
    """
    pairs = [name if value == record.text else (name, value.replace("\0", "\ufffd")) for name, value in record.data]
    return json.dumps(pairs, ensure_ascii=False, separators=(",", ":"))


def unpacked(data: str, text: str) -> tuple[tuple[str, str], ...]:
    """Names and values of what ``packed`` made."""
    return tuple((item, text) if isinstance(item, str) else (item[0], item[1]) for item in json.loads(data))


def to_record(row: tuple[Any, ...]) -> EventRecord:
    """The record of a row of COLUMNS."""
    (number, time, channel, provider, guid, event, level, task, task_name, computer, text, data, process, thread,
     keywords, user, fact, nodes) = row  # fmt: skip
    return EventRecord(
        number, time, channel, provider, guid, event, level, task, task_name, computer, text, unpacked(data, text),
        process, thread, keywords & 0xFFFFFFFFFFFFFFFF, user, fact, tuple(nodes.split(",")) if nodes else (),
    )  # fmt: skip


class Row:
    """What a query can ask of an event; made in a third of the time of a whole record."""

    COLUMNS = ("id", "time", "channel", "provider", "guid", "event", "level", "task", "computer", "process", "thread",
               "keywords", "user", "text", "data")  # fmt: skip
    __slots__ = ("_packed", "_text", "channel", "computer", "guid", "id", "keywords", "level", "process", "provider",
                 "record_id", "task", "thread", "time", "user")  # fmt: skip
    element = None
    """Events of this file are of this cluster, none of another file."""

    def __init__(self, values: tuple[Any, ...]) -> None:
        (self.record_id, self.time, self.channel, self.provider, self.guid, self.id, self.level, self.task,
         self.computer, self.process, self.thread, keywords, self.user, self._text, self._packed) = values  # fmt: skip
        self.keywords = keywords & 0xFFFFFFFFFFFFFFFF

    @property
    def data(self) -> tuple[tuple[str, str], ...]:
        """Names and values."""
        return unpacked(self._packed, self._text)


class Sentences:
    """Turns what SQLite and the file system say into a sentence with a remedy."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlite3.DatabaseError) and "malformed" in str(error):
            raise EventLogError(
                f"The event log {self.path} is damaged ({error}). Close the cluster, remove this file and open the "
                "cluster again: the log is then rebuilt from the journal."
            ) from error
        if isinstance(error, sqlite3.Error | OSError) and self.path is not None and _is_read_only(self.path):
            raise EventLogError(
                f"The event log {self.path} is not writable by this user. Make it and its folder writable, or remove "
                "it: it is then rebuilt from the journal."
            ) from error
        if isinstance(error, sqlite3.Error | OSError):
            raise EventLogError(
                f"The event log {self.path or 'in memory'} cannot be used ({error}). Free some space or make its "
                "folder writable; the journal of the cluster has everything, and the log is completed later."
            ) from error


def _is_read_only(path: Path) -> bool:
    beside = (path.with_name(path.name + end) for end in ("", "-wal", "-shm"))
    return any(one.exists() and not os.access(one, os.W_OK) for one in beside)
