"""The state of a cluster and the only function that changes it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar, assert_never

from fcm.model import events as ev
from fcm.model.change import Change as Change
from fcm.model.change import Kind as Kind
from fcm.model.entities import DiskUse, GroupType, ResourceType
from fcm.model.failures import faults_without
from fcm.model.migrations import Migration, MigrationOptions
from fcm.model.rules.protection import backup_after, snapshot_after
from fcm.model.structures import indexes
from fcm.model.structures.tables import Table, name_of, table
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fcm.model.entities import Adapter, Cluster, Disk, Group, Network, Node, Resource, SharedVolume, VirtualMachine
    from fcm.model.failures import CutOffCopy, Failover, Fault, PlannedFault
    from fcm.model.migrations import Drain
    from fcm.model.snapshots import Backup, Snapshot

T = TypeVar("T")


def _empty() -> Mapping[str, Any]:
    return Table()


@dataclass(frozen=True, slots=True)
class State:
    """Everything that is known of one cluster; mappings go from id to object, in order of appearance."""

    sequence: int = 0
    """Sequence number of the last event in it."""
    time: float = 0.0
    """s since the epoch, clock of the cluster, at the last event."""
    cluster: Cluster | None = None
    nodes: Mapping[str, Node] = field(default_factory=_empty)
    networks: Mapping[str, Network] = field(default_factory=_empty)
    adapters: Mapping[str, Adapter] = field(default_factory=_empty)
    disks: Mapping[str, Disk] = field(default_factory=_empty)
    shared_volumes: Mapping[str, SharedVolume] = field(default_factory=_empty)
    groups: Mapping[str, Group] = field(default_factory=_empty)
    resources: Mapping[str, Resource] = field(default_factory=_empty)
    machines: Mapping[str, VirtualMachine] = field(default_factory=_empty)
    migrations: Mapping[str, Migration] = field(default_factory=_empty)
    drains: Mapping[str, Drain] = field(default_factory=_empty)
    snapshots: Mapping[str, Snapshot] = field(default_factory=_empty)
    backups: Mapping[str, Backup] = field(default_factory=_empty)
    faults: Mapping[str, Fault] = field(default_factory=_empty)
    """Simulated failures that were not repaired, by id."""
    copies: Mapping[str, CutOffCopy] = field(default_factory=_empty)
    """Running copies of machines that can no longer write, by id."""
    failovers: Mapping[str, Failover] = field(default_factory=_empty)
    """The last failover of each group, by the id of the group."""
    planned: Mapping[str, PlannedFault] = field(default_factory=_empty)
    """Failures that the cluster file plans, by id."""

    def __post_init__(self) -> None:
        """Keep every mapping as a table, whatever it was given as."""
        for name in _MAPPINGS:
            mapping = getattr(self, name)
            if type(mapping) is not Table:
                object.__setattr__(self, name, Table(mapping))

    def __deepcopy__(self, memo: object) -> State:
        """Itself: it does not change."""
        return self

    def machine_named(self, name: str) -> VirtualMachine | None:
        """The virtual machine with that name, whatever the case of its letters."""
        found = table(self.machines).find(indexes.MACHINES_BY_NAME).get(name.casefold())
        return self.machines[found[0]] if found else None

    def moved_name(self, migration: Migration) -> str:
        """What the machine of a migration is called; once it is gone, what it was called."""
        if migration.machine not in self.machines and migration.name:
            return migration.name
        return name_of(self.machines, migration.machine)

    def active_migration(self, machine: str) -> Migration | None:
        """The migration of a machine that waits or runs."""
        for identity in reversed(self._migrations_of(machine)):
            if not self.migrations[identity].phase.is_over:
                return self.migrations[identity]
        return None

    def active_migrations(self) -> tuple[Migration, ...]:
        """All migrations that wait or run, oldest first."""
        found = table(self.migrations).find(indexes.MIGRATIONS_BY_END).get(False, ())
        return tuple(self.migrations[identity] for identity in found)

    def last_migration(self, machine: str) -> Migration | None:
        """The newest migration of a machine, over or not."""
        found = self._migrations_of(machine)
        return self.migrations[found[-1]] if found else None

    def _migrations_of(self, machine: str) -> tuple[str, ...]:
        return table(self.migrations).find(indexes.MIGRATIONS_BY_MACHINE).get(machine, ())

    def running_migrations(self) -> tuple[Migration, ...]:
        """All migrations between start and end, oldest first."""
        found = table(self.migrations).find(indexes.MIGRATIONS_BY_RUN).get(True, ())
        return tuple(self.migrations[identity] for identity in found)

    def machine_resources(self, machine: str) -> tuple[Resource, ...]:
        """Resources that control a machine: itself and its configuration."""
        found = table(self.resources).find(indexes.RESOURCES_BY_MACHINE).get(machine, ())
        return tuple(self.resources[identity] for identity in found)

    def machine_resource(self, machine: str) -> Resource | None:
        """The resource of type Virtual Machine that controls a machine."""
        for resource in self.machine_resources(machine):
            if resource.type is ResourceType.VIRTUAL_MACHINE:
                return resource
        return None

    def group_resources(self, group: str) -> tuple[Resource, ...]:
        """Resources of a group."""
        found = table(self.resources).find(indexes.RESOURCES_BY_GROUP).get(group, ())
        return tuple(self.resources[identity] for identity in found)

    def group_machines(self, group: str) -> tuple[VirtualMachine, ...]:
        """Machines of a group."""
        found = table(self.machines).find(indexes.MACHINES_BY_GROUP).get(group, ())
        return tuple(self.machines[identity] for identity in found)

    def machines_on(self, node: str) -> tuple[VirtualMachine, ...]:
        """Machines that a node owns."""
        found = table(self.machines).find(indexes.MACHINES_BY_NODE).get(node, ())
        return tuple(self.machines[identity] for identity in found)

    def machines_with_files_on(self, disk: str) -> tuple[VirtualMachine, ...]:
        """Machines whose files lie on a disk or shared volume."""
        found = table(self.machines).find(indexes.MACHINES_BY_DISK).get(disk, ())
        return tuple(self.machines[identity] for identity in found)

    def free_memory(self, node: str) -> int:
        """Bytes of memory that a node can still give to machines, incoming live migrations counted."""
        server = self.nodes[node]
        used = table(self.machines).find(indexes.MEMORY_IN_USE).get(node, 0)
        for identity in table(self.migrations).find(indexes.MIGRATIONS_BY_WAY_IN).get(node, ()):
            machine = self.machines.get(self.migrations[identity].machine)
            used += machine.memory if machine is not None else 0
        return server.memory - server.reserved_memory - used

    def count_services(self) -> int:
        """Services and applications, without the groups that every cluster has."""
        return table(self.groups).find(indexes.SERVICES).get(True, 0)

    def count_loose_machines(self) -> int:
        """Machines that are not highly available."""
        return table(self.machines).find(indexes.MACHINES_BY_AVAILABILITY).get(False, 0)

    def core_resources(self) -> tuple[Resource, ...]:
        """Resources of the cluster itself: its name, its address, its witness."""
        found = table(self.groups).find(indexes.GROUPS_BY_TYPE).get(GroupType.CLUSTER, ())
        return tuple(resource for group in found for resource in self.group_resources(group))

    def migration_options(self, own: MigrationOptions | None) -> MigrationOptions:
        """Options of a live migration: its own, else those of the cluster."""
        if own is not None:
            return own
        return self.cluster.migration_options if self.cluster else MigrationOptions()

    def adapter(self, node: str, network: str) -> Adapter | None:
        """The adapter of a node on a network."""
        found = table(self.adapters).find(indexes.ADAPTERS_BY_PLACE).get((node, network))
        return self.adapters[found[0]] if found else None


_MAPPINGS = tuple(one.name for one in fields(State) if one.name not in ("sequence", "time", "cluster"))


def _with(mapping: Mapping[str, T], key: str, value: T) -> Mapping[str, T]:
    return table(mapping).with_one(key, value)


def _without(mapping: Mapping[str, T], keys: set[str]) -> Mapping[str, T]:
    return table(mapping).without(keys)


def apply(state: State, entry: ev.Entry) -> tuple[State, Change]:
    """The state after one event, and what the event touched.

    Raises:
        ValueError: the entry is not the next one of this state's history.
        KeyError: the event speaks of an object that does not exist.
    """
    event = entry.event
    if isinstance(event, ev.TransientEvent):
        return state, _transient_change(event)
    if entry.sequence != state.sequence + 1:
        raise ValueError(f"event {entry.sequence} does not follow event {state.sequence}")
    after, change = _reduce(state, event, entry.time)
    if after is state:
        return replace(after, sequence=entry.sequence, time=entry.time), change
    object.__setattr__(after, "sequence", entry.sequence)  # nobody else has it yet
    object.__setattr__(after, "time", entry.time)
    return after, change


def _transient_change(event: ev.TransientEvent) -> Change:
    if isinstance(event, ev.MigrationProgressed):
        return Change(frozenset({(Kind.TELEMETRY, event.migration)}))
    return Change()


def _touch(*touched: tuple[Kind, str], structural: bool = False) -> Change:
    return Change(frozenset(touched), structural)


def _reduce(state: State, event: ev.LastingEvent, time: float) -> tuple[State, Change]:
    cluster_touched = (Kind.CLUSTER, "")
    match event:
        case ev.ClusterFormed():
            return _form(state, event, time)
        case ev.ClusterConfigured(cluster=cluster):
            return replace(state, cluster=cluster), _touch(cluster_touched)
        case ev.ClusterValidated(report=report):
            return _cluster(state, validation=report), _touch(cluster_touched)
        case ev.SharedVolumesEnabled():
            return _cluster(state, shared_volumes_enabled=True), _touch(cluster_touched, structural=True)
        case ev.MigrationNetworksSet(order=order, excluded=excluded):
            after = _cluster(state, migration_order=order, migration_excluded=excluded)
            return after, _touch(cluster_touched, *((Kind.NETWORK, identity) for identity in state.networks))
        case ev.DiskChanged(disk=disk):
            return (
                replace(state, disks=_with(state.disks, disk.id, disk)),
                _touch((Kind.DISK, disk.id), structural=_differs(state.disks, disk.id, disk, "name", "use")),
            )
        case ev.SharedVolumeAdded(volume=volume) | ev.SharedVolumeChanged(volume=volume):
            return _change_volume(state, volume)
        case ev.SharedVolumeRemoved(disk=disk_id):
            disk = replace(state.disks[disk_id], use=DiskUse.AVAILABLE)
            after = replace(
                state,
                shared_volumes=_without(state.shared_volumes, {disk_id}),
                disks=_with(state.disks, disk_id, disk),
            )
            return after, _touch((Kind.VOLUME, disk_id), (Kind.DISK, disk_id), structural=True)
        case ev.NodeChanged(node=node):
            return (
                replace(state, nodes=_with(state.nodes, node.name, node)),
                _touch((Kind.NODE, node.name), structural=node.name not in state.nodes),
            )
        case ev.NodeEvicted(node=name):
            return _evict(state, name)
        case ev.NetworkChanged(network=network):
            return (
                replace(state, networks=_with(state.networks, network.id, network)),
                _touch(
                    (Kind.NETWORK, network.id),
                    structural=_differs(state.networks, network.id, network, "name"),
                ),
            )
        case ev.AdapterChanged(adapter=adapter):
            return (
                replace(state, adapters=_with(state.adapters, adapter.id, adapter)),
                _touch((Kind.ADAPTER, adapter.id), (Kind.NETWORK, adapter.network)),
            )
        case ev.MachineCreated(machine=machine) | ev.MachineChanged(machine=machine):
            change = _touch(
                (Kind.MACHINE, machine.id),
                structural=_differs(state.machines, machine.id, machine, "name", "group", "node"),
            )
            return replace(state, machines=_with(state.machines, machine.id, machine)), change
        case ev.MachineDeleted(machine=machine_id):
            gone = {key for key, one in state.snapshots.items() if one.machine.id == machine_id}
            after = replace(
                state,
                machines=_without(state.machines, {machine_id}),
                snapshots=_without(state.snapshots, gone) if gone else state.snapshots,
                faults=Table(faults_without(state.faults, {machine_id})) if state.faults else state.faults,
            )
            return after, _touch((Kind.MACHINE, machine_id), structural=True)
        case ev.SnapshotTaken() | ev.SnapshotApplied() | ev.SnapshotDeleted():
            snapshot, stays = snapshot_after(state.snapshots, event, time)
            kept = state.snapshots
            kept = _with(kept, snapshot.id, snapshot) if stays else _without(kept, {snapshot.id})
            return replace(state, snapshots=kept), _touch((Kind.MACHINE, snapshot.machine.id))
        case ev.BackupRequested() | ev.BackupStarted() | ev.BackupWarned() | ev.BackupEnded():
            backup = backup_after(state.backups, event, time)
            return replace(state, backups=_with(state.backups, backup.id, backup)), _touch(
                (Kind.MACHINE, backup.machine)
            )
        case ev.MachineMadeHighlyAvailable(machine=machine_id, group=group, resources=resources):
            after = replace(
                state,
                machines=_with(state.machines, machine_id, replace(state.machines[machine_id], group=group.id)),
                groups=_with(state.groups, group.id, group),
                resources=Table({**state.resources, **{item.id: item for item in resources}}),
            )
            return after, _touch((Kind.MACHINE, machine_id), (Kind.GROUP, group.id), structural=True)
        case ev.GroupCreated(group=group, resources=resources):
            after = replace(
                state,
                groups=_with(state.groups, group.id, group),
                resources=Table({**state.resources, **{item.id: item for item in resources}}),
            )
            return after, _touch((Kind.GROUP, group.id), structural=True)
        case ev.GroupChanged(group=group):
            return (
                replace(state, groups=_with(state.groups, group.id, group)),
                _touch(
                    (Kind.GROUP, group.id),
                    structural=_differs(state.groups, group.id, group, "name", "owner"),
                ),
            )
        case ev.GroupRemoved(group=group_id):
            return _remove_group(state, group_id)
        case ev.ResourceChanged(resource=resource):
            after = replace(state, resources=_with(state.resources, resource.id, resource))
            return after, _touch((Kind.RESOURCE, resource.id), (Kind.GROUP, resource.group))
        case ev.ResourceRemoved(resource=resource_id):
            group_id = state.resources[resource_id].group
            after = replace(state, resources=_without(state.resources, {resource_id}))
            return after, _touch((Kind.RESOURCE, resource_id), (Kind.GROUP, group_id))
        case ev.MigrationRequested(migration=migration):
            migration = replace(migration, name=state.moved_name(migration))
            after = replace(state, migrations=_with(state.migrations, migration.id, migration))
            if not migration.phase.is_running:
                return after, _migration_touched(migration)
            return _migration(after, migration.id, started=migration.started or time)
        case ev.MigrationWaited(migration=identity, reason=reason):
            return _migration(state, identity, reason=reason)
        case ev.MigrationNetworkTried(migration=identity, attempt=attempt):
            attempts = (*state.migrations[identity].attempts, attempt)
            carrying = attempt.network if attempt.connected else None
            return _migration(state, identity, attempts=attempts, network=carrying)
        case ev.MigrationPhaseEntered(migration=identity, phase=phase):
            before = state.migrations[identity]
            start, seen = time if before.started is None else before.started, event.emulator or before.emulator
            return _migration(state, identity, phase=phase, reason="", started=start, emulator=seen)
        case ev.MigrationHandedOver(migration=identity):
            return _hand_over(state, identity)
        case ev.MigrationOptionsChanged(migration=identity):
            options = state.migrations[identity].options
            options = options.tuned(event.downtime_limit, event.bandwidth, event.post_copy)
            return _migration(state, identity, options=options)
        case ev.MigrationSteered(migration=identity):
            steps, asked = state.migrations[identity].steered(event.text, event.shadow, event.warning, time)
            return _migration(state, identity, steps=steps, options=event.options, asked=asked)
        case ev.MigrationCompleted(migration=identity, figures=figures):
            return _migration(state, identity, phase=Phase.COMPLETED, figures=figures, ended=time, reason="")
        case ev.MigrationFailed(migration=identity, reason=reason, remedy=remedy):
            return _migration(state, identity, phase=Phase.FAILED, reason=reason, remedy=remedy, ended=time)
        case ev.MigrationFoundEndless(migration=identity, reason=reason):
            return _migration(state, identity, endless=reason)
        case ev.MigrationCanceled(migration=identity, reason=reason):
            return _migration(state, identity, phase=Phase.CANCELED, ended=time, reason=reason)
        case ev.NodeDrainBegun(drain=drain):
            return replace(state, drains=_with(state.drains, drain.id, drain)), _touch((Kind.NODE, drain.node))
        case ev.NodeDrainHeldUp(drain=identity, reason=reason):
            drain = replace(state.drains[identity], held_up=reason)
            return replace(state, drains=_with(state.drains, identity, drain)), _touch((Kind.NODE, drain.node))
        case ev.NodeDrainEnded(drain=identity):
            drain = replace(state.drains[identity], ended=time)
            return replace(state, drains=_with(state.drains, identity, drain)), _touch((Kind.NODE, drain.node))
        case ev.MigrationInterrupted(migration=identity, reason=reason):
            return _migration(state, identity, phase=Phase.INTERRUPTED, reason=reason, ended=time)
        case _:
            return _reduce_failure(state, event)


def _reduce_failure(state: State, event: ev.FailureEvent) -> tuple[State, Change]:
    match event:
        case ev.FaultInjected(fault=fault):
            return replace(state, faults=_with(state.faults, fault.id, fault)), _fault_touched(fault)
        case ev.FaultRepaired(fault=identity):
            fault = state.faults[identity]
            return replace(state, faults=_without(state.faults, {identity})), _fault_touched(fault)
        case ev.CopyCutOff(copy=copy):
            after = replace(state, copies=_with(state.copies, copy.id, copy))
            return after, _touch((Kind.MACHINE, copy.machine), (Kind.NODE, copy.node))
        case ev.CopyEnded(copy=identity):
            copy = state.copies[identity]
            after = replace(state, copies=_without(state.copies, {identity}))
            return after, _touch((Kind.MACHINE, copy.machine), (Kind.NODE, copy.node))
        case ev.FailoverRecorded(failover=failover):
            after = replace(state, failovers=_with(state.failovers, failover.group, failover))
            return after, _touch((Kind.GROUP, failover.group))
        case ev.FaultPlanned(plan=plan):
            return replace(state, planned=_with(state.planned, plan.id, plan)), _touch((Kind.CLUSTER, ""))
        case ev.NodeLogged():
            return state, Change()
        case _:
            assert_never(event)


def _fault_touched(fault: Fault) -> Change:
    """A fault touches its object, whatever kind that is, and the cluster page."""
    kinds = (Kind.NODE, Kind.ADAPTER, Kind.NETWORK, Kind.DISK, Kind.VOLUME, Kind.MACHINE)
    touched = {(kind, fault.target) for kind in kinds} | {(Kind.CLUSTER, "")}
    return Change(frozenset(touched | {(Kind.NODE, node) for node in (fault.node, *fault.together) if node}))


def _differs(mapping: Mapping[str, Any], key: str, value: Any, *fields: str) -> bool:
    old = mapping.get(key)
    return old is None or any(getattr(old, name) != getattr(value, name) for name in fields)


def _cluster(state: State, **changes: Any) -> State:
    if state.cluster is None:
        raise KeyError("no cluster has been formed")
    return replace(state, cluster=replace(state.cluster, **changes))


def _form(state: State, event: ev.ClusterFormed, time: float) -> tuple[State, Change]:
    def by(items: Any, key: str = "id") -> Mapping[str, Any]:
        return Table({getattr(item, key): item for item in items})

    after = State(
        cluster=event.cluster,
        nodes=by(event.nodes, "name"),
        networks=by(event.networks),
        adapters=by(event.adapters),
        disks=by(event.disks),
        shared_volumes=by(event.shared_volumes, "disk"),
        groups=by(event.groups),
        resources=by(event.resources),
        machines=by(event.machines),
        migrations=state.migrations,
        drains=state.drains,
        planned=by(replace(plan, due=time + plan.after) if plan.due is None else plan for plan in event.planned),
    )
    return after, _touch((Kind.CLUSTER, ""), structural=True)


def _change_volume(state: State, volume: SharedVolume) -> tuple[State, Change]:
    disk = replace(state.disks[volume.disk], use=DiskUse.SHARED_VOLUME, name=volume.name, owner=volume.owner)
    after = replace(
        state,
        shared_volumes=_with(state.shared_volumes, volume.disk, volume),
        disks=_with(state.disks, volume.disk, disk),
    )
    structural = _differs(state.shared_volumes, volume.disk, volume, "name", "folder")
    return after, _touch((Kind.VOLUME, volume.disk), (Kind.DISK, volume.disk), structural=structural)


def _evict(state: State, name: str) -> tuple[State, Change]:
    """The node is gone, and with it the machines on it that are not clustered: they stay on their server."""
    adapters = {adapter.id for adapter in state.adapters.values() if adapter.node == name}
    gone = {machine.id for machine in state.machines_on(name) if not machine.is_highly_available}
    resources = {
        key: replace(item, possible_owners=tuple(owner for owner in item.possible_owners if owner != name))
        for key, item in state.resources.items()
    }
    adapters = {adapter.id for adapter in state.adapters.values() if adapter.node == name}
    after = replace(
        state,
        nodes=_without(state.nodes, {name}),
        machines=_without(state.machines, gone),
        snapshots=_without(state.snapshots, {key for key, one in state.snapshots.items() if one.machine.id in gone}),
        adapters=_without(state.adapters, adapters),
        faults=Table(faults_without(state.faults, {name, *adapters, *gone})) if state.faults else state.faults,
        copies=_without(state.copies, {copy.id for copy in state.copies.values() if copy.node == name}),
        resources=Table(resources),
    )
    return after, _touch((Kind.NODE, name), structural=True)


def _remove_group(state: State, group: str) -> tuple[State, Change]:
    gone = {resource.id for resource in state.group_resources(group)}
    machines = {key: replace(item, group=None) if item.group == group else item for key, item in state.machines.items()}
    after = replace(
        state,
        groups=_without(state.groups, {group}),
        resources=_without(state.resources, gone),
        machines=Table(machines),
    )
    return after, _touch((Kind.GROUP, group), structural=True)


def _migration_touched(migration: Migration) -> Change:
    return _touch((Kind.MIGRATION, migration.id), (Kind.MACHINE, migration.machine))


def _migration(state: State, identity: str, **changes: Any) -> tuple[State, Change]:
    migration = replace(state.migrations[identity], **changes)
    return replace(state, migrations=_with(state.migrations, identity, migration)), _migration_touched(migration)


def _hand_over(state: State, identity: str) -> tuple[State, Change]:
    """Machine, group and resources change their owner in one event, so no state has two owners or none."""
    after, change = _migration(state, identity, handed_over=True)
    migration = after.migrations[identity]
    machine = replace(after.machines[migration.machine], node=migration.destination)
    groups = after.groups
    if machine.group is not None and machine.group in groups:
        groups = _with(groups, machine.group, replace(groups[machine.group], owner=migration.destination))
        change |= _touch((Kind.GROUP, machine.group))
    after = replace(after, machines=_with(after.machines, machine.id, machine), groups=groups)
    change |= _touch((Kind.NODE, migration.source), (Kind.NODE, migration.destination), structural=True)
    return after, change
