"""Private properties of resources: those of Get-ClusterParameter and Set-ClusterParameter."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from fcm.model.entities import MachineState, ResourceType
from fcm.model.migrations import MigrationKind
from fcm.model.telemetry import Phase
from fcm.shell.values.values import ShellObject

if TYPE_CHECKING:
    from fcm.model.entities import Resource
    from fcm.model.migrations import Migration
    from fcm.model.state import State
    from fcm.shell.values.values import NameOf

_PHASE_NUMBERS = {Phase.WAITING: 0, Phase.COMPLETED: 0, Phase.CANCELED: 4, Phase.FAILED: 5, Phase.INTERRUPTED: 5}


def parameter_object(owner: NameOf | str, name: str, value: Any) -> ShellObject:
    """A private property."""
    kind = "String" if isinstance(value, str) else "UInt32"
    return ShellObject(
        "ClusterParameter", {"ClusterObject": owner, "Name": name, "Value": value, "ParameterType": kind}
    )


def private_properties(resource: Resource, state: State) -> dict[str, Any]:
    """Private properties of a resource, as far as the model knows them (MSCluster, "Cluster Resource Types")."""
    if resource.machine is None or resource.type is not ResourceType.VIRTUAL_MACHINE:
        return _of_type(resource, state)
    migration = state.last_migration(resource.machine)
    machine = state.machines.get(resource.machine)
    found: dict[str, Any] = {
        "CheckHeartbeat": int(resource.heartbeat),
        "MigrationFailureReason": 0x80004005 if migration and migration.phase is Phase.FAILED else 0,
        "MigrationState": migration_number(migration),
        "OfflineAction": int(resource.offline_action),
        "VmId": resource.machine,
        "VmState": 2 if machine and machine.state is MachineState.RUNNING else 3,
    }
    return found | network_properties(state)


_DETAIL = {
    ResourceType.NETWORK_NAME: "Name",
    ResourceType.FILE_SHARE_WITNESS: "SharePath",
    ResourceType.GENERIC_APPLICATION: "CommandLine",
    ResourceType.GENERIC_SERVICE: "ServiceName",
}
"""Which private property the detail of a resource is."""


def _of_type(resource: Resource, state: State) -> dict[str, Any]:
    """What the type of a resource has; a property that the model does not know is left out."""
    if resource.type is ResourceType.VIRTUAL_MACHINE_CONFIGURATION and resource.machine is not None:
        return {"VmId": resource.machine}
    if not resource.detail:
        return {}
    if resource.type is ResourceType.IP_ADDRESS:
        return _of_address(resource.detail, state)
    name = _DETAIL.get(resource.type)
    return {} if name is None else {name: resource.detail}


def _of_address(written: str, state: State) -> dict[str, Any]:
    """An IP address, with the network that it is in; addresses of a cluster are static here."""
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return {"Address": written}
    found: dict[str, Any] = {"Address": written}
    for network in state.networks.values():
        subnet = ipaddress.ip_network(network.subnet, strict=False)
        if address in subnet:
            found |= {"SubnetMask": str(subnet.netmask), "Network": network.name}
            break
    return found | {"EnableDhcp": 0}


def network_properties(state: State) -> dict[str, Any]:
    """MigrationNetworkOrder and MigrationExcludeNetworks: ids of networks, joined by semicolons."""
    assert state.cluster is not None
    return {
        "MigrationNetworkOrder": ";".join(state.cluster.migration_order),
        "MigrationExcludeNetworks": ";".join(state.cluster.migration_excluded),
    }


def migration_number(migration: Migration | None) -> int:
    """MigrationState of the resource: 0 none, 1 setup, 2 data transfer, 3 move, 4 canceled, 5 failure."""
    if migration is None:
        return 0
    if migration.phase in _PHASE_NUMBERS:
        return _PHASE_NUMBERS[migration.phase]
    if migration.phase is Phase.SETUP:
        return 1
    return 2 if migration.kind is MigrationKind.LIVE and not migration.handed_over else 3
