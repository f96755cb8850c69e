"""One node of the lab: a namespace set with a PID 1 that keeps a root libvirtd of its own alive."""

from __future__ import annotations

import shutil
import socket
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from fcm import resources
from fcm.lab.certificates import place_certificates, place_libvirt_certificates
from fcm.lab.plan import LINUX_ONLY, MANAGEMENT, LabError, LabFolders, LabNode, LabPlan
from fcm.lab.processes import end_all_in, first_process_in, run, start_detached

if sys.platform == "linux":
    import fcntl
if TYPE_CHECKING:
    from collections.abc import Iterator

_COPIED_FROM_ETC = ("passwd", "group", "nsswitch.conf", "ld.so.cache", "localtime", "protocols", "services")

_LIBVIRTD_CONF = """\
# No authentication by TCP: whoever reaches this port or this socket is root of the lab. Both exist inside it only.
# By TLS, who has a certificate of the lab.
listen_tls = 1
listen_tcp = 1
listen_addr = "0.0.0.0"
auth_tcp = "none"
auth_unix_rw = "none"
auth_unix_ro = "none"
unix_sock_group = "root"
unix_sock_rw_perms = "0700"
host_uuid = "{uuid}"
log_outputs = "2:file:/var/log/libvirt/libvirtd.log"
"""

_QEMU_CONF = """\
# Root inside the node; there is no security module, no cgroup and no log daemon in it.
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
namespaces = []
cgroup_controllers = []
stdio_handler = "file"
migration_address = "{listen}"
migration_port_min = 49152
migration_port_max = 49215
"""

OLDER_PROCESSOR_MARK = "fcm-lab-older-processor"
"""File in a node's own /etc at which the emulator leaves processor features out."""
LITTLE_MEMORY_MARK = "fcm-lab-little-memory"
"""File in a node's own /etc with the KiB of address space that an emulator may take there."""

_POOL = "shared"

_USERS = {
    "passwd": "libvirt-qemu:x:64055:64055:QEMU of the lab:/nonexistent:/usr/sbin/nologin",
    "group": "libvirt-qemu:x:64055:",
}
"""libvirt looks this user up before it reads that its machines run as root; the machine may not have it."""


def _hosts(plan: LabPlan) -> str:
    lines = ["127.0.0.1 localhost"]
    lines += [f"{MANAGEMENT.address(node.number)} {node.name}" for node in plan.nodes]
    return "\n".join(lines) + "\n"


def boot_script() -> str:
    """What starts Corosync and Pacemaker on a node that is a member of a cluster and does not run them."""
    # Only now: "fcm lab" does without the backends.
    from fcm.backend.pacemaker.forming.services import start_all

    return start_all()


def prepare_view(home: Path, name: str, plan: LabPlan) -> None:
    """The /etc, /var and /run of a node or of the management station, and with failover its layer of /usr.

    What is there already stays, but /run: it is new whenever the node starts.
    """
    etc, var = home / "etc", home / "var"
    if (home / "run").exists():
        shutil.rmtree(home / "run")
    for folder in (etc, var / "lib", var / "cache", var / "log", var / "tmp", home / "run" / "lock"):
        folder.mkdir(parents=True, exist_ok=True)
    for link, target in (("run", "/run"), ("lock", "/run/lock")):
        if not (var / link).is_symlink():
            (var / link).symlink_to(target)
    for name in _COPIED_FROM_ETC:
        with suppress(FileNotFoundError):
            shutil.copyfile(Path("/etc") / name, etc / name)
    for name, line in _USERS.items():
        known = (etc / name).read_text(encoding="utf-8")
        if "libvirt-qemu:" not in known:
            (etc / name).write_text(f"{known.rstrip()}\n{line}\n", encoding="utf-8", newline="\n")
    (etc / "shadow").write_text(
        "root:NP:19000::::::\n", encoding="utf-8", newline="\n"
    )  # no password fits; without the file sshd holds root for locked
    (etc / "shadow").chmod(0o600)
    (etc / "hosts").write_text(_hosts(plan), encoding="utf-8", newline="\n")
    (etc / "hostname").write_text(f"{name}\n", encoding="utf-8", newline="\n")
    if plan.failover:
        (etc / "corosync").mkdir(exist_ok=True)
        for layer in ("upper", "work"):
            (home / "usr" / layer).mkdir(parents=True, exist_ok=True)
        if not (etc / "alternatives").exists():  # without them many programs of /usr/bin are not found
            shutil.copytree("/etc/alternatives", etc / "alternatives", symlinks=True)


