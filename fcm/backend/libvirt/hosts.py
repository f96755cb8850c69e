"""The hosts of a hosts file at work: connections, what they report, the state made of it, and posting.

What LibvirtBackend and PacemakerBackend have in common. One lock guards the state; every fact is stamped, written and
applied under it. Hosts are asked in their lanes by a watcher thread. What is shown of the reports is the business of
the ``View`` that a backend gives.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any, Protocol

from fcm.backend.base import SinkError
from fcm.backend.libvirt.cluster_view import absent_machines
from fcm.backend.libvirt.connection import HostConnection
from fcm.backend.libvirt.errors import error_sentence
from fcm.backend.libvirt.event_loop import EVENT_LOOP
from fcm.backend.libvirt.lane import Lane, load_libvirt
from fcm.model.entities import MachineState
from fcm.model.entries import refusal, stamped
from fcm.model.moments import clock_time, zone
from fcm.model.rules.allowed import allowed
from fcm.model.rules.verdict import OK, Verdict, no
from fcm.model.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fcm.backend.base import Operation, Sink
    from fcm.backend.libvirt.configuration.hosts_file import HostsFile
    from fcm.backend.libvirt.inventory import HostReport
    from fcm.model import commands as cmd
    from fcm.model import events as ev

ASK_EVERY = 1.0
"""s between two looks at a host that answers quickly and of which no event came."""
SOONEST = 0.05
"""s between two looks at a host whose events follow each other closely."""
ANSWER_LIMIT = 5.0
"""s after which a host counts as not answering."""
CLOSE_LIMIT = 3.0
"""s that closing waits for the watcher."""

_log = logging.getLogger(__name__)


class View(Protocol):
    """What a backend makes of what its hosts say; it tells the events itself. Called under the lock of the hosts."""

    def answered(self, name: str) -> None:
        """The host has answered; ``Hosts.reports`` has its report."""

    def silent(self, name: str, text: str) -> None:
        """The host cannot be reached, or does not respond; the sentence says why."""

    def host_changed(self) -> None:
        """A host has something to tell; called in libvirt's event thread, without the lock, and must not block."""


