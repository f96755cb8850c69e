"""Commands about services and applications that are no virtual machines, as PowerShell text."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from fcm.model import commands as cmd
from fcm.model.entities import GroupType
from fcm.model.structures.tables import name_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.state import State

CMDLETS = {
    GroupType.DHCP_SERVER: "Add-ClusterDHCPServerRole",
    GroupType.FILE_SERVER: "Add-ClusterFileServerRole",
    GroupType.GENERIC_APPLICATION: "Add-ClusterGenericApplicationRole",
    GroupType.GENERIC_SERVICE: "Add-ClusterGenericServiceRole",
    GroupType.OTHER_SERVER: "Add-ClusterServerRole",
    GroupType.PRINT_SERVER: "Add-ClusterPrintServerRole",
}
"""The cmdlet of each type; that for DHCP is this program's own, as Windows has none."""
PROGRAMS = {GroupType.GENERIC_APPLICATION: "CommandLine", GroupType.GENERIC_SERVICE: "ServiceName"}
"""The parameter that says what is started."""


def role_text(command: cmd.RoleCommand, state: State, quoted: Callable[[str], str]) -> str:
    """The PowerShell that does the same as a command.

    Args:
        command: what is to be done.
        state: for names.
        quoted: writes a text as an argument.
    """
    match command:
        case cmd.AddRole():
            return _add_role(command, state, quoted)
        case cmd.SetGroupOnline(group=group, online=online):
            return f"{'Start' if online else 'Stop'}-ClusterGroup {quoted(name_of(state.groups, group))}"
        case cmd.MoveGroup(group=group, destination=node):
            return f"Move-ClusterGroup {quoted(name_of(state.groups, group))} -Node {quoted(node)}"
        case cmd.AddResource(group=group, type=kind, name=name, detail=detail):
            value = f" -Value {quoted(detail)}" if detail else ""
            return (
                f"Add-ClusterResource {quoted(name)} -ResourceType {quoted(str(kind))} "
                f"-Group {quoted(name_of(state.groups, group))}{value}"
            )
        case cmd.RemoveResource(resource=resource):
            return f"Remove-ClusterResource {quoted(name_of(state.resources, resource))} -Force"
        case cmd.MoveDisk(disk=disk, group=group):
            names = quoted(name_of(state.disks, disk)), quoted(name_of(state.groups, group))
            return f"Move-ClusterResource {names[0]} -Group {names[1]}"
        case cmd.TakeOffline(resource=resource):
            return f"Stop-ClusterResource {quoted(name_of(state.resources, resource))}"
        case _:
            assert_never(command)


def _add_role(command: cmd.AddRole, state: State, quoted: Callable[[str], str]) -> str:
    line = CMDLETS.get(command.type, "Add-ClusterServerRole")
    if command.type in PROGRAMS:
        line += f" -{PROGRAMS[command.type]} {quoted(command.program)}"
    line += f" -Name {quoted(command.name)} -StaticAddress {quoted(command.address)}"
    if command.disks:
        line += f" -Storage {', '.join(quoted(name_of(state.disks, disk)) for disk in command.disks)}"
    return line
