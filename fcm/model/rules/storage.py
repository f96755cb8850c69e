"""What may be done with disks and Cluster Shared Volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import (
    DiskUse,
    NodeState,
    ResourceState,
    VolumeAccess,
)
from fcm.model.rules import names
from fcm.model.rules import snapshots as snapshot_rules
from fcm.model.rules.failing.access import path_works, within_reach_of_all
from fcm.model.rules.failing.faults import reaches_disk
from fcm.model.rules.maintenance import not_in_maintenance
from fcm.model.rules.verdict import OK, Verdict, no, some, together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model import commands as cmd
    from fcm.model.entities import Disk, Node
    from fcm.model.state import State


def add_cluster_disk(command: cmd.AddClusterDisk, state: State) -> Verdict:
    """Disks that all nodes see and that are not in the cluster yet."""
    if not command.disks:
        return no("No disk was chosen.", "Select at least one disk.")
    return together(found for identity in command.disks for found in _not_a_cluster_disk(state.disks[identity], state))


def _not_a_cluster_disk(disk: Disk, state: State) -> Iterator[Verdict]:
    if disk.use is not DiskUse.UNASSIGNED:
        yield no(f"{disk.name} is already a cluster disk.", "Choose disks that the cluster does not use yet.")
        return
    hidden = sorted(set(state.nodes) - set(disk.visible_to))
    if hidden:
        yield no(f"{disk.name} is not visible to {', '.join(hidden)}.", "Present the LUN to every node.")
    if not disk.persistent_reservations:
        yield no(f"{disk.name} does not support persistent reservations.", "Use a LUN that passes validation.")


def add_storage(command: cmd.AddStorage, state: State) -> Verdict:
    """Disks of Available Storage, online and not used for something else."""
    assert state.cluster is not None
    if not state.cluster.shared_volumes_enabled:
        return no("Cluster Shared Volumes are not enabled.", "Enable them on the cluster first.")
    if not command.disks:
        return no("No disk was chosen.", "Select at least one disk.")
    return together(found for identity in command.disks for found in _not_a_volume(state.disks[identity], state))


def _not_a_volume(disk: Disk, state: State) -> Iterator[Verdict]:
    if disk.use is not DiskUse.AVAILABLE:
        yield no(f"{disk.name} is not in Available Storage ({disk.use}).", "Choose disks in Available Storage.")
        return
    if disk.state is not ResourceState.ONLINE:
        yield no(f"{disk.name} is {disk.state.lower()}.", "Bring the disk online first.")
    yield not_in_maintenance(state, disk.id)
    if disk.file_system != "NTFS":
        yield no(f"{disk.name} is formatted with {disk.file_system}.", "Cluster Shared Volumes require NTFS.")
    users = [machine.name for machine in state.machines_with_files_on(disk.id)]
    if users:
        yield no(
            f"{disk.name} holds files of {some(users, 3)}.",
            "Make these machines highly available with their own disk, or delete them first.",
        )


def remove_volume(command: cmd.RemoveSharedVolume, state: State) -> Verdict:
    """Volumes without files of virtual machines."""
    volume = state.shared_volumes[command.disk]
    users = [machine.name for machine in state.machines_with_files_on(command.disk)]
    empty = no(f"{volume.name} holds files of {some(users, 3)}.", "Move or delete these machines first.")
    found = state.disks[command.disk].state
    lost = found in (ResourceState.FAILED, ResourceState.PENDING)
    broken = no(f"{volume.name} is {found.lower()}.", "Bring the disk online first.")
    return together((empty if users else OK, broken if lost else OK, not_in_maintenance(state, command.disk)))


def rename_volume(command: cmd.RenameSharedVolume, state: State) -> Verdict:
    """A name for a volume that no other has."""
    volume = state.shared_volumes[command.disk]
    others = (disk.name for disk in state.disks.values() if disk.id != volume.disk)
    return together(
        (
            names.object_name(command.name, "volume"),
            names.not_taken(command.name, others, f"Another disk is named {command.name}."),
        )
    )


def rename_folder(command: cmd.RenameVolumeFolder, state: State) -> Verdict:
    """A folder name under ClusterStorage that Windows takes and no other volume has."""
    return together(_against_folder(command, state))


def _against_folder(command: cmd.RenameVolumeFolder, state: State) -> Iterator[Verdict]:
    volume = state.shared_volumes[command.disk]
    yield names.file_name(command.folder, "folder", names.FOLDER_LIMIT)
    others = (other.folder for other in state.shared_volumes.values() if other.disk != volume.disk)
    yield names.not_taken(command.folder, others, f"ClusterStorage already has a folder {command.folder}.")
    moving = [m for m in state.running_migrations() if state.machines[m.machine].disk == volume.disk]
    if moving:
        yield no("A machine on this volume is being migrated.", "Wait until the migration ends.")
    yield within_reach_of_all(state, command.disk)


def move_volume(command: cmd.MoveSharedVolume, state: State) -> Verdict:
    """The volume goes to another node that is up."""
    volume, node = state.shared_volumes[command.disk], state.nodes[command.node]
    if volume.owner == node.name:
        return no(f"{node.name} is already the coordinator of {volume.name}.", "Choose another node.")
    return together(_against_move(command.disk, node, state))


def _against_move(disk: str, node: Node, state: State) -> Iterator[Verdict]:
    volume, found = state.shared_volumes[disk], state.disks[disk]
    if found.state is not ResourceState.ONLINE:
        yield no(f"{volume.name} is {found.state.lower()}.", "Bring the disk online first.")
    elif volume.owner in volume.paused or not state.nodes[volume.owner].state.is_member:
        yield no(f"{volume.name} is being taken over by another node.", "Wait until it is online again.")
    if node.state is not NodeState.UP:
        yield no(f"{node.name} is {node.state.lower()}.", "Choose a node that is up.")
    elif node.name not in found.visible_to:
        yield no(f"{node.name} does not see this disk.", "Present the LUN to the node.")
    else:
        yield path_works(state, node.name, disk)
    yield not_in_maintenance(state, disk)


def redirect(command: cmd.SetRedirectedAccess, state: State) -> Verdict:
    """Redirected access is turned on or off, not twice."""
    volume = state.shared_volumes[command.disk]
    if (volume.access is VolumeAccess.REDIRECTED) == command.on:
        return no(f"Redirected access of {volume.name} is already {'on' if command.on else 'off'}.")
    return within_reach_of_all(state, command.disk) and snapshot_rules.volume_in_backup(state, command.disk)


def disk_online(command: cmd.SetDiskOnline, state: State) -> Verdict:
    """A cluster disk goes online or offline; not below running machines."""
    disk = state.disks[command.disk]
    if disk.use is DiskUse.UNASSIGNED:
        return no(f"{disk.name} is not a cluster disk.", "Add it to the cluster first.")
    if disk.state is ResourceState.PENDING:
        return no(f"{disk.name} is being brought online.", "Wait until it is online or has failed.")
    if (disk.state is ResourceState.ONLINE) == command.online:
        return no(f"{disk.name} is already {'online' if command.online else 'offline'}.")
    return together(_against_offline(disk, state)) if not command.online else _against_online(disk, state)


def _against_online(disk: Disk, state: State) -> Verdict:
    """A disk that no node that could own it reaches would only fail again."""
    members = [node.name for node in state.nodes.values() if node.state.is_member]
    able = [name for name in members if reaches_disk(state, name, disk.id)]
    if disk.use is not DiskUse.SHARED_VOLUME and disk.owner in members:
        return path_works(state, str(disk.owner), disk.id)
    if able or not members:
        return OK
    return no(f"No node has a path to {disk.name}.", "Repair the LUN or a path first.")


def _against_offline(disk: Disk, state: State) -> Iterator[Verdict]:
    if disk.use is DiskUse.WITNESS:
        yield no(f"{disk.name} is the quorum witness.", "Change the quorum configuration first.")
    users = [m.name for m in state.machines_with_files_on(disk.id) if m.state.holds_memory]
    if users:
        yield no(f"{disk.name} is used by running machines: {some(users, 3)}.", "Shut them down first.")
