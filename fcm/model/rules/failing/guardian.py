"""What may never be the case in a cluster, whatever fails: the guardian of a simulated cluster looks for it.

Of a virtual machine at most one running copy can write, no machine is lost, and no group is pending for ever. A copy
that the cluster took the disks from (``CutOffCopy``) may run on, because it cannot write; it must be gone before its
node is a member again. Each rule gives sentences, so that what is wrong can be said to the user as it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import DiskUse, GroupType, NodeState, ResourceState
from fcm.model.rules.failing.faults import answers, service_exists
from fcm.model.structures.tables import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model.entities import Group, VirtualMachine
    from fcm.model.failures import CutOffCopy
    from fcm.model.state import State

STATE_FILE_RATE = 50e6
"""bytes/s at which memory is saved at least. An assumption: a third of what the simulation does."""
SLACK = 120.0
"""s that something may take longer than it should before it counts as stuck. An assumption."""


def violations(state: State) -> tuple[str, ...]:
    """Everything that is wrong at one moment, whatever was before it; empty while all is well."""
    return tuple(_of_all(state)) if state.cluster is not None else ()


def _of_all(state: State) -> Iterator[str]:
    for machine in state.machines.values():
        yield from of_machine(state, machine)
    for group in state.groups.values():
        yield from of_group(state, group)
    for copy in state.copies.values():
        yield from of_copy(state, copy)


def of_machine(state: State, machine: VirtualMachine) -> Iterator[str]:
    """Whether a machine is where it is said to be, and nobody else can write to its disk."""
    name = machine.name
    if machine.node not in state.nodes:
        yield f"{name} is lost: its node {machine.node} is not in the cluster."
    if machine.disk is not None and machine.disk not in state.disks:
        yield f"{name} is lost: the disk with its files is not in the cluster."
    elif machine.disk is not None and machine.state.holds_memory and not machine.ended:
        disk = state.disks[machine.disk]
        if disk.use is DiskUse.GROUP and disk.owner != machine.node:
            yield f"{name} runs on {machine.node}, but {disk.owner} owns its disk {disk.name} and can write to it."
    if machine.group is not None:
        yield from _of_clustered(state, machine, machine.group)


def _of_clustered(state: State, machine: VirtualMachine, identity: str) -> Iterator[str]:
    group, resource = state.groups.get(identity), state.machine_resource(machine.id)
    if group is None:
        yield f"{machine.name} is lost: its service or application is not in the cluster."
    elif group.owner != machine.node:
        yield f"{machine.name} is on {machine.node}, but its service or application is owned by {group.owner}."
    if resource is None:
        yield f"{machine.name} is lost: no resource controls it."
    elif resource.group != identity:
        yield f"The resource of {machine.name} is in another service or application than the machine."


def of_group(state: State, group: Group) -> Iterator[str]:
    """Whether a group has an owner and what it is made for."""
    if group.owner not in state.nodes:
        yield f"{group.name} is lost: its owner {group.owner} is not in the cluster."
    if group.type is GroupType.VIRTUAL_MACHINE and not state.group_machines(group.id):
        yield f"{group.name} has lost its virtual machine."


def of_copy(state: State, copy: CutOffCopy) -> Iterator[str]:
    """Whether a copy without disks is still kept from them."""
    name = name_of(state.machines, copy.machine)
    node, machine = state.nodes.get(copy.node), state.machines.get(copy.machine)
    if node is not None and node.state.is_member:
        yield f"A second copy of {name} runs on {copy.node}, which is a member of the cluster again: both can write."
    elif machine is not None and machine.node == copy.node and machine.state.holds_memory:
        yield f"{name} runs twice on {copy.node}."


# what takes time


def pending_limit(state: State, group: str) -> float:
    """Seconds after which a pending group is stuck: twice its longest PendingTimeout, and time to save its memory."""
    timeouts = [resource.policy.pending_timeout for resource in state.group_resources(group)]
    memory = sum(machine.memory for machine in state.group_machines(group))
    return 2.0 * max(timeouts, default=0) + memory / STATE_FILE_RATE + SLACK


def is_pending(state: State, group: str) -> bool:
    """Whether a group is on its way to online or offline."""
    found = state.groups.get(group)
    return found is not None and found.state is ResourceState.PENDING


def is_frozen(state: State, group: str) -> bool:
    """Whether nothing of a group can go on, because its node has no power or hangs: others take it, or it waits."""
    return not answers(state, state.groups[group].owner)


def is_stranded(state: State, machine: VirtualMachine) -> bool:
    """Whether a clustered machine is shown as running where the cluster knows that nothing runs."""
    node = state.nodes.get(machine.node)
    stopped = state.cluster is None or bool(state.cluster.stopped)
    return (
        not stopped
        and machine.is_highly_available
        and machine.state.holds_memory
        and node is not None
        and node.state is NodeState.DOWN
    )


def runs_on_unseen(state: State, node: str) -> bool:
    """Whether what a node ran before still runs or is frozen there, though the others have dropped it."""
    found = state.nodes.get(node)
    return found is not None and found.process.cut_off is not None and service_exists(state, node)
