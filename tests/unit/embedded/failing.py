"""Clusters that fail, with the words that tests of failures need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.failures import FaultKind
from fcm.model.state import State, apply

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.model.entities import Cluster
    from tests.unit.embedded.desk import Desk

SMALL = """format = 1
[cluster]
name = "four"
domain = "four.example"
address = "10.0.1.9"
version = "{version}"
quorum = "{quorum}"
{witness}
shared_volumes = false

[[processors]]
name = "any"
vendor = "GenuineIntel"
features = ["sse", "sse2"]
{nodes}
[[networks]]
name = "Cluster Network 1"
subnet = "10.0.1.0/24"
role = "internal and client"
bandwidth = "1 Gbit/s"
addresses = {{ {first} }}

[[networks]]
name = "Cluster Network 2"
subnet = "10.0.2.0/24"
role = "internal"
bandwidth = "1 Gbit/s"
addresses = {{ {second} }}

{disks}
"""
NODE = """
[[nodes]]
name = "node{number}"
memory = "32 GiB"
reserved_memory = "2 GiB"
logical_processors = 8
processor = "any"
switches = ["VM Network"]
"""
DISK = """
[[disks]]
name = "Cluster Disk 1"
use = "Disk Witness in Quorum"
size = "1 GiB"
used = "64 MiB"
"""
MACHINE = """
[[disks]]
name = "Disk of VM{number}"
use = "Available Storage"
size = "20 GiB"
used = "10 GiB"

[[machines]]
name = "VM{number}"
node = "node{number}"
memory = "2 GiB"
processors = 1
workload = "idle"
disk = "Disk of VM{number}"
disk_size = "10 GiB"
switch = "VM Network"
highly_available = true
"""


def cluster_file(folder: Path, count: int, witness: str = "", version: str = "2008 R2") -> Path:
    """A cluster of ``count`` nodes with one machine each.

    Args:
        folder: where the file goes.
        count: how many nodes.
        witness: "disk", "share" or "".
        version: of Windows Server.
    """
    numbers = range(1, count + 1)
    modes = {"disk": "NodeAndDiskMajority", "share": "NodeAndFileShareMajority", "": "NodeMajority"}
    text = SMALL.format(
        version=version,
        quorum=modes[witness],
        witness='file_share_witness = "\\\\\\\\files\\\\witness"' if witness == "share" else "",
        nodes="".join(NODE.format(number=number) for number in numbers),
        first=", ".join(f'node{number} = "10.0.1.1{number}"' for number in numbers),
        second=", ".join(f'node{number} = "10.0.2.1{number}"' for number in numbers),
        disks=(DISK if witness == "disk" else "") + "".join(MACHINE.format(number=number) for number in numbers),
    )
    path = folder / f"{count}-{witness or 'none'}-{version.replace(' ', '')}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def cluster_of(desk: Desk) -> Cluster:
    """The cluster itself."""
    assert desk.state.cluster is not None
    return desk.state.cluster


def fault(desk: Desk, kind: FaultKind, target: str, node: str = "", together: tuple[str, ...] = ()) -> None:
    """Let something fail."""
    assert desk.do(cmd.InjectFault(kind, target, node, together))


def unplug(desk: Desk, node: str, *networks: str) -> None:
    """Pull the cables of a node; all of them if none is named."""
    for adapter in tuple(desk.state.adapters.values()):
        if adapter.node == node and (not networks or desk.state.networks[adapter.network].name in networks):
            fault(desk, FaultKind.UNPLUG_CABLE, adapter.id)


def repair(desk: Desk, *kinds: FaultKind) -> None:
    """End all simulated failures, or those of some kinds."""
    for found in tuple(desk.state.faults.values()):
        if (not kinds or found.kind in kinds) and found.id in desk.state.faults:
            assert desk.do(cmd.RepairFault(found.id))


def logged(desk: Desk, key: str, since: float = 0.0) -> list[tuple[str, dict[str, str]]]:
    """Who wrote an event, with its fields, in order."""
    return [
        (entry.event.node, dict(entry.event.values))
        for entry in desk.entries
        if isinstance(entry.event, ev.NodeLogged) and entry.event.key == key and entry.time >= since
    ]


def when(desk: Desk, key: str, node: str) -> float:
    """When a node wrote an event for the first time, s since the epoch."""
    return next(
        entry.time
        for entry in desk.entries
        if isinstance(entry.event, ev.NodeLogged) and entry.event.key == key and entry.event.node == node
    )


def replayed(desk: Desk) -> State:
    """The state that the history gives."""
    state = State()
    for entry in desk.entries:
        state, _ = apply(state, entry)
    return state
