"""Which node takes a group whose node cannot keep it, and what finds no place where a node dies.

Windows Server 2008 R2 asks in this order (KB 299631; clustering blog 2010/12/14, "Understanding Hyper-V VM Failover
Policies"): possible owners of all resources of the group; up and not paused; without a group of the same anti-affinity
class where that is possible; the list of preferred owners, walked downwards from the current one. Without such a list a
failed resource takes its group to the next node by id, and the groups of a lost node go to the nodes with the fewest
groups. Memory is not asked: a start without memory fails there, and its policies carry the group on. 2012 and later
place what has the highest priority first, and only where its memory is free. That this holds for failovers too, not
only for drains, is an assumption; so is that a node to which a LUN was never presented counts as no possible owner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import ClusterVersion, MachineState, NodeState, ResourceState
from fcm.model.failures import Candidate
from fcm.model.quantities import apart, size
from fcm.model.structures import indexes
from fcm.model.structures.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fcm.model.entities import Group, VirtualMachine
    from fcm.model.state import State

_Key = tuple[int | bool, ...]


def memory_aware(state: State) -> bool:
    """Whether the version of the cluster looks for memory before it chooses a node (2012 and later)."""
    return state.cluster is not None and state.cluster.version.at_least(ClusterVersion.V2012)


def by_priority(state: State, groups: Iterable[Group]) -> list[Group]:
    """Groups in the order in which they are placed and started: as they are in 2008 R2, by priority later."""
    found = list(groups)
    return sorted(found, key=_rank_of) if memory_aware(state) else found


def _rank_of(group: Group) -> int:
    return -group.priority


def starts_by_itself(state: State, group: Group) -> bool:
    """Whether a group is brought online where a failure moves it: wanted, with the box Auto start, not priority 0."""
    return group.wanted and group.auto_start and not (memory_aware(state) and group.priority == 0)


def successor(state: State, group: Group, but: str = "") -> str | None:
    """The node that takes a group; None: none can own it. See ``candidates``."""
    return next((one.node for one in candidates(state, group, but) if one.chosen), None)


def candidates(state: State, group: Group, but: str = "") -> tuple[Candidate, ...]:
    """Every node in the order of their ids: one of them chosen, with the reason, the others with the reason why not.

    Args:
        state: the cluster.
        group: that fails over.
        but: its node, where that one is up and a resource failed on it; "" where the node is lost.
    """
    reasons = {name: _excluded(state, group, name, but) for name in state.nodes}
    names = [name for name, reason in reasons.items() if not reason]
    needed = needed_memory(state, group)
    order = _order(state, group, but, _counts(state), state.free_memory, needed)
    best = min(names, key=order, default=None)
    if best is not None:
        for name in names:
            reasons[name] = _reason(state, group, but, name, best, needed)
    return tuple(Candidate(name, name == best, reason) for name, reason in reasons.items())


def needed_memory(state: State, group: Group) -> int:
    """Bytes that the machines of a group need on the node that starts them."""
    return sum(machine.memory for machine in state.group_machines(group.id))


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
    for disk in _own_disks(state, group):
        if name not in state.disks[disk].visible_to:
            return f"Does not see {state.disks[disk].name}."
    return ""


def _own_disks(state: State, group: Group) -> list[str]:
    """Disks that move with a service or application that is not a virtual machine."""
    if not group.is_role:
        return []
    return [one.disk for one in state.group_resources(group.id) if one.disk is not None]


def _order(
    state: State, group: Group, but: str, counts: Mapping[str, int], free: Callable[[str], int], needed: int
) -> Callable[[str], _Key]:
    """What the nodes that can own a group are compared by; the smallest is chosen.

    Args:
        state: the cluster.
        group: that fails over.
        but: see ``candidates``.
        counts: groups that each node owns.
        free: bytes of memory that a node has free.
        needed: bytes that the group needs.
    """
    ids = {name: number for number, name in enumerate(state.nodes)}
    walk = _walk(state, group)
    avoided = _avoided(state, group)
    aware = memory_aware(state)

    def key(name: str) -> _Key:
        short = aware and free(name) < needed
        if group.preferred_owners or group.is_core:
            return (short, name in avoided, walk[name])
        if aware:
            return (short, name in avoided, -free(name), ids[name])
        if but:
            return (name in avoided, walk[name])
        return (name in avoided, counts.get(name, 0), ids[name])

    return key


def _walk(state: State, group: Group) -> dict[str, int]:
    """The list of nodes of a group, as it is walked downwards from its current node: node -> how far that is.

    Preferred owners in their order, then the others by id (KB 299631); groups of the cluster itself have no
    preferred owners.
    """
    preferred = [name for name in group.preferred_owners if name in state.nodes and not group.is_core]
    names = preferred + [name for name in state.nodes if name not in preferred]
    start = names.index(group.owner) + 1 if group.owner in names else 0
    return {name: number for number, name in enumerate(names[start:] + names[:start])}


def _avoided(state: State, group: Group) -> set[str]:
    """Nodes that own a group of the same anti-affinity class."""
    classes = set(group.anti_affinity)
    if not classes:
        return set()
    others = (other for other in state.groups.values() if other.id != group.id and other.anti_affinity)
    return {other.owner for other in others if classes & set(other.anti_affinity)}


def _counts(state: State) -> dict[str, int]:
    return {name: len(ids) for name, ids in table(state.groups).find(indexes.GROUPS_BY_OWNER).items()}


def _reason(state: State, group: Group, but: str, name: str, best: str, needed: int) -> str:
    chosen, aware = name == best, memory_aware(state)
    if aware and state.free_memory(name) < needed:
        has, needs = apart(max(0, state.free_memory(name)), needed)
        short = f"Has {has} of free memory; {needs} is needed."
        return f"{short} No other node that can own it has more free memory." if chosen else short
    if not chosen and name in _avoided(state, group) - {best}:
        return "Owns a group of the same anti-affinity class."
    if group.preferred_owners and not group.is_core:
        if not chosen:
            return f"Comes after {best} in the list of preferred owners and other nodes."
        return "Next preferred owner." if name in group.preferred_owners else "Next node; no preferred owner is left."
    if aware and not group.is_core:
        free = size(max(0, state.free_memory(name)))
        return f"Has the most free memory ({free})." if chosen else f"Has less free memory ({free}) than {best}."
    if but or group.is_core:
        return f"Next node after {group.owner}." if chosen else f"Comes after {best}."
    number = _counts(state).get(name, 0)
    if chosen:
        return f"Owns the fewest services and applications ({number})."
    most = _counts(state).get(best, 0)
    if number == most:
        return f"Owns as many services and applications as {best} ({number})."
    return f"Owns more services and applications ({number}) than {best} ({most})."


def _able(state: State, group: Group, names: Iterable[str]) -> list[str]:
    """Those of some nodes that are possible owners of everything in a group and see its disks."""
    allowed = [set(resource.possible_owners) for resource in state.group_resources(group.id)]
    machines = state.group_machines(group.id)
    allowed += [set(state.disks[machine.disk].visible_to) for machine in machines if machine.disk is not None]
    allowed += [set(state.disks[disk].visible_to) for disk in _own_disks(state, group)]
    return [name for name in names if all(name in some for some in allowed)]


def has_precedence(state: State, group: Group) -> str:
    """The name of a group of higher priority that is on its way up, for which a group waits (1640); "" if none is."""
    if not memory_aware(state):
        return ""
    for other in state.groups.values():
        if other.priority > group.priority and not other.is_core and _starts(state, other):
            return other.name
    return ""


def _starts(state: State, group: Group) -> bool:
    return group.state is ResourceState.PENDING and any(
        machine.state is MachineState.STARTING or machine.queued_since is not None
        for machine in state.group_machines(group.id)
    )


def victims(state: State, group: Group, machine: VirtualMachine) -> tuple[VirtualMachine, ...] | None:
    """Running machines of lower priority that make way for one on its node, lowest first (1251).

    None: all of them would not be enough, or the version has no priorities. Nobody has to make way for what others are
    giving up already.
    """
    if not memory_aware(state):
        return None
    here = state.machines_on(machine.node)
    leaving = (MachineState.SAVING, MachineState.STOPPING)
    missing = machine.memory - state.free_memory(machine.node)
    missing -= sum(one.memory for one in here if one.state in leaving)
    lower = [
        (state.groups[one.group].priority, one)
        for one in here
        if one.group is not None
        and one.state is MachineState.RUNNING
        and state.groups[one.group].priority < group.priority
        and state.active_migration(one.id) is None
    ]
    chosen: list[VirtualMachine] = []
    for _, one in sorted(lower, key=_priority_of):
        if missing <= 0:
            break
        chosen.append(one)
        missing -= one.memory
    return tuple(chosen) if missing <= 0 else None


def _priority_of(pair: tuple[int, VirtualMachine]) -> int:
    return pair[0]


def n_plus_one(state: State, node: str) -> tuple[str, ...]:
    """What finds no place if a node dies now, one sentence without a full stop for each group.

    Groups are placed one after the other as a failover would; what one of them takes is no longer there for the next.
    In 2008 R2 a group goes on to the next node where its start fails, so that only those are told which find memory
    nowhere.
    """
    free = {name: state.free_memory(name) for name, one in state.nodes.items() if one.state is NodeState.UP}
    free.pop(node, None)
    counts = _counts(state)
    found: list[str] = []
    owned = (state.groups[one] for one in table(state.groups).find(indexes.GROUPS_BY_OWNER).get(node, ()))
    for group in by_priority(state, (one for one in owned if not one.is_core)):
        needed = needed_memory(state, group)
        running = any(machine.state.holds_memory for machine in state.group_machines(group.id))
        running = running or (group.is_role and group.state is not ResourceState.OFFLINE)
        if not running or not starts_by_itself(state, group):
            continue
        names = _able(state, group, free)
        order = _order(state, group, "", counts, free.__getitem__, needed)
        target = min((name for name in names if free[name] >= needed), key=order, default=None)
        if not names:
            found.append(f"No node can own {group.name}")
        elif target is None:
            found.append(f"No node has enough memory for {group.name}")
        else:
            free[target] -= needed
            counts[target] = counts.get(target, 0) + 1
    return tuple(found)
