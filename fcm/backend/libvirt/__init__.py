"""Real libvirt/QEMU hosts; the only room that imports libvirt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.libvirt.backend import LibvirtBackend
from fcm.backend.libvirt.configuration.hosts_file import load, nobody
from fcm.backend.libvirt.guard import NoGuard

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fcm.backend.libvirt.configuration.hosts_file import HostsFile
    from fcm.backend.libvirt.guard import Guard

__all__ = ["open_hosts"]


def open_hosts(
    path: Path,
    uri: str,
    allowed: Callable[[Path, str], bool] = nobody,
    guard_of: Callable[[HostsFile], Guard] = lambda _: NoGuard(),
) -> LibvirtBackend:
    """The cluster of a hosts file; nothing is connected yet.

    Args:
        path: of the file.
        uri: what it is opened by.
        allowed: as in ``hosts_file.load``.
        guard_of: makes the guard of machines that a cluster manager of the hosts manages.

    Raises:
        UntrustedFileError: the file asks for what only its owner may allow.
        BackendError: the file is wrong, or the module libvirt is missing.
    """
    file = load(path, allowed)
    return LibvirtBackend(file, uri, guard_of(file))
