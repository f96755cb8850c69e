"""Which simulated failures and which commands of the cluster as a whole are allowed, and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import NodeState
from fcm.model.failures import FaultKind
from fcm.model.rules.faults import active
from fcm.model.rules.verdict import OK, Verdict, no, some
from fcm.model.tables import GoneError

if TYPE_CHECKING:
    from fcm.model import commands as cmd
    from fcm.model.state import State


def inject_fault(command: cmd.InjectFault, state: State) -> Verdict:
    """Objects that exist, and that have not failed in this way already."""
    if active(state, command.kind, command.target, command.node) is not None:
        return no("This failure is already simulated.", "Repair it first.")
    match command.kind:
        case FaultKind.UNPLUG_CABLE:
            _ = state.adapters[command.target]
        case FaultKind.SWITCH_DOWN:
            _ = state.networks[command.target]
        case FaultKind.LOSE_PATH | FaultKind.LOSE_LUN | FaultKind.LOSE_RESERVATION:
            _ = state.disks[command.target]
        case FaultKind.GUEST_HANG | FaultKind.GUEST_BUGCHECK | FaultKind.GUEST_SHUTDOWN:
            _ = state.machines[command.target]
        case FaultKind.LOSE_SHARE:
            pass
        case _:
            _ = state.nodes[command.target]
    for node in (command.node, *command.together):
        if node:
            _ = state.nodes[node]
    return OK


def repair_fault(command: cmd.RepairFault, state: State) -> Verdict:
    """Failures that are simulated now."""
    if command.fault not in state.faults:
        raise GoneError(command.fault)
    return OK


def stop_cluster(command: cmd.StopCluster, state: State) -> Verdict:
    """A cluster that runs, in which nothing is being live migrated."""
    assert state.cluster is not None
    if state.cluster.stopped:
        return no(f"{state.cluster.name} is already stopped.", "Start it with Start Cluster.")
    moving = [state.moved_name(migration) for migration in state.running_migrations()]
    if moving:
        return no(f"Live migrations are in progress: {some(moving, 3)}.", "Wait until they end, or cancel them.")
    return OK


def start_cluster(command: cmd.StartCluster, state: State) -> Verdict:
    """Clusters with nodes whose cluster service does not run."""
    assert state.cluster is not None
    if any(node.state is NodeState.DOWN for node in state.nodes.values()):
        return OK
    return no("The cluster service of all nodes is already running.", "")


def shut_down_node(command: cmd.ShutDownNode, state: State) -> Verdict:
    """Nodes that exist."""
    _ = state.nodes[command.node]
    return OK
