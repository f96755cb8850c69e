"""What a node says to a machine that hovers over it: may it come, and what would it cost?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from fcm.model.commands import LiveMigrate
from fcm.model.rules.moving.preflight_checks import migration_checks
from fcm.ui.look.format import size
from fcm.ui.map.scene import Mood
from fcm.ui.widgets.background import Outcome, Work

if TYPE_CHECKING:
    from fcm.model.entities import VirtualMachine
    from fcm.model.state import State
    from fcm.workspace.workspace import Workspace


TOLD = ("Processor", "Network")
"""Checks that are told where they pass, too."""


@dataclass(frozen=True, slots=True)
class Hint:
    """The verdict in words."""

    text: str
    mood: Mood
    allowed: bool


def room_words(state: State, machine: VirtualMachine, node: str) -> str:
    """The memory that would be left on a node once the machine has come."""
    server = state.nodes[node]
    used = server.reserved_memory + sum(one.memory for one in state.machines_on(node) if one.state.holds_memory)
    left = server.memory - used - machine.memory
    return f"{size(max(0, left))} of memory left afterwards"


class Verdicts(QObject):
    """Verdicts for the machine that hovers; how long it would take is reckoned in a thread and told later."""

    told = Signal()
    """The verdict asked for last has become fuller."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._asked: tuple[str, str] = ("", "")
        self._costs: dict[tuple[str, str, int], str] = {}
        self._work: Work | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being reckoned."""
        return self._work is None

    def hint(self, workspace: Workspace, machine: str, node: str) -> Hint | None:
        """The verdict now; None for the node on which the machine is."""
        state = workspace.state
        found = state.machines.get(machine)
        if found is None or node not in state.nodes or found.node == node:
            return None
        self._asked = (machine, node)
        verdict = workspace.allowed(LiveMigrate(machine, node))
        checks = migration_checks(state, found, node)
        if not verdict:
            return Hint(f"Not to {node}: {verdict.reason}", Mood.BAD, allowed=False)
        warnings = [check.text for check in checks if check.level == "warn"]
        known = [check.text for check in checks if check.level == "pass" and check.name in TOLD]
        lines = [f"{found.name} to {node}: {room_words(state, found, node)}.", *known, *warnings]
        lines.append(self._cost(workspace, found, node))
        return Hint("\n".join(lines), Mood.WARNING if warnings else Mood.GOOD, allowed=True)

    def _cost(self, workspace: Workspace, machine: VirtualMachine, node: str) -> str:
        """How long it would take, as far as that is known yet."""
        key = (machine.id, node, workspace.state.sequence)
        known = self._costs.get(key)
        if known is not None:
            return known
        if self._work is None:
            self._reckon(workspace, machine, key)
        return next(
            (text for (one, other, _), text in reversed(self._costs.items()) if (one, other) == key[:2]),
            "Time and blackout are being predicted ...",
        )

    def _reckon(self, workspace: Workspace, machine: VirtualMachine, key: tuple[str, str, int]) -> None:
        from fcm.workspace.planning.preflight import question  # only now is numpy needed

        asked = question(workspace, machine, key[1])

        def done(outcome: Outcome) -> None:
            self._work = None
            if outcome.error is None:
                self._costs[key] = outcome.result[0].text
            else:
                self._costs[key] = f"Time and blackout are not known: {outcome.error}"
            while len(self._costs) > 64:
                del self._costs[next(iter(self._costs))]
            self.told.emit()

        self._work = Work(self, asked.answer, done)
