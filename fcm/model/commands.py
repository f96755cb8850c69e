"""Every wish of a user, as data: imperative, one class a wish, whatever it came from."""

from __future__ import annotations

from dataclasses import dataclass

from fcm.model.entities import (
    DrainMove,
    MachineState,
    MigrationOptions,
    NetworkPreference,
    NetworkRole,
    OfflineAction,
    QuorumMode,
    RestartPolicy,
    StartAction,
)


@dataclass(frozen=True, slots=True)
class Command:
    """Base of all commands. Fields hold ids, see fcm.model.entities; None in an optional field = leave as it is."""


# Cluster


@dataclass(frozen=True, slots=True)
class ValidateCluster(Command):
    """Run the named validation tests (all where empty) and keep the report."""

    tests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EnableSharedVolumes(Command):
    """Enable Cluster Shared Volumes; the notice must have been read and accepted."""

    notice_accepted: bool = False


@dataclass(frozen=True, slots=True)
class SetQuorum(Command):
    """Configure Cluster Quorum Settings."""

    mode: QuorumMode
    witness: str | None = None


@dataclass(frozen=True, slots=True)
class SetMigrationNetworks(Command):
    """Tab Network for live migration: networks in order of preference, and those not to be used.

    In Windows Server 2008 R2 a change made on one machine acts for all machines, so it is kept with the cluster.
    """

    order: tuple[str, ...]
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetMachineNetworks(Command):
    """Networks for the live migrations of one machine alone; None: those of the cluster again."""

    machine: str
    networks: NetworkPreference | None


@dataclass(frozen=True, slots=True)
class SetConcurrentMigrations(Command):
    """How many live migrations one node may take part in at once."""

    limit: int


@dataclass(frozen=True, slots=True)
class SetMigrationOptions(Command):
    """Options of every live migration that is asked for without any of its own."""

    options: MigrationOptions


# Storage


@dataclass(frozen=True, slots=True)
class AddClusterDisk(Command):
    """Make unassigned LUNs cluster disks in Available Storage."""

    disks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddStorage(Command):
    """Add disks of Available Storage to the Cluster Shared Volumes."""

    disks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveSharedVolume(Command):
    """Give a Cluster Shared Volume back to Available Storage."""

    disk: str


@dataclass(frozen=True, slots=True)
class RenameSharedVolume(Command):
    """Change the name of the disk resource of a shared volume."""

    disk: str
    name: str


@dataclass(frozen=True, slots=True)
class RenameVolumeFolder(Command):
    """Change the folder of a shared volume under ClusterStorage, on all nodes."""

    disk: str
    folder: str


@dataclass(frozen=True, slots=True)
class MoveSharedVolume(Command):
    """Make another node the coordinator of a shared volume."""

    disk: str
    node: str


@dataclass(frozen=True, slots=True)
class SetRedirectedAccess(Command):
    """Turn redirected access of a shared volume on or off."""

    disk: str
    on: bool


@dataclass(frozen=True, slots=True)
class SetMaintenance(Command):
    """Turn maintenance mode of a cluster disk or shared volume on or off."""

    disk: str
    on: bool
    force: bool = False
    """With on, for a shared volume: take the machines that run from it offline first, by their offline actions."""


@dataclass(frozen=True, slots=True)
class SetDiskOnline(Command):
    """Bring a cluster disk online or take it offline."""

    disk: str
    online: bool


# Virtual machines


@dataclass(frozen=True, slots=True)
class CreateVirtualMachine(Command):
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
class ConfigureVirtualMachine(Command):
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
class DeleteVirtualMachine(Command):
    """Delete a machine that is off and not clustered."""

    machine: str


@dataclass(frozen=True, slots=True)
class SetMachineState(Command):
    """Start (RUNNING), shut down or turn off (OFF), save (SAVED) or pause (PAUSED) a machine."""

    machine: str
    state: MachineState
    forced: bool = False
    """With OFF: turn off instead of shutting down."""


@dataclass(frozen=True, slots=True)
class TakeSnapshot(Command):
    """Keep a machine as it is now; "" as name: its own name and the time."""

    machine: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class RevertToSnapshot(Command):
    """Bring a machine back to a snapshot (Hyper-V: Revert for the current one, Apply for any)."""

    snapshot: str


@dataclass(frozen=True, slots=True)
class DeleteSnapshot(Command):
    """Delete a snapshot; the machine stays as it is."""

    snapshot: str


