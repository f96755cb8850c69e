"""What a check can ask of a cluster: a closed list of objects and their properties, read from the state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from fcm.model.entities import AUTOMATIC, GIB, MIB, NetworkRole
from fcm.model.rules.networks import migration_order
from fcm.model.rules.quorum import losses_in_turn, votes, witness_online
from fcm.model.structures.tables import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fcm.model.entities import Cluster, Group, VirtualMachine
    from fcm.model.state import State

Value: TypeAlias = str | float | bool | tuple[str, ...]
"""A text, a number, true or false, or a list of names."""

CLUSTER = "cluster"


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a kind of object."""

    kind: type
    """str, float, bool or tuple."""
    meaning: str
    """With its unit, for the page of the documentation."""
    read: Callable[[State, Any], Value]
    """Reads it; the object is one of the state."""


def _text(meaning: str, read: Callable[[State, Any], str]) -> Property:
    return Property(str, meaning, read)


def _number(meaning: str, read: Callable[[State, Any], float]) -> Property:
    return Property(float, meaning, read)


def _flag(meaning: str, read: Callable[[State, Any], bool]) -> Property:
    return Property(bool, meaning, read)


def _names(meaning: str, read: Callable[[State, Any], tuple[str, ...]]) -> Property:
    return Property(tuple, meaning, read)


_ROLES = {
    NetworkRole.NONE: "none",
    NetworkRole.INTERNAL: "internal",
    NetworkRole.INTERNAL_AND_CLIENT: "internal and client",
}


def _migration_networks(state: State, cluster: Cluster) -> tuple[str, ...]:
    return tuple(name_of(state.networks, identity) for identity in migration_order(cluster, state.networks))


def _witness(state: State, cluster: Cluster) -> str:
    return name_of(state.disks, cluster.witness) if cluster.witness in state.disks else cluster.witness or ""


def _volume_names(state: State, machine: VirtualMachine) -> str:
    return name_of(state.disks, machine.disk) if machine.disk else ""


def _last_move(state: State, machine: VirtualMachine) -> str:
    last = state.last_migration(machine.id)
    return "none" if last is None else f"{last.kind}: {last.phase}"


def _blackout(state: State, machine: VirtualMachine) -> float:
    last = state.last_migration(machine.id)
    return 0.0 if last is None or last.figures is None else last.figures.downtime * 1000


def _is_apart(state: State, group: Group) -> bool:
    classes = set(group.anti_affinity)
    others = (other for other in state.groups.values() if other.id != group.id and other.owner == group.owner)
    return not any(classes & set(other.anti_affinity) for other in others)


def _maximum_failures(_state: State, group: Group) -> float:
    return AUTOMATIC if group.maximum_failures is None else group.maximum_failures


def _up(state: State) -> float:
    return float(sum(node.state.is_member for node in state.nodes.values()))


def _ended(state: State) -> float:
    return float(sum(migration.phase.is_over for migration in state.migrations.values()))


def _drained(state: State) -> float:
    return float(sum(drain.ended is not None for drain in state.drains.values()))


