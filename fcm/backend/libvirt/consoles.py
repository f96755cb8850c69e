"""Where the screen of a virtual machine is: what a viewer such as virt-viewer has to be told."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import TYPE_CHECKING

from fcm.backend.base import Console, ConsoleError
from fcm.backend.libvirt.errors import error_sentence
from fcm.backend.libvirt.lane import load_libvirt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fcm.backend.libvirt.connection import HostConnection
    from fcm.model.state import State

SHOWN = ("spice", "vnc")
"""Kinds of graphics that virt-viewer shows (libvirt, formatdomain, "Graphical framebuffers")."""


def graphics_of(description: str) -> str:
    """The first kind of graphics in the XML of a domain that a viewer shows; "" = none."""
    try:
        devices = ElementTree.fromstring(description).find("devices")
    except ElementTree.ParseError:
        return ""
    kinds = [one.get("type", "") for one in devices.findall("graphics")] if devices is not None else []
    return next((kind for kind in kinds if kind in SHOWN), "")


def console_of(state: State, connections: Mapping[str, HostConnection], machine: str) -> Console:
    """The console of a machine on the host where it runs; see fcm.backend.base.Backend.console.

    Raises:
        ConsoleError: it does not run, or its host does not answer.
    """
    libvirt = load_libvirt()
    known = state.machines.get(machine)
    if known is None:
        raise ConsoleError("The virtual machine is no longer in this cluster. Refresh the view (F5).")
    if not known.state.holds_memory:
        raise ConsoleError(f"{known.name} is {known.state.lower()}. Start it first.")
    connection = connections.get(known.node)
    try:
        domain = connection.domain(machine) if connection is not None else None
        description = domain.XMLDesc() if domain is not None else ""
    except libvirt.libvirtError as error:
        raise ConsoleError(error_sentence(error, known.node).sentence()) from error
    if connection is None or domain is None:
        raise ConsoleError(f"{known.name} is no longer running on {known.node}. Refresh the view (F5).")
    return Console(connection.host.uri, machine, graphics_of(description))
