"""Machines whose storage is full or gone: Paused-Critical, going on, turned off, or failed, by version.

Storage that is gone: up to 2012 R2 guests crash or hang, and the next thorough health check (IsAlive) finds it; from
2016 on Hyper-V pauses them, lets them go on once the storage is back, and turns them off after 30 minutes
(AutomaticCriticalErrorAction, windows-powershell-docs).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fcm.model.entities import ClusterVersion, MachineState, ResourceState
from fcm.model.rules.failing.access import io_flows, volume_usable
from fcm.model.rules.failing.filling import has_room, resumes_by_itself
from fcm.model.structures import indexes
from fcm.model.structures.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.kernel import Timer
    from fcm.backend.embedded.machines.machines import Machines
    from fcm.model.entities import VirtualMachine

LIMIT = 1800.0
"""s that a machine without storage stays paused (AutomaticCriticalErrorActionTimeout, 30 min)."""
LOOK = 5.0
"""s between two looks at a machine that is being moved, or whose volume is being taken over, meanwhile."""
_STOPPED = (MachineState.OFF, MachineState.SAVED, MachineState.PAUSED_CRITICAL)


class Critical:
    """What becomes of machines without storage."""

    def __init__(self, core: Core, machines: Machines) -> None:
        self._core = core
        self._machines = machines
        self._due: dict[str, Timer] = {}

    def look(self) -> None:
        """Find out what is due; after the storage of any machine has changed."""
        state = self._core.state
        for volume in tuple(state.shared_volumes.values()):
            if state.disks[volume.disk].state is ResourceState.FAILED:
                for machine in state.machines_with_files_on(volume.disk):
                    self._lost(machine)
        for identity in table(self._core.state.machines).find(indexes.MACHINES_BY_CRITICAL).get(True, ()):
            self._look_at(self._core.state.machines[identity])

    def pause(self, identity: str) -> None:
        """Hyper-V pauses the machine."""
        self._machines.pause_critically(identity)

    def _lost(self, machine: VirtualMachine) -> None:
        """The volume under a machine is gone."""
        if machine.state in _STOPPED or machine.ended or machine.id in self._due:
            return
        moving = self._core.state.active_migration(machine.id) is not None
        pauses = self._core.cluster.version.at_least(ClusterVersion.V2016)
        if pauses and not moving and machine.state is MachineState.RUNNING:
            self.pause(machine.id)
            return
        resource = self._core.state.machine_resource(machine.id)
        health = 60 if resource is None else resource.policy.is_alive
        delay = LOOK if moving or pauses else self._core.vary(health / 2, f"health {machine.id}")
        self._later(machine.id, delay, self._check)

    def _check(self, identity: str) -> None:
        """A health check finds the guest dead, unless the storage came back in time."""
        machine = self._core.state.machines[identity]
        if machine.state in _STOPPED or volume_usable(self._core.state, machine.node, machine.disk):
            return
        if self._core.state.active_migration(identity) is not None or resumes_by_itself(self._core.state):
            self._lost(machine)
        else:
            self._fails(machine)

    def _look_at(self, machine: VirtualMachine) -> None:
        """A paused machine goes on, waits, or has waited for too long."""
        state = self._core.state
        if machine.ended:
            return
        if io_flows(state, machine.node, machine.disk):
            self._forget(machine.id)
            if resumes_by_itself(state) and has_room(state, machine) and self._node_runs(machine.node):
                self._machines.go_on(machine.id)
        elif machine.id not in self._due:
            waited = self._core.kernel.now - (machine.critical_since or self._core.kernel.now)
            self._later(machine.id, max(LIMIT - waited, 0.0), self._give_up)

    def _give_up(self, identity: str) -> None:
        machine = self._core.state.machines[identity]
        if machine.state is not MachineState.PAUSED_CRITICAL:
            return
        if io_flows(self._core.state, machine.node, machine.disk):
            self._look_at(machine)
            return
        if volume_usable(self._core.state, machine.node, machine.disk):
            self._later(identity, LOOK, self._give_up)  # it is being taken over just now
            return
        self._core.log("18528", machine.node, machine=machine.name)
        self._fails(machine)

    def _fails(self, machine: VirtualMachine) -> None:
        why = volume_usable(self._core.state, machine.node, machine.disk).reason
        if machine.is_highly_available:
            self._machines.fails(machine.id, why)
        else:
            self._machines.turn_off(machine.id)

    def _node_runs(self, node: str) -> bool:
        return self._core.state.nodes[node].state.is_member

    def _later(self, identity: str, delay: float, action: Callable[[str], None]) -> None:
        self._forget(identity)
        self._due[identity] = self._core.kernel.after(delay, partial(self._happens, identity, action))

    def _forget(self, identity: str) -> None:
        timer = self._due.pop(identity, None)
        if timer is not None:
            timer.cancel()

    def _happens(self, identity: str, action: Callable[[str], None]) -> None:
        self._due.pop(identity, None)
        if identity in self._core.state.machines:
            action(identity)
