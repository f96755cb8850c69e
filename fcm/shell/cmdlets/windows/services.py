"""Windows services of the nodes: those of Failover Clustering and Hyper-V are what the model knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.model.entities import NodeState
from fcm.model.rules.failing.faults import answers, service_exists
from fcm.shell.language.errors import NotFoundError, ParameterError, ShellError
from fcm.shell.runtime import finding
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.enumerations import enumerated
from fcm.shell.values.values import ShellObject, has_wildcard, wildcard
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.model.state import State
    from fcm.shell.runtime.call import Call

SERVICES = {"ClusSvc": "Cluster Service", "vmms": "Hyper-V Virtual Machine Management"}
"""Services by their names in Windows."""


def simulated_nodes(call: Call) -> list[str]:
    """The nodes of -ComputerName that respond; each other one is an error of its own.

    Raises:
        ParameterError: no node is named, or the hosts are real and have no Windows.
    """
    names = finding.named(call, "a node", "Get-ClusterNode", "ComputerName")
    if not call.workspace.simulated:
        raise ParameterError(
            f"{call.cmdlet.name} works on the nodes of simulated clusters: these hosts do not run Windows.",
            "To show the state of the hosts, run Get-ClusterNode.",
            call.at,
        )
    found = []
    for node in finding.nodes(call, names):
        if answers(call.state, node.name):
            found.append(node.name)
            continue
        error = ShellError(
            f"{node.name} does not respond.", f"Check {node.name}: Get-ClusterNode {node.name}", call.at,
            "ConnectionError", call.cmdlet.name,
        )  # fmt: skip
        error.target = node.name
        call.session.errors.record(error)
    return found


@cmdlet(
    "Get-Service",
    Param("Name", "texts", position=0, aliases=("ServiceName",), pipes=(TEXT,), help="ClusSvc or vmms."),
    Param("ComputerName", "texts", aliases=("Cn",), pipes=("ClusterNode",), help="Names of nodes."),
    CLUSTER,
    INPUT,
    synopsis="Gets the cluster service and the Hyper-V service of nodes (simulated clusters).",
    example="Get-Service ClusSvc -ComputerName node1, node2",
    module="Microsoft.PowerShell.Management",
)
def get_service(call: Call) -> Iterable[Any]:
    """Services of nodes.

    Raises:
        NotFoundError: there is no service of a name.
    """
    wanted = call.names() or list(SERVICES)
    chosen: dict[str, None] = {}
    for name in wanted:
        pattern = wildcard(name)
        fitting = [one for one in SERVICES if pattern.fullmatch(one)]
        if not fitting and not has_wildcard(name):
            raise NotFoundError(
                f"fcm knows no service {quoted(name)} of the nodes.", "Services: ClusSvc, vmms.", call.at
            )
        chosen |= dict.fromkeys(fitting)
    return [_service(call.state, node, name) for node in simulated_nodes(call) for name in chosen]


def _service(state: State, node: str, name: str) -> ShellObject:
    status = _status(state, node) if name == "ClusSvc" else "Running"
    return ShellObject(
        "ServiceController",
        {
            "Name": name,
            "ServiceName": name,
            "DisplayName": SERVICES[name],
            "Status": enumerated("ServiceControllerStatus", status),
            "MachineName": node,
        },
        f"{node}\\{name}",
    )


def _status(state: State, node: str) -> str:
    """Of the cluster service on a node that responds."""
    if not service_exists(state, node):
        return "Stopped"
    return "StartPending" if state.nodes[node].state is NodeState.JOINING else "Running"
