"""The lab as a whole: up, status, down. Each may be repeated, also after a kill in the middle."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.lab import failover
from fcm.lab.guest import build_guest, is_cached, place_guest
from fcm.lab.hosts_file import permitted_nodes, render_hosts_file
from fcm.lab.machines import LabMachine, domains_on, list_machines
from fcm.lab.network import build_networks, remove_networks, shape
from fcm.lab.node import is_running, start_node, wait_for_node
from fcm.lab.plan import LINUX_ONLY, LabError, LabFolders, LabNode, LabPlan, make_plan
from fcm.lab.processes import NAMESPACES, network_namespaces, process_start
from fcm.lab.requirements import missing
from fcm.lab.ssh import has_ssh, prepare_ssh
from fcm.text.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator


_PATIENCE = 3.0
"""s a libvirtd has to answer before it counts as hanging."""


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """How one node is."""

    node: LabNode
    running: bool
    """It has power."""
    answering: bool
    """Its libvirtd listed its virtual machines within 3 s."""
    machines: tuple[str, ...]
    """Machines that run on it."""


@dataclass(frozen=True, slots=True)
class LabStatus:
    """How the lab is."""

    plan: LabPlan
    nodes: tuple[NodeStatus, ...]
    machines: tuple[LabMachine, ...]
    hosts_file: Path


@contextmanager
def _only_one(folders: LabFolders) -> Iterator[None]:
    """Keep a second ``up`` or ``down`` out. An abstract socket: the kernel frees it however this process ends."""
    if sys.platform != "linux":
        raise LabError(LINUX_ONLY)
    with socket.socket(socket.AF_UNIX) as lock:
        try:
            lock.bind(f"\0fcm-lab-{folders.name}")
        except OSError:
            raise LabError("Another fcm lab command is using this lab. Wait until it has finished.") from None
        yield


@dataclass(frozen=True, slots=True)
class _Record:
    """What ``up`` noted before it changed the machine, so that ``down`` can undo it."""

    plan: LabPlan
    complete: bool
    own_mount: bool
    """``ip netns`` had made no mount for its names before."""
    identity: str
    """Another one for each lab: what was kept of an earlier one is not taken for this one's."""
    process: tuple[int, int] | None
    """Process with which the lab ends, and when that began; None: it exists until it is removed."""
    formed: bool = False
    """The cluster of a lab with failover was formed to the end."""


def _write_record(record: _Record, folders: LabFolders) -> None:
    text = json.dumps(
        {
            "nodes": len(record.plan.nodes),
            "older": next((node.name for node in record.plan.nodes if node.older_processor), None),
            "bandwidth": record.plan.bandwidth,
            "failover": record.plan.failover,
            "complete": record.complete,
            "client": folders.namespace("client"),
            "permits": permitted_nodes(record.plan, folders),
            "own_mount": record.own_mount,
            "identity": record.identity,
            "process": record.process,
            "formed": record.formed,
        }
    )
    folders.state.mkdir(mode=0o755, parents=True, exist_ok=True)
    fresh = folders.record.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8", newline="\n")
    fresh.replace(folders.record)


def _read_record(folders: LabFolders) -> _Record | None:
    try:
        known = json.loads(folders.record.read_text(encoding="utf-8"))
        plan = make_plan(known["nodes"], known["bandwidth"], known["older"], known.get("failover") is True)
        process = known.get("process")
        return _Record(
            plan,
            known["complete"],
            known["own_mount"],
            str(known.get("identity", "")),
            None if process is None else (int(process[0]), int(process[1])),
            known.get("formed") is True,
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError, LabError):
        return None


def read_process(folders: LabFolders) -> tuple[int, int] | None:
    """The process with which a lab ends and when it began, see ``process_start``; None where it has none."""
    record = _read_record(folders)
    return None if record is None else record.process


def _this_process() -> tuple[int, int]:
    return os.getpid(), process_start(os.getpid()) or 0


def _is_mounted(folder: Path) -> bool:
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    return any(line.split(" ")[4] == str(folder) for line in lines)


def _mount_is_ours() -> bool:
    """True if the mount of ``ip netns`` is not there yet, or is there for other labs alone: the last one removes it."""
    names = network_namespaces()
    return not _is_mounted(NAMESPACES) or (bool(names) and all(name.startswith("fcm-") for name in names))


def _refuse_without_root() -> None:
    if sys.platform != "linux":
        raise LabError(LINUX_ONLY)
    if os.geteuid() != 0:
        raise LabError("The lab belongs to root. Run this command with sudo.")


