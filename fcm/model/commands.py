"""Every wish of a user, as data: imperative, one class a wish, whatever it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, get_args

from fcm.model.bases import BaseCommand as BaseCommand
from fcm.model.entities import MachineState, NetworkRole, OfflineAction, QuorumMode, RestartPolicy, StartAction
from fcm.model.failure_commands import BringOnline as BringOnline
from fcm.model.failure_commands import ClearBlocked as ClearBlocked
from fcm.model.failure_commands import ConfigureCluster as ConfigureCluster
from fcm.model.failure_commands import ConfigureNode as ConfigureNode
from fcm.model.failure_commands import ConfirmNodeOff as ConfirmNodeOff
from fcm.model.failure_commands import FailResource as FailResource
from fcm.model.failure_commands import InjectFault as InjectFault
from fcm.model.failure_commands import RepairFault as RepairFault
from fcm.model.failure_commands import ShutDownNode as ShutDownNode
from fcm.model.failure_commands import StartCluster as StartCluster
from fcm.model.failure_commands import StopCluster as StopCluster
from fcm.model.migrations import DrainMove, MigrationOptions, NetworkPreference
from fcm.model.role_commands import AddResource as AddResource
from fcm.model.role_commands import AddRole as AddRole
from fcm.model.role_commands import MoveDisk as MoveDisk
from fcm.model.role_commands import MoveGroup as MoveGroup
from fcm.model.role_commands import RemoveResource as RemoveResource
from fcm.model.role_commands import RoleCommand as RoleCommand
from fcm.model.role_commands import SetGroupOnline as SetGroupOnline
from fcm.model.role_commands import TakeOffline as TakeOffline

# Cluster


@dataclass(frozen=True, slots=True)
class ValidateCluster(BaseCommand):
    """Run the named validation tests (all where empty) and keep the report."""

    tests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EnableSharedVolumes(BaseCommand):
    """Enable Cluster Shared Volumes; the notice must have been read and accepted."""

    notice_accepted: bool = False


@dataclass(frozen=True, slots=True)
class SetQuorum(BaseCommand):
    """Configure Cluster Quorum Settings."""

    mode: QuorumMode
    witness: str | None = None


@dataclass(frozen=True, slots=True)
class SetMigrationNetworks(BaseCommand):
    """Tab Network for live migration: networks in order of preference, and those not to be used.

    In Windows Server 2008 R2 a change made on one machine acts for all machines, so it is kept with the cluster.
    """

    order: tuple[str, ...]
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetMachineNetworks(BaseCommand):
    """Networks for the live migrations of one machine alone; None: those of the cluster again."""

    machine: str
    networks: NetworkPreference | None


@dataclass(frozen=True, slots=True)
class SetConcurrentMigrations(BaseCommand):
    """How many live migrations one node may take part in at once."""

    limit: int


@dataclass(frozen=True, slots=True)
class SetMigrationOptions(BaseCommand):
    """Options of every live migration that is asked for without any of its own."""

    options: MigrationOptions


# Storage


@dataclass(frozen=True, slots=True)
class AddClusterDisk(BaseCommand):
    """Make unassigned LUNs cluster disks in Available Storage."""

    disks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddStorage(BaseCommand):
    """Add disks of Available Storage to the Cluster Shared Volumes."""

    disks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveSharedVolume(BaseCommand):
    """Give a Cluster Shared Volume back to Available Storage."""

    disk: str


@dataclass(frozen=True, slots=True)
class RenameSharedVolume(BaseCommand):
    """Change the name of the disk resource of a shared volume."""

    disk: str
    name: str


@dataclass(frozen=True, slots=True)
class RenameVolumeFolder(BaseCommand):
    """Change the folder of a shared volume under ClusterStorage, on all nodes."""

    disk: str
    folder: str


@dataclass(frozen=True, slots=True)
class MoveSharedVolume(BaseCommand):
    """Make another node the coordinator of a shared volume."""

    disk: str
    node: str


@dataclass(frozen=True, slots=True)
class SetRedirectedAccess(BaseCommand):
    """Turn redirected access of a shared volume on or off."""

    disk: str
    on: bool


@dataclass(frozen=True, slots=True)
class SetMaintenance(BaseCommand):
    """Turn maintenance mode of a cluster disk or shared volume on or off."""

    disk: str
    on: bool
    force: bool = False
    """With on, for a shared volume: take the machines that run from it offline first, by their offline actions."""


@dataclass(frozen=True, slots=True)
class SetDiskOnline(BaseCommand):
    """Bring a cluster disk online or take it offline."""

    disk: str
    online: bool


# Virtual machines


@dataclass(frozen=True, slots=True)
class CreateVirtualMachine(BaseCommand):
    """New Virtual Machine on a node, its files on a shared volume (disk) or on local storage (None)."""

    name: str
    node: str
    memory: int
    """bytes."""
    disk: str | None
    switch: str | None = None
    processors: int = 1
    disk_size: int = 20 * 2**30
    """bytes."""
    workload: str = "idle"
    start_action: StartAction = StartAction.START_IF_RUNNING
    processor_compatibility: bool = False
    start: bool = False
    """Start it once it is made."""


@dataclass(frozen=True, slots=True)
class ConfigureVirtualMachine(BaseCommand):
    """Settings of a virtual machine. ``media`` and ``switch``: "" disconnects."""

    machine: str
    memory: int | None = None
    """bytes."""
    start_action: StartAction | None = None
    processor_compatibility: bool | None = None
    switch: str | None = None
    media: str | None = None
    workload: str | None = None


@dataclass(frozen=True, slots=True)
class DeleteVirtualMachine(BaseCommand):
    """Delete a machine that is off and not clustered."""

    machine: str


@dataclass(frozen=True, slots=True)
class SetMachineState(BaseCommand):
    """Start (RUNNING), shut down or turn off (OFF), save (SAVED) or pause (PAUSED) a machine."""

    machine: str
    state: MachineState
    forced: bool = False
    """With OFF: turn off instead of shutting down."""


@dataclass(frozen=True, slots=True)
class TakeSnapshot(BaseCommand):
    """Keep a machine as it is now; "" as name: its own name and the time."""

    machine: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class RevertToSnapshot(BaseCommand):
    """Bring a machine back to a snapshot (Hyper-V: Revert for the current one, Apply for any)."""

    snapshot: str


@dataclass(frozen=True, slots=True)
class DeleteSnapshot(BaseCommand):
    """Delete a snapshot; the machine stays as it is."""

    snapshot: str


@dataclass(frozen=True, slots=True)
class BackUpMachine(BaseCommand):
    """Back a machine up through the Hyper-V VSS writer of its node; waits for a live migration under way."""

    machine: str


@dataclass(frozen=True, slots=True)
class MakeHighlyAvailable(BaseCommand):
    """Configure a Service or Application: cluster the machines."""

    machines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveGroup(BaseCommand):
    """Delete a service or application; its machine stays on its node, its disks go to Available Storage."""

    group: str


@dataclass(frozen=True, slots=True)
class ConfigureGroup(BaseCommand):
    """Properties of a service or application."""

    group: str
    name: str | None = None
    preferred_owners: tuple[str, ...] | None = None
    auto_start: bool | None = None
    persistent: bool | None = None
    maximum_failures: int | None = None
    """AUTOMATIC: the number of nodes minus one."""
    failover_period: int | None = None
    failback: bool | None = None
    failback_window: tuple[int, int] | None = None
    """Both AUTOMATIC: at any hour, at once."""
    anti_affinity: tuple[str, ...] | None = None
    priority: int | None = None
    """3000, 2000, 1000 or 0 (2012 and later)."""


@dataclass(frozen=True, slots=True)
class ConfigureResource(BaseCommand):
    """Properties of a resource."""

    resource: str
    name: str | None = None
    possible_owners: tuple[str, ...] | None = None
    policy: RestartPolicy | None = None
    offline_action: OfflineAction | None = None
    heartbeat: bool | None = None
    depends_on: tuple[str, ...] | None = None
    alternatives: tuple[tuple[str, ...], ...] | None = None
    """See ``Resource``; both together are its dependencies."""
    separate_monitor: bool | None = None


# Migration


@dataclass(frozen=True, slots=True)
class LiveMigrate(BaseCommand):
    """Live migrate virtual machine to another node."""

    machine: str
    destination: str
    options: MigrationOptions | None = None
    """None: those of the cluster (``SetMigrationOptions``); else exactly these."""


@dataclass(frozen=True, slots=True)
class QuickMigrate(BaseCommand):
    """Save the machine, move it, restore it."""

    machine: str
    destination: str


@dataclass(frozen=True, slots=True)
class MoveMachine(BaseCommand):
    """Take the machine offline with its offline action, bring it online on another node."""

    machine: str
    destination: str


@dataclass(frozen=True, slots=True)
class CancelMigration(BaseCommand):
    """Cancel a live migration that waits or copies memory."""

    migration: str


@dataclass(frozen=True, slots=True)
class CancelMigrations(BaseCommand):
    """Cancel all live migrations that wait or copy memory, of one node or (None) of the whole cluster."""

    node: str | None = None


@dataclass(frozen=True, slots=True)
class TuneMigration(BaseCommand):
    """Change a running live migration: downtime limit (s), bandwidth (bytes/s), or switch to post-copy now."""

    migration: str
    downtime_limit: float | None = None
    bandwidth: int | None = None
    """None: as it is; ``UNLIMITED``: a limit is taken away."""
    post_copy: bool = False


# Nodes and networks


@dataclass(frozen=True, slots=True)
class PauseNode(BaseCommand):
    """Keep what the node owns, move nothing there."""

    node: str


@dataclass(frozen=True, slots=True)
class DrainNode(BaseCommand):
    """Pause a node and live migrate its running machines away, through the ordinary queue.

    Failover Clustering drains since Windows Server 2012; before, machines were moved one by one.
    """

    node: str
    moves: tuple[DrainMove, ...] | None = None
    """These, in this order, and no others; None: all that can go, where fcm.model.rules.moving.drains plans them to."""
    options: MigrationOptions | None = None


@dataclass(frozen=True, slots=True)
class ResumeNode(BaseCommand):
    """End the pause of a node."""

    node: str
    failback: bool = False
    """Live migrate what its last drain took away back to it (since Windows Server 2012)."""


@dataclass(frozen=True, slots=True)
class StartClusterService(BaseCommand):
    """Bring a node that is down back into the cluster."""

    node: str
    fix_quorum: bool = False
    """Force Cluster Start: this node forms the cluster whatever votes there are; its configuration wins."""
    prevent_quorum: bool = False
    """Only join a cluster that runs; never form one."""
    clear_quarantine: bool = False
    """Let a quarantined node join (since Windows Server 2016)."""


@dataclass(frozen=True, slots=True)
class StopClusterService(BaseCommand):
    """Take a node out of the running cluster; what it owns fails over."""

    node: str


@dataclass(frozen=True, slots=True)
class AddNode(BaseCommand):
    """A new server, equal to the current host server, joins the cluster."""

    node: str


@dataclass(frozen=True, slots=True)
class EvictNode(BaseCommand):
    """Remove a node from the cluster for good."""

    node: str


@dataclass(frozen=True, slots=True)
class ConfigureNetwork(BaseCommand):
    """Properties of a cluster network; setting ``metric`` ends its automatic metric."""

    network: str
    name: str | None = None
    role: NetworkRole | None = None
    metric: int | None = None
    auto_metric: bool | None = None


ClusterCommand: TypeAlias = (
    ValidateCluster
    | EnableSharedVolumes
    | SetQuorum
    | SetMigrationNetworks
    | SetMachineNetworks
    | SetConcurrentMigrations
    | SetMigrationOptions
)
StorageCommand: TypeAlias = (
    AddClusterDisk
    | AddStorage
    | RemoveSharedVolume
    | RenameSharedVolume
    | RenameVolumeFolder
    | MoveSharedVolume
    | SetRedirectedAccess
    | SetMaintenance
    | SetDiskOnline
)
MachineCommand: TypeAlias = (
    CreateVirtualMachine
    | ConfigureVirtualMachine
    | DeleteVirtualMachine
    | SetMachineState
    | TakeSnapshot
    | RevertToSnapshot
    | DeleteSnapshot
    | BackUpMachine
    | MakeHighlyAvailable
    | RemoveGroup
    | ConfigureGroup
    | ConfigureResource
    | BringOnline
    | FailResource
)
MigrationCommand: TypeAlias = (
    LiveMigrate | QuickMigrate | MoveMachine | CancelMigration | CancelMigrations | TuneMigration
)
NodeCommand: TypeAlias = (
    PauseNode
    | DrainNode
    | ResumeNode
    | StartClusterService
    | StopClusterService
    | AddNode
    | EvictNode
    | ConfigureNetwork
)
FailureCommand: TypeAlias = (
    InjectFault
    | RepairFault
    | StopCluster
    | StartCluster
    | ShutDownNode
    | ConfigureNode
    | ConfigureCluster
    | ClearBlocked
    | ConfirmNodeOff
)
Command: TypeAlias = (
    ClusterCommand | StorageCommand | MachineCommand | MigrationCommand | NodeCommand | FailureCommand | RoleCommand
)
"""Every command there is: a ``match`` over it that ends in ``assert_never`` is named by mypy when one is added."""

COMMAND_TYPES: tuple[type[Command], ...] = get_args(Command)
"""All command classes."""
