"""What this machine lacks to run a lab, in sentences with the command that helps."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.installation import command
from fcm.lab.plan import LINUX_ONLY
from fcm.lab.processes import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_PROGRAMS = {
    "ip": "iproute2",
    "tc": "iproute2",
    "unshare": "util-linux",
    "setsid": "util-linux",
    "bash": "bash",
    "libvirtd": "libvirt-daemon",
    "virsh": "libvirt-clients",
    "openssl": "openssl",
    "qemu-system-x86_64": "qemu-system-x86",
}
_BUILD_PROGRAMS = {
    "gcc": "gcc",
    "apt-get": "apt",
    "dpkg-deb": "dpkg",
    "lz4": "lz4",
    "zstd": "zstd",
}
_FAILOVER_PROGRAMS = {
    "corosync": "corosync",
    "corosync-qdevice": "corosync-qdevice",
    "corosync-qnetd": "corosync-qnetd",
    "pacemakerd": "pacemaker",
    "crm_mon": "pacemaker-cli-utils",
    "nsenter": "util-linux",
}
_RESOURCE_AGENT = "/usr/lib/ocf/resource.d/heartbeat/VirtualDomain"
_DRIVERS = {
    "libvirt's QEMU driver": ("libvirt_driver_qemu.so", "libvirt-daemon-driver-qemu"),
    # Part of libvirt-daemon on Debian 12, a package of its own since Debian 13.
    "libvirt's storage driver": ("libvirt_driver_storage.so", "libvirt-daemon-driver-storage"),
}
_LIBRARY_FOLDERS = ("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib")


def _find_program(name: str) -> bool:
    return shutil.which(name, path=environment()["PATH"]) is not None


def _find_file(candidates: Iterable[str]) -> bool:
    return any(Path(candidate).exists() for candidate in candidates)


def missing(
    building: bool,
    failover: bool = False,
    *,
    platform: str = sys.platform,
    user: int | None = None,
    has_program: Callable[[str], bool] = _find_program,
    has_one_of: Callable[[Iterable[str]], bool] = _find_file,
) -> str | None:
    """One sentence that says why no lab can be made here, or ``None`` if one can.

    Args:
        building: the guest is not in the cache, so a compiler and apt are needed as well.
        failover: with a cluster of Pacemaker and Corosync.
        platform: as ``sys.platform``.
        user: effective user id; that of this process when not given.
        has_program: looks a program up.
        has_one_of: looks for any of some files.
    """
    if platform != "linux" or sys.platform != "linux":
        return LINUX_ONLY
    if (os.geteuid() if user is None else user) != 0:
        return f"The lab requires root to create namespaces and networks. Run: sudo {command('lab up', path=True)}"
    programs = _PROGRAMS | (_BUILD_PROGRAMS if building else {}) | (_FAILOVER_PROGRAMS if failover else {})
    lacking = {name: package for name, package in programs.items() if not has_program(name)}
    for driver, (file, package) in _DRIVERS.items():
        if not has_one_of(f"{folder}/libvirt/connection-driver/{file}" for folder in _LIBRARY_FOLDERS):
            lacking[driver] = package
    if building and not has_one_of(f"{folder}/libc.a" for folder in _LIBRARY_FOLDERS):
        lacking["the static C library"] = "libc6-dev"
    if failover and not has_one_of((_RESOURCE_AGENT,)):
        lacking["the resource agent VirtualDomain"] = "resource-agents"
    if lacking:
        packages = " ".join(sorted(set(lacking.values())))
        names = list(lacking)
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        return f"The lab requires {listed}. To install: apt-get install --no-install-recommends {packages}"
    if not has_one_of(("/dev/net/tun",)):
        return "The lab requires the kernel module tun for its virtual machine network. To load it: modprobe tun"
    return None
