"""Settings of live migration as the Hyper-V module of Windows Server 2012 has them for each host.

Here they are those of the cluster, as in Windows Server 2008 R2: the networks in order of preference and how many live
migrations a node takes part in at once. A cmdlet that names only some of the nodes is refused, for the others would be
changed as well.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.model.rules.networks import default_migration_order, migration_order
from fcm.shell.cmdlets.hardware import host_object
from fcm.shell.language.errors import NotFoundError, RefusedError
from fcm.shell.runtime import finding
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.values import ShellObject, as_whole, has_wildcard, items
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.model.entities import Network, Node
    from fcm.shell.runtime.call import Call

_ON = Param("ComputerName", "texts", aliases=("CN",), help="Nodes. Default: all nodes.", pipes=("ClusterNode",))
_ALL = Param(
    "ComputerName", "texts", aliases=("CN",), help="All nodes: the setting is one of the cluster. Default: all nodes."
)
_PASSTHRU = Param("Passthru", "switch", help="Return what was changed.")
_SUBNET = Param(
    "Subnet",
    position=0,
    needed=True,
    help="Subnet of a cluster network, such as 10.0.3.0/24.",
    pipes=("VMMigrationNetwork", TEXT),
    by_property=True,
    of="network",
)


def _nodes(call: Call) -> list[Node]:
    """The nodes, all of them.

    Raises:
        RefusedError: only some are named.
    """
    finding.check_cluster(call)
    nodes = finding.nodes(call, call.names("ComputerName"), must=True)
    left = [one for one in call.state.nodes if one not in {node.name for node in nodes}]
    if left:
        raise RefusedError(
            f"{call.cmdlet.name} would also change {', '.join(left)}: the setting is the same on all nodes.",
            "Leave out -ComputerName to change it for all of them.",
            call.at,
        )
    return nodes


@cmdlet(
    "Set-VMHost",
    Param("MaximumVirtualMachineMigrations", "whole", help="Live migrations in which a node takes part at once."),
    Param("UseAnyNetworkForMigration", "truth", help="$true: all networks, by the default order."),
    _ALL,
    _PASSTHRU,
    Param("MaximumStorageMigrations", absent="storage migration is not supported."),
    Param("VirtualHardDiskPath", absent="virtual machines are stored where New-VM -Path says."),
    Param("VirtualMachinePath", absent="virtual machines are stored where New-VM -Path says."),
    Param("VirtualMachineMigrationAuthenticationType", absent="nodes of a cluster trust each other."),
    Param("VirtualMachineMigrationPerformanceOption", absent="use Set-ClusterMigrationDefault -Xbzrle."),
    CLUSTER,
    synopsis="Sets how many live migrations the nodes take part in at once, and whether they may use any network.",
    example="Set-VMHost -MaximumVirtualMachineMigrations 2",
    module="Hyper-V",
    since="2012",
)
def set_host(call: Call) -> Iterable[Any]:
    """Set what is given.

    Raises:
        RefusedError: networks cannot be chosen here.
    """
    nodes = _nodes(call)
    cluster = call.state.cluster
    assert cluster is not None
    said: list[Any] = []
    if call.has("UseAnyNetworkForMigration"):
        if not call.switch("UseAnyNetworkForMigration"):
            raise RefusedError(
                "-UseAnyNetworkForMigration $false does not say which networks to use.",
                "Choose them with Add-VMMigrationNetwork and Remove-VMMigrationNetwork.",
                call.at,
            )
        said += call.submit(cmd.SetMigrationNetworks((), ()), cluster.name)
    limit = call.whole("MaximumVirtualMachineMigrations")
    if limit is not None:
        said += call.submit(cmd.SetConcurrentMigrations(limit), cluster.name)
    if call.switch("Passthru") and not call.what_if:
        said += [host_object(node, call.state) for node in nodes]
    return said


@cmdlet(
    "Enable-VMMigration",
    _ON,
    _PASSTHRU,
    CLUSTER,
    INPUT,
    synopsis="Live migration is always enabled on the nodes of a cluster: changes nothing.",
    example="Enable-VMMigration",
    module="Hyper-V",
    since="2012",
)
def enable_migration(call: Call) -> Iterable[Any]:
    """It is enabled already."""
    finding.check_cluster(call)
    nodes = finding.nodes(call, call.names("ComputerName"))
    return [host_object(node, call.state) for node in nodes] if call.switch("Passthru") else []


def _object(network: Network, place: int, node: str) -> ShellObject:
    return ShellObject(
        "VMMigrationNetwork",
        {"Subnet": network.subnet, "Priority": place, "ComputerName": node, "Name": network.name},
        network.id,
    )


def _order(call: Call) -> list[str]:
    """Ids of the networks of the cluster's order of preference."""
    assert call.state.cluster is not None
    return list(migration_order(call.state.cluster, call.state.networks))


@cmdlet(
    "Get-VMMigrationNetwork",
    Param("Subnet", position=0, help="Only networks of this subnet, such as 10.0.3.0/24. Wildcards are permitted."),
    Param("Priority", "any", help="Only networks at these places of the order of preference, from 0."),
    _ON,
    CLUSTER,
    INPUT,
    synopsis="Gets the subnets that live migration may use, in order of preference.",
    example="Get-VMMigrationNetwork",
    module="Hyper-V",
    since="2012",
)
def get_migration_network(call: Call) -> Iterable[Any]:
    """Subnets of the cluster's order of preference: it is the same on each node."""
    finding.check_cluster(call)
    wanted = call.text("Subnet", "*")
    order = [call.state.networks[one] for one in _order(call)]
    places = [as_whole(one, "-Priority") for one in items(call.values.get("Priority"))] or range(len(order))
    return [
        _object(network, place, node.name)
        for node in finding.nodes(call, call.names("ComputerName"))
        for place, network in enumerate(order)
        if finding.is_called(network.subnet, wanted) and place in places
    ]


