"""What machines do while their node is Isolated (compute resiliency, 2016 and later).

The cluster does not see them, calls them Unmonitored and does not start them elsewhere yet. On block storage they lose
their disks and are Paused-Critical; back in time, they go on, and nobody is restarted (clustering blog 2015/06/03;
Savill, Mastering Windows Server 2016 Hyper-V).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import MachineState
from fcm.model.rules.failing.access import volume_usable
from fcm.model.rules.failing.faults import answers

if TYPE_CHECKING:
    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.machines.machines import Machines


class Unmonitored:
    """Machines on nodes that are Isolated."""

    def __init__(self, core: Core, machines: Machines) -> None:
        self._core = core
        self._machines = machines

    def node_isolated(self, node: str) -> None:
        """Machines of a node whose disks it no longer has pause; a node that is frozen or dead pauses nothing."""
        if not answers(self._core.state, node):
            return
        for machine in self._core.state.machines_on(node):
            clustered = machine.is_highly_available and machine.disk is not None
            if clustered and machine.state is MachineState.RUNNING and not machine.ended:
                self._machines.pause_critically(machine.id)

    def node_back(self, node: str) -> None:
        """It is a member again in time: what was paused goes on, and so does what a move had begun to save."""
        state = self._core.state
        for machine in state.machines_on(node):
            self._machines.undo(machine.id)
            paused = machine.state is MachineState.PAUSED_CRITICAL and not machine.ended
            if paused and volume_usable(state, node, machine.disk):
                self._machines.go_on(machine.id)
