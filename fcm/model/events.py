"""Every fact, as data: past tense, one class a fact. The journal is a list of these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias, get_args

from fcm.model.bases import BaseEvent as BaseEvent
from fcm.model.entities import Adapter, Cluster, Disk, Group, Network, Node, Resource, SharedVolume, VirtualMachine
from fcm.model.failure_events import (
    CopyCutOff as CopyCutOff,
)
from fcm.model.failure_events import (
    CopyEnded as CopyEnded,
)
from fcm.model.failure_events import (
    FailoverRecorded as FailoverRecorded,
)
from fcm.model.failure_events import (
    FaultInjected as FaultInjected,
)
from fcm.model.failure_events import (
    FaultPlanned as FaultPlanned,
)
from fcm.model.failure_events import (
    FaultRepaired as FaultRepaired,
)
from fcm.model.failure_events import (
    NodeLogged as NodeLogged,
)
from fcm.model.failures import PlannedFault
from fcm.model.migrations import Drain, Emulator, Migration, NetworkAttempt
from fcm.model.snapshots import Backup, Snapshot
from fcm.model.steering_events import MigrationSteered as MigrationSteered
from fcm.model.telemetry import FinalFigures, Phase, TelemetryRow
from fcm.model.validation.report import ValidationReport


@dataclass(frozen=True, slots=True)
class Entry:
    """An event with its place in the history."""

    sequence: int
    """1, 2, 3 ... without a gap; 0 for a transient event."""
    time: float
    """s since the epoch, clock of the cluster."""
    event: Event


@dataclass(frozen=True, slots=True)
class ClusterFormed(BaseEvent):
    """A cluster exists with all of this; what was known before is replaced, the migrations' history is kept."""

    cluster: Cluster
    nodes: tuple[Node, ...]
    networks: tuple[Network, ...]
    adapters: tuple[Adapter, ...]
    disks: tuple[Disk, ...]
    shared_volumes: tuple[SharedVolume, ...]
    groups: tuple[Group, ...]
    resources: tuple[Resource, ...]
    machines: tuple[VirtualMachine, ...]
    planned: tuple[PlannedFault, ...] = ()
    """Failures that will happen by themselves; the first time of those without one is counted from here."""


@dataclass(frozen=True, slots=True)
class ClusterConfigured(BaseEvent):
    """The cluster's own properties changed (quorum, limits, host)."""

    cluster: Cluster
    what: str
    """What changed, in words."""


@dataclass(frozen=True, slots=True)
class ClusterValidated(BaseEvent):
    """Validation ended with this report."""

    report: ValidationReport


@dataclass(frozen=True, slots=True)
class SharedVolumesEnabled(BaseEvent):
    """Cluster Shared Volumes are enabled from now on."""


@dataclass(frozen=True, slots=True)
class MigrationNetworksSet(BaseEvent):
    """The networks for live migration and their order were chosen."""

    order: tuple[str, ...]
    excluded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DiskChanged(BaseEvent):
    """A disk appeared, or its use, owner, state or fill changed."""

    disk: Disk


@dataclass(frozen=True, slots=True)
class SharedVolumeAdded(BaseEvent):
    """A disk became a Cluster Shared Volume, seen under ClusterStorage on all nodes."""

    volume: SharedVolume


@dataclass(frozen=True, slots=True)
class SharedVolumeChanged(BaseEvent):
    """Name, folder, coordinator or access of a shared volume changed."""

    volume: SharedVolume


@dataclass(frozen=True, slots=True)
class SharedVolumeRemoved(BaseEvent):
    """A shared volume went back to Available Storage."""

    disk: str


@dataclass(frozen=True, slots=True)
class NodeChanged(BaseEvent):
    """A node appeared, or its state or properties changed."""

    node: Node


@dataclass(frozen=True, slots=True)
class NodeEvicted(BaseEvent):
    """A node left the cluster for good."""

    node: str


@dataclass(frozen=True, slots=True)
class NetworkChanged(BaseEvent):
    """Name, role, metric or state of a network changed."""

    network: Network


@dataclass(frozen=True, slots=True)
class AdapterChanged(BaseEvent):
    """State or address of a network adapter changed."""

    adapter: Adapter


@dataclass(frozen=True, slots=True)
class MachineCreated(BaseEvent):
    """A virtual machine was created or found."""

    machine: VirtualMachine


