"""Resources and their private properties."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from fcm.model import commands as cmd
from fcm.model.entities import Adapter, MachineState, OfflineAction, Resource, ResourceType, SharedVolume
from fcm.model.failures import FaultKind
from fcm.model.rules.failing.faults import active
from fcm.model.rules.maintenance import in_maintenance, machines_in_the_way
from fcm.shell.cmdlets.groups import take_offline
from fcm.shell.language.errors import ParameterError
from fcm.shell.runtime import finding
from fcm.shell.runtime.following import percent, until_settled
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, Param, taking
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.objects import adapter_object, resource_object
from fcm.shell.values.private_properties import network_properties, parameter_object, private_properties
from fcm.shell.values.references import reference
from fcm.shell.values.storage_objects import disk_object, volume_object
from fcm.shell.values.values import NameOf, ShellObject, as_truth, as_whole, items, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fcm.model.entities import Disk
    from fcm.shell.runtime.call import Call

_PIPES = ("ClusterResource", "ClusterSharedVolume", TEXT)
_Failing: TypeAlias = Resource | SharedVolume | Adapter
"""What can be made to fail by name."""
NAME = Param("Name", "texts", position=0, pipes=_PIPES, of="part")
WAIT = Param("Wait", "whole", help="Maximum time to wait, in seconds. 0: do not wait.")


def _wanted(call: Call) -> list[Resource | Disk]:
    """Resources and cluster disks of -Name and of the pipeline."""
    names = finding.named(call, "a resource", "Get-ClusterResource")
    known: list[tuple[str, str, Resource | Disk]] = [(disk.name, disk.id, disk) for disk in call.state.disks.values()]
    known += [(r.name, r.id, r) for r in call.state.resources.values() if r.disk is None]
    return finding.pick(call, "resource", known, names)


@cmdlet(
    "Get-ClusterResource",
    Param("Name", "texts", position=0, pipes=("ClusterResource", TEXT), of="resource"),
    Param("VMId", absent="pipe the group that Get-ClusterGroup -VMId returns."),
    CLUSTER,
    taking("ClusterGroup", "ClusterNode"),
    synopsis="Gets resources, with their state, group and type.",
    example="Get-ClusterGroup SQL01 | Get-ClusterResource",
)
def get_resource(call: Call) -> Iterable[Any]:
    """Resources of a name, of groups in the pipeline, or all."""
    finding.check_cluster(call)
    groups = {item.identity for item in call.objects("ClusterGroup")}
    nodes = {item.identity for item in call.objects("ClusterNode")}
    owner = {group.id: group.owner for group in call.state.groups.values()}
    found = [
        resource
        for resource in finding.resources(call, call.names())
        if not (groups or nodes) or resource.group in groups or owner.get(resource.group) in nodes
    ]
    return [resource_object(resource, call.state) for resource in found]


def _shown(call: Call, item: Resource | Disk) -> list[Any]:
    if item.id in call.state.disks:
        resource = next((r for r in call.state.resources.values() if r.disk == item.id), None)
        return [
            resource_object(resource, call.state) if resource else disk_object(call.state.disks[item.id], call.state)
        ]
    return [resource_object(call.state.resources[item.id], call.state)]


def _turn(call: Call, online: bool) -> Iterable[Any]:
    def turn(item: Resource | Disk) -> Iterable[Any]:
        shown = partial(_shown, call, item)
        if item.id in call.state.disks:
            return call.submit(cmd.SetDiskOnline(item.id, online), item.name, shown)
        resource = call.state.resources[item.id]
        if online and resource.type is not ResourceType.VIRTUAL_MACHINE:
            return call.submit(cmd.BringOnline(item.id), item.name, shown)
        if resource.type is not ResourceType.VIRTUAL_MACHINE or resource.machine is None:
            return call.submit(cmd.TakeOffline(item.id), item.name, shown)
        machine = call.state.machines[resource.machine]
        command = cmd.SetMachineState(machine.id, MachineState.RUNNING) if online else take_offline(call, machine)
        said = call.submit(command, item.name)
        if not call.what_if:
            until_settled(call, [machine.id])
        return said or shown()

    return call.one_by_one(_wanted(call), turn)


@cmdlet(
    "Start-ClusterResource",
    NAME,
    WAIT,
    CLUSTER,
    INPUT,
    synopsis="Brings a resource online.",
    example="Stop-ClusterResource 'Cluster Disk 2'; Start-ClusterResource 'Cluster Disk 2'",
)
def start_resource(call: Call) -> Iterable[Any]:
    """Bring online."""
    return _turn(call, online=True)


@cmdlet(
    "Stop-ClusterResource",
    NAME,
    WAIT,
    CLUSTER,
    INPUT,
    synopsis="Takes a resource offline, and with it what depends on it.",
    example="Stop-ClusterResource 'Cluster Disk 2'",
)
def stop_resource(call: Call) -> Iterable[Any]:
    """Take offline."""
    return _turn(call, online=False)


def _disks(call: Call) -> list[Resource | Disk]:
    wanted = _wanted(call)
    for item in wanted:
        if item.id not in call.state.disks:
            raise ParameterError(
                f"{item.name} is neither a disk nor a Cluster Shared Volume.",
                "Specify the disk or the volume.",
                call.at,
            )
    return wanted


@cmdlet(
    "Suspend-ClusterResource",
    NAME,
    Param("RedirectedAccess", "switch", help="Turn on redirected access of a Cluster Shared Volume instead."),
    Param("VolumeName", absent="a disk has only one volume."),
    Param("Force", "switch", help="First take virtual machines on the volume offline, without asking."),
    CLUSTER,
    INPUT,
    synopsis="Turns on maintenance mode of a disk or Cluster Shared Volume, or redirected access of a volume.",
    example="Suspend-ClusterResource 'Cluster Disk 2'",
)
def suspend_resource(call: Call) -> Iterable[Any]:
    """Turn maintenance mode or redirected access on.

    Raises:
        ParameterError: a disk that is not a Cluster Shared Volume.
    """
    wanted, force = _disks(call), call.switch("Force")
    if not call.switch("RedirectedAccess"):
        return call.each(wanted, lambda item: cmd.SetMaintenance(item.id, True, force), partial(_suspended, call))
    for item in wanted:
        if item.id not in call.state.shared_volumes:
            raise ParameterError(
                f"{item.name} is not a Cluster Shared Volume.", "To list them, run Get-ClusterSharedVolume.", call.at
            )
    return call.each(wanted, lambda item: cmd.SetRedirectedAccess(item.id, True), partial(_shown, call))


def _suspended(call: Call, item: Resource | Disk) -> list[Any]:
    until_settled(call, [machine.id for machine in machines_in_the_way(call.state, item.id)])
    return _shown(call, item)


@cmdlet(
    "Resume-ClusterResource",
    NAME,
    Param("VolumeName", absent="a disk has only one volume."),
    CLUSTER,
    INPUT,
    synopsis="Turns off maintenance mode of a disk or Cluster Shared Volume, or redirected access of a volume.",
    example="Suspend-ClusterResource 'Cluster Disk 2'; Resume-ClusterResource 'Cluster Disk 2'",
)
def resume_resource(call: Call) -> Iterable[Any]:
    """Whichever of the two is on goes off; a volume never has both."""

    def off(item: Resource | Disk) -> cmd.Command:
        redirected = item.id in call.state.shared_volumes and not in_maintenance(call.state, item.id)
        return cmd.SetRedirectedAccess(item.id, False) if redirected else cmd.SetMaintenance(item.id, False)

    return call.each(_disks(call), off, partial(_shown, call))


@cmdlet(
    "Test-ClusterResourceFailure",
    Param(
        "Name",
        "texts",
        position=0,
        help="Name of a resource, a Cluster Shared Volume, or (fcm) a network adapter.",
        pipes=("ClusterResource", "ClusterSharedVolume", "ClusterNetworkInterface", TEXT),
    ),
    CLUSTER,
    INPUT,
    synopsis="Simulates a failure of a resource, or of a network adapter (simulated clusters). Its policies say what "
    "follows.",
    example="Test-ClusterResourceFailure 'Cluster Disk 4'",
)
def test_failure(call: Call) -> Iterable[Any]:
    """Fail what is named; a shared volume, which has no resource of its own, loses its reservation."""
    names = finding.named(call, "a resource", "Get-ClusterResource")
    state = call.state
    known: list[tuple[str, str, _Failing]] = [(one.name, one.id, one) for one in state.resources.values()]
    known += [(one.name, one.disk, one) for one in state.shared_volumes.values()]
    known += [(one.name, one.id, one) for one in state.adapters.values()]
    return call.each(finding.pick(call, "resource", known, names), _failure, partial(_failed, call))


def _failure(item: _Failing) -> cmd.Command:
    match item:
        case Resource():
            return cmd.FailResource(item.id)
        case SharedVolume():
            return cmd.InjectFault(FaultKind.LOSE_RESERVATION, item.disk)
        case Adapter():
            return _unplug(item)


def _failed(call: Call, item: _Failing) -> list[Any]:
    match item:
        case Resource():
            return [resource_object(call.state.resources[item.id], call.state)]
        case SharedVolume():
            return [volume_object(call.state.shared_volumes[item.disk], call.state)]
        case Adapter():
            return [adapter_object(call.state.adapters[item.id], call.state)]


@cmdlet(
    "Enable-NetAdapter",
    Param(
        "Name", "texts", position=0, help="Name or ID of a network adapter.", pipes=("ClusterNetworkInterface", TEXT)
    ),
    CLUSTER,
    INPUT,
    synopsis="Ends the simulated failure of a network adapter.",
    example="Get-ClusterNetworkInterface | Where-Object State -eq Failed | Enable-NetAdapter",
    module="NetAdapter",
    since="2012",
)
def enable_adapter(call: Call) -> Iterable[Any]:
    """Repair adapters."""
    return _adapters(call, partial(_plug_in, call))


def _unplug(adapter: Adapter) -> cmd.Command:
    return cmd.InjectFault(FaultKind.UNPLUG_CABLE, adapter.id)


def _plug_in(call: Call, adapter: Adapter) -> cmd.Command:
    fault = active(call.state, FaultKind.UNPLUG_CABLE, adapter.id)
    if fault is None:
        raise ParameterError(f"The cable of {adapter.name} is plugged in.", "There is nothing to repair.", call.at)
    return cmd.RepairFault(fault.id)


def _adapters(call: Call, command: Callable[[Adapter], cmd.Command]) -> Iterable[Any]:
    names = finding.named(call, "a network adapter", "Get-ClusterNetworkInterface")
    known = ((a.name, a.id, a) for a in call.state.adapters.values())
    return call.each(
        finding.pick(call, "network adapter", known, names),
        command,
        lambda adapter: [adapter_object(call.state.adapters[adapter.id], call.state)],
    )


# private properties


_HOLDERS = ("ClusterResource", "ClusterResourceType", "ClusterGroup", "Cluster", "ClusterNetwork", "ClusterNode")


def _holders(call: Call) -> list[tuple[NameOf, dict[str, Any], Resource | None]]:
    """Name, private properties and resource of what stands in the pipeline."""
    found: list[tuple[NameOf, dict[str, Any], Resource | None]] = []

    def named(item: ShellObject) -> NameOf:
        return reference(item.type, text(item.get("Name")), item.identity, call.state)

    for item in call.objects("ClusterResource", "ClusterResourceType"):
        if item.type == "ClusterResourceType":
            is_machine = item.identity == ResourceType.VIRTUAL_MACHINE
            found.append((named(item), network_properties(call.state) if is_machine else {}, None))
            continue
        resource = call.state.resources.get(item.identity)
        if resource is None:
            found.append((named(item), {}, None))
            continue
        properties = private_properties(resource, call.state)
        migration = call.state.last_migration(resource.machine or "")
        if "MigrationState" in properties:
            properties["MigrationProgress"] = percent(call, migration) if migration else 0
        found.append((named(item), properties, resource))
    for group in call.objects("ClusterGroup", "Cluster", "ClusterNetwork", "ClusterNode"):
        found.append((named(group), {}, None))
    if not found:
        raise ParameterError(
            f"{call.cmdlet.name} requires an object from the pipeline.",
            "Get-ClusterResource 'Name' | " + call.cmdlet.name,
        )
    return found


@cmdlet(
    "Get-ClusterParameter",
    Param("Name", "texts", position=0),
    CLUSTER,
    taking(*_HOLDERS),
    synopsis="Gets the private properties of a resource: MigrationState, OfflineAction, MigrationNetworkOrder ...",
    example="Get-ClusterResource 'Virtual Machine SQL01' | Get-ClusterParameter",
)
def get_parameter(call: Call) -> Iterable[Any]:
    """Private properties."""
    rows = []
    for owner, properties, _ in _holders(call):
        known = ((name, name, name) for name in properties)
        names = finding.pick(call, f"private property of {owner}", known, call.names())
        rows += [parameter_object(owner, name, properties[name]) for name in names]
    return rows


@cmdlet(
    "Set-ClusterParameter",
    Param("Name", position=0),
    Param("Value", "any", position=1),
    Param("Multiple", "any", help="Hashtable of names and values."),
    Param("Create", "switch", absent="private properties are defined by the resource type."),
    Param("Delete", "switch", absent="private properties are defined by the resource type."),
    CLUSTER,
    taking(*_HOLDERS),
    synopsis="Sets private properties: OfflineAction, CheckHeartbeat, MigrationNetworkOrder, MigrationExcludeNetworks.",
    example="Get-ClusterResource 'Virtual Machine SQL01' | Set-ClusterParameter OfflineAction 1",
    joins=True,
)
def set_parameter(call: Call) -> Iterable[Any]:
    """Set private properties.

    Raises:
        ParameterError: no property is specified.
    """
    given = call.values.get("Multiple")
    wanted = dict(given) if isinstance(given, dict) else {}
    if call.has("Name"):
        wanted[call.text("Name")] = call.values.get("Value")
    if not wanted:
        raise ParameterError("No property is specified.", "Specify a name and a value, or -Multiple @{ name = value }.")

    def change(holder: tuple[NameOf, dict[str, Any], Resource | None]) -> Iterable[Any]:
        owner, _, resource = holder
        for command in _commands(call, wanted, resource):
            yield from call.submit(command, owner)

    return call.one_by_one(_holders(call), change)


def _commands(call: Call, wanted: dict[Any, Any], resource: Resource | None) -> list[cmd.Command]:
    cluster = call.state.cluster
    assert cluster is not None
    order, excluded = cluster.migration_order, cluster.migration_excluded
    networks = False
    commands: list[cmd.Command] = []
    for key, value in wanted.items():
        match text(key).casefold():
            case "migrationnetworkorder":
                order, networks = _ids(value), True
            case "migrationexcludenetworks":
                excluded, networks = _ids(value), True
            case "offlineaction" if resource is not None:
                number = as_whole(value, "OfflineAction")
                if number not in tuple(OfflineAction):
                    raise ParameterError(
                        f"OfflineAction cannot be {number}.",
                        "Valid values: 0 turn off, 1 save, 2 shut down, 3 shut down (forced).",
                    )
                commands.append(cmd.ConfigureResource(resource.id, offline_action=OfflineAction(number)))
            case "checkheartbeat" if resource is not None:
                on = as_truth(value, "CheckHeartbeat")
                commands.append(cmd.ConfigureResource(resource.id, heartbeat=on))
            case _:
                raise ParameterError(
                    f"{text(key)} cannot be set.",
                    "You can set OfflineAction, CheckHeartbeat, MigrationNetworkOrder and MigrationExcludeNetworks.",
                )
    if networks:
        commands.append(cmd.SetMigrationNetworks(order, excluded))
    return commands


def _ids(value: Any) -> tuple[str, ...]:
    return tuple(part.strip() for item in items(value) for part in text(item).split(";") if part.strip())
