"""Devices of virtual machines as objects; what the model does not know of them is $null."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.shell.values.values import ShellObject

if TYPE_CHECKING:
    from fcm.model.entities import VirtualMachine

ADAPTER = "Network Adapter"
"""What Hyper-V calls the adapter that New-VM makes; the model knows one for each machine."""


def disk_of(machine: VirtualMachine) -> ShellObject:
    """The virtual hard disk of a machine."""
    return ShellObject(
        "VMHardDiskDrive",
        {
            "VMName": machine.name,
            "ControllerType": None,
            "ControllerNumber": None,
            "ControllerLocation": None,
            "DiskNumber": None,
            "Path": None,
            "ComputerName": machine.node,
            "VMId": machine.id,
        },
        machine.id,
    )


def drive_of(machine: VirtualMachine) -> ShellObject:
    """The DVD drive of a machine, with its medium."""
    return ShellObject(
        "VMDvdDrive",
        {
            "VMName": machine.name,
            "ControllerType": None,
            "ControllerNumber": None,
            "ControllerLocation": None,
            "DvdMediaType": "ISO" if machine.media else "None",
            "Path": machine.media,
            "ComputerName": machine.node,
            "VMId": machine.id,
        },
        machine.id,
    )


def adapter_of(machine: VirtualMachine) -> ShellObject:
    """The network adapter of a machine."""
    return ShellObject(
        "VMNetworkAdapter",
        {
            "Name": ADAPTER,
            "VMName": machine.name,
            "SwitchName": machine.switch,
            "Connected": machine.switch is not None and machine.connected,
            "IsManagementOs": False,
            "ComputerName": machine.node,
            "VMId": machine.id,
        },
        machine.id,
    )
