"""An embedded cluster with a journal for random walks: it can be closed and opened again on the way."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis.stateful import RuleBasedStateMachine

from fcm.model.state import State, apply
from fcm.workspace.files.journal import Journal
from fcm.workspace.workspace import Workspace

if TYPE_CHECKING:
    from fcm.backend.embedded import EmbeddedBackend
    from fcm.model import commands as cmd
    from fcm.model import events as ev

LONG = 60.0
"""s of real time that a drain may take."""


class JournaledCluster(RuleBasedStateMachine):
    """What every walk shares; a walk says with ``made`` which cluster it is."""

    backend: EmbeddedBackend

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "c.journal"
        self.workspace: Workspace | None = None
        self.shadow = State()
        """The state by replay of every entry, kept beside the workspace's own."""
        self.reopened_after = 0
        """Sequence number of the last entry before it was opened the last time."""

    def made(self) -> EmbeddedBackend:
        """The backend, not started."""
        raise NotImplementedError

    def reopen(self) -> None:
        """Open the cluster with what its journal has."""
        self.reopened_after = self.shadow.sequence
        self.backend = self.made()
        workspace = Workspace(self.backend, Journal.open(self.path, self.backend.uri))
        workspace.subscribe(lambda change, entries: [self.see(entry) for entry in entries] and None)
        self.workspace = workspace
        workspace.open()
        workspace.drain(LONG)

    def see(self, entry: ev.Entry) -> None:
        """One entry more."""
        self.shadow, _ = apply(self.shadow, entry)

    @property
    def state(self) -> State:
        """How the cluster is now."""
        return self.backend.state

    @property
    def itself(self) -> State:
        """How the cluster is. After it was opened again, its time is when it was closed, until something happens."""
        state = self.backend.state
        if state.sequence == self.reopened_after:
            assert state.time >= self.shadow.time
            state = replace(state, time=self.shadow.time)
        return state

    def ask(self, command: cmd.Command) -> bool:
        """Carry a command out; whether it was. A refusal has its reason."""
        assert self.workspace is not None
        operation = self.workspace.submit(command)
        self.workspace.drain(LONG)
        assert operation.verdict is not None
        assert operation.verdict or operation.verdict.reason
        return operation.verdict.ok

    def teardown(self) -> None:
        """Close it and remove its journal."""
        if self.workspace is not None:
            self.workspace.close()
        self.folder.cleanup()