@dataclass(frozen=True, slots=True)
class MachineChanged(BaseEvent):
    """Settings, state or node of a virtual machine changed."""

    machine: VirtualMachine


@dataclass(frozen=True, slots=True)
class MachineDeleted(BaseEvent):
    """A virtual machine is gone."""

    machine: str


@dataclass(frozen=True, slots=True)
class SnapshotTaken(BaseEvent):
    """A machine was kept as it was."""

    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class SnapshotApplied(BaseEvent):
    """A machine went back to a snapshot; what became of it is told by a MachineChanged."""

    snapshot: str


@dataclass(frozen=True, slots=True)
class SnapshotDeleted(BaseEvent):
    """A snapshot is gone."""

    snapshot: str


@dataclass(frozen=True, slots=True)
class BackupRequested(BaseEvent):
    """A backup of a machine was asked for; while the machine is migrated live, it waits."""

    backup: Backup


@dataclass(frozen=True, slots=True)
class BackupStarted(BaseEvent):
    """The files of a machine are being backed up."""

    backup: str
    file_copy: bool
    """True if the machine has left the node: no online backup any more."""


@dataclass(frozen=True, slots=True)
class BackupWarned(BaseEvent):
    """The VSS writer did not find the machine on the node of the backup; no error, only a warning."""

    backup: str


@dataclass(frozen=True, slots=True)
class BackupEnded(BaseEvent):
    """A backup is over."""

    backup: str
    reason: str
    """Why it was broken off; "" = it is complete."""


@dataclass(frozen=True, slots=True)
class MachineMadeHighlyAvailable(BaseEvent):
    """A machine was clustered: its group and resources exist."""

    machine: str
    group: Group
    resources: tuple[Resource, ...]


@dataclass(frozen=True, slots=True)
class GroupCreated(BaseEvent):
    """A service or application that is not a virtual machine was configured: it exists with these resources."""

    group: Group
    resources: tuple[Resource, ...]


@dataclass(frozen=True, slots=True)
class GroupChanged(BaseEvent):
    """Properties, owner or state of a group changed."""

    group: Group


@dataclass(frozen=True, slots=True)
class GroupRemoved(BaseEvent):
    """A group and its resources left the cluster; its machine stays on its node, no longer highly available."""

    group: str


@dataclass(frozen=True, slots=True)
class ResourceChanged(BaseEvent):
    """Properties or state of a resource changed."""

    resource: Resource


@dataclass(frozen=True, slots=True)
class ResourceRemoved(BaseEvent):
    """A resource left its group: its disk became a Cluster Shared Volume."""

    resource: str


@dataclass(frozen=True, slots=True)
class MigrationRequested(BaseEvent):
    """A move was accepted. Its phase is WAITING (with the reason) or SETUP."""

    migration: Migration


@dataclass(frozen=True, slots=True)
class MigrationWaited(BaseEvent):
    """The reason for which a migration waits changed."""

    migration: str
    reason: str


@dataclass(frozen=True, slots=True)
class MigrationNetworkTried(BaseEvent):
    """One network of the preference order was tried."""

    migration: str
    attempt: NetworkAttempt


@dataclass(frozen=True, slots=True)
class MigrationPhaseEntered(BaseEvent):
    """A migration entered a phase that is not its end."""

    migration: str
    phase: Phase
    emulator: Emulator | None = None
    """What was found of it as memory began to move; None where nothing new is known."""


@dataclass(frozen=True, slots=True)
class MigrationHandedOver(BaseEvent):
    """The one instant at which the machine and its group change their owner from source to destination."""

    migration: str


@dataclass(frozen=True, slots=True)
class MigrationOptionsChanged(BaseEvent):
    """A running migration was tuned; the migration with its new options."""

    migration: str
    downtime_limit: float | None
    bandwidth: int | None
    """None: as it was; ``UNLIMITED``: there is no limit any more."""
    post_copy: bool


@dataclass(frozen=True, slots=True)
class MigrationProgressed(BaseEvent):
    """Telemetry of a running migration."""

    transient: ClassVar[bool] = True
    migration: str
    row: TelemetryRow


@dataclass(frozen=True, slots=True)
class MigrationCompleted(BaseEvent):
    """The machine runs at the destination; nothing is left at the source."""

    migration: str
    figures: FinalFigures | None
    """None for a quick migration or a move."""


