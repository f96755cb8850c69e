"""The devices of virtual machines that the model knows: virtual hard disk, DVD drive, memory and processors.

The model knows how large the virtual hard disk of a machine is and in which folder it lies, and one DVD drive with its
medium. File names, formats and controllers it does not know: these properties are $null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import ParameterError
from fcm.shell.runtime import finding
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.device_objects import adapter_of, disk_of, drive_of
from fcm.shell.values.values import ShellObject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fcm.model.entities import VirtualMachine
    from fcm.shell.runtime.call import Call

MACHINE = Param(
    "VMName",
    "texts",
    position=0,
    aliases=("VM",),
    pipes=("VirtualMachine", "ClusterGroup", "ClusterResource", TEXT),
    of="machine",
)
ON = Param("ComputerName", "texts", help="Nodes: only virtual machines that are there.", pipes=("ClusterNode",))
_CONTROLLER = "controllers of virtual machines are not known."


def asked(call: Call, make: Callable[[VirtualMachine], ShellObject]) -> list[ShellObject]:
    """One object for each machine that is named.

    Raises:
        ParameterError: all virtual machines are meant, but not said so.
    """
    finding.check_cluster(call)
    if not call.has("VMName") and not call.has("ComputerName"):
        raise ParameterError(
            f"{call.cmdlet.name} requires virtual machines.", f"For all of them: {call.cmdlet.name} *", call.at
        )
    return [make(machine) for machine in finding.machines(call, call.names("VMName"))]


@cmdlet(
    "Get-VMHardDiskDrive",
    MACHINE,
    ON,
    Param("ControllerType", absent=_CONTROLLER),
    Param("ControllerNumber", absent=_CONTROLLER),
    Param("ControllerLocation", absent=_CONTROLLER),
    CLUSTER,
    INPUT,
    synopsis="Gets the virtual hard disks of virtual machines. The names of their files are not known.",
    example="Get-VM SQL01 | Get-VMHardDiskDrive",
    module="Hyper-V",
    since="2012",
)
def get_hard_disk_drive(call: Call) -> Iterable[Any]:
    """One for each machine: the model knows no more."""
    return asked(call, disk_of)


@cmdlet(
    "Get-VMDvdDrive",
    MACHINE,
    ON,
    Param("ControllerNumber", absent=_CONTROLLER),
    Param("ControllerLocation", absent=_CONTROLLER),
    CLUSTER,
    INPUT,
    synopsis="Gets the DVD drives of virtual machines, and the ISO file in each.",
    example="Get-VMDvdDrive SETUP01",
    module="Hyper-V",
    since="2012",
)
def get_dvd_drive(call: Call) -> Iterable[Any]:
    """Drives."""
    return asked(call, drive_of)


@cmdlet(
    "Get-VMMemory",
    MACHINE,
    ON,
    CLUSTER,
    INPUT,
    synopsis="Gets the memory settings of virtual machines.",
    example="Get-VMMemory SQL01",
    module="Hyper-V",
    since="2012",
)
def get_memory(call: Call) -> Iterable[Any]:
    """Memory."""
    return asked(
        call,
        lambda machine: ShellObject(
            "VMMemory",
            {
                "VMName": machine.name,
                "Startup": machine.memory,
                "ComputerName": machine.node,
                "VMId": machine.id,
            },
            machine.id,
        ),
    )


@cmdlet(
    "Get-VMProcessor",
    MACHINE,
    ON,
    CLUSTER,
    INPUT,
    synopsis="Gets the processor settings of virtual machines.",
    example="Get-VM | Get-VMProcessor | Where-Object CompatibilityForMigrationEnabled",
    module="Hyper-V",
    since="2012",
)
def get_processor(call: Call) -> Iterable[Any]:
    """Processors."""
    return asked(
        call,
        lambda machine: ShellObject(
            "VMProcessor",
            {
                "VMName": machine.name,
                "Count": machine.processors,
                "CompatibilityForMigrationEnabled": machine.processor_compatibility,
                "ComputerName": machine.node,
                "VMId": machine.id,
            },
            machine.id,
        ),
    )


@cmdlet(
    "Get-VHD",
    Param(
        "VMId",
        "texts",
        position=0,
        aliases=("Id",),
        help="Ids of virtual machines.",
        pipes=("VirtualMachine", "VMHardDiskDrive", TEXT),
        of="machine",
    ),
    Param("Path", absent="the files of a virtual machine are not known one by one; use -VMId."),
    Param("DiskNumber", absent="physical disks are not known by number; use -VMId."),
    Param("ComputerName", "texts", help="Nodes: only virtual machines that are there."),
    CLUSTER,
    INPUT,
    synopsis="Gets the virtual hard disks of virtual machines by their Ids. Format and file size are not known.",
    example="Get-VM SQL01 | Get-VHD",
    module="Hyper-V",
    since="2012",
)
def get_vhd(call: Call) -> Iterable[Any]:
    """Virtual hard disks."""
    names = finding.named(call, "a virtual machine", "Get-VM | Select-Object Name, Id", "VMId")
    found = finding.machines(call, names)
    return [
        ShellObject(
            "VirtualHardDisk",
            {
                "ComputerName": machine.node,
                "VMName": machine.name,
                "Path": None,
                "Size": machine.disk_size or None,
                "FileSize": None,
                "VhdFormat": None,
                "VhdType": None,
                "VMId": machine.id,
            },
            machine.id,
        )
        for machine in found
    ]


@cmdlet(
    "Get-VMNetworkAdapter",
    MACHINE,
    Param(
        "Name",
        position=1,
        aliases=("VMNetworkAdapterName",),
        help="Name of the adapter; it is always 'Network Adapter'. Wildcards are permitted.",
    ),
    ON,
    Param("ManagementOS", "switch", absent="adapters of the nodes are shown by Get-ClusterNetworkInterface."),
    Param("All", "switch", absent="for all virtual machines: Get-VMNetworkAdapter *"),
    CLUSTER,
    INPUT,
    synopsis="Gets the network adapters of virtual machines, and the virtual network of each.",
    example="Get-VMNetworkAdapter -VMName SQL01",
    module="Hyper-V",
    since="2012",
)
def get_network_adapter(call: Call) -> Iterable[Any]:
    """Adapters."""
    wanted = call.text("Name", "*")
    return [one for one in asked(call, adapter_of) if finding.is_called(str(one.get("Name")), wanted)]
