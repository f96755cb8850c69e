"""A shell on an embedded cluster in virtual time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.backend.embedded import open_embedded
from fcm.shell.runtime.session import ShellSession
from fcm.workspace.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.model.commands import Command
    from fcm.model.state import State
    from fcm.shell.runtime.results import Results


class ShellDesk:
    """One session; waiting lets virtual time pass."""

    def __init__(self, folder: Path, cluster: str = "contoso") -> None:
        self.backend = open_embedded(cluster, seed=1, start_time=1_255_807_241.0)
        self.workspace = Workspace(self.backend)
        self.workspace.open()
        self.workspace.drain(60.0)
        self.commands: list[Command] = []
        self.workspace.observe_commands(self.commands.append)
        self.folder = folder
        self.session = ShellSession(self.workspace, self.pump, folder=folder)

    def pump(self, limit: float) -> None:
        self.backend.advance(max(limit, 1.0))
        self.workspace.drain(60.0)

    @property
    def state(self) -> State:
        return self.workspace.state

    def run(self, text: str) -> Results:
        """Run a text whatever comes of it."""
        return self.session.execute(text)

    def must(self, text: str) -> list[Any]:
        """Run a text that must not fail; its output."""
        results = self.session.execute(text)
        assert results.ok, results.text()
        return results.objects

    def write(self, key: str, node: str, /, **values: str) -> None:
        """A node writes to its logs, as nodes do when something fails."""
        self.backend._core.log(key, node, **values)
        self.pump(1.0)

    def settle(self) -> None:
        """Let time pass until nothing is under way."""
        while (due := self.backend.next_due) is not None:
            self.backend.advance(max(due - self.backend.clock.now(), 0.0))
        self.workspace.drain(60.0)

    def close(self) -> None:
        self.workspace.close()
