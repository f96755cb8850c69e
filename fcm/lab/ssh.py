"""ssh in the lab: a daemon in every node, one key that opens them, and host keys that are known.

The URI that hosts outside a lab are reached by is qemu+ssh, so the lab can be reached so as well: with the hosts file
``hosts-ssh.toml``. The daemons listen on the management network, which ends inside the lab.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from fcm.lab.plan import MANAGEMENT, LabFolders, LabNode, LabPlan
from fcm.lab.processes import environment, run

if TYPE_CHECKING:
    from pathlib import Path

_CLIENT_CONFIG = """\
Host *
    User root
    IdentityFile {place}/key
    IdentitiesOnly yes
    UserKnownHostsFile {place}/known_hosts
    GlobalKnownHostsFile /dev/null
    StrictHostKeyChecking yes
    BatchMode yes
    ConnectTimeout 5
"""

_DAEMON_CONFIG = """\
ListenAddress {address}
HostKey {place}/host-key-{node}
AuthorizedKeysFile {place}/key.pub
AuthenticationMethods publickey
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
PidFile /run/sshd.pid
MaxStartups 64
"""


def has_ssh() -> bool:
    """True if this machine has the ssh daemon and its tools (Debian: openssh-server)."""
    path = environment()["PATH"]
    return all(shutil.which(name, path=path) for name in ("sshd", "ssh", "ssh-keygen"))


def prepare_ssh(plan: LabPlan, folders: LabFolders) -> None:
    """Make keys and settings of all nodes where they are not yet there. Nodes start their daemon by themselves.

    Raises:
        LabError: ``ssh-keygen`` refused.
    """
    place = folders.ssh
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    _make_key(place / "key")
    known = []
    for node in plan.nodes:
        key = place / f"host-key-{node.name}"
        _make_key(key)
        public = key.with_name(f"{key.name}.pub").read_text(encoding="utf-8").split()
        address = MANAGEMENT.address(node.number)
        known.append(f"{node.name},{address} {public[0]} {public[1]}")
        (place / f"sshd-{node.name}").write_text(
            _DAEMON_CONFIG.format(address=address, place=place, node=node.name), encoding="utf-8", newline="\n"
        )
    (place / "known_hosts").write_text("\n".join(known) + "\n", encoding="utf-8", newline="\n")
    config = place / "config"
    config.write_text(_CLIENT_CONFIG.format(place=place), encoding="utf-8", newline="\n")
    _write_program(place / "from-node", f'exec ssh -F {config} "$@"')
    _write_program(place / "from-station", f'exec ip netns exec {folders.namespace("client")} ssh -F {config} "$@"')


def ssh_uri(node: LabNode, folders: LabFolders, start: str) -> str:
    """How a node is reached by ssh from the management station (*start* ``station``) or another node (``node``)."""
    # proxy=native: a node's own /etc has no alternatives, so that libvirt's search with "which" finds nothing there.
    return f"qemu+ssh://root@{MANAGEMENT.address(node.number)}/system?proxy=native&command={folders.ssh}/from-{start}"


def _make_key(path: Path) -> None:
    if not path.exists():
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "fcm lab", "-f", path)


def _write_program(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8", newline="\n")
    path.chmod(0o700)
