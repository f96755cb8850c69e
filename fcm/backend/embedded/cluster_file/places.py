"""Where the files of virtual machines lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fcm.model.entities import SharedVolume


def local_path(system_drive: str, machine: str) -> str:
    """The folder of a machine on local storage of its node: the default of Hyper-V's Settings."""
    return f"{system_drive}\\Users\\Public\\Documents\\Hyper-V\\{machine}"


def volume_path(volume: SharedVolume, system_drive: str, machine: str) -> str:
    """The folder of a machine on a Cluster Shared Volume."""
    return f"{volume.path(system_drive)}\\{machine}"


def disk_path(disk: str, machine: str) -> str:
    """The folder of a machine on a cluster disk of its own, named by the disk: drive letters are not modeled."""
    return f"{disk}:\\{machine}"
