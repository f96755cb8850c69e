"""Groups and resources as the cluster makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.embedded.cluster_file.identity import identity
from fcm.model.entities import (
    ClusterVersion,
    DiskUse,
    Group,
    GroupType,
    MachineState,
    Resource,
    ResourceState,
    ResourceType,
    RestartPolicy,
)
from fcm.model.resource_states import machine_resource_state, state_of_resources
from fcm.model.roles import KINDS, address_name, resource_name
from fcm.model.rules.failing.assumed import figure

if TYPE_CHECKING:
    from fcm.model.commands import AddRole
    from fcm.model.entities import Cluster, Disk, VirtualMachine


PENDING_TIMEOUT = 600
"""s: PendingTimeout of a virtual machine; other resources have 180 s. An assumption."""


def disk_resource(cluster: str, disk: Disk, group: str, owners: tuple[str, ...]) -> Resource:
    """The Physical Disk resource of a cluster disk."""
    return Resource(
        identity(cluster, "resource", "disk", disk.id),
        disk.name,
        ResourceType.PHYSICAL_DISK,
        group,
        disk.state,
        owners,
        disk=disk.id,
    )


def share_resource(cluster: Cluster, group: str, owners: tuple[str, ...]) -> Resource:
    """The File Share Witness resource of a cluster with such a witness."""
    return Resource(
        identity(cluster.name, "resource", "file share witness"),
        "File Share Witness",
        ResourceType.FILE_SHARE_WITNESS,
        group,
        ResourceState.ONLINE if cluster.witness_online else ResourceState.FAILED,
        owners,
        policy=witness_policy(cluster),
        detail=cluster.witness or "",
    )


def witness_policy(cluster: Cluster) -> RestartPolicy:
    """Policies of the resource of a witness: from 2012, one that failed is tried again sooner."""
    if not cluster.version.at_least(ClusterVersion.V2012):
        return RestartPolicy()
    return RestartPolicy(retry_after=round(figure(cluster, "witness_retry")))


def machine_group(
    cluster: str,
    machine: VirtualMachine,
    disk: Disk | None,
    owners: tuple[str, ...],
    preferred_owners: tuple[str, ...] = (),
    possible_owners: tuple[str, ...] = (),
) -> tuple[Group, tuple[Resource, ...]]:
    """Group and resources of a machine that becomes highly available.

    The group holds "Virtual Machine X" and "Virtual Machine Configuration X" (KB 4558514), and the disk if the
    machine has one of its own; a Cluster Shared Volume is in no group. The configuration depends on the disk, the
    machine on the configuration.
    """
    key = identity(cluster, "group", machine.id)
    resources: list[Resource] = []
    if disk is not None and disk.use is not DiskUse.SHARED_VOLUME:
        resources.append(disk_resource(cluster, disk, key, owners))
    allowed = possible_owners or owners
    configuration = Resource(
        identity(cluster, "resource", "configuration", machine.id),
        f"Virtual Machine Configuration {machine.name}",
        ResourceType.VIRTUAL_MACHINE_CONFIGURATION,
        key,
        ResourceState.ONLINE,
        allowed,
        depends_on=tuple(resource.id for resource in resources),
        machine=machine.id,
    )
    itself = Resource(
        identity(cluster, "resource", "machine", machine.id),
        f"Virtual Machine {machine.name}",
        ResourceType.VIRTUAL_MACHINE,
        key,
        machine_resource_state(machine.state),
        allowed,
        depends_on=(configuration.id,),
        policy=RestartPolicy(pending_timeout=PENDING_TIMEOUT),
        machine=machine.id,
    )
    resources = [itself, configuration, *resources]
    state = state_of_resources(resource.state for resource in resources)
    wanted = machine.state not in (MachineState.OFF, MachineState.SAVED)
    kind = GroupType.VIRTUAL_MACHINE
    group = Group(key, machine.name, kind, machine.node, state, preferred_owners, wanted=wanted)
    return group, tuple(resources)


def role_group(
    cluster: str, command: AddRole, disks: tuple[Disk, ...], owner: str, owners: tuple[str, ...]
) -> tuple[Group, tuple[Resource, ...]]:
    """Group and resources of a service or application as the High Availability Wizard makes them; all are offline.

    The network name depends on its address; what runs behind it on the network name and on every disk.
    """
    key = identity(cluster, "group", command.name)

    def made(kind: ResourceType, name: str, detail: str = "", depends_on: tuple[str, ...] = ()) -> Resource:
        made_id = identity(cluster, "resource", command.name, str(kind))
        return Resource(made_id, name, kind, key, _OFF, owners, depends_on=depends_on, detail=detail)

    address = made(ResourceType.IP_ADDRESS, address_name(command.address), command.address)
    point = made(ResourceType.NETWORK_NAME, command.name, command.name, (address.id,))
    storage = tuple(disk_resource(cluster, disk, key, owners) for disk in disks)
    resources = [point, address, *storage]
    behind = KINDS[command.type].resource
    if behind is not None:
        name = resource_name(command.type, command.name, command.program)
        needs = (point.id, *(one.id for one in storage))
        resources.insert(0, made(behind, name, command.program, needs))
    state = state_of_resources(resource.state for resource in resources)
    return Group(key, command.name, command.type, owner, state), tuple(resources)


_OFF = ResourceState.OFFLINE


def guest_features(
    machine: VirtualMachine, node: str, processors: dict[str, tuple[str, frozenset[str]]]
) -> frozenset[str]:
    """Processor features that a machine is given when it starts.

    All of its node, or, with processor compatibility, those that every node with a processor of the same vendor has.

    Args:
        machine: that starts.
        node: where it starts.
        processors: node -> vendor and features.
    """
    vendor, own = processors[node]
    if not machine.processor_compatibility:
        return own
    for other, features in processors.values():
        if other == vendor:
            own &= features
    return own
