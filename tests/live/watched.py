"""A workspace over the lab's hosts that a test drains itself."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from fcm.backend.libvirt import open_hosts
from fcm.backend.libvirt.hosts import ASK_EVERY
from fcm.model import commands as cmd
from fcm.model.entities import NodeState
from fcm.model.migrations import MigrationOptions
from fcm.ui.tour.patience import stretched
from fcm.workspace.files.journal import Journal
from fcm.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fcm.model.migrations import Migration
    from tests.live.live_lab import LiveLab


class Watched:
    """A workspace with a journal in ``folder``, opened and drained by the test."""

    def __init__(self, lab: LiveLab, folder: Path, hosts_file: Path | None = None) -> None:
        """``hosts_file``: another way to the lab's hosts than the lab's own."""
        hosts = hosts_file or lab.hosts_file
        uri = f"libvirt:{hosts}"
        self._awake = threading.Event()
        self.workspace = Workspace(open_hosts(hosts, uri), Journal.open(folder / "test.journal", uri))
        self.workspace.open()
        self.workspace.set_wake(self._awake.set)

    def until(self, condition: Callable[[], bool], what: str, limit: float = 60.0) -> None:
        """Drain until *condition* holds; fail with *what* after *limit* s, or what these are on a busy machine."""
        end = time.monotonic() + stretched(limit)
        while not condition():
            if time.monotonic() > end:
                pytest.fail(f"{what}: not within {limit:g} s")
            self._awake.wait(0.1)
            self._awake.clear()
            self.workspace.drain()

    def all_up(self) -> bool:
        return all(node.state is NodeState.UP for node in self.workspace.state.nodes.values())

    def machine(self, name: str) -> str:
        """The id of a machine, once it is found and all nodes are up."""
        self.until(lambda: self.workspace.state.machine_named(name) is not None, f"{name} is found")
        self.until(self.all_up, "all nodes are up")
        found = self.workspace.state.machine_named(name)
        assert found is not None
        return found.id

    def migrate(self, machine: str, destination: str, options: MigrationOptions | None = None) -> str:
        """Submit a live migration and return its id once it is known."""
        before = self.workspace.state.last_migration(machine)
        operation = self.workspace.submit(cmd.LiveMigrate(machine, destination, options or MigrationOptions()))
        self.until(lambda: operation.verdict is not None, "the request is answered")
        assert operation.verdict, operation.verdict
        self.until(lambda: self.workspace.state.last_migration(machine) != before, "the migration is known")
        migration = self.workspace.state.last_migration(machine)
        assert migration is not None
        return migration.id

    def until_asked_again(self) -> None:
        """Drain until every host was asked at least twice more."""
        end = time.monotonic() + 2.5 * ASK_EVERY
        self.until(lambda: time.monotonic() > end, "the hosts are asked", 10)

    def of(self, identity: str) -> Migration:
        return self.workspace.state.migrations[identity]

    def until_memory_moves(self, identity: str, least: int = 4 << 20) -> None:
        """Wait until the migration has sent *least* bytes of memory."""
        rows = self.workspace.rows
        self.until(lambda: bool(rows(identity)) and rows(identity)[-1].sent >= least, "memory moves")

    def end_of(self, identity: str, limit: float = 90.0) -> Migration:
        self.until(lambda: self.of(identity).phase.is_over, "the migration ends", limit)
        return self.of(identity)
