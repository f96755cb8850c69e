"""Real libvirt/QEMU hosts; the only room that imports libvirt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.libvirt.backend import LibvirtBackend
from fcm.backend.libvirt.hosts_file import load, nobody

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["open_hosts"]


def open_hosts(path: Path, uri: str, allowed: Callable[[Path, str], bool] = nobody) -> LibvirtBackend:
    """The cluster of a hosts file; nothing is connected yet.

    ``allowed`` as in ``hosts_file.load``.

    Raises:
        UntrustedFileError: the file asks for what only its owner may allow.
        BackendError: the file is wrong, or the module libvirt is missing.
    """
    return LibvirtBackend(load(path, allowed), uri)
