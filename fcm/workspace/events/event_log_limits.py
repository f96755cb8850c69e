"""How large each log may become, what happens then, and when it was cleared.

As Windows has it (wevtutil sl /ms /rt /ab): at its largest size a log overwrites its oldest events; with retention it
takes no more events; with retention and automatic backup it is written to an archive file and begins anew. Here a log
has no largest size until it is set, so that nothing of a cluster's history goes by itself.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.logs.channels import channel_named
from fcm.logs.evtx import write_evtx
from fcm.model.moments import in_utc
from fcm.workspace.events.event_log_file import COLUMNS, JOINED, packed, to_record
from fcm.workspace.files.whole_file import whole_file

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from fcm.logs.records import EventRecord

SMALLEST = 1024 * 1024
"""bytes of the smallest size that can be set (wevtutil)."""
LARGEST = 2**40
STEP = 64 * 1024
"""Sizes are multiples of that many bytes (wevtutil)."""
RECORD = 160
"""bytes that a record takes beside its texts, which count two bytes a character as in EVTX."""
_SIZE = f"(2 * (length(text) + length(data)) + {RECORD})"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LogLimit:
    """The size of a log and what happens once it is reached."""

    size: int | None = None
    """bytes of the log as a file; None: it keeps everything."""
    retention: bool = False
    """True: what is there stays and what comes is not taken."""
    backup: bool = False
    """True, with retention: the full log goes to an archive file and begins anew."""

    @property
    def room(self) -> int | None:
        """Bytes that its events may take, so that the file with its header stays within the size."""
        return None if self.size is None else self.size - STEP


def rounded(size: int) -> int:
    """A size as a log can have it: a multiple of STEP, not below SMALLEST."""
    return max(SMALLEST, -(-size // STEP) * STEP)


def file_size(events: int) -> int:
    """Bytes of a log as a file whose events take so many bytes: a header and whole chunks, one at least."""
    return 4096 + max(1, -(-events // STEP)) * STEP


class Limits:
    """Limits and clearings of the logs of one event log."""

    def __init__(self) -> None:
        self.of: dict[str, LogLimit] = {}
        """By the name of the log; one without a limit is missing."""
        self.cleared: dict[str, float] = {}
        """When each log was last cleared, s since the epoch, clock of the cluster."""
        self.floor = 0
        """Highest number of a record that was removed: numbers are not given twice."""
        self.removals = 0
        """How often records were removed since the log was opened."""
        self._sizes: dict[str, int] = {}

    def limit(self, channel: str) -> LogLimit:
        """The limit of a log."""
        return self.of.get(channel, LogLimit())

    def as_text(self) -> str:
        """Everything, for the file."""
        limits = {name: [one.size, one.retention, one.backup] for name, one in self.of.items()}
        return json.dumps({"limits": limits, "cleared": self.cleared, "floor": self.floor})

    def restore(self, text: str) -> None:
        """Take what ``as_text`` gave; what is no such thing is left out."""
        found = json.loads(text or "{}")
        if not isinstance(found, dict):
            return
        for name, value in _items(found.get("limits")):
            match value:
                case [None | int() as size, bool() as retention, bool() as backup]:
                    self.of[name] = LogLimit(size, retention, backup)
        self.floor = found["floor"] if isinstance(found.get("floor"), int) else 0
        for name, value in _items(found.get("cleared")):
            if isinstance(value, int | float):
                self.cleared[name] = float(value)

    def size(self, connection: sqlite3.Connection, channel: str) -> int:
        """Bytes that the events of a log take."""
        if channel not in self._sizes:
            sql = f"SELECT coalesce(sum({_SIZE}), 0) {JOINED} WHERE channel = ?"
            (self._sizes[channel],) = connection.execute(sql, (channel,)).fetchone()
        return self._sizes[channel]

    def forget_sizes(self) -> None:
        """Rows were removed, or a change of the file was taken back."""
        self._sizes.clear()

    def append(
        self,
        connection: sqlite3.Connection,
        records: Sequence[EventRecord],
        insert: Callable[[Sequence[EventRecord]], None],
        folder: Path | None,
    ) -> None:
        """Take records as far as the limits let them in, and make room where they say so.

        Args:
            connection: in a transaction.
            records: oldest first.
            insert: writes rows.
            folder: for archive files; None: there is none, and a full log stays full.
        """
        waiting: list[EventRecord] = []
        touched: set[str] = set()
        for record in records:
            if record.time < self.cleared.get(record.channel, record.time):
                continue  # of before the clearing; the log is being made anew
            limit = self.limit(record.channel)
            if limit.room is not None:
                size = 2 * (len(record.text) + len(packed(record))) + RECORD
                full = self.size(connection, record.channel) + size > limit.room
                if full and limit.retention:
                    if not limit.backup or folder is None:
                        continue
                    insert(waiting)
                    waiting = []
                    self._archive(connection, record.channel, folder, record.time)
                self._sizes[record.channel] = self.size(connection, record.channel) + size
                touched.add(record.channel)
            waiting.append(record)
        insert(waiting)
        for channel in touched:
            self.trim(connection, channel)

    def trim(self, connection: sqlite3.Connection, channel: str) -> None:
        """Remove the oldest events of a log that is too large and does not retain them."""
        limit = self.limit(channel)
        if limit.room is None or limit.retention or self.size(connection, channel) <= limit.room:
            return
        over = self.size(connection, channel) - limit.room
        gone: list[tuple[int]] = []
        for number, size in connection.execute(
            f"SELECT id, {_SIZE} {JOINED} WHERE channel = ? ORDER BY id", (channel,)
        ):
            if over <= 0:
                break
            gone.append((number,))
            over -= size
            self._sizes[channel] -= size
        connection.executemany("DELETE FROM events WHERE id = ?", gone)
        self.removals += bool(gone)

    def clear(self, connection: sqlite3.Connection, channel: str) -> None:
        """Remove all events of a log."""
        (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()
        self.floor = max(self.floor, last)
        connection.execute(
            "DELETE FROM events WHERE source IN (SELECT source FROM sources WHERE channel = ?)", (channel,)
        )
        self._sizes[channel] = 0
        self.removals += 1
        self.keep(connection)

    def keep(self, connection: sqlite3.Connection) -> None:
        """Write limits and clearings into the file."""
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('limits', ?)", (self.as_text(),))

    def _archive(self, connection: sqlite3.Connection, channel: str, folder: Path, time: float) -> None:
        """Write a log to an archive file and clear it; where that fails it goes on growing, and nothing is lost."""
        stamp = in_utc(time).strftime("%Y-%m-%d-%H-%M-%S-%f")[:-3]
        base = f"Archive-{channel}-{stamp}"
        path = next(one for number in range(10**6)
                    if not (one := folder / f"{base}{f'-{number}' if number else ''}.evtx").exists())  # fmt: skip
        rows = connection.execute(f"SELECT {COLUMNS} {JOINED} WHERE channel = ? ORDER BY id", (channel,))
        try:
            with whole_file(path) as file:
                write_evtx(file, map(to_record, rows))
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            _log.warning("The log %s is full and was not archived to %s: %s. It keeps growing.", channel, path, why)
            return
        self.clear(connection, channel)


def _items(value: object) -> list[tuple[str, object]]:
    known = value.items() if isinstance(value, dict) else ()
    return [(name, one) for name, one in known if isinstance(name, str) and channel_named(name) is not None]
