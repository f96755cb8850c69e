"""Which simulated failures and which commands of the cluster as a whole are allowed, and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from fcm.model.entities import DiskUse, MachineState, NodeState, QuorumMode, ResourceState
from fcm.model.failures import FaultKind, GuestState
from fcm.model.rules.failing.faults import active, answers, has_power, service_runs
from fcm.model.rules.failing.stopped import TURN_ON
from fcm.model.rules.verdict import OK, Verdict, no, some, together
from fcm.model.structures.tables import GoneError
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model import commands as cmd
    from fcm.model.state import State


def inject_fault(command: cmd.InjectFault, state: State) -> Verdict:
    """Objects that exist, that have what is to fail, and that have not failed in this way already."""
    return together(_no_failure(command, state))


def share_of(state: State) -> str:
    """UNC path of the file share witness; "" where the quorum has none."""
    cluster = state.cluster
    assert cluster is not None
    return (cluster.witness or "") if cluster.quorum_mode is QuorumMode.NODE_AND_FILE_SHARE_MAJORITY else ""


def _no_failure(command: cmd.InjectFault, state: State) -> Iterator[Verdict]:
    """Why a failure cannot be simulated."""
    kind = command.kind
    if command.node and kind is not FaultKind.LOSE_PATH:
        yield no(f"{kind} is not a failure on one node.", f"Specify a node only with {FaultKind.LOSE_PATH}.")
    if command.together and kind is not FaultKind.ISOLATE:
        yield no(f"{kind} does not separate nodes.", f"Specify other nodes only with {FaultKind.ISOLATE}.")
    if active(state, kind, command.target, command.node) is not None:
        yield no("This failure is already simulated.", "Repair it first.")
        return
    match kind:
        case FaultKind.UNPLUG_CABLE:
            yield _has_power(state.adapters[command.target].node, state)
        case FaultKind.SWITCH_DOWN:
            network = state.networks[command.target]
            if not any(adapter.network == network.id for adapter in state.adapters.values()):
                yield no(f"No node has an adapter on {network.name}.", "Choose a network that the nodes use.")
        case FaultKind.LOSE_PATH | FaultKind.LOSE_LUN | FaultKind.LOSE_RESERVATION:
            yield from _no_disk_failure(command, state)
        case FaultKind.GUEST_HANG | FaultKind.GUEST_BUGCHECK | FaultKind.GUEST_SHUTDOWN:
            yield from _no_guest_failure(command, state)
        case FaultKind.LOSE_SHARE:
            yield _no_share_failure(command, state)
        case FaultKind.ISOLATE:
            yield from _no_isolation(command, state)
        case FaultKind.POWER_OFF | FaultKind.HANG | FaultKind.BUGCHECK | FaultKind.SERVICE_CRASH:
            yield _no_node_failure(command, state)
        case _:
            assert_never(kind)


def _has_power(node: str, state: State) -> Verdict:
    _ = state.nodes[node]
    return OK if has_power(state, node) else no(f"{node} has no power.", "Turn it on first.")


def _answers(node: str, state: State) -> Verdict:
    powered = _has_power(node, state)
    if not powered or answers(state, node):
        return powered
    return no(f"{node} hangs.", "Repair the hang first.")


def _no_node_failure(command: cmd.InjectFault, state: State) -> Verdict:
    node = state.nodes[command.target]
    if command.kind is FaultKind.POWER_OFF:
        return _has_power(node.name, state)
    verdict = _answers(node.name, state)
    if verdict and command.kind is FaultKind.SERVICE_CRASH and not service_runs(state, node.name):
        return no(f"The cluster service of {node.name} is not running.", "Start the cluster service first.")
    return verdict


def _no_isolation(command: cmd.InjectFault, state: State) -> Iterator[Verdict]:
    """A cut needs two sides, each with somebody who could hear the other."""
    side = (command.target, *command.together)
    if len(set(side)) < len(side):
        yield no("A node is specified twice.", "Specify each node of one side once.")
    for node in side:
        yield _answers(node, state)
    others = [name for name in state.nodes if name not in side]
    if not others:
        yield no("No node would be on the other side.", "Leave at least one node on the other side.")
    elif not any(answers(state, name) for name in others):
        yield no("No node on the other side responds.", "Turn on one of the other nodes first.")
    for fault in state.faults.values():
        cut = {fault.target, *fault.together}
        if fault.kind is FaultKind.ISOLATE and cut in (set(side), set(others)):
            yield no("These nodes are already separated.", "Repair that failure first.")


def _no_disk_failure(command: cmd.InjectFault, state: State) -> Iterator[Verdict]:
    disk = state.disks[command.target]
    if active(state, FaultKind.LOSE_LUN, disk.id) is not None and command.kind is not FaultKind.LOSE_LUN:
        yield no(f"No node reaches the LUN of {disk.name}.", "Restore the LUN first.")
    if command.kind is FaultKind.LOSE_PATH:
        if not command.node:
            yield no("The node that loses its path is not specified.", "Specify a node that sees the LUN.")
            return
        yield _has_power(command.node, state)
        if command.node not in disk.visible_to:
            yield no(f"{command.node} does not see the LUN of {disk.name}.", "Choose a node that sees it.")
    if command.kind is FaultKind.LOSE_RESERVATION:
        if disk.use is DiskUse.UNASSIGNED or disk.owner is None:
            yield no(f"{disk.name} is not a disk of the cluster, so no node has reserved it.", "Add it first.")
        elif not disk.persistent_reservations:
            yield no(f"{disk.name} does not support persistent reservations.", "Choose another disk.")
        elif disk.state is not ResourceState.ONLINE:
            yield no(f"{disk.name} is {disk.state.lower()}, so no node has reserved it.", "Bring it online first.")


def _no_share_failure(command: cmd.InjectFault, state: State) -> Verdict:
    share = share_of(state)
    if not share:
        return no(
            "The quorum of this cluster has no file share witness.",
            "Configure one with Configure Cluster Quorum Settings.",
        )
    if command.target != share:
        return no(f"{quoted(command.target)} is not the file share witness.", f"The witness is {share}.")
    return OK


def _no_guest_failure(command: cmd.InjectFault, state: State) -> Iterator[Verdict]:
    machine = state.machines[command.target]
    if machine.state is not MachineState.RUNNING:
        yield no(f"{machine.name} is not running ({machine.state.lower()}).", "Start it first.")
        return
    verdict = _answers(machine.node, state)
    if not verdict:
        yield no(f"{machine.name} is on {machine.node}: {verdict.reason}", verdict.remedy)
    if state.active_migration(machine.id) is not None:
        yield no(f"{machine.name} is being migrated.", "Wait until it ends, or cancel it.")
    if machine.guest is GuestState.HUNG:
        yield no(f"The guest of {machine.name} does not respond.", "Repair that failure first.")


def repair_fault(command: cmd.RepairFault, state: State) -> Verdict:
    """Failures that are simulated now.

    Raises:
        GoneError: there is no such failure.
    """
    if command.fault not in state.faults:
        raise GoneError(command.fault)
    return OK


def stop_cluster(command: cmd.StopCluster, state: State) -> Verdict:
    """A cluster that runs, in which nothing is being live migrated."""
    assert state.cluster is not None
    if not state.cluster.responds:
        return no(f"No node of {state.cluster.name} responds, so it is not known how it is.", TURN_ON)
    if state.cluster.stopped:
        return no(f"{state.cluster.name} is already stopped.", "Start it with Start Cluster.")
    if state.cluster.stopping:
        return no(f"{state.cluster.name} is already being shut down.", "Wait until it is down.")
    moving = [state.moved_name(migration) for migration in state.running_migrations()]
    if moving:
        return no(f"Live migrations are in progress: {some(moving, 3)}.", "Wait until they end, or cancel them.")
    return OK


def start_cluster(command: cmd.StartCluster, state: State) -> Verdict:
    """Clusters with nodes on which Windows runs and the cluster service does not."""
    down = [node.name for node in state.nodes.values() if node.state is NodeState.DOWN]
    if any(answers(state, name) and state.nodes[name].process.cut_off is None for name in down):
        return OK
    if down:
        return no(f"No power, or no response: {some(down, 8)}.", "Turn on a node first.")
    return no("The cluster service of all nodes is already running.", "")


def shut_down_node(command: cmd.ShutDownNode, state: State) -> Verdict:
    """Nodes whose operating system runs and responds; quorum is no reason, as in Windows."""
    node = state.nodes[command.node]
    if node.shutdown:
        return no(f"{node.name} is already being shut down.", "Wait until it is off.")
    if node.state is NodeState.ISOLATED:
        return no(
            f"{node.name} is isolated: the cluster does not reach it.", "Wait until it is a member again or down."
        )
    return _answers(node.name, state)
