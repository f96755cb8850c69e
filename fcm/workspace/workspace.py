"""One open cluster and the owner of its state.

Backends post from their own threads; everything is written to the journal first, then put into the mailbox; the
owner's thread (the window's, or a test's) drains it through the reducer and tells the views what changed.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.base import Clock as Clock
from fcm.backend.base import Console as Console
from fcm.backend.base import ConsoleError as ConsoleError
from fcm.backend.base import HasNodeLogs
from fcm.backend.base import MeasureError as MeasureError  # the window and the shell know these by this room
from fcm.backend.base import NodeCommand as NodeCommand
from fcm.backend.base import NodeLogError as NodeLogError
from fcm.backend.base import Operation as Operation
from fcm.backend.base import RehearseError as RehearseError
from fcm.backend.registry import is_simulated
from fcm.backend.replay import Moment
from fcm.backend.replay import Replay as Replay
from fcm.model import events as ev
from fcm.model.entries import refusal
from fcm.model.rules.allowed import allowed
from fcm.model.state import Change, State, apply
from fcm.model.structures.tables import one_turn
from fcm.workspace import collecting
from fcm.workspace.events.event_log import EventLog, EventLogError
from fcm.workspace.files.journal_file import JournalError
from fcm.workspace.files.journal_rows import LATEST
from fcm.workspace.mailbox import Mailbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from fcm.backend.base import Backend, Capabilities, RehearsalEnd, Rehearsed
    from fcm.migration.forecast.outlook import Outlook
    from fcm.migration.judging.fitting import DirtySample
    from fcm.model.commands import Command
    from fcm.model.rules.verdict import Verdict
    from fcm.model.telemetry import TelemetryRow
    from fcm.workspace.files.journal import Journal
    from fcm.workspace.files.journal_file import ReadOnlyJournalError
    from fcm.workspace.forecasts import Forecasts
    from fcm.workspace.history import History
    from fcm.workspace.replay.past import JournalPast

LARGE = 500
"""Machines of a cluster whose objects Python need not search for circles."""
LONG_PAST = 5000
"""Events of a replay whose kept states are as many objects: a search was the slowest way to a moment (0.4 s)."""
LONGEST, KEPT = 200_000, 50_000
"""Events of a journal from which on its older part is split off when it is opened, and how many stay."""
REOPENED = 100
"""Migrations whose telemetry is read when a cluster is opened; so many and up to twice as many stay in memory."""
ROWS_EVERY = 0.5
"""s between writes of telemetry; events that change the state are never held back."""

_log = logging.getLogger(__name__)
_open: weakref.WeakValueDictionary[Path, Workspace] = weakref.WeakValueDictionary()
"""Open clusters of this program by their journal, which nobody else can read meanwhile."""


def open_with(journal: Path) -> Workspace | None:
    """The open cluster of this program that keeps its history in a file; None if none does."""
    return _open.get(journal)


class Workspace:
    """One open cluster: its state, its telemetry, its commands.

    All methods but ``post``, ``finished``, ``measure_writes`` and ``rehearse`` belong to the owner's thread.
    """

    def __init__(
        self,
        backend: Backend,
        journal: Journal | None = None,
        wake: Callable[[], None] | None = None,
        past: JournalPast | None = None,
    ) -> None:
        """Nothing is opened yet.

        Args:
            backend: what carries out commands.
            journal: where what happens is kept; None: nowhere.
            wake: called from any thread when ``drain`` has work.
            past: of a replay: gets the entries of the journal, of which nothing is written any more.
        """
        self.backend = backend
        self.state = State()
        self._past = past
        log = None if journal is None else journal.path.with_suffix(".events")
        is_own = journal is None or journal.read_only is None or past is not None
        self.events = EventLog(log) if is_own else EventLog(like=log)
        """All events since the beginning, of a replay up to its moment; not for the thread of a window."""
        self._journal = journal
        self._wake = wake or (lambda: None)
        self._mailbox: Mailbox[ev.Entry | Operation | Moment] = Mailbox(lambda: self._wake())
        self._listeners: list[Callable[[Change, Sequence[ev.Entry]], None]] = []
        self._commands: list[Callable[[Command], None]] = []
        self._telemetry: dict[str, list[TelemetryRow]] = {}
        self._forecasts: Forecasts | None = None
        self.measured: dict[str, tuple[float, tuple[DirtySample, ...]]] = {}
        """Machine -> when it was measured last in this session (s since the epoch), and what was found."""
        self.hides_failures = False
        """Whether simulated failures are for whoever uses it to find (drills)."""
        self._shown: tuple[State, State] | None = None
        self._unkept: list[ev.Entry] = []
        """Without a journal: what the history of migrations needs to know of their time."""
        self._held: list[ev.Entry] = []
        self._held_since = 0.0
        self._writing = threading.Lock()
        self._closed = False
        self._is_kept = False
        if journal is not None:
            _open[journal.path] = self

    # Life

    def open(self, told: Callable[[int, int], None] | None = None) -> None:
        """Replay the journal and start the backend. May block; call it before the views exist.

        Args:
            told: hears how many events of how many have been read.

        Raises:
            JournalError: the journal cannot be read.
            BackendError: the backend cannot start.
        """
        with collecting.paused():
            if self._journal is not None:
                self.state = self._replay(self._journal, told)
                self._telemetry = self._journal.telemetry(list(self.state.migrations)[-REOPENED:])
                for migration, rows in self._telemetry.items():
                    self.events.known_passes(migration, rows[-1].pass_number)
            self.backend.start(self, replace(self.state, time=self._last_moment()))
            if self._past is not None:
                self.events.show_until(self.now())
            self.drain(budget=1.0)
        is_large = len(self.state.machines) >= LARGE or (self._past is not None and self._past.length >= LONG_PAST)
        if is_large and not self._is_kept:
            self._is_kept = True
            collecting.keep()
            collecting.give_back()

    def _last_moment(self) -> float:
        """From when on a virtual clock goes on: time also passes after the last event, which telemetry shows too."""
        time = self.state.time
        if self._journal is None or self._past is not None or self.backend.clock is None:
            return time
        migrations = ((self.state.migrations[one], rows) for one, rows in self._telemetry.items())
        seen = (one.started + rows[-1].time for one, rows in migrations if one.started and not one.phase.is_over)
        return max(time, self._journal.moment, min(max(seen, default=0.0), LATEST))

    def _replay(self, journal: Journal, told: Callable[[int, int], None] | None) -> State:
        """Replay the journal; the event log gets what it has not. Of a long journal the older part is split off."""
        events = self.events
        last: int | None = None
        try:
            last, time = events.mark()
            if last and not journal.has(last, time):
                events.forget()
                last = 0
        except EventLogError as error:
            _log.warning("%s", error)
        is_long = journal.read_only is None and self._past is None and journal.length > LONGEST
        end = journal.end - KEPT if is_long else 0
        ending: list[State] = []
        past = self._past

        def visit(entry: ev.Entry, before: State, after: State) -> None:
            if past is not None:
                past.take(before, after)
            if last is not None and entry.sequence > last:
                ended = events.wants_rows(entry)
                events.catch_up(entry, before, after, journal.telemetry([ended]).get(ended, ()) if ended else ())
            if entry.sequence == end:
                ending.append(after)

        state = journal.follow(visit, last if past is None else 0, told)
        if past is not None:
            past.begin_with(state)
        for older in ending:
            try:
                journal.split_off(older)
            except JournalError as error:
                _log.warning("the journal stays in one piece: %s", error)
        return state

    def set_wake(self, wake: Callable[[], None]) -> None:
        """Who is woken when there is something to drain; wakes at once if there is already."""
        self._wake = wake
        if len(self._mailbox):
            wake()

    def close(self) -> None:
        """End the backend, write what is held back, close the journal; idempotent."""
        if self._closed:
            return
        self._closed = True
        if self._is_kept:
            collecting.forget()
        is_virtual = self._past is None and self.backend.clock is not None and self.read_only is None
        moment = self.now() if is_virtual and self.state.cluster is not None else 0.0
        self.backend.close()
        self.events.close()
        if self._journal is not None:
            _open.pop(self._journal.path, None)
            with self._writing:
                held, self._held = self._held, []
            try:
                self._journal.append(held, moment if moment > self._journal.moment else None)
            finally:
                self._journal.close()

    def copy_history(self, journal: Path) -> None:
        """Copy journal and event log, as they are now, to a new journal and what belongs beside it. Blocks; any thread.

        Raises:
            JournalError: nothing is kept, or the copy cannot be written.
            EventLogError: neither can the event log.
        """
        if self._journal is None:
            raise JournalError(f"The history of {self.uri} is not kept. Open the cluster with a journal.")
        self._journal.copy_to(journal)
        self.events.copy_to(journal.with_suffix(".events"))

    # The backend's side (any thread)

    def post(self, entries: Sequence[ev.Entry]) -> None:
        """Journal first, then tell; see fcm.backend.base.Sink."""
        if self._journal is not None and self._past is None:
            self._write(entries)
        self._mailbox.put(entries)

    def _write(self, entries: Sequence[ev.Entry]) -> None:
        assert self._journal is not None
        now = time.monotonic()
        with self._writing:
            batch = [*self._held, *entries]
            if not self._held:
                self._held_since = now
            if all(entry.event.transient for entry in batch) and now - self._held_since < ROWS_EVERY:
                self._held = batch
                return
            self._journal.append(batch)
            self._held = []

    def show(self, moment: Moment) -> None:
        """A replay is at another moment; see fcm.backend.replay.MomentSink."""
        self._mailbox.put([moment])

    def finished(self, operation: Operation) -> None:
        """An operation is over; its submitter is told after everything that it caused."""
        self._mailbox.put([operation])

    # The owner's side

    @property
    def capabilities(self) -> Capabilities:
        """What the backend can do."""
        return self.backend.capabilities()

    @property
    def clock(self) -> Clock | None:
        """The virtual clock of an embedded cluster."""
        return self.backend.clock

    def silence(self, node: str) -> float | None:
        """Seconds since the node last answered, see fcm.backend.base.Backend; thread-safe, returns at once."""
        return self.backend.silence(node)

    @property
    def read_only(self) -> ReadOnlyJournalError | None:
        """Why the cluster can only be looked at; None if it runs."""
        return None if self._journal is None else self._journal.read_only

    @property
    def journal_file(self) -> Path | None:
        """Where what happens is kept; None: nowhere."""
        return None if self._journal is None else self._journal.path

    @property
    def shown(self) -> State:
        """The state as a window shows it: without the simulated failures where they are for the user to find."""
        if not self.hides_failures or not self.state.faults:
            return self.state
        if self._shown is None or self._shown[0] is not self.state:
            self._shown = (self.state, replace(self.state, faults={}))
        return self._shown[1]

    @property
    def uri(self) -> str:
        """What the cluster was opened by."""
        return self.backend.uri

    @property
    def simulated(self) -> bool:
        """Whether the figures of this cluster are computed by the migration engine instead of measured on hosts."""
        return self.backend.simulated if isinstance(self.backend, Replay) else is_simulated(self.uri)

    @property
    def replay(self) -> Replay | None:
        """The replay that is shown; None of a cluster of today."""
        return self.backend if isinstance(self.backend, Replay) else None

    def allowed(self, command: Command) -> Verdict:
        """Whether a command would be accepted now, by what is known here."""
        verdict = self.capabilities.verdict(command)
        return allowed(command, self.state) if verdict else verdict

    def submit(self, command: Command, on_finished: Callable[[Operation], None] | None = None) -> Operation:
        """Hand a command to the backend. ``on_finished`` is called in ``drain`` once it is over or refused."""
        operation = Operation(command, on_finished)
        for observer in self._commands:
            observer(command)
        verdict = self.allowed(command)
        if verdict:
            self.backend.submit(operation)
        else:
            operation.finish(verdict)
            self._mailbox.put([ev.Entry(0, self.now(), refusal(command, verdict)), operation])
        return operation

    def now(self) -> float:
        """Seconds since the epoch on the cluster's clock."""
        clock = self.clock
        return time.time() if clock is None else clock.now()

    def drain(self, budget: float = 0.008) -> Change:
        """Apply what was posted, at most about ``budget`` s of it; tell the listeners once."""
        change = Change()
        before = self.state
        entries: list[ev.Entry] = []
        done: list[Operation] = []
        touched: set[tuple[object, str]] = set()
        structural = False
        with one_turn():
            after = before
            for item in self._mailbox.drain(budget):
                if isinstance(item, Operation):
                    done.append(item)
                    continue
                if isinstance(item, Moment):
                    after, structural, entries = self._moved_to(item), True, []
                    continue
                try:
                    after, one = apply(after, item)
                except BaseException:
                    self.state = after
                    raise
                touched |= one.touched
                structural = structural or one.structural
                entries.append(item)
                if isinstance(item.event, ev.MigrationProgressed):
                    self._telemetry.setdefault(item.event.migration, []).append(item.event.row)
                elif self._journal is None and isinstance(item.event, ev.AROUND_MIGRATIONS):
                    self._unkept.append(item)
        self.state = after
        if entries or structural:
            self._tell_events(entries, before)
            change = Change(frozenset(touched), structural)  # type: ignore[arg-type]
            for listener in tuple(self._listeners):
                listener(change, entries)
            self._forget_rows()
        for operation in done:
            operation.deliver()
        return change

    def _moved_to(self, moment: Moment) -> State:
        """Everything that is known of migrations is that of another moment."""
        self._telemetry = {migration: list(rows) for migration, rows in moment.rows.items()}
        if self._forecasts is not None:
            self._forecasts.forget_all()
        return moment.state

    def _tell_events(self, entries: Sequence[ev.Entry], before: State) -> None:
        """What happened goes to the event log; that of a replay has everything and shows it up to its moment."""
        if self._past is None:
            self.events.take(entries, before, self.state)
        else:
            self.events.show_until(self.now())

    def _forget_rows(self) -> None:
        """Telemetry of all but the newest migrations that have ended is in the journal alone, as after a start."""
        if self._journal is None or len(self._telemetry) <= 2 * REOPENED:
            return
        for migration in list(self._telemetry)[:-REOPENED]:
            one = self.state.migrations.get(migration)
            if one is None or one.phase.is_over:
                del self._telemetry[migration]
                if self._forecasts is not None:
                    self._forecasts.forget(migration)

    def subscribe(self, listener: Callable[[Change, Sequence[ev.Entry]], None]) -> Callable[[], None]:
        """Call ``listener`` after each drain that applied something; returns what ends the subscription."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def observe_commands(self, observer: Callable[[Command], None]) -> Callable[[], None]:
        """Call ``observer`` with every submitted command (the console shows it as PowerShell)."""
        self._commands.append(observer)
        return lambda: self._commands.remove(observer) if observer in self._commands else None

    def measure_writes(
        self, machine: str, told: Callable[[DirtySample], None], wanted: Callable[[], bool]
    ) -> tuple[DirtySample, ...]:
        """How much memory a machine writes, see fcm.backend.base.Backend; blocks, to be called in a worker thread."""
        return self.backend.measure_writes(machine, told, wanted)

    def console(self, machine: str) -> Console:
        """Where the console of a machine is, see fcm.backend.base.Backend; blocks, to be called in a worker thread."""
        return self.backend.console(machine)

    def rehearse(
        self, commands: Sequence[Command], seen: Callable[[Rehearsed], None], wanted: Callable[[], bool]
    ) -> RehearsalEnd:
        """What commands would bring, see fcm.backend.base.Backend; blocks, to be called in a worker thread."""
        return self.backend.rehearse(commands, seen, wanted)

    def node_log(self, node: str, since: float | None = None) -> Sequence[str] | None:
        """Lines that a real node logged itself, see ``backend.base.HasNodeLogs``; None: nodes here have no logs.

        Blocks, to be called in a worker thread.

        Raises:
            NodeLogError: the node does not answer.
        """
        return self.backend.node_log(node, since) if isinstance(self.backend, HasNodeLogs) else None

    def node_commands(self) -> Sequence[NodeCommand]:
        """What was run on the nodes for commands, oldest first; nothing where there are no real nodes."""
        return self.backend.node_commands() if isinstance(self.backend, HasNodeLogs) else ()

    def rows(self, migration: str) -> Sequence[TelemetryRow]:
        """Telemetry of a migration so far, oldest first; empty if there is none. Do not change it."""
        return self._telemetry.get(migration, ())

    def history(self) -> History:
        """The past migrations. This is cheap; what it returns reads the journal and belongs in a worker thread."""
        from fcm.workspace.history import History  # numpy is not needed before

        return History(self.state, self._journal, tuple(self._unkept), self._telemetry, self.simulated)

    @property
    def telemetry(self) -> Mapping[str, Sequence[TelemetryRow]]:
        """Telemetry by migration."""
        return self._telemetry

    @property
    def forecasts(self) -> Forecasts:
        """Recordings and forecasts of all migrations; one for all who show them, so that they show the same."""
        if self._forecasts is None:
            # numpy is not needed before the first migration is shown.
            from fcm.workspace.forecasts import Forecasts

            self._forecasts = Forecasts(self)
        return self._forecasts

    def tell_progress(self, migrations: Iterable[str]) -> None:
        """See fcm.workspace.forecasts.Forecasts.tell; costs nothing while nobody looks at a migration."""
        if self._forecasts is not None:
            self._forecasts.tell(migrations)

    def outlook(self, migration: str) -> Outlook | None:
        """The newest forecast of a migration; None before it has sent anything, and once it is over."""
        return self.forecasts.course(migration).outlook