def current_plan(folders: LabFolders) -> LabPlan:
    """The plan of the lab that is up.

    Raises:
        LabError: none is up, or it cannot be reached without root.
    """
    record = _read_record(folders)
    if record is None or not record.complete:
        raise LabError("No lab is running. Start one: fcm lab up")
    _refuse_without_root()
    return record.plan


def bring_up(plan: LabPlan, folders: LabFolders, own: bool = False) -> Path:
    """Create the lab, or repair the existing one: nodes that are off are turned on, the bandwidth is set again.

    A lab with failover gets its cluster too, or what of it does not run is started. What an interrupted ``up`` or
    ``down`` left is cleared first.

    Args:
        plan: what it is to be.
        folders: where.
        own: it is this process's own and may be removed once that is gone (``standing.remove_abandoned``).

    Returns:
        The hosts file to open.

    Raises:
        LabError: this machine cannot run a lab, a lab with other nodes is up, or a step failed.
    """
    with _only_one(folders):
        record = _read_record(folders)
        if record is not None and record.complete:
            if plan.failover and not record.plan.failover:
                raise LabError("A lab without failover is already running. Stop it first: fcm lab down")
            plan = replace(plan, failover=record.plan.failover)
        lacking = missing(not is_cached(folders), plan.failover)
        if lacking is not None:
            raise LabError(lacking)
        if record is not None and record.complete:
            if record.plan.nodes != plan.nodes:
                raise LabError(
                    f"A lab with {counted(len(record.plan.nodes), 'node')} is already running. "
                    "Stop it first: fcm lab down"
                )
            shape(plan, folders)
        else:
            own_mount = record.own_mount if record else _mount_is_ours()
            _remove(folders, own_mount)
            record = _Record(plan, False, own_mount, str(uuid.uuid4()), _this_process())
            _write_record(record, folders)
            build_guest(folders)
            build_networks(plan, folders)
        for folder in (folders.shared, folders.consoles):
            folder.mkdir(parents=True, exist_ok=True)
        place_guest(folders)
        if has_ssh():
            prepare_ssh(plan, folders)
            folders.ssh_hosts_file.write_text(
                render_hosts_file(plan, folders, over_ssh=True, identity=record.identity),
                encoding="utf-8",
                newline="\n",
            )
        if plan.failover:
            failover.prepare(plan, folders)
        for node in plan.nodes:
            start_node(node, plan, folders)
        for node in plan.nodes:
            wait_for_node(node, folders)
        folders.hosts_file.write_text(
            render_hosts_file(plan, folders, identity=record.identity), encoding="utf-8", newline="\n"
        )
        if not record.complete:
            record = replace(record, process=_this_process() if own else None)
        record = replace(record, plan=plan, complete=True)
        _write_record(record, folders)
        if plan.failover:  # after the record, which permits the hosts file that the cluster is formed from
            if record.formed and failover.is_formed(plan, folders):
                failover.mend(plan, folders)
            else:
                failover.form(folders)
                _write_record(replace(record, formed=True), folders)
    return folders.hosts_file


def _remove(folders: LabFolders, own_mount: bool) -> None:
    remove_networks(folders, own_mount)
    if folders.state.exists():
        inside = f"{folders.state}/"
        for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
            mounted = line.split(" ")[4]
            if mounted.startswith(inside):
                raise LabError(f"{mounted} is still mounted. Nothing was deleted in {folders.state}.")
        shutil.rmtree(folders.state)


def take_down(folders: LabFolders) -> bool:
    """End everything of the lab and remove all it made but the cache of the guest.

    Returns:
        False if there was nothing to remove.

    Raises:
        LabError: not root, or something cannot be removed.
    """
    _refuse_without_root()
    with _only_one(folders):
        record = _read_record(folders)
        left = folders.state.exists() or any(folders.owns(name) for name in network_namespaces())
        _remove(folders, record is not None and record.own_mount)
    return left


def read_status(folders: LabFolders) -> LabStatus:
    """How the lab is now.

    Raises:
        LabError: none is up.
    """
    plan = current_plan(folders)
    nodes = []
    for node in plan.nodes:
        try:
            machines: tuple[str, ...] | None = domains_on(node, folders, running=True, limit=_PATIENCE)
        except LabError:
            machines = None
        nodes.append(NodeStatus(node, is_running(node, folders), machines is not None, machines or ()))
    return LabStatus(plan, tuple(nodes), list_machines(folders), folders.hosts_file)
