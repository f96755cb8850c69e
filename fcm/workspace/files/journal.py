"""The journal: every event of a cluster in one SQLite file (WAL), append-only; embedded clusters live here.

An entry is acknowledged only after its commit, so whatever was shown survives a killed process. Once there are many
events, the older ones go to a file beside it (see older_parts.py) and a checkpoint of the state takes their place:
opening begins there, history and the event log read both.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import threading
from typing import TYPE_CHECKING, Any

from fcm import __version__
from fcm.model import events as ev
from fcm.model.state import State, apply
from fcm.workspace.files import checkpoint, last_moment, older_parts
from fcm.workspace.files.journal_file import (
    DamagedJournalError,
    JournalError,
    ReadOnlyJournalError,
    connected,
    connected_to_read,
    in_words,
    obstacle,
    sentences,
)
from fcm.workspace.files.journal_rows import (
    LATEST,
    NONSENSE,
    check,
    decoded,
    dump,
    of_a_newer_program,
    pack,
    unpack,
)
from fcm.workspace.files.whole_file import link_or_copy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from fcm.model.telemetry import TelemetryRow
    from fcm.workspace.files.older_parts import OlderPart

    Visit = Callable[[ev.Entry, State, State], None]
    Told = Callable[[int, int], None]

FORMAT = 2
"""Newest version of the file's form that this program knows; a file of a newer one is refused."""
FIRST_FORMAT = 1
"""Form of a journal without older parts, which older programs read too."""
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

    def __init__(self, path: Path, connection: sqlite3.Connection, newer: str = "", uri: str = "") -> None:
        self.path = path
        self.uri = uri
        self.read_only: ReadOnlyJournalError | None = None
        """Why nothing can be written; None if it can."""
        self.at_end = contextlib.ExitStack()
        """What follows once the file is closed."""
        self._connection = connection
        self._newer = newer
        self._lock = threading.Lock()
        self._read_begin()

    def _read_begin(self) -> None:
        self._parts: tuple[OlderPart, ...] = ()
        self._begin = (0, 0.0)
        try:
            self.moment = last_moment.read(self._connection, LATEST)
            self._parts = older_parts.known_parts(self._connection)
            self._begin = checkpoint.point(self._connection)
        except (ValueError, RecursionError) as error:
            raise DamagedJournalError(self.path, 0, str(error)) from error

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
                    values = [("format", str(FIRST_FORMAT)), ("uri", uri)]
                    connection.executemany("INSERT INTO meta VALUES (?, ?)", values)
                newer = "" if fresh else check(connection, path, uri, FORMAT)
                if not newer:
                    connection.execute("INSERT OR REPLACE INTO meta VALUES ('fcm', ?)", (__version__,))
                connection.commit()
            except BaseException:
                connection.close()
                raise
            try:
                return cls(path, connection, newer, uri)
            except BaseException:
                connection.close()
                raise

    @classmethod
    def _opened_to_read(cls, path: Path, uri: str, why: ReadOnlyJournalError) -> Journal:
        with contextlib.ExitStack() as stack:
            connection = connected_to_read(path, stack)
            made = cls(path, connection, check(connection, path, uri, FORMAT), uri)
            made.read_only = why
            made.at_end = stack.pop_all()
        return made

    def append(self, entries: Sequence[ev.Entry], moment: float | None = None) -> None:
        """Write entries and telemetry, and the moment at which the cluster is closed, in one transaction.

        Raises:
            JournalError: nothing of it was written.
        """
        lasting = [entry for entry in entries if not entry.event.transient]
        rows: dict[str, list[list[object]]] = {}
        for entry in entries:
            if isinstance(entry.event, ev.MigrationProgressed):
                rows.setdefault(entry.event.migration, []).append(pack(entry.event.row))
        if not lasting and not rows and moment is None:
            return
        if self.read_only is not None:
            raise self.read_only
        with self._lock, sentences(self.path, writing=True), self._connection:
            self._connection.executemany(
                "INSERT INTO events VALUES (?, ?, ?, ?)",
                [(entry.sequence, entry.time, type(entry.event).__name__, dump(entry.event)) for entry in lasting],
            )
            self._connection.executemany(
                "INSERT INTO telemetry (migration, rows) VALUES (?, ?)",
                [(migration, json.dumps(packed, separators=(",", ":"))) for migration, packed in rows.items()],
            )
            if moment is not None:
                last_moment.write(self._connection, moment)

    def entries(self) -> Iterator[ev.Entry]:
        """The entries in this file, in order: all, or those after the checkpoint.

        Raises:
            DamagedJournalError: at the first one that cannot be read.
        """
        return self._entries(self._connection, self._begin[0])

    def _entries(self, connection: sqlite3.Connection, last: int) -> Iterator[ev.Entry]:
        try:
            query = "SELECT sequence, time, type, data FROM events ORDER BY sequence"
            for sequence, time, kind, data in connection.execute(query):
                if sequence != last + 1:
                    raise DamagedJournalError(self.path, last, f"event {last + 1} is missing")
                entry = decoded(self.path, self._newer, sequence, time, kind, data)
                last = sequence
                yield entry
        except sqlite3.DatabaseError as error:
            raise in_words(self.path, error, readable=last) from error

    def replay(self, visit: Visit | None = None) -> tuple[State, list[ev.Entry]]:
        """The state at the end of the journal, and the entries in this file; see ``follow``."""
        entries: list[ev.Entry] = []

        def both(entry: ev.Entry, before: State, after: State) -> None:
            entries.append(entry)
            if visit is not None:
                visit(entry, before, after)

        return self.follow(both), entries

    def follow(self, visit: Visit | None = None, after: int | None = None, told: Told | None = None) -> State:
        """The state at the end of the journal.

        Args:
            visit: gets each entry with the states around it.
            after: begin in older parts, if need be and they are there, so that all entries after this number are
                visited; None: begin at the checkpoint.
            told: is called now and then with the entries that were read and their number.

        Raises:
            DamagedJournalError: at the first entry that cannot be read.
        """
        with contextlib.ExitStack() as stack:
            chain = [self._connection]
            for part in reversed(self._parts):
                if after is None or after >= part.last:
                    break
                connection = stack.enter_context(older_parts.opened(self.path, self.uri, part))
                if connection is None:
                    break
                chain.insert(0, connection)
            state = self._state_at_begin(chain[0])
            whole = self._last_sequence() - state.sequence
            begin = state.sequence
            for connection in chain:
                for entry in self._entries(connection, state.sequence):
                    state = self._after(state, entry, visit)
                    if told is not None and entry.sequence % _AT_ONCE == 0:
                        told(entry.sequence - begin, whole)
            return state

    def _after(self, state: State, entry: ev.Entry, visit: Visit | None) -> State:
        try:
            after, _ = apply(state, entry)
        except NONSENSE as error:
            cause = f"event {entry.sequence} does not follow from those before it"
            raise DamagedJournalError(self.path, state.sequence, cause) from error
        if visit is not None:
            visit(entry, state, after)
        return after

    def _state_at_begin(self, connection: sqlite3.Connection) -> State:
        try:
            return checkpoint.read(connection)
        except NONSENSE as error:
            if self._newer:
                raise of_a_newer_program(self.path, self._newer) from error
            raise DamagedJournalError(self.path, 0, "its checkpoint cannot be read") from error
        except sqlite3.DatabaseError as error:
            raise in_words(self.path, error) from error

    def begin(self) -> State:
        """The state at the checkpoint, from the older parts if it cannot be read here; without one the empty state.

        Raises:
            DamagedJournalError: it cannot be found in either.
        """
        try:
            return self._state_at_begin(self._connection)
        except DamagedJournalError:
            if not self._parts:
                raise
            with older_parts.opened(self.path, self.uri, self._parts[-1]) as connection:
                if connection is None:
                    raise
                state = self._state_at_begin(connection)
                for entry in self._entries(connection, state.sequence):
                    state = self._after(state, entry, None)
                return state

    def begin_as(self, other: Journal, state: State) -> None:
        """Let this one, which is new, begin at the checkpoint of another and have its older parts."""
        if state.sequence:
            self.begin_with(state, other.older)

    def begin_with(self, state: State, parts: Sequence[OlderPart] = ()) -> None:
        """Let this one, which is new, begin with a state and have older parts. Raises JournalError."""
        with self._lock, sentences(self.path, writing=True):
            older_parts.begin_at(self._connection, state, parts)
            self._read_begin()

    @property
    def older(self) -> tuple[OlderPart, ...]:
        """The older parts beside it, oldest first, whether they are there or not."""
        return self._parts

    def _last_sequence(self) -> int:
        (last,) = self._connection.execute("SELECT max(sequence) FROM events").fetchone()
        return int(last) if isinstance(last, int) else self._begin[0]

    def entries_of(self, kinds: Sequence[type[ev.Event]]) -> Iterator[ev.Entry]:
        """Entries of some kinds in order, also while the journal is being written; from any thread.

        Those of older parts come first, from the first part on after which none is missing.

        Raises:
            DamagedJournalError: at the first one that cannot be read.
        """
        names = [kind.__name__ for kind in kinds]
        for part in self._parts_at_hand():
            with older_parts.opened(self.path, self.uri, part) as connection:
                if connection is not None:
                    yield from self._some(connection, names, contextlib.nullcontext())
        yield from self._some(self._connection, names, self._lock)

    def _some(
        self, connection: sqlite3.Connection, names: list[str], lock: contextlib.AbstractContextManager[Any]
    ) -> Iterator[ev.Entry]:
        query = (
            f"SELECT sequence, time, type, data FROM events WHERE sequence > ? AND type IN ({_marks(names)}) "
            "ORDER BY sequence LIMIT ?"
        )
        last = 0
        while True:
            with lock, sentences(self.path):
                found = connection.execute(query, (last, *names, _AT_ONCE)).fetchall()
            for sequence, time, kind, data in found:
                yield decoded(self.path, self._newer, sequence, time, kind, data)
                last = sequence
            if len(found) < _AT_ONCE:
                return

    def entries_between(self, after: int, until: int) -> Iterator[ev.Entry]:
        """Entries after the one of a number up to that of another, from older parts too; from any thread.

        Raises:
            DamagedJournalError: at the first one that cannot be read.
        """
        for part in self._parts:
            if part.last > after and part.first <= until:
                with older_parts.opened(self.path, self.uri, part) as connection:
                    if connection is None:
                        raise DamagedJournalError(self.path, after, f"{part.name} is missing or damaged")
                    yield from self._range(connection, after, until, contextlib.nullcontext())
                after = min(part.last, until)
        if until > after:
            yield from self._range(self._connection, after, until, self._lock)

    def _range(
        self, connection: sqlite3.Connection, after: int, until: int, lock: contextlib.AbstractContextManager[Any]
    ) -> Iterator[ev.Entry]:
        query = "SELECT sequence, time, type, data FROM events WHERE sequence > ? AND sequence <= ? ORDER BY sequence"
        with lock, sentences(self.path):
            found = connection.execute(query, (after, until)).fetchall()
        for sequence, time, kind, data in found:
            yield decoded(self.path, self._newer, sequence, time, kind, data)

    def copy_to(self, path: Path) -> None:
        """Copy the journal as it is now to a new file, and what lies beside it as links; from any thread.

        Raises:
            JournalError: the copy cannot be written.
        """
        with self._lock, sentences(path, writing=True), contextlib.closing(sqlite3.connect(path)) as copy:
            self._connection.backup(copy)
        with sentences(path, writing=True):
            for part in self._parts:
                older = self.path.with_name(part.name)
                if older.is_file():
                    link_or_copy(older, path.with_name(part.name))

    def _parts_at_hand(self) -> list[OlderPart]:
        """Older parts that can be read, oldest first; what lies before a gap is left out."""
        found: list[OlderPart] = []
        for part in reversed(self._parts):
            with older_parts.opened(self.path, self.uri, part) as connection:
                if connection is None:
                    break
                found.insert(0, part)
        return found

    def missing_part(self) -> OlderPart | None:
        """The newest older part that is gone or cannot be read: there is history from its end on; None: all is here."""
        at_hand = len(self._parts_at_hand())
        return None if at_hand == len(self._parts) else self._parts[-1 - at_hand]

    def state_before_history(self) -> State:
        """The state with which the history that is at hand begins; an empty one if it begins with the cluster.

        Raises:
            DamagedJournalError: it cannot be read.
        """
        at_hand = self._parts_at_hand()
        if at_hand:
            with older_parts.opened(self.path, self.uri, at_hand[0]) as connection:
                if connection is not None:
                    return self._state_at_begin(connection)
        with self._lock:
            return self._state_at_begin(self._connection)

    def split_off(self, state: State) -> None:
        """Move the entries up to those that made ``state`` to an older part beside the journal.

        Nothing is lost, whenever this is broken off.

        Raises:
            JournalError: they stay where they are.
        """
        if self.read_only is not None:
            raise self.read_only
        over = [one.id for one in state.migrations.values() if one.phase.is_over]
        with self._lock, sentences(self.path, writing=True):
            try:
                older_parts.split_off(self._connection, self.path, self.uri, state, over)
            except NONSENSE as error:
                raise JournalError(f"The journal {self.path} stays in one piece: {error}.") from error
            self._read_begin()

    @property
    def end(self) -> int:
        """Number of the last entry."""
        with self._lock, sentences(self.path):
            return self._last_sequence()

    @property
    def length(self) -> int:
        """How many entries there are after the checkpoint."""
        return self.end - self._begin[0]

    def time_of(self, sequence: int) -> float | None:
        """When the entry of that number happened (s since the epoch); None if there is none, or it is not at hand."""
        if sequence == self._begin[0]:
            return self._begin[1] if sequence else None
        query = "SELECT time FROM events WHERE sequence = ?"
        for part in self._parts:
            if part.first <= sequence <= part.last:
                with older_parts.opened(self.path, self.uri, part) as connection:
                    found = None if connection is None else connection.execute(query, (sequence,)).fetchone()
                    return None if found is None else float(found[0])
        with self._lock, sentences(self.path):
            found = self._connection.execute(query, (sequence,)).fetchone()
        return None if found is None else float(found[0])

    def has(self, sequence: int, time: float) -> bool:
        """Whether an entry of that number and time (s since the epoch) is of this history, as far as that is known.

        Of what is gone with an older part only the end is known.
        """
        found = self.time_of(sequence)
        if found is None and (gone := self.missing_part()) is not None and sequence <= gone.last:
            return time <= gone.until
        return found == time

    def telemetry(self, migrations: Sequence[str]) -> dict[str, list[TelemetryRow]]:
        """Rows of migrations, oldest first; those without rows are left out."""
        found: dict[str, list[TelemetryRow]] = {}
        for part in self._parts_at_hand() if migrations else ():
            with older_parts.opened(self.path, self.uri, part) as connection:
                if connection is not None:
                    self._find_rows(connection, migrations, found, contextlib.nullcontext())
        self._find_rows(self._connection, migrations, found, self._lock)
        return found

    def _find_rows(
        self,
        connection: sqlite3.Connection,
        migrations: Sequence[str],
        found: dict[str, list[TelemetryRow]],
        lock: contextlib.AbstractContextManager[Any],
    ) -> None:
        for begin in range(0, len(migrations), _AT_ONCE):
            some = list(migrations[begin : begin + _AT_ONCE])
            query = f"SELECT migration, rows FROM telemetry WHERE migration IN ({_marks(some)}) ORDER BY part"
            with lock, sentences(self.path):
                for migration, packed in connection.execute(query, some):
                    try:
                        found.setdefault(migration, []).extend(map(unpack, json.loads(packed)))
                    except NONSENSE as error:
                        text = f"telemetry of the migration {migration} cannot be read"
                        raise DamagedJournalError(self.path, 0, text) from error

    def readable_rows(self) -> list[ev.Entry]:
        """All telemetry up to the first part that cannot be read."""
        found: list[ev.Entry] = []
        with contextlib.suppress(sqlite3.DatabaseError, *NONSENSE):
            for migration, packed in self._connection.execute("SELECT migration, rows FROM telemetry ORDER BY part"):
                rows = [ev.MigrationProgressed(migration, unpack(row)) for row in json.loads(packed)]
                found += [ev.Entry(0, 0.0, row) for row in rows]
        return found

    def migrations_with_rows(self) -> frozenset[str]:
        """Migrations of which telemetry is kept and at hand."""
        query = "SELECT DISTINCT migration FROM telemetry"
        with self._lock, sentences(self.path):
            found = set(self._connection.execute(query).fetchall())
        for part in self._parts_at_hand():
            with older_parts.opened(self.path, self.uri, part) as connection:
                if connection is not None:
                    found |= set(connection.execute(query).fetchall())
        return frozenset(str(migration) for (migration,) in found)

    def close(self) -> None:
        """Close the file; idempotent."""
        with self._lock:
            self._connection.close()
            self.at_end.close()


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
