"""Services and applications that are no virtual machines, and the resources in them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.model.entities import GroupType, ResourceType
from fcm.model.roles import DETAILS
from fcm.shell.language.errors import ParameterError
from fcm.shell.runtime import finding
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.objects import group_object, resource_object
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.model.entities import Disk
    from fcm.shell.runtime.call import Call

_NAME = Param("Name", needed=True, help="Network name of the client access point (15 characters at most).")
_ADDRESS = Param("StaticAddress", needed=True, help="IP address of the client access point.")
_STORAGE = Param("Storage", "texts", help="Disks in Available Storage.", of="disk")
_WAIT = Param("Wait", "whole", help="It is online at once: there is nothing to wait for.")
_EXAMPLE = "-Name {} -StaticAddress 10.0.1.60"


def _add(call: Call, kind: GroupType, program: str = "") -> Iterable[Any]:
    finding.check_cluster(call)
    disks = (
        tuple(disk.id for disk in finding.disks(call, call.names("Storage"), must=True)) if call.has("Storage") else ()
    )
    name = call.text("Name")
    command = cmd.AddRole(kind, name, call.text("StaticAddress"), disks, program)
    return call.submit(command, name, partial(_made, call, name))


def _made(call: Call, name: str) -> list[Any]:
    return [group_object(one, call.state) for one in call.state.groups.values() if one.name == name]


@cmdlet(
    "Add-ClusterDHCPServerRole",
    _NAME,
    _ADDRESS,
    _STORAGE,
    _WAIT,
    CLUSTER,
    synopsis="Configures a DHCP Server as a service or application.",
    example=f"Add-ClusterDHCPServerRole {_EXAMPLE.format('DHCP01')} -Storage 'Cluster Disk 2'",
    since="fcm",
)
def add_dhcp_server(call: Call) -> Iterable[Any]:
    """Windows has no cmdlet for it."""
    return _add(call, GroupType.DHCP_SERVER)


@cmdlet(
    "Add-ClusterFileServerRole",
    _NAME,
    _ADDRESS,
    _STORAGE,
    _WAIT,
    CLUSTER,
    synopsis="Configures a File Server as a service or application.",
    example=f"Add-ClusterFileServerRole {_EXAMPLE.format('FS01')} -Storage 'Cluster Disk 2'",
)
def add_file_server(call: Call) -> Iterable[Any]:
    """A file server."""
    return _add(call, GroupType.FILE_SERVER)


@cmdlet(
    "Add-ClusterGenericApplicationRole",
    Param("CommandLine", needed=True, help="Command line of the application."),
    _NAME,
    _ADDRESS,
    _STORAGE,
    _WAIT,
    CLUSTER,
    synopsis="Configures an application that is not cluster-aware as a service or application.",
    example=f"Add-ClusterGenericApplicationRole -CommandLine notepad.exe {_EXAMPLE.format('NOTES01')}",
)
def add_generic_application(call: Call) -> Iterable[Any]:
    """A generic application."""
    return _add(call, GroupType.GENERIC_APPLICATION, call.text("CommandLine"))


@cmdlet(
    "Add-ClusterGenericServiceRole",
    Param("ServiceName", needed=True, help="Name of the Windows service."),
    _NAME,
    _ADDRESS,
    _STORAGE,
    _WAIT,
    CLUSTER,
    synopsis="Configures a Windows service that is not cluster-aware as a service or application.",
    example=f"Add-ClusterGenericServiceRole -ServiceName W32Time {_EXAMPLE.format('TIME01')}",
)
def add_generic_service(call: Call) -> Iterable[Any]:
    """A generic service."""
    return _add(call, GroupType.GENERIC_SERVICE, call.text("ServiceName"))


@cmdlet(
    "Add-ClusterPrintServerRole",
    _NAME,
    _ADDRESS,
    _STORAGE,
    _WAIT,
    CLUSTER,
    synopsis="Configures a Print Server as a service or application.",
    example=f"Add-ClusterPrintServerRole {_EXAMPLE.format('PRINT09')} -Storage 'Cluster Disk 2'",
)
def add_print_server(call: Call) -> Iterable[Any]:
    """A print server."""
    return _add(call, GroupType.PRINT_SERVER)


@cmdlet(
    "Add-ClusterServerRole",
    _NAME,
    _ADDRESS,
    _STORAGE,
    _WAIT,
    CLUSTER,
    synopsis="Configures a service or application with only a client access point and disks (Other Server).",
    example=f"Add-ClusterServerRole {_EXAMPLE.format('SERVER01')}",
)
def add_server(call: Call) -> Iterable[Any]:
    """Another server."""
    return _add(call, GroupType.OTHER_SERVER)


# the resources in them


@cmdlet(
    "Add-ClusterResource",
    Param("Name", position=0, needed=True, help="Name of the new resource."),
    Param("ResourceType", position=1, needed=True, aliases=("restype", "type"), help="Its type."),
    Param("Group", position=2, needed=True, pipes=("ClusterGroup", TEXT), of="group"),
    Param("Value", help="Address, network name, service name or command line, as the type needs it (fcm)."),
    Param("SeparateMonitor", "switch", absent="set the property SeparateMonitor of the resource afterwards."),
    CLUSTER,
    INPUT,
    synopsis="Adds a resource to a service or application that is not a virtual machine. It is offline at first.",
    example="Add-ClusterServerRole -Name SERVER01 -StaticAddress 10.0.1.60 | Out-Null; "
    "Add-ClusterResource 'Time Service' -ResourceType 'Generic Service' -Group SERVER01 -Value W32Time",
)
def add_resource(call: Call) -> Iterable[Any]:
    """Add a resource to a group.

    Raises:
        ParameterError: the resource type does not exist.
    """
    finding.check_cluster(call)
    names = call.names("Group") or []
    group = finding.one("group", names[0] if names else "", finding.groups(call, names))
    typed = call.text("ResourceType")
    kind = next((one for one in ResourceType if str(one).casefold() == typed.casefold()), None)
    if kind is None:
        types = ", ".join(map(str, DETAILS))
        raise ParameterError(f"There is no resource type {quoted(typed)}.", f"Types: {types}.", call.at)
    name = call.text("Name")

    def made() -> list[Any]:
        return [resource_object(one, call.state) for one in call.state.group_resources(group.id) if one.name == name]

    return call.submit(cmd.AddResource(group.id, kind, name, call.text("Value")), name, made)


@cmdlet(
    "Remove-ClusterResource",
    Param("Name", "texts", position=0, pipes=("ClusterResource", TEXT), of="resource"),
    Param("Force", "switch"),
    CLUSTER,
    INPUT,
    synopsis="Deletes a resource of a service or application that is not a virtual machine.",
    example="Add-ClusterServerRole -Name SERVER01 -StaticAddress 10.0.1.60 | Out-Null; "
    "Remove-ClusterResource SERVER01 -Force",
)
def remove_resource(call: Call) -> Iterable[Any]:
    """Delete."""
    found = finding.resources(call, finding.named(call, "a resource", "Get-ClusterResource"))
    return call.each(found, lambda resource: cmd.RemoveResource(resource.id), lambda _: [])


@cmdlet(
    "Move-ClusterResource",
    Param("Name", "texts", position=0, pipes=("ClusterResource", TEXT), of="disk"),
    Param("Group", position=1, needed=True, help="A service or application, or 'Available Storage'.", of="group"),
    CLUSTER,
    INPUT,
    synopsis="Moves a disk from Available Storage to a service or application that is not a virtual machine, or back.",
    example="Add-ClusterServerRole -Name SERVER01 -StaticAddress 10.0.1.60 | Out-Null; "
    "Move-ClusterResource 'Cluster Disk 2' -Group SERVER01",
)
def move_resource(call: Call) -> Iterable[Any]:
    """Move disks."""
    names = finding.named(call, "a disk", "Get-ClusterResource")
    groups = call.names("Group") or []
    group = finding.one("group", groups[0] if groups else "", finding.groups(call, groups))

    def shown(disk: Disk) -> list[Any]:
        return [resource_object(one, call.state) for one in call.state.resources.values() if one.disk == disk.id]

    return call.each(finding.disks(call, names), lambda disk: cmd.MoveDisk(disk.id, group.id), shown)
