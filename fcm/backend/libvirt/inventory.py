"""What a libvirt host is and runs, read in a few calls and turned into the model's terms."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from fcm.model.entities import MachineState, Node, NodeState, Processor, StartAction, VirtualMachine

if TYPE_CHECKING:
    from fcm.backend.libvirt.hosts_file import Host

SHARED_DISK = "shared-storage"
"""Id of the one shared storage of a hosts file."""

# virDomainState and virDomainPausedReason
_RUNNING, _BLOCKED, _PAUSED, _SHUTDOWN, _CRASHED = 1, 2, 3, 4, 6
_PAUSED_MIGRATION, _PAUSED_STARTING = 2, 11
_STATES = {
    _RUNNING: MachineState.RUNNING,
    _BLOCKED: MachineState.RUNNING,
    _PAUSED: MachineState.PAUSED,
    _SHUTDOWN: MachineState.STOPPING,
}


@dataclass(frozen=True, slots=True)
class FoundMachine:
    """A domain as one host reports it."""

    machine: VirtualMachine
    arriving: bool
    """True for the paused copy that waits at the destination of a live migration."""
    bridge: str | None


@dataclass(frozen=True, slots=True)
class HostReport:
    """What one host said."""

    node: Node
    machines: tuple[FoundMachine, ...]
    began: float = 0.0
    """s on the monotonic clock: when the host was asked."""


def read_host(connection: Any, host: Host, processor: Processor) -> HostReport:
    """Ask a host for itself and its domains; blocks.

    Raises:
        libvirt.libvirtError: the host did not answer as expected.
    """
    information = connection.getInfo()
    version = connection.getVersion()
    node = Node(
        name=host.name,
        state=NodeState.UP,
        memory=_memory(connection, information),
        reserved_memory=0,
        logical_processors=information[2],
        processor=processor,
        switches=host.bridges,
        system_drive="/",
        version=f"QEMU {version // 1_000_000}.{version // 1000 % 1000}.{version % 1000}",
    )
    machines = []
    for domain in connection.listAllDomains():
        # A domain may vanish between the list and the questions.
        with contextlib.suppress(connection.error_type):
            machines.append(_read_domain(domain, host))
    return HostReport(node, tuple(machines))


def _memory(connection: Any, information: list[Any]) -> int:
    """Bytes of the host; getInfo() counts only what NUMA nodes report, so the statistics are asked first."""
    with contextlib.suppress(connection.error_type):
        return int(connection.getMemoryStats(-1)["total"]) * 1024
    return int(information[1]) * 2**20


def read_processor(capabilities: str) -> Processor:
    """Processor of a host from its capabilities XML (host/cpu)."""
    cpu = ElementTree.fromstring(capabilities).find("host/cpu")
    if cpu is None:
        return Processor("", "unknown", frozenset())
    features = frozenset(item.get("name", "") for item in cpu.iterfind("feature"))
    return Processor(cpu.findtext("vendor", ""), cpu.findtext("model", "unknown"), features)


def _read_domain(domain: Any, host: Host) -> FoundMachine:
    state, reason = domain.state()
    xml = ElementTree.fromstring(domain.XMLDesc(0))
    memory_kib = domain.maxMemory()
    files = [source.get("file", "") for source in xml.iterfind("devices/disk[@device='disk']/source")]
    media = [source.get("file") for source in xml.iterfind("devices/disk[@device='cdrom']/source")]
    bridges = [source.get("bridge") for source in xml.iterfind("devices/interface/source") if source.get("bridge")]
    shared = bool(files) and host.storage is not None and all(_below(file, host.storage) for file in files)
    model = xml.findtext("cpu/model", "")
    machine = VirtualMachine(
        id=domain.UUIDString(),
        name=domain.name(),
        node=host.name,
        state=_STATES.get(state, MachineState.OFF),
        memory=memory_kib * 1024,
        processors=int(xml.findtext("vcpu", "1")),
        workload="",
        path=files[0] if files else "",
        disk=SHARED_DISK if shared else None,
        switch=bridges[0] if bridges else None,
        start_action=StartAction.NOTHING,
        processor_compatibility=model in ("qemu64", "kvm64"),
        media=next((file for file in media if file), None),
    )
    arriving = state == _PAUSED and reason in (_PAUSED_MIGRATION, _PAUSED_STARTING)
    return FoundMachine(machine, arriving, machine.switch)


def _below(file: str, folder: str) -> bool:
    return PurePosixPath(file).is_relative_to(PurePosixPath(folder))
