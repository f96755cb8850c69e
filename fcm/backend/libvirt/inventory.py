"""What a libvirt host is and runs, read in a few calls and turned into the model's terms."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from fcm.model.entities import MachineState, Node, NodeState, Processor, StartAction, VirtualMachine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fcm.backend.libvirt.configuration.hosts_file import Host

SHARED_DISK = "shared-storage"
"""Id of the one shared storage of a hosts file."""

# virDomainState and virDomainPausedReason
_RUNNING, _BLOCKED, _PAUSED, _SHUTDOWN, _CRASHED = 1, 2, 3, 4, 6
_OFF = (0, 5, _CRASHED)
_PAUSED_MIGRATION, _PAUSED_STARTING = 2, 11
_PAUSED_POSTCOPY, _PAUSED_POSTCOPY_FAILED = 12, 13
_NOT_THE_MACHINE = (_PAUSED_MIGRATION, _PAUSED_STARTING, _PAUSED_POSTCOPY, _PAUSED_POSTCOPY_FAILED)
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
    """True for the paused copy that waits at the destination of a live migration, and for what post-copy has left at
    the source: the machine itself is at the other end."""
    bridge: str | None


@dataclass(frozen=True, slots=True)
class HostReport:
    """What one host said."""

    node: Node
    machines: tuple[FoundMachine, ...]
    began: float = 0.0
    """s on the monotonic clock: when the host was asked."""


@dataclass(frozen=True, slots=True)
class Definition:
    """Properties that only the definition of a domain contains; it rarely changes and needs a separate call."""

    read_at: float
    """s on the monotonic clock."""
    active: bool
    """Whether the domain ran then: the definition of a running one is another than that of its next start."""
    path: str
    shared: bool
    """All its disks lie on the shared storage."""
    bridge: str | None
    media: str | None
    starts_with_host: bool
    processor_compatibility: bool


DEFINITION_LIMIT = 10.0
"""Seconds after which a definition is read again without an event, because not every change has one."""
LEAST_AT_ONCE = 10
"""So many of those, or a tenth of all if that is more, are read again with one question, the oldest first: a host with
hundreds of domains is not silent for a second every DEFINITION_LIMIT."""


def read_node(connection: Any, host: Host, processor: Processor) -> Node:
    """What stays as it is while a connection lasts; blocks.

    Raises:
        libvirt.libvirtError: the host did not respond as expected.
    """
    information = connection.getInfo()
    version, libvirt = (
        f"{number // 1_000_000}.{number // 1000 % 1000}.{number % 1000}"
        for number in (connection.getVersion(), connection.getLibVersion())
    )
    return Node(
        name=host.name,
        state=NodeState.UP,
        memory=_memory(connection, information),
        reserved_memory=0,
        logical_processors=information[2],
        processor=processor,
        switches=host.bridges,
        system_drive="/",
        version=f"QEMU {version}",
        libvirt_version=f"libvirt {libvirt}",
    )


def read_machines(connection: Any, host: Host, known: dict[str, Definition], asked: float) -> tuple[FoundMachine, ...]:
    """All domains of a host by one call for their statistics (virConnectGetAllDomainStats), never waiting for a job.

    Args:
        connection: of the host, with ``STATS`` (which statistics), ``NOWAIT``, ``AUTOSTART`` and ``error_type``.
        host: of the hosts file.
        known: definitions by UUID, brought up to date here. A definition is read where there is none, where the
            domain was started or stopped since, or where it is older than ``DEFINITION_LIMIT`` (see
            ``LEAST_AT_ONCE``).
        asked: s on the monotonic clock.

    Raises:
        libvirt.libvirtError: the host did not respond as expected.
    """
    machines = []
    told = connection.getAllDomainStats(connection.STATS, connection.NOWAIT)
    old = _oldest(known, asked)
    started_with_host: set[str] | None = None
    for domain, figures in told:
        identity, active = domain.UUIDString(), figures["state.state"] not in _OFF
        definition = known.get(identity)
        if definition is None or definition.active is not active or identity in old:
            if started_with_host is None:
                started_with_host = {one.UUIDString() for one in connection.listAllDomains(connection.AUTOSTART)}
            try:
                known[identity] = definition = _read_definition(
                    domain, host, active, asked, identity in started_with_host
                )
            except connection.error_type:  # it vanished between the two calls
                known.pop(identity, None)
                continue
        machines.append(_machine(domain, figures, definition, host))
    for gone in known.keys() - {item.machine.id for item in machines}:
        del known[gone]
    return tuple(machines)


def _oldest(known: Mapping[str, Definition], asked: float) -> frozenset[str]:
    """The definitions that are to be read again because they are old."""
    old = [identity for identity, one in known.items() if asked - one.read_at > DEFINITION_LIMIT]
    old.sort(key=lambda identity: known[identity].read_at)
    return frozenset(old[: max(LEAST_AT_ONCE, len(known) // 10)])


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


def _read_definition(domain: Any, host: Host, active: bool, asked: float, starts_with_host: bool) -> Definition:
    xml = ElementTree.fromstring(domain.XMLDesc(0))
    files = [source.get("file", "") for source in xml.iterfind("devices/disk[@device='disk']/source")]
    media = [source.get("file") for source in xml.iterfind("devices/disk[@device='cdrom']/source")]
    bridges = [source.get("bridge") for source in xml.iterfind("devices/interface/source") if source.get("bridge")]
    return Definition(
        read_at=asked,
        active=active,
        path=files[0] if files else "",
        shared=bool(files) and host.storage is not None and all(_below(file, host.storage) for file in files),
        bridge=bridges[0] if bridges else None,
        media=next((file for file in media if file), None),
        starts_with_host=starts_with_host,
        processor_compatibility=xml.findtext("cpu/model", "") in ("qemu64", "kvm64"),
    )


def _machine(domain: Any, figures: Mapping[str, Any], definition: Definition, host: Host) -> FoundMachine:
    """Source of the names: virConnectGetAllDomainStats."""
    state, reason = figures["state.state"], figures.get("state.reason", 0)
    machine = VirtualMachine(
        id=domain.UUIDString(),
        name=domain.name(),
        node=host.name,
        state=_STATES.get(state, MachineState.OFF),
        memory=figures.get("balloon.maximum", 0) * 1024,
        processors=figures.get("vcpu.maximum", 1),
        workload="",
        path=definition.path,
        disk=SHARED_DISK if definition.shared else None,
        switch=definition.bridge,
        start_action=StartAction.ALWAYS if definition.starts_with_host else StartAction.NOTHING,
        processor_compatibility=definition.processor_compatibility,
        media=definition.media,
    )
    arriving = state == _PAUSED and reason in _NOT_THE_MACHINE
    return FoundMachine(machine, arriving, machine.switch)


def _below(file: str, folder: str) -> bool:
    return PurePosixPath(file).is_relative_to(PurePosixPath(folder))
