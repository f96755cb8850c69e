"""What Pacemaker waits for: blocked groups and lost nodes; the cmdlets are this program's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.shell.cmdlets.groups import wanted_groups
from fcm.shell.cmdlets.nodes import NAME as NODE
from fcm.shell.cmdlets.nodes import node_shown
from fcm.shell.language.errors import ParameterError
from fcm.shell.runtime import finding
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.objects import group_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.shell.runtime.call import Call


@cmdlet(
    "Clear-FcmBlockedGroup",
    Param("Name", "texts", position=0, pipes=("ClusterGroup", "ClusterResource", "VirtualMachine", TEXT), of="group"),
    CLUSTER,
    INPUT,
    synopsis="Clears the failure that blocks a group, so that Pacemaker manages it again. Its virtual machine keeps "
    "running (Pacemaker clusters).",
    example="Clear-FcmBlockedGroup SQL01",
    since="fcm",
)
def clear_blocked(call: Call) -> Iterable[Any]:
    """Clear each group that is named."""
    return call.each(
        wanted_groups(call),
        lambda group: cmd.ClearBlocked(group.id),
        lambda group: [group_object(call.state.groups[group.id], call.state)],
    )


@cmdlet(
    "Confirm-FcmNodeOff",
    NODE,
    Param("NodeIsOff", "switch", help="You have made sure that the node is off: without power, or disconnected."),
    CLUSTER,
    INPUT,
    synopsis="Confirms that a lost node is off when no fencing device can tell, so that its virtual machines start "
    "elsewhere. If it is not off, they can run twice (Pacemaker clusters).",
    example="Confirm-FcmNodeOff node2 -NodeIsOff",
    since="fcm",
)
def confirm_node_off(call: Call) -> Iterable[Any]:
    """Confirm that each named node is off.

    Raises:
        ParameterError: -NodeIsOff is not specified, which says that somebody has checked it.
    """
    nodes = finding.nodes(call, finding.named(call, "a node", "Get-ClusterNode"))
    if not call.switch("NodeIsOff"):
        raise ParameterError(
            "If the node is not off, its virtual machines can run twice and damage their disks.",
            "Make sure that it is off, then add -NodeIsOff.",
            call.at,
        )
    return call.each(nodes, lambda node: cmd.ConfirmNodeOff(node.name), lambda node: node_shown(call, node.name))
