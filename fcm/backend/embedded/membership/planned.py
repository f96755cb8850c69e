"""Failures that the cluster file plans: at a time, or at random with a rate (seeded).

When the next one is due is in the state, so that none happens twice, and none is forgotten, when fcm is closed and
opened again.
"""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.failures import Fault
from fcm.model.rules.allowed import allowed
from fcm.model.rules.failing.failure_words import sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.membership.faults import Faults
    from fcm.model.failures import PlannedFault

HOUR = 3600.0


class Planned:
    """Lets things fail when they are planned to."""

    def __init__(self, core: Core, faults: Faults) -> None:
        self._core = core
        self._faults = faults
        self._look: Callable[[], None] | None = None

    def follow(self, look: Callable[[], None]) -> None:
        """Call this after each failure, as after a command."""
        self._look = look

    def settle(self) -> None:
        """When the cluster begins, and at each start of the program. Random failures meanwhile are not made up for."""
        for plan in tuple(self._core.state.planned.values()):
            due = plan.due or self._core.kernel.now
            if plan.rate and (not plan.number or due < self._core.kernel.now):
                plan = self._drawn(plan)
            self._arm(plan)

    def _arm(self, plan: PlannedFault) -> None:
        if not plan.over and plan.due is not None:
            self._core.kernel.at(plan.due, partial(self._happen, plan.id))

    def _drawn(self, plan: PlannedFault) -> PlannedFault:
        """The same with its next time: intervals of a Poisson process."""
        draw = random.Random(f"{self._core.seed}/{plan.id}/{plan.number}").expovariate(plan.rate / HOUR)
        after = replace(plan, due=self._core.kernel.now + draw, number=plan.number + 1)
        self._core.emit(ev.FaultPlanned(after))
        return after

    def _happen(self, identity: str) -> None:
        plan = self._core.state.planned.get(identity)
        if plan is None or plan.over:
            return
        if plan.rate:
            self._arm(self._drawn(plan))
        else:
            self._core.emit(ev.FaultPlanned(replace(plan, over=True, number=plan.number + 1)))
        command = cmd.InjectFault(plan.kind, plan.target, plan.node, plan.together)
        verdict = allowed(command, self._core.state)
        if not verdict:
            what = sentence(self._core.state, Fault("", plan.kind, plan.target, 0.0, plan.node, plan.together))
            text = f"A planned failure did not happen ({what}). {verdict.reason}"
            self._core.emit(ev.BackendReported("information", text))
            return
        until = None if plan.repair_after is None else self._core.kernel.now + plan.repair_after
        self._faults.inject(command, until)
        if self._look is not None:
            self._look()
