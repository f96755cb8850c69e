"""What a failover cluster consists of, as frozen data; its migrations and drains are in ``migrations``.

Every object is known by an ``id`` that never changes; names can be changed by the user. Mappings between objects
hold ids. Terms are those of Failover Clustering in Windows Server 2008 R2.
"""
# Longer than usual because the things of a cluster refer to one another, and are looked up in one place.

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from fcm.model.failures import ORDINARY, GuestState, ServiceProcess
from fcm.model.migrations import DEFAULT_OPTIONS, MigrationOptions, NetworkPreference
from fcm.model.validation.report import ValidationReport
from fcm.model.versions import ClusterVersion as ClusterVersion

MIB = 2**20
GIB = 2**30
AUTOMATIC = 2**32 - 1
"""What properties of groups say for "not set": the cluster decides."""


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


class ResourceState(StrEnum):
    """State of a resource or group; the words are those of Get-ClusterResource and Get-ClusterGroup."""

    ONLINE = "Online"
    OFFLINE = "Offline"
    FAILED = "Failed"
    PARTIAL_ONLINE = "PartialOnline"
    PENDING = "Pending"


class ResourceType(StrEnum):
    """Types of resource that this program knows; display names of the resource types."""

    VIRTUAL_MACHINE = "Virtual Machine"
    VIRTUAL_MACHINE_CONFIGURATION = "Virtual Machine Configuration"
    PHYSICAL_DISK = "Physical Disk"
    NETWORK_NAME = "Network Name"
    IP_ADDRESS = "IP Address"
    FILE_SHARE_WITNESS = "File Share Witness"


class GroupType(StrEnum):
    """What a group (service or application) is made for."""

    CLUSTER = "Cluster Group"
    AVAILABLE_STORAGE = "Available Storage"
    VIRTUAL_MACHINE = "Virtual Machine"


class MachineState(StrEnum):
    """State of a virtual machine as Hyper-V Manager words it."""

    RUNNING = "Running"
    OFF = "Off"
    SAVED = "Saved"
    PAUSED = "Paused"
    STARTING = "Starting"
    STOPPING = "Stopping"
    SAVING = "Saving"
    PAUSED_CRITICAL = "Paused-Critical"
    """Hyper-V paused it because its storage is full or gone."""

    @property
    def holds_memory(self) -> bool:
        """True while the machine occupies memory of its node."""
        return self not in (MachineState.OFF, MachineState.SAVED)


class StartAction(StrEnum):
    """Automatic Start Action in the settings of a virtual machine."""

    NOTHING = "Nothing"
    START_IF_RUNNING = "Automatically start if it was running when the service stopped"
    ALWAYS = "Always start this virtual machine automatically"


class OfflineAction(IntEnum):
    """What Move does to a running machine: the numbers of VM_RESDLL_CONTEXT."""

    TURN_OFF = 0
    SAVE = 1
    SHUT_DOWN = 2
    SHUT_DOWN_FORCED = 3


class DiskUse(StrEnum):
    """What a LUN is used for."""

    UNASSIGNED = "Unassigned"
    """Seen by the nodes, not yet a cluster disk."""
    AVAILABLE = "Available Storage"
    GROUP = "Service or application"
    """In the group of a clustered virtual machine, with which it moves."""
    WITNESS = "Disk Witness in Quorum"
    SHARED_VOLUME = "Cluster Shared Volume"


class VolumeAccess(StrEnum):
    """How the nodes reach a Cluster Shared Volume."""

    DIRECT = "Online"
    REDIRECTED = "Redirected Access"
    BACKUP_REDIRECTED = "Backup in progress, Redirected Access"
    MAINTENANCE = "Maintenance"


class QuorumMode(StrEnum):
    """Quorum modes of Windows Server 2008 R2; the words are values of QuorumType."""

    NODE_MAJORITY = "NodeMajority"
    NODE_AND_DISK_MAJORITY = "NodeAndDiskMajority"
    NODE_AND_FILE_SHARE_MAJORITY = "NodeAndFileShareMajority"
    DISK_ONLY = "DiskOnly"


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
    updates: tuple[str, ...] = ()
    """Installed updates, compared by validation."""
    note: str = ""
    """Why the state is what it is, where that is known ("does not answer since ...")."""
    paused: bool = False
    """Paused by the user, also while it does not answer (real hosts) or is down (embedded nodes)."""
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


