"""Which node takes a group whose node cannot keep it, and what finds no place where a node dies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import NodeState
from fcm.model.failures import Candidate
from fcm.model.quantities import apart

if TYPE_CHECKING:
    from fcm.model.entities import Group
    from fcm.model.state import State


def heir(state: State, group: Group, but: str = "") -> str | None:
    """The node that takes a group; None: none can own it.

    Args:
        state: the cluster.
        group: that fails over.
        but: its node, where that one is up and the group failed on it; "" where its node is lost.
    """
    return next((one.node for one in candidates(state, group, but) if one.chosen), None)


def candidates(state: State, group: Group, but: str = "") -> tuple[Candidate, ...]:
    """Every node in the order of their ids, one of them chosen, or the reason why not.

    A possible owner with the memory; without a group of its anti-affinity classes; preferred; with more memory. The
    first criterion that differs decides.

    Args:
        state: the cluster.
        group: that fails over.
        but: its node, where that one is up and the group failed on it; "" where its node is lost.
    """
    reasons = {name: _excluded(state, group, name, but) for name in state.nodes}
    names = [name for name, reason in reasons.items() if not reason]
    needed = needed_memory(state, group, but)
    classes = set(group.anti_affinity)
    others = [other for other in state.groups.values() if other.id != group.id and other.anti_affinity]
    taken = {other.owner for other in others if classes & set(other.anti_affinity)}

    def order(name: str) -> tuple[bool, bool, int, int]:
        preferred = group.preferred_owners
        rank = preferred.index(name) if name in preferred else len(preferred)
        return (state.free_memory(name) < needed, name in taken, rank, -state.free_memory(name))

    best = min(names, key=order, default=None)
    for name in names:
        if name == best:
            reasons[name] = "Most free memory of the nodes that can own it."
        elif state.free_memory(name) < needed:
            has, needs = apart(max(0, state.free_memory(name)), needed)
            reasons[name] = f"Has {has} of free memory; {needs} is needed."
        elif name in taken:
            reasons[name] = "Owns a group of the same anti-affinity class."
        else:
            reasons[name] = f"{best} comes first."
    return tuple(Candidate(name, name == best, reason) for name, reason in reasons.items())


def needed_memory(state: State, group: Group, but: str = "") -> int:
    """Bytes that the machines of a group need on another node."""
    machines = state.group_machines(group.id)
    return sum(machine.memory for machine in machines if but or machine.state.holds_memory)


def _excluded(state: State, group: Group, name: str, but: str) -> str:
    """Why a node cannot own a group at all; "" if it can."""
    node = state.nodes[name]
    if name == but:
        return "The group failed here."
    if node.state is not NodeState.UP:
        return f"Is {node.state.lower()}."
    for resource in state.group_resources(group.id):
        if name not in resource.possible_owners:
            return f"Is not a possible owner of {resource.name}."
    for machine in state.group_machines(group.id):
        if machine.disk is not None and name not in state.disks[machine.disk].visible_to:
            return f"Does not see {state.disks[machine.disk].name}."
    return ""


def n_plus_one(state: State, node: str) -> tuple[str, ...]:
    """What finds no place if a node dies now, one sentence without a full stop for each group.

    Groups are placed one after the other; what one of them takes is no longer there for the next.
    """
    free = {name: state.free_memory(name) for name, one in state.nodes.items() if one.state is NodeState.UP}
    free.pop(node, None)
    found: list[str] = []
    for group in state.groups.values():
        if group.owner != node or group.is_core:
            continue
        needed = needed_memory(state, group)
        if not needed or not group.auto_start:
            continue
        names = [name for name in free if not _excluded(state, group, name, node)]
        room = [name for name in names if free[name] >= needed]
        if not names:
            found.append(f"{group.name} finds no node that can own it")
        elif not room:
            found.append(f"{group.name} finds no memory")
        else:
            free[max(room, key=free.__getitem__)] -= needed
    return tuple(found)
