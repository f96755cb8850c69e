"""How the virtual machines that Pacemaker manages look as services and applications: pure functions.

| Pacemaker | state |
|---|---|
| on a node that is unclean, or nobody answers for it | Pending: it is unknown whether it runs |
| Started, Migrating | Online |
| the same, but blocked, and libvirt says that it is off | Failed: nobody starts it until it is cleared |
| Starting, Stopping, Recovering | Pending |
| Stopped, target-role Stopped or stop-all-resources | Offline |
| Stopped, no quorum | Offline |
| Stopped although it should run, and it has failed or no node may run it | Failed |
| Stopped although it should run, otherwise | Pending: Pacemaker has not decided yet |
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fcm.backend.libvirt.inventory import SHARED_DISK
from fcm.backend.pacemaker import mapping
from fcm.backend.pacemaker.reading.cib import seconds
from fcm.backend.pacemaker.reading.xml import is_true, whole
from fcm.model import events as ev
from fcm.model.entities import (
    MIB,
    Group,
    GroupType,
    MachineState,
    OfflineAction,
    Resource,
    ResourceState,
    ResourceType,
    RestartPolicy,
    VirtualMachine,
)
from fcm.model.migrations import NetworkPreference
from fcm.model.rules.networks import migration_order

if TYPE_CHECKING:
    from fcm.backend.pacemaker.parts import Facts
    from fcm.backend.pacemaker.status import ClusterStatus, OperationStatus, ResourceStatus
    from fcm.model.state import State

_CHANGING = ("Starting", "Stopping", "Recovering", "Promoting", "Demoting")
_INFINITY = "INFINITY"
_MEDIUM = 2000
"""Priority of a group of which nothing is set (Pacemaker: 0, as for all others)."""
_NOT_RUNNING = 7
"""Exit code of a probe that found nothing (OCF_NOT_RUNNING)."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a machine is shown."""

    state: ResourceState
    failure: str = ""
    """Why it failed or is not known, in words."""
    blocked: str = ""
    """Why Pacemaker does nothing with it, in words."""


def service_events(state: State, facts: Facts) -> list[ev.Event]:
    """What has changed of services and applications, and of the machines that only the cluster knows."""
    status = facts.status
    if status is None:
        return _unknown(state, facts)
    found: list[ev.Event] = []
    seen: set[str] = set()
    for resource in status.machines:
        uuid = mapping.uuid_of(resource)
        known = state.machines.get(uuid)
        if not uuid or uuid in seen or resource.orphaned or mapping.ADOPTING in resource.meta:
            seen.add(uuid)
            continue
        seen.add(uuid)
        if known is None:
            known = _machine_that_is_off(state, status, resource, uuid)
            if known is None:
                continue
            found.append(ev.MachineCreated(known))
        found += _of_machine(state, status, resource, known)
    if status.have_quorum:  # the configuration of a part that is cut off may be old
        gone = [machine for machine in state.machines.values() if machine.group is not None and machine.id not in seen]
        found += [ev.GroupRemoved(machine.group) for machine in gone if machine.group is not None]
    return found


def _unknown(state: State, facts: Facts) -> list[ev.Event]:
    """Nobody answers for the cluster: whether machines run on hosts that do not respond either is not known."""
    found: list[ev.Event] = []
    for machine in state.machines.values():
        group = state.groups.get(machine.group or "")
        if group is None or not facts.reasons or machine.node in facts.reports:
            continue
        if group.state is ResourceState.ONLINE:
            found.append(ev.GroupChanged(replace(group, state=ResourceState.PENDING)))
            resource = state.machine_resource(machine.id)
            if resource is not None:
                text = f"Unknown: {machine.node} does not respond, and no other node of the cluster responds."
                found.append(ev.ResourceChanged(replace(resource, state=ResourceState.PENDING, failure=text)))
    return found


def _machine_that_is_off(
    state: State, status: ClusterStatus, resource: ResourceStatus, uuid: str
) -> VirtualMachine | None:
    """A machine of which no host has a definition, because it is off; None while one may have to tell of it yet."""
    if resource.nodes or resource.active or resource.role != "Stopped":
        return None
    owners = mapping.preferred_owners(status, resource.id) + mapping.possible_owners(status, resource.id)
    node = next((name for name in owners if name in state.nodes), next(iter(state.nodes), None))
    if node is None:
        return None
    return VirtualMachine(
        id=uuid,
        name=resource.parameters.get("name") or resource.id,
        node=node,
        state=MachineState.OFF,
        memory=max(whole(resource.utilization.get("memory")), 0) * MIB,
        processors=max(whole(resource.utilization.get("cpu"), 1), 1),
        workload="",
        path=resource.parameters.get("config", ""),
        disk=SHARED_DISK if SHARED_DISK in state.disks else None,
        switch=None,
    )


