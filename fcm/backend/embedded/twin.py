"""A twin of a running embedded cluster: what would happen to it, found out as fast as this computer can.

The twin has a copy of the virtual time and of everything that is due in it; the state is shared, because it never
changes. It goes on exactly as the original would: the same seed and the same commands give the same entries. Nothing
of it reaches the cluster, its journal or its clock.
"""

from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING

from fcm.model.entries import refusal
from fcm.model.rules.allowed import allowed

if TYPE_CHECKING:
    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.parts import Parts
    from fcm.model import events as ev
    from fcm.model.commands import Command
    from fcm.model.rules.verdict import Verdict
    from fcm.model.state import State


class Twin:
    """A copy of a cluster that nobody else sees. Not thread-safe; make it between two steps of the original."""

    def __init__(self, core: Core, parts: Parts) -> None:
        unwritten: list[ev.Entry] = []
        self._core, self._parts = copy.deepcopy((core, parts), {id(core.outbox): unwritten})

    @property
    def state(self) -> State:
        """How the twin is now."""
        return self._core.state

    @property
    def now(self) -> float:
        """S since the epoch, on the clock of the twin."""
        return self._core.kernel.now

    @property
    def next_due(self) -> float | None:
        """Virtual time (s since the epoch) at which something happens by itself; None: nothing will."""
        return self._core.kernel.next_due

    def take(self) -> list[ev.Entry]:
        """What happened since this was asked last."""
        entries = list(self._core.outbox)
        self._core.outbox.clear()
        return entries

    def carry_out(self, command: Command) -> Verdict:
        """Carry a command out as the cluster would."""
        verdict = allowed(command, self._core.state)
        if verdict:
            verdict = self._parts.carry_out(command)
        if verdict:
            self._parts.look()
        else:
            self._core.emit(refusal(command, verdict))
        return verdict

    def step(self, until: float = math.inf) -> bool:
        """Let the next thing happen that is due by then; False if there is none, and the time is then ``until``."""
        return self._core.kernel.step(until)

    def run(self, seconds: float) -> None:
        """Let virtual time pass."""
        until = self.now + seconds
        while self.step(until):
            pass
