"""Common properties of the cluster and its nodes that concern membership and quorum, read and set.

Only those are shown that the version of the cluster has; all can be set, so that a refusal says which version has them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.model.entities import ClusterVersion, GroupType
from fcm.model.rules.cluster_properties import PROPERTIES, has_property
from fcm.model.rules.failing.assumed import heartbeat_delay, heartbeat_threshold
from fcm.model.rules.quorum import is_dynamic, node_vote, witness_vote
from fcm.shell.language.errors import ParameterError
from fcm.shell.values.values import as_truth, as_whole, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.entities import Cluster, Node
    from fcm.model.state import State


def cluster_properties(state: State) -> dict[str, Any]:
    """The properties by name, as the version has them."""
    cluster = state.cluster
    assert cluster is not None
    machines = sum(group.type is GroupType.VIRTUAL_MACHINE for group in state.groups.values())
    values: dict[str, Any] = {
        "same_subnet_delay": round(heartbeat_delay(cluster) * 1000),
        "same_subnet_threshold": heartbeat_threshold(cluster, machines),
        "dynamic_quorum": int(_dynamic(cluster)),
        "lower_quorum_priority_node": node_id(state, cluster.lower_quorum_priority_node),
        "resiliency_level": cluster.resiliency_level,
        "resiliency_period": cluster.resiliency_period,
        "quarantine_threshold": cluster.quarantine_threshold,
        "quarantine_duration": cluster.quarantine_duration,
    }
    found = {PROPERTIES[name].name: value for name, value in values.items() if has_property(cluster, name)}
    if cluster.version.at_least(ClusterVersion.V2012_R2):
        found["WitnessDynamicWeight"] = witness_vote(cluster)
    return found


def _dynamic(cluster: Cluster) -> bool:
    """DynamicQuorum as it is set; the mode Disk Only has no use for it."""
    return is_dynamic(cluster) if cluster.dynamic_quorum is None else cluster.dynamic_quorum


def cluster_setters(state: State) -> dict[str, Callable[[Any], cmd.Command]]:
    """What sets them."""
    numbers = [field for field in PROPERTIES if field not in ("dynamic_quorum", "lower_quorum_priority_node")]
    return {
        **{PROPERTIES[field].name: partial(_number, field) for field in numbers},
        "DynamicQuorum": _dynamic_quorum,
        "LowerQuorumPriorityNodeID": partial(_lower_priority, state),
    }


def _number(field: str, value: Any) -> cmd.Command:
    given: dict[str, Any] = {field: as_whole(value, PROPERTIES[field].name)}
    return cmd.ConfigureCluster(**given)


def _dynamic_quorum(value: Any) -> cmd.Command:
    return cmd.ConfigureCluster(dynamic_quorum=as_truth(value, "DynamicQuorum"))


def _lower_priority(state: State, value: Any) -> cmd.Command:
    """The Id of a node, or its name; 0 = none."""
    written = text(value)
    ids = {node_id(state, name): name for name in state.nodes}
    if written in ("", "0"):
        return cmd.ConfigureCluster(lower_quorum_priority_node="")
    if written.isdecimal():
        if int(written) not in ids:
            raise ParameterError(
                f"There is no node with the Id {written}.", "Get-ClusterNode | Select-Object Name, Id shows them."
            )
        return cmd.ConfigureCluster(lower_quorum_priority_node=ids[int(written)])
    return cmd.ConfigureCluster(lower_quorum_priority_node=written)


def node_id(state: State, name: str) -> int:
    """Number of a node, from 1 in the order in which they joined; 0 = none."""
    return list(state.nodes).index(name) + 1 if name in state.nodes else 0


def node_votes(node: Node, state: State) -> dict[str, Any]:
    """NodeWeight and, from 2012, DynamicWeight."""
    cluster = state.cluster
    if cluster is None:
        return {}
    found: dict[str, Any] = {"NodeWeight": node.weight}
    if cluster.version.at_least(ClusterVersion.V2012):
        found["DynamicWeight"] = node_vote(cluster, node)
    return found
