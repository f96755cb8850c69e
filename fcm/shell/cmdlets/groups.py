"""Services and applications (groups)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.model.entities import MachineState, OfflineAction
from fcm.shell.language.errors import ParameterError
from fcm.shell.runtime import finding
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, VM_ID, Param, taking
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.objects import group_object
from fcm.shell.values.references import group_reference, node_reference, resource_reference
from fcm.shell.values.values import has_wildcard
from fcm.workspace.actions.role_actions import OFFLINE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.model.entities import Group, VirtualMachine
    from fcm.shell.runtime.call import Call

NAME = Param("Name", "texts", position=0, pipes=("ClusterGroup", "ClusterResource", "VirtualMachine", TEXT), of="group")
_NEW = "requires Windows Server 2012."


def wanted_groups(call: Call) -> list[Group]:
    """Groups of -Name and of the pipeline."""
    return finding.groups(call, finding.named(call, "a group", "Get-ClusterGroup"))


def machines_of(call: Call, group: Group) -> list[VirtualMachine]:
    """The machines of a group.

    Raises:
        ParameterError: it belongs to the cluster itself.
    """
    found = [machine for machine in call.state.machines.values() if machine.group == group.id]
    if not found:
        raise ParameterError(
            f"{group.name} does not contain a virtual machine.",
            "The core cluster group and Available Storage have no virtual machine.",
            call.at,
        )
    return found


@cmdlet(
    "Get-ClusterGroup",
    NAME,
    VM_ID,
    CLUSTER,
    taking("ClusterNode"),
    synopsis="Gets services and applications, with their owner and state.",
    example="Get-ClusterNode node1 | Get-ClusterGroup",
)
def get_group(call: Call) -> Iterable[Any]:
    """Groups, of nodes in the pipeline those that they own."""
    finding.check_cluster(call)
    nodes = [item.identity for item in call.objects("ClusterNode")]
    found = finding.groups(call, call.names())
    return [group_object(group, call.state) for group in found if not nodes or group.owner in nodes]


def take_offline(call: Call, machine: VirtualMachine) -> cmd.SetMachineState:
    """The command that the offline action of a machine's resource stands for."""
    resource = call.state.machine_resource(machine.id)
    state, forced = OFFLINE[resource.offline_action if resource else OfflineAction.SAVE]
    return cmd.SetMachineState(machine.id, state, forced)


@cmdlet(
    "Start-ClusterGroup",
    NAME,
    Param("IgnoreLocked", "switch", absent=_NEW),
    Param("Wait", "whole", help="Maximum time to wait until it is online, in seconds. 0: do not wait."),
    CLUSTER,
    INPUT,
    synopsis="Brings a service or application online.",
    example="Stop-ClusterGroup WEB01; Start-ClusterGroup WEB01",
)
def start_group(call: Call) -> Iterable[Any]:
    """Start its machine."""
    return _change(call, online=True)


@cmdlet(
    "Stop-ClusterGroup",
    NAME,
    Param("IgnoreLocked", "switch", absent=_NEW),
    Param("Wait", "whole", help="Maximum time to wait until it is offline, in seconds. 0: do not wait."),
    CLUSTER,
    INPUT,
    synopsis="Takes a service or application offline, using the offline action of its virtual machine.",
    example="Stop-ClusterGroup WEB01",
)
def stop_group(call: Call) -> Iterable[Any]:
    """Take its machine offline."""
    return _change(call, online=False)


def _change(call: Call, online: bool) -> Iterable[Any]:
    from fcm.shell.runtime.following import until_settled

    def change(group: Group) -> Iterable[Any]:
        done: list[Any] = []
        if group.is_role:
            return call.submit(cmd.SetGroupOnline(group.id, online), group.name, partial(_shown, call, group.id))
        machines = machines_of(call, group)
        for machine in machines:
            command = cmd.SetMachineState(machine.id, MachineState.RUNNING) if online else take_offline(call, machine)
            done += call.submit(command, group.name)
        if not call.what_if:
            until_settled(call, [machine.id for machine in machines])
        return done or [group_object(call.state.groups[group.id], call.state)]

    return call.one_by_one(wanted_groups(call), change)


def _shown(call: Call, group: str) -> list[Any]:
    found = call.state.groups.get(group)
    return [group_object(found, call.state)] if found is not None else []


@cmdlet(
    "Remove-ClusterGroup",
    NAME,
    VM_ID,
    Param("RemoveResources", "switch"),
    Param("Force", "switch"),
    CLUSTER,
    INPUT,
    synopsis="Deletes a service or application. A virtual machine stays on its node, but is no longer highly "
    "available; disks go to Available Storage.",
    example="Remove-ClusterGroup WEB01 -RemoveResources -Force",
    aliases=("Remove-VMFromCluster",),
)
def remove_group(call: Call) -> Iterable[Any]:
    """Remove from the cluster."""
    return call.each(wanted_groups(call), lambda group: cmd.RemoveGroup(group.id), lambda _: [])


