"""How hosts and their domains look as a failover cluster: pure functions from reports to events."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.libvirt.inventory import SHARED_DISK
from fcm.model import events as ev
from fcm.model.entities import (
    Adapter,
    Cluster,
    Disk,
    DiskUse,
    Group,
    GroupType,
    MachineState,
    Network,
    Node,
    NodeState,
    Processor,
    QuorumMode,
    Resource,
    ResourceState,
    ResourceType,
    SharedVolume,
    VirtualMachine,
)
from fcm.model.resource_states import machine_resource_state
from fcm.model.rules.networks import automatic_metrics

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fcm.backend.libvirt.configuration.hosts_file import HostsFile
    from fcm.backend.libvirt.inventory import FoundMachine, HostReport
    from fcm.model.state import State


CONNECTING = "Connecting ..."
"""Note of a node of which nothing is known yet."""


def formed_cluster(hosts: HostsFile, before: Cluster | None, paused: frozenset[str] = frozenset()) -> ev.ClusterFormed:
    """The cluster before any host was asked; what was set for it in an earlier session is kept.

    Args:
        hosts: the hosts file.
        before: the cluster of the earlier session.
        paused: nodes that were paused in it, and are again as soon as they answer.
    """
    names = tuple(host.name for host in hosts.hosts)
    networks = _networks(hosts)
    cluster = Cluster(
        name=hosts.name,
        domain="",
        address="",
        host=names[0],
        quorum_mode=QuorumMode.NODE_MAJORITY,
        witness=None,
        shared_volumes_enabled=True,
    )
    if before is not None:
        known = {network.id for network in networks}
        cluster = replace(
            cluster,
            migration_order=tuple(item for item in before.migration_order if item in known),
            migration_excluded=tuple(item for item in before.migration_excluded if item in known),
            concurrent_migrations=before.concurrent_migrations,
            migration_options=before.migration_options,
        )
    nodes = tuple(
        Node(
            name,
            NodeState.DOWN,
            0,
            0,
            0,
            Processor("", "unknown", frozenset()),
            (),
            "/",
            note=CONNECTING,
            paused=name in paused,
        )
        for name in names
    )
    ids = {network.name: network.id for network in networks}
    adapters = tuple(
        Adapter(f"{host.name}/{ids[name]}", f"{host.name} - {name}", host.name, ids[name], address)
        for host in hosts.hosts
        for name, address in host.addresses.items()
    )
    storage = next((host.storage for host in hosts.hosts if host.storage), None)
    disks: tuple[Disk, ...] = ()
    volumes: tuple[SharedVolume, ...] = ()
    if storage is not None:
        seen = tuple(host.name for host in hosts.hosts if host.storage)
        disk = Disk(SHARED_DISK, "Shared storage", 0, 0, 0, DiskUse.SHARED_VOLUME, names[0], visible_to=seen)
        disks = (replace(disk, file_system="as mounted"),)
        volumes = (SharedVolume(SHARED_DISK, "Shared storage", storage, names[0]),)
    return ev.ClusterFormed(cluster, nodes, networks, adapters, disks, volumes, (), (), ())


def _networks(hosts: HostsFile) -> tuple[Network, ...]:
    networks = [
        Network(
            id=f"network-{number}",
            name=network.name,
            subnet=network.subnet,
            role=network.role,
            metric=network.metric or 0,
            auto_metric=network.metric is None,
            gateway=network.gateway,
            bandwidth=network.bandwidth,
        )
        for number, network in enumerate(hosts.networks, 1)
    ]
    metrics = automatic_metrics(networks)
    return tuple(replace(network, metric=metrics.get(network.id, network.metric)) for network in networks)


def node_events(state: State, hosts: HostsFile, reports: Mapping[str, HostReport], name: str) -> list[ev.Event]:
    """What changed of the nodes now that ``name`` answered.

    Hosts whose bridges the hosts file does not name are assumed to have all that machines use, found or known.
    A node is never shown as up before the bridges of all are, so nothing is refused for a moment only.
    """
    bridges = bridges_in_use(state, reports)
    others = [host for host in hosts.hosts if host.name in reports and host.name != name and not host.bridges]
    events: list[ev.Event] = [
        ev.NodeChanged(replace(state.nodes[host.name], switches=bridges))
        for host in others
        if state.nodes[host.name].switches != bridges
    ]
    paused = state.nodes[name].paused
    node = replace(reports[name].node, state=NodeState.PAUSED if paused else NodeState.UP, paused=paused)
    node = node if node.switches else replace(node, switches=bridges)
    return events if state.nodes[name] == node else [*events, ev.NodeChanged(node)]


def silent_events(state: State, name: str, text: str) -> list[ev.Event]:
    """What changed now that a host does not respond; the sentence says why."""
    node = state.nodes[name]
    if node.state is NodeState.DOWN and node.note == text:
        return []
    down = ev.NodeChanged(replace(node, state=NodeState.DOWN, note=text))
    return [down, ev.BackendReported("error", f"{name}: {text}")]


def bridges_in_use(state: State, reports: Mapping[str, HostReport]) -> tuple[str, ...]:
    """The bridges that machines use, found or known: what hosts have of which the hosts file names none."""
    known = {machine.switch for machine in state.machines.values()}
    known |= {item.bridge for report in reports.values() for item in report.machines}
    return tuple(sorted(name for name in known if name is not None))


def absent_machines(state: State, reports: Mapping[str, HostReport]) -> dict[str, float]:
    """Machines that the report of their own host does not show: id -> when that host was asked."""
    shown = {(name, item.machine.id) for name, report in reports.items() for item in report.machines}
    return {
        machine.id: reports[machine.node].began
        for machine in state.machines.values()
        if machine.node in reports and (machine.node, machine.id) not in shown
    }


def machine_events(
    state: State, reports: Mapping[str, HostReport], since: Mapping[str, float], managed: bool = False
) -> list[ev.Event]:
    """What changed of the machines; where a machine moves is reported by its migration.

    Args:
        state: as it is known.
        reports: the newest report of each host that answers. They are not of one instant: a machine that moves
            between two of them is in both or in none.
        since: machines that are judged only by reports asked for since then (monotonic clock), because they were
            missed or their migration ended. One that is missed is gone when all hosts were asked since.
        managed: whether a cluster manager of the hosts says which machines are highly available and how their groups
            are. It defines a machine only where it runs, so one with a group that no host shows is off.
            If not, each machine on the shared storage is highly available.
    """
    found: dict[str, FoundMachine] = {}
    for report in reports.values():
        for item in report.machines:
            other = found.get(item.machine.id)
            fresh = report.began >= since.get(item.machine.id, report.began)
            if fresh and not item.arriving and (other is None or item.machine.state.holds_memory):
                found[item.machine.id] = item
    events: list[ev.Event] = []
    for identity, item in found.items():
        known = state.machines.get(identity)
        if known is None:
            events += [ev.MachineCreated(item.machine)] if managed else _appeared(state, item.machine)
        elif state.active_migration(identity) is None:
            events += _changed(state, known, item.machine, managed)
    for identity, machine in state.machines.items():
        asked = identity in since and all(report.began >= since[identity] for report in reports.values())
        gone = identity not in found and machine.node in reports and asked
        if gone and state.active_migration(identity) is None:
            if managed and machine.group is not None:
                off = replace(machine, state=MachineState.OFF)
                events += [] if off == machine else [ev.MachineChanged(off)]
                continue
            if machine.group is not None:
                events.append(ev.GroupRemoved(machine.group))
            events.append(ev.MachineDeleted(identity))
    return events


def _appeared(state: State, machine: VirtualMachine) -> list[ev.Event]:
    events: list[ev.Event] = [ev.MachineCreated(machine)]
    if machine.disk is None:
        return events
    group = Group(
        id=f"group-{machine.id}",
        name=machine.name,
        type=GroupType.VIRTUAL_MACHINE,
        owner=machine.node,
        state=machine_resource_state(machine.state),
    )
    resource = Resource(
        id=f"resource-{machine.id}",
        name=f"Virtual Machine {machine.name}",
        type=ResourceType.VIRTUAL_MACHINE,
        group=group.id,
        state=group.state,
        possible_owners=tuple(state.nodes),
        machine=machine.id,
    )
    configuration = Resource(
        id=f"configuration-{machine.id}",
        name=f"Virtual Machine Configuration {machine.name}",
        type=ResourceType.VIRTUAL_MACHINE_CONFIGURATION,
        group=group.id,
        state=ResourceState.ONLINE,
        possible_owners=tuple(state.nodes),
        machine=machine.id,
    )
    resources = (replace(resource, depends_on=(configuration.id,)), configuration)
    return [*events, ev.MachineMadeHighlyAvailable(machine.id, group, resources)]


def _changed(state: State, known: VirtualMachine, machine: VirtualMachine, managed: bool) -> list[ev.Event]:
    machine = replace(
        machine,
        group=known.group,
        workload=known.workload,
        zero_share=known.zero_share,
        migration_networks=known.migration_networks,
    )
    if machine == known:
        return []
    events: list[ev.Event] = [ev.MachineChanged(machine)]
    group = state.groups.get(known.group or "")
    if group is not None and not managed:
        wanted = replace(group, owner=machine.node, state=machine_resource_state(machine.state))
        if wanted != group:
            events.append(ev.GroupChanged(wanted))
        resource = state.machine_resource(machine.id)
        if resource is not None and resource.state is not wanted.state:
            events.append(ev.ResourceChanged(replace(resource, state=wanted.state)))
    return events
