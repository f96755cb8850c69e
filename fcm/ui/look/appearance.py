"""Icons and words for the states of things, the same in the tree, the tables and the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import (
    AdapterState,
    DiskUse,
    FencingState,
    MachineState,
    NetworkRole,
    NetworkState,
    NodeState,
    ResourceState,
    VolumeAccess,
)
from fcm.model.rules.failing.access import IoMode, access_of
from fcm.model.rules.failing.guests import guest_note, is_unmonitored
from fcm.model.rules.fencing import blocked
from fcm.model.rules.maintenance import in_maintenance
from fcm.model.rules.quorum import votes

if TYPE_CHECKING:
    from fcm.model.entities import Adapter, Disk, Group, Network, Node, Resource, SharedVolume, VirtualMachine
    from fcm.model.migrations import Migration
    from fcm.model.state import State

_RESOURCE_WORDS = {ResourceState.PARTIAL_ONLINE: "Partial Online"}
_RESOURCE_ICONS = {
    ResourceState.ONLINE: "online",
    ResourceState.OFFLINE: "offline",
    ResourceState.FAILED: "failed",
    ResourceState.PARTIAL_ONLINE: "partial",
    ResourceState.PENDING: "pending",
}
_MACHINE_ICONS = {
    MachineState.RUNNING: "vm-online",
    MachineState.OFF: "vm-offline",
    MachineState.SAVED: "vm-saved",
    MachineState.PAUSED: "vm-paused",
    MachineState.PAUSED_CRITICAL: "vm-critical",
    MachineState.STARTING: "vm-pending",
    MachineState.STOPPING: "vm-pending",
    MachineState.SAVING: "vm-pending",
    MachineState.PAUSED_CRITICAL: "vm-failed",
}
_NODE_ICONS = {
    NodeState.UP: "node-up",
    NodeState.DOWN: "node-down",
    NodeState.PAUSED: "node-paused",
    NodeState.JOINING: "node-joining",
    NodeState.ISOLATED: "node-isolated",
    NodeState.QUARANTINED: "node-quarantined",
}
_NETWORK_ICONS = {
    NetworkState.UP: "network-up",
    NetworkState.DOWN: "network-down",
    NetworkState.PARTITIONED: "network-partitioned",
    NetworkState.UNAVAILABLE: "network-unavailable",
}
_ADAPTER_ICONS = {
    AdapterState.UP: "adapter-up",
    AdapterState.FAILED: "adapter-down",
    AdapterState.UNREACHABLE: "adapter-down",
    AdapterState.UNAVAILABLE: "adapter-unavailable",
}
_USE_ICONS = {
    DiskUse.UNASSIGNED: "disk-unassigned",
    DiskUse.AVAILABLE: "disk-available",
    DiskUse.WITNESS: "disk-witness",
}
_CLUSTER_USE = {
    NetworkRole.NONE: "Disabled",
    NetworkRole.INTERNAL: "Internal",
    NetworkRole.INTERNAL_AND_CLIENT: "Enabled",
}


_MAINTENANCE = "Online (Maintenance)"


def resource_words(state: ResourceState) -> str:
    """The status column of Failover Cluster Manager for a resource or group."""
    return _RESOURCE_WORDS.get(state, str(state))


UNKNOWN, BLOCKED = "unknown", "blocked"
"""What Pacemaker waits for a user with."""


def trouble(machine: VirtualMachine, state: State) -> str:
    """UNKNOWN: its node is lost and not fenced yet; BLOCKED: Pacemaker does nothing with it; else ""."""
    node = state.nodes.get(machine.node)
    if node is not None and node.fencing is not FencingState.NONE:
        return UNKNOWN
    return BLOCKED if machine.group is not None and blocked(state, machine.group) else ""


def group_icon(group: Group) -> str:
    """Icon of a service or application that is not a virtual machine."""
    return f"group-{_RESOURCE_ICONS[group.state]}"


def machine_icon(machine: VirtualMachine, group_state: ResourceState | None, moving: bool, trouble: str = "") -> str:
    """Icon of a virtual machine: its ``trouble`` first, then its failure, its move, its state."""
    if trouble:
        return f"vm-{trouble}"
    if machine.state is MachineState.PAUSED_CRITICAL:
        return "vm-critical"
    if group_state is ResourceState.FAILED:
        return "vm-failed"
    if moving:
        return "vm-migrating"
    if group_state is ResourceState.PARTIAL_ONLINE:
        return "vm-partial"
    return _MACHINE_ICONS[machine.state]


def machine_words(machine: VirtualMachine, state: State) -> str:
    """Status of a virtual machine that is not being moved."""
    match trouble(machine, state):
        case "unknown":
            return f"Unknown ({machine.node} {fencing_words(state.nodes[machine.node])})"
        case "blocked":
            return "Blocked"
    group = state.groups.get(machine.group or "")
    if machine.queued_since is not None:
        return "Waiting to start"
    note = guest_note(state, machine)
    if group is None:
        return f"{machine.state} ({note})" if note else str(machine.state)
    if machine.state is MachineState.PAUSED_CRITICAL:
        return "Unmonitored (paused-critical)" if is_unmonitored(state, machine) else str(machine.state)
    if note and group.state is ResourceState.ONLINE:
        return "Unmonitored" if note == "unmonitored" else f"Online ({note})"
    if group.state is ResourceState.ONLINE and machine.state is MachineState.PAUSED:
        return "Online (paused)"
    if group.state is ResourceState.OFFLINE and machine.state is MachineState.SAVED:
        return "Offline (saved)"
    return resource_words(group.state)


def migration_icon(migration: Migration) -> str:
    """Icon of a migration: waiting, running or how it ended."""
    if migration.phase.is_running:
        return "vm-migrating"
    return {"waiting": "waiting", "completed": "pass", "canceled": "cancel"}.get(migration.phase, "fail")


def node_icon(node: Node) -> str:
    """Icon of a node's state."""
    if node.fencing is not FencingState.NONE:
        return "node-fencing"
    is_real = node.system_drive.startswith("/")  # of a Linux host that does not respond nothing is known
    return "node-unknown" if is_real and node.note and node.state is NodeState.DOWN else _NODE_ICONS[node.state]


