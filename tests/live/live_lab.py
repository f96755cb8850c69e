"""The lab that the live tests use, and what they do with it."""

from __future__ import annotations

import json
import os
import threading
import time
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import libvirt
import pytest

from fcm.lab.machines import LabMachine, add_machine, domains_on, free_number, list_machines
from fcm.lab.plan import LIVE_MIGRATION, LabFolders, LabNode, LabPlan
from fcm.lab.processes import run
from fcm.ui.tour.patience import stretched
from tests.live.station import HeldConnection, ask_guest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOVE = (
    libvirt.VIR_MIGRATE_LIVE
    | libvirt.VIR_MIGRATE_PEER2PEER
    | libvirt.VIR_MIGRATE_UNSAFE
    | libvirt.VIR_MIGRATE_PERSIST_DEST
    | libvirt.VIR_MIGRATE_UNDEFINE_SOURCE
)


def own_folders(purpose: str) -> LabFolders:
    """A lab of this very process, so that two runs of the tests do not meet."""
    return LabFolders(name=f"{purpose}{os.getpid()}")


def wait_until(condition: Callable[[], bool], what: str, limit: float = 15.0) -> None:
    """Fail with *what* unless *condition* comes true within *limit* s, or what these are on a busy machine."""
    give_up = time.monotonic() + stretched(limit)
    pause = threading.Event()
    while not condition():
        if time.monotonic() > give_up:
            pytest.fail(f"{what}: not within {limit:g} s")
        pause.wait(0.02)


@dataclass
class LiveLab:
    """The lab that is up, and connections to its nodes."""

    plan: LabPlan
    folders: LabFolders
    hosts_file: Path
    connections: dict[str, Any] = field(default_factory=dict)

    @property
    def client(self) -> str:
        """Namespace of the management station."""
        return self.folders.namespace("client")

    def node(self, name: str) -> LabNode:
        return self.plan.node(name)

    def connection(self, name: str) -> Any:
        """A libvirt connection to a node, made as any program outside the namespaces makes it."""
        known = self.connections.get(name)
        if known is None or not known.isAlive():
            known = self.connections[name] = libvirt.open(self.folders.uri(self.node(name)))
        return known

    def disconnect(self, name: str) -> None:
        """Give up the connection to a node whose libvirtd is known to have gone."""
        known = self.connections.pop(name, None)
        if known is not None:
            known.close()

    def add_machine(self, name: str, node: str = "node1", **settings: Any) -> LabMachine:
        taken = {machine.number for machine in list_machines(self.folders)}
        machine = LabMachine(name, free_number(taken), **settings)
        add_machine(machine, self.node(node), self.folders)
        return machine

    def running(self, machine: LabMachine) -> list[str]:
        """Names of the nodes on which *machine* runs."""
        return [node.name for node in self.plan.nodes if machine.name in domains_on(node, self.folders, running=True)]

    def setting(self, node: str, name: str) -> str:
        """A sysctl of a node's network, as the kernel has it."""
        return run("ip", "netns", "exec", self.folders.namespace(node), "sysctl", "-n", name).strip()

    def give_address(self, node: str, address: str, interface: str) -> None:
        """One more address; twice is no harm."""
        run("ip", "-n", self.folders.namespace(node), "addr", "replace", address, "dev", interface, "nodad")

    def permit(self, hosts_file: Path) -> None:
        """Let the lab's record name the nodes of another hosts file too: without it they are no nodes of this lab."""
        record = json.loads(self.folders.record.read_text())
        for node in tomllib.loads(hosts_file.read_text(encoding="utf-8"))["node"]:
            record["permits"].append([node[key] for key in ("uri", "peer_uri", "probe_namespace", "storage")])
        self.folders.record.write_text(json.dumps(record))

    def ask(self, machine: LabMachine, request: str) -> str:
        return ask_guest(self.client, machine.address, request)

    def hold(self, machine: LabMachine) -> HeldConnection:
        return HeldConnection(self.client, machine.address)

    def move(self, machine: LabMachine, source: str, destination: str) -> None:
        """A live migration over the live-migration network by plain libvirt."""
        target = self.node(destination)
        self.connection(source).lookupByName(machine.name).migrateToURI3(
            target.peer_uri,
            {libvirt.VIR_MIGRATE_PARAM_URI: f"tcp://{LIVE_MIGRATION.address(target.number)}"},
            MOVE,
        )
