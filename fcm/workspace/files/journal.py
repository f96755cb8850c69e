"""The journal: every event of a cluster in one SQLite file (WAL), append-only; embedded clusters live here.

An entry is acknowledged only after its commit, so whatever was shown survives a killed process.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import threading
from typing import TYPE_CHECKING, Any

from fcm import __version__
from fcm.model import events as ev
from fcm.model.codec import DecodeError, decode_text, encode
from fcm.model.state import State, apply
from fcm.model.telemetry import Phase, TelemetryRow
from fcm.text.textfile import whole_path
from fcm.text.words import quoted
from fcm.workspace.files.journal_file import (
    BESIDE,
    DamagedJournalError,
    JournalError,
    ReadOnlyJournalError,
    connected,
    connected_to_read,
    in_words,
    obstacle,
    sentences,
)
from fcm.workspace.files.sqlite_file import file_uri, harden

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

FORMAT = 1
"""Version of the file's form; a file of a newer one is refused."""
EARLIEST, LATEST = 0.0, 2.5e11
"""s since the epoch: 1970 to 9892, which every calendar can show."""
_NONSENSE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What Python makes of values that no program of ours wrote."""
_MOST = 2**62
_AT_ONCE = 500
"""Rows or ids of one query; between two of them the journal can be written."""

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE events (sequence INTEGER PRIMARY KEY, time REAL NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE telemetry (part INTEGER PRIMARY KEY, migration TEXT NOT NULL, rows TEXT NOT NULL);
CREATE INDEX telemetry_migration ON telemetry (migration);
"""