@dataclass(frozen=True, slots=True)
class BackUpMachine(Command):
    """Back a machine up through the Hyper-V VSS writer of its node; waits for a live migration under way."""

    machine: str


@dataclass(frozen=True, slots=True)
class MakeHighlyAvailable(Command):
    """Configure a Service or Application: cluster the machines."""

    machines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveGroup(Command):
    """Remove a machine from the cluster (delete its service or application); the machine stays on its node."""

    group: str


@dataclass(frozen=True, slots=True)
class ConfigureGroup(Command):
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


@dataclass(frozen=True, slots=True)
class ConfigureResource(Command):
    """Properties of a resource."""

    resource: str
    name: str | None = None
    possible_owners: tuple[str, ...] | None = None
    policy: RestartPolicy | None = None
    offline_action: OfflineAction | None = None
    heartbeat: bool | None = None


@dataclass(frozen=True, slots=True)
class FailResource(Command):
    """Simulate failure of this resource: what its policies say follows (embedded clusters only)."""

    resource: str


# Migration


@dataclass(frozen=True, slots=True)
class LiveMigrate(Command):
    """Live migrate virtual machine to another node."""

    machine: str
    destination: str
    options: MigrationOptions | None = None
    """None: those of the cluster (``SetMigrationOptions``); else exactly these."""


@dataclass(frozen=True, slots=True)
class QuickMigrate(Command):
    """Save the machine, move it, restore it."""

    machine: str
    destination: str


@dataclass(frozen=True, slots=True)
class MoveMachine(Command):
    """Take the machine offline with its offline action, bring it online on another node."""

    machine: str
    destination: str


@dataclass(frozen=True, slots=True)
class CancelMigration(Command):
    """Cancel a live migration that waits or copies memory."""

    migration: str


@dataclass(frozen=True, slots=True)
class CancelMigrations(Command):
    """Cancel all live migrations that wait or copy memory, of one node or (None) of the whole cluster."""

    node: str | None = None


@dataclass(frozen=True, slots=True)
class TuneMigration(Command):
    """Change a running live migration: downtime limit (s), bandwidth (bytes/s), or switch to post-copy now."""

    migration: str
    downtime_limit: float | None = None
    bandwidth: int | None = None
    """None: as it is; ``UNLIMITED``: a limit is taken away."""
    post_copy: bool = False


# Nodes and networks


@dataclass(frozen=True, slots=True)
class PauseNode(Command):
    """Keep what the node owns, move nothing there."""

    node: str


@dataclass(frozen=True, slots=True)
class DrainNode(Command):
    """Pause a node and live migrate its running machines away, through the ordinary queue.

    Failover Clustering drains since Windows Server 2012; before, machines were moved one by one.
    """

    node: str
    moves: tuple[DrainMove, ...] | None = None
    """These, in this order, and no others; None: all that can go, where fcm.model.drains plans them to."""
    options: MigrationOptions | None = None


@dataclass(frozen=True, slots=True)
class ResumeNode(Command):
    """End the pause of a node."""

    node: str
    failback: bool = False
    """Live migrate what its last drain took away back to it (since Windows Server 2012)."""


@dataclass(frozen=True, slots=True)
class StartClusterService(Command):
    """Bring a node that is down back into the cluster."""

    node: str


@dataclass(frozen=True, slots=True)
class StopClusterService(Command):
    """Take a node out of the running cluster; what it owns fails over."""

    node: str


@dataclass(frozen=True, slots=True)
class AddNode(Command):
    """A new server, equal to the current host server, joins the cluster."""

    node: str


@dataclass(frozen=True, slots=True)
class EvictNode(Command):
    """Remove a node from the cluster for good."""

    node: str


@dataclass(frozen=True, slots=True)
class ConfigureNetwork(Command):
    """Properties of a cluster network; setting ``metric`` ends its automatic metric."""

    network: str
    name: str | None = None
    role: NetworkRole | None = None
    metric: int | None = None
    auto_metric: bool | None = None


@dataclass(frozen=True, slots=True)
class FailAdapter(Command):
    """Simulate the failure of a network adapter (embedded clusters only)."""

    adapter: str


@dataclass(frozen=True, slots=True)
class RepairAdapter(Command):
    """End a simulated failure of a network adapter."""

    adapter: str