def _of_machine(
    state: State, status: ClusterStatus, resource: ResourceStatus, machine: VirtualMachine
) -> list[ev.Event]:
    shown = shown_state(status, resource, machine)
    networks = _networks(state, resource, machine)
    found: list[ev.Event] = []
    if machine.migration_networks != networks and machine.id in state.machines:
        found.append(ev.MachineChanged(replace(machine, migration_networks=networks)))
    known = state.groups.get(machine.group or "")
    own = None if known is None else state.machine_resource(machine.id)
    group = with_settings(_group(known, resource, machine, shown), status, resource)
    control, configuration = _resources(own, status, resource, machine, group, shown)
    if known is None:
        return [*found, ev.MachineMadeHighlyAvailable(machine.id, group, (control, configuration))]
    if group != known:
        found.append(ev.GroupChanged(group))
    if own is not None and control != own:
        found.append(ev.ResourceChanged(control))
    before = state.resources.get(configuration.id)
    if before is not None and before.possible_owners != configuration.possible_owners:
        found.append(ev.ResourceChanged(replace(before, possible_owners=configuration.possible_owners)))
    return found


def shown_state(status: ClusterStatus, resource: ResourceStatus, machine: VirtualMachine) -> Shown:
    """How a machine is shown, see the table above.

    Args:
        status: of the cluster.
        resource: of the machine.
        machine: as libvirt of its node told last.
    """
    lost = next((name for name in resource.nodes if (node := status.node(name)) is not None and node.unclean), None)
    if lost is not None and not resource.blocked:
        return Shown(ResourceState.PENDING, f"Unknown: it ran on {lost}, which is lost and is not known to be off.")
    is_off = machine.state is MachineState.OFF
    blocked = _why_blocked(status, resource, is_off) if resource.blocked else ""
    if resource.role in _CHANGING:
        return Shown(ResourceState.PENDING, blocked=blocked)
    if resource.nodes or resource.active:
        if is_off and blocked:
            text = f"{machine.name} is off. Pacemaker does not start it as long as it is blocked."
            return Shown(ResourceState.FAILED, text, blocked)
        if is_off:
            return Shown(ResourceState.PENDING, f"{machine.name} is off. Pacemaker has not noticed yet.")
        return Shown(ResourceState.ONLINE, blocked=blocked)
    if is_wanted_off(status, resource) or not status.have_quorum:
        return Shown(ResourceState.OFFLINE, blocked=blocked)
    why = why_it_failed(status, resource)
    return Shown(ResourceState.FAILED if why or blocked else ResourceState.PENDING, why, blocked)


def is_wanted_off(status: ClusterStatus, resource: ResourceStatus) -> bool:
    """Whether a user wants the machine off."""
    role = resource.target_role or status.defaults.get("target-role", "")
    return role.lower() == "stopped" or is_true(status.properties.get("stop-all-resources", ""))


def why_it_failed(status: ClusterStatus, resource: ResourceStatus) -> str:
    """Why a machine does not run although it should; "" while Pacemaker has yet to decide."""
    failed = [one for one in status.operations_of(resource.id) if is_failure(one)]
    if failed:
        last = max(failed, key=lambda one: one.changed)
        why = f": {last.reason.rstrip('.')}" if last.reason else ""
        if _INFINITY in resource.failures.values() or last.name in ("start", "stop"):
            return f"The operation {last.name} failed on {last.node}{why}."
    able = [
        node.name
        for node in status.nodes
        if node.online
        and not (node.standby or node.maintenance or node.unclean)
        and node.name in mapping.possible_owners(status, resource.id)
        and resource.failures.get(node.name) != _INFINITY
    ]
    if not able and not any(node.unclean for node in status.nodes):
        return "No node that is online may run it."
    return ""


def is_failure(operation: OperationStatus) -> bool:
    """Whether an operation failed: a probe that finds nothing, or a machine that runs, has not; nor 190, degraded."""
    if operation.pending or operation.code in (0, 8, 190):
        return False
    return not (operation.name == "monitor" and operation.interval == 0 and operation.code == _NOT_RUNNING)