class Journal:
    """One open journal file; safe to use from several threads."""

    def __init__(self, path: Path, connection: sqlite3.Connection, newer: str = "") -> None:
        self.path = path
        self.read_only: ReadOnlyJournalError | None = None
        """Why nothing can be written; None if it can."""
        self._connection = connection
        self._newer = newer
        self._lock = threading.Lock()
        self._at_end = contextlib.ExitStack()

    @classmethod
    def open(cls, path: Path, uri: str, to_read: bool = False) -> Journal:
        """Open the journal of the cluster ``uri``, make it if there is none.

        Args:
            path: the file.
            uri: the cluster that it must belong to.
            to_read: reading will do where this user cannot write; ``read_only`` then says why.

        Raises:
            JournalError: no access, disk full, open elsewhere, newer format, not a journal.
            ReadOnlyJournalError: it can only be read, and that will not do.
            DamagedJournalError: the file is damaged.
        """
        with sentences(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = not path.exists() or path.stat().st_size == 0
            if not fresh and os.access(path, os.R_OK) and (why := obstacle(path)):
                error = ReadOnlyJournalError(path, why)
                if not to_read:
                    raise error
                return cls._opened_to_read(path, uri, error)
            connection = connected(path)
            try:
                if fresh:
                    connection.executescript(f"BEGIN;{_SCHEMA}COMMIT;")
                    values = [("format", str(FORMAT)), ("uri", uri)]
                    connection.executemany("INSERT INTO meta VALUES (?, ?)", values)
                newer = "" if fresh else _check(connection, path, uri)
                if not newer:
                    connection.execute("INSERT OR REPLACE INTO meta VALUES ('fcm', ?)", (__version__,))
                connection.commit()
            except BaseException:
                connection.close()
                raise
        return cls(path, connection, newer)

    @classmethod
    def _opened_to_read(cls, path: Path, uri: str, why: ReadOnlyJournalError) -> Journal:
        with contextlib.ExitStack() as stack:
            connection = connected_to_read(path, stack)
            made = cls(path, connection, _check(connection, path, uri))
            made.read_only = why
            made._at_end = stack.pop_all()
        return made

    def append(self, entries: Sequence[ev.Entry]) -> None:
        """Write entries and telemetry in one transaction.

        Raises:
            JournalError: nothing of it was written.
        """
        lasting = [entry for entry in entries if not entry.event.transient]
        rows: dict[str, list[list[object]]] = {}
        for entry in entries:
            if isinstance(entry.event, ev.MigrationProgressed):
                rows.setdefault(entry.event.migration, []).append(_pack(entry.event.row))
        if not lasting and not rows:
            return
        if self.read_only is not None:
            raise self.read_only
        with self._lock, sentences(self.path, writing=True), self._connection:
            self._connection.executemany(
                "INSERT INTO events VALUES (?, ?, ?, ?)",
                [(entry.sequence, entry.time, type(entry.event).__name__, _dump(entry.event)) for entry in lasting],
            )
            self._connection.executemany(
                "INSERT INTO telemetry (migration, rows) VALUES (?, ?)",
                [(migration, json.dumps(packed, separators=(",", ":"))) for migration, packed in rows.items()],
            )

    def entries(self) -> Iterator[ev.Entry]:
        """All entries in order.

        Raises:
            DamagedJournalError: at the first one that cannot be read.
        """
        last = 0
        try:
            query = "SELECT sequence, time, type, data FROM events ORDER BY sequence"
            for sequence, time, kind, data in self._connection.execute(query):
                if sequence != last + 1:
                    raise DamagedJournalError(self.path, last, f"event {last + 1} is missing")
                entry = self._decoded(sequence, time, kind, data)
                last = sequence
                yield entry
        except sqlite3.DatabaseError as error:
            raise in_words(self.path, error, readable=last) from error

    def _decoded(self, sequence: int, time: Any, kind: Any, data: Any) -> ev.Entry:
        """One entry; the columns of a stranger's file may hold anything.

        Raises:
            DamagedJournalError: it makes no sense.
            JournalError: nor need it: a newer program wrote it.
        """
        try:
            if kind not in ev.EVENT_TYPES:
                raise DecodeError(f"event {sequence} has the unknown type {quoted(kind)}")
            if not isinstance(time, float) or not EARLIEST <= time <= LATEST:
                raise DecodeError(f"event {sequence} has no time")
            return ev.Entry(sequence, time, decode_text(ev.EVENT_TYPES[kind], data))
        except _NONSENSE as error:
            if self._newer:
                raise _of_a_newer_program(self.path, self._newer) from error
            cause = str(error) if isinstance(error, DecodeError) else f"event {sequence} cannot be read"
            raise DamagedJournalError(self.path, sequence - 1, cause) from error

    def replay(self, visit: Callable[[ev.Entry, State, State], None] | None = None) -> tuple[State, list[ev.Entry]]:
        """The state at the end of the journal, and its entries; ``visit`` gets each with the states around it."""
        state = State()
        entries: list[ev.Entry] = []
        for entry in self.entries():
            before = state
            try:
                state, _ = apply(state, entry)
            except _NONSENSE as error:
                cause = f"event {entry.sequence} does not follow from those before it"
                raise DamagedJournalError(self.path, state.sequence, cause) from error
            entries.append(entry)
            if visit is not None:
                visit(entry, before, state)
        return state, entries

    def entries_of(self, kinds: Sequence[type[ev.Event]]) -> Iterator[ev.Entry]:
        """Entries of some kinds in order, also while the journal is being written; from any thread.

        Raises:
            DamagedJournalError: at the first one that cannot be read.
        """
        names = [kind.__name__ for kind in kinds]
        query = (
            f"SELECT sequence, time, type, data FROM events WHERE sequence > ? AND type IN ({_marks(names)}) "
            "ORDER BY sequence LIMIT ?"
        )
        last = 0
        while True:
            with self._lock, sentences(self.path):
                found = self._connection.execute(query, (last, *names, _AT_ONCE)).fetchall()
            for sequence, time, kind, data in found:
                yield self._decoded(sequence, time, kind, data)
                last = sequence
            if len(found) < _AT_ONCE:
                return

    def time_of(self, sequence: int) -> float | None:
        """When the entry of that number happened (s since the epoch); None if there is none."""
        with self._lock, sentences(self.path):
            found = self._connection.execute("SELECT time FROM events WHERE sequence = ?", (sequence,)).fetchone()
        return None if found is None else float(found[0])

    def telemetry(self, migrations: Sequence[str]) -> dict[str, list[TelemetryRow]]:
        """Rows of migrations, oldest first; those without rows are left out."""
        found: dict[str, list[TelemetryRow]] = {}
        for begin in range(0, len(migrations), _AT_ONCE):
            some = list(migrations[begin : begin + _AT_ONCE])
            query = f"SELECT migration, rows FROM telemetry WHERE migration IN ({_marks(some)}) ORDER BY part"
            with self._lock, sentences(self.path):
                for migration, packed in self._connection.execute(query, some):
                    try:
                        found.setdefault(migration, []).extend(map(_unpack, json.loads(packed)))
                    except _NONSENSE as error:
                        text = f"telemetry of the migration {migration} cannot be read"
                        raise DamagedJournalError(self.path, 0, text) from error
        return found

    def readable_rows(self) -> list[ev.Entry]:
        """All telemetry up to the first part that cannot be read."""
        found: list[ev.Entry] = []
        with contextlib.suppress(sqlite3.DatabaseError, *_NONSENSE):
            for migration, packed in self._connection.execute("SELECT migration, rows FROM telemetry ORDER BY part"):
                rows = [ev.MigrationProgressed(migration, _unpack(row)) for row in json.loads(packed)]
                found += [ev.Entry(0, 0.0, row) for row in rows]
        return found

    def migrations_with_rows(self) -> frozenset[str]:
        """Migrations of which telemetry is kept."""
        with self._lock, sentences(self.path):
            found = self._connection.execute("SELECT DISTINCT migration FROM telemetry").fetchall()
        return frozenset(str(migration) for (migration,) in found)

    def close(self) -> None:
        """Close the file; idempotent."""
        with self._lock:
            self._connection.close()
            self._at_end.close()


def salvage(path: Path, uri: str) -> int:
    """Replace a damaged journal by one with the events that can be read; the damaged file is kept.

    Telemetry goes along as far as it can be read.

    Returns:
        The number of events saved.

    Raises:
        JournalError: nothing can be read, or the new file cannot be written.
    """
    kept: list[ev.Entry] = []
    rows: list[ev.Entry] = []
    rescued = path.with_suffix(".salvaged")
    with sentences(path):
        rescued.unlink(missing_ok=True)
        try:
            damaged = Journal(path, connected(path))
        except sqlite3.DatabaseError:
            damaged = None
        if damaged is not None:
            state = State()
            with contextlib.suppress(JournalError, *_NONSENSE):
                for entry in damaged.entries():
                    state, _ = apply(state, entry)
                    kept.append(entry)
            rows = damaged.readable_rows()
            damaged.close()
        fresh = Journal.open(rescued, uri)
        fresh.append([*kept, *rows])
        fresh.close()
        number = 1
        while (aside := path.with_suffix(f".damaged-{number}")).exists():
            number += 1
        # Whenever this is broken off, there is a journal under its own name.
        try:
            os.link(path, aside)
        except OSError:  # a file system without hard links
            shutil.copyfile(path, aside)
        for suffix in BESIDE:
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        rescued.replace(path)
    return len(kept)


def uri_of_journal(path: Path) -> str | None:
    """The cluster whose journal a file is; None for a file that is none, is not there or is in use."""
    try:
        whole = whole_path(path)
        if not whole.is_file():  # a pipe would wait for a writer
            return None
        with contextlib.closing(sqlite3.connect(file_uri(whole, "mode=ro"), uri=True, timeout=0.0)) as found:
            harden(found)
            (uri,) = found.execute("SELECT value FROM meta WHERE key = 'uri'").fetchone()
            return uri if isinstance(uri, str) else None
    except (sqlite3.Error, TypeError, ValueError, OSError):
        return None


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _check(connection: sqlite3.Connection, path: Path, uri: str) -> str:
    """The version of the fcm that wrote it, if that is newer than this one; else "".

    Raises:
        JournalError: it is not of a form or a cluster that is meant.
        DamagedJournalError: it is damaged.
    """
    meta = dict(connection.execute("SELECT key, value FROM meta"))
    found = str(meta.get("format", "?"))
    if not (found.isascii() and found.isdigit()) or len(found) > 9:
        raise JournalError(f"{path} is not a journal of fcm. Choose another file or move it away.")
    if int(found) > FORMAT:
        raise _of_a_newer_program(path, f"format {found}, this program supports {FORMAT}")
    if meta.get("uri") != uri:
        raise JournalError(f"The journal {path} belongs to {meta.get('uri')}, not to {uri}. Choose another file.")
    (result,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if result != "ok":
        (readable,) = connection.execute("SELECT count(*) FROM events").fetchone()
        raise DamagedJournalError(path, readable, str(result))
    written_by = str(meta.get("fcm", ""))
    return f"version {written_by}, this is {__version__}" if _numbers(written_by) > _numbers(__version__) else ""


def _of_a_newer_program(path: Path, which: str) -> JournalError:
    return JournalError(f"The journal {path} was written by a newer fcm ({which}). Update fcm to open it.")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit() and len(part) < 10)


def _dump(event: ev.Event) -> str:
    return json.dumps(encode(event), separators=(",", ":"), ensure_ascii=False)


def _pack(row: TelemetryRow) -> list[object]:
    return [
        round(row.time, 4),
        row.pass_number,
        row.remaining,
        row.sent,
        round(row.dirty_rate, 1),
        round(row.rate),
        row.phase.value,
        row.throttle,
        row.page_size,
    ]


def _unpack(packed: list[Any]) -> TelemetryRow:
    time, number, remaining, sent, dirty, rate, phase, throttle, page_size = packed
    if not all(abs(value) < _MOST for value in (time, number, remaining, sent, dirty, rate, throttle, page_size)):
        raise ValueError("a figure of a row is out of range")
    return TelemetryRow(
        float(time),
        int(number),
        int(remaining),
        int(sent),
        float(dirty),
        float(rate),
        Phase(phase),
        int(throttle),
        int(page_size),
    )
