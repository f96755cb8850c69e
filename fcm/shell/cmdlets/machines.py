"""Virtual machines: the cmdlets of the Hyper-V module that the model has. The module came with Windows Server 2012."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.model.entities import MachineState, ResourceType, StartAction
from fcm.shell.runtime import finding
from fcm.shell.runtime.following import until_settled
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, VM_ID, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.device_objects import ADAPTER
from fcm.shell.values.objects import machine_object
from fcm.shell.values.values import Identity, as_truth, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.shell.runtime.call import Call

NAME = Param(
    "Name",
    "texts",
    position=0,
    aliases=("VMName", "VM"),
    pipes=("VirtualMachine", "ClusterGroup", "ClusterResource", TEXT),
    of="machine",
)
_MEMORY, _PROCESSOR, _DRIVE = (
    replace(NAME, aliases=("VMName", "VM", kind), pipes=(*NAME.pipes, kind))
    for kind in ("VMMemory", "VMProcessor", "VMDvdDrive")
)
ON = Param("ComputerName", "texts", help="Nodes: only virtual machines that are there.")
PASSTHRU = Param("Passthru", "switch", help="Return the virtual machines.")
START_ACTIONS = {
    "nothing": StartAction.NOTHING,
    "startifrunning": StartAction.START_IF_RUNNING,
    "start": StartAction.ALWAYS,
}
_FCM = "Workload of the virtual machine (fcm only)."


def _wanted(call: Call, parameter: str = "Name") -> list[tuple[str, str]]:
    return finding.machine_ids(call, finding.named(call, "a virtual machine", "Get-VM", parameter))


@cmdlet(
    "Get-VM",
    NAME,
    Param("Id", "texts", help="Ids of virtual machines.", by_property=True, means="Name", aliases=("VMId",)),
    replace(ON, pipes=("ClusterNode",)),
    CLUSTER,
    INPUT,
    synopsis="Gets the virtual machines on all nodes, clustered or not.",
    example="Get-VM -ComputerName node1",
    module="Hyper-V",
    since="2012",
)
def get_machine(call: Call) -> Iterable[Any]:
    """Machines."""
    finding.check_cluster(call)
    return [machine_object(machine, call.state) for machine in finding.machines(call, call.names())]


@cmdlet(
    "New-VM",
    Param("Name", position=0, needed=True, aliases=("VMName",)),
    Param("ComputerName", help="Name of the node. Default: the current host server of the cluster."),
    Param("MemoryStartupBytes", "whole", help="Memory in bytes, such as 2GB. Default: 512MB."),
    Param("NewVHDSizeBytes", "whole", help="Size of the virtual hard disk in bytes. Default: 20GB."),
    Param("Path", help="Folder on a Cluster Shared Volume. Default: local storage of the node."),
    Param("SwitchName", help="Name of the virtual network."),
    Param("ProcessorCount", "whole"),
    Param("Workload", help=_FCM),
    Param("NewVHDPath", absent="the disk is stored with the virtual machine."),
    Param("VHDPath", absent="existing disks are not supported."),
    Param("Generation", absent="requires Windows Server 2012 R2."),
    synopsis="Creates a virtual machine.",
    example="New-VM NEW01 -ComputerName node1 -MemoryStartupBytes 1GB",
    module="Hyper-V",
    since="2012",
    joins=True,
)
def new_machine(call: Call) -> Iterable[Any]:
    """Create."""
    cluster = call.state.cluster
    assert cluster is not None
    name = call.text("Name")
    disk = None
    if call.has("Path"):
        path = call.text("Path").rstrip("\\/").casefold()
        volumes = call.state.shared_volumes.values()
        found = [v for v in volumes if path == v.path().casefold() or path.startswith(v.path().casefold() + "\\")]
        if not found:
            known = [volume.path() for volume in volumes]
            raise call.session.not_found("folder of a shared volume", call.text("Path"), known, call.at)
        disk = found[0].disk
    command = cmd.CreateVirtualMachine(
        name=name,
        node=finding.node(call, call.text("ComputerName")) if call.has("ComputerName") else cluster.host,
        memory=call.whole("MemoryStartupBytes", 512 * 2**20),
        disk=disk,
        switch=call.text("SwitchName") or None,
        processors=call.whole("ProcessorCount", 1),
        disk_size=call.whole("NewVHDSizeBytes", 20 * 2**30),
        workload=call.text("Workload", "idle"),
    )

    def result() -> list[Any]:
        made = call.state.machine_named(name)
        return [machine_object(made, call.state)] if made else []

    return call.submit(command, name, result)


def _settings(call: Call, parameter: str = "Name", /, **settings: Any) -> Iterable[Any]:
    return call.one_by_one(
        _wanted(call, parameter),
        lambda one: call.submit(cmd.ConfigureVirtualMachine(one[0], **settings), one[1], partial(passed, call, one[0])),
    )


def passed(call: Call, identity: str) -> list[Any]:
    """What -Passthru returns: the machine as it is now."""
    machine = call.state.machines.get(identity) if call.switch("Passthru") else None
    return [] if machine is None else [machine_object(machine, call.state)]


@cmdlet(
    "Set-VM",
    NAME,
    ON,
    PASSTHRU,
    Param("AutomaticStartAction", choices=("Nothing", "StartIfRunning", "Start")),
    Param("MemoryStartupBytes", "whole"),
    Param("Workload", help=_FCM),
    CLUSTER,
    INPUT,
    synopsis="Changes the settings of a virtual machine.",
    example="Set-VM LEGACY01 -AutomaticStartAction Nothing",
    module="Hyper-V",
    since="2012",
    joins=True,
)
def set_machine(call: Call) -> Iterable[Any]:
    """Start action, memory, workload."""
    action = START_ACTIONS[call.text("AutomaticStartAction").casefold()] if call.has("AutomaticStartAction") else None
    workload = call.text("Workload") if call.has("Workload") else None
    return _settings(call, start_action=action, memory=call.whole("MemoryStartupBytes"), workload=workload)


@cmdlet(
    "Set-VMMemory",
    _MEMORY,
    ON,
    PASSTHRU,
    Param("StartupBytes", "whole", needed=True),
    Param("DynamicMemoryEnabled", "truth", absent="Dynamic Memory is not supported."),
    CLUSTER,
    INPUT,
    synopsis="Changes the memory of a virtual machine that is off.",
    example="Set-VMMemory TEST01 -StartupBytes 2GB",
    module="Hyper-V",
    since="2012",
    joins=True,
)
def set_memory(call: Call) -> Iterable[Any]:
    """Memory."""
    return _settings(call, memory=call.whole("StartupBytes"))


@cmdlet(
    "Set-VMProcessor",
    _PROCESSOR,
    ON,
    PASSTHRU,
    Param("CompatibilityForMigrationEnabled", "truth", needed=True),
    CLUSTER,
    INPUT,
    synopsis='"Migrate to a physical computer with a different processor version".',
    example="Set-VMProcessor TEST01 -CompatibilityForMigrationEnabled $true",
    module="Hyper-V",
    since="2012",
    joins=True,
)
def set_processor(call: Call) -> Iterable[Any]:
    """Processor compatibility."""
    wanted = as_truth(call.values["CompatibilityForMigrationEnabled"], "CompatibilityForMigrationEnabled")
    return _settings(call, processor_compatibility=wanted)


_ADAPTER = (
    Param(
        "VMName",
        "texts",
        position=0,
        aliases=("VM", "VMNetworkAdapter"),
        pipes=("VirtualMachine", "VMNetworkAdapter", "ClusterGroup", "ClusterResource", TEXT),
        of="machine",
    ),
    Param(
        "Name",
        "texts",
        position=1,
        aliases=("VMNetworkAdapterName",),
        help=f"Name of the adapter; it is always '{ADAPTER}'. Wildcards are permitted.",
    ),
    ON,
    PASSTHRU,
)


def _connect(call: Call, switch: str) -> Iterable[Any]:
    """Connect the adapters of machines to a virtual network; "": to none.

    Raises:
        NotFoundError: no adapter has the name.
    """
    wanted = call.names() or ["*"]
    if not any(finding.is_called(ADAPTER, str(one)) for one in wanted):
        raise call.session.not_found("network adapter", str(wanted[0]), [ADAPTER], call.at)
    return _settings(call, "VMName", switch=switch)


@cmdlet(
    "Connect-VMNetworkAdapter",
    *_ADAPTER,
    Param("SwitchName", position=2, needed=True, pipes=("VMSwitch",), aliases=("VMSwitch",)),
    CLUSTER,
    INPUT,
    synopsis="Connects a virtual machine to a virtual network.",
    example='Connect-VMNetworkAdapter WEB02 -SwitchName "VM Network"',
    module="Hyper-V",
    since="2012",
    joins=True,
)
def connect_adapter(call: Call) -> Iterable[Any]:
    """Connect."""
    (switch,) = call.names("SwitchName") or [""]
    name = str(switch)
    return _connect(call, name.partition("\\")[2] if isinstance(switch, Identity) else name)


@cmdlet(
    "Disconnect-VMNetworkAdapter",
    *_ADAPTER,
    CLUSTER,
    INPUT,
    synopsis="Disconnects a virtual machine from its virtual network.",
    example="Disconnect-VMNetworkAdapter TEST01",
    module="Hyper-V",
    since="2012",
    joins=True,
)
def disconnect_adapter(call: Call) -> Iterable[Any]:
    """Disconnect."""
    return _connect(call, "")


@cmdlet(
    "Set-VMDvdDrive",
    _DRIVE,
    ON,
    PASSTHRU,
    Param("Path", "any", needed=True, help="Path of an ISO file; $null ejects it."),
    CLUSTER,
    INPUT,
    synopsis="Inserts an ISO file into the DVD drive, or ejects it.",
    example="Set-VMDvdDrive SETUP01 -Path $null",
    module="Hyper-V",
    since="2012",
    joins=True,
)
def set_drive(call: Call) -> Iterable[Any]:
    """Media."""
    return _settings(call, media=text(call.values["Path"]))


@cmdlet(
    "Update-ClusterVirtualMachineConfiguration",
    NAME,
    VM_ID,
    CLUSTER,
    INPUT,
    synopsis="Refreshes the configuration of a virtual machine.",
    example="Update-ClusterVirtualMachineConfiguration SQL01",
)
def update_configuration(call: Call) -> Iterable[Any]:
    """Refresh: of the machine, which is named by itself or, as in Windows, by its configuration resource."""
    names = finding.named(call, "a virtual machine", "Get-VM")
    state = call.state
    known = [(one.name, one.id, one) for one in state.machines.values()]
    for resource in state.resources.values():
        configured = state.machines.get(resource.machine or "")
        if resource.type is ResourceType.VIRTUAL_MACHINE_CONFIGURATION and configured is not None:
            known.append((resource.name, configured.id, configured))
    found = finding.pick(call, "virtual machine configuration", known, names)
    return call.each(found, lambda machine: cmd.ConfigureVirtualMachine(machine.id), lambda _: [])


def _turn(call: Call, state: MachineState, forced: bool = False) -> Iterable[Any]:
    found = _wanted(call)
    done: list[str] = []

    def turn(one: tuple[str, str]) -> list[Any]:
        said = call.submit(cmd.SetMachineState(one[0], state, forced), one[1])
        done.append(one[0])
        return said

    yield from call.one_by_one(found, turn)
    if not call.session.joining and not call.what_if:
        until_settled(call, [identity for identity, _ in found])
        yield from (shown for identity in done for shown in passed(call, identity))


_WAIT = Param("Wait", "whole", help="Maximum time to wait, in seconds. Default: until complete. 0: do not wait.")


@cmdlet(
    "Start-VM", NAME, ON, PASSTHRU, _WAIT, CLUSTER, INPUT, synopsis="Starts a virtual machine.",
    example="Start-VM TEST01",
    aliases=("Resume-VM",), module="Hyper-V", since="2012", joins=True,
)  # fmt: skip
def start_machine(call: Call) -> Iterable[Any]:
    """Start, or go on after a pause."""
    return _turn(call, MachineState.RUNNING)


@cmdlet(
    "Stop-VM",
    NAME,
    ON,
    PASSTHRU,
    Param("TurnOff", "switch", help="Do not wait for the guest to shut down."),
    Param("Force", "switch"),
    Param("Save", "switch", help="Save the state of the virtual machine."),
    _WAIT,
    CLUSTER,
    INPUT,
    synopsis="Shuts down a virtual machine, or turns it off.",
    example="Stop-VM LEGACY01",
    module="Hyper-V",
    since="2012",
)
def stop_machine(call: Call) -> Iterable[Any]:
    """Shut down or turn off."""
    if call.switch("Save"):
        return _turn(call, MachineState.SAVED)
    return _turn(call, MachineState.OFF, forced=call.switch("TurnOff"))


@cmdlet(
    "Save-VM", NAME, ON, PASSTHRU, _WAIT, CLUSTER, INPUT, synopsis="Saves the state of a virtual "
        "machine.", example="Save-VM LEGACY01",
    module="Hyper-V", since="2012",
)  # fmt: skip
def save_machine(call: Call) -> Iterable[Any]:
    """Save."""
    return _turn(call, MachineState.SAVED)


@cmdlet(
    "Suspend-VM", NAME, ON, PASSTHRU, CLUSTER, INPUT, synopsis="Pauses a virtual machine.",
    example="Suspend-VM LEGACY01", module="Hyper-V", since="2012",
)  # fmt: skip
def suspend_machine(call: Call) -> Iterable[Any]:
    """Pause."""
    return _turn(call, MachineState.PAUSED)


@cmdlet(
    "Remove-VM", NAME, ON, Param("Force", "switch"), CLUSTER, INPUT, synopsis="Deletes a virtual machine that is off.",
    example="Remove-VM TEST01 -Force", module="Hyper-V", since="2012",
)  # fmt: skip
def remove_machine(call: Call) -> Iterable[Any]:
    """Delete."""
    return call.one_by_one(_wanted(call), lambda one: call.submit(cmd.DeleteVirtualMachine(one[0]), one[1]))
