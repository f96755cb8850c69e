"""The computers below the nodes: shut down or restarted in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.shell.cmdlets.nodes import node_shown
from fcm.shell.runtime import finding
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, Param
from fcm.shell.runtime.registry import cmdlet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.shell.runtime.call import Call

_PARAMETERS = (
    Param(
        "ComputerName",
        "texts",
        position=0,
        aliases=("CN", "Name", "Node"),
        pipes=("ClusterNode", TEXT),
        help="Names of nodes. fcm has no local computer.",
    ),
    Param("Force", "switch", help="As in Windows; the nodes of a simulated cluster have no other users."),
    CLUSTER,
    INPUT,
)


def _shut_down(call: Call, restart: bool) -> Iterable[Any]:
    names = finding.named(call, "a node", "Get-ClusterNode", "ComputerName")
    return call.each(
        finding.nodes(call, names),
        lambda node: cmd.ShutDownNode(node.name, restart),
        lambda node: node_shown(call, node.name),
    )


@cmdlet(
    "Stop-Computer",
    *_PARAMETERS,
    synopsis="Shuts down a node in order: what it owns is first moved or taken offline (simulated clusters).",
    example="Stop-Computer node3; Start-Sleep 30; Get-ClusterNode node3",
    module="Microsoft.PowerShell.Management",
)
def stop_computer(call: Call) -> Iterable[Any]:
    """Shut down."""
    return _shut_down(call, restart=False)


@cmdlet(
    "Restart-Computer",
    *_PARAMETERS,
    synopsis="Restarts a node in order: it leaves the cluster, starts again and joins (simulated clusters).",
    example="Restart-Computer node3",
    module="Microsoft.PowerShell.Management",
)
def restart_computer(call: Call) -> Iterable[Any]:
    """Restart."""
    return _shut_down(call, restart=True)
