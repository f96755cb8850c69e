"""How nodes reach Cluster Shared Volumes, and what redirected access costs.

The view differs from node to node: direct to the storage, or through the coordinator over the network that has the
lowest metric of those that work (Get-ClusterSharedVolumeState, 2012 R2 and later; clustering blog 2013/12/05). No
figure for the cost was found: how much a machine reads and writes is assumed by its workload (``FIGURES``), half of it
each way.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from fcm.model.entities import AdapterState, ClusterVersion, NodeState, ResourceState, VolumeAccess
from fcm.model.rules.failing.assumed import FIGURES, figure
from fcm.model.rules.failing.faults import carries, reaches_disk
from fcm.model.rules.maintenance import within_reach
from fcm.model.rules.networks import shared_volume_network
from fcm.model.rules.verdict import OK, Verdict, no
from fcm.model.structures import indexes
from fcm.model.structures.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model.entities import Cluster, Network, SharedVolume
    from fcm.model.state import State


class IoMode(StrEnum):
    """StateInfo of Get-ClusterSharedVolumeState; PAUSED is what the event 5120 says of a node."""

    DIRECT = "Direct"
    FILE_SYSTEM = "FileSystemRedirected"
    BLOCK = "BlockRedirected"
    PAUSED = "Paused"
    UNAVAILABLE = "Unavailable"


@dataclass(frozen=True, slots=True)
class Access:
    """How one node reaches one volume now, as far as the cluster knows."""

    mode: IoMode
    reason: str = ""
    """Why it is not direct, in the words of Get-ClusterSharedVolumeState; "" if it is."""

    @property
    def is_redirected(self) -> bool:
        """True while all data goes through the coordinator."""
        return self.mode in (IoMode.FILE_SYSTEM, IoMode.BLOCK)


def access_of(state: State, volume: SharedVolume, node: str) -> Access:
    """How a node reaches a volume."""
    disk = state.disks[volume.disk]
    if disk.state is not ResourceState.ONLINE or not state.nodes[node].state.is_member:
        return Access(IoMode.UNAVAILABLE)
    if volume.access is VolumeAccess.MAINTENANCE:
        return Access(IoMode.UNAVAILABLE, "Maintenance")
    if node in volume.paused:
        return Access(IoMode.PAUSED)
    if node == volume.owner:
        return Access(IoMode.DIRECT)
    if node in volume.redirected or node not in disk.visible_to:
        assert state.cluster is not None
        block = state.cluster.version.at_least(ClusterVersion.V2012)
        return Access(IoMode.BLOCK if block else IoMode.FILE_SYSTEM, "NoDiskConnectivity")
    if volume.access is VolumeAccess.REDIRECTED:
        return Access(IoMode.FILE_SYSTEM, "UserRequest")
    if volume.access is VolumeAccess.BACKUP_REDIRECTED:
        return Access(IoMode.FILE_SYSTEM, "Backup")
    return Access(IoMode.DIRECT)


def volume_network(state: State, node: str, other: str) -> Network | None:
    """The network that carries the I/O of a redirected node to the coordinator: of those that work, the lowest metric.

    If it fails, the next is used. Networks with role 0 carry none.
    """

    def works(network: Network) -> bool:
        ends = (state.adapter(node, network.id), state.adapter(other, network.id))
        up = all(end is not None and end.state is AdapterState.UP for end in ends)
        return up and carries(state, network.id, node, other)

    return shared_volume_network(network for network in state.networks.values() if works(network))


def workload_io(cluster: Cluster, workload: str) -> float:
    """Bytes/s that a running machine reads and writes on its disk: assumed by its workload."""
    name = f"io_{workload}"
    return figure(cluster, name if name in FIGURES else "io_other") * 1e6


@dataclass(frozen=True, slots=True)
class Redirection:
    """The I/O of one node's machines to one volume that goes over a network."""

    volume: str
    node: str
    owner: str
    network: str
    rate: float
    """bytes/s that these machines read and write together; assumed."""


def redirections(state: State) -> Iterator[Redirection]:
    """All I/O that goes through coordinators now."""
    assert state.cluster is not None
    changed = {volume.disk for volume in state.shared_volumes.values() if not _is_direct(state, volume)}
    if not changed:
        return
    rates: defaultdict[tuple[str, str], float] = defaultdict(float)
    at_work = table(state.machines).find(indexes.MACHINES_AT_WORK)
    moved = sorted(
        (str(disk), node, workload) for (disk, node, workload), count in at_work.items() if count and disk in changed
    )
    for disk, node, workload in moved:  # in this order, so that the same cluster gives the same to the last digit
        rates[disk, node] += at_work[disk, node, workload] * workload_io(state.cluster, workload)
    for (disk, node), rate in rates.items():
        volume = state.shared_volumes[disk]
        if access_of(state, volume, node).is_redirected:
            network = volume_network(state, node, volume.owner)
            if network is not None:
                yield Redirection(volume.disk, node, volume.owner, network.id, rate)


def redirected_load(state: State) -> dict[tuple[str, str], float]:
    """Bytes/s of redirected I/O by node and network, each way."""
    load: defaultdict[tuple[str, str], float] = defaultdict(float)
    for one in redirections(state):
        for end in (one.node, one.owner):
            load[end, one.network] += one.rate / 2
    return dict(load)


def _is_direct(state: State, volume: SharedVolume) -> bool:
    """Whether no node is redirected."""
    seen = set(state.nodes) <= set(state.disks[volume.disk].visible_to)
    return seen and volume.access is VolumeAccess.DIRECT and not volume.redirected


def volume_usable(state: State, node: str, disk: str | None) -> Verdict:
    """Whether a machine on a node can use the files on a disk; None: local storage, which it always can.

    I/O that is paused only takes longer: whoever starts meanwhile waits.
    """
    if disk is None:
        return OK
    found, volume = state.disks[disk], state.shared_volumes.get(disk)
    if found.state is not ResourceState.ONLINE:
        return no(f"{found.name} is {found.state.lower()}.", "Bring the disk online first.")
    if volume is None:
        return path_works(state, node, disk)
    if state.nodes[node].state is NodeState.ISOLATED:
        return no(f"{node} is isolated and cannot reach {volume.name}.", "Wait until it is back.")
    return within_reach(state, disk)


def io_flows(state: State, node: str, disk: str | None) -> Verdict:
    """Whether a machine on a node can read and write on a disk at this moment."""
    volume = state.shared_volumes.get(disk or "")
    if volume is not None and node in volume.paused and state.disks[volume.disk].state is ResourceState.ONLINE:
        return no(f"I/O from {node} to {volume.name} is paused.", "Wait until the volume is back, or repair its disk.")
    return volume_usable(state, node, disk)


def within_reach_of_all(state: State, disk: str) -> Verdict:
    """Whether files on a shared volume can be reached and changed: it is online, and no I/O to it waits."""
    volume, found = state.shared_volumes[disk], state.disks[disk]
    if found.state is not ResourceState.ONLINE:
        return no(f"{volume.name} is {found.state.lower()}.", "Bring the disk online first.")
    if volume.paused:
        return no(f"I/O to {volume.name} is paused on {', '.join(volume.paused)}.", "Wait until it is back.")
    return within_reach(state, disk)


def path_works(state: State, node: str, disk: str) -> Verdict:
    """Whether a node reaches the LUN of a disk."""
    if reaches_disk(state, node, disk):
        return OK
    name = state.disks[disk].name
    if node not in state.disks[disk].visible_to:
        return no(f"{node} does not see {name}.", "Present the LUN to the node.")
    return no(f"{node} has no path to {name}.", "Repair the path or the LUN.")
