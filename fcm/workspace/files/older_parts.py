"""Older parts of a journal: files beside it with the events up to a checkpoint, and the telemetry that belongs to them.

How a part is split off, so that a kill between any two bytes loses nothing:

1. The events and the telemetry are copied into a new file whose name ends in ``.part``, which is closed and synced.
2. It gets its own name by renaming. The journal still has everything: what lies beside it is a copy nobody refers to.
3. In one transaction the journal gets the checkpoint and the name of the file, and loses what was copied.

What an end before 3 leaves is removed when a part is split off the next time. A part begins with the checkpoint of the
journal at that time, so that each can be read without those before it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.workspace.files import checkpoint
from fcm.workspace.files.sqlite_file import file_uri, harden

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from fcm.model.state import State

FORMAT_WITH_PARTS = 2
"""Version of the form of a journal that has older parts; programs that know only the first one refuse it."""
META = "older parts"
"""Key of meta in the journal."""
SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE events (sequence INTEGER PRIMARY KEY, time REAL NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE telemetry (part INTEGER PRIMARY KEY, migration TEXT NOT NULL, rows TEXT NOT NULL);
CREATE INDEX telemetry_migration ON telemetry (migration);
"""


@dataclass(frozen=True, slots=True)
class OlderPart:
    """A file beside the journal, as the journal knows it."""

    name: str
    first: int
    """Sequence number of its first event."""
    last: int
    until: float
    """Time of its last event, s since the epoch, clock of the cluster."""


def known_parts(connection: sqlite3.Connection) -> tuple[OlderPart, ...]:
    """The older parts of a journal, oldest first.

    Raises:
        ValueError: what the journal says of them makes no sense.
    """
    found = connection.execute("SELECT value FROM meta WHERE key = ?", (META,)).fetchone()
    parts = []
    for one in json.loads(found[0]) if found else ():
        match one:
            case [str() as name, int() as first, int() as last, float() as until] if _is_plain(name):
                parts.append(OlderPart(name, first, last, until))
            case _:
                raise ValueError("the journal does not say what its older parts are")
    return tuple(parts)


def _is_plain(name: str) -> bool:
    """Whether a name is that of a file in the same folder, and of no other."""
    return bool(name) and not set(name) & set("/\\:\0") and name not in (".", "..")


def name_of_part(journal: Path, first: int, last: int) -> str:
    """The name of the file with some events of a journal."""
    return f"{journal.stem}.events-{first}-{last}.old"


@contextlib.contextmanager
def opened(journal: Path, uri: str, part: OlderPart) -> Iterator[sqlite3.Connection | None]:
    """A part for reading; None if it is gone, damaged or of another journal. Safe in any thread."""
    path = journal.with_name(part.name)
    with contextlib.ExitStack() as stack:
        connection: sqlite3.Connection | None = None
        try:
            if path.is_file():
                connection = sqlite3.connect(
                    file_uri(path.absolute(), "immutable=1"), uri=True, check_same_thread=False
                )
                stack.callback(connection.close)
                harden(connection)
                if not _is_it(connection, uri, part):
                    connection = None
        except (sqlite3.DatabaseError, OSError):
            connection = None
        yield connection


def _is_it(connection: sqlite3.Connection, uri: str, part: OlderPart) -> bool:
    found = connection.execute("SELECT value FROM meta WHERE key = 'uri'").fetchone()
    numbers = connection.execute("SELECT min(sequence), max(sequence), count(*) FROM events").fetchone()
    return bool(found == (uri,) and numbers == (part.first, part.last, part.last - part.first + 1))


def split_off(connection: sqlite3.Connection, journal: Path, uri: str, state: State, over: Sequence[str]) -> None:
    """Move everything up to ``state`` into a file beside the journal.

    Args:
        connection: of the journal; nothing else writes it meanwhile.
        journal: its file.
        uri: of the cluster.
        state: as the events up to its own have made it.
        over: migrations that have ended by then; their telemetry goes along.

    Raises:
        sqlite3.DatabaseError, OSError: nothing was moved.
        ValueError: the state cannot be kept as a checkpoint; nothing was moved.
    """
    before = known_parts(connection)
    first = checkpoint.point(connection)[0] + 1
    if state.sequence < first:
        return
    _tidy_up(connection, journal, uri, before)
    part = OlderPart(name_of_part(journal, first, state.sequence), first, state.sequence, state.time)
    _write_part(connection, journal, uri, part, over)
    with opened(journal, uri, part) as written:
        if written is None:
            raise OSError(f"{part.name} cannot be read again")
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        _put(connection, state, (*before, part))
        if checkpoint.read(connection) != state:
            raise ValueError("the state is not the same when it is read again")
        connection.execute("DELETE FROM events WHERE sequence <= ?", (state.sequence,))
        connection.executemany("DELETE FROM telemetry WHERE migration = ?", ((one,) for one in over))


