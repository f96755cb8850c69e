"""Quick migration and Move: the machine is stopped while its group goes to another node."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fcm.model import events as ev
from fcm.model.entities import MachineState, OfflineAction
from fcm.model.migrations import Migration, MigrationKind
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.machines.machines import Machines
    from fcm.backend.embedded.storage.disks import Storage

GROUP_MOVE_TIME = 0.5
"""s to take the resources of a group offline on one node and online on another. An assumption."""


class OfflineMove:
    """Moves that interrupt the machine. In BLACKOUT it stops or is saved, in NETWORK it starts or is restored."""

    def __init__(self, core: Core, storage: Storage, machines: Machines, over: Callable[[], None]) -> None:
        """``over`` is called after each move."""
        self._core = core
        self._storage = storage
        self._machines = machines
        self._over = over

    def begin(self, migration: Migration) -> None:
        """Request and start a move."""
        self._core.emit(ev.MigrationRequested(migration))
        identity = migration.id
        machine = self._core.state.machines[migration.machine]
        if machine.state in (MachineState.OFF, MachineState.SAVED):
            self._hand_over(identity)
            self._complete(identity)
            return
        self._core.emit(ev.MigrationPhaseEntered(identity, Phase.BLACKOUT))
        resource = self._core.state.machine_resource(machine.id)
        action = OfflineAction.SAVE if resource is None else OfflineAction(resource.offline_action)
        if migration.kind is MigrationKind.QUICK or action is OfflineAction.SAVE:
            self._machines.save(machine.id, partial(self._group_moves, identity))
        elif action in (OfflineAction.SHUT_DOWN, OfflineAction.SHUT_DOWN_FORCED):
            self._machines.shut_down(machine.id, partial(self._group_moves, identity))
        else:
            self._machines.turn_off(machine.id)
            self._group_moves(identity)

    def _group_moves(self, identity: str) -> None:
        self._core.emit(ev.MigrationPhaseEntered(identity, Phase.STORAGE))
        self._core.kernel.after(GROUP_MOVE_TIME, partial(self._arrive, identity))

    def _arrive(self, identity: str) -> None:
        self._hand_over(identity)
        self._core.emit(ev.MigrationPhaseEntered(identity, Phase.NETWORK))
        machine = self._core.state.migrations[identity].machine
        self._machines.start(machine, partial(self._complete, identity))

    def _hand_over(self, identity: str) -> None:
        migration = self._core.state.migrations[identity]
        machine = self._core.state.machines[migration.machine]
        if machine.disk is not None:
            self._storage.own(machine.disk, migration.destination)
        self._core.emit(ev.MigrationHandedOver(identity))

    def _complete(self, identity: str) -> None:
        self._core.emit(ev.MigrationCompleted(identity, None))
        self._over()
