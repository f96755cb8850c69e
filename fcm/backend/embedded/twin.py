"""A twin of a running embedded cluster: what would happen to it, found out as fast as this computer can.

The twin has a copy of the virtual time and of everything that is due in it; the state is shared, because it never
changes. It goes on exactly as the original would: the same seed and the same commands give the same entries. Nothing
of it reaches the cluster, its journal or its clock.
"""

from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING

from fcm.backend.base import Ending, RehearsalEnd, Rehearsed
from fcm.model.entries import refusal
from fcm.model.rules.allowed import allowed
from fcm.model.rules.verdict import OK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.parts import Parts
    from fcm.model import events as ev
    from fcm.model.commands import Command
    from fcm.model.rules.verdict import Verdict
    from fcm.model.state import State

QUIET = 300.0
"""Virtual s without anything new after which things count as settled: longer than a node stays isolated (240 s), far
shorter than the time after which a failed resource is tried again (1 h)."""
LIMIT = 4 * 3600.0
"""Virtual s that a rehearsal looks at."""


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
        """Seconds since the epoch, on the clock of the twin."""
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

    def violations(self) -> tuple[str, ...]:
        """What may never be, of what was touched since this was asked last."""
        return self._core.watch.look(self._core.state, self._core.kernel.now)

    def is_busy(self) -> bool:
        """Whether a migration runs that will end by itself."""
        return any(not migration.endless for migration in self._core.state.running_migrations())


def rehearse(
    twin: Twin, commands: Sequence[Command], seen: Callable[[Rehearsed], None], wanted: Callable[[], bool]
) -> RehearsalEnd:
    """Carry commands out on a twin and let time pass until things settle, see fcm.backend.base.Backend.rehearse."""
    begin = last = twin.now
    twin.take()
    seen(Rehearsed(begin, twin.state, ()))
    for command in commands:
        verdict = twin.carry_out(command)
        seen(Rehearsed(twin.now, twin.state, tuple(twin.take())))
        if not verdict:
            return RehearsalEnd(Ending.REFUSED, verdict)
    while wanted():
        if found := twin.violations():
            return RehearsalEnd(Ending.BROKEN, OK, found[0])
        due = twin.next_due
        if due is None or (due > last + QUIET and not twin.is_busy()):
            return RehearsalEnd(Ending.SETTLED, OK)
        if due > begin + LIMIT:
            return RehearsalEnd(Ending.LIMIT, OK)
        twin.step()
        entries = tuple(twin.take())
        if any(not entry.event.transient for entry in entries):
            last = twin.now
        if entries:
            seen(Rehearsed(twin.now, twin.state, entries))
    return RehearsalEnd(Ending.CANCELED, OK)
