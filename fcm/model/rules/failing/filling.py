"""When a volume is so full that virtual machines are warned of it or paused, by version.

2008 R2 and 2012: warnings below 2 GB, Paused-Critical below 200 MB, with fixed disks too (B. Armstrong 2009/04/22); of
a Cluster Shared Volume only machines on its coordinator (KB 2486243). 2012 R2: only disks that grow. 2016 and later:
only once a write would fail (Savill). Virtual hard disks here are fixed ones, made in full size; what grows is what a
machine with snapshots has written since, and its saved state. Assumed: machines on other nodes are paused once nothing
is free.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import GIB, MIB, ClusterVersion, MachineState
from fcm.model.quantities import apart
from fcm.model.rules.failing.access import workload_io
from fcm.model.rules.failing.assumed import figure
from fcm.model.rules.snapshots import snapshots_of
from fcm.model.rules.verdict import OK, Verdict, no

if TYPE_CHECKING:
    from fcm.model.entities import Disk, VirtualMachine
    from fcm.model.state import State

WARNED_BELOW = 2 * GIB
PAUSED_BELOW = 200 * MIB


def warned_below(state: State) -> int:
    """Bytes free below which machines are warned; 0 = they are not."""
    assert state.cluster is not None
    return 0 if state.cluster.version.at_least(ClusterVersion.V2016) else WARNED_BELOW


def resumes_by_itself(state: State) -> bool:
    """Whether a machine that was paused for its storage goes on once that is well (2016 and later)."""
    assert state.cluster is not None
    return state.cluster.version.at_least(ClusterVersion.V2016)


def has_room(state: State, machine: VirtualMachine) -> bool:
    """Whether the disk of a machine has the room for it to run; yes where its size is not known (real hosts)."""
    if machine.disk is None or not state.disks[machine.disk].size:
        return True
    assert state.cluster is not None
    free = state.disks[machine.disk].free
    if state.cluster.version.at_least(ClusterVersion.V2012_R2) and not snapshots_of(state, machine.id):
        return True  # its disk does not grow
    if state.cluster.version.at_least(ClusterVersion.V2016):
        return free > 0
    volume = state.shared_volumes.get(machine.disk)
    if volume is not None and volume.owner != machine.node:
        return free > 0
    return free >= PAUSED_BELOW


def growth(state: State, machine: VirtualMachine) -> float:
    """Bytes/s by which the snapshots of a machine grow: assumed, by its workload; 0 if it has none or does not run."""
    runs = machine.state is MachineState.RUNNING and not machine.ended
    if machine.disk is None or not runs or not snapshots_of(state, machine.id):
        return 0.0
    assert state.cluster is not None
    disk = state.disks[machine.disk]
    if dict(disk.written).get(machine.id, 0) >= (machine.disk_size or disk.size):
        return 0.0  # everything in it has been written again
    return workload_io(state.cluster, machine.workload) * figure(state.cluster, "growth_share")


def room_to_save(state: State, machine: VirtualMachine) -> Verdict:
    """Whether the disk of a machine has the room for its memory."""
    if machine.disk is None:
        return OK
    disk = state.disks[machine.disk]
    if disk.free >= machine.memory or not disk.size:
        return OK
    has, needs = apart(disk.free, machine.memory)
    return no(
        f"{disk.name} has {has} free; the saved state of {machine.name} needs {needs}.",
        "Free space on it, for example by deleting snapshots, or shut the machine down.",
    )


def short_of_room(state: State, machine: VirtualMachine) -> Verdict:
    """Why a machine that was paused for want of room cannot go on; OK if it can."""
    if has_room(state, machine):
        return OK
    assert machine.disk is not None
    return no(f"{state.disks[machine.disk].name} is full.", "Free space on it, for example by deleting snapshots.")


def with_file(files: tuple[tuple[str, int], ...], machine: str, size: int) -> tuple[tuple[str, int], ...]:
    """A disk's list of files with that of a machine changed; 0 takes it out."""
    kept = tuple((name, bytes_) for name, bytes_ in files if name != machine)
    return (*kept, (machine, size)) if size > 0 else kept


def bytes_of(disk: Disk, machine: str) -> int:
    """Bytes of a machine's saved state and of what it wrote since its snapshots."""
    return dict(disk.saved).get(machine, 0) + dict(disk.written).get(machine, 0)
