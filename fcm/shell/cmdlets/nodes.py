"""Nodes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.model.entities import NodeState
from fcm.model.migrations import DrainMove
from fcm.model.rules.allowed import allowed
from fcm.model.rules.moving.drains import running_machines
from fcm.shell.cmdlets.moves import NO_DEFAULT, OPTIONS, own_options
from fcm.shell.language.errors import ParameterError
from fcm.shell.runtime import finding
from fcm.shell.runtime.following import until_drained
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.objects import node_object, when
from fcm.shell.values.values import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fcm.model.commands import Command
    from fcm.model.entities import Node
    from fcm.shell.runtime.call import Call
    from fcm.shell.values.values import ShellObject

NAME = Param("Name", "texts", position=0, aliases=("Node",), pipes=("ClusterNode", TEXT))
_NEW = "requires Windows Server 2012."


def _wanted(call: Call) -> list[Node]:
    """Nodes of -Name and of the pipeline."""
    return finding.nodes(call, finding.named(call, "a node", "Get-ClusterNode"))


@cmdlet(
    "Get-ClusterNode",
    NAME,
    CLUSTER,
    INPUT,
    synopsis="Gets nodes, their state and their votes. NodeWeight can be set.",
    example="Get-ClusterNode node1",
)
def get_node(call: Call) -> Iterable[Any]:
    """Nodes."""
    finding.check_cluster(call)
    return [_object(call, node) for node in finding.nodes(call, call.names())]


def _object(call: Call, node: Node) -> ShellObject:
    """A node; where a host is asked over a network, with the time of its last answer and that answer's age in s.

    Everything that is shown of it is as old. In a cluster of this process nothing is old, and both are left out.
    """
    found = node_object(node, call.state)
    silence = call.workspace.silence(node.name)
    if silence is not None:
        found.properties |= {"LastSeen": when(call.workspace.now() - silence), "Age": round(silence, 1)}
    return found


def node_shown(call: Call, name: str) -> list[Any]:
    """A node as output of a cmdlet."""
    return [_object(call, call.state.nodes[name])]


def _each(call: Call, command: Callable[[str], Command], shows: bool = True) -> Iterable[Any]:
    return call.each(
        _wanted(call), lambda node: command(node.name), lambda node: node_shown(call, node.name) if shows else []
    )


@cmdlet(
    "Suspend-ClusterNode",
    NAME,
    Param("Drain", "switch", help="Drain the node: live migrate its running virtual machines to other nodes (2012)."),
    Param("TargetNode", help="With -Drain: destination node for all virtual machines (2012)."),
    Param(
        "Destinations",
        "any",
        help="With -Drain: hashtable of virtual machines and destination nodes, in the order of the moves (fcm).",
    ),
    Param(
        "ForceDrain",
        "switch",
        absent=f"{_NEW} Virtual machines that cannot be live migrated stay on the node and are reported.",
    ),
    Param("Wait", "switch", help="With -Drain: wait until the drain is complete (2012)."),
    *OPTIONS,
    NO_DEFAULT,
    CLUSTER,
    INPUT,
    synopsis="Pauses a node: it keeps its groups, but no group can move to it. With -Drain, its virtual machines "
    "are moved to other nodes.",
    example="Suspend-ClusterNode node1 -Drain -Wait",
)
def suspend_node(call: Call) -> Iterable[Any]:
    """Pause nodes, or drain them.

    Raises:
        ParameterError: a parameter that requires -Drain is specified without it.
    """
    if not call.switch("Drain"):
        for name in ("TargetNode", "Destinations", "Wait"):
            if call.has(name):
                raise ParameterError(f"-{name} requires -Drain.", "Add -Drain.", call.at)
        return _each(call, cmd.PauseNode)

    def drain(node: Node) -> Iterable[Any]:
        moves = _moves(call, node)
        shown = partial(node_shown, call, node.name)
        out = call.submit(cmd.DrainNode(node.name, moves, own_options(call)), node.name, shown)
        if call.switch("Wait") and not call.what_if:
            until_drained(call, node.name)
            out = shown()
        return out

    return call.one_by_one(_wanted(call), drain)


def _moves(call: Call, node: Node) -> tuple[DrainMove, ...] | None:
    if call.has("Destinations") and call.has("TargetNode"):
        raise ParameterError("-TargetNode and -Destinations cannot be used together.", "Remove one of them.", call.at)
    if call.has("TargetNode"):
        target = finding.node(call, call.text("TargetNode"))
        return tuple(DrainMove(machine.id, target) for machine in running_machines(call.state, node.name))
    if not call.has("Destinations"):
        return None
    given = call.values["Destinations"]
    if not isinstance(given, dict):
        raise ParameterError(
            "-Destinations requires a hashtable.", "Example: @{ WEB01 = 'node2'; SQL01 = 'node3' }.", call.at
        )
    return tuple(
        DrainMove(finding.machine(call, text(name)).id, finding.node(call, text(to))) for name, to in given.items()
    )


@cmdlet(
    "Resume-ClusterNode",
    NAME,
    Param(
        "Failback",
        choices=("Immediate", "NoFailback"),
        help="Immediate: live migrate back the virtual machines that the last drain moved away (2012).",
    ),
    CLUSTER,
    INPUT,
    synopsis="Resumes a paused node.",
    example="Suspend-ClusterNode node1; Resume-ClusterNode node1",
)
def resume_node(call: Call) -> Iterable[Any]:
    """Resume, and fill again where a drain has moved something away."""
    failback = call.text("Failback").casefold() == "immediate"

    def command(name: str) -> Command:
        fills, alone = cmd.ResumeNode(name, failback=True), cmd.ResumeNode(name)
        nothing_to_fill = not allowed(fills, call.state) and allowed(alone, call.state)
        return alone if nothing_to_fill or not failback else fills

    return _each(call, command)


@cmdlet(
    "Start-ClusterNode",
    NAME,
    Param(
        "FixQuorum",
        "switch",
        aliases=("ForceQuorum", "fq"),
        help="Force the cluster to start without quorum. The configuration of this node replaces that of the others.",
    ),
    Param(
        "PreventQuorum",
        "switch",
        aliases=("pq",),
        help="Only join a cluster that is running; never form one (2012).",
    ),
    Param("ClearQuarantine", "switch", aliases=("cq",), help="Let a quarantined node join (2016)."),
    Param("Wait", "whole", help="Maximum time to wait until the node is up, in seconds. Default: do not wait."),
    CLUSTER,
    INPUT,
    synopsis="Starts the cluster service on a node.",
    example="Stop-ClusterNode node3; Start-ClusterNode node3",
)
def start_node(call: Call) -> Iterable[Any]:
    """Start the service, and wait if asked to."""
    limit = call.whole("Wait")
    names: list[str] = []

    def start(node: Node) -> list[Any]:
        command = cmd.StartClusterService(
            node.name,
            fix_quorum=call.switch("FixQuorum"),
            prevent_quorum=call.switch("PreventQuorum"),
            clear_quarantine=call.switch("ClearQuarantine"),
        )
        said = call.submit(command, node.name)
        names.append(node.name)
        return said

    out = list(call.one_by_one(_wanted(call), start))
    if call.session.waits:
        call.session.waiting.until(
            lambda: not any(call.state.nodes[one].state is NodeState.JOINING for one in names), limit or 0
        )
    return [*out, *([] if out else [_object(call, call.state.nodes[name]) for name in names])]


@cmdlet(
    "Stop-ClusterNode",
    NAME,
    Param("Wait", "whole", absent="the service stops immediately."),
    CLUSTER,
    INPUT,
    synopsis="Stops the cluster service on a node. Its groups fail over.",
    example="Stop-ClusterNode node3",
)
def stop_node(call: Call) -> Iterable[Any]:
    """Stop the service."""
    return _each(call, cmd.StopClusterService)


@cmdlet(
    "Add-ClusterNode",
    Param(
        "Name",
        "texts",
        position=0,
        aliases=("Node",),
        help="Names of the servers. They have the same hardware as the current host server.",
        pipes=(TEXT,),
    ),
    Param("NoStorage", "switch", absent="requires Windows Server 2012."),
    CLUSTER,
    INPUT,
    synopsis="Adds nodes to a simulated cluster. Validate it with Test-Cluster afterwards.",
    example="Add-ClusterNode -Name node4",
)
def add_node(call: Call) -> Iterable[Any]:
    """Add servers, after the rules have been asked for each.

    Raises:
        ParameterError: the hosts file of this cluster defines its nodes.
    """
    names = finding.named(call, "a server", "Get-ClusterNode")
    if not call.workspace.capabilities.verdict(cmd.AddNode):
        raise ParameterError(
            "The nodes of this cluster are defined in its hosts file.",
            "Add the host to the file and open the cluster again.",
        )
    return call.one_by_one(names, lambda name: call.submit(cmd.AddNode(name), name, partial(node_shown, call, name)))


@cmdlet(
    "Remove-ClusterNode",
    NAME,
    Param("Force", "switch"),
    Param("IgnoreStorageConnectivityLoss", "switch", absent="requires Windows Server 2016."),
    Param("Wait", "whole", absent="the node is evicted immediately."),
    CLUSTER,
    INPUT,
    synopsis="Evicts a node.",
    example="Add-ClusterNode node4; Remove-ClusterNode node4 -Force",
)
def remove_node(call: Call) -> Iterable[Any]:
    """Evict."""
    return _each(call, cmd.EvictNode, shows=False)
