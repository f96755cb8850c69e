"""Cluster files of any size for tests: equal nodes, two networks, one shared volume, and machines on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_HEAD = """\
format = 1

[cluster]
name = "equal"
address = "10.0.1.10"
quorum = "NodeMajority"
shared_volumes = true
concurrent_migrations = {concurrent}
{version}
[[processors]]
name = "P1"
vendor = "V"
features = ["sse", "avx"]
"""
_NODE = """
[[nodes]]
name = "{name}"
memory = "{memory}"
processor = "P1"
switches = ["{switch}"]
"""
_NETWORKS = """
[[networks]]
name = "net1"
subnet = "10.0.1.0/24"
role = "internal and client"
addresses = {{ {first} }}

[[networks]]
name = "net2"
subnet = "10.0.2.0/24"
addresses = {{ {second} }}
"""
_DISK = """
[[disks]]
name = "Volume"
use = "Cluster Shared Volume"
size = "4000 GiB"
"""
_MACHINE = """
[[machines]]
name = "{name}"
node = "{node}"
memory = "{memory}"
disk = "Volume"
switch = "LAN"
highly_available = true
state = "{state}"
workload = "{workload}"
disk_size = "1 GiB"
"""

_LOCAL = """
[[machines]]
name = "{name}"
node = "{node}"
memory = "1 GiB"
state = "{state}"
start_action = "{action}"
disk_size = "1 GiB"
"""


def local_machine(name: str, node: str = "n1", state: str = "Running", action: str = "start if running") -> str:
    """A machine on local storage, which is not clustered."""
    return _LOCAL.format(name=name, node=node, state=state, action=action)


def machine(
    name: str, node: str = "n1", state: str = "Running", memory: str = "1 GiB", workload: str = "web-server"
) -> str:
    """A clustered machine on the shared volume."""
    return _MACHINE.format(name=name, node=node, state=state, memory=memory, workload=workload)


def cluster_of(
    folder: Path,
    machines: Iterable[str],
    nodes: int = 4,
    version: str = "",
    memory: str = "64 GiB",
    without_switch: Iterable[str] = (),
    concurrent: int = 1,
) -> Path:
    """A file that describes such a cluster.

    Args:
        folder: where it is written.
        machines: see ``machine``.
        nodes: how many; they are called n1, n2 ...
        version: of Windows Server; "" = 2008 R2.
        memory: of each node.
        without_switch: nodes that lack the virtual network of the machines.
        concurrent: live migrations of a node at once.
    """
    names = [f"n{number}" for number in range(1, nodes + 1)]
    lacking = set(without_switch)
    text = _HEAD.format(version=f'version = "{version}"\n' if version else "", concurrent=concurrent)
    for name in names:
        text += _NODE.format(name=name, memory=memory, switch="Other" if name in lacking else "LAN")
    hosts = [f'{name} = "10.0.{{}}.{10 + number}"' for number, name in enumerate(names, 1)]
    first, second = (", ".join(hosts).replace("{}", str(number)) for number in (1, 2))
    text += _NETWORKS.format(first=first, second=second) + _DISK + "".join(machines)
    path = folder / "equal.toml"
    path.write_text(text, encoding="utf-8")
    return path