_CLUSTER = {
    "running": _flag("whether the cluster runs, with quorum", lambda state, cluster: not cluster.stopped),
    "forced": _flag("whether it was started without quorum", lambda state, cluster: cluster.forced),
    "quorum": _text("quorum mode, such as NodeMajority", lambda state, cluster: str(cluster.quorum_mode)),
    "witness": _text("disk or share of the witness; empty without one", _witness),
    "witness online": _flag(
        "whether the witness responds", lambda state, cluster: witness_online(cluster, state.disks)
    ),
    "votes": _number(
        "votes that are there now", lambda state, cluster: votes(cluster, state.nodes, state.disks).present
    ),
    "votes needed": _number("votes for quorum", lambda state, cluster: votes(cluster, state.nodes, state.disks).needed),
    "losses survived": _number(
        "nodes that can be lost, one after the other", lambda state, cluster: losses_in_turn(state)
    ),
    "nodes up": _number("nodes that are members", lambda state, cluster: _up(state)),
    "migration networks": _names("networks for live migration, in their order", _migration_networks),
    "first migration network": _text(
        "the network that live migration tries first",
        lambda state, cluster: (*_migration_networks(state, cluster), "")[0],
    ),
    "networks left out": _names(
        "networks that live migration does not use",
        lambda state, cluster: tuple(name_of(state.networks, one) for one in cluster.migration_excluded),
    ),
    "shared volumes": _flag(
        "whether Cluster Shared Volumes are enabled", lambda state, cluster: cluster.shared_volumes_enabled
    ),
    "validated": _flag("whether it has a validation report", lambda state, cluster: cluster.validation is not None),
    "moves": _number("moves of any kind that ended so far", lambda state, cluster: _ended(state)),
    "drains": _number("drains that ended so far", lambda state, cluster: _drained(state)),
    "concurrent migrations": _number("per node", lambda state, cluster: cluster.concurrent_migrations),
    "resiliency period": _number("s; 2016 and later", lambda state, cluster: cluster.resiliency_period),
    "resiliency level": _number("1 or 2; 2016 and later", lambda state, cluster: cluster.resiliency_level),
    "failures": _number("simulated failures that are not repaired", lambda state, cluster: len(state.faults)),
    "running migrations": _number("waiting and in progress", lambda state, cluster: len(state.active_migrations())),
}
_NODE = {
    "state": _text("Up, Down, Paused, Joining, Isolated or Quarantined", lambda state, node: str(node.state)),
    "paused": _flag("paused by a user", lambda state, node: node.paused),
    "vote": _number("NodeWeight", lambda state, node: node.weight),
    "switches": _names("virtual networks", lambda state, node: node.switches),
    "updates": _names("installed updates", lambda state, node: node.updates),
    "machines": _names("virtual machines that it owns",
                       lambda state, node: tuple(one.name for one in state.machines_on(node.name))),
    "free memory": _number("GiB", lambda state, node: state.free_memory(node.name) / GIB),
}  # fmt: skip
_NETWORK = {
    "state": _text("Up, Down, Partitioned or Unavailable", lambda state, network: str(network.state)),
    "role": _text("none, internal, or internal and client", lambda state, network: _ROLES[network.role]),
    "metric": _number("cost of the network", lambda state, network: network.metric),
    "bandwidth": _number("Mbit/s", lambda state, network: network.bandwidth * 8 / 1e6),
}
_ADAPTER = {"state": _text("Up, Failed, Unreachable or Unavailable", lambda state, adapter: str(adapter.state))}
_DISK = {
    "state": _text("Online, Offline, Failed or Pending", lambda state, disk: str(disk.state)),
    "use": _text("Unassigned, Available Storage, Service or application, Disk Witness in Quorum, Cluster Shared Volume",
                 lambda state, disk: str(disk.use)),
    "owner": _text("node; empty without one", lambda state, disk: disk.owner or ""),
    "maintenance": _flag("maintenance mode", lambda state, disk: disk.maintenance),
    "free": _number("MiB", lambda state, disk: disk.free / MIB),
}  # fmt: skip
_VOLUME = {
    "access": _text("Online, Redirected Access, Maintenance", lambda state, volume: str(volume.access)),
    "owner": _text("coordinator node", lambda state, volume: volume.owner),
    "redirected nodes": _names("nodes whose I/O goes through the coordinator", lambda state, volume: volume.redirected),
    "paused nodes": _names("nodes whose I/O waits", lambda state, volume: volume.paused),
}
_GROUP = {
    "state": _text("Online, Offline, Failed, PartialOnline or Pending", lambda state, group: str(group.state)),
    "owner": _text("node", lambda state, group: group.owner),
    "preferred owners": _names("nodes, in their order", lambda state, group: group.preferred_owners),
    "anti-affinity": _names("AntiAffinityClassNames", lambda state, group: group.anti_affinity),
    "kept apart": _flag("whether no other of its anti-affinity classes is on its node", _is_apart),
    "auto start": _flag("started with the cluster", lambda state, group: group.auto_start),
    "failback": _flag("returns to its preferred owner", lambda state, group: group.failback),
    "priority": _number("3000 High, 2000 Medium, 1000 Low, 0 No Auto Start", lambda state, group: group.priority),
    "maximum failures": _number("in the failover period; 4294967295: automatic", _maximum_failures),
}  # fmt: skip
_RESOURCE = {
    "state": _text("Online, Offline, Failed or Pending", lambda state, resource: str(resource.state)),
    "possible owners": _names("nodes", lambda state, resource: resource.possible_owners),
    "heartbeat": _flag("heartbeat monitoring", lambda state, resource: resource.heartbeat),
    "maximum restarts": _number("in the period", lambda state, resource: resource.policy.maximum_restarts),
}
_MACHINE = {
    "state": _text("Running, Off, Saved, Paused, Paused-Critical ...", lambda state, machine: str(machine.state)),
    "guest": _text("Running, Booting, Not responding; empty if unknown", lambda state, machine: str(machine.guest)),
    "node": _text("owner", lambda state, machine: machine.node),
    "switch": _text("virtual network; empty without one", lambda state, machine: machine.switch or ""),
    "connected": _flag("whether its virtual network is there", lambda state, machine: machine.connected),
    "media": _text("ISO file in the DVD drive; empty without one", lambda state, machine: machine.media or ""),
    "processor compatibility": _flag("may migrate to other processor versions",
                                     lambda state, machine: machine.processor_compatibility),
    "start action": _text("Automatic Start Action, such as Nothing", lambda state, machine: str(machine.start_action)),
    "highly available": _flag("clustered", lambda state, machine: machine.is_highly_available),
    "memory": _number("MiB", lambda state, machine: machine.memory / MIB),
    "disk": _text("disk of its files; empty on local storage", _volume_names),
    "last move": _text("kind and end of its last move, such as Live migration: completed; none", _last_move),
    "blackout": _number("of its last move in ms; 0 without one", _blackout),
}  # fmt: skip

PROPERTIES: dict[str, Mapping[str, Property]] = {
    CLUSTER: _CLUSTER,
    "node": _NODE,
    "network": _NETWORK,
    "adapter": _ADAPTER,
    "disk": _DISK,
    "volume": _VOLUME,
    "service": _GROUP,
    "resource": _RESOURCE,
    "machine": _MACHINE,
}
"""Every object that a check can ask about, with its properties."""


def named_objects(state: State, kind: str) -> Sequence[tuple[str, Any]]:
    """All objects of a kind with their names; the cluster has none."""
    everything: Mapping[str, Mapping[str, Any]] = {
        "node": state.nodes,
        "network": state.networks,
        "adapter": state.adapters,
        "disk": state.disks,
        "volume": state.shared_volumes,
        "service": state.groups,
        "resource": state.resources,
        "machine": state.machines,
    }
    if kind == CLUSTER:
        return [] if state.cluster is None else [("", state.cluster)]
    return [(one.name, one) for one in everything[kind].values()]
