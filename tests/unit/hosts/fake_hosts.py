"""Hosts that say what a test lets them say: connections of libvirt without libvirt."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from fcm.backend.libvirt.configuration.hosts_file import Host, HostNetwork, HostsFile
from fcm.backend.libvirt.inventory import SHARED_DISK, FoundMachine, HostReport
from fcm.backend.libvirt.lane import Lane
from fcm.model.entities import MachineState, NetworkRole, Node, NodeState, Processor, VirtualMachine
from fcm.ui.tour.patience import stretched

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.backend.base import Operation
    from fcm.model import events as ev
    from fcm.model.state import State

NAMES = ("node1", "node2", "node3")
NETWORKS = (
    HostNetwork("Management", NetworkRole.INTERNAL_AND_CLIENT, "10.0.0.0/24", None, None, 125_000_000),
    HostNetwork("Migration", NetworkRole.INTERNAL, "10.1.0.0/24", None, None, 125_000_000),
)
FILE = HostsFile(
    Path("hosts.toml"),
    "east",
    NETWORKS,
    tuple(
        Host(
            name,
            f"qemu+ssh://root@{name}/system",
            f"qemu+ssh://root@{name}/system",
            {"Management": f"10.0.0.{number}", "Migration": f"10.1.0.{number}"},
            "/srv/vm",
            ("br0",),
            None,
        )
        for number, name in enumerate(NAMES, 1)
    ),
    is_lab=False,
    same_file_system=False,
)


def machine(name: str, node: str, state: MachineState = MachineState.RUNNING, shared: bool = True) -> VirtualMachine:
    """A machine whose UUID is made of its name."""
    disk = SHARED_DISK if shared else None
    return VirtualMachine(f"uuid-{name}", name, node, state, 2**30, 1, "", f"/srv/vm/{name}.qcow2", disk, "br0")


class FakeConnection:
    """One host: what it runs, whether it answers, and what it was told to do."""

    def __init__(self, host: Host, on_change: Callable[[], None]) -> None:
        self.host = host
        self.lane = Lane(host.name)
        self.orders = Lane(f"{host.name}-orders")
        self.changed = threading.Event()
        self.machines: list[VirtualMachine] = []
        self.silent = ""
        self.calls: list[str] = []
        self._on_change = on_change

    def poll(self, told: Callable[[HostReport | str], None]) -> None:
        self.lane.submit(lambda: told(self.silent or self._report()))

    def _report(self) -> HostReport:
        began = time.monotonic()
        processor = Processor("AMD", "EPYC", frozenset({"aes"}))
        node = Node(self.host.name, NodeState.UP, 2**35, 0, 8, processor, self.host.bridges, "/", version="QEMU 7.2.0")
        found = tuple(FoundMachine(one, False, one.switch) for one in self.machines if one.node == self.host.name)
        return HostReport(node, found, began)

    def domain(self, identity: str) -> Any:
        if not any(one.id == identity for one in self.machines):
            return None
        did = lambda what: lambda *_: self.calls.append(f"{what} {identity}")  # noqa: E731
        return SimpleNamespace(
            **{what: did(what) for what in ("create", "resume", "suspend", "managedSave", "destroy", "shutdown")}
        )

    def happens(self) -> None:
        """An event of libvirt comes."""
        self.changed.set()
        self._on_change()

    def close(self) -> None:
        self.orders.close()
        self.lane.close()


def use_fake_connections(monkeypatch: pytest.MonkeyPatch) -> dict[str, FakeConnection]:
    """Connections that are made from now on are fakes; they are found by the name of their host."""
    made: dict[str, FakeConnection] = {}

    def connect(host: Host, on_change: Callable[[], None] = lambda: None) -> FakeConnection:
        return made.setdefault(host.name, FakeConnection(host, on_change))

    monkeypatch.setattr("fcm.backend.libvirt.hosts.HostConnection", connect)
    monkeypatch.setattr("fcm.backend.libvirt.hosts.ASK_EVERY", 0.05)
    return made


class Heard:
    """A sink that keeps what it was told; a test waits on it."""

    def __init__(self) -> None:
        self.entries: list[ev.Entry] = []
        self.over: list[Operation] = []
        self._news = threading.Condition()
        self.refuses = False

    def post(self, entries: Sequence[ev.Entry]) -> None:
        if self.refuses:
            from fcm.backend.base import SinkError

            raise SinkError("The disk is full.")
        with self._news:
            self.entries += entries
            self._news.notify_all()

    def finished(self, operation: Operation) -> None:
        with self._news:
            self.over.append(operation)
            self._news.notify_all()

    def until(self, reached: Callable[[], bool], what: str) -> None:
        """Wait until something is so, looking after each piece of news and now and then."""
        end = time.monotonic() + stretched(20)
        with self._news:
            while not reached():
                if time.monotonic() > end:
                    pytest.fail(f"{what}: it did not come about")
                self._news.wait(0.05)

    def events(self, kind: type[Any]) -> list[Any]:
        """Events of one class, oldest first."""
        return [entry.event for entry in self.entries if isinstance(entry.event, kind)]

    def state(self, begin: State) -> State:
        """What the entries make of a state."""
        from fcm.model.state import apply

        for entry in self.entries:
            begin, _ = apply(begin, entry)
        return begin
