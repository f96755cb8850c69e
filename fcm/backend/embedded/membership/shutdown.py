"""Shut Down Cluster: everything goes offline in order, then the cluster services stop on all nodes.

Machines go as their Cluster-Controlled Offline Action says (Stop-Cluster leaves them saved by default; Schneider
PowerChute, Hyper-V help). What the user wants online stays so, and comes back when the cluster is started.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.embedded.membership.alarms import Alarms
from fcm.model.entities import MachineState, OfflineAction

if TYPE_CHECKING:
    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.machines.machines import Machines
    from fcm.backend.embedded.membership.membership import Membership
    from fcm.model.entities import VirtualMachine

STOPPED = "The cluster was shut down."
LOOK = 1.0
"""s between two looks whether all machines are offline."""
_CHANGING = (MachineState.STARTING, MachineState.STOPPING, MachineState.SAVING)


class Shutdown:
    """The cluster as a whole is stopped."""

    def __init__(self, core: Core, machines: Machines, membership: Membership) -> None:
        self._core = core
        self._machines = machines
        self._membership = membership
        self._alarms = Alarms(core.kernel)

    def stop(self) -> None:
        """Begin to shut the cluster down."""
        self._core.configure(replace(self._core.cluster, stopping=True), "The cluster is being shut down")
        self._look()

    def settle(self) -> None:
        """Go on with a shutdown that the end of the program interrupted."""
        if self._core.state.cluster is not None and self._core.cluster.stopping:
            self._look()

    def _look(self) -> None:
        if self._core.cluster.stopped:
            self._end()
            return
        busy = False
        for machine in tuple(self._core.state.machines.values()):
            if not machine.is_highly_available or not self._core.state.nodes[machine.node].state.is_member:
                continue
            if machine.state in _CHANGING:
                busy = True
            elif machine.state.holds_memory:
                busy = self._take_offline(machine) or busy
        if busy:
            self._alarms.after("look", LOOK, self._look)
        else:
            self._membership.stop_all(STOPPED)
            self._end()

    def _end(self) -> None:
        self._core.configure(replace(self._core.cluster, stopping=False), "The cluster is shut down")

    def _take_offline(self, machine: VirtualMachine) -> bool:
        """Whether that takes time."""
        resource = self._core.state.machine_resource(machine.id)
        action = OfflineAction.SAVE if resource is None else resource.offline_action
        if machine.state is not MachineState.RUNNING or action is OfflineAction.TURN_OFF:
            self._machines.turn_off(machine.id)
            return False
        if action is OfflineAction.SAVE:
            self._machines.save(machine.id)
        else:
            self._machines.shut_down(machine.id)
        return True