@dataclass(frozen=True, slots=True)
class MigrationFailed(BaseEvent):
    """The migration failed; the machine is where ``Migration.handed_over`` says."""

    migration: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class MigrationFoundEndless(BaseEvent):
    """It was seen that a live migration does not end by itself; it goes on. Once a migration."""

    migration: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class MigrationCanceled(BaseEvent):
    """The user or a time limit canceled; the machine runs on at the source."""

    migration: str
    reason: str = ""
    """Why, where nobody asked for it just now."""


@dataclass(frozen=True, slots=True)
class NodeDrainBegun(BaseEvent):
    """A node is being emptied; its migrations follow."""

    drain: Drain


@dataclass(frozen=True, slots=True)
class NodeDrainHeldUp(BaseEvent):
    """A drain does not come to its end: one of its moves does not end, or waits for one that does not. Once a drain."""

    drain: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class NodeDrainEnded(BaseEvent):
    """All migrations of a drain are over, whichever way; the node stays paused."""

    drain: str


@dataclass(frozen=True, slots=True)
class MigrationInterrupted(BaseEvent):
    """This program ended while the migration ran; what became of the machine is in the reason."""

    migration: str
    reason: str


@dataclass(frozen=True, slots=True)
class CommandRefused(BaseEvent):
    """A command was not carried out."""

    transient: ClassVar[bool] = True
    command: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class BackendReported(BaseEvent):
    """Something a person should know about the backend itself: a host that stopped answering, a full disk."""

    transient: ClassVar[bool] = True
    level: str
    """"error", "warning" or "information"."""
    text: str
    remedy: str = ""


ClusterEvent: TypeAlias = (
    ClusterFormed
    | ClusterConfigured
    | ClusterValidated
    | SharedVolumesEnabled
    | MigrationNetworksSet
    | DiskChanged
    | SharedVolumeAdded
    | SharedVolumeChanged
    | SharedVolumeRemoved
    | NodeChanged
    | NodeEvicted
    | NetworkChanged
    | AdapterChanged
    | MachineCreated
    | MachineChanged
    | MachineDeleted
    | SnapshotTaken
    | SnapshotApplied
    | SnapshotDeleted
    | BackupRequested
    | BackupStarted
    | BackupWarned
    | BackupEnded
    | MachineMadeHighlyAvailable
    | GroupCreated
    | GroupChanged
    | GroupRemoved
    | ResourceChanged
    | ResourceRemoved
    | NodeDrainBegun
    | NodeDrainEnded
    | NodeDrainHeldUp
)
"""What happened to the cluster and what is in it."""
FailureEvent: TypeAlias = (
    FaultInjected | FaultRepaired | FaultPlanned | CopyCutOff | CopyEnded | FailoverRecorded | NodeLogged
)
"""What failed, and what the cluster made of it."""
MigrationEvent: TypeAlias = (
    MigrationRequested
    | MigrationWaited
    | MigrationNetworkTried
    | MigrationPhaseEntered
    | MigrationHandedOver
    | MigrationOptionsChanged
    | MigrationSteered
    | MigrationCompleted
    | MigrationFailed
    | MigrationCanceled
    | MigrationFoundEndless
    | MigrationInterrupted
)
"""What happened to a move of a virtual machine."""
LastingEvent: TypeAlias = ClusterEvent | MigrationEvent | FailureEvent
"""Events that change the state; the journal keeps them."""
TransientEvent: TypeAlias = MigrationProgressed | CommandRefused | BackendReported
"""Events that change no state."""
Event: TypeAlias = LastingEvent | TransientEvent
"""Every event there is: a ``match`` over it that ends in ``assert_never`` is named by mypy when one is added."""

EVENT_TYPES: dict[str, type[Event]] = {
    kind.__name__: kind
    for union in (ClusterEvent, MigrationEvent, FailureEvent, TransientEvent)
    for kind in get_args(union)
}
"""All event classes by name; the names are what the journal keeps."""

AROUND_MIGRATIONS: tuple[type[Event], ...] = (
    ClusterFormed,
    MachineCreated,
    MachineChanged,
    NodeChanged,
    NetworkChanged,
    MigrationRequested,
    MigrationNetworkTried,
    MigrationPhaseEntered,
    MigrationOptionsChanged,
    MigrationSteered,
)
"""Events that tell how things were when a migration ran; how it ended is in the state."""
