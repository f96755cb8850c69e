"""Replay: a history that is over, shown at any of its moments as if it were now. Nothing in it can be changed.

It is a backend like others, so that pages, lists, docks and the shell need to know nothing of it: going to another
moment posts the state of that moment, playing posts the events and the telemetry as they once came, and the clock is
that of the moment.
"""

from __future__ import annotations

import contextlib
import math
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from fcm.backend.base import Capabilities, ConsoleError, MeasureError, RehearseError, Sink, SinkError
from fcm.model import events as ev
from fcm.model.state import State, apply
from fcm.model.structures.tables import one_turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from fcm.backend.base import Console, Operation, RehearsalEnd, Rehearsed
    from fcm.migration.judging.fitting import DirtySample
    from fcm.model.commands import Command
    from fcm.model.telemetry import TelemetryRow

FRAME = 1 / 30
"""s of real time between two steps of playing."""
AT_ONCE = 200
"""Events that are posted in one step at most, so that the window keeps up."""
LONGEST = 0.3
"""s of real time that are played in one step at most, on a computer that is busy with other things."""
MIGRATIONS = 16
"""Migrations whose telemetry is at hand in a moment, and all that are in progress; of older ones the history has it."""
QUIET = 1.0
"""s of real time without an event that are played; what is longer is skipped."""
REMEDY = "Branch Here makes a simulated cluster that goes on from this moment. To change the real one, open it."


@dataclass(frozen=True, slots=True)
class Moment:
    """Another moment of a history."""

    time: float
    """s since the epoch, clock of the cluster."""
    state: State
    rows: Mapping[str, Sequence[TelemetryRow]]
    """Telemetry of the newest migrations up to then."""


@runtime_checkable
class MomentSink(Sink, Protocol):
    """A sink that can be taken to another moment."""

    def show(self, moment: Moment) -> None:
        """Everything is as in that moment from now on; what was posted before comes first."""


class Past(Protocol):
    """A history; from any thread, and everything may block."""

    @property
    def title(self) -> str:
        """What it is the history of, such as ``embedded:contoso``."""

    @property
    def simulated(self) -> bool:
        """Whether the figures in it were computed by the migration engine instead of measured on hosts."""

    @property
    def first(self) -> int:
        """Number of the first event after which there is a state."""

    @property
    def last(self) -> int:
        """Number of the last event."""

    def place(self, time: float) -> int:
        """Number of the last event up to a time (s since the epoch); ``first`` before that."""

    def time(self, sequence: int) -> float:
        """When an event happened, s since the epoch; never before the one before it."""

    def state(self, sequence: int) -> State:
        """The state after an event."""

    def entries(self, after: int, until: int) -> Iterator[ev.Entry]:
        """The events after one up to another."""

    def telemetry(self, migrations: Sequence[str]) -> Mapping[str, Sequence[TelemetryRow]]:
        """All telemetry of migrations; those without any are left out. What was asked for stays in memory."""


