"""Who runs what, asked every 0.1 s of the QEMU processes and of libvirt: never more than one copy of a machine."""

from __future__ import annotations

import os
import re
import threading
import time
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Self

import libvirt

from fcm.lab.processes import NAMESPACES
from tests.live.live_lab import wait_until

if TYPE_CHECKING:
    from types import TracebackType

    from tests.live.pacemaker.cluster import Failover

EVERY = 0.1
"""s between two looks."""
_STALE = 1.0
"""s after which an answer of libvirt says nothing about now."""
_GUEST = re.compile(rb"\0-name\0guest=([^,\0]+)[,\0]")
_RUNNING = 1


@dataclass(frozen=True, slots=True)
class _Told:
    """What a libvirtd said of one machine: asked at ``began``, answered at ``ended``."""

    running: bool
    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Moment:
    """Who had a QEMU of a machine from ``at`` on (s since the watch began), and who ran it."""

    at: float
    machine: str
    processes: tuple[str, ...]
    """Nodes with a QEMU of it."""
    running: tuple[str, ...]
    """Nodes on which it ran."""


@dataclass
class Watcher:
    """A thread that looks; use it as a context."""

    cluster: Failover
    moments: list[Moment] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    """Proofs that two copies ran at once."""
    began: float = field(default_factory=time.monotonic)
    looks: int = 0

    def __post_init__(self) -> None:
        folders = self.cluster.folders
        self._nodes = {
            os.stat(NAMESPACES / folders.namespace(node.name)).st_ino: node.name for node in self.cluster.plan.nodes
        }
        self._told: dict[tuple[str, str], _Told] = {}
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._look, name="watcher")]
        self._threads += [
            threading.Thread(target=self._ask, args=(node.name,), name=f"watcher-{node.name}", daemon=True)
            for node in self.cluster.plan.nodes
        ]
        self._last: dict[str, Moment] = {}
        self._since: dict[tuple[str, str], float] = {}
        self._asked: set[str] = set()

    def __enter__(self) -> Self:
        for thread in self._threads[1:]:
            thread.start()
        wait_until(lambda: all(link in self._asked for link in self._nodes.values()), "every libvirtd was asked once")
        self.began = time.monotonic()
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(60)

    def first(self, machine: str, node: str, after: float = 0.0) -> float | None:
        """When a machine first ran on a node, s since the watch began; None: never."""
        return next((m.at for m in self.moments if m.machine == machine and node in m.running and m.at >= after), None)

    def story(self, machine: str) -> str:
        """Its course, for a failed test and for the documents."""
        return "; ".join(
            f"{moment.at:.1f} {' + '.join(moment.running) or '-'}"
            + (f" (QEMU also on {', '.join(extra)})" if (extra := set(moment.processes) - set(moment.running)) else "")
            for moment in self.moments
            if moment.machine == machine
        )

    def _ask(self, node: str) -> None:
        uri = self.cluster.folders.uri(self.cluster.node(node))
        while not self._over.is_set():
            try:
                link = libvirt.open(uri)
            except libvirt.libvirtError:
                self._over.wait(0.2)
                continue
            try:
                while not self._over.wait(EVERY):
                    began = time.monotonic()
                    found = {domain.name(): domain.state()[0] == _RUNNING for domain in link.listAllDomains(1)}
                    ended = time.monotonic()
                    for (machine, place), told in list(self._told.items()):
                        if place == node and machine not in found:
                            self._told[machine, place] = _Told(False, began, told.ended)
                    for machine, running in found.items():
                        self._told[machine, node] = _Told(running, began, ended)
                    self._asked.add(node)
            except libvirt.libvirtError:
                continue
            finally:
                link.close()

    def _look(self) -> None:
        while True:
            found = self._processes()
            now = time.monotonic()
            for machine in set(found) | set(self._last):
                running = {
                    node: told
                    for node, incoming in found.get(machine, {}).items()
                    if (told := self._runs(machine, node, incoming, now)) is not None
                }
                self._note(machine, tuple(sorted(found.get(machine, {}))), running, now)
            self.looks += 1
            if self._over.wait(EVERY):
                return

    def _runs(self, machine: str, node: str, incoming: bool, now: float) -> _Told | None:
        """A QEMU runs its machine unless libvirt says otherwise now, or it is one that only receives."""
        told = self._told.get((machine, node))
        fresh = told is not None and now - told.ended < _STALE
        if told is not None and fresh:
            return told if told.running else None
        if incoming and not (told is not None and told.running):
            return None
        return _Told(True, now, now)

    def _note(self, machine: str, processes: tuple[str, ...], running: dict[str, _Told], now: float) -> None:
        names = tuple(sorted(running))
        for node in self._nodes.values():
            if node in running:
                self._since.setdefault((machine, node), running[node].ended)
            else:
                self._since.pop((machine, node), None)
        # A handover may be seen late on one side. Each was seen running after the other had been: then both ran.
        for one, other in combinations(names, 2):
            if running[one].began > self._since[machine, other] and running[other].began > self._since[machine, one]:
                self.doubled.append(f"{now - self.began:.1f} s: {machine} runs on {one} and {other}")
        moment = Moment(round(now - self.began, 2), machine, processes, names)
        last = self._last.get(machine)
        if last is None or (last.processes, last.running) != (processes, names):
            self._last[machine] = moment
            self.moments.append(moment)

    def _processes(self) -> dict[str, dict[str, bool]]:
        """Machine -> node -> whether its QEMU was started to receive a live migration."""
        found: dict[str, dict[str, bool]] = {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                line = Path("/proc", pid, "cmdline").read_bytes()
                name = _GUEST.search(line[:4096])
                if name is None or b"qemu" not in line.split(b"\0", 1)[0]:
                    continue
                node = self._nodes.get(os.stat(f"/proc/{pid}/ns/net").st_ino)
            except OSError:
                continue  # it ended while we looked
            if node is not None:
                found.setdefault(name[1].decode(), {})[node] = b"\0-incoming\0" in line
        return found