_SHUTTING_DOWN = {"off": "shutting down", "restart": "restarting"}


_FENCING = {
    FencingState.NEEDED: "waits to be fenced",
    FencingState.RUNNING: "is being fenced",
    FencingState.FAILED: "could not be fenced",
}


def fencing_words(node: Node) -> str:
    """How it stands with the fencing of a lost node; "" where it need not be fenced."""
    return _FENCING.get(node.fencing, "")


def node_words(node: Node, draining: str = "", engine: str = "") -> str:
    """Status of a node with its note; what it is being emptied for comes first.

    Args:
        node: its state.
        draining: how far its drain is.
        engine: what decides about failover (``Cluster.engine``); Pacemaker pauses in two ways.
    """
    if node.fencing is not FencingState.NONE:
        remedy = "; confirm that it is off" if node.fencing is FencingState.FAILED else ""
        return f"{node.state}: unclean, {fencing_words(node)}{remedy}"
    if engine and node.state is NodeState.PAUSED:
        way = "standby" if node.standby else "maintenance"
        note = draining or ("" if node.note == way else node.note)
        return f"{node.state} ({way}){f': {note}' if note else ''}"
    notes = [_SHUTTING_DOWN.get(node.shutdown, ""), draining]
    note = ", ".join(filter(None, notes)) or node.note
    return f"{node.state}: {note}" if note else str(node.state)


def network_icon(network: Network) -> str:
    """Icon of a cluster network's state."""
    return _NETWORK_ICONS[network.state]


