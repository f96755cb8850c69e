"""The live migrations of real hosts as one backend knows them: the order book and the runs."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from fcm.backend.libvirt.moves.migration import MigrationRun
from fcm.backend.orders import OrderBook
from fcm.migration.constants import GOODPUT
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.rules.machines import cancellable
from fcm.model.rules.networks import migration_order
from fcm.model.rules.verdict import OK, Verdict, no
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.backend.base import Operation
    from fcm.backend.libvirt.hosts import Hosts
    from fcm.model.migrations import Migration
    from fcm.model.state import State

_LOST = "fcm was closed before this migration started, or its hosts are no longer in the hosts file."


class Run(Protocol):
    """One live migration under way; it tells ``Runs.post`` what happens, from threads of its own."""

    def start(self) -> None:
        """Begin; returns at once."""

    def follow(self) -> None:
        """Watch one that runs on the hosts already, and say how it ends or ended; returns at once."""

    def leave(self) -> None:
        """Stop telling; the hosts go on by themselves."""

    def cancel(self) -> None:
        """Ask for the end; the machine stays at the source. Returns at once."""

    def tune(self, downtime_limit: float | None, bandwidth: int | None, post_copy: bool) -> None:
        """Change the running job; blocks. Raises libvirt.libvirtError where the host refuses."""


class Engine(Protocol):
    """What differs between the backends; called under the lock of the hosts."""

    def make_run(self, migration: Migration) -> Run:
        """The run of a live migration; nothing begins yet."""

    def pause(self, node: str) -> None:
        """See ``orders.Carrier``."""

    def resume(self, command: cmd.ResumeNode) -> None:
        """See ``orders.Carrier``."""


class Runs:
    """Carrier of the order book (fcm.backend.orders) and reporter of its runs (fcm.backend.libvirt.moves.migration)."""

    COMMANDS = frozenset(
        {
            cmd.LiveMigrate,
            cmd.CancelMigration,
            cmd.CancelMigrations,
            cmd.TuneMigration,
            cmd.SetConcurrentMigrations,
            cmd.SetMigrationOptions,
        }
    )
    """What ``carry_out`` takes."""
    facts_are_final = False
    """A host that does not respond may come back by itself."""

    def __init__(self, hosts: Hosts, engine: Engine) -> None:
        self.hosts = hosts
        self._engine = engine
        self.book = OrderBook(self)
        self._runs: dict[str, Run] = {}
        self.interrupted: dict[str, Migration] = {}
        """Migrations during which an earlier session of fcm ended, and of which it is not known yet how they are."""

    # Life

    def begin_again(self, known: State) -> tuple[ev.Event, ...]:
        """Remember the migrations that an earlier session left running; under the lock.

        Returns:
            What to tell of those that cannot be found again.
        """
        unfinished = [m for m in known.migrations.values() if not m.phase.is_over]
        names = {host.name for host in self.hosts.file.hosts}
        self.interrupted = {
            m.id: m for m in unfinished if {m.source, m.destination} <= names and m.phase is not Phase.WAITING
        }
        return tuple(ev.MigrationInterrupted(m.id, _LOST) for m in unfinished if m.id not in self.interrupted)

    def take_up(self) -> None:
        """Follow the interrupted ones, as soon as it can be told how they are: after each look at a host."""
        reports = self.hosts.reports
        for identity, migration in tuple(self.interrupted.items()):
            report = reports.get(migration.destination)
            arrived = report is not None and any(
                found.machine.id == migration.machine and not found.arriving and found.machine.state.holds_memory
                for found in report.machines
            )
            if arrived or {migration.source, migration.destination} <= set(reports):
                del self.interrupted[identity]
                self.follow(migration)

    def follow(self, migration: Migration) -> None:
        """Watch a migration that the state knows and that runs on the hosts already; under the lock."""
        self._runs[migration.id] = run = self._engine.make_run(migration)
        run.follow()

    def leave(self) -> None:
        """Stop telling of all of them; the hosts go on by themselves."""
        for run in tuple(self._runs.values()):
            run.leave()

    def run(self, migration: str) -> Run | None:
        """The run of a migration, as long as it is under way."""
        return self._runs.get(migration)

    # What runs report

    def post(self, *events: ev.Event) -> None:
        """Stamp, write and apply events of a migration run, then look whether others may go."""
        with self.hosts.lock:
            # A machine that no host has shown yet is placed by the inventory.
            known = [e for e in events if not isinstance(e, ev.MigrationHandedOver) or self._has_machine(e.migration)]
            self.hosts.tell_all(known)
            over = [run for run in self._runs if self.state.migrations[run].phase.is_over]
            for identity in over:
                del self._runs[identity]
                self.hosts.since[self.state.migrations[identity].machine] = time.monotonic()
            if over:
                self.book.look()

    def found_endless(self, migration: str, reason: str, remedy: str) -> None:
        """A run saw that its migration does not end by itself: said once, with the drains that it holds up."""
        with self.hosts.lock:
            self.book.found_endless(migration, reason, remedy)

    def _has_machine(self, migration: str) -> bool:
        return self.state.migrations[migration].machine in self.state.machines

    # Commands

    def carry_out(self, operation: Operation) -> Verdict | None:
        """One of ``COMMANDS``, under the lock: done, or begun in a lane that will finish it (None)."""
        match operation.command:
            case cmd.LiveMigrate() as command:
                self.book.request(command)
            case cmd.CancelMigration(migration=identity) if identity in self.interrupted:
                source = self.interrupted[identity].source
                return no(f"{source} has not responded yet.", "Cancel it when both hosts are up.")
            case cmd.CancelMigration(migration=identity):
                self.book.cancel(identity)
                self.book.look()
            case cmd.CancelMigrations(node=name):
                return self._cancel_all(name)
            case cmd.TuneMigration(migration=identity) as command:
                source = self.state.migrations[identity].source
                self.hosts.in_lane(source, operation, lambda: self._tune(command))
                return None
            case cmd.SetConcurrentMigrations(limit=limit):
                assert self.state.cluster is not None
                cluster = replace(self.state.cluster, concurrent_migrations=limit)
                self.hosts.tell(ev.ClusterConfigured(cluster, f"Simultaneous live migrations per node: {limit}"))
                self.book.look()
            case cmd.SetMigrationOptions(options=options):
                assert self.state.cluster is not None
                cluster = replace(self.state.cluster, migration_options=options)
                self.hosts.tell(ev.ClusterConfigured(cluster, "Options of live migrations changed"))
            case other:
                raise AssertionError(other)
        return OK

    def _cancel_all(self, node: str | None) -> Verdict:
        """Those that wait first, so that none of them starts when the one before it ends."""
        found = [one.id for one in cancellable(self.state, node)]
        known = [identity for identity in found if identity not in self.interrupted]
        if not known:
            return no("The hosts of these migrations have not responded yet.", "Cancel them when the hosts are up.")
        self.book.cancel_all(node)
        self.book.look()
        return OK

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
        return self.hosts.state

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def tell(self, *events: ev.Event) -> None:
        """Facts."""
        self.hosts.tell_all(events)

    def begin(self, migration: str) -> None:
        """Start a live migration that may go."""
        self._runs[migration] = run = self._engine.make_run(self.state.migrations[migration])
        run.start()

    def stop(self, migration: str) -> None:
        """Request cancellation of a running live migration; the run reports it."""
        if migration in self._runs:
            self._runs[migration].cancel()

    def pause(self, node: str) -> None:
        """Mark the node as paused."""
        self._engine.pause(node)

    def resume(self, command: cmd.ResumeNode) -> None:
        """End the pause of the node."""
        self._engine.resume(command)


def networks_of(state: State, migration: Migration) -> Sequence[tuple[str, str, str]]:
    """Id, name and address of the destination for each network that a live migration tries, in order of preference."""
    assert state.cluster is not None
    return [
        (identity, state.networks[identity].name, adapter.address)
        for identity in migration_order(state.cluster, state.networks, state.machines.get(migration.machine))
        if (adapter := state.adapter(migration.destination, identity)) is not None
    ]


def capacity_of(state: State, migration: Migration) -> float | None:
    """bytes/s of memory that the first network of a live migration carries; None where there is none."""
    first = next(iter(networks_of(state, migration)), None)
    return None if first is None else state.networks[first[0]].bandwidth * GOODPUT


def libvirt_run(
    hosts: Hosts, runs: Runs, migration: Migration, permitted: Callable[[], Verdict] = lambda: OK
) -> MigrationRun:
    """The run of a live migration that libvirt alone carries out, peer to peer.

    ``permitted`` is asked right before it begins; it may block.
    """
    machine = hosts.state.machines.get(migration.machine)
    return MigrationRun(
        migration,
        hosts.connections[migration.source],
        hosts.connections[migration.destination],
        networks_of(hosts.state, migration),
        runs,
        unsafe=hosts.file.same_file_system,
        qemu=hosts.state.nodes[migration.source].version,
        memory=machine.memory if machine else 0,
        permitted=permitted,
        capacity=capacity_of(hosts.state, migration),
    )
