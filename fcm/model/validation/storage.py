"""Validation tests of the category Storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import DiskUse, ResourceState
from fcm.model.quantities import size
from fcm.model.rules.maintenance import in_maintenance
from fcm.model.validation.finding import Finding, NamedTests, fail, listed, passed, warn, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model.entities import Disk
    from fcm.model.state import State

FULL = 0.9
"""Share of a volume from which on it counts as nearly full."""


def _level(disk: Disk, text: str, remedy: str) -> Finding:
    """What is wrong with a disk of the cluster is a failure; with a LUN that it does not use yet, a warning."""
    return warn(text, remedy) if disk.use is DiskUse.UNASSIGNED else fail(text, remedy)


def _all_disks(state: State) -> Iterator[Finding]:
    lines = (f"{d.name}: LUN {d.number}, {size(d.size)}, {d.file_system}, {d.use}" for d in state.disks.values())
    return listed(lines, "The nodes see no shared disks.")


def _potential(state: State) -> Iterator[Finding]:
    names = set(state.nodes)
    found = (
        f"{d.name}: {size(d.size)}"
        for d in state.disks.values()
        if d.use is DiskUse.UNASSIGNED and names <= set(d.visible_to) and d.persistent_reservations
    )
    return listed(found, "There are no other LUNs that could become cluster disks.")


def _access(state: State) -> Iterator[Finding]:
    def bad() -> Iterator[Finding]:
        for disk in state.disks.values():
            hidden = [name for name in state.nodes if name not in disk.visible_to]
            if hidden:
                yield _level(disk, f"{disk.name} is not visible to {words(hidden)}.", "Present the LUN to every node.")

    return passed(bad(), "Every node sees every disk.")


def _reservations(state: State) -> Iterator[Finding]:
    def bad() -> Iterator[Finding]:
        for disk in state.disks.values():
            if not disk.persistent_reservations:
                text = f"{disk.name} does not support SCSI-3 persistent reservations."
                yield _level(disk, text, "Use storage that supports them; failover clusters require them.")

    return passed(bad(), "All disks support SCSI-3 persistent reservations.")


def _file_systems(state: State) -> Iterator[Finding]:
    def bad() -> Iterator[Finding]:
        for disk in state.disks.values():
            if disk.file_system != "NTFS":
                text = f"{disk.name} is formatted with {disk.file_system or 'nothing'}."
                yield _level(disk, text, "Format it with NTFS.")

    return passed(bad(), "All disks are formatted with NTFS.")


def _online(state: State) -> Iterator[Finding]:
    def bad() -> Iterator[Finding]:
        for disk in state.disks.values():
            if disk.use is not DiskUse.UNASSIGNED and disk.state is not ResourceState.ONLINE:
                yield warn(f"{disk.name} is {disk.state.lower()}.", "Bring the disk online.")
            elif in_maintenance(state, disk.id):
                yield warn(f"{disk.name} is in maintenance mode: its health is not checked.", "Turn it off.")

    return passed(bad(), "All cluster disks are online.")


def _space(state: State) -> Iterator[Finding]:
    def bad() -> Iterator[Finding]:
        for disk in state.disks.values():
            if disk.use is DiskUse.SHARED_VOLUME and disk.used > FULL * disk.size:
                text = f"{disk.name} has {size(disk.free)} of {size(disk.size)} free."
                yield warn(text, "Free some space: machines stop when their volume is full.")

    return passed(bad(), "No Cluster Shared Volume is nearly full.")


def _witness(state: State) -> Iterator[Finding]:
    def bad() -> Iterator[Finding]:
        for disk in state.disks.values():
            if disk.use is DiskUse.WITNESS and disk.size < 512 * 2**20:
                yield warn(f"The witness {disk.name} has {size(disk.size)}.", "Use a disk of at least 512 MiB.")

    return passed(bad(), "No disk witness is too small.")


TESTS: NamedTests = (
    ("List All Disks", _all_disks),
    ("List Potential Cluster Disks", _potential),
    ("Validate Disk Access", _access),
    ("Validate SCSI-3 Persistent Reservation", _reservations),
    ("Validate File System", _file_systems),
    ("Validate Disk Status", _online),
    ("Validate Disk Space", _space),
    ("Validate Disk Witness", _witness),
)
