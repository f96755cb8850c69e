"""What may be done with nodes, networks and adapters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import ClusterVersion, NetworkRole, NodeState
from fcm.model.rules import names
from fcm.model.rules.failing.faults import answers, has_power, service_runs
from fcm.model.rules.moving.drains import active_drain, moves_back
from fcm.model.rules.quorum import after_leaving, members_of
from fcm.model.rules.verdict import OK, Verdict, no, some, together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model import commands as cmd
    from fcm.model.entities import Network, Node
    from fcm.model.rules.quorum import Votes
    from fcm.model.state import State


def pause_node(command: cmd.PauseNode, state: State) -> Verdict:
    """Nodes that are up."""
    node = state.nodes[command.node]
    return (
        OK
        if node.state is NodeState.UP
        else no(f"{node.name} is {node.state.lower()}.", "Only a node that is up can be paused.")
    )


def resume_node(command: cmd.ResumeNode, state: State) -> Verdict:
    """Nodes that are paused; failback needs something that a drain took away."""
    node = state.nodes[command.node]
    if node.state is not NodeState.PAUSED:
        return no(f"{node.name} is not paused.", "")
    if active_drain(state, node.name) is not None:
        return no(f"{node.name} is being drained.", "Wait until the drain ends, or cancel all its migrations first.")
    if command.failback and not moves_back(state, node.name):
        return no(f"No machine that a drain moved away from {node.name} can move back.", "Resume it without failback.")
    return OK


def start_service(command: cmd.StartClusterService, state: State) -> Verdict:
    """Nodes that are down, or quarantined and to be cleared; force only where the cluster does not run."""
    return together(_against_start(command, state.nodes[command.node], state))


def _against_start(command: cmd.StartClusterService, node: Node, state: State) -> Iterator[Verdict]:
    cluster = state.cluster
    assert cluster is not None
    if command.fix_quorum and not cluster.stopped:
        if not any(one.state in (NodeState.UP, NodeState.PAUSED) for one in state.nodes.values()):
            yield no("It is not known yet whether the cluster is running.", "Wait until its nodes respond.")
            return
        yield no("The cluster is running.", f"Start the cluster service of {node.name} without forcing it.")
        return
    if not has_power(state, node.name):
        yield no(f"{node.name} has no power.", "Turn it on first.")
    elif not answers(state, node.name):
        yield no(f"{node.name} does not respond.", "Repair it, or turn it off and on again.")
    elif node.process.cut_off is not None:
        yield no(
            f"The cluster service of {node.name} has not noticed yet that the others removed it.",
            "Wait until it ends; Windows starts it again.",
        )
    elif node.state is NodeState.QUARANTINED and not command.clear_quarantine:
        yield no(f"{node.name} is quarantined.", "Wait until its quarantine ends, or clear it.")
    elif node.state not in (NodeState.DOWN, NodeState.QUARANTINED) and not (
        command.fix_quorum and node.state is NodeState.JOINING
    ):
        yield no(f"The cluster service of {node.name} is already running.", "")
    if command.fix_quorum and command.prevent_quorum:
        yield no("A node cannot be both forced to form a cluster and prevented from it.", "Choose one of them.")
    for wanted, name, since in (
        (command.prevent_quorum, "-PreventQuorum", ClusterVersion.V2012),
        (command.clear_quarantine, "Quarantine", ClusterVersion.V2016),
    ):
        if wanted and not cluster.version.at_least(since):
            yield no(
                f"{name} requires Windows Server {since}; this cluster follows the rules of {cluster.version}.",
                "Start the node without it.",
            )


def stop_service(command: cmd.StopClusterService, state: State) -> Verdict:
    """Nodes without which the cluster keeps its quorum, and that take part in no live migration."""
    node = state.nodes[command.node]
    if node.state in (NodeState.DOWN, NodeState.QUARANTINED):
        return no(f"{node.name} is already down.", "")
    if node.state is NodeState.ISOLATED or not service_runs(state, node.name):
        return no(f"{node.name} does not respond.", "Wait until the cluster notices, or turn the node off and on.")
    if not node.state.is_member:
        return OK  # it waits, and has no vote to take away
    return together(_needed(node.name, after_leaving(state, node.name), state))


def _needed(name: str, count: Votes, state: State) -> Iterator[Verdict]:
    """Why the cluster cannot do without a node that is up; ``count``: the votes that would be left."""
    if not any(other != name for other in members_of(state)):
        yield no(f"{name} is the last node that is up.", "Use Shut Down Cluster instead.")
    elif not count.has_quorum:
        yield no(
            f"Without {name} only {count.present} of {count.needed} needed votes are left: the cluster would "
            "lose quorum.",
            "Start another node first, or use Shut Down Cluster.",
        )
    if any(name in (m.source, m.destination) for m in state.running_migrations()):
        yield no(f"{name} takes part in a live migration.", "Wait until it ends, or cancel it.")


def evict(command: cmd.EvictNode, state: State) -> Verdict:
    """Nodes that are down, or own nothing clustered; never the last one."""
    node = state.nodes[command.node]
    if len(state.nodes) == 1:
        return no("The last node cannot be evicted.", "Destroy the cluster instead.")
    # A dead node cannot give away anything: what it owned is the others' from the moment it is evicted.
    return OK if node.state is NodeState.DOWN else together(_kept_by(node.name, state))


def _kept_by(name: str, state: State) -> Iterator[Verdict]:
    """What a node must give away before it leaves. Machines that are not clustered go with their server."""
    machines = state.machines_on(name)
    clustered = [machine.name for machine in machines if machine.is_highly_available]
    if clustered:
        yield no(f"{name} owns {some(clustered, 3)}.", "Move or delete what it owns first.")
    for machine in machines:
        if machine.disk is not None and not machine.is_highly_available:
            disk = state.disks[machine.disk].name
            text = (
                f"The files of {machine.name}, which is not clustered, are on {disk}; {name} would lose access to it."
            )
            yield no(text, "Make the machine highly available and move it, or delete it first.")
    volumes = [volume.name for volume in state.shared_volumes.values() if volume.owner == name]
    if volumes:
        text = f"{name} is the coordinator of a shared volume ({some(volumes, 3)})."
        yield no(text, "Move the volume to another node first.")
    yield from _needed(name, after_leaving(state, name, evicted=True), state)


def configure_network(command: cmd.ConfigureNetwork, state: State) -> Verdict:
    """A name that no other network has, a role and a metric that fit."""
    return together(_wrong_for_network(command, state.networks[command.network], state))


def _wrong_for_network(command: cmd.ConfigureNetwork, network: Network, state: State) -> Iterator[Verdict]:
    others = [other for other in state.networks.values() if other.id != network.id]
    if command.name is not None and command.name != network.name:
        yield names.object_name(command.name, "network")
        taken = (other.name for other in others)
        yield names.not_taken(command.name, taken, f"A network {command.name} already exists.")
    if command.metric is not None and not 1 <= command.metric <= 65535:
        yield no("The metric must be 1 to 65535.", "Correct the metric.")
    if command.role is NetworkRole.NONE and all(other.role is NetworkRole.NONE for other in others):
        yield no("The cluster would have no network left.", "Enable another network first.")