class Hosts:
    """Connections to the hosts of a file, and the state of the cluster that they form."""

    def __init__(self, file: HostsFile, view: View) -> None:
        """Nothing is connected before ``start``.

        Raises:
            BackendError: the module libvirt is missing.
        """
        load_libvirt()
        self.file = file
        self.lock = threading.RLock()
        """Guards the state and everything that is told of it; never held while a host is asked."""
        self.connections: dict[str, HostConnection] = {}
        self.reports: dict[str, HostReport] = {}
        """The newest report of each host that answers."""
        self.since: dict[str, float] = {}
        """Machines that are judged only by what hosts are asked from then on, see ``cluster_view.machine_events``."""
        self._view = view
        self._state = State()
        self._sink: Sink | None = None
        self._unwritten: list[ev.Entry] = []
        self._closing = threading.Event()
        self._wake = threading.Event()
        """Set when a host has something to tell."""
        self._answered: dict[str, float] = {}
        """When each host was asked whose answer came last (s, monotonic clock)."""
        self._answered_at: dict[str, float] = {}
        """The same on the clock of the day (s since the epoch)."""
        self._asked_at: dict[str, float] = {}
        self._control: Lane | None = None
        self._listens = False
        self._watcher = threading.Thread(target=self._watch, name="libvirt-inventory", daemon=True)

    @property
    def state(self) -> State:
        """How the cluster is, as far as the hosts have said."""
        return self._state

    @property
    def closing(self) -> threading.Event:
        """Set once the cluster is being closed."""
        return self._closing

    # Life

    def start(self, sink: Sink, state: State, begin: Callable[[], None]) -> None:
        """Begin to ask the hosts, after ``begin`` has told under the lock what is known before."""
        EVENT_LOOP.acquire()
        self._listens = True
        with self.lock:
            self._sink = sink
            self._state = state
            begin()
        for host in self.file.hosts:
            self.connections[host.name] = HostConnection(host, self._host_changed)
        self._control = Lane("control")
        self._watcher.start()

    def end_telling(self) -> None:
        """Stop asking and posting; what runs on the hosts goes on."""
        self._closing.set()
        self._wake.set()
        if self._watcher.is_alive():
            self._watcher.join(CLOSE_LIMIT)
        with self.lock:
            self._sink = None

    def disconnect(self) -> None:
        """After ``end_telling``: close the connections and end their threads."""
        for connection in self.connections.values():
            connection.close()
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._listens:
            self._listens = False
            EVENT_LOOP.release()
        self.connections = {}

    # Facts

    def tell(self, *events: ev.Event) -> None:
        """Stamp, apply and write events, in order; what cannot be written is kept and written first the next time."""
        self.tell_all(events)

    def tell_all(self, events: Iterable[ev.Event]) -> None:
        """As ``tell``."""
        events = tuple(events)
        with self.lock:
            if self._sink is None or not events:
                return
            self._state, entries = stamped(self._state, events, time.time())
            self._unwritten += entries
            self._write()

    def _write(self) -> None:
        assert self._sink is not None
        if not self._unwritten:
            return
        try:
            self._sink.post(self._unwritten)
        except SinkError:
            _log.debug(
                "%d entries could not be written to the journal; they are kept", len(self._unwritten), exc_info=True
            )
            return
        self._unwritten = []

    # Asking

    def _host_changed(self) -> None:
        self._wake.set()
        self._view.host_changed()

    def _watch(self) -> None:
        while not self._closing.is_set():
            self._wake.wait(0.2)
            self._wake.clear()
            for name, connection in tuple(self.connections.items()):
                now = time.monotonic()
                every = SOONEST if connection.changed.is_set() else ASK_EVERY
                if connection.lane.idle and now - self._asked_at.get(name, -ASK_EVERY) >= every:
                    connection.changed.clear()
                    self._asked_at[name] = now
                    connection.poll(lambda report, name=name: self._told(name, report))  # type: ignore[misc]
                elif connection.lane.busy_for() > ANSWER_LIMIT:
                    silent = f"{name} has not responded for {ANSWER_LIMIT:g} s. fcm keeps trying to reconnect."
                    self._told(name, silent + self._as_of(name))
            with self.lock:
                if self._sink is not None:
                    self._write()

    def _as_of(self, name: str) -> str:
        """When the facts are from that are still shown of a host, by the clock of this machine."""
        at = self._answered_at.get(name)
        return f" Its information was last updated at {clock_time(at)} ({zone(at)})." if at else ""

    def silence(self, node: str) -> float | None:
        """See fcm.backend.base.Backend."""
        answered = self._answered.get(node)
        return None if answered is None else time.monotonic() - answered

    def _told(self, name: str, report: HostReport | str) -> None:
        """A host answered, or could not be reached."""
        if self._closing.is_set():
            return
        with self.lock:
            if isinstance(report, str):
                self.reports.pop(name, None)
                self._view.silent(name, report)
            else:
                self.reports[name] = report
                self._answered[name], self._answered_at[name] = report.began, time.time()
                self._note_absent()
                self._view.answered(name)

    def _note_absent(self) -> None:
        """From when on each machine must be looked for that its own host does not show."""
        absent = absent_machines(self._state, self.reports)
        for identity, asked in absent.items():
            self.since.setdefault(identity, asked)
        for identity in self.since.keys() - absent.keys():
            if all(report.began >= self.since[identity] for report in self.reports.values()):
                del self.since[identity]

    # Commands

    def take(self, operation: Operation, carry_out: Callable[[Operation], Verdict | None]) -> None:
        """Let ``carry_out`` do what the rules allow, in a lane of its own and under the lock; returns at once.

        ``carry_out`` returns how it went, or None for what it has begun and will ``finish``.
        """
        assert self._control is not None
        self._control.submit(lambda: self._take(operation, carry_out))

    def _take(self, operation: Operation, carry_out: Callable[[Operation], Verdict | None]) -> None:
        with self.lock:
            verdict = allowed(operation.command, self._state)
            if not verdict:
                self.refuse(operation, verdict)
                return
            done = carry_out(operation)
            if done is not None:
                self.finish(operation, done)

    def refuse(self, operation: Operation, verdict: Verdict) -> None:
        """Write down that a command is not carried out, and why."""
        with self.lock:
            self.tell(refusal(operation.command, verdict))
            self.finish(operation, verdict)

    def finish(self, operation: Operation, verdict: Verdict = OK) -> None:
        """The operation is over."""
        with self.lock:
            operation.finish(verdict)
            if self._sink is not None:
                self._sink.finished(operation)

    def in_lane(self, node: str, operation: Operation, call: Callable[[], Verdict | None]) -> None:
        """Do it in the lane of a host for commands, then finish the operation; a refusal of libvirt is its verdict."""

        def work() -> None:
            libvirt = load_libvirt()
            try:
                done = call()
                verdict = OK if done is None else done
            except libvirt.libvirtError as error:
                verdict = error_sentence(error, node)
            self.finish(operation, verdict)

        self.connections[node].orders.submit(work)

    def set_machine_state(self, command: cmd.SetMachineState, node: str) -> Verdict | None:
        """Start, resume, pause, save, shut down or turn off a machine by libvirt; blocks (see ``in_lane``).

        Raises:
            libvirt.libvirtError: the host refuses.
        """
        domain: Any = self.connections[node].domain(command.machine)
        if domain is None:
            return no("The virtual machine is no longer on this host.", "Refresh the view (F5).")
        match command.state:
            case MachineState.RUNNING if self._state.machines[command.machine].state is MachineState.PAUSED:
                domain.resume()
            case MachineState.RUNNING:
                domain.create()
            case MachineState.PAUSED:
                domain.suspend()
            case MachineState.SAVED:
                domain.managedSave(0)
            case _:
                domain.destroy() if command.forced else domain.shutdown()
        return None
