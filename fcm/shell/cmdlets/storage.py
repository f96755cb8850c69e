"""Disks and Cluster Shared Volumes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.model.entities import ClusterVersion, DiskUse
from fcm.model.rules.allowed import allowed
from fcm.shell.language.errors import ParameterError
from fcm.shell.runtime import finding
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, Param, taking
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.storage_objects import available_disk_object, disk_object, volume_object, volume_state_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.model.entities import Disk
    from fcm.shell.runtime.call import Call

WITH_VOLUME = "(Get-Cluster).EnableSharedVolumes = 'Enabled'; Add-ClusterSharedVolume 'Cluster Disk 2'"
"""What makes the shared volume of the examples."""
NAME = Param("Name", "texts", position=0, pipes=("ClusterSharedVolume", "ClusterResource", TEXT), of="disk")


def _volumes(call: Call, names: list[str] | None) -> list[Disk]:
    known = {key: disk for key, disk in call.state.disks.items() if key in call.state.shared_volumes}
    return finding.disks(call, names, known)


@cmdlet(
    "Get-ClusterSharedVolume",
    NAME,
    CLUSTER,
    INPUT,
    synopsis="Gets Cluster Shared Volumes. Name can be set.",
    example="Get-ClusterSharedVolume | Select-Object -ExpandProperty SharedVolumeInfo",
)
def get_volume(call: Call) -> Iterable[Any]:
    """Shared volumes."""
    finding.check_cluster(call)
    return [volume_object(call.state.shared_volumes[disk.id], call.state) for disk in _volumes(call, call.names())]


@cmdlet(
    "Get-ClusterSharedVolumeState",
    NAME,
    Param("Node", help="Only this node."),
    CLUSTER,
    INPUT,
    synopsis="Gets how each node reaches the Cluster Shared Volumes (2012 R2 and later).",
    example="Get-ClusterSharedVolume | Get-ClusterSharedVolumeState",
)
def get_volume_state(call: Call) -> Iterable[Any]:
    """Return how each node accesses the shared volumes.

    Raises:
        ParameterError: the cluster is older than Windows Server 2012 R2.
    """
    finding.check_cluster(call)
    cluster = call.state.cluster
    if cluster is None or not cluster.version.at_least(ClusterVersion.V2012_R2):
        raise ParameterError(
            "Get-ClusterSharedVolumeState requires Windows Server 2012 R2 or later.",
            "See the page Cluster Shared Volumes, or (Get-ClusterSharedVolume).SharedVolumeInfo.",
            call.at,
        )
    nodes = [finding.node(call, call.text("Node"))] if call.has("Node") else list(call.state.nodes)
    return [
        volume_state_object(call.state.shared_volumes[disk.id], node, call.state)
        for disk in _volumes(call, call.names())
        for node in nodes
    ]


def _shown(call: Call, identity: str) -> list[Any]:
    return [volume_object(call.state.shared_volumes[identity], call.state)]


@cmdlet(
    "Add-ClusterSharedVolume",
    NAME,
    CLUSTER,
    INPUT,
    synopsis="Adds disks from Available Storage to the Cluster Shared Volumes.",
    example=WITH_VOLUME,
    joins=True,
)
def add_volume(call: Call) -> Iterable[Any]:
    """Add storage."""
    disks = tuple(disk.id for disk in finding.disks(call, finding.named(call, "a disk", "Get-ClusterResource")))
    if not disks:
        return []
    target = ", ".join(call.state.disks[disk].name for disk in disks)

    def results() -> list[Any]:
        return [shown for disk in disks for shown in _shown(call, disk)]

    return call.submit(cmd.AddStorage(disks), target, results)


@cmdlet(
    "Remove-ClusterSharedVolume",
    NAME,
    CLUSTER,
    INPUT,
    synopsis="Removes a Cluster Shared Volume and returns its disk to Available Storage.",
    example=f"{WITH_VOLUME} | Remove-ClusterSharedVolume",
)
def remove_volume(call: Call) -> Iterable[Any]:
    """Remove from the shared volumes."""
    return call.each(
        _volumes(call, finding.named(call, "a disk", "Get-ClusterSharedVolume")),
        lambda disk: cmd.RemoveSharedVolume(disk.id),
        lambda disk: [disk_object(call.state.disks[disk.id], call.state)],
    )


@cmdlet(
    "Move-ClusterSharedVolume",
    NAME,
    Param("Node", position=1, help="New coordinator node. Default: the best possible node."),
    Param("Wait", "whole", absent="the coordinator changes immediately."),
    CLUSTER,
    INPUT,
    synopsis="Moves a Cluster Shared Volume to another coordinator node.",
    example=f"{WITH_VOLUME} | Move-ClusterSharedVolume -Node node2",
)
def move_volume(call: Call) -> Iterable[Any]:
    """Move."""
    return call.each(
        _volumes(call, finding.named(call, "a disk", "Get-ClusterSharedVolume")),
        lambda disk: cmd.MoveSharedVolume(disk.id, _coordinator(call, disk)),
        lambda disk: _shown(call, disk.id),
    )


def _coordinator(call: Call, disk: Disk) -> str:
    """The node of -Node, or the possible owner that coordinates the fewest volumes."""
    if call.has("Node"):
        return finding.node(call, call.text("Node"))
    able = [name for name in call.state.nodes if allowed(cmd.MoveSharedVolume(disk.id, name), call.state)]
    if not able:
        raise ParameterError(f"No other node can own {disk.name}.", "Start another node.", call.at)
    owners = [volume.owner for volume in call.state.shared_volumes.values()]
    return min(able, key=owners.count)


@cmdlet(
    "Get-ClusterAvailableDisk",
    Param("Disk", absent="the LUNs are those of the cluster file."),
    CLUSTER,
    INPUT,
    synopsis="Gets LUNs that all nodes can access and that are not in the cluster yet.",
    example="Get-ClusterAvailableDisk | Add-ClusterDisk",
)
def get_available(call: Call) -> Iterable[Any]:
    """Unassigned LUNs that all nodes see."""
    finding.check_cluster(call)
    nodes = set(call.state.nodes)
    return [
        available_disk_object(disk, call.state)
        for disk in call.state.disks.values()
        if disk.use is DiskUse.UNASSIGNED and nodes <= set(disk.visible_to)
    ]


@cmdlet(
    "Add-ClusterDisk",
    taking("ClusterAvailableDisk"),
    CLUSTER,
    synopsis="Adds LUNs as cluster disks to Available Storage.",
    example="Get-ClusterAvailableDisk | Add-ClusterDisk",
)
def add_disk(call: Call) -> Iterable[Any]:
    """Add the disks of the pipeline to the cluster.

    Raises:
        ParameterError: there are none.
    """
    finding.check_cluster(call)
    disks = tuple(item.identity for item in call.objects("ClusterAvailableDisk") if item.identity in call.state.disks)
    if not disks:
        raise ParameterError("Add-ClusterDisk requires disks.", "Get-ClusterAvailableDisk | Add-ClusterDisk")
    target = ", ".join(call.state.disks[disk].name for disk in disks)

    def results() -> list[Any]:
        return [disk_object(call.state.disks[disk], call.state) for disk in disks]

    return call.submit(cmd.AddClusterDisk(disks), target, results)


@cmdlet(
    "Rename-Item",
    Param(
        "Path", position=0, needed=True, help="Folder of a Cluster Shared Volume, such as C:\\ClusterStorage\\Volume1."
    ),
    Param("NewName", position=1, needed=True),
    synopsis="Renames the folder of a Cluster Shared Volume on all nodes.",
    example=f"{WITH_VOLUME} | Out-Null; Rename-Item C:\\ClusterStorage\\Volume1 Machines",
    aliases=("ren", "rni"),
    module="Core",
)
def rename_item(call: Call) -> Iterable[Any]:
    """Rename a folder under ClusterStorage.

    Raises:
        ParameterError: the path is not below ClusterStorage.
        NotFoundError: there is no such folder of a shared volume.
    """
    path = call.text("Path").rstrip("\\/")
    folded = path.casefold()
    for volume in call.state.shared_volumes.values():
        if folded in (volume.path().casefold(), volume.disk.casefold()):
            return call.submit(cmd.RenameVolumeFolder(volume.disk, call.text("NewName")), path)
    known = [volume.path() for volume in call.state.shared_volumes.values()]
    if re.search(r"clusterstorage", folded):
        raise call.session.not_found("folder of a shared volume", path, known, call.at)
    raise ParameterError(
        "Only folders of Cluster Shared Volumes can be renamed.", f"Folders: {', '.join(known) or 'none'}."
    )