def _prepare_folders(node: LabNode, plan: LabPlan, folders: LabFolders) -> None:
    home = folders.node(node)
    etc, var = home / "etc", home / "var"
    prepare_view(home, node.name, plan)
    for folder in (
        etc / "libvirt",
        var / "lib" / "libvirt",
        var / "cache" / "libvirt",
        var / "log" / "libvirt",
        home / "run" / "libvirt",
    ):
        folder.mkdir(parents=True, exist_ok=True)
    if plan.failover:
        (home / "boot").write_text(boot_script(), encoding="utf-8", newline="\n")
    (etc / "libvirt" / "libvirtd.conf").write_text(
        _LIBVIRTD_CONF.format(uuid=node.host_uuid), encoding="utf-8", newline="\n"
    )
    listen = "::" if Path("/proc/net/if_inet6").exists() else "0.0.0.0"  # "::" takes IPv4 too
    (etc / "libvirt" / "qemu.conf").write_text(_QEMU_CONF.format(listen=listen), encoding="utf-8", newline="\n")
    _place_pool(etc / "libvirt" / "storage", folders)
    place_certificates(node, folders)
    place_libvirt_certificates(node, folders)
    mark = etc / OLDER_PROCESSOR_MARK
    if node.older_processor:
        mark.touch()
    else:
        mark.unlink(missing_ok=True)


def _place_pool(place: Path, folders: LabFolders) -> None:
    """The shared storage as a storage pool that libvirtd starts, so that hosts can be asked what they see of it."""
    (place / "autostart").mkdir(parents=True, exist_ok=True)
    definition = place / f"{_POOL}.xml"
    definition.write_text(
        f"<pool type='dir'><name>{_POOL}</name><target><path>{folders.shared}</path></target></pool>\n",
        encoding="utf-8",
        newline="\n",
    )
    link = place / "autostart" / definition.name
    if not link.is_symlink():
        link.symlink_to(Path("/etc/libvirt/storage") / definition.name)


def is_running(node: LabNode, folders: LabFolders) -> bool:
    """True while the node has power: its PID 1 lives."""
    return first_process_in(folders.namespace(node.name)) is not None


def answers(node: LabNode, folders: LabFolders) -> bool:
    """True if the node's libvirtd accepts connections on its socket, tried for at most 1 s.

    Raises:
        LabError: this is not Linux.
    """
    if sys.platform != "linux":
        raise LabError(LINUX_ONLY)
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(1.0)
        try:
            line.connect(str(folders.socket(node)))
        except OSError:
            return False
    return True


def start_node(node: LabNode, plan: LabPlan, folders: LabFolders) -> None:
    """Switch the node on; returns at once, see ``wait_for_node``. Does nothing for one that runs."""
    with _alone(node.name, folders):  # ``up`` and the power switch may want it at the same time
        if is_running(node, folders):
            return
        end_all_in(folders.namespace(node.name))
        _prepare_folders(node, plan, folders)
        folders.hold_libvirtd(node).unlink(missing_ok=True)
        start_init(node.name, folders.namespace(node.name), folders.node(node), folders)


@contextmanager
def _alone(name: str, folders: LabFolders) -> Iterator[None]:
    """Hold the lock of a node; the kernel frees it however this process ends."""
    if sys.platform == "linux":
        with (folders.state / f"starts-{name}").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    else:
        raise LabError(LINUX_ONLY)


def start_init(name: str, namespace: str, home: Path, folders: LabFolders, limit: float = 10.0) -> None:
    """Start PID 1 of a node, or of the management station, and wait until it is there.

    Raises:
        LabError: it is not within *limit* s.
    """
    start_detached(
        (
            "ip", "netns", "exec", namespace,
            "unshare", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child",
            "--propagation", "private",
            "/bin/bash", resources.path("lab", "node-init.sh"), name, home, folders.state,
        ),
        home / "init.log",
    )  # fmt: skip
    give_up = time.monotonic() + limit
    while first_process_in(namespace) is None:
        if time.monotonic() > give_up:
            raise LabError(f"{name} did not start within {limit:g} s. See {home / 'init.log'}.")
        time.sleep(0.02)


def wait_for_node(node: LabNode, folders: LabFolders, limit: float = 30.0) -> None:
    """Wait until the node's libvirtd answers a question; it listens before its drivers are ready.

    Raises:
        LabError: it does not within *limit* s; the sentence quotes the end of its log.
    """
    give_up = time.monotonic() + limit
    while not (answers(node, folders) and _has_qemu(node, folders)):
        if time.monotonic() > give_up:
            raise LabError(f"libvirtd on {node.name} did not respond within {limit:g} s. {_last_words(node, folders)}")
        time.sleep(0.05)


def virsh(node: LabNode, folders: LabFolders, *words: str | Path, limit: float = 60.0) -> str:
    """Let ``virsh`` talk to the node's libvirtd and return what it said.

    Raises:
        LabError: it refused, in libvirt's words, or did not respond within *limit* s.
    """
    try:
        return run("virsh", "--quiet", "--connect", folders.uri(node), *words, limit=limit)
    except LabError as error:
        said = str(error).partition("failed: ")[2].replace("error: ", "")
        raise LabError(f"{node.name}: '{words[0]}' failed: {said or error}") from None


def _has_qemu(node: LabNode, folders: LabFolders) -> bool:
    try:
        virsh(node, folders, "domcapabilities", "--virttype", "qemu", "--emulatorbin", folders.emulator)
    except LabError:
        return False
    return True


def _last_words(node: LabNode, folders: LabFolders) -> str:
    home = folders.node(node)
    for log in (home / "var" / "log" / "libvirt" / "libvirtd.log", home / "init.log"):
        try:
            lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        except OSError:
            continue
        if lines:
            return f"Its log ends with: {lines[-1]}"
    return f"There is no log in {home}."
