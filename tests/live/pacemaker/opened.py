"""A cluster of Pacemaker in a workspace that a test drains itself."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.opening import open_pacemaker
from fcm.model import commands as cmd
from fcm.model.entities import NodeState
from fcm.workspace.files.journal import Journal
from fcm.workspace.workspace import Workspace
from tests.live.watched import Watched

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.backend.pacemaker.backend import PacemakerBackend
    from fcm.model.commands import Command
    from fcm.model.rules.verdict import Verdict
    from tests.live.live_lab import LiveLab


class Opened(Watched):
    """The lab's cluster with a journal in ``folder``."""

    def __init__(self, lab: LiveLab, folder: Path, backend: PacemakerBackend | None = None) -> None:
        """``backend``: another way to it than the lab's own hosts file."""
        uri = f"pacemaker:{lab.hosts_file}"
        self._awake = threading.Event()
        backend = backend or open_pacemaker(lab.hosts_file, uri)
        self.workspace = Workspace(backend, Journal.open(folder / "test.journal", uri))
        self.workspace.open()
        self.workspace.set_wake(self._awake.set)

    def do(self, command: Command, limit: float = 90.0) -> Verdict:
        """Submit a command and wait for its verdict."""
        operation = self.workspace.submit(command)
        self.until(lambda: operation.verdict is not None, f"{type(command).__name__} is answered", limit)
        assert operation.verdict is not None
        return operation.verdict

    def carry_out(self, command: Command, limit: float = 90.0) -> None:
        """Submit a command that must be carried out."""
        verdict = self.do(command, limit)
        assert verdict, verdict.sentence()

    def adopt(self, name: str) -> str:
        """Make a machine highly available; its id."""
        machine = self.machine(name)
        self.carry_out(cmd.MakeHighlyAvailable((machine,)))
        self.until(lambda: self.workspace.state.machines[machine].is_highly_available, f"{name} has a group")
        return machine

    def is_up(self, node: str) -> bool:
        return self.workspace.state.nodes[node].state is NodeState.UP

    def owner(self, machine: str) -> str:
        return self.workspace.state.machines[machine].node
