"""What a host offers its machines as a processor, as reported by libvirt."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from fcm.backend.libvirt.lane import load_libvirt

KINDS = ("kvm", "qemu")
"""Machines that the processor of their host runs, and those that QEMU emulates: they are offered different features."""


def host_model(capabilities: str) -> str | None:
    """The element cpu of host-model in the capabilities of an emulator; None where it offers none."""
    mode = ElementTree.fromstring(capabilities).find("cpu/mode[@name='host-model']")
    if mode is None or mode.get("supported") != "yes":
        return None
    cpu = ElementTree.Element("cpu", {"mode": "custom", "match": "exact"})
    cpu.extend([child for child in mode if child.tag in ("model", "vendor", "feature")])
    return ElementTree.tostring(cpu, encoding="unicode")


def features_of(cpu: str) -> frozenset[str]:
    """Names of the features that an element cpu asks for; all of them only where it was expanded."""
    wanted = ElementTree.fromstring(cpu).iterfind("feature")
    return frozenset(item.get("name", "") for item in wanted if item.get("policy") in (None, "require", "force"))


def offered_features(connection: Any, kind: str) -> frozenset[str]:
    """All features of the processor that a host's default emulator offers machines of a kind. Blocks.

    The capabilities of the host itself are not enough: an emulator may leave features out, and they name a model with
    some features next to it that others count among the model's own.

    Raises:
        libvirt.libvirtError: the host does not respond, or cannot tell.
    """
    libvirt = load_libvirt()
    text = connection.getDomainCapabilities(None, None, None, kind)
    cpu = host_model(text)
    if cpu is None:
        return frozenset()
    found = ElementTree.fromstring(text)
    emulator, architecture = found.findtext("path"), found.findtext("arch")
    flags = libvirt.VIR_CONNECT_BASELINE_CPU_MIGRATABLE | libvirt.VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES
    return features_of(connection.baselineHypervisorCPU(emulator, architecture, None, kind, [cpu], flags))
