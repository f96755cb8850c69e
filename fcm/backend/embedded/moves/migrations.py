"""Moves of virtual machines: live migration, quick migration and Move, and what a restart leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.embedded.moves.endings import when
from fcm.backend.embedded.moves.live_migration import LiveMigration
from fcm.backend.embedded.moves.memory import Memory, options_verdict
from fcm.backend.embedded.moves.offline_move import OfflineMove
from fcm.backend.orders import OrderBook, new_identity
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState, NodeState
from fcm.model.migrations import Migration, MigrationKind, MigrationOptions
from fcm.model.rules.allowed import allowed
from fcm.model.rules.failing.faults import answers
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.machines.machines import Machines
    from fcm.backend.embedded.membership.nodes import Nodes
    from fcm.backend.embedded.storage.disks import Storage
    from fcm.model.entities import VirtualMachine
    from fcm.model.failures import Fault
    from fcm.model.rules.verdict import Verdict
    from fcm.model.state import State


class Migrations:
    """Everything that moves machines."""

    def __init__(self, core: Core, storage: Storage, machines: Machines, nodes: Nodes) -> None:
        self._core = core
        self._nodes = nodes
        self.book = OrderBook(self)
        self._machines = machines
        self._memory = Memory(core)
        self._offline = OfflineMove(core, storage, machines, self._over)
        self._storage = storage
        self._running: dict[str, LiveMigration] = {}
        self._losing = False
        """True while the loss of a node is being told."""
        self.on_looked: Callable[[], None] | None = None
        """Called when a migration may have started or ended."""

    # commands

    def live_migrate(self, command: cmd.LiveMigrate) -> Verdict:
        """Start it, or let it wait in the queue with its reason; refused for options that have no model here."""
        possible = options_verdict(self._core.state.migration_options(command.options))
        if possible:
            self.book.request(command)
        return possible

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
        self.book.cancel(command.migration)

    def cancel_all(self, command: cmd.CancelMigrations) -> None:
        """All of a node, or of the cluster."""
        self.book.cancel_all(command.node)

    def tune(self, command: cmd.TuneMigration) -> None:
        """Other options for a live migration under way."""
        self._core.emit(
            ev.MigrationOptionsChanged(command.migration, command.downtime_limit, command.bandwidth, command.post_copy)
        )
        running = self._running.get(command.migration)
        if running is not None:
            running.tuned(command.post_copy)

    def fail_back(self, machine: str, node: str) -> None:
        """Move a machine back to its preferred owner, if that is possible now."""
        running = self._core.state.machines[machine].state is MachineState.RUNNING
        command = (cmd.QuickMigrate if running else cmd.MoveMachine)(machine, node)
        if allowed(command, self._core.state):
            kind = MigrationKind.QUICK if running else MigrationKind.MOVE
            self._offline.begin(self._requested(kind, self._core.state.machines[machine], node))

    # what the order book asks for, see fcm.backend.orders.Carrier

    @property
    def state(self) -> State:
        """How the cluster is now."""
        return self._core.state

    facts_are_final = True
    """Nothing in this process answers late."""

    def now(self) -> float:
        """Seconds since the epoch on the cluster's clock."""
        return self._core.kernel.now

    def tell(self, *events: ev.Event) -> None:
        """Facts."""
        for event in events:
            self._core.emit(event)

    def begin(self, migration: str) -> None:
        """Start a live migration that may go."""
        live = LiveMigration(self._core, self._storage, self._memory, migration, self._over, self.book, self._machines)
        self._running[migration] = live
        live.begin()

    def stop(self, migration: str) -> None:
        """Cancel a live migration that runs."""
        running = self._running.pop(migration, None)
        if running is not None:
            running.stop()
        self._core.emit(ev.MigrationCanceled(migration))

    def pause(self, node: str) -> None:
        """Mark the node as paused."""
        if self._core.state.nodes[node].state is not NodeState.PAUSED:
            self._nodes.pause(cmd.PauseNode(node))

    def resume(self, command: cmd.ResumeNode) -> None:
        """End the pause of the node."""
        self._nodes.resume(command)

    def look(self) -> None:
        """Let running migrations and the order book see what has changed; after everything that may concern them."""
        self._memory.look_at_links()
        for running in tuple(self._running.values()):
            running.look()
        self._offline.look()
        self.book.look()
        if self.on_looked is not None:
            self.on_looked()

    def _requested(
        self,
        kind: MigrationKind,
        machine: VirtualMachine,
        destination: str,
    ) -> Migration:
        return Migration(
            id=new_identity(self._core.state),
            kind=kind,
            machine=machine.id,
            source=machine.node,
            destination=destination,
            options=MigrationOptions(),
            phase=Phase.SETUP,
            requested=self._core.kernel.now,
        )

    def _over(self, identity: str) -> None:
        self._running.pop(identity, None)
        if not self._losing:
            self.look()

    # what fails

    def fault_changed(self, fault: Fault, began: bool) -> None:
        """Something failed or works again: moves stand still, go on, or give up in a while."""
        self.look()

    def node_lost(self, node: str) -> None:
        """The cluster has noticed that a node is gone, or its service has ended.

        To be called before what the node owned is given away: until then the machine belongs to one of the two nodes
        of its move, which says what becomes of it. What waits is looked at once all that is done.
        """
        self._losing = True
        for identity, running in tuple(self._running.items()):
            migration = self._core.state.migrations[identity]
            if not migration.phase.is_over and node in (migration.source, migration.destination):
                running.node_lost(node)
        self._offline.node_lost(node)
        self._losing = False
        self._core.kernel.after(0.0, self.look)

    def machine_stopped(self, machine: str) -> None:
        """A machine has stopped, or could not start, and no move asked for it: its move ends with it."""
        migration = self._core.state.active_migration(machine)
        if migration is None or not migration.phase.is_running:
            return
        running = self._running.get(migration.id)
        if running is not None:
            running.machine_stopped()
        else:
            self._offline.machine_stopped(migration.id)

    # after a restart

    def interrupt(self) -> None:
        """End the migrations that were under way when the program ended, and say what became of the machines."""
        for migration in tuple(self._core.state.migrations.values()):
            if not migration.phase.is_over:
                self._interrupt(migration)

    def _interrupt(self, migration: Migration) -> None:
        machine = self._core.state.machines.get(migration.machine)
        if machine is None:
            self._core.emit(
                ev.MigrationInterrupted(migration.id, "fcm was closed, and the virtual machine no longer exists.")
            )
            return
        ran = migration.phase is not Phase.SETUP  # a machine that is off only changes its owner
        if migration.kind is not MigrationKind.LIVE and machine.state is not MachineState.RUNNING and ran:
            self._machines.resume(machine.id)
            machine = self._core.state.machines[machine.id]
        state = "online" if machine.state is MachineState.RUNNING else machine.state.lower()
        where = f"is {state} on {machine.node}."
        if not answers(self._core.state, machine.node):
            where = f"was on {machine.node}, which does not respond."
        closed = f"fcm was closed {when(migration.phase)}. The migration has ended."
        self._core.emit(ev.MigrationInterrupted(migration.id, f"{closed} {machine.name} {where}"))
