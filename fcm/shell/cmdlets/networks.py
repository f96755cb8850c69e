"""Cluster networks and their adapters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.shell import finding
from fcm.shell.objects import adapter_object, network_object
from fcm.shell.registry import CLUSTER, INPUT, Param, cmdlet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.shell.call import Call


@cmdlet(
    "Get-ClusterNetwork",
    Param("Name", "texts", position=0),
    CLUSTER,
    INPUT,
    synopsis="Cluster networks; Name, Role, Metric and AutoMetric can be set.",
    example='(Get-ClusterNetwork "Cluster Network 3").Metric = 950',
)
def get_network(call: Call) -> Iterable[Any]:
    """Networks."""
    finding.check_cluster(call)
    names = [*call.texts("Name"), *(item.identity for item in call.objects("ClusterNetwork"))]
    return [network_object(network, call.state) for network in finding.networks(call, names)]


@cmdlet(
    "Get-ClusterNetworkInterface",
    Param("Name", "texts", position=0),
    Param("Node", "texts"),
    Param("Network", "texts"),
    CLUSTER,
    INPUT,
    synopsis="Network adapters of the nodes.",
    example="Get-ClusterNetworkInterface -Node node1",
)
def get_adapter(call: Call) -> Iterable[Any]:
    """Adapters."""
    finding.check_cluster(call)
    known = ((adapter.name, adapter.id, adapter) for adapter in call.state.adapters.values())
    found = finding.pick(call, "network adapter", known, call.texts("Name"))
    node_names = [*call.texts("Node"), *(item.identity for item in call.objects("ClusterNode"))]
    network_names = [*call.texts("Network"), *(item.identity for item in call.objects("ClusterNetwork"))]
    nodes = {node.name for node in finding.nodes(call, node_names)}
    networks = {network.id for network in finding.networks(call, network_names)}
    return [
        adapter_object(adapter, call.state)
        for adapter in found
        if adapter.node in nodes and (not network_names or adapter.network in networks)
    ]
