"""What may be done with groups and resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import (
    AUTOMATIC,
    ClusterVersion,
    MachineState,
    ResourceState,
    ResourceType,
)
from fcm.model.rules import names
from fcm.model.rules.dependencies import circle
from fcm.model.rules.maintenance import not_in_maintenance
from fcm.model.rules.verdict import OK, Verdict, no, together
from fcm.model.structures.tables import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model import commands as cmd
    from fcm.model.entities import Cluster, Group, Resource
    from fcm.model.state import State

PRIORITIES = {3000: "High", 2000: "Medium", 1000: "Low", 0: "No Auto Start"}
"""Priorities of services and applications, as Failover Cluster Manager of 2012 words them."""
LONGEST_CHECK = 3600
"""s between two health checks of a resource. An assumption: MSCluster takes any number of ms."""


def remove_group(command: cmd.RemoveGroup, state: State) -> Verdict:
    """Services and applications; the core groups stay."""
    group = state.groups[command.group]
    if group.is_core:
        return no(f"{group.name} belongs to the cluster itself.", "It cannot be removed.")
    if any(state.active_migration(machine.id) for machine in state.group_machines(group.id)):
        return no(f"{group.name} is being migrated.", "Wait until the migration ends, or cancel it.")
    return OK


def configure_group(command: cmd.ConfigureGroup, state: State) -> Verdict:
    """All values are possible, and every one that is not is named."""
    return together(_wrong_properties(command, state.groups[command.group], state))


def _wrong_properties(command: cmd.ConfigureGroup, group: Group, state: State) -> Iterator[Verdict]:
    if command.name is not None and command.name != group.name:
        yield names.object_name(command.name, "service or application")
        others = (other.name for other in state.groups.values() if other != group)
        yield names.not_taken(command.name, others, f"A service or application {command.name} already exists.")
    for owner in command.preferred_owners or ():
        if owner not in state.nodes:
            yield no(f"There is no node {owner}.", "Choose nodes of this cluster.")
    wants_failback = group.failback if command.failback is None else command.failback
    owners = group.preferred_owners if command.preferred_owners is None else command.preferred_owners
    if wants_failback and not owners:
        yield no("Failback needs a preferred owner.", "Select a preferred owner on the General tab.")
    at_once = command.failback_window == (AUTOMATIC, AUTOMATIC)
    if command.failback_window and not at_once and not all(0 <= hour <= 23 for hour in command.failback_window):
        yield no(
            "The failback hours must be from 0 to 23.",
            f"Correct the hours. Set both to {AUTOMATIC} to allow failback at any hour.",
        )
    if command.maximum_failures not in (None, AUTOMATIC) and not 0 <= (command.maximum_failures or 0) <= 999:
        yield no(
            "The maximum number of failures must be from 0 to 999.",
            f"Correct the number, or enter {AUTOMATIC} to let the cluster decide.",
        )
    if command.priority is not None:
        yield _priority(command.priority, state)
    if any(not name.strip() for name in command.anti_affinity or ()):
        yield no("An anti-affinity class has no name.", "Remove the empty name.")
    if command.failover_period is not None and command.failover_period < 1:
        yield no("The period must be at least 1 hour.", "Correct the period.")


def has_priorities(cluster: Cluster) -> bool:
    """Whether groups have a priority: from Windows Server 2012, and with Pacemaker (meta attribute priority)."""
    return bool(cluster.engine) or cluster.version.at_least(ClusterVersion.V2012)


def _priority(priority: int, state: State) -> Verdict:
    assert state.cluster is not None
    if not has_priorities(state.cluster):
        return no("Priorities exist in Windows Server 2012 and later.", "Use Auto start instead.")
    if priority not in PRIORITIES:
        return no("The priority must be 3000, 2000, 1000 or 0.", f"Enter one of: {_listed(PRIORITIES)}.")
    return OK


def _listed(priorities: dict[int, str]) -> str:
    return ", ".join(f"{number} ({word})" for number, word in priorities.items())


def configure_resource(command: cmd.ConfigureResource, state: State) -> Verdict:
    """Names, possible owners and policies that fit the cluster."""
    return together(_wrong_for_resource(command, state.resources[command.resource], state))


def _wrong_for_resource(command: cmd.ConfigureResource, resource: Resource, state: State) -> Iterator[Verdict]:
    if command.name is not None and command.name != resource.name:
        yield names.object_name(command.name, "resource")
        others = (other.name for other in state.resources.values() if other != resource)
        yield names.not_taken(command.name, others, f"A resource {command.name} already exists.")
    yield from _wrong_dependencies(command, resource, state)
    if command.policy is not None:
        for seconds, what in ((command.policy.looks_alive, "basic"), (command.policy.is_alive, "thorough")):
            if not 1 <= seconds <= LONGEST_CHECK:
                text = f"The {what} resource health check interval must be from 1 s to {LONGEST_CHECK} s."
                yield no(text, "Correct the interval, or use the standard time period.")
    owners = command.possible_owners
    if owners is None:
        return
    for unknown in (owner for owner in owners if owner not in state.nodes):
        yield no(f"There is no node {unknown}.", "Choose nodes of this cluster.")
    if not owners:
        yield no("A resource needs at least one possible owner.", "Select at least one node.")
        return
    current = state.groups[resource.group].owner
    if current not in owners:
        yield no(f"{current} owns the resource now.", "Move it to another node first, or leave the node selected.")
    for machine in state.group_machines(resource.group):
        moving = state.active_migration(machine.id)
        if moving is not None and moving.destination not in owners:
            text = f"{machine.name} is being moved to {moving.destination}."
            yield no(text, "Wait until the migration ends, or cancel it, or leave the node selected.")


def _wrong_dependencies(command: cmd.ConfigureResource, resource: Resource, state: State) -> Iterator[Verdict]:
    """Resources of the same group, without a circle; a machine keeps its configuration (KB 2475761)."""
    if command.depends_on is None and command.alternatives is None:
        return
    needed = resource.depends_on if command.depends_on is None else command.depends_on
    options = resource.alternatives if command.alternatives is None else command.alternatives
    wanted = (*needed, *(one for some in options for one in some))
    here = {one.id: one for one in state.group_resources(resource.group)}
    for one in wanted:
        if one not in here:
            yield no(
                f"{name_of(state.resources, one)} is not in the service or application of {resource.name}.",
                "Choose resources of the same service or application.",
            )
    if any(len(some) < 2 for some in options):
        yield no("An alternative needs at least two resources.", "Add a resource, or remove the alternative.")
    in_the_way = circle(state, resource.id, wanted)
    if in_the_way is not None:
        name = "itself" if in_the_way == resource.id else name_of(state.resources, in_the_way)
        what = "A resource cannot depend on itself." if name == "itself" else f"{name} depends on {resource.name}."
        yield no(what, "Remove one of the two dependencies.")
    if resource.type is ResourceType.VIRTUAL_MACHINE:
        kept = [one for one in resource.depends_on if one in here and one not in needed]
        for one in kept:
            if here[one].type is ResourceType.VIRTUAL_MACHINE_CONFIGURATION:
                yield no(f"{resource.name} cannot run without {here[one].name}.", "Leave this dependency.")


def bring_online(command: cmd.BringOnline, state: State) -> Verdict:
    """Resources that are offline or failed on a node that is a member."""
    resource = state.resources[command.resource]
    owner = state.nodes[state.groups[resource.group].owner]
    if resource.type is ResourceType.VIRTUAL_MACHINE:
        return no(f"{resource.name} is online while its machine runs.", "Start the virtual machine.")
    if resource.type is ResourceType.PHYSICAL_DISK:
        return no(f"{resource.name} is a disk.", "Bring the disk online under Storage.")
    if resource.state in (ResourceState.ONLINE, ResourceState.PENDING):
        return no(f"{resource.name} is already {resource.state.lower()}.")
    if not owner.state.is_member:
        text = f"{owner.name}, the owner of {resource.name}, is {owner.state.lower()}."
        return no(text, "Start the cluster service of the node.")
    return OK


def fail_resource(command: cmd.FailResource, state: State) -> Verdict:
    """Resources of any type that are online, and not being moved."""
    resource = state.resources[command.resource]
    if resource.state is not ResourceState.ONLINE:
        return no(f"{resource.name} is {resource.state.lower()}.", "Only a resource that is online can fail.")
    if resource.machine is not None and state.machines[resource.machine].state is not MachineState.RUNNING:
        return no(f"The virtual machine of {resource.name} is not running.", "Start it first.")
    for machine in state.group_machines(resource.group):
        if state.active_migration(machine.id) is not None:
            return no(f"{machine.name} is being migrated.", "Wait until it ends, or cancel it.")
    return not_in_maintenance(state, resource.disk)
