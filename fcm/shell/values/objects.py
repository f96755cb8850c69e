"""What the cmdlets give out: objects of the cluster with the properties of the FailoverClusters module.

Setting a property makes a command; properties that the model does not have are left out, not invented.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.model.entities import (
    AUTOMATIC,
    MIB,
    GroupType,
    NetworkRole,
    NodeState,
    ResourceType,
)
from fcm.model.rules.failing.guests import HEARTBEATS
from fcm.model.rules.maintenance import in_maintenance
from fcm.model.rules.moving.drains import drain_migrations, last_drain
from fcm.model.rules.quorum import engine_of
from fcm.model.telemetry import Phase
from fcm.shell.language.errors import ParameterError
from fcm.shell.values.common_properties import cluster_properties, cluster_setters, node_id, node_votes
from fcm.shell.values.device_objects import ADAPTER, adapter_of, disk_of
from fcm.shell.values.enumerations import enumerated
from fcm.shell.values.references import (
    cluster_reference,
    group_reference,
    makes,
    network_reference,
    node_reference,
    reference,
    type_reference,
)
from fcm.shell.values.storage_objects import disk_object
from fcm.shell.values.times import local
from fcm.shell.values.values import ShellObject, as_truth, as_whole, items, text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from fcm.model.entities import Adapter, Group, Network, Node, Resource, VirtualMachine
    from fcm.model.state import State
    from fcm.model.validation.report import CheckResult

    Setters = dict[str, Callable[[Any], cmd.Command]]


GROUP_TYPES = {
    GroupType.CLUSTER: "Cluster",
    GroupType.AVAILABLE_STORAGE: "AvailableStorage",
    GroupType.VIRTUAL_MACHINE: "VirtualMachine",
    GroupType.DHCP_SERVER: "DhcpServer",
    GroupType.FILE_SERVER: "FileServer",
    GroupType.GENERIC_APPLICATION: "GenericApplication",
    GroupType.GENERIC_SERVICE: "GenericService",
    GroupType.OTHER_SERVER: "Unknown",
    GroupType.PRINT_SERVER: "PrintServer",
}
"""Types of groups as PowerShell writes them (CLUSGROUP_TYPE)."""


def cluster_object(state: State, simulated: bool = True) -> ShellObject:
    """The cluster; EnableSharedVolumes, MaximumParallelMigrations and what concerns quorum can be set.

    Args:
        state: with the cluster.
        simulated: False: real hosts, which follow no version of Windows Server.
    """
    cluster = state.cluster
    assert cluster is not None

    def enable(value: Any) -> cmd.Command:
        if not as_truth(value, "EnableSharedVolumes"):
            raise ParameterError(
                "Cluster Shared Volumes cannot be disabled after they are enabled.", "Remove the disks instead."
            )
        return cmd.EnableSharedVolumes(notice_accepted=True)

    setters: Setters = {
        "EnableSharedVolumes": enable,
        "MaximumParallelMigrations": lambda value: cmd.SetConcurrentMigrations(
            as_whole(value, "MaximumParallelMigrations")
        ),
        **cluster_setters(state),
    }
    return ShellObject(
        "Cluster",
        {
            "Name": cluster.name,
            "Domain": cluster.domain,
            **({"Version": str(cluster.version)} if simulated else {}),
            **({"Engine": cluster.engine} if cluster.engine else {}),
            "EnableSharedVolumes": "Enabled" if cluster.shared_volumes_enabled else "Disabled",
            "SharedVolumesRoot": "C:\\ClusterStorage" if simulated else _storage_folders(state),
            "MaximumParallelMigrations": cluster.concurrent_migrations,
            "CurrentHostServer": cluster.host,
            "Address": cluster.address,
            "QuorumType": str(cluster.quorum_mode),
            **(cluster_properties(state) if simulated else {}),
        },
        cluster.name,
        setters,
    )


def _storage_folders(state: State) -> str:
    """Where the shared storage of real hosts is mounted: they have no folder ClusterStorage."""
    return ", ".join(sorted({volume.path() for volume in state.shared_volumes.values()}))


def node_object(node: Node, state: State) -> ShellObject:
    """A node; NodeWeight can be set."""
    return ShellObject(
        "ClusterNode",
        {
            "Cluster": cluster_reference(state),
            "Name": node.name,
            "NodeName": node.name,
            "Id": node_id(state, node.name),
            "State": enumerated("ClusterNodeState", str(node.state)),
            **node_votes(node, state),
            "Description": node.note,
            **_version(node),
            "OperatingSystem": node.version,
            "SystemDrive": node.system_drive,
            "TotalMemory": node.memory,
            "FreeMemory": state.free_memory(node.name),
            "LogicalProcessors": node.logical_processors,
            "Processor": node.processor.model,
            "VirtualNetworks": list(node.switches),
            "DrainStatus": enumerated("ClusterNodeDrainStatus", _drain_status(node, state)),
            "Updates": list(node.updates),
            **(_of_engine(node) if engine_of(state) else {}),
        },
        node.name,
        {"NodeWeight": lambda value: cmd.ConfigureNode(node.name, as_whole(value, "NodeWeight"))},
    )


_BUILD = re.compile(r"(\d+)\.(\d+)\.(\d+)(?: (Service Pack \d+))?")


def _version(node: Node) -> dict[str, object]:
    """What the name of its Windows says of a node."""
    found = _BUILD.search(node.version)
    if found is None or "Windows" not in node.version:
        return {}
    major, minor, build, pack = found.groups()
    numbers = {"MajorVersion": int(major), "MinorVersion": int(minor), "BuildNumber": int(build)}
    return {**numbers, "CSDVersion": pack or ""}


def _of_engine(node: Node) -> dict[str, object]:
    """What only Pacemaker knows of a node."""
    return {"Fencing": str(node.fencing) or "none", "Standby": node.standby}


def _drain_status(node: Node, state: State) -> str:
    """NotInitiated, InProgress, Completed or Failed, as ClusterNodeDrainStatus of Windows Server 2012 has it."""
    drain = last_drain(state, node.name)
    if drain is None or not (drain.ended is None or node.state is NodeState.PAUSED):
        return "NotInitiated"
    if drain.ended is None:
        return "InProgress"
    done = all(one.phase is Phase.COMPLETED for one in drain_migrations(state, drain.id).values())
    return "Completed" if done and not drain.staying else "Failed"


def group_object(group: Group, state: State) -> ShellObject:
    """A service or application (resource group)."""
    identity = group.id

    def start(value: Any) -> cmd.Command:
        return hours(as_whole(value, "FailbackWindowStart"), window[1])

    def end(value: Any) -> cmd.Command:
        return hours(window[0], as_whole(value, "FailbackWindowEnd"))

    def hours(first: int, last: int) -> cmd.Command:
        both = (AUTOMATIC, AUTOMATIC) if AUTOMATIC in (first, last) else (first, last)
        return cmd.ConfigureGroup(identity, failback_window=both)

    window = group.failback_window or (0, 0)
    setters: Setters = {
        "Name": lambda value: cmd.ConfigureGroup(identity, name=text(value)),
        "DefaultOwner": lambda value: cmd.ConfigureGroup(
            identity, persistent=as_whole(value, "DefaultOwner") != AUTOMATIC
        ),
        "AutoStart": lambda value: cmd.ConfigureGroup(identity, auto_start=as_truth(value, "AutoStart")),
        "FailoverThreshold": lambda value: cmd.ConfigureGroup(
            identity, maximum_failures=as_whole(value, "FailoverThreshold")
        ),
        "FailoverPeriod": lambda value: cmd.ConfigureGroup(identity, failover_period=as_whole(value, "FailoverPeriod")),
        "AutoFailbackType": lambda value: cmd.ConfigureGroup(identity, failback=as_truth(value, "AutoFailbackType")),
        "FailbackWindowStart": start,
        "FailbackWindowEnd": end,
        "Priority": lambda value: cmd.ConfigureGroup(identity, priority=as_whole(value, "Priority")),
        "AntiAffinityClassNames": lambda value: cmd.ConfigureGroup(
            identity, anti_affinity=tuple(text(item) for item in items(value))
        ),
    }
    return ShellObject(
        "ClusterGroup",
        {
            "Cluster": cluster_reference(state),
            "IsCoreGroup": group.is_core,
            "OwnerNode": node_reference(state, group.owner),
            "State": enumerated("ClusterGroupState", str(group.state)),
            "Name": group.name,
            "GroupType": enumerated("ClusterGroupType", GROUP_TYPES[group.type]),
            "PreferredOwners": list(group.preferred_owners),
            "AutoStart": group.auto_start,
            "PersistentState": int(group.wanted),
            "DefaultOwner": node_id(state, group.owner) if group.persistent else AUTOMATIC,
            "FailoverThreshold": AUTOMATIC if group.maximum_failures is None else group.maximum_failures,
            "FailoverPeriod": group.failover_period,
            "AutoFailbackType": int(group.failback),
            "FailbackWindowStart": AUTOMATIC if group.failback_window is None else group.failback_window[0],
            "FailbackWindowEnd": AUTOMATIC if group.failback_window is None else group.failback_window[1],
            "AntiAffinityClassNames": list(group.anti_affinity),
            "Priority": group.priority,
            "Id": group.id,
        },
        group.id,
        setters,
    )


def resource_object(resource: Resource, state: State) -> ShellObject:
    """A resource."""
    group, policy = state.groups.get(resource.group), resource.policy
    maintenance = in_maintenance(state, resource.disk)
    setters: Setters = {"Name": lambda value: cmd.ConfigureResource(resource.id, name=text(value))}
    for name in ("RestartAction", "RestartPeriod", "RestartThreshold", "RetryPeriodOnFailure", "PendingTimeout",
                 "LooksAlivePollInterval", "IsAlivePollInterval"):  # fmt: skip
        setters[name] = _policy_setter(resource, name)
    setters["SeparateMonitor"] = lambda value: cmd.ConfigureResource(
        resource.id, separate_monitor=as_truth(value, "SeparateMonitor")
    )
    return ShellObject(
        "ClusterResource",
        {
            "Cluster": cluster_reference(state),
            "IsCoreResource": group is not None and group.type is GroupType.CLUSTER,
            "IsNetworkClassResource": resource.type in (ResourceType.IP_ADDRESS, ResourceType.NETWORK_NAME),
            "IsStorageClassResource": resource.type is ResourceType.PHYSICAL_DISK,
            "OwnerNode": node_reference(state, group.owner) if group else None,
            "ResourceType": type_reference(state, resource.type),
            "State": enumerated("ClusterResourceState", str(resource.state)),
            "OwnerGroup": group_reference(state, resource.group),
            "Name": resource.name,
            "MaintenanceMode": maintenance,
            "Description": resource.detail,
            "PossibleOwners": list(resource.possible_owners),
            "DependsOn": [state.resources[one].name for one in resource.depends_on if one in state.resources],
            "RestartAction": 0 if not policy.restart else 2 if policy.failover else 1,
            "RestartThreshold": policy.maximum_restarts,
            "RestartPeriod": policy.period * 1000,
            "RetryPeriodOnFailure": policy.retry_after * 1000 or AUTOMATIC,
            "PendingTimeout": policy.pending_timeout * 1000,
            "LooksAlivePollInterval": policy.looks_alive * 1000,
            "IsAlivePollInterval": policy.is_alive * 1000,
            "SeparateMonitor": resource.separate_monitor,
            "PersistentState": int(resource.wanted),
            "Id": resource.id,
            **({"Blocked": resource.blocked} if engine_of(state) else {}),
        },
        resource.id,
        setters,
    )


def _policy_setter(resource: Resource, name: str) -> Callable[[Any], cmd.Command]:
    def make(value: Any) -> cmd.Command:
        number = as_whole(value, name)
        policy = resource.policy
        match name:
            case "RestartAction":
                if number not in (0, 1, 2):
                    raise ParameterError(f"RestartAction cannot be {number}.", "Choose 0, 1 or 2.")
                failover = policy.failover if number == 0 else number == 2
                changed = replace(policy, restart=number > 0, failover=failover)
            case "RestartThreshold":
                changed = replace(policy, maximum_restarts=number)
            case "RestartPeriod":
                changed = replace(policy, period=_seconds(number, name))
            case "RetryPeriodOnFailure":
                changed = replace(policy, retry_after=0 if number == AUTOMATIC else _seconds(number, name))
            case "LooksAlivePollInterval":
                changed = replace(policy, looks_alive=_seconds(number, name))
            case "IsAlivePollInterval":
                changed = replace(policy, is_alive=_seconds(number, name))
            case _:
                changed = replace(policy, pending_timeout=_seconds(number, name))
        return cmd.ConfigureResource(resource.id, policy=changed)

    return make


def _seconds(milliseconds: int, what: str) -> int:
    if milliseconds < 0 or milliseconds % 1000:
        raise ParameterError(
            f"{what} is in milliseconds and must be a multiple of one second.", "Specify a multiple of 1000."
        )
    return milliseconds // 1000


def network_object(network: Network, state: State) -> ShellObject:
    """A cluster network; Name, Role, Metric and AutoMetric can be set."""
    subnet = ipaddress.ip_network(network.subnet, strict=False)
    identity = network.id

    def role(value: Any) -> cmd.Command:
        number = as_whole(value, "Role")
        if number not in (0, 1, 3):
            raise ParameterError(
                f"{number} is not a valid network role.", "Valid values: 0 none, 1 internal, 3 internal and client."
            )
        return cmd.ConfigureNetwork(identity, role=NetworkRole(number))

    setters: Setters = {
        "Name": lambda value: cmd.ConfigureNetwork(identity, name=text(value)),
        "Role": role,
        "Metric": lambda value: cmd.ConfigureNetwork(identity, metric=as_whole(value, "Metric")),
        "AutoMetric": lambda value: cmd.ConfigureNetwork(identity, auto_metric=as_truth(value, "AutoMetric")),
    }
    return ShellObject(
        "ClusterNetwork",
        {
            "Cluster": cluster_reference(state),
            "State": enumerated("ClusterNetworkState", str(network.state)),
            "Name": network.name,
            "Address": str(subnet.network_address),
            "AddressMask": str(subnet.netmask),
            **_addresses(str(subnet.network_address)),
            f"Ipv{subnet.version}PrefixLengths": [subnet.prefixlen],
            "Description": network.description,
            "Role": int(network.role),
            "Id": network.id,
            "Metric": network.metric,
            "AutoMetric": network.auto_metric,
        },
        network.id,
        setters,
    )


def _addresses(address: str) -> dict[str, list[str]]:
    """An address among those of its version."""
    is_six = ":" in address
    return {"Ipv4Addresses": [] if is_six else [address], "Ipv6Addresses": [address] if is_six else []}


def adapter_object(adapter: Adapter, state: State) -> ShellObject:
    """A cluster network interface."""
    return ShellObject(
        "ClusterNetworkInterface",
        {
            "Cluster": cluster_reference(state),
            "State": enumerated("ClusterNetworkInterfaceState", str(adapter.state)),
            "Name": adapter.name,
            "Node": node_reference(state, adapter.node),
            "Network": network_reference(state, adapter.network),
            "Address": adapter.address,
            **_addresses(adapter.address),
            "Id": adapter.id,
        },
        adapter.id,
    )


def machine_object(machine: VirtualMachine, state: State) -> ShellObject:
    """A virtual machine as Get-VM gives it."""
    holds = machine.state.holds_memory
    return ShellObject(
        "VirtualMachine",
        {
            "Name": machine.name,
            "VMName": machine.name,
            "State": enumerated("VMState", str(machine.state)),
            "Heartbeat": HEARTBEATS.get(machine.guest),
            "ComputerName": machine.node,
            "MemoryStartup": machine.memory,
            "MemoryAssigned": machine.memory if holds else 0,
            "MemoryAssignedMB": machine.memory // MIB if holds else 0,
            "ProcessorCount": machine.processors,
            "Path": machine.path,
            "SwitchName": machine.switch,
            "DvdDrive": machine.media,
            "NetworkAdapters": [reference("VMNetworkAdapter", ADAPTER, machine.id, state)],
            "HardDrives": [reference("VMHardDiskDrive", "Hard Drive", machine.id, state)],
            "AutomaticStartAction": str(machine.start_action),
            "CompatibilityForMigrationEnabled": machine.processor_compatibility,
            "IsClustered": machine.is_highly_available,
            "Workload": machine.workload,
            "Id": machine.id,
            "VMId": machine.id,
        },
        machine.id,
    )


def check_object(result: CheckResult) -> ShellObject:
    """The outcome of one validation test."""
    words = {"pass": "Passed", "warn": "Warning", "fail": "Failed", "info": "Information"}
    return ShellObject(
        "ValidationResult",
        {"Result": words[result.level], "Category": result.category, "Name": result.name, "Text": result.text},
    )


def when(time: float) -> datetime:
    """A time of the cluster (s since the epoch), in local time."""
    return local(time)


# by id


@makes("ClusterNode")
def _node(identity: str, state: State) -> ShellObject | None:
    return node_object(state.nodes[identity], state) if identity in state.nodes else None


@makes("ClusterGroup")
def _group(identity: str, state: State) -> ShellObject | None:
    return group_object(state.groups[identity], state) if identity in state.groups else None


@makes("ClusterResource")
def _resource(identity: str, state: State) -> ShellObject | None:
    if identity in state.resources:
        return resource_object(state.resources[identity], state)
    return disk_object(state.disks[identity], state) if identity in state.disks else None


@makes("ClusterNetwork")
def _network(identity: str, state: State) -> ShellObject | None:
    return network_object(state.networks[identity], state) if identity in state.networks else None


@makes("ClusterNetworkInterface")
def _adapter(identity: str, state: State) -> ShellObject | None:
    return adapter_object(state.adapters[identity], state) if identity in state.adapters else None


@makes("VirtualMachine")
def _machine(identity: str, state: State) -> ShellObject | None:
    return machine_object(state.machines[identity], state) if identity in state.machines else None


@makes("VMNetworkAdapter")
def _network_adapter(identity: str, state: State) -> ShellObject | None:
    return adapter_of(state.machines[identity]) if identity in state.machines else None


@makes("VMHardDiskDrive")
def _hard_disk_drive(identity: str, state: State) -> ShellObject | None:
    return disk_of(state.machines[identity]) if identity in state.machines else None


@makes("Cluster")
def _cluster(_identity: str, state: State) -> ShellObject | None:
    if state.cluster is None:
        return None
    return cluster_object(state, any("Windows" in node.version for node in state.nodes.values()))