@cmdlet(
    "Add-ClusterVirtualMachineRole",
    Param(
        "Name", help="Name of the group.", absent="the group has the name of its virtual machine; rename it afterwards."
    ),
    Param(
        "VirtualMachine", "texts", position=0, aliases=("vm", "VMName"), pipes=("VirtualMachine", TEXT), of="machine"
    ),
    Param("VMId", "texts", help="Ids of the virtual machines.", by_property=True, means="VirtualMachine"),
    CLUSTER,
    INPUT,
    synopsis="Makes virtual machines highly available (Configure a Service or Application).",
    example="(Get-Cluster).EnableSharedVolumes = 'Enabled'; Add-ClusterSharedVolume 'Cluster Disk 2' | Out-Null; "
    "New-VM NEW01 -Path C:\\ClusterStorage\\Volume1 | Add-ClusterVirtualMachineRole",
    aliases=("Add-VMToCluster",),
    joins=True,
)
def add_machine_role(call: Call) -> Iterable[Any]:
    """Cluster machines."""
    machines = finding.machines(call, finding.named(call, "a virtual machine", "Get-VM", "VirtualMachine"))
    ids = tuple(machine.id for machine in machines)
    if not ids:
        return []

    def results() -> list[Any]:
        made = [call.state.machines[identity].group for identity in ids]
        return [group_object(call.state.groups[group], call.state) for group in made if group]

    target = ", ".join(machine.name for machine in machines)
    return call.submit(cmd.MakeHighlyAvailable(ids), target, results)


@cmdlet(
    "Get-ClusterOwnerNode",
    Param("Group", "texts", position=0, pipes=("ClusterGroup", TEXT), of="group"),
    Param("Resource", "texts", aliases=("res",), pipes=("ClusterResource",), of="resource"),
    Param("ResourceType", absent="every node can own every resource type.", aliases=("restype",)),
    CLUSTER,
    INPUT,
    synopsis="Gets the preferred owners of a group, or the possible owners of a resource.",
    example="Get-ClusterOwnerNode -Group SQL01",
)
def get_owners(call: Call) -> Iterable[Any]:
    """Return the possible owners of a resource, or the preferred owners of a group.

    Raises:
        ParameterError: neither is specified.
    """
    from fcm.shell.values.values import ShellObject

    finding.check_cluster(call)
    group_names, resource_names = call.names("Group"), call.names("Resource")
    if group_names is None and resource_names is None:
        raise ParameterError("Get-ClusterOwnerNode requires a group or a resource.", "Specify -Group or -Resource.")
    rows = []
    for group in finding.groups(call, group_names or ()):
        rows.append((group_reference(call.state, group.id), group.preferred_owners))
    for resource in finding.resources(call, resource_names or ()):
        rows.append((resource_reference(call.state, resource.id), resource.possible_owners))
    return [
        ShellObject(
            "ClusterOwnerNode", {"ClusterObject": one, "OwnerNodes": [node_reference(call.state, n) for n in nodes]}
        )
        for one, nodes in rows
    ]


@cmdlet(
    "Set-ClusterOwnerNode",
    Param("Owners", "texts", position=0, needed=True, help="Names of nodes; @() for none.", empty=True),
    Param("Group", pipes=("ClusterGroup",), of="group"),
    Param("Resource", aliases=("res",), pipes=("ClusterResource",), of="resource"),
    Param("ResourceType", absent="every node can own every resource type.", aliases=("restype",)),
    CLUSTER,
    INPUT,
    synopsis="Sets the preferred owners of a group, or the possible owners of a resource.",
    example="Set-ClusterOwnerNode -Group SQL01 -Owners node1, node2",
    joins=True,
)
def set_owners(call: Call) -> Iterable[Any]:
    """Set the possible owners of a resource, or the preferred owners of a group.

    Raises:
        ParameterError: neither or both are specified.
    """
    finding.check_cluster(call)
    names = call.texts("Owners")
    finding.nodes(call, [name for name in names if not has_wildcard(name)], must=True)
    owners = tuple(dict.fromkeys(finding.node(call, name) for name in names))
    groups, resources = call.names("Group"), call.names("Resource")
    if (groups is None) == (resources is None):
        raise ParameterError("Set-ClusterOwnerNode requires one group or one resource.", "Specify -Group or -Resource.")
    if groups is not None:
        group = finding.one("group", groups[0], finding.groups(call, groups))
        return call.submit(cmd.ConfigureGroup(group.id, preferred_owners=owners), group.name)
    assert resources is not None
    resource = finding.one("resource", resources[0], finding.resources(call, resources))
    return call.submit(cmd.ConfigureResource(resource.id, possible_owners=owners), resource.name)
