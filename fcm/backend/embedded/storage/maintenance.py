"""Maintenance mode of disks and shared volumes of the embedded cluster."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.entities import MachineState, OfflineAction
from fcm.model.entries import refusal
from fcm.model.rules.maintenance import machines_in_the_way, set_maintenance

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.machines.machines import Machines
    from fcm.backend.embedded.storage.disks import Storage
    from fcm.model.entities import VirtualMachine

LOOK = 1.0
"""s between two looks whether the machines of a volume are offline or never will be."""


class Maintenance:
    """Turns the mode on, once the machines in its way are offline, and off.

    What still waits for machines when the program ends is given up: the machines are offline then, the volume is not
    in maintenance.
    """

    def __init__(self, core: Core, storage: Storage, machines: Machines) -> None:
        self._core = core
        self._storage = storage
        self._machines = machines
        self._waiting: set[str] = set()
        """Volumes whose machines are being taken offline."""

    def set(self, command: cmd.SetMaintenance) -> None:
        """On or off; the machines of a shared volume are taken offline by their offline actions before."""
        running = machines_in_the_way(self._core.state, command.disk) if command.on else ()
        if not running:
            self._storage.set_maintenance(command.disk, command.on)
            return
        self._waiting.add(command.disk)
        for machine in running:
            self._take_offline(machine, partial(self._look, command.disk))
        self._look_again(command.disk)

    def _take_offline(self, machine: VirtualMachine, then: Callable[[], None]) -> None:
        resource = self._core.state.machine_resource(machine.id)
        action = OfflineAction.SAVE if resource is None else OfflineAction(resource.offline_action)
        if action is OfflineAction.TURN_OFF or machine.state is MachineState.PAUSED_CRITICAL:
            self._machines.turn_off(machine.id)
        elif action is OfflineAction.SAVE or machine.state is MachineState.PAUSED:  # a paused guest cannot shut down
            self._machines.save(machine.id, then)
        else:
            self._machines.shut_down(machine.id, then)

    def _look_again(self, disk: str) -> None:
        """A machine whose node fails meanwhile never ends what it was doing, so its end alone cannot be waited for."""
        self._look(disk)
        if disk in self._waiting:
            self._core.kernel.after(LOOK, partial(self._look_again, disk))

    def _look(self, disk: str) -> None:
        """Turn the mode on if all is offline; tell if something came in between."""
        state = self._core.state
        ending = (MachineState.STOPPING, MachineState.SAVING)
        in_the_way = machines_in_the_way(state, disk)
        if disk not in self._waiting or any(machine.state in ending for machine in in_the_way):
            return
        self._waiting.discard(disk)
        command = cmd.SetMaintenance(disk, on=True)
        verdict = set_maintenance(command, state)
        if verdict:
            self._storage.set_maintenance(disk, on=True)
        else:
            self._core.emit(refusal(command, verdict))
