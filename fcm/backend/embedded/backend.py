"""The embedded cluster as a backend: commands in, entries out, virtual time between.

One thread at a time runs the cluster: with a pacer its own thread, without one whoever calls ``submit`` or
``advance``. Nothing waits for a lock while the cluster works: commands are in an inbox until then.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from fcm.backend.base import Capabilities, ConsoleError, Operation, RehearseError, Sink, SinkError
from fcm.backend.embedded.core import Core
from fcm.backend.embedded.kernel import Kernel, VirtualClock
from fcm.backend.embedded.machines.measure import workload_samples
from fcm.backend.embedded.parts import Parts
from fcm.backend.embedded.twin import Twin, rehearse
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entries import refusal
from fcm.model.rules.allowed import allowed
from fcm.model.rules.fencing import NOT_SIMULATED
from fcm.model.rules.verdict import Verdict, no

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.backend.base import Console, RehearsalEnd, Rehearsed
    from fcm.migration.judging.fitting import DirtySample
    from fcm.model.commands import Command
    from fcm.model.state import State

TURN = 0.008
"""Seconds of real time that the cluster works before it yields the processor."""
REST = 0.004
"""Minimum seconds of real time between two slices."""
LONGEST = 86400.0
"""Maximum seconds of real time between two slices: systems refuse to wait for thousands of years."""
PATIENCE = 0.25
"""Seconds of real time that the cluster may be late before its clock skips them."""
RETRY = 3.0
"""Seconds of real time between two attempts to write pending entries."""
ROWS_AT_ONCE = 500
"""Maximum number of telemetry rows per batch."""

_FAILED = "The embedded cluster has stopped because of an internal error. See the log."
_STANDS_STILL = no(_FAILED, "Close the cluster and open it again.")
_GUARDED = (
    "This is an error in the simulation. The clock stops until it is corrected. Close the cluster and "
    "open it again. If the message appears again, turn off the virtual machine. Please report the error."
)
_ONLY_PACEMAKER: frozenset[type[Command]] = frozenset({cmd.ClearBlocked, cmd.ConfirmNodeOff})
_CLOSED = no("The cluster was closed before the operation was complete.", "Open the cluster and try again.")

_log = logging.getLogger(__name__)


class EmbeddedBackend:
    """A cluster that lives in this process, see fcm.backend.base.Backend."""

    def __init__(
        self,
        definition: ev.ClusterFormed | Callable[[], ev.ClusterFormed],
        uri: str,
        seed: int = 0,
        start_time: float | None = None,
        paced: bool = False,
        speed: float = 1.0,
    ) -> None:
        """Nothing happens before ``start``.

        Args:
            definition: the cluster, where its history is empty; or what reads it then.
            uri: what it is known by.
            seed: durations vary with it.
            start_time: s since the epoch at which the virtual clock begins (None: now); a longer history wins.
            paced: True: a thread lets virtual time pass with real time. False: ``advance`` does.
            speed: virtual seconds per second, where paced.
        """
        self._definition: ev.ClusterFormed | Callable[[], ev.ClusterFormed] | None = definition
        """Until it has begun: of a large cluster it is as large as the state."""
        self._uri = uri
        self._start_time = start_time
        self._paced = paced
        self._kernel = Kernel()
        self._core = Core(self._kernel, seed)
        self._clock = VirtualClock(self._kernel, speed, paced, self._wake_up)
        self._parts = Parts(self._core)
        self._capabilities = Capabilities(
            frozenset(cmd.COMMAND_TYPES) - _ONLY_PACEMAKER,
            late_post_copy=True,
            special=tuple((kind, NOT_SIMULATED) for kind in _ONLY_PACEMAKER),
            rehearses=True,
        )
        self._sink: Sink | None = None
        self._inbox: deque[Operation] = deque()
        self._unacknowledged: list[tuple[Operation, Verdict]] = []
        self._complaint = ""
        """Why the outbox could not be written down; "" while all is well."""
        self._violation = ""
        """What may never be the case but is; "" while all is well."""
        self._tried = 0.0
        self._running = threading.Lock()
        """Held by the thread that runs the cluster."""
        self._awake = threading.Condition()
        self._closing = False
        self._failed = False
        self._thread: threading.Thread | None = None

    # Backend

    @property
    def uri(self) -> str:
        """What it was opened by."""
        return self._uri

    @property
    def clock(self) -> VirtualClock:
        """The virtual clock."""
        return self._clock

    def silence(self, node: str) -> float | None:
        """Nothing is old: the nodes live in this process."""
        return None

    def measure_writes(
        self, machine: str, told: Callable[[DirtySample], None], wanted: Callable[[], bool]
    ) -> tuple[DirtySample, ...]:
        """From the workload of the machine; no virtual time passes."""
        return workload_samples(self._core.state, machine, told, wanted)

    def console(self, machine: str) -> Console:
        """There is no screen. Raises ConsoleError."""
        raise ConsoleError(self._capabilities.console().sentence())

    def rehearse(
        self, commands: Sequence[Command], seen: Callable[[Rehearsed], None], wanted: Callable[[], bool]
    ) -> RehearsalEnd:
        """On a twin, see ``backend.base.Backend``.

        Raises:
            RehearseError: the cluster has failed or is closed.
        """
        if self._failed or self._closing:
            raise RehearseError((_STANDS_STILL if self._failed else _CLOSED).sentence())
        return rehearse(self.twin(), commands, seen, wanted)

    def capabilities(self) -> Capabilities:
        """All commands."""
        return self._capabilities

    def start(self, sink: Sink, state: State) -> None:
        """Go on from ``state``; what was under way when the program ended is settled first."""
        self._sink = sink
        self._core.state = state
        begin = time.time() if self._start_time is None else self._start_time
        self._kernel.now = max(begin, state.time)
        with self._running:
            if state.cluster is None:
                definition = self._definition
                assert definition is not None
                self._core.emit(definition if isinstance(definition, ev.ClusterFormed) else definition())
                self._parts.begin()
            else:
                self._parts.settle()
            self._definition = None
            self._flush()
            self._guard()
        self._clock.anchor()
        if self._paced:
            self._begin_to_pace()
        else:
            self._run(self._kernel.now)

    def follow_real_time(self) -> None:
        """Let virtual time pass with real time from now on, in a cluster that was advanced so far."""
        if not self._paced:
            self._paced = True
            self._clock.follow_real_time()
            self._begin_to_pace()

    def _begin_to_pace(self) -> None:
        self._thread = threading.Thread(target=self._pace, name=f"cluster {self._uri}", daemon=True)
        self._thread.start()

    def submit(self, operation: Operation) -> None:
        """Take a command; without a pacer it is carried out before this returns."""
        if self._failed or self._closing:
            operation.finish(_STANDS_STILL if self._failed else _CLOSED)
            self._finished(operation)
            return
        self._inbox.append(operation)
        if self._paced:
            self._wake_up()
        else:
            self._run(self._kernel.now)

    def close(self) -> None:
        """End; commands that were not carried out or not written down are refused. Idempotent."""
        with self._awake:
            self._closing = True
            self._awake.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        with self._running:
            self._flush()
            self._refuse_all(_CLOSED)

    def _refuse_all(self, verdict: Verdict) -> None:
        left = [operation for operation, _ in self._unacknowledged] + list(self._inbox)
        self._unacknowledged.clear()
        self._inbox.clear()
        for operation in left:
            operation.finish(verdict)
            self._finished(operation)

    # for tests and scripts

    def advance(self, seconds: float) -> None:
        """Let virtual time pass in the calling thread.

        Raises:
            RuntimeError: a pacer runs the cluster.
        """
        if self._paced:
            raise RuntimeError("The clock of this cluster runs automatically. Set its speed instead.")
        self._run(self._kernel.now + seconds)

    def twin(self) -> Twin:
        """A twin of the cluster as it is now, between two things that happen; from any thread."""
        with self._running:
            return Twin(self._core, self._parts)

    @property
    def state(self) -> State:
        """The cluster's own view of itself."""
        return self._core.state

    @property
    def next_due(self) -> float | None:
        """Virtual time (s since the epoch) at which something happens by itself; None: nothing will."""
        return self._kernel.next_due

    # running

    def _run(self, until: float) -> None:
        """Carry out what is in the inbox, then let time pass; a call from inside only leaves its command there."""
        while self._running.acquire(blocking=False):
            try:
                self._empty_inbox()
                while self._ready() and self._kernel.step(until):
                    self._flush(only_full=not self._has_facts())
                    self._empty_inbox()
                self._flush()
            finally:
                self._running.release()
            if not self._inbox:
                return

    def _empty_inbox(self) -> None:
        while self._inbox:
            operation = self._inbox.popleft()
            try:
                self._carry_out(operation)
            except Exception:
                operation.finish(_STANDS_STILL)
                self._finished(operation)
                raise

    def _carry_out(self, operation: Operation) -> None:
        if self._complaint and not self._flush():
            operation.finish(no(self._complaint, "Pending changes are kept and will be saved then."))
            self._finished(operation)
            return
        verdict = allowed(operation.command, self._core.state)
        if verdict:
            verdict = self._parts.carry_out(operation.command)
        if verdict:
            self._parts.look()
        else:
            self._core.emit(refusal(operation.command, verdict))
        self._unacknowledged.append((operation, verdict))
        self._flush()

    def _ready(self) -> bool:
        """Whether time may pass: what happened before must have been written down."""
        return not self._violation and (not self._complaint or self._flush())

    def _has_facts(self) -> bool:
        return any(not entry.event.transient for entry in self._core.outbox)

    def _flush(self, only_full: bool = False) -> bool:
        """Post what happened, then acknowledge; False if it could not be written down and is kept."""
        outbox = self._core.outbox
        if self._sink is None or (only_full and len(outbox) < ROWS_AT_ONCE):
            return True
        if outbox:
            facts = self._has_facts()
            self._tried = time.monotonic()
            try:
                self._sink.post(tuple(outbox))
            except SinkError as error:
                self._complain(str(error))
                return False
            outbox.clear()
            self._relieve()
            if facts:
                self._guard()
        done, self._unacknowledged = self._unacknowledged, []
        for operation, verdict in done:
            operation.finish(verdict)
            self._finished(operation)
        return True

    def _complain(self, complaint: str) -> None:
        if self._complaint == complaint:
            return
        self._complaint = complaint
        self._hold_clock()
        _log.error("%s The cluster is paused until then.", complaint)
        self._report("error", f"{complaint} The cluster is paused until then.")

    def _relieve(self) -> None:
        if self._complaint:
            self._complaint = ""
            self._hold_clock()
            self._report("information", "The journal is writable again. The cluster continues.")

    def _hold_clock(self) -> None:
        """Time passes only while all is written down and nothing is the case that may never be."""
        stopped = bool(self._complaint or self._violation)
        if self._clock.stopped and not stopped:
            self._clock.stopped = False
            self._clock.anchor()
        self._clock.stopped = stopped

    def _guard(self) -> None:
        """Look at what has just been told: time stands still while something is so that may never be."""
        if self._violation:
            self._core.watch.look_at_everything()
        found = self._core.watch.look(self._core.state, self._kernel.now)
        before, self._violation = self._violation, found[0] if found else ""
        if found and not before:
            _log.error("%s %s", found[0], _GUARDED)
            self._report("error", found[0], _GUARDED)
        elif before and not found:
            self._report("information", "The cluster is consistent again. It continues.")
        self._hold_clock()

    def _report(self, level: str, text: str, remedy: str = "") -> None:
        assert self._sink is not None
        try:
            self._sink.post((ev.Entry(0, self._kernel.now, ev.BackendReported(level, text, remedy)),))
        except SinkError:
            _log.debug("this could not be reported either: %s", text)

    def _finished(self, operation: Operation) -> None:
        if self._sink is not None:
            self._sink.finished(operation)

    # pacing

    def _wake_up(self) -> None:
        with self._awake:
            self._awake.notify_all()

    def _pace(self) -> None:
        while not self._closing:
            with self._running:
                try:
                    self._turn()
                except Exception:
                    _log.exception("the embedded cluster stopped because of an internal error")
                    self._failed = True
                    self._report("error", _FAILED)
                    self._refuse_all(_STANDS_STILL)
                    return
            with self._awake:
                delay = self._real_delay()  # inside: a change of the clock either is seen here or wakes what follows
                if not self._closing and not self._inbox:
                    self._awake.wait(None if delay is None else min(max(delay, REST), LONGEST))

    def _turn(self) -> None:
        end = time.monotonic() + TURN
        target = self._clock.target()
        while self._ready() and self._kernel.step(target):
            if self._has_facts():
                self._clock.happened()
                target = self._clock.target()
            self._flush(only_full=not self._has_facts())
            self._empty_inbox()
            if time.monotonic() > end:
                if self._clock.lag() > PATIENCE:
                    self._clock.anchor()  # it cannot keep up: go on from here instead of running ever further behind
                break
        self._empty_inbox()
        self._flush()
        self._clock.tell()

    def _real_delay(self) -> float | None:
        if self._complaint:
            return RETRY - (time.monotonic() - self._tried)
        due = self._kernel.next_due
        return self._clock.real_delay(math.inf if due is None else due)