def adapter_icon(adapter: Adapter) -> str:
    """Icon of a network adapter's state."""
    return _ADAPTER_ICONS[adapter.state]


def disk_icon(disk: Disk, maintenance: bool = False) -> str:
    """Icon of a disk: what is wrong with it first, then what it is used for."""
    if disk.state is not ResourceState.ONLINE and disk.use is not DiskUse.UNASSIGNED:
        return f"disk-{_RESOURCE_ICONS[disk.state]}".replace("-partial", "-pending")
    if disk.maintenance or maintenance:
        return "disk-maintenance"
    return _USE_ICONS.get(disk.use, "disk-online")


def disk_words(disk: Disk, maintenance: bool = False) -> str:
    """Status of a disk, which or whose volume is in maintenance mode or not."""
    if disk.use is DiskUse.UNASSIGNED:
        return "Unassigned"
    return _MAINTENANCE if maintenance and disk.state is ResourceState.ONLINE else resource_words(disk.state)


def volume_words(volume: SharedVolume, disk: Disk | None) -> str:
    """Status of a shared volume: its disk's trouble first, then how it is reached."""
    if disk is not None and disk.state is not ResourceState.ONLINE:
        return resource_words(disk.state)
    if volume.paused:
        return f"Paused on {', '.join(volume.paused)}"
    if volume.access is VolumeAccess.DIRECT and volume.redirected:
        return f"{VolumeAccess.REDIRECTED} on {', '.join(volume.redirected)}"
    return str(volume.access)


def volume_icon(volume: SharedVolume, disk: Disk | None) -> str:
    """Icon of a shared volume."""
    if disk is not None and disk.state is not ResourceState.ONLINE:
        return f"volume-{_RESOURCE_ICONS[disk.state]}".replace("-partial", "-pending")
    if volume.paused:
        return "volume-pending"
    if volume.redirected:
        return "volume-redirected"
    return {VolumeAccess.DIRECT: "volume-online", VolumeAccess.MAINTENANCE: "volume-maintenance"}.get(
        volume.access, "volume-redirected"
    )


def node_access(state: State, volume: SharedVolume, node: Node) -> str:
    """How a node reaches a shared volume: Direct, or Redirected over the network with the reason."""
    disk = state.disks.get(volume.disk)
    if disk is None or disk.state is not ResourceState.ONLINE:
        return "No access"
    if not node.state.is_member:
        return f"Node is {node.state.lower()}"
    access = access_of(state, volume, node.name)
    if access.mode is IoMode.UNAVAILABLE:
        return "Maintenance"
    if access.mode is IoMode.PAUSED:
        return "Paused: I/O waits"
    if access.is_redirected:
        lost = access.reason == "NoDiskConnectivity"
        return "Redirected: no path" if lost else f"Redirected through {volume.owner}"
    return "Direct (coordinator)" if node.name == volume.owner else "Direct"


def resource_status(resource: Resource, state: State) -> str:
    """Status of a resource; a disk that is in maintenance mode says so, and what Pacemaker keeps its hands off."""
    if resource.blocked:
        return "Blocked"
    maintenance = resource.state is ResourceState.ONLINE and in_maintenance(state, resource.disk)
    return _MAINTENANCE if maintenance else resource_words(resource.state)


def resource_icon(resource: Resource) -> str:
    """Icon of a resource."""
    if resource.blocked:
        return "resource-blocked"
    return f"resource-{_RESOURCE_ICONS[resource.state]}".replace("-partial", "-pending")


def cluster_use(network: Network) -> str:
    """The column Cluster Use of the networks (2008 R2)."""
    return _CLUSTER_USE[network.role]


def cluster_icon(state: State) -> str:
    """Icon of the cluster itself: down without quorum."""
    if state.cluster is None:
        return "cluster-unavailable"
    if state.cluster.stopped:
        return "cluster-down"
    return "cluster-up" if votes(state.cluster, state.nodes, state.disks).has_quorum else "cluster-down"
