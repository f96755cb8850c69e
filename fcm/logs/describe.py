"""Every event in words: a level, a source and, where Windows has one for the fact, its event id.

Ids and levels follow Microsoft's "system-events.md" for FailoverClustering and KB 4558514 for Hyper-V. A fact for
which no id is confirmed has the id 0. What a node writes itself about a failure is an event of its own (NodeLogged);
that a state changed with it is told once more, as information without an id of Windows, so that nothing counts twice.
Names come from the state; an object that is gone is named by its id.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from fcm.logs.describe_failures import of_failure
from fcm.logs.describe_protection import of_backup, of_snapshot
from fcm.model import events as ev
from fcm.model.entities import (
    AdapterState,
    DiskUse,
    MachineState,
    NetworkState,
    NodeState,
    ResourceState,
    VolumeAccess,
)
from fcm.model.failures import GuestState
from fcm.model.migrations import UNLIMITED, MigrationKind
from fcm.model.quantities import size
from fcm.model.rules.moving.drains import drain_migrations
from fcm.model.rules.moving.goals import outcome_of
from fcm.model.structures.tables import name_of
from fcm.model.telemetry import Phase
from fcm.text.words import counted

if TYPE_CHECKING:
    from fcm.model.entities import Adapter, Disk, Group, Network, Node, Resource, SharedVolume, VirtualMachine
    from fcm.model.migrations import Migration
    from fcm.model.state import State
    from fcm.model.telemetry import FinalFigures
    from fcm.model.validation.report import ValidationReport

CRITICAL, ERROR, WARNING, INFORMATION, VERBOSE = "Critical", "Error", "Warning", "Information", "Verbose"
LEVELS = (CRITICAL, ERROR, WARNING, INFORMATION, VERBOSE)
CLUSTERING = "FailoverClustering"
VMMS = "Hyper-V-VMMS"
HIGH_AVAILABILITY = "Hyper-V-High-Availability"
PROGRAM = "fcm"
"""Source of what this program itself has to say."""
LONG_BLACKOUT = 10.0
"""s of blackout from which on 20417 is logged instead of 20415; an assumption, KB 4558514 shows one of 63.1 s."""

_PHASES = {
    Phase.WAITING: "waits",
    Phase.SETUP: "connects to the destination",
    Phase.BROWNOUT: "copies memory while the machine runs (brownout)",
    Phase.BLACKOUT: "stops the machine and copies the rest (blackout)",
    Phase.STORAGE: "hands the storage over",
    Phase.NETWORK: "announces the machine's network address at the destination",
    Phase.CLEANUP: "cleans up at the source",
    Phase.COMPLETED: "is completed",
    Phase.FAILED: "failed",
    Phase.CANCELED: "was canceled",
    Phase.INTERRUPTED: "was interrupted",
}
_COMMAND_LEVELS = {"error": ERROR, "warning": WARNING, "information": INFORMATION}


@dataclass(frozen=True, slots=True)
class EventText:
    """One line of the event log."""

    level: str
    """One of LEVELS."""
    source: str
    id: int
    """Windows event id; 0 = none is confirmed for this fact."""
    text: str


def _info(text: str, source: str = CLUSTERING, number: int = 0) -> EventText:
    return EventText(INFORMATION, source, number, text)


def describe(entry: ev.Entry, state: State) -> EventText:
    """Level, source, id and sentence of an event; never raises for an event of fcm.model.events."""
    event = entry.event
    match event:
        case ev.ClusterFormed(cluster=cluster, nodes=nodes, machines=machines):
            return _info(
                f"The cluster {cluster.full_name} has {counted(len(nodes), 'node')} and "
                f"{counted(len(machines), 'virtual machine')}."
            )
        case ev.ClusterConfigured(cluster=cluster, what=what):
            return _info(f"The cluster {cluster.name} was configured: {what.rstrip('.')}.")
        case ev.ClusterValidated(report=report):
            return _validated(report)
        case ev.SharedVolumesEnabled():
            return _info("Cluster Shared Volumes were enabled.")
        case ev.MigrationNetworksSet(order=order, excluded=excluded):
            names = ", ".join(_network(state, identity) for identity in order) or "the default order"
            without = ", ".join(_network(state, identity) for identity in excluded)
            return _info(f"Networks for live migration: {names}" + (f"; not used: {without}." if without else "."))
        case ev.DiskChanged(disk=disk):
            return _disk(disk)
        case ev.SharedVolumeAdded(volume=volume):
            return _info(f"{volume.name} became the Cluster Shared Volume {volume.path()} (owner {volume.owner}).")
        case ev.SharedVolumeChanged(volume=volume):
            return _volume(volume)
        case ev.SharedVolumeRemoved(disk=identity):
            return _info(f"{name_of(state.disks, identity)} was removed from the Cluster Shared Volumes.")
        case ev.NodeChanged(node=node):
            return _node(node)
        case ev.NodeEvicted(node=name):
            return EventText(WARNING, CLUSTERING, 1011, f"Cluster node {name} has been evicted.")
        case ev.NodeDrainBegun(drain=drain):
            stay = f", {len(drain.staying)} stay" if drain.staying else ""
            moves = counted(len(drain.moves), "machine moves", "machines move")
            return _info(f"Cluster node '{drain.node}' is being drained: {moves}{stay}.")
        case ev.NodeDrainHeldUp(drain=identity, reason=reason, remedy=remedy):
            held = state.drains.get(identity)
            text = f"The drain of cluster node '{held.node if held else identity}' is delayed. {reason} {remedy}"
            return EventText(WARNING, CLUSTERING, 0, text)
        case ev.NodeDrainEnded(drain=identity):
            return _drained(identity, state)
        case ev.NetworkChanged(network=network):
            return _network_changed(network)
        case ev.AdapterChanged(adapter=adapter):
            return _adapter(adapter, state)
        case ev.MachineCreated(machine=machine):
            memory = size(machine.memory)
            return _info(f"The virtual machine {machine.name} with {memory} was created on {machine.node}.", VMMS)
        case ev.MachineChanged(machine=machine):
            return _machine(machine)
        case ev.MachineDeleted(machine=identity):
            return _info(f"The virtual machine {_machine_name(state, identity)} was deleted.", VMMS)
        case ev.SnapshotTaken() | ev.SnapshotApplied() | ev.SnapshotDeleted():
            return EventText(*of_snapshot(event, state))
        case ev.BackupRequested() | ev.BackupStarted() | ev.BackupWarned() | ev.BackupEnded():
            return EventText(*of_backup(event, state))
        case ev.MachineMadeHighlyAvailable(machine=identity, group=group):
            return _info(f"{_machine_name(state, identity)} is highly available as {group.name}.")
        case ev.GroupCreated(group=group):
            return _info(f"The service or application {group.name} ({group.type}) was configured on {group.owner}.")
        case ev.GroupChanged(group=group):
            return _group(group)
        case ev.GroupRemoved(group=identity):
            return _info(f"The service or application {name_of(state.groups, identity)} was removed from the cluster.")
        case ev.ResourceChanged(resource=resource):
            return _resource(resource)
        case ev.ResourceRemoved(resource=identity):
            return _info(f"The resource {name_of(state.resources, identity)} left its service or application.")
        case (
            ev.FaultInjected()
            | ev.FaultRepaired()
            | ev.FaultPlanned()
            | ev.CopyCutOff()
            | ev.CopyEnded()
            | ev.FailoverRecorded()
            | ev.NodeLogged()
        ):
            return EventText(*of_failure(event, state))
        case _:
            return _of_migration(event, state)


def _of_migration(event: ev.MigrationEvent | ev.TransientEvent, state: State) -> EventText:
    match event:
        case ev.MigrationRequested(migration=migration):
            waits = (
                f" It is waiting: {migration.reason}" if migration.phase is Phase.WAITING and migration.reason else ""
            )
            return _info(f"{_course(migration, state)} was requested.{waits}", HIGH_AVAILABILITY)
        case ev.MigrationWaited(migration=identity, reason=reason):
            return _info(f"{_move(state, identity)} is waiting: {reason}", HIGH_AVAILABILITY)
        case ev.MigrationNetworkTried(migration=identity, attempt=attempt):
            place = f"{_network(state, attempt.network)} ({attempt.address})"
            text = f"{_move(state, identity)} tried {place}: {attempt.result.rstrip('.')}."
            return EventText(INFORMATION if attempt.connected else WARNING, HIGH_AVAILABILITY, 0, text)
        case ev.MigrationPhaseEntered(migration=identity, phase=phase):
            return EventText(VERBOSE, HIGH_AVAILABILITY, 0, f"{_move(state, identity)} {_PHASES[phase]}.")
        case ev.MigrationHandedOver(migration=identity):
            found = state.migrations.get(identity)
            if found is None:
                return _info(f"The machine of migration {identity} changed its owner.", HIGH_AVAILABILITY)
            name = state.moved_name(found)
            return _info(
                f"{found.destination} now owns {name}; the previous owner was {found.source}.", HIGH_AVAILABILITY
            )
        case ev.MigrationOptionsChanged(migration=identity):
            return _info(f"{_move(state, identity)} was changed: {_tuning(event)}.", HIGH_AVAILABILITY)
        case ev.MigrationSteered(migration=identity, text=text, shadow=shadow, warning=warning):
            would = " would have been steered" if shadow else ""
            level = WARNING if warning else INFORMATION
            return EventText(level, HIGH_AVAILABILITY, 0, f"{_move(state, identity)}{would}: {text}")
        case ev.MigrationProgressed(migration=identity, row=row):
            text = f"{_move(state, identity)}, pass {row.pass_number}: {size(row.remaining)} left."
            return EventText(VERBOSE, HIGH_AVAILABILITY, 0, text)
        case ev.MigrationCompleted(migration=identity, figures=figures):
            return _completed(state, identity, figures)
        case ev.MigrationFailed(migration=identity, reason=reason, remedy=remedy):
            return _failed(state, identity, f"{reason} {remedy}".strip())
        case ev.MigrationFoundEndless(migration=identity, reason=reason, remedy=remedy):
            text = f"{_move(state, identity)} does not end by itself. {reason} {remedy}"
            return EventText(WARNING, HIGH_AVAILABILITY, 0, text.strip())
        case ev.MigrationCanceled(migration=identity, reason=reason):
            if reason:
                return EventText(WARNING, HIGH_AVAILABILITY, 0, f"{_move(state, identity)} was canceled. {reason}")
            found = state.migrations.get(identity)
            where = f" The machine keeps running on {found.source}." if found else ""
            return _info(f"{_move(state, identity)} was canceled.{where}", HIGH_AVAILABILITY)
        case ev.MigrationInterrupted(migration=identity, reason=reason):
            return EventText(WARNING, PROGRAM, 0, f"{_move(state, identity)} was interrupted. {reason}")
        case ev.CommandRefused(command=command, reason=reason, remedy=remedy):
            return EventText(WARNING, PROGRAM, 0, f"{_spaced(command)} was refused. {reason} {remedy}".strip())
        case ev.BackendReported(level=level, text=text, remedy=remedy):
            return EventText(_COMMAND_LEVELS.get(level, WARNING), PROGRAM, 0, f"{text} {remedy}".strip())
        case _:
            assert_never(event)


def _validated(report: ValidationReport) -> EventText:
    failed = sum(result.level == "fail" for result in report.results)
    warned = sum(result.level == "warn" for result in report.results)
    level = ERROR if failed else WARNING if warned else INFORMATION
    text = f"Validation ended: {counted(len(report.results), 'test')}, {failed} failed, {warned} with warnings."
    return EventText(level, CLUSTERING, 0, text)


def _disk(disk: Disk) -> EventText:
    if disk.use is DiskUse.UNASSIGNED:
        return _info(f"The LUN {disk.name} is visible to the nodes; the cluster does not use it.")
    if disk.maintenance:
        text = f"Cluster disk '{disk.name}' is in maintenance mode on {disk.owner}: its health is not checked."
        return EventText(WARNING, CLUSTERING, 0, text)
    owner = f", owner {disk.owner}" if disk.owner else ""
    return _info(f"{disk.name}: {disk.use}, {disk.state.lower()}{owner}.")


def _volume(volume: SharedVolume) -> EventText:
    what = f"Cluster Shared Volume '{volume.folder}' ('{volume.name}')"
    if volume.paused:
        return _info(f"{what}: I/O of {', '.join(volume.paused)} waits; its owner is {volume.owner}.")
    match volume.access:
        case VolumeAccess.DIRECT if volume.redirected:
            names = ", ".join(volume.redirected)
            return _info(f"{what}: access of {names} is redirected through {volume.owner}, its owner.")
        case VolumeAccess.DIRECT:
            return _info(f"{what}: direct access; its owner is {volume.owner}.")
        case VolumeAccess.REDIRECTED:
            text = f"{what}: redirected access was turned on. I/O goes through {volume.owner}."
            return EventText(WARNING, CLUSTERING, 5136, text)
        case VolumeAccess.BACKUP_REDIRECTED:
            text = f"{what}: a backup is in progress, access is redirected through {volume.owner}."
            return EventText(WARNING, CLUSTERING, 0, text)
        case VolumeAccess.MAINTENANCE:
            return EventText(WARNING, CLUSTERING, 0, f"{what} is in maintenance mode: no node can access it.")


def _node(node: Node) -> EventText:
    note = f" {node.note}" if node.note else ""
    if node.process.gone is not None:
        text = f"The cluster service of '{node.name}' is no longer running. The other nodes have not noticed yet."
        return _info(text, PROGRAM)  # what no node knows
    if node.process.cut_off is not None:
        text = f"The other nodes removed '{node.name}' from the membership, but its cluster service has not ended yet."
        return _info(text, PROGRAM)
    match node.state:
        case NodeState.DOWN:
            level = WARNING if node.service_due is None else INFORMATION  # Windows starts its service again soon
            return EventText(level, CLUSTERING, 0, f"Cluster node '{node.name}' is down.{note}")
        case NodeState.PAUSED:
            return EventText(WARNING, CLUSTERING, 0, f"Cluster node '{node.name}' is paused.{note}")
        case NodeState.JOINING:
            return _info(f"Cluster node '{node.name}' is joining the cluster.{note}")
        case NodeState.UP:
            return _info(f"Cluster node '{node.name}' is up.{note}")
        case NodeState.ISOLATED | NodeState.QUARANTINED:
            text = f"Cluster node '{node.name}' is {node.state.lower()}.{note}"
            return EventText(WARNING, CLUSTERING, 0, text)


def _drained(identity: str, state: State) -> EventText:
    drain = state.drains.get(identity)
    if drain is None:
        return _info(f"The drain {identity} has ended.")
    moved = sum(one.phase is Phase.COMPLETED for one in drain_migrations(state, identity).values())
    were = counted(len(drain.moves), "machine was", "machines were")
    text = (
        f"The drain of cluster node '{drain.node}' has ended: {moved} of {were} moved, "
        f"{len(drain.staying)} stayed. The node is paused."
    )
    level = INFORMATION if moved == len(drain.moves) and not drain.staying else WARNING
    return EventText(level, CLUSTERING, 0, text)


def _network_changed(network: Network) -> EventText:
    match network.state:
        case NetworkState.DOWN:
            return _info(f"Cluster network '{network.name}' is down. No two available nodes can communicate over it.")
        case NetworkState.PARTITIONED:
            return _info(
                f"Cluster network '{network.name}' is partitioned. Some nodes cannot reach each other over it."
            )
        case NetworkState.UNAVAILABLE:
            return _info(f"Cluster network '{network.name}' is unavailable.")
        case NetworkState.UP:
            return _info(f"Cluster network '{network.name}' is up (metric {network.metric}).")


def _adapter(adapter: Adapter, state: State) -> EventText:
    place = f"'{adapter.name}' for cluster node '{adapter.node}' on network '{_network(state, adapter.network)}'"
    match adapter.state:
        case AdapterState.FAILED:
            return _info(f"Cluster network interface {place} failed.")
        case AdapterState.UNREACHABLE:
            return _info(f"Cluster network interface {place} is unreachable by at least one other node.")
        case AdapterState.UNAVAILABLE:
            return _info(f"Cluster network interface {place} is unavailable.")
        case AdapterState.UP:
            return _info(f"Cluster network interface {place} is up.")


def _machine(machine: VirtualMachine) -> EventText:
    if machine.ended:
        return _info(f"The copy of {machine.name} that ran on {machine.node} has ended.", PROGRAM)
    words = machine.state.lower()
    if machine.state is MachineState.RUNNING and machine.guest is not GuestState.UNKNOWN:
        words += f", its guest is {machine.guest.lower()}"
    return _info(f"The virtual machine {machine.name} on {machine.node}: {words}.", VMMS)


def _group(group: Group) -> EventText:
    return _info(f"The service or application {group.name} on {group.owner}: {_words(group.state)}.")


def _resource(resource: Resource) -> EventText:
    why = f" {resource.failure}" if resource.state is ResourceState.FAILED and resource.failure else ""
    return _info(f"The resource {resource.name}: {_words(resource.state)}.{why}")


def _completed(state: State, identity: str, figures: FinalFigures | None) -> EventText:
    migration = state.migrations.get(identity)
    if migration is None or migration.kind is not MigrationKind.LIVE or figures is None:
        return _info(f"{_move(state, identity)} was completed.", HIGH_AVAILABILITY)
    name, seconds = state.moved_name(migration), figures.downtime
    found = outcome_of(replace(migration, figures=figures))
    goals = f" {found[1]}" if found is not None else ""
    done = "The Virtual Machine Management service successfully completed the live migration of virtual machine"
    if seconds >= LONG_BLACKOUT:
        text = f"{done} '{name}' with an unexpectedly long blackout time of {seconds:.1f} seconds.{goals}"
        return EventText(WARNING, VMMS, 20417, text)
    shown = f"{seconds:.1f}" if seconds >= 0.1 else f"{seconds:.3f}"
    return _info(f"{done} '{name}' with a blackout time of {shown} seconds.{goals}", VMMS, 20415)


def _failed(state: State, identity: str, why: str) -> EventText:
    migration = state.migrations.get(identity)
    if migration is None or migration.kind is not MigrationKind.LIVE:
        return EventText(ERROR, HIGH_AVAILABILITY, 0, f"{_move(state, identity)} failed. {why}")
    name = state.moved_name(migration)
    text = (
        f"Live migration of 'Virtual Machine {name}' from {migration.source} to {migration.destination} failed. {why}"
    )
    return EventText(ERROR, HIGH_AVAILABILITY, 21502, text)


def _tuning(event: ev.MigrationOptionsChanged) -> str:
    parts = []
    if event.downtime_limit is not None:
        parts.append(f"downtime limit {event.downtime_limit * 1000:.0f} ms")
    if event.bandwidth == UNLIMITED:
        parts.append("bandwidth limit removed")
    elif event.bandwidth is not None:
        parts.append(f"at most {event.bandwidth * 8 / 1e6:.0f} Mbit/s")
    if event.post_copy:
        parts.append("switched to post-copy")
    return ", ".join(parts) or "nothing changed"


def _course(migration: Migration, state: State) -> str:
    name = state.moved_name(migration)
    return f"{migration.kind} of {name} from {migration.source} to {migration.destination}"


def _move(state: State, identity: str) -> str:
    migration = state.migrations.get(identity)
    return f"Migration {identity}" if migration is None else _course(migration, state)


def _machine_name(state: State, identity: str) -> str:
    return name_of(state.machines, identity)


def _network(state: State, identity: str) -> str:
    return name_of(state.networks, identity)


def _words(state: ResourceState) -> str:
    return "partial online" if state is ResourceState.PARTIAL_ONLINE else state.lower()


def _spaced(name: str) -> str:
    """``LiveMigrate`` as ``Live migrate``."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return words[:1].upper() + words[1:]
