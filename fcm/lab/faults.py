"""Faults that can be injected into the lab, and their repair."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING

from fcm.lab.network import port
from fcm.lab.node import LITTLE_MEMORY_MARK
from fcm.lab.plan import LINUX_ONLY, NETWORKS, LabError, LabFolders, LabNetwork, LabNode, LabPlan
from fcm.lab.power import ask_switch, cut_power, switch_process
from fcm.lab.processes import (
    command_line,
    first_process_in,
    ip,
    process_state,
    processes_in,
    program,
    run,
)
from fcm.lab.station import kill_witness, start_witness

if TYPE_CHECKING:
    from collections.abc import Iterable

_LITTLE_MEMORY = 192 * 1024
"""KiB of address space, which no machine of the lab can do with."""


class NodeFault(StrEnum):
    """Faults of a node."""

    POWER_CUT = "power-cut"
    """Every process of it ends at the same instant, its machines too; ``up`` switches it on again."""
    LIBVIRTD_KILL = "libvirtd-kill"
    """kill -9 of its libvirtd, which the node starts again at once; machines run on."""
    LIBVIRTD_STOP = "libvirtd-stop"
    """As kill, but it stays away until ``libvirtd-start``."""
    LIBVIRTD_START = "libvirtd-start"
    LIBVIRTD_HANG = "libvirtd-hang"
    """Its libvirtd takes connections and answers nothing (SIGSTOP) until ``libvirtd-resume``."""
    LIBVIRTD_RESUME = "libvirtd-resume"
    STORAGE_LOST = "storage-lost"
    """The shared storage is empty as this node sees it, until ``storage-back``; machines that run keep their disks."""
    STORAGE_BACK = "storage-back"
    MEMORY_SHORT = "memory-short"
    """Machines that start or arrive there find no memory, until ``memory-back``."""
    MEMORY_BACK = "memory-back"
    COROSYNC_KILL = "corosync-kill"
    """kill -9 of its Corosync: the node leaves the cluster at once, and is fenced."""
    PACEMAKER_KILL = "pacemaker-kill"
    """kill -9 of all daemons of Pacemaker: the node is fenced."""
    PACEMAKERD_KILL = "pacemakerd-kill"
    """kill -9 of pacemakerd alone: its daemons run on, without the one that starts them again."""
    LINKS_DOWN = "links-down"
    """The cables of all cluster networks are pulled at once, until ``links-up``."""
    LINKS_UP = "links-up"
    FENCE_OFF = "fence-off"
    """The power switch answers no other node about this one, until ``fence-on``."""
    FENCE_ON = "fence-on"


NEED_FAILOVER = frozenset(
    {
        NodeFault.COROSYNC_KILL,
        NodeFault.PACEMAKER_KILL,
        NodeFault.PACEMAKERD_KILL,
        NodeFault.FENCE_OFF,
        NodeFault.FENCE_ON,
    }
)
"""Faults of what only a lab with failover has."""


class WitnessFault(StrEnum):
    """Faults of the witness at the management station."""

    KILL = "witness-kill"
    """kill -9 of corosync-qnetd, until ``witness-start`` or ``up``."""
    START = "witness-start"


class LinkFault(StrEnum):
    """Faults between a node and a network."""

    DOWN = "link-down"
    """The cable is pulled at the switch."""
    UP = "link-up"
    DROP = "link-drop"
    """The node's answers to the other nodes vanish while its address still answers ARP: a connect hangs."""
    PASS = "link-pass"


def libvirtd_of(node: LabNode, folders: LabFolders) -> int:
    """Process id, as the machine counts, of the node's libvirtd.

    Raises:
        LabError: it does not run.
    """
    for pid in processes_in(folders.namespace(node.name)):
        if program(pid) == "libvirtd" and process_state(pid) != "Z":
            return pid
    raise LabError(f"libvirtd is not running on {node.name}.")


def emulator_of(machine: str, node: LabNode, folders: LabFolders) -> int:
    """Process id, as the machine counts, of the QEMU that runs (or receives) *machine* on *node*.

    Raises:
        LabError: it does not exist.
    """
    for pid in processes_in(folders.namespace(node.name)):
        words = command_line(pid)
        if program(pid).startswith("qemu-system") and any(
            word == f"guest={machine}" or word.startswith(f"guest={machine},") for word in words
        ):
            return pid
    raise LabError(f"{machine} is not running on {node.name}.")


def daemons_of(beginning: str, node: LabNode, folders: LabFolders) -> tuple[int, ...]:
    """Process ids, as the machine counts, of the node's programs whose names begin so (the first 15 characters).

    Raises:
        LabError: there are none.
    """
    found = _living(beginning, node, folders)
    if not found:
        raise LabError(f"{beginning} is not running on {node.name}.")
    return found


def _living(beginning: str, node: LabNode, folders: LabFolders) -> tuple[int, ...]:
    return tuple(
        pid
        for pid in processes_in(folders.namespace(node.name))
        if program(pid).startswith(beginning) and process_state(pid) != "Z"
    )


