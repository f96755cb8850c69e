"""What every backend is: something that carries out commands and posts what happened."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from fcm.mistakes import SentenceError, WrongInputError
from fcm.model.rules.verdict import OK, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.migration.judging.fitting import DirtySample
    from fcm.model.commands import Command
    from fcm.model.events import Entry
    from fcm.model.state import State


class BackendError(SentenceError):
    """A backend cannot be opened or has broken down; the message is a sentence for the user, with the remedy."""


class UnknownClusterError(BackendError, WrongInputError):
    """There is no cluster of that name; the message says which there are."""


class MeasureError(BackendError):
    """How a machine writes its memory cannot be measured now; the message says why."""


class ConsoleError(BackendError):
    """A machine has no console that could be shown now; the message says why."""


class RehearseError(BackendError):
    """What would happen cannot be tried out here; the message says why."""


class UnknownMachineError(BackendError, WrongInputError):
    """All hosts were asked, and none has a virtual machine of that name."""


class SinkError(SentenceError):
    """What happened could not be written down; the backend keeps it and tries again, nothing is acknowledged."""


class Sink(Protocol):
    """Where a backend posts; called from the backend's own threads."""

    def post(self, entries: Sequence[Entry]) -> None:
        """Write the entries, then pass them on; when it returns, they are safe.

        Raises:
            SinkError: nothing was written.
        """

    def finished(self, operation: Operation) -> None:
        """The operation is over; everything that it caused has been posted."""


class Operation:
    """One submitted command on its way; thread-safe.

    An operation is over when the command has been *accepted and carried out or refused*. A live migration is
    over as an operation once it has been requested (queued or started): events report its progress.
    """

    def __init__(self, command: Command, on_finished: Callable[[Operation], None] | None = None) -> None:
        self.command = command
        self._verdict: Verdict | None = None
        self._over = threading.Event()
        self._on_finished = on_finished

    @property
    def verdict(self) -> Verdict | None:
        """None while it is under way; then whether the command was carried out, and why not."""
        return self._verdict

    def finish(self, verdict: Verdict = OK) -> None:
        """Called once by the backend."""
        if self._over.is_set():
            return
        self._verdict = verdict
        self._over.set()

    def wait(self, timeout: float | None = None) -> Verdict | None:
        """Block until it is over or ``timeout`` s have passed (never in the thread of the window)."""
        self._over.wait(timeout)
        return self._verdict

    def deliver(self) -> None:
        """Tell the submitter; called by the workspace in its own thread."""
        if self._on_finished is not None:
            self._on_finished(self)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What happened at one moment of a rehearsal."""

    time: float
    """s since the epoch, clock of the cluster."""
    state: State
    """After it."""
    entries: tuple[Entry, ...]
    """Empty at the beginning, when ``state`` is that of today."""


class Ending(StrEnum):
    """Why a rehearsal ended."""

    SETTLED = "settled"
    """Nothing more happens for some minutes."""
    LIMIT = "limit"
    """Things still happened after the longest time that a rehearsal looks at."""
    REFUSED = "refused"
    """The cluster does not carry out one of the commands."""
    CANCELED = "canceled"
    BROKEN = "broken"
    """The guardian of the simulation found what may never be."""


@dataclass(frozen=True, slots=True)
class RehearsalEnd:
    """How a rehearsal ended."""

    ending: Ending
    verdict: Verdict
    """Of the last command that was tried."""
    text: str = ""
    """BROKEN: what was found."""
    timed: bool = True
    """Whether it is known when things happen; False: only in which order (the scheduler of Pacemaker)."""


@dataclass(frozen=True, slots=True)
class Console:
    """Where the console of a virtual machine is."""

    connection: str
    """URI of libvirt on the host that runs it."""
    machine: str
    """UUID of the machine there."""
    graphics: str
    """What its screen speaks: "spice" or "vnc"; "" = it has no screen, only a serial console."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a backend can do."""

    commands: frozenset[type[Command]]
    reason: str = ""
    """Why other commands are not possible, for tooltips."""
    late_post_copy: bool = False
    """True if a live migration can switch to post-copy though it was not prepared for it when it was started."""
    remedy: str = ""
    """What would make other commands possible."""
    special: tuple[tuple[type[Command], Verdict], ...] = ()
    """Refusals of commands that have a reason of their own."""
    rehearses: bool = False
    """Whether ``Backend.rehearse`` can try out what would happen."""
    consoles: bool = False
    """Whether ``Backend.console`` finds the screens of virtual machines."""
    replays: bool = False
    """Whether it shows a history that is over (fcm/backend/replay.py)."""

    def console(self) -> Verdict:
        """Whether the console of a machine can be shown, and why not."""
        if self.consoles:
            return OK
        if not self.commands:
            return Verdict(False, self.reason, self.remedy)
        return Verdict(
            False,
            "The virtual machines of a simulated cluster have no screen.",
            "Open the hosts of a hosts file to connect to the console of a machine.",
        )

    def rehearsal(self) -> Verdict:
        """Whether what would happen can be tried out, and why not."""
        if self.rehearses:
            return OK
        if not self.commands:
            return Verdict(False, self.reason, self.remedy)
        return Verdict(
            False,
            "Failures of real hosts cannot be rehearsed: real hosts cannot be copied.",
            "Describe the cluster in a cluster file, and rehearse it there.",
        )

    def verdict(self, command: Command | type[Command]) -> Verdict:
        """Whether commands of this kind are possible at all here."""
        kind = command if isinstance(command, type) else type(command)
        if kind in self.commands:
            return OK
        for refused, verdict in self.special:
            if refused is kind:
                return verdict
        return Verdict(False, self.reason or "This cluster does not support this operation.", self.remedy)