@dataclass(frozen=True, slots=True)
class Disk:
    """A LUN of the shared storage."""

    id: str
    name: str
    number: int
    size: int
    """bytes."""
    used: int
    """bytes."""
    use: DiskUse
    owner: str | None
    """Node that owns the disk; None while it is unassigned."""
    state: ResourceState = ResourceState.ONLINE
    file_system: str = "NTFS"
    visible_to: tuple[str, ...] = ()
    """Nodes that see the LUN."""
    persistent_reservations: bool = True
    """Whether the LUN answers SCSI-3 persistent reservations, which failover clusters need."""
    maintenance: bool = False
    """Maintenance mode of a disk that is no shared volume; that of a shared volume is its access."""
    retry_at: float | None = None
    """s since the epoch: when the cluster tries again to bring a failed disk online; None = it does not."""
    restarts: tuple[float, ...] = ()
    """s since the epoch: when a failed shared volume was restarted; other disks have a resource that knows."""
    saved: tuple[tuple[str, int], ...] = ()
    """Machines whose saved state is on it, with its size in bytes; part of ``used``."""
    written: tuple[tuple[str, int], ...] = ()
    """Machines with snapshots, with the bytes that they have written since; part of ``used``."""

    @property
    def free(self) -> int:
        """Bytes."""
        return self.size - self.used


@dataclass(frozen=True, slots=True)
class SharedVolume:
    """A Cluster Shared Volume; its id is that of its disk."""

    disk: str
    name: str
    folder: str
    """Name of its folder under SystemDrive\\ClusterStorage on every node; on Linux hosts the whole path."""
    owner: str
    """Coordinator node."""
    access: VolumeAccess = VolumeAccess.DIRECT
    redirected: tuple[str, ...] = ()
    """Nodes that lost their path to the disk: their I/O goes through the coordinator."""
    paused: tuple[str, ...] = ()
    """Nodes whose I/O to the volume waits: the coordinator is gone, or nothing reaches the disk."""

    def path(self, system_drive: str = "C:") -> str:
        """The folder as the nodes see it."""
        if self.folder.startswith("/"):
            return self.folder
        return f"{system_drive}\\ClusterStorage\\{self.folder}"


@dataclass(frozen=True, slots=True)
class VirtualMachine:
    """A virtual machine. ``node`` is the one node that owns it, running or not."""

    id: str
    name: str
    node: str
    state: MachineState
    memory: int
    """bytes."""
    processors: int
    workload: str
    """Name of the workload that runs in it (resources/workloads), or "" where it is unknown."""
    path: str
    """Where its files lie."""
    disk: str | None
    """Id of the cluster disk or shared volume that holds its files; None: local storage of the node."""
    switch: str | None
    """Virtual network that it is connected to."""
    start_action: StartAction = StartAction.START_IF_RUNNING
    processor_compatibility: bool = False
    """"Migrate to a physical computer with a different processor version"."""
    features: frozenset[str] = frozenset()
    """Processor features that the guest was given when it started; empty while off."""
    media: str | None = None
    """ISO file in the DVD drive."""
    disk_size: int = 0
    """bytes of its virtual hard disk."""
    group: str | None = None
    """Its service or application, once it is highly available."""
    zero_share: float = 0.0
    """Share of its memory that holds only zeros (0 to 1)."""
    migration_networks: NetworkPreference | None = None
    """A preference order of its own for live migration; None: that of the cluster, as for all in 2008 R2."""
    guest: GuestState = GuestState.UNKNOWN
    booted_at: float | None = None
    """s since the epoch: when its guest will have booted; None = it has, does not run, or hangs in its boot."""
    critical_since: float | None = None
    """s since the epoch: since when it is Paused-Critical."""
    connected: bool = True
    """False: it started on a node without its virtual switch (2012 and later)."""
    ended: bool = False
    """True: it has ended with its node, and the cluster has not noticed yet."""
    queued_since: float | None = None
    """s since the epoch: since when its start waits because too many others start on its node; None = it does not."""
    starts_with_host: bool = False
    """True: it is not clustered, its node lost its power, and its start action starts it when the node is back."""

    @property
    def is_highly_available(self) -> bool:
        """True once it is clustered."""
        return self.group is not None


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """Tab Policies of a resource. Defaults: Get-ClusterResource of Windows Server 2008 R2."""

    restart: bool = True
    period: int = 900
    """s."""
    maximum_restarts: int = 1
    failover: bool = True
    retry_after: int = 3600
    """s; 0 = do not begin again."""
    pending_timeout: int = 180
    """s."""
    looks_alive: int = 5
    """s between two basic health checks."""
    is_alive: int = 60
    """s between two thorough health checks."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a group."""

    id: str
    name: str
    type: ResourceType
    group: str
    state: ResourceState
    possible_owners: tuple[str, ...]
    depends_on: tuple[str, ...] = ()
    policy: RestartPolicy = RestartPolicy()
    machine: str | None = None
    """The virtual machine that this resource controls."""
    disk: str | None = None
    offline_action: OfflineAction = OfflineAction.SAVE
    heartbeat: bool = True
    """"Enable heartbeat monitoring for the virtual machine"."""
    detail: str = ""
    """Address or network name of a core resource; UNC path of a file share witness."""
    alternatives: tuple[tuple[str, ...], ...] = ()
    """Further dependencies, by id: of each set, one that is online is enough (OR)."""
    restarts: tuple[float, ...] = ()
    """s since the epoch: when it was restarted after a failure, within its policy's period."""
    retry_at: float | None = None
    """s since the epoch: when the cluster tries to bring it online; None = it does not."""
    failure: str = ""
    """Why it failed, in words; "" while it is not failed."""
    blocked: str = ""
    """Why Pacemaker does nothing with it until a user clears it, in words; "" while it is managed."""


