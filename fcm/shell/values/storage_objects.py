"""Disks and Cluster Shared Volumes as objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.entities import DiskUse, ResourceState, ResourceType, VolumeAccess
from fcm.model.rules.failing.access import IoMode, access_of
from fcm.model.rules.maintenance import in_maintenance
from fcm.shell.values.enumerations import enumerated
from fcm.shell.values.references import cluster_reference, makes, node_reference, reference, type_reference
from fcm.shell.values.values import NameOf, ShellObject, text

if TYPE_CHECKING:
    from fcm.model.entities import Disk, SharedVolume
    from fcm.model.state import State


def disk_object(disk: Disk, state: State) -> ShellObject:
    """A cluster disk as resource."""
    maintenance = in_maintenance(state, disk.id)
    return ShellObject(
        "ClusterResource",
        {
            "Cluster": cluster_reference(state),
            "IsCoreResource": disk.use is DiskUse.WITNESS,
            "IsNetworkClassResource": False,
            "IsStorageClassResource": True,
            "OwnerNode": node_reference(state, disk.owner),
            "ResourceType": type_reference(state, ResourceType.PHYSICAL_DISK),
            "State": enumerated("ClusterResourceState", str(disk.state)),
            "OwnerGroup": _use(disk, state),
            "Name": disk.name,
            "MaintenanceMode": maintenance,
            "DiskId": disk.id,
            "Id": disk.id,
        },
        disk.id,
    )


def _use(disk: Disk, state: State) -> NameOf:
    """What a disk is used for: a group where there is one of that name."""
    group = next((one for one in state.groups.values() if one.name == str(disk.use)), None)
    return NameOf(str(disk.use)) if group is None else reference("ClusterGroup", group.name, group.id, state)


def available_disk_object(disk: Disk, state: State) -> ShellObject:
    """A LUN that the cluster does not use yet."""
    return ShellObject(
        "ClusterAvailableDisk",
        {
            "Cluster": cluster_reference(state),
            "Id": disk.id,
            "Name": disk.name,
            "Number": disk.number,
            "Size": disk.size,
            "FileSystem": disk.file_system,
            "VisibleTo": list(disk.visible_to),
        },
        disk.id,
    )


def volume_object(volume: SharedVolume, state: State) -> ShellObject:
    """A Cluster Shared Volume; its Name can be set."""
    disk = state.disks[volume.disk]
    maintenance = in_maintenance(state, volume.disk)
    redirected = any(access_of(state, volume, node).is_redirected for node in state.nodes)
    partition = {
        "FileSystem": disk.file_system,
        "Size": disk.size,
        "FreeSpace": disk.free,
        "UsedSpace": disk.used,
        "PercentFree": round(disk.free / disk.size * 100, 2) if disk.size else 0.0,
    }
    return ShellObject(
        "ClusterSharedVolume",
        {
            "Cluster": cluster_reference(state),
            "Name": volume.name,
            "State": enumerated("ClusterResourceState", str(disk.state)),
            "OwnerNode": node_reference(state, volume.owner),
            "SharedVolumeInfo": {
                "FriendlyVolumeName": volume.path(),
                "Partition": partition,
                "MaintenanceMode": maintenance,
                "RedirectedAccess": redirected,
                "FaultState": _fault_state(volume, disk),
            },
            "Id": volume.disk,
        },
        volume.disk,
        {"Name": lambda value: cmd.RenameSharedVolume(volume.disk, text(value))},
    )


def _fault_state(volume: SharedVolume, disk: Disk) -> str:
    if disk.state is ResourceState.FAILED:
        return "Failed"
    if volume.paused:
        return f"Paused on {', '.join(volume.paused)}"
    if volume.access is VolumeAccess.DIRECT and volume.redirected:
        return f"{VolumeAccess.REDIRECTED} on {', '.join(volume.redirected)}"
    return str(volume.access)


def volume_state_object(volume: SharedVolume, node: str, state: State) -> ShellObject:
    """How one node reaches a shared volume."""
    access = access_of(state, volume, node)
    block = access.mode is IoMode.BLOCK
    mode = IoMode.UNAVAILABLE if access.mode is IoMode.PAUSED else access.mode
    return ShellObject(
        "ClusterSharedVolumeState",
        {
            "BlockRedirectedIOReason": access.reason if block else "NotBlockRedirected",
            "FileSystemRedirectedIOReason": "NotFileSystemRedirected"
            if access.mode is not IoMode.FILE_SYSTEM
            else access.reason,
            "Name": volume.name,
            "Node": node,
            "StateInfo": str(mode),
            "VolumeFriendlyName": volume.folder,
            "VolumeName": volume.path(),
            "Id": volume.disk,
        },
        volume.disk,
    )


@makes("ClusterSharedVolume")
def _volume(identity: str, state: State) -> ShellObject | None:
    return volume_object(state.shared_volumes[identity], state) if identity in state.shared_volumes else None
