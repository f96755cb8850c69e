"""The section [[faults]] of a cluster file: failures that happen by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.embedded.cluster_file.identity import identity
from fcm.backend.embedded.cluster_file.parts import known_node, named
from fcm.model.failures import FaultKind, PlannedFault
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fcm.backend.toml_table import Table
    from fcm.model.entities import Adapter, Cluster, Disk, Network, Node, VirtualMachine

FAULT_LIMIT = 500
"""Planned failures of a cluster file."""
YEAR = 365 * 86400.0
"""s: the longest time that can be planned."""
MOST_PER_HOUR = 3600.0
"""Times per hour on average."""
LEAST_PER_HOUR = 1e-4
"""About once a year."""
_NODES = (FaultKind.POWER_OFF, FaultKind.HANG, FaultKind.BUGCHECK, FaultKind.SERVICE_CRASH, FaultKind.ISOLATE)
_DISKS = (FaultKind.LOSE_PATH, FaultKind.LOSE_LUN, FaultKind.LOSE_RESERVATION)


def read_faults(
    file: Table,
    cluster: Cluster,
    nodes: Mapping[str, Node],
    networks: Iterable[Network],
    adapters: Iterable[Adapter],
    disks: Iterable[Disk],
    machines: Iterable[VirtualMachine],
) -> tuple[PlannedFault, ...]:
    """Planned failures; what is no failure of that object is refused with its line.

    Raises:
        ClusterFileError: a key is missing, unknown or has a value that makes no sense.
    """
    known = {
        "node": {name: name for name in nodes},
        "network": {network.name: network.id for network in networks},
        "network adapter": {adapter.name: adapter.id for adapter in adapters},
        "disk": {disk.name: disk.id for disk in disks},
        "virtual machine": {machine.name: machine.id for machine in machines},
    }
    found = []
    for number, table in enumerate(file.tables("faults", 0, FAULT_LIMIT, "planned failures")):
        found.append(_read(table, number, cluster, nodes, known))
        table.end()
    return tuple(found)


def _read(
    table: Table, number: int, cluster: Cluster, nodes: Mapping[str, Node], known: Mapping[str, Mapping[str, str]]
) -> PlannedFault:
    kind = table.choice("kind", FaultKind)
    target = _target(table, kind, cluster, known)
    node, together = table.text("node", ""), table.texts("together", ())
    if (kind is FaultKind.LOSE_PATH) is not bool(node):
        reason = "requires the key 'node'" if not node else "has no key 'node'; only LosePath has"
        raise table.error(f"The failure {kind} {reason}.", "node" if node else "kind")
    if node:
        node = known_node(table, node, nodes, "node")
    if together and kind is not FaultKind.ISOLATE:
        raise table.error(f"The failure {kind} has no key 'together'; only Isolate has.", "together")
    together = tuple(known_node(table, other, nodes, "together", place) for place, other in enumerate(together))
    if kind is FaultKind.ISOLATE and {target, *together} >= set(nodes):
        raise table.error("No node would be on the other side.", "together" if together else "target")
    if ("at" in table) is ("rate" in table):
        raise table.error("Exactly one of the keys 'at' and 'rate' says when the failure happens.")
    after, due = table.moment("at", YEAR) if "at" in table else (0.0, None)
    rate = table.number("rate", 0.0)
    if "rate" in table and not LEAST_PER_HOUR <= rate <= MOST_PER_HOUR:
        limits = f"{LEAST_PER_HOUR:.4f} to {MOST_PER_HOUR:.0f} times per hour"
        raise table.error(f"'rate' is {rate:g}; it must be {limits}.", "rate")
    repair = table.number("repair_after", 0.0) if "repair_after" in table else None
    if repair is not None and not 0 < repair <= YEAR:
        raise table.error(f"'repair_after' is {repair:g}; it must be above 0 and at most {YEAR:.0f} s.", "repair_after")
    name = identity(cluster.name, "planned", f"{kind}/{target}/{node}", number)
    return PlannedFault(name, kind, target, node, together, after, due, rate, repair)


def _target(table: Table, kind: FaultKind, cluster: Cluster, known: Mapping[str, Mapping[str, str]]) -> str:
    if kind is FaultKind.LOSE_SHARE:
        if "target" in table:
            raise table.error("LoseShare has no target: a cluster has at most one file share witness.", "target")
        if not (cluster.witness or "").startswith("\\\\"):
            raise table.error("The quorum of this cluster has no file share witness.", "kind")
        return cluster.witness or ""
    match kind:
        case _ if kind in _NODES:
            what = "node"
        case _ if kind in _DISKS:
            what = "disk"
        case FaultKind.UNPLUG_CABLE:
            what = "network adapter"
        case FaultKind.SWITCH_DOWN:
            what = "network"
        case _:
            what = "virtual machine"
    target = table.text("target")
    found = named(target, known[what].keys())
    if found is None:
        hint = " Names of adapters have the form 'node - network'." if what == "network adapter" else ""
        raise table.error(f"There is no {what} {quoted(target)}.{hint}", "target")
    return known[what][found]