def begin_at(connection: sqlite3.Connection, state: State, parts: Sequence[OlderPart]) -> None:
    """Let an empty journal begin with a state, and have older parts."""
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        _put(connection, state, parts)


def _put(connection: sqlite3.Connection, state: State, parts: Sequence[OlderPart]) -> None:
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'checkpoint'").fetchone():
        connection.execute(checkpoint.SCHEMA)
    checkpoint.write(connection, state)
    known = [[one.name, one.first, one.last, one.until] for one in parts]
    connection.executemany(
        "INSERT OR REPLACE INTO meta VALUES (?, ?)",
        ((META, json.dumps(known)), ("format", str(FORMAT_WITH_PARTS))),
    )


def _tidy_up(connection: sqlite3.Connection, journal: Path, uri: str, known: Sequence[OlderPart]) -> None:
    """Remove copies that an end in the middle has left; each of their events is in the journal still."""
    names = {part.name for part in known}
    for path in journal.parent.glob(f"{glob_escaped(journal.stem)}.events-*.old*"):
        if path.name.endswith((".part", ".part-journal")):
            path.unlink(missing_ok=True)
        elif path.name not in names and (part := _part_of_name(path.name)) is not None:
            with opened(journal, uri, part) as copy:
                is_copy = copy is not None
            (there,) = connection.execute(
                "SELECT count(*) FROM events WHERE sequence BETWEEN ? AND ?", (part.first, part.last)
            ).fetchone()
            if is_copy and there == part.last - part.first + 1:
                path.unlink(missing_ok=True)


def glob_escaped(text: str) -> str:
    """A text that means itself in a pattern of files."""
    import glob

    return glob.escape(text)


def _part_of_name(name: str) -> OlderPart | None:
    first, _, last = name.removesuffix(".old").rpartition(".events-")[2].partition("-")
    if not (first.isdecimal() and last.isdecimal()):
        return None
    return OlderPart(name, int(first), int(last), 0.0)


def _write_part(connection: sqlite3.Connection, journal: Path, uri: str, part: OlderPart, over: Sequence[str]) -> None:
    unfinished = journal.with_name(f"{part.name}.part")
    unfinished.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(unfinished, isolation_level=None)) as copy:
        copy.execute("PRAGMA synchronous=FULL")
        copy.executescript(f"BEGIN;{SCHEMA}{checkpoint.SCHEMA};")
        copy.executemany("INSERT INTO meta VALUES (?, ?)", (("format", str(FORMAT_WITH_PARTS)), ("uri", uri)))
        if part.first > 1:
            rows = connection.execute("SELECT * FROM checkpoint ORDER BY number")
            copy.executemany("INSERT INTO checkpoint VALUES (?, ?, ?, ?)", rows)
            rows = connection.execute("SELECT key, value FROM meta WHERE key = 'checkpoint'")
            copy.executemany("INSERT INTO meta VALUES (?, ?)", rows)
        rows = connection.execute("SELECT * FROM events WHERE sequence <= ? ORDER BY sequence", (part.last,))
        copy.executemany("INSERT INTO events VALUES (?, ?, ?, ?)", rows)
        for one in over:
            rows = connection.execute("SELECT * FROM telemetry WHERE migration = ? ORDER BY part", (one,))
            copy.executemany("INSERT INTO telemetry VALUES (?, ?, ?)", rows)
        copy.execute("COMMIT")
    unfinished.replace(journal.with_name(part.name))
    _sync_folder(journal.parent)


def _sync_folder(folder: Path) -> None:
    """Let the new name survive a power cut, where folders can be synced."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
