"""Common properties of the cluster and of its nodes: which version has them, and which values they take.

Names are those of Windows. Limits of the heartbeats: mscs pages SameSubnetDelay and SameSubnetThreshold (2008 R2), and
"Tuning failover cluster network thresholds" (2012 R2 and later).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fcm.model.entities import AUTOMATIC, ClusterVersion
from fcm.model.rules.quorum import members_of, reweighted, votes, witness_online
from fcm.model.rules.verdict import OK, Verdict, no, together
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model import commands as cmd
    from fcm.model.entities import Cluster
    from fcm.model.state import State

NODE_WEIGHT_UPDATE = "KB2494036"
"""Update that brings NodeWeight to Windows Server 2008 R2."""


@dataclass(frozen=True, slots=True)
class Property:
    """A common property of the cluster that can be set."""

    name: str
    """As in Windows."""
    since: ClusterVersion = ClusterVersion.V2008_R2
    least: int = 0
    most: int = AUTOMATIC
    unit: str = ""


PROPERTIES: dict[str, Property] = {
    "same_subnet_delay": Property("SameSubnetDelay", least=250, most=2000, unit="milliseconds"),
    "same_subnet_threshold": Property("SameSubnetThreshold", least=3, most=120, unit="heartbeats"),
    "dynamic_quorum": Property("DynamicQuorum", ClusterVersion.V2012, most=1),
    "lower_quorum_priority_node": Property("LowerQuorumPriorityNodeID", ClusterVersion.V2012_R2),
    "resiliency_level": Property("ResiliencyLevel", ClusterVersion.V2016, least=1, most=2),
    "resiliency_period": Property("ResiliencyDefaultPeriod", ClusterVersion.V2016, most=86400, unit="seconds"),
    "quarantine_threshold": Property("QuarantineThreshold", ClusterVersion.V2016, least=1, most=100),
    "quarantine_duration": Property("QuarantineDuration", ClusterVersion.V2016, unit="seconds"),
}
"""By the field of ``ConfigureCluster`` and of ``Cluster``."""
_SHORT_THRESHOLD = 10
"""Most heartbeats that may be missed until 2012."""


def has_property(cluster: Cluster, field: str) -> bool:
    """Whether the version of the cluster has a property."""
    return cluster.version.at_least(PROPERTIES[field].since)


def configure_cluster(command: cmd.ConfigureCluster, state: State) -> Verdict:
    """Properties that the version of the cluster has, and values that they take."""
    assert state.cluster is not None
    return together(_wrong(command, state.cluster, state))


def _wrong(command: cmd.ConfigureCluster, cluster: Cluster, state: State) -> Iterator[Verdict]:
    for field, known in PROPERTIES.items():
        value = getattr(command, field)
        if value is None:
            continue
        if not has_property(cluster, field):
            yield no(
                f"{known.name} requires Windows Server {known.since}; this cluster follows the rules of "
                f"{cluster.version}.",
                f"Create a cluster with the version {known.since} or later.",
            )
        elif isinstance(value, str):
            if value and value not in state.nodes:
                yield no(f"There is no node {quoted(value)}.", "Choose a node of this cluster, or none.")
        else:
            yield _in_range(cluster, field, known, int(value))


def _in_range(cluster: Cluster, field: str, known: Property, value: int) -> Verdict:
    most = known.most
    if field == "same_subnet_threshold" and not cluster.version.at_least(ClusterVersion.V2012_R2):
        most = _SHORT_THRESHOLD
    if known.least <= value <= most:
        return OK
    unit = f" {known.unit}" if known.unit else ""
    return no(f"{known.name} cannot be {value}.", f"Enter {known.least} to {most}{unit}.")


def configure_node(command: cmd.ConfigureNode, state: State) -> Verdict:
    """A vote or none; 2008 R2 needs an update for it; one vote stays, and with it quorum."""
    node = state.nodes[command.node]
    assert state.cluster is not None
    if command.weight is None or command.weight == node.weight:
        return OK
    if command.weight not in (0, 1):
        return no(f"NodeWeight cannot be {command.weight}.", "Enter 1 for a vote, or 0 for none.")
    return together(_against_weight(command, state))


def _against_weight(command: cmd.ConfigureNode, state: State) -> Iterator[Verdict]:
    cluster = state.cluster
    assert cluster is not None
    lacking = [name for name, node in state.nodes.items() if NODE_WEIGHT_UPDATE not in node.updates]
    if not cluster.engine and not cluster.version.at_least(ClusterVersion.V2012) and lacking:
        yield no(
            f"NodeWeight of Windows Server 2008 R2 requires the update {NODE_WEIGHT_UPDATE} on all nodes.",
            "Create a cluster with the version 2012 or later, or with this update on its nodes.",
        )
    nodes = {**state.nodes, command.node: replace(state.nodes[command.node], weight=command.weight or 0)}
    changed, nodes = reweighted(cluster, nodes, members_of(state), witness_online(cluster, state.disks))
    count = votes(changed, nodes, state.disks)
    if not cluster.stopped and not count.has_quorum:
        yield no(
            f"Only {count.present} of {count.needed} needed votes would be present: the cluster would lose quorum.",
            "Start more nodes first, or leave the node its vote.",
        )
