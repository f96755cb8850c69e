"""The physical truth that follows from the simulated failures, and which of them make sense.

What is asked here is not what the cluster knows: a node that lost its power stays Up in its eyes until heartbeats are
missed. Sources of what counts as reachable: askcore 2012/02/08 (heartbeats on every network with role 1 or 3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import NetworkRole, NodeState
from fcm.model.failures import FaultKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.model.entities import Adapter
    from fcm.model.failures import Fault
    from fcm.model.state import State

_DEAD = (FaultKind.POWER_OFF, FaultKind.BUGCHECK)


def active(state: State, kind: FaultKind, target: str, node: str = "") -> Fault | None:
    """The fault of this kind at this object that has not been repaired.

    Args:
        state: the cluster.
        kind: what happened.
        target: id of the object, see ``Fault.target``.
        node: LOSE_PATH: on which node.
    """
    for fault in state.faults.values():
        if fault.kind is kind and fault.target == target and fault.node == node:
            return fault
    return None


def faults_at(state: State, target: str) -> tuple[Fault, ...]:
    """What has failed of an object by simulation, oldest first; of a node also being cut off together with others."""
    return tuple(fault for fault in state.faults.values() if fault.target == target or target in fault.together)


def has_power(state: State, node: str) -> bool:
    """Whether the server runs an operating system, answering or not."""
    return not any(fault.target == node and fault.kind in _DEAD for fault in state.faults.values())


def answers(state: State, node: str) -> bool:
    """Whether the server has power and its kernel is not frozen."""
    return has_power(state, node) and active(state, FaultKind.HANG, node) is None


def service_runs(state: State, node: str) -> bool:
    """Whether the cluster service of the node runs and can send heartbeats."""
    served = (NodeState.UP, NodeState.PAUSED, NodeState.JOINING, NodeState.ISOLATED)
    return (
        state.nodes[node].state in served
        and answers(state, node)
        and active(state, FaultKind.SERVICE_CRASH, node) is None
    )


def has_link(state: State, adapter: Adapter) -> bool:
    """Whether the cable of an adapter is plugged in and its switch works."""
    return not any(
        (fault.kind is FaultKind.UNPLUG_CABLE and fault.target == adapter.id)
        or (fault.kind is FaultKind.SWITCH_DOWN and fault.target == adapter.network)
        for fault in state.faults.values()
    )


def is_cut(state: State, one: str, other: str) -> bool:
    """Whether a simulated isolation lies between two nodes."""
    for fault in state.faults.values():
        if fault.kind is FaultKind.ISOLATE:
            side = {fault.target, *fault.together}
            if (one in side) is not (other in side):
                return True
    return False


def carries(state: State, network: str, one: str, other: str) -> bool:
    """Whether packets pass between two servers that answer, over one network."""
    ends = (state.adapter(one, network), state.adapter(other, network))
    return (
        answers(state, one)
        and answers(state, other)
        and not is_cut(state, one, other)
        and all(end is not None and has_link(state, end) for end in ends)
    )


def hears(state: State, one: str, other: str) -> bool:
    """Whether two nodes hear each other's heartbeats on any network with role 1 or 3."""
    return (
        service_runs(state, one)
        and service_runs(state, other)
        and any(
            network.role is not NetworkRole.NONE and carries(state, network.id, one, other)
            for network in state.networks.values()
        )
    )


def reaches_disk(state: State, node: str, disk: str) -> bool:
    """Whether a node that answers has a working path to a LUN that answers."""
    return (
        answers(state, node)
        and node in state.disks[disk].visible_to
        and active(state, FaultKind.LOSE_LUN, disk) is None
        and active(state, FaultKind.LOSE_PATH, disk, node) is None
    )


def reaches_share(state: State, node: str) -> bool:
    """Whether a node reaches the file share witness, which answers from outside the cluster."""
    if state.cluster is None or not answers(state, node):
        return False
    if any(fault.kind is FaultKind.LOSE_SHARE for fault in state.faults.values()):
        return False
    return any(adapter.node == node and has_link(state, adapter) for adapter in state.adapters.values())


def groups_that_hear(state: State, nodes: Iterable[str]) -> tuple[frozenset[str], ...]:
    """The given nodes as sets in which every node hears every other, largest first; a dead node is in none.

    A node that hears only some of a set is left out of it, as the regroup does: a membership has no one-way members.
    """
    left = [node for node in nodes if service_runs(state, node)]
    found: list[frozenset[str]] = []
    while left:
        best: list[str] = []
        for first in left:
            group = [first]
            for other in left:
                if other != first and all(hears(state, other, member) for member in group):
                    group.append(other)
            if len(group) > len(best):
                best = group
            if len(best) == len(left):
                break
        found.append(frozenset(best))
        left = [node for node in left if node not in best]
    return tuple(sorted(found, key=lambda group: (-len(group), min(group))))
