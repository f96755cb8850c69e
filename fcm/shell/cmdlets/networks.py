"""Cluster networks and their adapters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.model.migrations import NetworkPreference
from fcm.shell.language.errors import ParameterError
from fcm.shell.runtime import finding
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.migration_objects import network_order_object
from fcm.shell.values.objects import adapter_object, network_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.shell.runtime.call import Call


_MACHINE = Param(
    "VMName", "texts", position=0, pipes=("VirtualMachine", "ClusterGroup", "ClusterResource", TEXT), of="machine"
)


@cmdlet(
    "Get-ClusterNetwork",
    Param("Name", "texts", position=0, pipes=("ClusterNetwork", TEXT)),
    CLUSTER,
    INPUT,
    synopsis="Gets cluster networks. Name, Role, Metric and AutoMetric can be set.",
    example='(Get-ClusterNetwork "Cluster Network 3").Metric = 950',
)
def get_network(call: Call) -> Iterable[Any]:
    """Networks."""
    finding.check_cluster(call)
    return [network_object(network, call.state) for network in finding.networks(call, call.names())]


@cmdlet(
    "Get-VMMigrationNetworkOrder",
    _MACHINE,
    CLUSTER,
    INPUT,
    synopsis="Gets the live migration networks of a virtual machine in order of preference, and where the order is "
    "set.",
    example="Get-VMMigrationNetworkOrder SQL01",
    since="fcm",
)
def get_machine_order(call: Call) -> Iterable[Any]:
    """Orders."""
    finding.check_cluster(call)
    found = finding.machines(call, call.names("VMName"))
    return [network_order_object(machine, call.state) for machine in found]


@cmdlet(
    "Set-VMMigrationNetworkOrder",
    _MACHINE,
    Param("Network", "texts", help="Networks in order of preference. Other networks follow.", empty=True),
    Param("Exclude", "texts", help="Networks that are never used; @() for none.", empty=True),
    Param("Default", "switch", help="Use the order of the cluster."),
    CLUSTER,
    INPUT,
    synopsis="Sets the live migration networks of one virtual machine. MigrationNetworkOrder applies to all "
    "virtual machines, as in 2008 R2.",
    example="Set-VMMigrationNetworkOrder SQL01 -Network 'Cluster Network 3' -Exclude 'Cluster Network 1'",
    since="fcm",
)
def set_machine_order(call: Call) -> Iterable[Any]:
    """Set the order of preference of networks for each machine.

    Raises:
        ParameterError: neither or both of networks and -Default are specified.
    """
    finding.check_cluster(call)
    preference = None
    if call.switch("Default") == (call.has("Network") or call.has("Exclude")):
        raise ParameterError(
            f"{call.cmdlet.name} requires networks or -Default.", "Specify them with -Network and -Exclude.", call.at
        )
    if not call.switch("Default"):
        order, excluded = (_ids(call, name) for name in ("Network", "Exclude"))
        preference = NetworkPreference(order, excluded)
    names = finding.named(call, "a virtual machine", "Get-VM", "VMName")
    found = finding.machines(call, names)
    return call.each(found, lambda machine: cmd.SetMachineNetworks(machine.id, preference), lambda _: [])


def _ids(call: Call, parameter: str) -> tuple[str, ...]:
    names = call.names(parameter) or ()
    return tuple(network.id for network in finding.networks(call, names, must=True))


@cmdlet(
    "Get-ClusterNetworkInterface",
    Param("Name", "texts", position=0, pipes=("ClusterNetworkInterface", TEXT)),
    Param("Node", "texts", pipes=("ClusterNode",)),
    Param("Network", "texts", pipes=("ClusterNetwork",)),
    CLUSTER,
    INPUT,
    synopsis="Gets the network adapters of the nodes.",
    example="Get-ClusterNetworkInterface -Node node1",
)
def get_adapter(call: Call) -> Iterable[Any]:
    """Adapters."""
    finding.check_cluster(call)
    known = ((adapter.name, adapter.id, adapter) for adapter in call.state.adapters.values())
    found = finding.pick(call, "network adapter", known, call.names())
    nodes = {node.name for node in finding.nodes(call, call.names("Node"))}
    networks = {network.id for network in finding.networks(call, call.names("Network"))}
    return [
        adapter_object(adapter, call.state)
        for adapter in found
        if adapter.node in nodes and (not call.has("Network") or adapter.network in networks)
    ]