def _why_blocked(status: ClusterStatus, resource: ResourceStatus, is_off: bool) -> str:
    """Why Pacemaker keeps its hands off a machine."""
    failed = [one for one in status.operations_of(resource.id) if is_failure(one)]
    if not failed:
        return "Pacemaker cannot continue with it." if status.have_quorum else "There is no quorum."
    last = max(failed, key=lambda one: (one.name == "migrate_to", one.changed))
    if last.name == "migrate_to":
        told = status.moves.get(f"fcm-move-{resource.id}", {}).get(last.node, "")
        why = _why_of_move(told) or last.reason
        text = f"The live migration from {last.node} to {last.migrate_target or 'another node'} "
        text += "was canceled" if why == "canceled" else f"failed{f' ({why})' if why else ''}"
        return f"{text}." if is_off else f"{text}. It keeps running, but Pacemaker will not react if it fails."
    why = f" ({last.reason.rstrip('.')})" if last.reason else ""
    return f"The operation {last.name} failed on {last.node}{why}."


def _why_of_move(told: str) -> str:
    """Why the last attempt of a migration failed, as the agent told: ``NETWORK ADDRESS failed MS ms WHY``."""
    words = told.rpartition(";")[2].split(maxsplit=5)
    if len(words) == 6 and words[2] == "failed":
        return words[5].rstrip(".")
    return "no network answered" if words[2:3] == ["no-answer"] else ""


def _group(known: Group | None, resource: ResourceStatus, machine: VirtualMachine, shown: Shown) -> Group:
    group = known or Group(
        f"group-{machine.id}", machine.name, GroupType.VIRTUAL_MACHINE, machine.node, shown.state, preferred_owners=()
    )
    return replace(
        group,
        name=resource.meta.get(mapping.NAME) or machine.name,
        owner=machine.node,
        state=shown.state,
    )


def with_settings(group: Group, status: ClusterStatus, resource: ResourceStatus) -> Group:
    """A group with what the configuration of the cluster says of it."""
    failback, window = mapping.failback_of(resource)
    return replace(
        group,
        preferred_owners=mapping.preferred_owners(status, resource.id),
        failback=failback,
        failback_window=window,
        anti_affinity=mapping.classes_of(resource),
        priority=whole(resource.meta.get("priority"), _MEDIUM),
        wanted=resource.target_role.lower() != "stopped",
    )


def _resources(
    own: Resource | None,
    status: ClusterStatus,
    resource: ResourceStatus,
    machine: VirtualMachine,
    group: Group,
    shown: Shown,
) -> tuple[Resource, Resource]:
    """The resource of a machine and that of its configuration."""
    owners = mapping.possible_owners(status, resource.id)
    configuration = Resource(
        f"configuration-{machine.id}",
        f"Virtual Machine Configuration {machine.name}",
        ResourceType.VIRTUAL_MACHINE_CONFIGURATION,
        group.id,
        ResourceState.ONLINE,
        owners,
        machine=machine.id,
    )
    made = own or Resource(
        f"resource-{machine.id}",
        f"Virtual Machine {machine.name}",
        ResourceType.VIRTUAL_MACHINE,
        group.id,
        shown.state,
        owners,
        depends_on=(configuration.id,),
        machine=machine.id,
    )
    off = is_true(resource.parameters.get("force_stop", ""))
    made = replace(
        made,
        state=shown.state,
        possible_owners=owners,
        failure=shown.failure,
        blocked=shown.blocked,
        policy=_policy(made.policy, resource),
        offline_action=OfflineAction.TURN_OFF if off else OfflineAction.SHUT_DOWN,
    )
    return made, configuration


def _policy(policy: RestartPolicy, resource: ResourceStatus) -> RestartPolicy:
    """Failures on a node before the machine leaves it (migration-threshold), and when they are forgotten."""
    threshold, period = (
        whole(resource.meta.get("migration-threshold")),
        seconds(resource.meta.get("failure-timeout", "")),
    )
    if threshold > 0:
        policy = replace(policy, maximum_restarts=threshold - 1)
    return replace(policy, period=int(period)) if period else policy


def _networks(state: State, resource: ResourceStatus, machine: VirtualMachine) -> NetworkPreference | None:
    """The preference of a machine: what is known, if it comes to the order that the configuration has."""
    order = tuple(resource.meta.get(mapping.NETWORKS, "").split())
    if not order or state.cluster is None:
        return None
    if machine.migration_networks is not None and migration_order(state.cluster, state.networks, machine) == order:
        return machine.migration_networks
    return NetworkPreference(
        order, tuple(one for one in migration_order(state.cluster, state.networks) if one not in order)
    )
