"""Moves of virtual machines: the queue of live migrations, quick migration and Move, and what a restart leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.embedded.live_migration import LiveMigration
from fcm.backend.embedded.memory import Memory, options_verdict
from fcm.backend.embedded.offline_move import OfflineMove
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState, Migration, MigrationKind, MigrationOptions, NodeState
from fcm.model.machine_rules import cancellable
from fcm.model.preflight_checks import migration_checks, queue_reason, waiting_reason
from fcm.model.rules import allowed
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.machines import Machines
    from fcm.backend.embedded.storage import Storage
    from fcm.model.entities import VirtualMachine
    from fcm.model.verdict import Verdict


class Migrations:
    """Everything that moves machines."""

    def __init__(self, core: Core, storage: Storage, machines: Machines) -> None:
        self._core = core
        self._machines = machines
        self._memory = Memory(core)
        self._offline = OfflineMove(core, storage, machines, self.look_at_queue)
        self._storage = storage
        self._queue: list[str] = []
        """Live migrations that wait, oldest first."""
        self._running: dict[str, LiveMigration] = {}
        self.on_looked: Callable[[], None] = lambda: None
        """Who is told that a migration may have begun or ended."""

    # commands

    def live_migrate(self, command: cmd.LiveMigrate) -> Verdict:
        """Start it, or let it wait in the queue with its reason; refused for options that have no model here."""
        possible = options_verdict(self._core.state.migration_options(command.options))
        if possible:
            self.request(command)
        return possible

    def request(self, command: cmd.LiveMigrate, drain: str | None = None) -> None:
        """Start or queue a live migration, as part of a drain or by itself."""
        machine = self._core.state.machines[command.machine]
        migration = self._requested(
            MigrationKind.LIVE, machine, command.destination, self._core.state.migration_options(command.options)
        )
        migration = replace(migration, drain=drain)
        reason = self._reason(migration, self._queued())
        if reason:
            self._queue.append(migration.id)
            self._core.emit(ev.MigrationRequested(replace(migration, phase=Phase.WAITING, reason=reason)))
            return
        self._core.emit(ev.MigrationRequested(replace(migration, started=self._core.kernel.now)))
        self._begin(migration.id)

    def quick_migrate(self, command: cmd.QuickMigrate) -> None:
        """Save, move, restore."""
        machine = self._core.state.machines[command.machine]
        self._offline.begin(self._requested(MigrationKind.QUICK, machine, command.destination))

    def move(self, command: cmd.MoveMachine) -> None:
        """Offline by its offline action, then online elsewhere."""
        machine = self._core.state.machines[command.machine]
        self._offline.begin(self._requested(MigrationKind.MOVE, machine, command.destination))

    def cancel(self, command: cmd.CancelMigration) -> None:
        """End a live migration that waits or copies; the machine runs on where it is."""
        if command.migration in self._queue:
            self._queue.remove(command.migration)
        running = self._running.pop(command.migration, None)
        if running is not None:
            running.stop()
        self._core.emit(ev.MigrationCanceled(command.migration))

    def cancel_all(self, command: cmd.CancelMigrations) -> None:
        """Those that wait first, so that none of them starts when the one before it ends."""
        found = cancellable(self._core.state, command.node)
        for migration in sorted(found, key=lambda one: one.phase is not Phase.WAITING):
            self.cancel(cmd.CancelMigration(migration.id))

    def tune(self, command: cmd.TuneMigration) -> None:
        """Other options for a live migration under way."""
        self._core.emit(
            ev.MigrationOptionsChanged(command.migration, command.downtime_limit, command.bandwidth, command.post_copy)
        )
        running = self._running.get(command.migration)
        if running is not None:
            running.tuned()

    def fail_back(self, machine: str, node: str) -> None:
        """Move a machine back to its preferred owner, if that is possible now."""
        running = self._core.state.machines[machine].state is MachineState.RUNNING
        command = (cmd.QuickMigrate if running else cmd.MoveMachine)(machine, node)
        if allowed(command, self._core.state):
            kind = MigrationKind.QUICK if running else MigrationKind.MOVE
            self._offline.begin(self._requested(kind, self._core.state.machines[machine], node))

    # the queue

    def look_at_queue(self) -> None:
        """Start what can start, tell the others why they wait; after everything that may change that."""
        self._memory.look_at_links()
        for running in tuple(self._running.values()):
            running.look_at_adapters()
        before: list[Migration] = []
        for identity in tuple(self._queue):
            migration = self._core.state.migrations[identity]
            lost = self._lost(migration)
            reason = self._reason(migration, before)
            if lost:
                self._queue.remove(identity)
                self._core.emit(ev.MigrationFailed(identity, *lost))
            elif reason:
                before.append(migration)
                if reason != migration.reason:
                    self._core.emit(ev.MigrationWaited(identity, reason))
            else:
                self._queue.remove(identity)
                self._start_waiting(migration)
        self.on_looked()

    def _start_waiting(self, migration: Migration) -> None:
        machine = self._core.state.machines[migration.machine]
        for check in migration_checks(self._core.state, machine, migration.destination):
            if check.level == "fail":
                self._core.emit(ev.MigrationFailed(migration.id, check.text, check.remedy))
                return
        self._core.emit(ev.MigrationPhaseEntered(migration.id, Phase.SETUP))
        self._begin(migration.id)

    def _lost(self, migration: Migration) -> tuple[str, str] | None:
        """Why a waiting migration cannot come about any more, with the remedy."""
        state = self._core.state
        remedy = "Request the migration again."
        machine = state.machines.get(migration.machine)
        if machine is None or not machine.is_highly_available:
            return ("The machine left the cluster while the migration waited.", remedy)
        if machine.node != migration.source:
            return (f"{machine.name} went to {machine.node} while the migration waited.", remedy)
        node = state.nodes.get(migration.destination)
        if node is None or node.state is NodeState.DOWN:
            return (f"{migration.destination} left the cluster while the migration waited.", "Choose another node.")
        return None

    def _reason(self, migration: Migration, before: list[Migration]) -> str:
        """Why it must wait; "" if it need not. First come, first served: who came before goes first."""
        state, ends = self._core.state, (migration.source, migration.destination)
        waits = bool(waiting_reason(state, *ends))
        for node in ends:
            ahead = sum(node in (other.source, other.destination) for other in before)
            busy = sum(
                other.kind is MigrationKind.LIVE and node in (other.source, other.destination)
                for other in state.running_migrations()
            )
            waits = waits or ahead + busy >= self._core.cluster.concurrent_migrations
        return queue_reason(state, *ends) if waits else ""

    def _queued(self) -> list[Migration]:
        return [self._core.state.migrations[identity] for identity in self._queue]

    def _requested(
        self,
        kind: MigrationKind,
        machine: VirtualMachine,
        destination: str,
        options: MigrationOptions | None = None,
    ) -> Migration:
        return Migration(
            id=f"migration-{len(self._core.state.migrations) + 1}",
            kind=kind,
            machine=machine.id,
            source=machine.node,
            destination=destination,
            options=options or MigrationOptions(),
            phase=Phase.SETUP,
            requested=self._core.kernel.now,
        )

    def _begin(self, identity: str) -> None:
        live = LiveMigration(self._core, self._storage, self._memory, identity, self._over)
        self._running[identity] = live
        live.begin()

    def _over(self, identity: str) -> None:
        self._running.pop(identity, None)
        self.look_at_queue()

    # after a restart

    def interrupt(self) -> None:
        """End the migrations that were under way when the program ended, and say what became of the machines."""
        for migration in tuple(self._core.state.migrations.values()):
            if not migration.phase.is_over:
                self._interrupt(migration)

    def _interrupt(self, migration: Migration) -> None:
        machine = self._core.state.machines.get(migration.machine)
        if machine is None:
            self._core.emit(ev.MigrationInterrupted(migration.id, "fcm ended; the machine is gone."))
            return
        if migration.kind is not MigrationKind.LIVE and machine.state is not MachineState.RUNNING:
            self._machines.resume(machine.id)
            machine = self._core.state.machines[machine.id]
        when = {
            Phase.WAITING: "while the migration waited",
            Phase.SETUP: "while the migration was being set up",
            Phase.BROWNOUT: "while memory was being copied",
            Phase.BLACKOUT: "while the machine stood still",
            Phase.STORAGE: "while its storage was being handed over",
        }.get(migration.phase, "after the machine had been handed over")
        where = "online" if machine.state is MachineState.RUNNING else machine.state.lower()
        reason = f"fcm ended {when}. The migration is over; {machine.name} is {where} on {machine.node}."
        self._core.emit(ev.MigrationInterrupted(migration.id, reason))