def break_node(fault: NodeFault, node: LabNode, folders: LabFolders) -> None:
    """Inject *fault* into *node*.

    Raises:
        LabError: the node is off, or has no libvirtd to do it to.
    """
    if sys.platform != "linux":
        raise LabError(LINUX_ONLY)
    hold = folders.hold_libvirtd(node)
    match fault:
        case NodeFault.POWER_CUT:
            if first_process_in(folders.namespace(node.name)) is None:
                raise LabError(f"{node.name} is already off.")
            if switch_process(folders) is None:
                cut_power(node, folders)
            else:
                ask_switch(f"off {node.name}", folders)
        case NodeFault.LIBVIRTD_KILL:
            os.kill(libvirtd_of(node, folders), signal.SIGKILL)
        case NodeFault.LIBVIRTD_STOP:
            libvirtd = libvirtd_of(node, folders)
            hold.touch()
            os.kill(libvirtd, signal.SIGKILL)
        case NodeFault.LIBVIRTD_START:
            hold.unlink(missing_ok=True)
        case NodeFault.LIBVIRTD_HANG:
            os.kill(libvirtd_of(node, folders), signal.SIGSTOP)
        case NodeFault.LIBVIRTD_RESUME:
            os.kill(libvirtd_of(node, folders), signal.SIGCONT)
        case NodeFault.STORAGE_LOST:
            run(*_mounts_of(node, folders), "mount", "-t", "tmpfs", "lost", folders.shared)
        case NodeFault.STORAGE_BACK:
            run(*_mounts_of(node, folders), "umount", folders.shared)
        case NodeFault.MEMORY_SHORT:
            (folders.node(node) / "etc" / LITTLE_MEMORY_MARK).write_text(
                f"{_LITTLE_MEMORY}\n", encoding="utf-8", newline="\n"
            )
        case NodeFault.MEMORY_BACK:
            (folders.node(node) / "etc" / LITTLE_MEMORY_MARK).unlink(missing_ok=True)
        case NodeFault.COROSYNC_KILL:
            _kill(daemon for daemon in daemons_of("corosync", node, folders) if program(daemon) == "corosync")
        case NodeFault.PACEMAKER_KILL:
            _kill_pacemaker(node, folders)
        case NodeFault.PACEMAKERD_KILL:
            _kill(daemons_of("pacemakerd", node, folders))
        case NodeFault.LINKS_DOWN | NodeFault.LINKS_UP:
            word = "up" if fault is NodeFault.LINKS_UP else "down"
            cut = [network for network in NETWORKS if network.role != "none"]
            ip(folders.namespace("switch"), *(f"link set {port(network, node.name)} {word}" for network in cut))
        case NodeFault.FENCE_OFF:
            if switch_process(folders) is None:
                raise LabError("This lab has no power switch. Only a lab with failover has one: fcm lab up --failover")
            folders.no_answer(node).touch()
        case NodeFault.FENCE_ON:
            folders.no_answer(node).unlink(missing_ok=True)


def break_witness(fault: WitnessFault, folders: LabFolders) -> None:
    """Inject *fault* into the witness.

    Raises:
        LabError: the lab has none, or it does not run.
    """
    if fault is WitnessFault.KILL:
        kill_witness(folders)
    else:
        start_witness(folders)


def _kill_pacemaker(node: LabNode, folders: LabFolders) -> None:
    """The daemon that starts the others anew first, then whatever is left."""
    found = daemons_of("pacemaker", node, folders)
    while found:
        _kill(sorted(found, key=lambda pid: program(pid) != "pacemakerd"))
        found = _living("pacemaker", node, folders)


def _kill(pids: Iterable[int]) -> None:
    if sys.platform != "linux":
        raise LabError(LINUX_ONLY)
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _mounts_of(node: LabNode, folders: LabFolders) -> tuple[str, ...]:
    """Words before a command that let it see and change the mounts of *node* alone."""
    first = first_process_in(folders.namespace(node.name))
    if first is None:
        raise LabError(f"{node.name} is off.")
    return ("nsenter", "--target", str(first), "--mount", "--root", "--")


def break_link(fault: LinkFault, node: LabNode, network: LabNetwork, plan: LabPlan, folders: LabFolders) -> None:
    """Inject *fault* between *node* and *network*.

    Raises:
        LabError: the lab is not up, or the link is in that state already.
    """
    match fault:
        case LinkFault.DOWN | LinkFault.UP:
            word = "up" if fault is LinkFault.UP else "down"
            ip(folders.namespace("switch"), f"link set {port(network, node.name)} {word}")
        case LinkFault.DROP | LinkFault.PASS:
            word = "replace" if fault is LinkFault.DROP else "del"
            others = [network.address(other.number) for other in plan.nodes if other != node]
            ip(folders.namespace(node.name), *(f"route {word} blackhole {address}/32" for address in others))
