"""Nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.model.entities import NodeState
from fcm.shell import finding
from fcm.shell.errors import ParameterError
from fcm.shell.objects import node_object
from fcm.shell.registry import CLUSTER, INPUT, Param, cmdlet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fcm.model.commands import Command
    from fcm.model.entities import Node
    from fcm.shell.call import Call

NAME = Param("Name", "texts", position=0, aliases=("Node",))
_NEW = "it came with Windows Server 2012."


def _wanted(call: Call, must: bool = True) -> list[Node]:
    """Nodes of -Name and of the pipeline."""
    finding.check_cluster(call)
    names = [*call.texts("Name"), *(item.identity for item in call.objects("ClusterNode"))]
    names += [item for item in call.input if isinstance(item, str)]
    if must and not names:
        raise ParameterError(f"{call.cmdlet.name} needs the name of a node.", "Get-ClusterNode lists them.")
    return finding.nodes(call, names)


@cmdlet("Get-ClusterNode", NAME, CLUSTER, INPUT, synopsis="Nodes and their state.", example="Get-ClusterNode node1")
def get_node(call: Call) -> Iterable[Any]:
    """Nodes."""
    return [node_object(node, call.state) for node in _wanted(call, must=False)]


def _each(call: Call, command: Callable[[str], Command], shows: bool = True) -> Iterable[Any]:
    for node in _wanted(call):

        def result(name: str = node.name) -> list[Any]:
            return [node_object(call.state.nodes[name], call.state)] if shows else []

        yield from call.submit(command(node.name), node.name, result)


@cmdlet(
    "Suspend-ClusterNode",
    NAME,
    Param("Drain", "switch", absent=f"{_NEW} In 2008 R2 a paused node keeps what it owns: move it first."),
    Param("TargetNode", absent=_NEW),
    Param("ForceDrain", "switch", absent=_NEW),
    Param("Wait", "switch", absent=_NEW),
    CLUSTER,
    INPUT,
    synopsis="Pause a node: it keeps what it owns, nothing moves there.",
    example="Suspend-ClusterNode node1",
)
def suspend_node(call: Call) -> Iterable[Any]:
    """Pause."""
    return _each(call, cmd.PauseNode)


@cmdlet(
    "Resume-ClusterNode",
    NAME,
    Param("Failback", absent=_NEW),
    CLUSTER,
    INPUT,
    synopsis="End the pause of a node.",
    example="Resume-ClusterNode node1",
)
def resume_node(call: Call) -> Iterable[Any]:
    """Resume."""
    return _each(call, cmd.ResumeNode)


@cmdlet(
    "Start-ClusterNode",
    NAME,
    Param("FixQuorum", "switch", aliases=("fq",), absent="a cluster without quorum is not in the model."),
    Param("PreventQuorum", "switch", absent=_NEW),
    Param("Wait", "whole", help="s to wait at most until the node is up; nothing: do not wait."),
    CLUSTER,
    INPUT,
    synopsis="Start the cluster service of a node.",
    example="Start-ClusterNode node3",
)
def start_node(call: Call) -> Iterable[Any]:
    """Start the service, and wait if asked to."""
    limit = call.whole("Wait")
    nodes = _wanted(call)
    out: list[Any] = []
    for node in nodes:
        out += call.submit(cmd.StartClusterService(node.name), node.name)
    end = call.workspace.now() + ((limit or 0) if call.session.waits else 0)
    names = [node.name for node in nodes]
    while call.workspace.now() < end and any(call.state.nodes[n].state is NodeState.JOINING for n in names):
        call.session.check_stopped()
        call.session.wait()
    return [*out, *([] if out else [node_object(call.state.nodes[name], call.state) for name in names])]


@cmdlet(
    "Stop-ClusterNode",
    NAME,
    Param("Wait", "whole", absent="the service is stopped at once."),
    CLUSTER,
    INPUT,
    synopsis="Stop the cluster service of a node; what it owns fails over.",
    example="Stop-ClusterNode node3",
)
def stop_node(call: Call) -> Iterable[Any]:
    """Stop the service."""
    return _each(call, cmd.StopClusterService)


@cmdlet(
    "Remove-ClusterNode",
    NAME,
    Param("Force", "switch"),
    Param("IgnoreStorageConnectivityLoss", "switch", absent="it came with Windows Server 2016."),
    Param("Wait", "whole", absent="the node leaves at once."),
    CLUSTER,
    INPUT,
    synopsis="Evict a node.",
    example="Remove-ClusterNode node3 -Force",
)
def remove_node(call: Call) -> Iterable[Any]:
    """Evict."""
    return _each(call, cmd.EvictNode, shows=False)