class Clock(Protocol):
    """A virtual clock."""

    @property
    def speed(self) -> float:
        """Virtual seconds per second of real time; 0 = paused; ``math.inf`` = as fast as possible."""

    def set_speed(self, speed: float) -> None:
        """Change the speed; returns at once."""

    def now(self) -> float:
        """Seconds since the epoch on this clock."""

    def hold(self, until: float, reached: Callable[[], None]) -> None:
        """Stand still at a time (s since the epoch) or once something has happened; then call ``reached`` once."""

    def release(self) -> None:
        """End the hold."""


@dataclass(frozen=True, slots=True)
class NodeCommand:
    """What was run on a node of real hosts for a command of a person; secrets replaced."""

    time: float
    """When it was run first, s since the epoch."""
    node: str
    script: str
    code: int | None
    """How it ended; None: the node did not answer."""
    took: float
    """s, the last time."""
    said: str
    """The end of what it printed."""
    times: int = 1
    """How often it was run one after the other."""


class NodeLogError(SentenceError):
    """The logs of a node cannot be read; the message says why."""


@runtime_checkable
class HasNodeLogs(Protocol):
    """A backend whose nodes have logs and commands of their own."""

    def node_log(self, node: str, since: float | None) -> Sequence[str]:
        """Lines of the cluster log that the node itself has, oldest first, secrets replaced; blocks.

        Args:
            node: its name.
            since: s since the epoch, before which lines are left out; None: none is.

        Raises:
            NodeLogError: it does not answer, or has none.
        """

    def node_commands(self) -> Sequence[NodeCommand]:
        """What was run on the nodes for commands, oldest first; from any thread."""


class Backend(Protocol):
    """A cluster that can be watched and commanded."""

    @property
    def uri(self) -> str:
        """What it was opened by, such as ``embedded:contoso``."""

    @property
    def clock(self) -> Clock | None:
        """Its virtual clock, if it has one."""

    def capabilities(self) -> Capabilities:
        """What it can do."""

    def start(self, sink: Sink, state: State) -> None:
        """Begin to post, continuing the history that ended in ``state``; returns quickly.

        A backend whose history is empty posts ClusterFormed first. Migrations that ``state`` shows as not over
        are ended (MigrationInterrupted) or found again on the hosts.
        """

    def silence(self, node: str) -> float | None:
        """Seconds since the question that the node answered last: how old everything is that is shown of it.

        None where nothing can be old (a cluster in this process), or before the first answer.
        """

    def submit(self, operation: Operation) -> None:
        """Take the operation's command; returns at once, from any thread."""

    def measure_writes(
        self, machine: str, told: Callable[[DirtySample], None], wanted: Callable[[], bool]
    ) -> tuple[DirtySample, ...]:
        """How much memory a running machine writes in 1, 2, 4 and 8 s; shortest first.

        Blocks up to about 20 s on real hosts: call it in a worker thread. Nothing of the cluster changes. A backend
        whose ``clock`` is virtual computes the samples from the workload of the machine.

        Args:
            machine: id of a running machine that is not being migrated.
            told: called with each sample as it comes, in the calling thread.
            wanted: asked several times a second; once it says no, what was found so far is returned.

        Raises:
            MeasureError: the machine is being migrated, does not run, or its host refuses.
        """

    def console(self, machine: str) -> Console:
        """Where the console of a running machine is; blocks: call it in a worker thread.

        Raises:
            ConsoleError: it does not run, its host does not answer, or this cluster has no consoles.
        """

    def rehearse(
        self, commands: Sequence[Command], seen: Callable[[Rehearsed], None], wanted: Callable[[], bool]
    ) -> RehearsalEnd:
        """Try out on a copy of the cluster what commands would bring, as fast as possible, until things settle.

        Blocks: call it in a worker thread. Neither the cluster nor its journal nor its clock notices it.

        Args:
            commands: carried out at once, one after the other.
            seen: called in the calling thread with how it is today, then after each moment in which something happens.
            wanted: asked often; once it says no, the rehearsal ends.

        Raises:
            RehearseError: this cluster cannot, see ``Capabilities.rehearsal``; or it has stopped.
        """

    def close(self) -> None:
        """Stop posting and end all threads; migrations of real hosts run on."""