@dataclass(frozen=True, slots=True)
class Group:
    """A service or application (2012 and later: role)."""

    id: str
    name: str
    type: GroupType
    owner: str
    state: ResourceState
    preferred_owners: tuple[str, ...] = ()
    auto_start: bool = True
    persistent: bool = False
    maximum_failures: int | None = None
    """None = automatic, number of nodes minus one."""
    failover_period: int = 6
    """h."""
    failback: bool = False
    failback_window: tuple[int, int] | None = None
    """Hours (0 to 23) between which failback may happen; None = at once."""
    anti_affinity: tuple[str, ...] = ()
    """AntiAffinityClassNames: groups that share a name are kept on different nodes where that is possible."""
    wanted: bool = True
    """PersistentState: whether the user wants it online; a failure does not change it."""
    priority: int = 2000
    """3000 High, 2000 Medium, 1000 Low, 0 No Auto Start (2012 and later)."""
    failovers: tuple[float, ...] = ()
    """s since the epoch: when it failed over after a failure of a resource, within its failover period."""
    failback_at: float | None = None
    """s since the epoch: when it returns to its preferred owner, which is back; None = it does not."""

    @property
    def is_core(self) -> bool:
        """True for the groups that the cluster itself made."""
        return self.type is not GroupType.VIRTUAL_MACHINE


@dataclass(frozen=True, slots=True)
class Cluster:
    """The cluster itself and what is set for all of it."""

    name: str
    domain: str
    address: str
    host: str
    """Node that hosts the core group (Current Host Server)."""
    quorum_mode: QuorumMode
    witness: str | None
    """Id of the disk witness, or the UNC path of the file share."""
    shared_volumes_enabled: bool = False
    migration_order: tuple[str, ...] = ()
    """Ids of networks for live migration as set by the user; empty = by the default rule."""
    migration_excluded: tuple[str, ...] = ()
    """Ids of networks that live migration must not use."""
    validation: ValidationReport | None = None
    created: float = 0.0
    """s since the epoch."""
    concurrent_migrations: int = 1
    """Live migrations in which one node may take part at once; 1 in Windows Server 2008 R2."""
    migration_options: MigrationOptions = DEFAULT_OPTIONS
    """What a live migration uses where the request names no options of its own."""
    version: ClusterVersion = ClusterVersion.V2008_R2
    engine: str = ""
    """What decides about failover on real hosts, with its version, such as "Pacemaker 2.1.5"; "" = nothing does, or
    the cluster is simulated and follows ``version``. Its designated controller (DC) is then ``host``."""
    same_subnet_delay: int | None = None
    """ms between two heartbeats; None: the default of the version."""
    same_subnet_threshold: int | None = None
    """Heartbeats that may be missed; None: the default of the version."""
    stopped: str = ""
    """Why the cluster does not run (no quorum, stopped by the user); "" while it runs."""
    stopping: bool = False
    """The user is stopping it: its machines are going offline first."""
    forced: bool = False
    """Started without quorum by the user; ends by itself once there is a majority."""
    epoch: int = 0
    """Number of the current membership; it counts up with each change."""
    witness_weight: int = 1
    """WitnessDynamicWeight (2012 R2 and later); with an ``engine`` the votes of its witness (corosync-qnetd)."""
    witness_online: bool = True
    """False: a file share witness is lost; that of a disk is its state."""
    dynamic_quorum: bool | None = None
    """None: the default of the version."""
    lower_quorum_priority_node: str = ""
    resiliency_level: int = 2
    resiliency_period: int = 240
    """s."""
    quarantine_threshold: int = 3
    quarantine_duration: int = 7200
    """s."""
    assumed: tuple[tuple[str, float], ...] = ()
    """Figures of the simulation that differ from ``fcm.model.rules.failing.assumed``, by name."""

    @property
    def full_name(self) -> str:
        """The name with its domain, as the console tree shows it."""
        return f"{self.name}.{self.domain}" if self.domain else self.name

    @property
    def shown_name(self) -> str:
        """The full name, and what decides about failover where that is not fcm."""
        return f"{self.full_name} ({self.engine})" if self.engine else self.full_name
