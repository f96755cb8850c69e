"""Hosts files and answers of nodes for the tests of Create a Cluster."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.backend.libvirt.configuration.hosts_file import load
from fcm.backend.pacemaker.forming.corosync_conf import corosync_conf
from fcm.backend.pacemaker.forming.looking import read_look
from fcm.backend.pacemaker.forming.plan import ClusterPlan, plan_cluster
from fcm.backend.pacemaker.remote import agent

if TYPE_CHECKING:
    from fcm.backend.libvirt.configuration.hosts_file import HostsFile
    from fcm.backend.pacemaker.forming.looking import NodeLook

DATA = Path(__file__).parents[3] / "data" / "forming"
NETWORKS = (("Management", "internal-and-client"), ("Cluster", "internal"), ("VM", "none"))


def hosts_text(nodes: int = 3, witness: bool = True, fencing: str = 'agent = "fence_x"', name: str = "East 1") -> str:
    """A hosts file of nodes node1, node2 ... with three networks."""
    lines = ["[cluster]", f'name = "{name}"']
    for number, (network, role) in enumerate(NETWORKS):
        lines += ["[[network]]", f'name = "{network}"', f'role = "{role}"', f'subnet = "10.9{number}.0.0/24"']
        if number == 0:
            lines.append('gateway = "10.90.0.254"')
    for node in range(1, nodes + 1):
        addresses = ", ".join(f'{name} = "10.9{number}.0.{node}"' for number, (name, _) in enumerate(NETWORKS))
        lines += [
            "[[node]]",
            f'name = "node{node}"',
            f'uri = "qemu+ssh://node{node}/system"',
            'storage = "/srv/vm"',
            f"addresses = {{ {addresses} }}",
        ]
    if fencing:
        lines += ["[fencing]", fencing]
    if witness:
        lines += ["[witness]", 'host = "10.90.0.200"']
    return "\n".join(lines) + "\n"


def read_hosts(folder: Path, text: str) -> HostsFile:
    """The hosts of a file, with all that it asks for allowed."""
    path = folder / "hosts.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, lambda _path, _digest: True)


def plan_of(folder: Path, text: str | None = None) -> ClusterPlan:
    """The cluster of a hosts file."""
    return plan_cluster(read_hosts(folder, hosts_text() if text is None else text))


def told(**changes: str | bytes | None) -> str:
    """What a node answers that has all it needs, and nothing of a cluster; ``changes`` by key, None leaves one out."""
    values: dict[str, str | bytes | None] = {
        "clock": "1000.5",
        "uid": "0",
        "corosync": "3.1.7",
        "pacemaker": "2.1.5",
        "libvirt": "9.0.0 qemu 7.2",
        "memory": "4194304",
    }
    values.update(changes)
    return "\n".join(
        f"{key} {base64.b64encode(value).decode() if isinstance(value, bytes) else value}"
        for key, value in values.items()
        if value is not None
    )


def looked(name: str, answer: str | None = None) -> NodeLook:
    """A node that gave an answer, by default that of a node without a cluster."""
    return read_look(name, told() if answer is None else answer, 1000.4, 1000.6)


def formed(plan: ClusterPlan, name: str, **changes: str | bytes | None) -> NodeLook:
    """A node of the complete cluster from which the files in tests/data/forming are."""
    return looked(name, formed_answer(plan, **changes))


def formed_answer(plan: ClusterPlan, **changes: str | bytes | None) -> str:
    """What each node of that cluster answers."""
    answer = told(
        conf=corosync_conf(plan).encode(),
        key="ab12",
        enabled="yes",
        agent=agent.VERSION,
        certificate="ca",
        cib=(DATA / "cib.xml").read_bytes(),
        monitor=(DATA / "crm_mon.xml").read_bytes(),
        quorum=(DATA / "quorum.txt").read_bytes(),
        links=(DATA / "links.txt").read_bytes(),
        device=(DATA / "device.txt").read_bytes(),
    )
    answer += "\n" + "\n".join(f"running {daemon}" for daemon in ("corosync", "corosync-qdevice", "pacemakerd"))
    if changes:
        kept = [line for line in answer.splitlines() if line.partition(" ")[0] not in changes]
        more = told(**changes).splitlines()
        answer = "\n".join([*kept, *(line for line in more if line.partition(" ")[0] in changes)])
    return answer
