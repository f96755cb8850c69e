"""What virtual machines run on and are connected to: cmdlets of the Hyper-V module of Windows Server 2012 that look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.shell.cmdlets.moves import best_node, carry_out
from fcm.shell.runtime import finding
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.objects import machine_object
from fcm.shell.values.values import ShellObject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.model.entities import Node, VirtualMachine
    from fcm.model.state import State
    from fcm.shell.runtime.call import Call

_ON = Param("ComputerName", "texts", aliases=("CN",), help="Nodes. Default: all nodes.", pipes=("ClusterNode",))
_HOST = Param("ComputerName", "texts", 0, ("CN",), help="Nodes. Default: all.", pipes=("ClusterNode", TEXT))


def _nodes(call: Call) -> list[Node]:
    finding.check_cluster(call)
    return finding.nodes(call, call.names("ComputerName"))


@cmdlet(
    "Get-VMHost",
    _HOST,
    CLUSTER,
    INPUT,
    synopsis="Gets the nodes as Hyper-V hosts: processors, memory and simultaneous live migrations.",
    example="Get-VMHost -ComputerName node1",
    module="Hyper-V",
    since="2012",
)
def get_host(call: Call) -> Iterable[Any]:
    """Hosts."""
    return [host_object(node, call.state) for node in _nodes(call)]


def host_object(node: Node, state: State) -> ShellObject:
    """A node as Hyper-V host; the limit of simultaneous live migrations is that of the cluster."""
    cluster = state.cluster
    assert cluster is not None
    return ShellObject(
        "VMHost",
        {
            "Name": node.name,
            "ComputerName": node.name,
            "FullyQualifiedDomainName": cluster.domain,
            "LogicalProcessorCount": node.logical_processors,
            "MemoryCapacity": node.memory,
            "VirtualMachineMigrationEnabled": True,
            "UseAnyNetworkForMigration": not cluster.migration_order and not cluster.migration_excluded,
            "MaximumVirtualMachineMigrations": cluster.concurrent_migrations,
        },
        node.name,
    )


@cmdlet(
    "Get-VMSwitch",
    Param("Name", "texts", position=0, aliases=("SwitchName",), pipes=(TEXT,)),
    _ON,
    CLUSTER,
    INPUT,
    synopsis="Gets the virtual networks (virtual switches) of the nodes.",
    example="Get-VMSwitch -ComputerName node1",
    module="Hyper-V",
    since="2012",
)
def get_switch(call: Call) -> Iterable[Any]:
    """Switches."""
    pairs = [(switch, node.name) for node in _nodes(call) for switch in node.switches]
    known = [(switch, f"{node}\\{switch}", (switch, node)) for switch, node in pairs]
    found = finding.pick(call, "virtual network", known, call.names())
    return [
        ShellObject("VMSwitch", {"Name": switch, "ComputerName": node}, f"{node}\\{switch}") for switch, node in found
    ]


@cmdlet(
    "Move-VM",
    Param("Name", "texts", position=0, pipes=("VirtualMachine", TEXT), of="machine", aliases=("VMName", "VM")),
    Param("ComputerName", "texts", help="Nodes: only virtual machines that are there."),
    Param("DestinationHost", position=1, help="Destination node. Default: the suitable one with the most free memory."),
    Param("Passthru", "switch", help="Return the virtual machines."),
    Param("Wait", "whole", help="Maximum time to wait, in seconds. Default: until complete. 0: do not wait (fcm)."),
    Param("DestinationStoragePath", absent="storage migration is not supported."),
    Param("IncludeStorage", "switch", absent="storage migration is not supported."),
    Param("VirtualMachinePath", absent="storage migration is not supported."),
    CLUSTER,
    INPUT,
    synopsis="Live migrates a virtual machine to another node of the cluster.",
    example="Move-VM SQL01 node2",
    module="Hyper-V",
    since="2012",
)
def move_machine(call: Call) -> Iterable[Any]:
    """Move live, as Move-ClusterVirtualMachineRole does."""

    def move(machine: VirtualMachine) -> list[Any]:
        def command(node: str) -> cmd.Command:
            return cmd.LiveMigrate(machine.id, node)

        given = call.has("DestinationHost")
        node = finding.node(call, call.text("DestinationHost")) if given else best_node(call, machine, command)
        said = carry_out(call, machine, command(node))
        if call.what_if or not call.switch("Passthru"):
            return said if call.what_if else []
        return [machine_object(call.state.machines[machine.id], call.state)]

    return call.one_by_one(finding.machines(call, finding.named(call, "a virtual machine", "Get-VM")), move)
