"""Storage that fails: what every part of it makes of a failure, of a node that is lost, and of one that is back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.embedded.storage.cluster_disks import ClusterDisks
from fcm.backend.embedded.storage.critical import Critical
from fcm.backend.embedded.storage.filling import Filling
from fcm.backend.embedded.storage.volumes import Volumes
from fcm.model.entities import ResourceState
from fcm.model.failures import FaultKind
from fcm.model.rules.failing.faults import active

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.failover.loss import Loss
    from fcm.backend.embedded.machines.machines import Machines
    from fcm.backend.embedded.membership.faults import Faults
    from fcm.backend.embedded.storage.disks import Storage
    from fcm.model.failures import Fault


class Disks:
    """All that the cluster notices of its storage."""

    def __init__(self, core: Core, storage: Storage, machines: Machines, faults: Faults) -> None:
        self._core = core
        self._storage = storage
        self._faults = faults
        self.volumes = Volumes(core)
        self.cluster_disks = ClusterDisks(core, storage)
        self.critical = Critical(core, machines)
        self.filling = Filling(core, self.critical)
        self.volumes.on_reserved = self.cluster_disks.on_reserved = storage.on_reserved = self._reserved
        self.volumes.on_changed = self._changed
        self._tell: list[Callable[[], None]] = []
        storage.volumes = self.volumes
        storage.on_filled = self.filling.filled
        core.on_machine_state = self.filling.state_changed

    def follow(self, told: Callable[[], None]) -> None:
        """Tell somebody after the way of any node to any volume has changed."""
        self._tell.append(told)

    def fault_changed(self, fault: Fault, began: bool) -> None:
        """A failure began or ended."""
        self.look()

    def nodes_dropped(self, losses: Sequence[Loss]) -> None:
        """Nodes left without a goodbye; a membership with quorum was agreed."""
        for loss in losses:
            self._storage.end_maintenance(loss.node)
        self.look()

    def node_joined(self, node: str) -> None:
        """A node takes part again: volumes that no node could bring online are tried again."""
        for volume in tuple(self._core.state.shared_volumes.values()):
            if self._core.state.disks[volume.disk].state is ResourceState.FAILED:
                self.volumes.bring_online(volume.disk)
        self.look()

    def formed(self) -> None:
        """The cluster has formed."""
        self.volumes.formed()
        self.look()

    def look(self) -> None:
        """Find out what is due; after whatever may concern storage."""
        self.volumes.look()
        self.cluster_disks.look()
        self.critical.look()
        self.filling.look()

    def settle(self) -> None:
        """What was due when the program ended is due again."""
        self.filling.settle()
        self.look()

    def _reserved(self, disk: str) -> None:
        """Who has brought a disk online has reserved it: that failure is over."""
        fault = active(self._core.state, FaultKind.LOSE_RESERVATION, disk)
        if fault is not None:
            self._faults.end(fault.id)

    def _changed(self) -> None:
        self.critical.look()
        for told in self._tell:
            told()
