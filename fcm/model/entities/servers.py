"""Nodes, networks and network adapters, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from fcm.model.failures import ORDINARY, ServiceProcess


class NodeState(StrEnum):
    """State of a node; the words are those of Get-ClusterNode."""

    UP = "Up"
    DOWN = "Down"
    PAUSED = "Paused"
    JOINING = "Joining"
    """The cluster service runs, but the node is no member: it waits for others, or for quorum."""
    ISOLATED = "Isolated"
    """2016 and later: unreachable, but its virtual machines are left there for a while."""
    QUARANTINED = "Quarantined"
    """2016 and later: left too often without a goodbye; it may not join for a while."""

    @property
    def is_member(self) -> bool:
        """True while the node takes part in the cluster."""
        return self in (NodeState.UP, NodeState.PAUSED)

    @property
    def counts_as_running(self) -> bool:
        """True while the cluster takes the virtual machines there for running."""
        return self.is_member or self is NodeState.ISOLATED


class FencingState(StrEnum):
    """How it stands with a lost node that must be switched off before what ran there may run elsewhere (Pacemaker)."""

    NONE = ""
    """It need not be fenced."""
    NEEDED = "needed"
    """It is lost, so what runs there is unknown until it is fenced (Pacemaker: unclean)."""
    RUNNING = "running"
    """The fencing device is switching it off."""
    FAILED = "failed"
    """The fencing device could not switch it off: nothing of the node starts elsewhere until it is known to be off."""


class NetworkRole(IntEnum):
    """Cluster use of a network: the numbers of the Role property of a cluster network."""

    NONE = 0
    INTERNAL = 1
    INTERNAL_AND_CLIENT = 3


class NetworkState(StrEnum):
    """State of a cluster network."""

    UP = "Up"
    DOWN = "Down"
    PARTITIONED = "Partitioned"
    UNAVAILABLE = "Unavailable"


class AdapterState(StrEnum):
    """State of a cluster network interface."""

    UP = "Up"
    FAILED = "Failed"
    UNREACHABLE = "Unreachable"
    UNAVAILABLE = "Unavailable"


@dataclass(frozen=True, slots=True)
class Processor:
    """The processor of a node as a guest sees it."""

    vendor: str
    model: str
    features: frozenset[str]


@dataclass(frozen=True, slots=True)
class Node:
    """A server of the cluster; its name is its id."""

    name: str
    state: NodeState
    memory: int
    """bytes."""
    reserved_memory: int
    """bytes that the parent partition (the host itself) keeps."""
    logical_processors: int
    processor: Processor
    switches: tuple[str, ...]
    """Names of the virtual networks (virtual switches)."""
    system_drive: str = "C:"
    version: str = ""
    """Operating system or hypervisor with its build or version."""
    libvirt_version: str = ""
    """Of a real host, what fcm speaks with there and its version: "libvirt 9.0.0"."""
    updates: tuple[str, ...] = ()
    """Installed updates, compared by validation."""
    note: str = ""
    """Why the state is what it is, where that is known ("does not respond since ...")."""
    paused: bool = False
    """Paused by the user, also while it does not respond (real hosts) or is down (embedded nodes)."""
    weight: int = 1
    """NodeWeight: 0 = the user gave it no vote; with an ``engine`` it can have more than one."""
    dynamic_weight: int = 1
    """DynamicWeight: 0 = dynamic quorum has taken its vote (2012 and later)."""
    service_due: float | None = None
    """s since the epoch: when Windows starts its cluster service again; None = it runs, or nobody will start it."""
    epoch: int = 0
    """Last membership (``Cluster.epoch``) that it was part of; older ones have an older cluster database."""
    left: tuple[float, ...] = ()
    """s since the epoch: when it left without a goodbye, within the last hour."""
    until: float | None = None
    """s since the epoch: until when it stays Isolated or Quarantined."""
    shutdown: str = ""
    """"off" or "restart" while its operating system is being shut down in order."""
    shutdown_due: float | None = None
    """s since the epoch: until when its machines may leave; once its cluster service has stopped, when it is off."""
    process: ServiceProcess = ORDINARY
    fencing: FencingState = FencingState.NONE
    standby: bool = False
    """Pacemaker: Paused because of standby, so that everything that may has left it; False: maintenance, where what
    runs there stays and is not watched."""


@dataclass(frozen=True, slots=True)
class Network:
    """A cluster network."""

    id: str
    name: str
    subnet: str
    """CIDR, such as 10.0.1.0/24."""
    role: NetworkRole
    metric: int
    auto_metric: bool = True
    gateway: str | None = None
    state: NetworkState = NetworkState.UP
    bandwidth: int = 125_000_000
    """bytes/s that an adapter on this network carries each way."""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Adapter:
    """A network adapter of a node on one cluster network (a cluster network interface)."""

    id: str
    name: str
    node: str
    network: str
    address: str
    state: AdapterState = AdapterState.UP
