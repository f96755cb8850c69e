"""Compute resiliency (2016 and later): what machines do while their node is Isolated.

The cluster does not see them; they are called Unmonitored and are not started elsewhere yet. On block storage they
lose their disks, because the others have taken them away, and are Paused-Critical (clustering blog 2015/06/03; Savill).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import MachineState
from fcm.model.rules.faults import answers

if TYPE_CHECKING:
    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.machines.machines import Machines
    from fcm.model.entities import VirtualMachine


class Resiliency:
    """Machines on nodes that are Isolated, and after that."""

    def __init__(self, core: Core, machines: Machines) -> None:
        self._core = core
        self._machines = machines

    def node_isolated(self, node: str) -> None:
        """The members no longer hear a node: its machines are unmonitored, and pause where their storage is a disk."""
        unmonitored = self._running(node)
        self._tell("1681", node, unmonitored)
        if not answers(self._core.state, node):
            return  # frozen or without power: nothing there can pause
        for machine in unmonitored:
            if machine.disk is not None and machine.state is MachineState.RUNNING and not machine.ended:
                self._machines.pause_critically(machine.id)

    def node_back(self, node: str) -> None:
        """It is a member again in time: nobody is restarted."""
        self._tell("1682", node, self._running(node))
        for machine in self._core.state.machines_on(node):
            if machine.state is MachineState.PAUSED_CRITICAL and not machine.ended and self._reaches(machine):
                self._machines.go_on(machine.id)

    def _reaches(self, machine: VirtualMachine) -> bool:
        volume = self._core.state.shared_volumes.get(machine.disk or "")
        return volume is None or machine.node not in volume.paused

    def _running(self, node: str) -> list[VirtualMachine]:
        found = self._core.state.machines_on(node)
        return [machine for machine in found if machine.is_highly_available and machine.state.holds_memory]

    def _tell(self, key: str, node: str, machines: list[VirtualMachine]) -> None:
        names = ", ".join(machine.name for machine in machines)
        if names:
            for member in self._core.members():
                if member.name != node:
                    self._core.log(key, member.name, node=node, machines=names)
