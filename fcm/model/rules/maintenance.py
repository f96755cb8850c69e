"""Maintenance mode of cluster disks and Cluster Shared Volumes: what it asks for, what it forbids.

The cluster stops asking whether the disk is well (LooksAlive, IsAlive), and its resource stays online, so that chkdsk
and the like can lock the volume without a failover (Maintaining Physical Disk Resources, MSCluster). Machines with a
disk of their own stay online; a Cluster Shared Volume leaves the namespace under ClusterStorage on every node, so that
the machines on it must be offline (Suspend-ClusterResource of Windows Server 2008 R2).

Documented: only a disk that is online can be put into maintenance; other operations on it are refused
(ERROR_CLUSTER_RESOURCE_IS_IN_MAINTENANCE_MODE). Assumed, because no document of 2008 R2 was found: which operations
these are (here: planned moves, another use, snapshots, backups), that the disk witness cannot be put into maintenance,
that the mode ends where the owner leaves the cluster or a disk that is no volume goes offline, and that a volume which
was redirected before is direct afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import DiskUse, MachineState, ResourceState, VolumeAccess
from fcm.model.rules.verdict import OK, Verdict, no, some, together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fcm.model import commands as cmd
    from fcm.model.entities import VirtualMachine
    from fcm.model.state import State

TURN_OFF = "Turn off maintenance mode first."
_CHANGING = (MachineState.STARTING, MachineState.STOPPING, MachineState.SAVING)


def in_maintenance(state: State, disk: str | None) -> bool:
    """Whether a disk or the shared volume on it is in maintenance mode; None: local storage, which never is."""
    if disk is None or disk not in state.disks:
        return False
    volume = state.shared_volumes.get(disk)
    if volume is not None:
        return volume.access is VolumeAccess.MAINTENANCE
    return state.disks[disk].maintenance


def within_reach(state: State, disk: str | None) -> Verdict:
    """Whether files on a disk can be reached: those of a shared volume in maintenance by no node."""
    if disk is not None and disk in state.shared_volumes and in_maintenance(state, disk):
        name = state.shared_volumes[disk].name
        return no(f"{name} is in maintenance mode: no node can access the files on it.", TURN_OFF)
    return OK


def not_in_maintenance(state: State, disk: str | None) -> Verdict:
    """Whether a disk may be moved, used for something else or backed up."""
    if disk is not None and in_maintenance(state, disk):
        return no(f"{state.disks[disk].name} is in maintenance mode.", TURN_OFF)
    return OK


def machines_in_the_way(state: State, disk: str) -> tuple[VirtualMachine, ...]:
    """Machines that must be offline before a disk is in maintenance: those that run from it as a shared volume."""
    if disk not in state.shared_volumes:
        return ()
    return tuple(machine for machine in state.machines_with_files_on(disk) if machine.state.holds_memory)


def set_maintenance(command: cmd.SetMaintenance, state: State) -> Verdict:
    """Turn maintenance mode on or off."""
    disk = state.disks[command.disk]
    if disk.use is DiskUse.UNASSIGNED:
        return no(f"{disk.name} is not a cluster disk.", "Add it to the cluster first.")
    if in_maintenance(state, disk.id) == command.on:
        return no(f"Maintenance mode of {disk.name} is already {'on' if command.on else 'off'}.")
    return together(_against_maintenance(command, state)) if command.on else OK


def _against_maintenance(command: cmd.SetMaintenance, state: State) -> Iterator[Verdict]:
    disk = state.disks[command.disk]
    if disk.state is not ResourceState.ONLINE:
        yield no(f"{disk.name} is {disk.state.lower()}.", "Bring the disk online first.")
    if disk.use is DiskUse.WITNESS:
        yield no(f"{disk.name} is the quorum witness.", "Change the quorum configuration first.")
    users = state.machines_with_files_on(disk.id)
    moving = [machine for machine in users if state.active_migration(machine.id) is not None]
    if moving:
        yield no(
            f"A live migration of {_names(moving)} is in progress.", "Wait until the migration ends, or cancel it."
        )
    backed_up = {backup.machine for backup in state.backups.values() if backup.ended is None}
    if any(machine.id in backed_up for machine in users):
        yield no(f"A backup of {disk.name} is in progress.", "Wait until it ends.")
    yield from _still_running(command, state)


def _still_running(command: cmd.SetMaintenance, state: State) -> Iterator[Verdict]:
    running = machines_in_the_way(state, command.disk)
    name = state.disks[command.disk].name
    for machine in (one for one in running if one.state in _CHANGING):
        yield no(f"{machine.name} is {machine.state.lower()}.", "Wait until it is finished.")
    alone = [machine for machine in running if not machine.is_highly_available]
    if alone:
        yield no(
            f"Machines that run from {name} are not highly available, so the cluster cannot take "
            f"them offline: {_names(alone)}.",
            "Shut down or save them first.",
        )
    others = [machine for machine in running if machine.is_highly_available and machine.state not in _CHANGING]
    if others and not command.force:
        yield no(
            f"Machines run from {name}, which no node can access in maintenance mode: {_names(others)}.",
            "Shut down or save them first, or use -Force to take the offline action of each.",
        )


def maintenance_question(state: State, disk: str) -> str:
    """What turning maintenance mode of a disk on (if it is on: off) brings, to be asked before."""
    name = state.disks[disk].name
    if in_maintenance(state, disk):
        return f"Turn off maintenance mode of {name}? Make sure that chkdsk and other tools have finished."
    if disk not in state.shared_volumes:
        return (
            f"Turn on maintenance mode of {name}? Its health is not checked until you turn it off. What uses "
            "the disk stays online, but a tool might lock it."
        )
    running = machines_in_the_way(state, disk)
    text = f"Turn on maintenance mode of {name}? No node can access the volume until you turn it off."
    if running:
        text += (
            " These machines are taken offline first, each by its offline action, and you must start them again: "
            f"{_names(running)}."
        )
    return text


def _names(machines: Sequence[VirtualMachine]) -> str:
    return some([machine.name for machine in machines], 12)
