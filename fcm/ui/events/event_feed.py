"""Fills an event table from the event log of the open cluster; everything is read by worker threads, one at a time."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from fcm.logs.records import task_names
from fcm.ui.events.event_rows import Step, step
from fcm.ui.widgets.background import Outcome, Pace, Work

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.logs.records import EventRecord
    from fcm.ui.events.event_table import EventTable
    from fcm.workspace.events.event_log import EventLog, EventSelection

FIRST = 300
"""Records that come along with the numbers of all rows."""


@dataclass(frozen=True, slots=True)
class _Found:
    numbers: array[int]
    """The last row first."""
    records: list[EventRecord]
    last: int
    """Number of the last record that was looked at."""
    generation: int = -1
    """That of the event log before it was looked at; -1: it was not."""
    newest: float = -math.inf
    """Time of the first row, s since the epoch."""
    step: Step | None = None
    """How these rows come of those before; None: they are all shown anew."""


_NOTHING = _Found(array("q"), [], 0)


class EventFeed(QObject):
    """What an event table shows: a search, new events on top of it, and records where they are looked at."""

    shown = Signal()
    """The rows are those of the last search."""
    came = Signal(object)
    """So many new rows came in on top."""
    failed = Signal(object)
    """Events could not be read (sentence)."""

    def __init__(self, table: EventTable, parent: QObject) -> None:
        super().__init__(parent)
        self.table = table
        self.paused = False
        """True while new events are kept out."""
        self._events: EventLog | None = None
        self._selection: EventSelection | None = None
        self._next: EventSelection | None = None
        self._tail: EventSelection | None = None
        self._rows = False
        self._known = _NOTHING
        self._pace = Pace(self)
        self._pace.due.connect(self._go_on)
        self._work: Work | None = None
        self._wanted: list[tuple[list[int], Callable[[], None]]] = []
        table.records_wanted.connect(self._records_wanted, Qt.ConnectionType.QueuedConnection)
        table.rows_wanted.connect(self._rows_wanted, Qt.ConnectionType.QueuedConnection)

    @property
    def selection(self) -> EventSelection | None:
        """What the table shows or will show."""
        return self._next or self._selection

    @property
    def is_busy(self) -> bool:
        """Whether something is being read or will be."""
        return self._work is not None or self._tail is not None

    def seek(self, events: EventLog, selection: EventSelection) -> None:
        """Show what is looked for; a search that runs is superseded."""
        self._events, self._next, self._tail = events, selection, None
        self._go_on()

    def clear(self) -> None:
        """No cluster is open."""
        self._events = self._next = self._selection = self._tail = None
        self._rows = False
        self._known = _NOTHING
        self._wanted.clear()
        self.table.replace(array("q"), ())

    def look_again(self, now: float) -> None:
        """More may have happened, or less be there (now: s since the epoch, clock of the cluster)."""
        selection = self._next or self._selection
        if selection is None or self.paused:
            return
        if self._next is not None:
            self._next = replace(self._next, now=now)
        else:
            self._tail = replace(selection, now=now)
        self._go_on()

    def _rows_wanted(self) -> None:
        self._rows = True
        self._go_on()

    def _records_wanted(self, ids: list[str], then: Callable[[], None]) -> None:
        self._wanted.append(([int(identity) for identity in ids], then))
        self._go_on()

    def _go_on(self) -> None:
        """Begin the next piece of work, the most wanted first."""
        events = self._events
        if self._work is not None or events is None:
            return
        if self._next is not None:
            selection, self._next = self._next, None
            self._selection, self._rows = selection, False
            self._begin(lambda: _search(events, selection), self._searched)
        elif self._wanted:
            numbers, then = self._wanted.pop(0)
            self._begin(lambda: events.records(numbers), lambda outcome: self._read(outcome, len(numbers), then))
        elif self._rows:
            self._rows = False
            lacking = self.table.lacking()
            if lacking:
                self._begin(lambda: events.records(lacking), lambda outcome: self._read(outcome, len(lacking)))
            else:
                self.table.keep(())
                self._go_on()
        elif self._tail is not None and self._pace.is_due():
            tail, self._tail = self._tail, None
            known = replace(self._known, numbers=self.table.numbers)
            self._selection = tail
            self._begin(lambda: _look_again(events, tail, known), self._came, paced=True)

    def _begin(self, function: Callable[[], object], done: Callable[[Outcome], None], paced: bool = False) -> None:
        selection = self._selection
        if paced:
            self._pace.begin()

        def over(outcome: Outcome) -> None:
            self._work = None
            if paced:
                self._pace.end()
            if selection is self._selection and self._next is None and self._events is not None:
                if outcome.error is not None:
                    self._known = _NOTHING
                    self.failed.emit(str(outcome.error))
                else:
                    done(outcome)
            self._go_on()

        self._work = Work(self, function, over)

    def _searched(self, outcome: Outcome) -> None:
        found: _Found = outcome.result
        self._known = found
        self.table.replace(found.numbers, found.records)
        self.shown.emit()

    def _read(self, outcome: Outcome, asked: int, then: Callable[[], None] | None = None) -> None:
        if len(outcome.result) < asked and self._tail is None:
            self._tail = self._selection  # the log was cleared, or made room for new events
        self.table.keep(outcome.result)
        if then is not None:
            then()

    def _came(self, outcome: Outcome) -> None:
        found: _Found = outcome.result
        if found.step is None:
            self._searched(outcome)
            return
        self.table.take(found.step, found.records)
        self._known = found
        self.came.emit(len(found.step.on_top))


def _is_newest_first(selection: EventSelection) -> bool:
    return selection.order == "time" and selection.descending


def _search(events: EventLog, selection: EventSelection) -> _Found:
    """All rows, and the records of the first ones (worker thread)."""
    task_names()  # the dialogs need it later, and the window must not read files
    events.write()
    generation, last = events.generation, events.last()
    numbers = events.find(replace(selection, descending=not selection.descending))
    records = events.records(numbers[: -FIRST - 1 : -1])
    return _Found(numbers, records, max(last, max(numbers, default=0)), generation, _newest(records))


def _look_again(events: EventLog, selection: EventSelection, known: _Found) -> _Found:
    """What has become of the rows (worker thread)."""
    events.write()
    generation, last = events.generation, events.last()
    if _is_newest_first(selection) and generation == known.generation and not selection.follows_the_clock:
        numbers = array("q")
        if last > known.last:
            numbers = events.find(replace(selection, descending=False, after=known.last))
        records = events.records(numbers[: -FIRST - 1 : -1])
        oldest = min((one.time for one in (*records, *events.records(numbers[:1]))), default=math.inf)
        # A host whose clock is behind tells of what belongs below rows that are there.
        if oldest >= known.newest:
            looked_at = max(last, known.last, max(numbers, default=0))
            newest = max(known.newest, _newest(records))
            return _Found(known.numbers, records, looked_at, generation, newest, Step((), numbers))
    found = _search(events, selection)
    # Sorted by something else, new events may belong anywhere.
    return replace(found, step=step(known.numbers, found.numbers) if _is_newest_first(selection) else None)


def _newest(records: list[EventRecord]) -> float:
    return records[0].time if records else -math.inf
