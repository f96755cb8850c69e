"""An event log file that is looked at beside the logs of the cluster: Open Saved Log."""

from __future__ import annotations

import json
import weakref
import zlib
from array import array
from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.logs.event_xml import event_xml
from fcm.logs.evtx_reader import EventFile, record_of
from fcm.logs.queries.query import FILE, Query
from fcm.logs.queries.xpath import Path as Location
from fcm.workspace.events.event_log import CHUNK, EventLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from fcm.logs.records import EventRecord
    from fcm.workspace.events.event_log import EventSelection

MOST_RECORDS = 500_000
"""Events of a file that the window shows; wevtutil reads more."""


class ReadingStoppedError(Exception):
    """The user ended the reading."""


class SavedLog(EventLog):
    """The events of a file, numbered from 1 in its order; queries ask them whatever log they name.

    Each is kept as the XML that the file has, so that a query sees every part of it.
    """

    def __init__(self, path: Path, go_on: Callable[[int], bool] = lambda count: True) -> None:
        """Read a file; blocks.

        Args:
            path: the file.
            go_on: told the number of events now and then; False ends the reading.

        Raises:
            TextFileError: it cannot be read or is no event log (sentence).
            ReadingStoppedError: ``go_on`` said so.
        """
        super().__init__(None)
        self.file = path
        self.count = 0
        self.warnings: list[str] = []
        """What is missing, in sentences."""
        try:
            self._fill(path, go_on)
        except BaseException:
            self.close()
            raise

    def _fill(self, path: Path, go_on: Callable[[int], bool]) -> None:
        source = EventFile(path)
        is_cut = False
        with self.connection() as connection:
            connection.execute("CREATE TABLE whole (id INTEGER PRIMARY KEY, xml BLOB NOT NULL)")
        # A page that shows it may end with its window; Python 3.13 warns of a connection that nobody closed.
        weakref.finalize(self, connection.close)
        batch: list[EventRecord] = []
        for record in source.records():
            if self.count + len(batch) >= MOST_RECORDS:
                is_cut = True
                break
            batch.append(record)
            if len(batch) == CHUNK:
                self._keep(batch)
                batch = []
                if not go_on(self.count):
                    raise ReadingStoppedError
        self._keep(batch)
        cut = f"{path}: the first {MOST_RECORDS:,} events are shown. wevtutil qe FILE /lf:true reads all."
        self.warnings = [*source.warnings(), *([cut] if is_cut else [])]

    def _keep(self, records: Sequence[EventRecord]) -> None:
        self.append(records)
        rows = [
            (number, zlib.compress(event_xml(record).encode("utf-8", "replace"), 1))
            for number, record in enumerate(records, self.count + 1)
        ]
        with self._lock, self._sentences(), self.connection() as connection:
            connection.executemany("INSERT INTO whole VALUES (?, ?)", rows)
        self.count += len(records)

    def find(self, selection: EventSelection) -> array[int]:
        """Numbers of the events that are looked for, in order; the logs that the query names do not matter.

        Raises:
            EventLogError: they cannot be read.
        """
        rough = super().find(replace(selection, any_log=True))
        if _takes_all(selection.query):
            return rough
        test = _of_any_log(selection.query).test(_ANY_FILE)
        numbers = (one.record_id for one in self.stream(rough) if test(one, selection.now))
        return array("q", numbers)

    def records(self, numbers: Sequence[int]) -> list[EventRecord]:
        """Events by their numbers, in the order of these.

        Raises:
            EventLogError: they cannot be read.
        """
        found: dict[int, EventRecord] = {}
        for start in range(0, len(numbers), CHUNK):
            some = list(numbers[start : start + CHUNK])
            with self._lock, self._sentences():
                rows = self._rows(some)
            for number, xml in rows:
                record = record_of(zlib.decompress(xml).decode())
                if record is not None:
                    found[number] = replace(record, record_id=number)
        return [found[number] for number in numbers if number in found]

    def _rows(self, numbers: list[int]) -> list[tuple[int, bytes]]:
        sql = "SELECT id, xml FROM whole WHERE id IN (SELECT value FROM json_each(?))"
        return self.connection().execute(sql, (json.dumps(numbers),)).fetchall()


_ANY_FILE = "*"


def _selections(query: Query) -> Iterator[tuple[bool, bool]]:
    for one in query.selects:
        plain = isinstance(one.tree, Location) and len(one.tree.steps) == 1 and not one.tree.steps[0].predicates
        yield plain, one.suppresses


def _takes_all(query: Query) -> bool:
    """Whether a query asks for nothing in particular."""
    return all(plain and not suppresses for plain, suppresses in _selections(query))


def _of_any_log(query: Query) -> Query:
    """The query with every selection on the file."""
    parts = tuple(
        replace(part, selects=tuple(replace(one, channel=FILE + _ANY_FILE) for one in part.selects))
        for part in query.parts
    )
    return Query(parts)
