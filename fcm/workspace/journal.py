"""The journal: every event of a cluster in one SQLite file (WAL), append-only; embedded clusters live here.

An entry is acknowledged only after its commit, so whatever was shown survives a killed process.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from typing import TYPE_CHECKING, Any

from fcm.backend.base import SinkError
from fcm.model import events as ev
from fcm.model.codec import DecodeError, decode, encode
from fcm.model.state import State, apply
from fcm.model.telemetry import Phase, TelemetryRow
from fcm.words import quoted
from fcm.workspace.sqlite_file import FOREIGN, harden

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

FORMAT = 1
"""Version of the file's form; a file of a newer one is refused."""
_AT_ONCE = 500
"""Rows or ids of one query; between two of them the journal can be written."""

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE events (sequence INTEGER PRIMARY KEY, time REAL NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE telemetry (part INTEGER PRIMARY KEY, migration TEXT NOT NULL, rows TEXT NOT NULL);
CREATE INDEX telemetry_migration ON telemetry (migration);
"""


class JournalError(SinkError):
    """The journal cannot be opened or written; the message is a sentence with the remedy."""


class DamagedJournalError(JournalError):
    """The journal can be read only in part."""

    def __init__(self, path: Path, readable: int, cause: str) -> None:
        super().__init__(
            f"The journal {path} is damaged after event {readable} ({cause}). "
            "Salvage it to go on with what can be read; the damaged file is kept beside it."
        )
        self.path = path
        self.readable = readable


class Journal:
    """One open journal file; safe to use from several threads."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._lock = threading.Lock()

    @classmethod
    def open(cls, path: Path, uri: str) -> Journal:
        """Open the journal of the cluster ``uri``, make it if there is none.

        Raises:
            JournalError: no access, disk full or read-only, open elsewhere, newer format, not a journal.
            DamagedJournalError: the file is damaged.
        """
        with _sentences(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = not path.exists() or path.stat().st_size == 0
            connection = _connect(path)
            try:
                if fresh:
                    connection.executescript(f"BEGIN;{_SCHEMA}COMMIT;")
                    values = [("format", str(FORMAT)), ("uri", uri)]
                    connection.executemany("INSERT INTO meta VALUES (?, ?)", values)
                    connection.commit()
                else:
                    _check(connection, path, uri)
            except BaseException:
                connection.close()
                raise
        return cls(path, connection)

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
        with self._lock, _sentences(self.path, writing=True), self._connection:
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
            for sequence, time, kind, data in self._connection.execute("SELECT * FROM events ORDER BY sequence"):
                if sequence != last + 1:
                    raise DamagedJournalError(self.path, last, f"event {last + 1} is missing")
                if kind not in ev.EVENT_TYPES:
                    raise DamagedJournalError(self.path, last, f"event {sequence} has the unknown type {quoted(kind)}")
                event = decode(ev.EVENT_TYPES[kind], json.loads(data))
                last = sequence
                yield ev.Entry(sequence, time, event)
        except (sqlite3.DatabaseError, DecodeError, ValueError, TypeError, RecursionError) as error:
            raise DamagedJournalError(self.path, last, str(error)) from error

    def replay(self, visit: Callable[[ev.Entry, State, State], None] | None = None) -> tuple[State, list[ev.Entry]]:
        """The state at the end of the journal, and its entries; ``visit`` gets each with the states around it."""
        state = State()
        entries: list[ev.Entry] = []
        for entry in self.entries():
            before = state
            try:
                state, _ = apply(state, entry)
            except (KeyError, ValueError, TypeError) as error:
                raise DamagedJournalError(self.path, state.sequence, f"event {entry.sequence}: {error}") from error
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
            with self._lock, _sentences(self.path):
                found = self._connection.execute(query, (last, *names, _AT_ONCE)).fetchall()
            for sequence, time, kind, data in found:
                try:
                    event = decode(ev.EVENT_TYPES[kind], json.loads(data))
                except (DecodeError, ValueError, TypeError, RecursionError) as error:
                    raise DamagedJournalError(self.path, last, str(error)) from error
                last = sequence
                yield ev.Entry(sequence, time, event)
            if len(found) < _AT_ONCE:
                return

    def time_of(self, sequence: int) -> float | None:
        """When the entry of that number happened (s since the epoch); None if there is none."""
        with self._lock, _sentences(self.path):
            found = self._connection.execute("SELECT time FROM events WHERE sequence = ?", (sequence,)).fetchone()
        return None if found is None else float(found[0])

    def telemetry(self, migrations: Sequence[str]) -> dict[str, list[TelemetryRow]]:
        """Rows of migrations, oldest first; those without rows are left out."""
        found: dict[str, list[TelemetryRow]] = {}
        for begin in range(0, len(migrations), _AT_ONCE):
            some = list(migrations[begin : begin + _AT_ONCE])
            query = f"SELECT migration, rows FROM telemetry WHERE migration IN ({_marks(some)}) ORDER BY part"
            with self._lock, _sentences(self.path):
                for migration, packed in self._connection.execute(query, some):
                    try:
                        found.setdefault(migration, []).extend(map(_unpack, json.loads(packed)))
                    except (ValueError, TypeError, RecursionError) as error:
                        text = f"telemetry of the migration {migration} cannot be read"
                        raise DamagedJournalError(self.path, 0, text) from error
        return found

    def readable_rows(self) -> list[ev.Entry]:
        """All telemetry up to the first part that cannot be read."""
        found: list[ev.Entry] = []
        with contextlib.suppress(sqlite3.DatabaseError, ValueError, TypeError, RecursionError):
            for migration, packed in self._connection.execute("SELECT migration, rows FROM telemetry ORDER BY part"):
                rows = [ev.MigrationProgressed(migration, _unpack(row)) for row in json.loads(packed)]
                found += [ev.Entry(0, 0.0, row) for row in rows]
        return found

    def migrations_with_rows(self) -> frozenset[str]:
        """Migrations of which telemetry is kept."""
        with self._lock, _sentences(self.path):
            found = self._connection.execute("SELECT DISTINCT migration FROM telemetry").fetchall()
        return frozenset(migration for (migration,) in found)

    def close(self) -> None:
        """Close the file; idempotent."""
        with self._lock:
            self._connection.close()


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
    with _sentences(path):
        rescued.unlink(missing_ok=True)
        try:
            damaged = Journal(path, _connect(path))
        except sqlite3.DatabaseError:
            damaged = None
        if damaged is not None:
            state = State()
            with contextlib.suppress(DamagedJournalError, KeyError, ValueError, TypeError):
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
        path.replace(aside)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        rescued.replace(path)
    return len(kept)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _connect(path: Path) -> sqlite3.Connection:
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


def _check(connection: sqlite3.Connection, path: Path, uri: str) -> None:
    meta = dict(connection.execute("SELECT key, value FROM meta"))
    found = meta.get("format", "?")
    if not found.isdigit() or len(found) > 9:
        raise JournalError(f"{path} is not a journal of fcm. Choose another file or move it away.")
    if int(found) > FORMAT:
        raise JournalError(
            f"The journal {path} was written by a newer fcm (format {found}, this program knows {FORMAT}). "
            "Update fcm to open it."
        )
    if meta.get("uri") != uri:
        raise JournalError(f"The journal {path} belongs to {meta.get('uri')}, not to {uri}. Choose another file.")
    (result,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if result != "ok":
        (readable,) = connection.execute("SELECT count(*) FROM events").fetchone()
        raise DamagedJournalError(path, readable, str(result))


@contextlib.contextmanager
def _sentences(path: Path, writing: bool = False) -> Iterator[None]:
    """Turn what SQLite and the file system say into a sentence with a remedy."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        text = str(error)
        if "locked" in text:
            raise JournalError(f"The journal {path} is open in another fcm. Close the cluster there first.") from error
        if "closed database" in text:
            raise JournalError("The cluster was closed, and its journal with it. Open the cluster again.") from error
        if "full" in text:
            raise JournalError(
                f"The disk with the journal {path} is full. Free some space; nothing that was shown is lost."
            ) from error
        if writing and "disk I/O" in text:
            raise JournalError(
                f"The journal {path} cannot be written ({text}). See whether its disk is full or fails; nothing that "
                "was shown is lost."
            ) from error
        if "readonly" in text or "unable to open" in text:
            raise JournalError(
                f"The journal {path} cannot be written ({text}). Make its folder writable, or choose another "
                "with the environment variable FCM_DATA."
            ) from error
        if "malformed" in text or "not a database" in text or "disk I/O" in text:
            raise DamagedJournalError(path, 0, text) from error
        if "no such table" in text:
            raise JournalError(f"{path} is not a journal of fcm. Choose another file or move it away.") from error
        if FOREIGN in text:
            raise JournalError(f"{path} is not a journal of fcm: {text}. Move it away.") from error
        raise JournalError(f"The journal {path} failed: {text}.") from error
    except OSError as error:
        raise JournalError(
            f"The journal {path} cannot be opened: {error.strerror or error}. Make its folder writable, or choose "
            "another with the environment variable FCM_DATA."
        ) from error


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
