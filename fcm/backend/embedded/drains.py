"""Nodes of the embedded cluster emptied for maintenance, and filled again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.drains import drain_of, drains_to_end, moves_back
from fcm.model.entities import NodeState
from fcm.model.rules import allowed

if TYPE_CHECKING:
    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.migrations import Migrations
    from fcm.backend.embedded.nodes import Nodes


class Drains:
    """Drains of nodes: everything but the migrations themselves, which go through the ordinary queue."""

    def __init__(self, core: Core, nodes: Nodes, migrations: Migrations) -> None:
        self._core = core
        self._nodes = nodes
        self._migrations = migrations

    def drain(self, command: cmd.DrainNode) -> None:
        """Pause the node and request all moves, in their order."""
        state = self._core.state
        drain = drain_of(command, state, self._core.kernel.now)
        self._core.emit(ev.NodeDrainBegun(drain))
        node = state.nodes[command.node]
        if node.state is not NodeState.PAUSED:
            self._core.emit(ev.NodeChanged(replace(node, state=NodeState.PAUSED, note="")))
        for move in drain.moves:
            self._migrations.request(cmd.LiveMigrate(move.machine, move.destination, command.options), drain.id)

    def resume(self, command: cmd.ResumeNode) -> None:
        """End the pause; with failback, request the way back of what the last drain took away."""
        back = moves_back(self._core.state, command.node) if command.failback else ()
        self._nodes.resume(command)
        for move in back:
            verdict = allowed(move, self._core.state)
            if verdict:
                self._migrations.live_migrate(move)
            else:
                self._core.emit(ev.BackendReported("warning", verdict.reason, verdict.remedy))

    def tell_ends(self) -> None:
        """Say which drains are over."""
        for ended in drains_to_end(self._core.state):
            self._core.emit(ended)
