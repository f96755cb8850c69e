"""Cluster disks and Cluster Shared Volumes, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fcm.model.entities.groups import ResourceState


class DiskUse(StrEnum):
    """What a LUN is used for."""

    UNASSIGNED = "Unassigned"
    """Seen by the nodes, not yet a cluster disk."""
    AVAILABLE = "Available Storage"
    GROUP = "Service or application"
    """In the group of a service or application, with which it moves."""
    WITNESS = "Disk Witness in Quorum"
    SHARED_VOLUME = "Cluster Shared Volume"


class VolumeAccess(StrEnum):
    """How the nodes reach a Cluster Shared Volume."""

    DIRECT = "Online"
    REDIRECTED = "Redirected Access"
    BACKUP_REDIRECTED = "Backup in progress, Redirected Access"
    MAINTENANCE = "Maintenance"


@dataclass(frozen=True, slots=True)
class Disk:
    """A LUN of the shared storage."""

    id: str
    name: str
    number: int
    size: int
    """bytes."""
    used: int
    """bytes."""
    use: DiskUse
    owner: str | None
    """Node that owns the disk; None while it is unassigned."""
    state: ResourceState = ResourceState.ONLINE
    file_system: str = "NTFS"
    visible_to: tuple[str, ...] = ()
    """Nodes that see the LUN."""
    persistent_reservations: bool = True
    """Whether the LUN answers SCSI-3 persistent reservations, which failover clusters need."""
    maintenance: bool = False
    """Maintenance mode of a disk that is no shared volume; that of a shared volume is its access."""
    retry_at: float | None = None
    """s since the epoch: when the cluster tries again to bring a failed disk online; None = it does not."""
    restarts: tuple[float, ...] = ()
    """s since the epoch: when a failed shared volume was restarted; other disks have a resource that knows."""
    saved: tuple[tuple[str, int], ...] = ()
    """Machines whose saved state is on it, with its size in bytes; part of ``used``."""
    written: tuple[tuple[str, int], ...] = ()
    """Machines with snapshots, with the bytes that they have written since; part of ``used``."""

    @property
    def free(self) -> int:
        """Bytes."""
        return self.size - self.used


@dataclass(frozen=True, slots=True)
class SharedVolume:
    """A Cluster Shared Volume; its id is that of its disk."""

    disk: str
    name: str
    folder: str
    """Name of its folder under SystemDrive\\ClusterStorage on every node; on Linux hosts the whole path."""
    owner: str
    """Coordinator node."""
    access: VolumeAccess = VolumeAccess.DIRECT
    redirected: tuple[str, ...] = ()
    """Nodes that lost their path to the disk: their I/O goes through the coordinator."""
    paused: tuple[str, ...] = ()
    """Nodes whose I/O to the volume waits: the coordinator is gone, or nothing reaches the disk."""

    def path(self, system_drive: str = "C:") -> str:
        """The folder as the nodes see it."""
        if self.folder.startswith("/"):
            return self.folder
        return f"{system_drive}\\ClusterStorage\\{self.folder}"
