"""What a real destination says before a transfer begins."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from fcm.backend.libvirt.errors import CPU_INCOMPATIBLE, sentence
from fcm.backend.libvirt.lane import load_libvirt
from fcm.model.rules.verdict import OK, Verdict

if TYPE_CHECKING:
    from fcm.backend.libvirt.connection import HostConnection

_log = logging.getLogger(__name__)


def processor_verdict(domain: Any, destination: HostConnection) -> Verdict:
    """Whether the destination offers all processor features that the running machine was given; blocks.

    libvirt's compareHypervisorCPU with the processor of the machine's migratable definition names those missing. A
    destination that cannot compare (another emulator path, a driver without the call) is not refused here: QEMU
    itself decides then.

    Raises:
        libvirt.libvirtError: the source does not respond.
    """
    libvirt = load_libvirt()
    xml = ElementTree.fromstring(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_MIGRATABLE))
    processor = xml.find("cpu")
    if processor is None:
        return OK
    system = xml.find("os/type")
    emulator, architecture = xml.findtext("devices/emulator"), None if system is None else system.get("arch")
    try:
        destination.connection().compareHypervisorCPU(
            emulator,
            architecture,
            None,
            xml.get("type"),
            ElementTree.tostring(processor, encoding="unicode"),
            libvirt.VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE,
        )
    except libvirt.libvirtError as error:
        if error.get_error_code() == CPU_INCOMPATIBLE:
            return sentence(CPU_INCOMPATIBLE, str(error), destination.host.name)
        _log.debug("%s does not compare processors: %s", destination.host.name, error)
    return OK
