"""Real libvirt/QEMU hosts as a cluster.

One lock guards the state; every fact is stamped, written and applied under it. Hosts are asked in their lanes by
a watcher thread; live migrations run in threads of their own.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fcm.backend.base import RehearseError, SinkError
from fcm.backend.libvirt.capabilities import CAPABILITIES
from fcm.backend.libvirt.cluster_view import absent_machines, formed_cluster, machine_events, node_events
from fcm.backend.libvirt.connection import HostConnection
from fcm.backend.libvirt.errors import sentence
from fcm.backend.libvirt.lane import EventLoop, Lane, load_libvirt
from fcm.backend.libvirt.measure import measure_running
from fcm.backend.libvirt.migration import MigrationRun
from fcm.backend.orders import OrderBook
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState, NodeState
from fcm.model.entries import refusal, stamped
from fcm.model.moments import clock_time, zone
from fcm.model.rules.allowed import allowed
from fcm.model.rules.machines import cancellable
from fcm.model.rules.networks import migration_order
from fcm.model.rules.verdict import OK, Verdict, no
from fcm.model.state import State
from fcm.model.telemetry import Phase
from fcm.model.validation.validate import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.backend.base import Capabilities, Operation, RehearsalEnd, Rehearsed, Sink
    from fcm.backend.libvirt.hosts_file import HostsFile
    from fcm.backend.libvirt.inventory import HostReport
    from fcm.migration.judging.fitting import DirtySample
    from fcm.model.commands import Command
    from fcm.model.migrations import Migration

ASK_EVERY = 1.0
"""s between two looks at a host that answers quickly and of which no event came."""
SOONEST = 0.05
"""s between two looks at a host whose events follow each other closely."""
ANSWER_LIMIT = 5.0
"""s after which a host counts as not answering."""
CLOSE_LIMIT = 3.0
"""s that closing waits for migrations to be told off the screen; they go on by themselves."""

_LOST = "fcm was closed before this migration started, or its hosts are no longer in the hosts file."

_log = logging.getLogger(__name__)


class LibvirtBackend:
    """A cluster of libvirt hosts; see fcm.backend.base.Backend."""

    def __init__(self, hosts: HostsFile, uri: str) -> None:
        """Nothing is connected before ``start``.

        Raises:
            BackendError: the module libvirt is missing.
        """
        load_libvirt()
        self._hosts = hosts
        self._uri = uri
        self._lock = threading.RLock()
        self._state = State()
        self._sink: Sink | None = None
        self._unwritten: list[ev.Entry] = []
        self._connections: dict[str, HostConnection] = {}
        self._runs: dict[str, MigrationRun] = {}
        self._reports: dict[str, HostReport] = {}
        self._since: dict[str, float] = {}
        """Machines that are judged only by what hosts are asked from then on, see machine_events."""
        self._interrupted: dict[str, Migration] = {}
        self._book = OrderBook(self)
        self._closing = threading.Event()
        self._wake = threading.Event()
        """Set when a host has something to tell."""
        self._answered: dict[str, float] = {}
        """When each host was asked whose answer came last (s, monotonic clock)."""
        self._answered_at: dict[str, float] = {}
        """The same on the clock of the day (s since the epoch)."""
        self._asked_at: dict[str, float] = {}
        self._watcher = threading.Thread(target=self._watch, name="libvirt-inventory", daemon=True)

    @property
    def uri(self) -> str:
        """What it was opened by."""
        return self._uri

    @property
    def clock(self) -> None:
        """Real hosts live in real time."""
        return

    def measure_writes(
        self, machine: str, told: Callable[[DirtySample], None], wanted: Callable[[], bool]
    ) -> tuple[DirtySample, ...]:
        """Four calculations of the dirty rate by the QEMU that runs the machine; see ``measure.measure``."""
        return measure_running(self._state, self._connections, machine, told, wanted)

    def rehearse(
        self, commands: Sequence[Command], seen: Callable[[Rehearsed], None], wanted: Callable[[], bool]
    ) -> RehearsalEnd:
        """Real hosts have no twin. Raises RehearseError."""
        raise RehearseError(CAPABILITIES.rehearsal().sentence())

    def capabilities(self) -> Capabilities:
        """What can be done with real hosts from here."""
        return CAPABILITIES

    # Life

    def start(self, sink: Sink, state: State) -> None:
        """See fcm.backend.base.Backend."""
        EventLoop.acquire()
        with self._lock:
            self._sink = sink
            self._state = state
            unfinished = [m for m in state.migrations.values() if not m.phase.is_over]
            self._interrupted = {m.id: m for m in unfinished if self._is_known(m) and m.phase is not Phase.WAITING}
            lost = [ev.MigrationInterrupted(m.id, _LOST) for m in unfinished if m.id not in self._interrupted]
            paused = frozenset(node.name for node in state.nodes.values() if node.paused)
            self._post_all([formed_cluster(self._hosts, state.cluster, paused), *lost])
            self._book.tell_ended_drains()
        for host in self._hosts.hosts:
            self._connections[host.name] = HostConnection(host, self._wake.set)
        self._control = Lane("control")
        self._watcher.start()

    def _is_known(self, migration: Migration) -> bool:
        """Whether both of its hosts are still in the hosts file."""
        return {migration.source, migration.destination} <= {host.name for host in self._hosts.hosts}

    def close(self) -> None:
        """See fcm.backend.base.Backend: running migrations of the hosts go on."""
        self._closing.set()
        self._wake.set()
        if self._watcher.is_alive():
            self._watcher.join(CLOSE_LIMIT)
        with self._lock:
            self._sink = None
        for run in tuple(self._runs.values()):
            run.leave()
        for connection in self._connections.values():
            connection.close()
        if self._connections:
            self._control.close()
            EventLoop.release()
        self._connections = {}

    # Facts

    def post(self, *events: ev.Event) -> None:
        """Stamp, write and apply events of a migration run, then look whether others may go."""
        with self._lock:
            # A machine that no host has shown yet is placed by the inventory.
            known = [e for e in events if not isinstance(e, ev.MigrationHandedOver) or self._has_machine(e.migration)]
            self._post_all(known)
            over = [run for run in self._runs if self._state.migrations[run].phase.is_over]
            for identity in over:
                del self._runs[identity]
                self._since[self._state.migrations[identity].machine] = time.monotonic()
            if over:
                self._book.look()

    def found_endless(self, migration: str, reason: str, remedy: str) -> None:
        """A run saw that its migration does not end by itself: said once, with the drains that it holds up."""
        with self._lock:
            self._book.found_endless(migration, reason, remedy)

    def _has_machine(self, migration: str) -> bool:
        return self._state.migrations[migration].machine in self._state.machines

    def _post_all(self, events: Sequence[ev.Event]) -> None:
        """Everything under the lock; what cannot be written is kept and written first the next time."""
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

    # Hosts

    def _watch(self) -> None:
        while not self._closing.is_set():
            self._wake.wait(0.2)
            self._wake.clear()
            for name, connection in tuple(self._connections.items()):
                now = time.monotonic()
                every = SOONEST if connection.changed.is_set() else ASK_EVERY
                if connection.lane.idle and now - self._asked_at.get(name, -ASK_EVERY) >= every:
                    connection.changed.clear()
                    self._asked_at[name] = now
                    connection.poll(lambda report, name=name: self._told(name, report))  # type: ignore[misc]
                elif connection.lane.busy_for() > ANSWER_LIMIT:
                    silent = f"{name} has not responded for {ANSWER_LIMIT:g} s. fcm keeps trying to reconnect."
                    self._told(name, silent + self._as_of(name))
            with self._lock:
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
        with self._lock:
            if isinstance(report, str):
                self._reports.pop(name, None)
                node = self._state.nodes[name]
                if node.state is not NodeState.DOWN or node.note != report:
                    down = ev.NodeChanged(replace(node, state=NodeState.DOWN, note=report))
                    self._post_all([down, ev.BackendReported("error", f"{name}: {report}")])
            else:
                self._reports[name] = report
                self._answered[name], self._answered_at[name] = report.began, time.time()
                self._note_absent()
                # Machines first: whoever sees a node come up knows what it runs.
                self._post_all(machine_events(self._state, self._reports, self._since))
                self._post_all(node_events(self._state, self._hosts, self._reports, name))
            self._follow_interrupted()

    def _note_absent(self) -> None:
        """From when on each machine must be looked for that its own host does not show."""
        absent = absent_machines(self._state, self._reports)
        for identity, asked in absent.items():
            self._since.setdefault(identity, asked)
        for identity in self._since.keys() - absent.keys():
            if all(report.began >= self._since[identity] for report in self._reports.values()):
                del self._since[identity]

    def _follow_interrupted(self) -> None:
        """Take up the migrations during which the program ended, as soon as it can be told how they are."""
        for identity, migration in tuple(self._interrupted.items()):
            report = self._reports.get(migration.destination)
            arrived = report is not None and any(
                found.machine.id == migration.machine and not found.arriving and found.machine.state.holds_memory
                for found in report.machines
            )
            if arrived or {migration.source, migration.destination} <= set(self._reports):
                del self._interrupted[identity]
                self._runs[identity] = run = self._make_run(migration)
                run.follow()

    # Commands

    def submit(self, operation: Operation) -> None:
        """See fcm.backend.base.Backend; written down and carried out in a lane of its own."""
        self._control.submit(lambda: self._take(operation))

    def _take(self, operation: Operation) -> None:
        with self._lock:
            verdict = allowed(operation.command, self._state)
            if not verdict:
                self._post_all([refusal(operation.command, verdict)])
                self._finish(operation, verdict)
                return
            done = self._carry_out(operation)
            if done is not None:
                self._finish(operation, done)

    def _finish(self, operation: Operation, verdict: Verdict) -> None:
        operation.finish(verdict)
        if self._sink is not None:
            self._sink.finished(operation)

    def _carry_out(self, operation: Operation) -> Verdict | None:
        """Do it at once, or begin it in a lane (None: it will be finished there)."""
        assert self._state.cluster is not None
        match operation.command:
            case cmd.LiveMigrate() as command:
                self._book.request(command)
            case cmd.CancelMigration(migration=identity) if identity in self._interrupted:
                migration = self._interrupted[identity]
                return no(f"{migration.source} has not responded yet.", "Cancel it when both hosts are up.")
            case cmd.CancelMigration(migration=identity):
                self._book.cancel(identity)
                self._book.look()
            case cmd.CancelMigrations(node=name):
                return self._cancel_all(name)
            case cmd.TuneMigration(migration=identity) as command:
                source = self._state.migrations[identity].source
                self._in_lane(source, operation, lambda: self._tune(command))
                return None
            case cmd.SetMigrationNetworks(order=order, excluded=excluded):
                self._post_all([ev.MigrationNetworksSet(order, excluded)])
            case cmd.SetMachineNetworks(machine=identity, networks=preference):
                changed = replace(self._state.machines[identity], migration_networks=preference)
                self._post_all([ev.MachineChanged(changed)])
            case cmd.SetConcurrentMigrations(limit=limit):
                cluster = replace(self._state.cluster, concurrent_migrations=limit)
                self._post_all([ev.ClusterConfigured(cluster, f"Simultaneous live migrations per node: {limit}")])
                self._book.look()
            case cmd.SetMigrationOptions(options=options):
                cluster = replace(self._state.cluster, migration_options=options)
                self._post_all([ev.ClusterConfigured(cluster, "Options of live migrations changed")])
            case cmd.PauseNode(node=name):
                self.pause(name)
            case cmd.DrainNode() as command:
                self._book.drain(command)
            case cmd.ResumeNode() as command:
                self._book.resume(command)
            case cmd.ValidateCluster(tests=tests):
                self._post_all([ev.ClusterValidated(validate(self._state, tests))])
            case cmd.SetMachineState() as command:
                machine = self._state.machines[command.machine]
                self._in_lane(machine.node, operation, lambda: self._set_machine_state(command, machine.node))
                return None
            case other:
                return self.capabilities().verdict(other)
        return OK

    def _in_lane(self, node: str, operation: Operation, call: Any) -> None:
        connection = self._connections[node]

        def work() -> None:
            libvirt = load_libvirt()
            try:
                verdict = call() or OK
            except libvirt.libvirtError as error:
                verdict = sentence(error.get_error_code() or 0, str(error), node)
            with self._lock:
                self._finish(operation, verdict)

        connection.orders.submit(work)

    def _set_machine_state(self, command: cmd.SetMachineState, node: str) -> Verdict | None:
        domain = self._connections[node].domain(command.machine)
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

    def _tune(self, command: cmd.TuneMigration) -> None:
        run = self._runs.get(command.migration)
        if run is None:
            return
        run.tune(command.downtime_limit, command.bandwidth, command.post_copy)
        self.post(
            ev.MigrationOptionsChanged(command.migration, command.downtime_limit, command.bandwidth, command.post_copy)
        )

    # What the order book asks for, see fcm.backend.orders.Carrier; under the lock

    @property
    def state(self) -> State:
        """How the cluster is, as far as the hosts have said."""
        return self._state

    facts_are_final = False
    """A host that does not answer may come back by itself."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def tell(self, *events: ev.Event) -> None:
        """Facts."""
        self._post_all(events)

    def begin(self, migration: str) -> None:
        """Start a live migration that may go."""
        self._runs[migration] = run = self._make_run(self._state.migrations[migration])
        run.start()

    def stop(self, migration: str) -> None:
        """Request cancellation of a running live migration; the run reports it."""
        if migration in self._runs:
            self._runs[migration].cancel()

    def pause(self, node: str) -> None:
        """A mark on this side that nothing must move there; it outlives the program."""
        if not self._state.nodes[node].paused:
            self._post_all([ev.NodeChanged(replace(self._state.nodes[node], state=NodeState.PAUSED, paused=True))])

    def resume(self, command: cmd.ResumeNode) -> None:
        """Take the mark away."""
        node = replace(self._state.nodes[command.node], state=NodeState.UP, paused=False)
        self._post_all([ev.NodeChanged(node)])

    def _make_run(self, migration: Migration) -> MigrationRun:
        assert self._state.cluster is not None
        machine = self._state.machines.get(migration.machine)
        networks = [
            (identity, self._state.networks[identity].name, adapter.address)
            for identity in migration_order(self._state.cluster, self._state.networks, machine)
            if (adapter := self._state.adapter(migration.destination, identity)) is not None
        ]
        return MigrationRun(
            migration,
            self._connections[migration.source],
            self._connections[migration.destination],
            networks,
            self,
            unsafe=self._hosts.same_file_system,
            qemu=self._state.nodes[migration.source].version,
            memory=machine.memory if machine else 0,
        )

    def _cancel_all(self, node: str | None) -> Verdict:
        """Those that wait first, so that none of them starts when the one before it ends."""
        found = [one.id for one in cancellable(self._state, node)]
        known = [identity for identity in found if identity not in self._interrupted]
        if not known:
            return no("The hosts of these migrations have not responded yet.", "Cancel them when the hosts are up.")
        self._book.cancel_all(node)
        self._book.look()
        return OK
