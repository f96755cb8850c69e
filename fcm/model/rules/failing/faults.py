"""The physical truth that follows from the simulated failures, and which of them make sense.

What is asked here is not what the cluster knows: a node that lost its power stays Up in its eyes until heartbeats are
missed. Sources of what counts as reachable: askcore 2012/02/08 (heartbeats on every network with role 1 or 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.model.entities import NetworkRole, NodeState
from fcm.model.failures import FaultKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fcm.model.entities import Adapter
    from fcm.model.failures import Fault
    from fcm.model.state import State

_DEAD = (FaultKind.POWER_OFF, FaultKind.BUGCHECK)
_SERVED = (NodeState.UP, NodeState.PAUSED, NodeState.JOINING, NodeState.ISOLATED)


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
    return service_exists(state, node) and answers(state, node)


def service_exists(state: State, node: str) -> bool:
    """Whether the process of the cluster service is there, frozen or not, member or not."""
    process = state.nodes[node].process
    if process.cut_off is None and (process.gone is not None or state.nodes[node].state not in _SERVED):
        return False
    return has_power(state, node) and active(state, FaultKind.SERVICE_CRASH, node) is None


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


def touches(state: State, one: str, other: str) -> bool:
    """Whether packets pass between two servers that answer, over any network."""
    return any(carries(state, network, one, other) for network in state.networks)


def has_any_link(state: State, node: str) -> bool:
    """Whether the node has a link on a network with role 1 or 3: one without ends its cluster service (event 1554)."""
    return any(
        adapter.node == node
        and is_plugged(state, adapter)
        and state.networks[adapter.network].role is not NetworkRole.NONE
        for adapter in state.adapters.values()
    )


def is_plugged(state: State, adapter: Adapter) -> bool:
    """Whether the cable of an adapter is plugged in, whatever its switch does: what the driver reports at once."""
    return active(state, FaultKind.UNPLUG_CABLE, adapter.id) is None


@dataclass(frozen=True, slots=True)
class Reach:
    """Who hears whose heartbeats, looked at once for all nodes."""

    links: Mapping[str, frozenset[str]]
    """Node whose cluster service runs -> ids of the networks on which it has a link."""
    enabled: frozenset[str]
    """Ids of the networks with role 1 or 3."""
    sides: tuple[frozenset[str], ...]
    """One side of each simulated isolation."""

    def hears(self, one: str, other: str) -> bool:
        """Whether two nodes hear each other: a network with role 1 or 3 carries their heartbeats."""
        return bool(self._shared(one, other) & self.enabled)

    def last_resort(self, one: str, other: str) -> str | None:
        """The network with role 0 that alone is left between two nodes; None: others are, or none is.

        It carries no heartbeats: event 1569 only says that it could.
        """
        shared = self._shared(one, other)
        return None if shared & self.enabled else min(shared, default=None)

    def _shared(self, one: str, other: str) -> frozenset[str]:
        if any((one in side) is not (other in side) for side in self.sides):
            return frozenset()
        return self.links.get(one, frozenset()) & self.links.get(other, frozenset())


def reach(state: State) -> Reach:
    """Who hears whose heartbeats now."""
    faults = state.faults.values()
    unplugged = {fault.target for fault in faults if fault.kind is FaultKind.UNPLUG_CABLE}
    dark = {fault.target for fault in faults if fault.kind is FaultKind.SWITCH_DOWN}
    links: dict[str, set[str]] = {name: set() for name in state.nodes if service_runs(state, name)}
    for adapter in state.adapters.values():
        if adapter.node in links and adapter.id not in unplugged and adapter.network not in dark:
            links[adapter.node].add(adapter.network)
    enabled = frozenset(network.id for network in state.networks.values() if network.role is not NetworkRole.NONE)
    sides = tuple(frozenset((fault.target, *fault.together)) for fault in faults if fault.kind is FaultKind.ISOLATE)
    return Reach({name: frozenset(found) for name, found in links.items()}, enabled, sides)


def hears(state: State, one: str, other: str) -> bool:
    """Whether two nodes hear each other's heartbeats, see ``Reach.hears``."""
    return reach(state).hears(one, other)


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
    found_by = reach(state)
    left = [node for node in nodes if node in found_by.links]
    found: list[frozenset[str]] = []
    while left:
        best: list[str] = []
        for first in left:
            group = [first]
            for other in left:
                if other != first and all(found_by.hears(other, member) for member in group):
                    group.append(other)
            if len(group) > len(best):
                best = group
            if len(best) == len(left):
                break
        found.append(frozenset(best))
        left = [node for node in left if node not in best]
    return tuple(sorted(found, key=lambda group: (-len(group), min(group))))
