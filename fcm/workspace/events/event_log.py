"""The event log of a cluster: every record since its beginning, in one SQLite file beside the journal.

The journal is what is true; this file is made from it, so that whoever asks for events need not decode and name
hundreds of thousands of facts anew. What is missing here is made up for at the next start, and a file that is damaged
or belongs to another history is made anew. Only what the journal does not keep (refused commands, the backend's own
reports) and which logs are enabled is in this file alone.

The owner of the state hands facts over in no time (``take``); names are found and rows are written by whoever asks
next, or by a short-lived thread when much has gathered. Whoever shows events hears by ``observe`` when to ask again.
All other methods block: they are for worker threads.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import sqlite3
import threading
from array import array
from collections import deque
from typing import TYPE_CHECKING, Any, cast

from fcm.logs.channels import EventLogs
from fcm.logs.queries.sql import Condition, condition_of
from fcm.logs.records import first_rows
from fcm.model import events as ev
from fcm.workspace.events.event_log_file import COLUMNS, JOINED, Row, Sentences, connected, copied, packed, to_record
from fcm.workspace.events.event_log_file import EventLogError as EventLogError  # who reads events knows it by this room
from fcm.workspace.events.event_log_limits import Limits, LogLimit
from fcm.workspace.events.event_selection import ORDERS, Counts, narrowed
from fcm.workspace.events.event_selection import EventSelection as EventSelection
from fcm.workspace.events.event_selection import everything as everything
from fcm.workspace.events.fact_records import records_around

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from fcm.logs.records import EventRecord
    from fcm.model.state import State
    from fcm.model.telemetry import TelemetryRow

CHUNK = 2000
"""Records that are read or written at a time."""
MOST_TAKEN = 400
"""Facts that gather before they are written of themselves."""
MOST_HELD = 200_000
"""Machines in all the states that these facts hold, before the same: each has a table of its own of all machines."""
_ENDS = (ev.MigrationCompleted, ev.MigrationFailed, ev.MigrationCanceled, ev.MigrationInterrupted)

_log = logging.getLogger(__name__)


class EventLog:
    """Events of one cluster; safe to use from several threads."""

    def __init__(self, path: Path | None = None, like: Path | None = None) -> None:
        """Nothing is opened yet.

        Args:
            path: the file; None: in memory, gone when it is closed.
            like: a file that this user may only read; what is in memory begins with its events.
        """
        self.path = path
        self._like = like
        self.logs = EventLogs()
        self.limits = Limits()
        self.reset_at = 0.0
        """Events before this time (s, clock of the cluster) are not recent: Reset Recent Events."""
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._taken: deque[tuple[ev.Entry, State, State]] = deque()
        self._held = 0
        """Machines in the states of what was taken and is not written yet."""
        self._passes: dict[str, int] = {}
        self._sources: dict[tuple[Any, ...], int] = {}
        self._thread: threading.Thread | None = None
        self._catching_up: set[str] = set()
        self._closed = False
        self._switched = 0
        self._until: float | None = None
        self._observers: tuple[Callable[[], None], ...] = ()

    # The owner's side: quick

    def show_until(self, moment: float) -> None:
        """Show events up to a time only (s since the epoch), as if those after it had not happened yet: a replay."""
        before, self._until = self._until, moment
        if before is None or moment < before:
            self._switched += 1
        if before != moment:
            self._tell()

    def observe(self, told: Callable[[], None]) -> Callable[[], None]:
        """Call ``told``, in any thread, when there may be other events than before; returns what ends that.

        It must return at once: whoever hands events over waits for it.
        """
        self._observers = (*self._observers, told)

        def end() -> None:
            self._observers = tuple(one for one in self._observers if one is not told)

        return end

    def _tell(self) -> None:
        for told in self._observers:
            told()

    @property
    def generation(self) -> int:
        """Another number once events that were found may not be there any more, or others count."""
        return self.limits.removals + self._switched

    def take(self, entries: Iterable[ev.Entry], before: State, after: State) -> None:
        """These happened; the states around them name what they speak of."""
        is_new = False
        for entry in entries:
            event = entry.event
            if isinstance(event, ev.MigrationProgressed):
                if self._passes.get(event.migration) == event.row.pass_number:
                    continue
                self._passes[event.migration] = event.row.pass_number
            self._taken.append((entry, before, after))
            is_new = True
        if is_new:
            self._tell()
            self._held += len(after.machines)
        is_much = len(self._taken) >= MOST_TAKEN or self._held >= MOST_HELD
        if is_much and self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._write_of_itself, name="event log")
            self._thread.start()

    def known_passes(self, migration: str, number: int) -> None:
        """Telemetry up to this pass was read from the journal; its records are here."""
        self._passes[migration] = number

    # What is missing at a start

    def mark(self) -> tuple[int, float]:
        """Sequence number and time of the last journaled entry that is here; (0, 0.0) if there is none."""
        found = self._meta("mark")
        match json.loads(found) if found else None:
            case [int() as sequence, int() | float() as time]:
                return sequence, float(time)
            case _:
                return 0, 0.0

    def forget(self) -> None:
        """Remove all records; another history begins. Which logs are enabled stays."""
        with self._lock, self._sentences(), self.connection() as connection:
            connection.execute("DELETE FROM events")
            self.limits.forget_sizes()
            connection.execute("DELETE FROM meta WHERE key = 'mark'")
            self._switched += 1

    def catch_up(self, entry: ev.Entry, before: State, after: State, rows: Iterable[TelemetryRow] = ()) -> None:
        """An entry of the journal that is not here; ``rows`` are the telemetry of the migration that it ends."""
        if isinstance(entry.event, ev.MigrationRequested):
            self._catching_up.add(entry.event.migration.id)
        if isinstance(entry.event, _ENDS) and entry.event.migration in self._catching_up:
            passes = [ev.MigrationProgressed(entry.event.migration, row) for row in first_rows(rows)]
            self._taken.extend((ev.Entry(0, entry.time, one), before, after) for one in passes)
        self._taken.append((entry, before, after))
        if len(self._taken) >= CHUNK:
            self._write_if_possible()

    def wants_rows(self, entry: ev.Entry) -> str:
        """The migration whose telemetry ``catch_up`` needs with this entry; "" if it needs none."""
        event = entry.event
        return event.migration if isinstance(event, _ENDS) and event.migration in self._catching_up else ""

    # Writing

    def write(self) -> None:
        """Put everything that was taken into the file.

        Raises:
            EventLogError: it cannot be written; nothing is lost, the next call tries again.
        """
        with self._writing:
            self._held = 0
            while self._taken:
                batch = [self._taken.popleft() for _ in range(min(len(self._taken), CHUNK))]
                try:
                    self._insert(batch)
                except EventLogError:
                    self._taken.extendleft(reversed(batch))
                    raise

    def _write_if_possible(self) -> None:
        try:
            self.write()
        except EventLogError as error:
            if not self._closed:  # what is not written then is made up for at the next start
                _log.warning("%s", error)

    def _write_of_itself(self) -> None:
        self._write_if_possible()
        self._thread = None

    def _insert(self, batch: Sequence[tuple[ev.Entry, State, State]]) -> None:
        records = [record for entry, before, after in batch for record in records_around(entry, before, after)]
        marks = [(entry.sequence, entry.time) for entry, _, _ in batch if entry.sequence]
        self.append(records, marks[-1] if marks else None)

    def append(self, records: Sequence[EventRecord], mark: tuple[int, float] | None = None) -> None:
        """Write records in one transaction; they get the next numbers.

        Args:
            records: oldest first.
            mark: sequence number and time of the last journaled entry among them.

        Raises:
            EventLogError: nothing of it was written.
        """
        folder = None if self.path is None else self.path.parent
        with self._lock, self._sentences(), self.connection() as connection:
            try:
                self.limits.append(connection, records, lambda some: self._insert_rows(connection, some), folder)
            except BaseException:
                self.limits.forget_sizes()
                raise
            if mark is not None:
                connection.execute("INSERT OR REPLACE INTO meta VALUES ('mark', ?)", (json.dumps(mark),))

    def _insert_rows(self, connection: sqlite3.Connection, records: Sequence[EventRecord]) -> None:
        rows = [
            (r.time, self._source(connection, r), r.level, r.id, r.computer, r.fact, ",".join(r.nodes), r.text,
             packed(r))
            for r in records
        ]  # fmt: skip
        (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()
        first = max(last, self.limits.floor) + 1
        connection.executemany(
            "INSERT INTO events (id, time, source, level, event, computer, fact, nodes, text, data)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(number, *row) for number, row in enumerate(rows, first)],
        )

    def _source(self, connection: sqlite3.Connection, record: EventRecord) -> int:
        keywords = record.keywords - 2**64 if record.keywords >= 2**63 else record.keywords
        key = (record.channel, record.provider, record.guid, record.task, record.task_name, record.process,
               record.thread, keywords, record.user)  # fmt: skip
        found = self._sources.get(key)
        if found is None:
            insert = "INSERT INTO sources (channel, provider, guid, task, task_name, process, thread, keywords, user)"
            made = connection.execute(f"{insert} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", key).lastrowid
            found = self._sources[key] = made or 0
        return found

    def enable(self, channel: str, on: bool, now: float) -> None:
        """Enable or disable a log from ``now`` (s since the epoch) on; it stays so.

        Raises:
            KeyError: there is no such log.
            EventLogError: that cannot be written.
        """
        self.logs.enable(channel, on, now)
        self._set_meta("logs", json.dumps(self.logs.changed()))
        self._switch()

    def _switch(self) -> None:
        """Other events count from now on."""
        self._switched += 1
        self._tell()

    # Sizes and clearing

    def set_limit(self, channel: str, limit: LogLimit) -> None:
        """Set the size of a log and what happens once it is reached; what is too much goes at once.

        Raises:
            EventLogError: that cannot be written.
        """
        self.write()
        with self._lock, self._sentences(), self.connection() as connection:
            self.limits.of[channel] = limit
            self.limits.trim(connection, channel)
            self.limits.keep(connection)
        self._tell()

    def size(self, channel: str) -> int:
        """Bytes that the events of a log take.

        Raises:
            EventLogError: they cannot be read.
        """
        self.write()
        with self._lock, self._sentences():
            return self.limits.size(self.connection(), channel)

    def clear(self, channel: str, now: float) -> None:
        """Clear a log (now: s since the epoch, clock of the cluster); the journal and the state stay as they are.

        Raises:
            EventLogError: nothing was cleared.
        """
        self.write()
        with self._lock, self._sentences(), self.connection() as connection:
            self.limits.cleared[channel] = now
            self.limits.clear(connection, channel)
        self._tell()

    def reset_recent(self, now: float) -> None:
        """Reset Recent Events: what happened before ``now`` (s since the epoch) is not recent any more.

        Raises:
            EventLogError: that cannot be written.
        """
        self.reset_at = now
        self._set_meta("reset", json.dumps(now))
        self._switch()

    # Reading

    def open(self) -> None:
        """Open the file, make it if there is none or it is damaged.

        Raises:
            EventLogError: it cannot be opened or made.
        """
        with self._lock, self._sentences():
            self.connection()

    def find(self, selection: EventSelection) -> array[int]:
        """Numbers of the records that are looked for, in order; what was taken before is among them.

        Raises:
            EventLogError: they cannot be read.
        """
        self.write()
        asked, where = self._where(selection)
        direction = "DESC" if selection.descending else "ASC"
        column = selection.order if selection.order in ORDERS else "time"
        order = f"{column} {direction}, {'' if column == 'time' else f'time {direction}, '}id {direction}"
        sql = f"SELECT id {JOINED} WHERE {where.text or '1'} ORDER BY {order}"
        found = array("q")
        with self._lock, self._sentences():
            cursor = self.connection().execute(sql, where.values)
            while rows := cursor.fetchmany(CHUNK):
                found.extend([row[0] for row in rows])
        return found if asked.exact else self._of_them(found, selection)

    def counts(self, selection: EventSelection) -> Counts:
        """How many records ``find`` would find, without their numbers.

        Raises:
            EventLogError: they cannot be read.
        """
        self.write()
        asked, where = self._where(selection)
        if not asked.exact:
            where = Condition("id IN (SELECT value FROM json_each(?))", (json.dumps(list(self.find(selection))),))
        sql = f"SELECT level, count(*), min(time), max(id) {JOINED} WHERE {where.text or '1'} GROUP BY level"
        with self._lock, self._sentences():
            rows = self.connection().execute(sql, where.values).fetchall()
        oldest, last = min((row[2] for row in rows), default=math.inf), max((row[3] for row in rows), default=0)
        return Counts({row[0]: row[1] for row in rows}, oldest, last)

    def _where(self, selection: EventSelection) -> tuple[Condition, Condition]:
        """What the query alone selects, and that with everything else that is asked for."""
        self.open()  # the file says which logs are enabled
        asked = Condition() if selection.any_log else condition_of(selection.query, self.logs, selection.now)
        return asked, narrowed(asked, selection, self.reset_at, self._until)

    def _of_them(self, numbers: array[int], selection: EventSelection) -> array[int]:
        """Those of the records that the query really selects; the file is free for others meanwhile."""
        holds, keeps = selection.query.test(), self.logs.keeps
        sql = f"SELECT {', '.join(Row.COLUMNS)} {JOINED} WHERE id IN (SELECT value FROM json_each(?))"
        found = array("q")
        for start in range(0, len(numbers), CHUNK):
            some = numbers[start : start + CHUNK]
            with self._lock, self._sentences():
                rows = self.connection().execute(sql, (json.dumps(list(some)),)).fetchall()
            chosen = set()
            for values in rows:
                row = Row(values)
                # A row has everything that a query can ask for.
                if keeps(row.channel, row.time) and holds(cast("EventRecord", row), selection.now):
                    chosen.add(row.record_id)
            found.extend([number for number in some if number in chosen])
        return found

    def records(self, numbers: Sequence[int]) -> list[EventRecord]:
        """Records by their numbers, in the order of these.

        Raises:
            EventLogError: they cannot be read.
        """
        sql = f"SELECT {COLUMNS} {JOINED} WHERE id IN (SELECT value FROM json_each(?))"
        found: dict[int, EventRecord] = {}
        for start in range(0, len(numbers), CHUNK):
            with self._lock, self._sentences():
                rows = self.connection().execute(sql, (json.dumps(list(numbers[start : start + CHUNK])),)).fetchall()
            found |= {row[0]: to_record(row) for row in rows}
        return [found[number] for number in numbers if number in found]

    def select(self, selection: EventSelection) -> Iterator[EventRecord]:
        """The records that are looked for, read piece by piece.

        Raises:
            EventLogError: they cannot be read.
        """
        return self.stream(self.find(selection))

    def stream(self, numbers: Sequence[int]) -> Iterator[EventRecord]:
        """Records by their numbers, read piece by piece."""
        for start in range(0, len(numbers), CHUNK):
            yield from self.records(numbers[start : start + CHUNK])

    def marks(self, most: int) -> list[tuple[float, int]]:
        """Time (s since the epoch) and level of what is worse than information, oldest first, whatever is shown of it.

        Args:
            most: how many of the newest at most.

        Raises:
            EventLogError: they cannot be read.
        """
        self.write()
        sql = "SELECT time, level FROM events WHERE level BETWEEN 1 AND 3 ORDER BY time DESC LIMIT ?"
        with self._lock, self._sentences():
            found = self.connection().execute(sql, (most,)).fetchall()
        return [(time, level) for time, level in reversed(found)]

    def copy_to(self, path: Path) -> None:
        """Copy the file as it is now to a new one.

        Raises:
            EventLogError: it cannot be read, or the copy not written.
        """
        self.write()
        with self._lock, Sentences(path), contextlib.closing(sqlite3.connect(path)) as copy:
            self.connection().backup(copy)

    def last(self) -> int:
        """Number of the newest record in the file; 0 if there is none.

        Raises:
            EventLogError: it cannot be read.
        """
        until = math.inf if self._until is None else self._until
        sql = "SELECT max(id) FROM (SELECT id FROM events WHERE time <= ? ORDER BY time DESC, id DESC LIMIT 50)"
        with self._lock, self._sentences():
            (found,) = self.connection().execute(sql, (until,)).fetchone()
        return int(found or 0)

    def close(self) -> None:
        """Write what was taken and close the file; idempotent."""
        thread = self._thread
        if thread is not None:
            thread.join()
        if self.path is not None and self._connection is not None:
            self._write_if_possible()
        with self._lock:
            self._closed = True
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    # The file

    def _meta(self, key: str) -> str:
        with self._lock, self._sentences():
            found = self.connection().execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(found[0]) if found else ""

    def _set_meta(self, key: str, value: str) -> None:
        with self._lock, self._sentences(), self.connection() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def _sentences(self) -> Sentences:
        return Sentences(self.path)

    def connection(self) -> sqlite3.Connection:
        """The connection, made when it is first needed; the lock is held.

        Raises:
            EventLogError: the cluster was closed.
        """
        if self._connection is None:
            if self._closed:
                raise EventLogError("The cluster was closed. Open it again to read its events.")
            self._connection = connected(self.path) if self._like is None else copied(self._like)
            self._read_settings(self._connection)
        return self._connection

    def _read_settings(self, connection: sqlite3.Connection) -> None:
        meta = dict(connection.execute("SELECT key, value FROM meta"))
        self.logs.restore(json.loads(meta.get("logs", "{}")))
        self.limits.restore(meta.get("limits", ""))
        self.reset_at = max(self.reset_at, float(json.loads(meta.get("reset", "0"))))
        columns = "source, channel, provider, guid, task, task_name, process, thread, keywords, user"
        self._sources = {tuple(row[1:]): row[0] for row in connection.execute(f"SELECT {columns} FROM sources")}
