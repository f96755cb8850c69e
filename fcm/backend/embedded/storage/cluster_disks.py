"""Cluster disks with a resource (witness, Available Storage, disk of a group) whose path, LUN or reservation is lost.

The owner renews its reservation all the time, so it notices within seconds. What follows is the matter of the policies
of the resource, as for every other; here is only whether the disk can be online where.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from fcm.backend.embedded.storage.volumes import nothing
from fcm.model import events as ev
from fcm.model.entities import DiskUse, ResourceState
from fcm.model.failures import FaultKind
from fcm.model.rules.failing.access import path_works
from fcm.model.rules.failing.faults import active, reaches_disk, service_runs

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.kernel import Timer
    from fcm.backend.embedded.storage.disks import Storage
    from fcm.model.entities import Disk

_WITH_RESOURCE = (DiskUse.WITNESS, DiskUse.AVAILABLE, DiskUse.GROUP)
_OF_STORAGE = (FaultKind.LOSE_LUN, FaultKind.LOSE_PATH, FaultKind.LOSE_RESERVATION)


class ClusterDisks:
    """What owners notice of their disks."""

    def __init__(self, core: Core, storage: Storage) -> None:
        self._core = core
        self._storage = storage
        self._due: dict[str, Timer] = {}
        self.on_failed: Callable[[str, str], None] = self._fail
        """Who follows the policies of a resource that failed, told why."""
        self.on_reserved: Callable[[str], None] = nothing
        """Told when a node has taken the reservation of a disk."""

    def look(self) -> None:
        """Find out which owners will notice something; after whatever may concern a disk."""
        faults = self._core.state.faults.values()
        faulty = dict.fromkeys(fault.target for fault in faults if fault.kind in _OF_STORAGE)  # in their order
        for identity in [one for one in self._due if one not in faulty]:
            self._due.pop(identity).cancel()
        for identity in faulty:
            disk = self._core.state.disks.get(identity)
            if disk is None or not self._is_lost(disk):
                timer = self._due.pop(identity, None)
                if timer is not None:
                    timer.cancel()
            elif identity not in self._due:
                delay = self._core.vary(self._core.figure("renew_reservation"), f"reservation {identity}")
                self._due[identity] = self._core.kernel.after(delay, partial(self._notice, identity))

    def _is_lost(self, disk: Disk) -> bool:
        """Whether the owner asks after the disk and finds it gone; in maintenance it does not ask."""
        state, owner = self._core.state, disk.owner
        if disk.use not in _WITH_RESOURCE or disk.state is not ResourceState.ONLINE or disk.maintenance:
            return False
        if owner is None or not state.nodes[owner].state.is_member or not service_runs(state, owner):
            return False
        return not reaches_disk(state, owner, disk.id) or bool(active(state, FaultKind.LOSE_RESERVATION, disk.id))

    def _notice(self, identity: str) -> None:
        self._due.pop(identity, None)
        disk = self._core.state.disks.get(identity)
        resource = self._storage.resource_of(identity)
        if disk is None or disk.owner is None or resource is None or not self._is_lost(disk):
            return
        why = path_works(self._core.state, disk.owner, identity).reason
        self._core.log("1038", disk.owner, resource=disk.name)
        self._change(identity, state=ResourceState.FAILED)
        self.on_failed(resource.id, why or f"{disk.owner} lost its reservation of {disk.name}.")

    def _fail(self, resource: str, why: str) -> None:
        """What happens while nobody follows the policies."""
        found = self._core.state.resources[resource]
        self._core.change_resource(found, state=ResourceState.FAILED, failure=why)

    def _change(self, identity: str, **changes: object) -> None:
        disk = self._core.state.disks[identity]
        changed = replace(disk, **changes)  # type: ignore[arg-type]
        if changed != disk:
            self._core.emit(ev.DiskChanged(changed))
