"""Quick migration and Move: the machine is stopped while its group goes to another node.

Each step is taken only while the nodes that take it can. A source that is gone once the machine is saved is not needed
any more: its state is on the shared disk. A destination that is gone before it owns the group leaves it where it was.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fcm.backend.embedded.moves.endings import ANOTHER_NODE, owner_lost, restoring_lost, saving_lost
from fcm.model import events as ev
from fcm.model.entities import MachineState, OfflineAction
from fcm.model.migrations import Migration, MigrationKind
from fcm.model.rules.failing.faults import hears, service_runs
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.machines.machines import Machines
    from fcm.backend.embedded.storage.disks import Storage

GROUP_MOVE_TIME = 0.5
"""s to take the resources of a group offline on one node and online on another. An assumption."""
_STOPPED = (MachineState.OFF, MachineState.SAVED)


class OfflineMove:
    """Moves that interrupt the machine. In BLACKOUT it stops or is saved, in NETWORK it starts or is restored."""

    def __init__(self, core: Core, storage: Storage, machines: Machines, over: Callable[[str], None]) -> None:
        """``over`` is called with the id of each move after it."""
        self._core = core
        self._storage = storage
        self._machines = machines
        self._over = over
        self._held: dict[str, Callable[[str], None]] = {}
        """Move -> the step that came due while a node could not take it."""
        self._restoring: set[str] = set()
        """Moves of machines that are being restored from a saved state."""

    def begin(self, migration: Migration) -> None:
        """Request and start a move."""
        self._core.emit(ev.MigrationRequested(migration))
        identity = migration.id
        machine = self._core.state.machines[migration.machine]
        if machine.state in _STOPPED:
            self._step(identity, self._hand_over_stopped)
            return
        if machine.ended:
            self._fail(
                identity, f"{machine.name} no longer runs on {machine.node}.", "Move it once it is online again."
            )
            return
        self._core.emit(ev.MigrationPhaseEntered(identity, Phase.BLACKOUT))
        resource = self._core.state.machine_resource(machine.id)
        action = OfflineAction.SAVE if resource is None else OfflineAction(resource.offline_action)
        if migration.kind is MigrationKind.QUICK or action is OfflineAction.SAVE:
            self._machines.save(machine.id, partial(self._group_moves, identity))
        elif action in (OfflineAction.SHUT_DOWN, OfflineAction.SHUT_DOWN_FORCED):
            self._machines.shut_down(machine.id, partial(self._group_moves, identity))
        else:
            self._machines.turn_off(machine.id, planned=True)
            self._group_moves(identity)

    def _step(self, identity: str, action: Callable[[str], None]) -> None:
        """Take the next step, or wait until the nodes can, or the cluster has noticed that they are gone."""
        if self._is_over(identity):
            return
        migration, state = self._core.state.migrations[identity], self._core.state
        source = state.nodes[migration.source]
        together = service_runs(state, source.name) and hears(state, source.name, migration.destination)
        source_able = not source.state.counts_as_running or together
        if not source_able or not service_runs(state, migration.destination):
            self._held[identity] = action
            if not state.nodes[migration.destination].state.counts_as_running:
                self._stays(identity)
            return
        self._held.pop(identity, None)
        action(identity)

    def look(self) -> None:
        """Nodes may be able to go on."""
        for identity, action in tuple(self._held.items()):
            if self._is_over(identity):
                self._held.pop(identity, None)
            else:
                self._step(identity, action)

    def _is_over(self, identity: str) -> bool:
        return self._core.state.migrations[identity].phase.is_over

    def _group_moves(self, identity: str) -> None:
        if self._is_over(identity):
            return
        self._core.emit(ev.MigrationPhaseEntered(identity, Phase.STORAGE))
        self._core.kernel.after(GROUP_MOVE_TIME, partial(self._step, identity, self._arrive))

    def _arrive(self, identity: str) -> None:
        migration = self._core.state.migrations[identity]
        if self._core.state.machines[migration.machine].state is MachineState.SAVED:
            self._restoring.add(identity)
        self._hand_over(identity)
        self._core.emit(ev.MigrationPhaseEntered(identity, Phase.NETWORK))
        self._machines.start_or_fail(migration.machine, partial(self._complete, identity))

    def _hand_over_stopped(self, identity: str) -> None:
        machine = self._core.state.machines[self._core.state.migrations[identity].machine]
        self._hand_over(identity)
        self._complete(identity)
        if machine.queued_since is not None:
            self._machines.start_or_fail(machine.id)  # its start waited at the source

    def _hand_over(self, identity: str) -> None:
        migration = self._core.state.migrations[identity]
        machine = self._core.state.machines[migration.machine]
        if machine.disk is not None:
            self._storage.own(machine.disk, migration.destination)
        self._core.emit(ev.MigrationHandedOver(identity))

    def _complete(self, identity: str) -> None:
        if self._is_over(identity):
            return
        self._restoring.discard(identity)
        self._core.emit(ev.MigrationCompleted(identity, None))
        self._over(identity)

    # what fails meanwhile

    def node_lost(self, node: str) -> None:
        """The cluster has noticed that a node is gone."""
        for migration in self._core.state.running_migrations():
            if migration.kind is MigrationKind.LIVE:
                continue
            if node == migration.source:
                self._source_lost(migration)
            elif node == migration.destination:
                self._destination_lost(migration)

    def _source_lost(self, migration: Migration) -> None:
        name = self._core.state.machines[migration.machine].name
        if migration.phase is Phase.BLACKOUT:
            self._machines.forget(migration.machine)
            self._fail(migration.id, saving_lost(migration, name))
        elif not migration.handed_over:
            action = self._held.pop(migration.id, None)
            if action is not None:
                self._step(migration.id, action)

    def _destination_lost(self, migration: Migration) -> None:
        machine = self._core.state.machines[migration.machine]
        if not migration.handed_over:
            if migration.phase is not Phase.BLACKOUT:  # there it is found once the machine is saved
                self._stays(migration.id)
        elif machine.state is MachineState.RUNNING:
            self._fail(migration.id, owner_lost(migration, machine.name))
        else:
            self._fail(migration.id, restoring_lost(migration, machine.name, migration.id in self._restoring))

    def _stays(self, identity: str) -> None:
        """The destination is gone before it owned the group: the machine goes on where it was."""
        self._held.pop(identity, None)
        migration, state = self._core.state.migrations[identity], self._core.state
        machine = state.machines[migration.machine]
        lost = f"The cluster lost {migration.destination} before it owned {machine.name}."
        ran = migration.phase is not Phase.SETUP
        if ran and service_runs(state, migration.source) and state.nodes[migration.source].state.counts_as_running:
            how = "restored" if machine.state is MachineState.SAVED else "started again"
            self._fail(identity, f"{lost} {machine.name} is {how} on {migration.source}.", ANOTHER_NODE)
            self._machines.start_or_fail(machine.id)
        else:
            where = f"{machine.name} is still {machine.state.lower()} on {migration.source}."
            self._fail(identity, f"{lost} {where}", ANOTHER_NODE)

    def machine_stopped(self, identity: str) -> None:
        """The machine was turned off while it was being saved, or did not start at the destination."""
        migration = self._core.state.migrations[identity]
        machine = self._core.state.machines.get(migration.machine)
        if machine is None or migration.phase is Phase.STORAGE:
            return
        what = f"could not be started on {migration.destination}" if migration.handed_over else "stopped meanwhile"
        self._fail(identity, f"{machine.name} {what}. It is {machine.state.lower()}.")

    def _fail(self, identity: str, reason: str, remedy: str = "") -> None:
        self._restoring.discard(identity)
        self._held.pop(identity, None)
        self._core.emit(ev.MigrationFailed(identity, reason, remedy))
        self._over(identity)
