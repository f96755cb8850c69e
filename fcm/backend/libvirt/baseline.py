"""The processor that all hosts have: what a machine needs to move between different ones.

The setting "Migrate to a physical computer with a different processor version", as libvirt offers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from fcm.backend.base import BackendError, UnknownMachineError
from fcm.backend.libvirt.connection import HostConnection
from fcm.backend.libvirt.errors import sentence
from fcm.backend.libvirt.event_loop import EVENT_LOOP
from fcm.backend.libvirt.lane import load_libvirt
from fcm.backend.libvirt.processors import features_of, host_model
from fcm.text.words import quoted

if TYPE_CHECKING:
    from fcm.backend.libvirt.configuration.hosts_file import HostsFile


class BaselineError(BackendError):
    """There is no common processor, or it cannot be set; the message says why."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """A processor that every host offers."""

    xml: str
    """The element cpu for a domain."""
    model: str
    features: frozenset[str]
    """All features, those of the model among them."""
    lost: dict[str, tuple[str, ...]]
    """By host: features that it has and machines with this processor go without, sorted."""


@dataclass(frozen=True, slots=True)
class _Found:
    domain: Any
    emulator: str
    architecture: str
    kind: str


def find_baseline(hosts: HostsFile, machine: str, apply: bool = False) -> Baseline:
    """The baseline over all hosts for a machine's emulator; with ``apply`` it is set. Blocks.

    Raises:
        UnknownMachineError: no host has the machine.
        BaselineError: a host does not respond, the machine runs, or the hosts have nothing in common.
    """
    libvirt = load_libvirt()
    with EVENT_LOOP.running():
        connections = [HostConnection(host) for host in hosts.hosts]
        try:
            found = _find(connections, machine)
            baseline = _compute(connections, found)
            if apply:
                _set(found, baseline)
            return baseline
        except libvirt.libvirtError as error:
            raise BaselineError(sentence(error.get_error_code() or 0, str(error), "A host").sentence()) from error
        finally:
            for connection in connections:
                connection.close()


def _find(connections: list[HostConnection], machine: str) -> _Found:
    for connection in connections:
        for domain in connection.connection().listAllDomains():
            if domain.name() == machine:
                xml = ElementTree.fromstring(domain.XMLDesc(0))
                system = xml.find("os/type")
                architecture = "x86_64" if system is None else system.get("arch", "x86_64")
                return _Found(domain, xml.findtext("devices/emulator", ""), architecture, xml.get("type", "kvm"))
    raise UnknownMachineError(f"No host has a virtual machine named {quoted(machine)}.")


def _compute(connections: list[HostConnection], found: _Found) -> Baseline:
    offered = {connection.host.name: _offered(connection.connection(), found) for connection in connections}
    first = connections[0].connection()
    features = {name: features_of(_baseline(first, found, [xml], expand=True)) for name, xml in offered.items()}
    common = _baseline(first, found, list(offered.values()), expand=False)
    kept = features_of(_baseline(first, found, list(offered.values()), expand=True))
    return Baseline(
        common,
        ElementTree.fromstring(common).findtext("model", ""),
        kept,
        {name: tuple(sorted(has - kept)) for name, has in features.items()},
    )


def _offered(connection: Any, found: _Found) -> str:
    """What a host's emulator offers its machines: host-model in the domain capabilities."""
    text = connection.getDomainCapabilities(found.emulator, found.architecture, None, found.kind)
    cpu = host_model(text)
    if cpu is None:
        raise BaselineError("A host does not report the processor that it provides to virtual machines.")
    return cpu


def _baseline(connection: Any, found: _Found, offered: list[str], expand: bool) -> str:
    libvirt = load_libvirt()
    flags = libvirt.VIR_CONNECT_BASELINE_CPU_MIGRATABLE
    if expand:
        flags |= libvirt.VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES
    text: str = connection.baselineHypervisorCPU(found.emulator, found.architecture, None, found.kind, offered, flags)
    return text


def _set(found: _Found, baseline: Baseline) -> None:
    if found.domain.isActive():
        raise BaselineError(
            f"{found.domain.name()} is running, so its processor cannot be changed. Shut it down and try again."
        )
    libvirt = load_libvirt()
    definition = ElementTree.fromstring(found.domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
    for old in definition.findall("cpu"):
        definition.remove(old)
    definition.append(ElementTree.fromstring(baseline.xml))
    found.domain.connect().defineXML(ElementTree.tostring(definition, encoding="unicode"))
