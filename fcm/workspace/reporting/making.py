"""Reports of a cluster that is open, or of its journal: what can be reported, and the pages."""

from __future__ import annotations

import contextlib
from calendar import monthrange
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fcm.mistakes import SentenceError, WrongInputError
from fcm.model.moments import date_time
from fcm.model.rules.names import safe_file_name
from fcm.text.words import quoted
from fcm.workspace.files.whole_file import write_whole
from fcm.workspace.history import History
from fcm.workspace.replay.opening import open_past
from fcm.workspace.reporting.availability import AvailabilityCount
from fcm.workspace.reporting.reports import (
    SentReport,
    availability_report,
    drain_report,
    failover_report,
    migration_report,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fcm.model import events as ev
    from fcm.model.failures import Failover
    from fcm.model.migrations import Drain, Migration
    from fcm.model.state import State
    from fcm.workspace.files.journal import Journal

DAY = 86400.0


class ReportError(SentenceError):
    """There is nothing to report, or the report cannot be written; the message says why."""


class UnknownThingError(ReportError, WrongInputError):
    """A report is to be about something that the history does not have; the message says so."""


def month(text: str) -> tuple[float, float]:
    """The begin and the end of a month (s since the epoch, UTC), such as 2026-11.

    Raises:
        UnknownThingError: it is no month.
    """
    try:
        begin = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
    except ValueError as error:
        raise UnknownThingError(f"{quoted(text)} is not a month. Write it as in 2026-11.") from error
    _, days = monthrange(begin.year, begin.month)
    return begin.timestamp(), begin.timestamp() + days * DAY


def last_drain(state: State, node: str) -> Drain | None:
    """The newest drain of a node."""
    return next((one for one in reversed(list(state.drains.values())) if one.node == node), None)


def last_move(state: State, machine: str) -> Migration | None:
    """The newest move of a machine that is over."""
    found = [one for one in state.migrations.values() if one.machine == machine and one.phase.is_over]
    return found[-1] if found else None


def last_failover(state: State, group: str) -> Failover | None:
    """The newest failover of a group."""
    return next((one for one in reversed(list(state.failovers.values())) if one.group == group), None)


def _read(part: str, make: Callable[[Journal, State, bool], SentReport]) -> SentReport:
    past = open_past(part)
    with contextlib.closing(past.journal):
        return make(past.journal, past.journal.follow(), past.simulated)


def report_of_time(part: str, begin: float, end: float) -> SentReport:
    """Availability in a time; blocks while the journal is read.

    Args:
        part: the URI of a cluster, or the path of an incident file or a journal.
        begin: s since the epoch; so is end.
        end: what is later is left out.

    Raises:
        BackendError, JournalError: there is no history, or it cannot be read.
        ReportError: it has nothing of that time.
    """
    past = open_past(part)
    with contextlib.closing(past.journal) as journal:
        first: list[float] = []
        count = AvailabilityCount(begin, end)

        def visit(entry: ev.Entry, before: State, after: State) -> None:
            if not first:
                first.append(entry.time)
                count.begin_at(max(begin, entry.time))
            count.take(entry, before, after)

        state = journal.follow(visit, 0)
        if not first or first[0] > end or state.time < begin:
            known = f"It reaches from {date_time(first[0])} to {date_time(state.time)}." if first else "It is empty."
            raise ReportError(f"The history of {past.title} has nothing of that time. {known}")
        gap = History(state, journal, simulated=past.simulated).gap(date_time)
        return availability_report(count.result(state.time), state, past.simulated, gap)


def report_of_migration(part: str, migration: str) -> SentReport:
    """A migration by its id; blocks. Raises as ``report_of_time``."""

    def make(journal: Journal, state: State, simulated: bool) -> SentReport:
        kept = History(state, journal, simulated=simulated).migrations()
        found = next((one for one in kept if one.id == migration), None)
        if found is None:
            raise UnknownThingError(f"There is no migration {quoted(migration)} that has ended.")
        return migration_report(found, journal.telemetry([migration]).get(migration, ()), state, simulated)

    return _read(part, make)


def report_of_drain(part: str, node: str) -> SentReport:
    """The newest drain of a node; blocks. Raises as ``report_of_time``."""

    def make(_: Journal, state: State, simulated: bool) -> SentReport:
        found = last_drain(state, node)
        if found is None:
            raise UnknownThingError(f"{quoted(node)} was never drained.")
        return drain_report(found, state, simulated)

    return _read(part, make)


def report_of_failover(part: str, group: str) -> SentReport:
    """The newest failover of a group, by its id; blocks. Raises as ``report_of_time``."""

    def make(_: Journal, state: State, simulated: bool) -> SentReport:
        found = last_failover(state, group)
        if found is None:
            raise UnknownThingError(f"{quoted(group)} never failed over.")
        return failover_report(found, state, simulated)

    return _read(part, make)


def save(report: SentReport, path: Path) -> tuple[Path, Path]:
    """Write the page, and the CSV beside it; blocks.

    Raises:
        ReportError: one of them cannot be written.
    """
    table = path.with_suffix(".csv")
    try:
        write_whole(path, report.page())
        write_whole(table, report.csv)
    except OSError as error:
        raise ReportError(
            f"The report {path} cannot be written: {error.strerror or error}. Choose another folder or free some space."
        ) from error
    return path, table


def file_name(report: SentReport) -> str:
    """A name for its file."""
    return f"{safe_file_name(report.title, 'report')}.html"