class ReplayClock:
    """The clock of the moment that is shown; see ``backend.base.Clock``. It stands still at first."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._speed = 0.0
        self._now = 0.0
        self._until = math.inf
        self._reached: Callable[[], None] | None = None

    @property
    def speed(self) -> float:
        """Seconds of the history per second; 0 = it stands still; ``math.inf`` = as fast as possible."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """Play at another speed, or stand still (0). Raises ValueError for a negative speed or no number."""
        if math.isnan(speed) or speed < 0:
            raise ValueError(f"The speed {speed} is not valid. Choose 0 (pause) or more.")
        self._speed = speed
        self._wake()

    def now(self) -> float:
        """The moment, s since the epoch."""
        return self._now

    def stand_at(self, now: float) -> None:
        """The moment that is shown (s since the epoch); whoever waits for it is told."""
        self._now = now
        if now >= self._until and self._reached is not None:
            reached, self._reached = self._reached, None
            reached()

    @property
    def limit(self) -> float:
        """Up to when it may go, s since the epoch."""
        return self._until

    def hold(self, until: float, reached: Callable[[], None]) -> None:
        """Go on, but not past a time; then tell. Of a replay that stands still, time passes for that."""
        self._until, self._reached = until, reached
        if self._now >= until:
            self.stand_at(self._now)
        self._wake()

    def release(self) -> None:
        """End the hold."""
        self._until, self._reached = math.inf, None
        self._wake()


class Replay:
    """A backend that shows a past."""

    def __init__(self, uri: str, past: Past) -> None:
        """Nothing is shown before ``start``."""
        self.uri = uri
        self.past = past
        self.skips_quiet = True
        """Whether time in which nothing happens is skipped when it would take more than QUIET."""
        self.clock = ReplayClock(self._wake_up)
        reason = f"This is a replay of {past.title}: nothing in it can be changed."
        self._capabilities = Capabilities(frozenset(), reason, remedy=REMEDY, replays=True)
        self._sink: Sink | None = None
        self._place, self._state = 0, State()
        """Number of the last event that is shown, and the state after it."""
        self._wanted: tuple[int, float] | None = None
        """The event and the time that are asked for."""
        self._awake = threading.Condition()
        self._closing = False
        self._thread: threading.Thread | None = None

    @property
    def simulated(self) -> bool:
        """Whether its figures were computed."""
        return self.past.simulated

    @property
    def place(self) -> int:
        """Number of the last event that is shown, or asked for."""
        wanted = self._wanted
        return self._place if wanted is None else wanted[0]

    # Moments; any thread

    def go_to(self, moment: float) -> None:
        """Show a time (s since the epoch), as far as the history reaches; returns at once, and the last one wins."""
        moment = min(max(moment, self.past.time(self.past.first)), self.past.time(self.past.last))
        self._want(self.past.place(moment), moment)

    def go_to_event(self, sequence: int) -> None:
        """Show how it was right after an event; returns at once."""
        sequence = min(max(sequence, self.past.first), self.past.last)
        self._want(sequence, self.past.time(sequence))

    def _want(self, sequence: int, moment: float) -> None:
        with self._awake:
            self._wanted = (sequence, moment)
            self._awake.notify_all()

    def _wake_up(self) -> None:
        with self._awake:
            self._awake.notify_all()

    # Backend

    def capabilities(self) -> Capabilities:
        """None, with the reason."""
        return self._capabilities

    def start(self, sink: Sink, state: State) -> None:
        """Show the end of the history, which ``state`` is."""
        self._sink = sink
        self._place, self._state = state.sequence, state
        self.clock.stand_at(self.past.time(self._place))
        self._thread = threading.Thread(target=self._run, name=f"replay {self.uri}", daemon=True)
        self._thread.start()

    def silence(self, node: str) -> float | None:
        """No one is asked."""
        return None

    def submit(self, operation: Operation) -> None:
        """Refuse it."""
        operation.finish(self._capabilities.verdict(operation.command))
        if self._sink is not None:
            self._sink.finished(operation)

    def measure_writes(
        self, machine: str, told: Callable[[DirtySample], None], wanted: Callable[[], bool]
    ) -> tuple[DirtySample, ...]:
        """What is past cannot be measured. Raises MeasureError."""
        raise MeasureError(f"{self._capabilities.reason} Its machines cannot be measured any more.")

    def console(self, machine: str) -> Console:
        """Nothing runs. Raises ConsoleError."""
        raise ConsoleError(self._capabilities.console().sentence())

    def rehearse(
        self, commands: Sequence[Command], seen: Callable[[Rehearsed], None], wanted: Callable[[], bool]
    ) -> RehearsalEnd:
        """Nothing runs; what a branch would do can be rehearsed there. Raises RehearseError."""
        raise RehearseError(self._capabilities.rehearsal().sentence())

    def close(self) -> None:
        """End the thread; idempotent."""
        with self._awake:
            self._closing = True
            self._awake.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    # The thread

    def _run(self) -> None:
        last = time.monotonic()
        while True:
            with self._awake:
                playing = self.clock.speed > 0
                if not self._closing and self._wanted is None:
                    self._awake.wait(FRAME if playing else None)
                if self._closing:
                    return
                wanted = self._wanted
            now = time.monotonic()
            try:
                if wanted is not None:
                    self._show(*wanted)
                    with self._awake:
                        if self._wanted == wanted:
                            self._wanted = None
                elif playing and self.clock.speed > 0:
                    self._play(now - last)
            except SinkError as error:
                self.clock.set_speed(0.0)
                with self._awake:
                    self._wanted = None
                self._report(str(error))
            last = now

    def _report(self, text: str) -> None:
        assert self._sink is not None
        with contextlib.suppress(SinkError):
            self._sink.post((ev.Entry(0, self.clock.now(), ev.BackendReported("error", text)),))

    def _show(self, sequence: int, moment: float) -> None:
        assert isinstance(self._sink, MomentSink)
        state = self.past.state(sequence)
        newest = dict.fromkeys([*list(state.migrations)[-MIGRATIONS:], *(one.id for one in state.active_migrations())])
        rows = self._rows(list(newest), state, -math.inf, moment)
        self._place, self._state = sequence, state
        self.clock.stand_at(moment)
        self._sink.show(Moment(moment, state, rows))

    def _rows(self, migrations: Sequence[str], state: State, begin: float, end: float) -> dict[str, list[TelemetryRow]]:
        """Telemetry of migrations after one time, up to another (s since the epoch)."""
        kept = self.past.telemetry(migrations)
        found = {}
        for identity, rows in kept.items():
            started = state.migrations[identity].started
            if started is not None:
                some = [row for row in rows if begin < started + row.time <= end]
                if some:
                    found[identity] = some
        return found

    def _play(self, seconds: float) -> None:
        """Show what happened in the next ``seconds`` of real time."""
        past, now, speed = self.past, self.clock.now(), self.clock.speed
        if self._place >= past.last:
            self.clock.stand_at(max(now, past.time(past.last)))
            self.clock.set_speed(0.0)
            return
        until, target = self._next(now, speed, min(seconds, LONGEST))
        posted, self._state = self._between(now, target, until)
        self._place = until
        self.clock.stand_at(target)
        assert self._sink is not None
        if posted:
            self._sink.post(posted)

    def _next(self, now: float, speed: float, seconds: float) -> tuple[int, float]:
        """Up to which event and which time to play."""
        past = self.past
        following, limit = past.time(self._place + 1), max(self.clock.limit, now)
        if math.isinf(speed):
            until = min(self._place + AT_ONCE, past.last)
            if past.time(until) <= limit:
                return until, max(past.time(until), now)
            target = limit
        else:
            target = now + seconds * speed
            quiet = self.skips_quiet and not self._state.running_migrations()
            if quiet and (following - target) / speed > QUIET:
                target = following - speed * FRAME
            target = min(target, limit)
        until = max(past.place(target), self._place)
        if until > self._place + AT_ONCE:
            until = self._place + AT_ONCE
            target = max(past.time(until), now)
        return until, target

    def _between(self, begin: float, end: float, until: int) -> tuple[list[ev.Entry], State]:
        """What happened after one time up to another, the state after it, and the telemetry of that time among it."""
        before = after = self._state
        entries = list(self.past.entries(self._place, until)) if until > self._place else []
        moving = [one.id for one in before.active_migrations()]
        with one_turn():
            for entry in entries:
                after, _ = apply(after, entry)
                if isinstance(entry.event, ev.MigrationRequested):
                    moving.append(entry.event.migration.id)
        found = self._rows(moving, after, begin, end) if moving else {}
        timed = [(max(entry.time, begin), 1, entry) for entry in entries]
        for identity, rows in found.items():
            started = after.migrations[identity].started or 0.0
            timed += [
                (started + row.time, 0, ev.Entry(0, started + row.time, ev.MigrationProgressed(identity, row)))
                for row in rows
            ]
        if found:
            timed.sort(key=lambda one: one[:2])
        return [entry for _, _, entry in timed], after