def _network(call: Call) -> Network:
    """The one network of -Subnet.

    Raises:
        NotFoundError: the cluster has none of this subnet.
    """
    names = call.names("Subnet") or []
    for network in call.state.networks.values():
        if names and names[0] in (network.subnet, network.id):
            return network
    known = ", ".join(one.subnet for one in call.state.networks.values())
    raise NotFoundError(
        f"The cluster has no network with the subnet {quoted(str(names[0]) if names else '')}.",
        f"Subnets: {known}.",
        call.at,
    )


def _give(call: Call, network: Network, order: list[str], excluded: set[str]) -> list[Any]:
    """Set the order and what is left out of it, and show the network if asked for."""
    command = cmd.SetMigrationNetworks(tuple(order), tuple(one for one in call.state.networks if one in excluded))

    def shown() -> list[Any]:
        found = _order(call)
        if not call.switch("Passthru") or network.id not in found:
            return []
        return [_object(network, found.index(network.id), node) for node in call.state.nodes]

    return call.submit(command, network.name, shown)


def _excluded(call: Call) -> set[str]:
    assert call.state.cluster is not None
    return set(call.state.cluster.migration_excluded)


@cmdlet(
    "Add-VMMigrationNetwork",
    _SUBNET,
    Param("Priority", "whole", position=1, help="Place in the order of preference, from 0. Default: the last."),
    _ALL,
    _PASSTHRU,
    CLUSTER,
    INPUT,
    synopsis="Lets live migration use the network of a subnet that it may not use so far.",
    example="Remove-VMMigrationNetwork 10.0.3.0/24; Add-VMMigrationNetwork 10.0.3.0/24 -Priority 0",
    module="Hyper-V",
    since="2012",
)
def add_migration_network(call: Call) -> Iterable[Any]:
    """Take it into the order.

    Raises:
        RefusedError: live migration may use it already, or the cluster itself may not use it.
    """
    _nodes(call)
    network, order = _network(call), _order(call)
    if network.id in order:
        raise RefusedError(
            f"Live migration may already use {network.name} ({network.subnet}).",
            "To change its place, use Set-VMMigrationNetwork -NewPriority.",
            call.at,
        )
    if network.id not in default_migration_order(call.state.networks.values()):
        raise RefusedError(
            f"The cluster does not use {network.name}.",
            f"Set (Get-ClusterNetwork {quoted(network.name)}).Role to 1 or 3.",
            call.at,
        )
    order.insert(len(order) if not call.has("Priority") else call.whole("Priority", 0), network.id)
    return _give(call, network, order, _excluded(call) - {network.id})


@cmdlet(
    "Set-VMMigrationNetwork",
    _SUBNET,
    Param("NewPriority", "whole", help="New place in the order of preference, from 0."),
    Param("NewSubnet", absent="the subnet of a network is given by its adapters."),
    _ALL,
    _PASSTHRU,
    CLUSTER,
    INPUT,
    synopsis="Changes the place of a network in the order of preference of live migration.",
    example="Set-VMMigrationNetwork 10.0.2.0/24 -NewPriority 0",
    module="Hyper-V",
    since="2012",
)
def set_migration_network(call: Call) -> Iterable[Any]:
    """Move it in the order."""
    _nodes(call)
    network, order = _network(call), _order(call)
    _must_be_used(call, network, order)
    if call.has("NewPriority"):
        order.remove(network.id)
        order.insert(call.whole("NewPriority", 0), network.id)
    return _give(call, network, order, _excluded(call))


@cmdlet(
    "Remove-VMMigrationNetwork",
    _SUBNET,
    _ALL,
    _PASSTHRU,
    CLUSTER,
    INPUT,
    synopsis="Keeps live migration from using the network of a subnet.",
    example="Remove-VMMigrationNetwork 10.0.2.0/24",
    module="Hyper-V",
    since="2012",
)
def remove_migration_network(call: Call) -> Iterable[Any]:
    """Exclude it; of a pattern all networks in use whose subnet fits."""
    _nodes(call)
    order = _order(call)
    pattern = (call.names("Subnet") or [""])[0]
    if has_wildcard(pattern):
        fitting = [one for one in order if finding.is_called(call.state.networks[one].subnet, pattern)]
        return call.one_by_one(fitting, partial(_exclude, call))
    network = _network(call)
    _must_be_used(call, network, order)
    return _exclude(call, network.id)


def _exclude(call: Call, identity: str) -> list[Any]:
    order = [one for one in _order(call) if one != identity]
    return _give(call, call.state.networks[identity], order, _excluded(call) | {identity})


def _must_be_used(call: Call, network: Network, order: list[str]) -> None:
    if network.id not in order:
        raise NotFoundError(
            f"Live migration does not use {network.name} ({network.subnet}).",
            "Get-VMMigrationNetwork shows those it uses.",
            call.at,
        )
