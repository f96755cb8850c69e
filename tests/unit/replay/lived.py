"""Clusters with a history: two live migrations, a failure and its repair, and changes between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.app import open_workspace
from fcm.backend.embedded import EmbeddedBackend
from fcm.model import commands as cmd
from fcm.model.failures import FaultKind
from fcm.model.state import apply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.model import events as ev
    from fcm.model.state import State
    from fcm.workspace.workspace import Workspace

URI = "embedded:contoso"


def advance(workspace: Workspace, seconds: float) -> None:
    assert isinstance(workspace.backend, EmbeddedBackend)
    workspace.backend.advance(seconds)
    workspace.drain(60.0)


def live(workspace: Workspace, destination: str) -> None:
    """Live migrate the first machine that can move there."""
    machine = next(key for key in workspace.state.machines if workspace.allowed(cmd.LiveMigrate(key, destination)))
    workspace.submit(cmd.LiveMigrate(machine, destination))


def lived(uri: str = URI, ran: dict[int, State] | None = None) -> Workspace:
    """The cluster, still open, in which that has happened; ``ran`` gets the state after each event as it ran."""
    workspace = open_workspace(uri, paced=False)
    states = {} if ran is None else ran
    states[workspace.state.sequence] = workspace.state

    def take(_: object, entries: Sequence[ev.Entry]) -> None:
        for entry in entries:
            if entry.sequence:
                states[entry.sequence] = apply(states[entry.sequence - 1], entry)[0]

    workspace.subscribe(take)
    for destination in ("node2", "node1"):
        live(workspace, destination)
        advance(workspace, 200.0)
        workspace.submit(cmd.SetConcurrentMigrations(2))
        workspace.drain(60.0)
    workspace.submit(cmd.InjectFault(FaultKind.POWER_OFF, "node3"))
    advance(workspace, 120.0)
    workspace.submit(cmd.RepairFault(next(iter(workspace.state.faults))))
    advance(workspace, 900.0)
    return workspace
