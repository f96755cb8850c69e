"""Steers one live migration: reads its telemetry, asks the forecast what would come of other limits, and decides."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fcm.migration.forecast.forecast import Forecast
from fcm.migration.forecast.outlook import Verdict
from fcm.migration.goals.decisions import Expected, Reading, Step, StepKind, decide, hopeless
from fcm.migration.goals.goals import chance, goals_of, permitted_by, worst_overhead
from fcm.model.migrations import UNLIMITED
from fcm.model.quantities import seconds
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.migration.engine.policies import StoppingRule
    from fcm.migration.forecast.outlook import Outlook
    from fcm.model.migrations import MigrationOptions
    from fcm.model.telemetry import TelemetryRow

EVERY = 1.0
"""s of copying between two looks; one look costs up to nine forecasts of a millisecond or two."""


BLIND = 0.8
"""Share of the highest downtime limit that is used where the forecast sees no end, and so no pause either."""


class Steering:
    """One live migration with goals; belongs to the thread that feeds it."""

    def __init__(
        self,
        memory: int,
        asked: MigrationOptions,
        begun: MigrationOptions,
        rule: StoppingRule,
        fixed_downtime: float,
        late: float = 0.0,
        capacity: float | None = None,
        every: float = EVERY,
    ) -> None:
        """Prepares it; nothing is decided before rows come.

        Args:
            memory: bytes of the machine.
            asked: goals and what is permitted.
            begun: the limits in force (``opening``); in shadow mode those that would be.
            rule: the stopping rule of the source.
            fixed_downtime: s of blackout beyond the last pages.
            late: see ``MigrationSpec.late``.
            capacity: bytes/s that the network carries; None: not known.
            every: s between two looks.
        """
        self.goals = goals_of(asked)
        self._permitted = permitted_by(asked)
        self._shadow = asked.goals_shadow
        self.most_limit = self.goals.most_limit(worst_overhead(fixed_downtime))
        self.limit = begun.downtime_limit or self.goals.first_limit(worst_overhead(fixed_downtime))
        """s: in force, or in shadow mode what would be."""
        self.bandwidth = begun.bandwidth
        self._capacity = capacity
        self._every = every
        carried = float((asked.bandwidth if self._shadow else begun.bandwidth) or capacity or 0)
        self._forecast = Forecast(
            max(memory, 1),
            carried,
            self.limit,
            rule=rule,
            fixed_downtime=fixed_downtime,
            auto_converge=asked.auto_converge,
            late=late,
        )
        self._looked = 0.0
        self._second: float | None = None
        self._pass = 0
        self._hot = 0.0
        self._throttle = 0
        self._throttled_at = -1e9
        self._endless: tuple[float, int] | None = None
        self._warned = self._missed = self._over = False

    def stop(self) -> None:
        """Nothing is steered any more."""
        self._over = True

    def read(self, row: TelemetryRow) -> Step | None:
        """Take a row; the step that is to be taken now, which counts as taken."""
        if self._over:
            return None
        self._forecast.update(row)
        self._note(row)
        if row.phase is not Phase.BROWNOUT:
            self._over = self._over or row.phase.is_over or row.phase not in (Phase.SETUP, Phase.WAITING)
            return None
        if row.time - self._looked < self._every:
            return None
        self._looked = row.time
        step = self._look(row)
        if step is not None:
            self._take(step)
        return step

    def _note(self, row: TelemetryRow) -> None:
        if row.pass_number > self._pass:
            self._pass = row.pass_number
            if self._pass > 1:
                if self._second is None:
                    self._second = row.time
                    self._looked = row.time - self._every  # now it is known for the first time how the guest writes
                self._hot = max(self._hot, float(row.remaining))
        if row.throttle != self._throttle:
            self._throttle, self._throttled_at = row.throttle, row.time

    def _look(self, row: TelemetryRow) -> Step | None:
        outlook = self._at(self.limit)
        if outlook.verdict is not Verdict.WILL_NOT_CONVERGE:
            self._endless = None
        elif self._endless is None:
            self._endless = row.time, row.pass_number
        seen = self._reading(row)

        def expect(limit: float) -> Expected:
            found = self._at(limit)
            left = None if self.goals.within is None else self.goals.within - row.time
            in_time = _ends(found) if left is None else chance(found.eta, left)
            return Expected(in_time, self._kept(limit, found), found.eta.mid, found.eta.high)

        step = decide(seen, self.goals, self._permitted, self.most_limit, expect)
        return step if step is not None else self._warning(seen, row, expect)

    def _reading(self, row: TelemetryRow) -> Reading:
        rate = row.rate if row.rate > 0 else row.sent / max(row.time, 0.1)
        since = self._endless
        return Reading(
            row.time,
            row.pass_number,
            rate,
            self.limit,
            self.bandwidth,
            self._second,
            row.remaining / max(rate, 1.0) if row.pass_number < 2 else 0.0,
            self._hot,
            (0.0, 0) if since is None else (row.time - since[0], row.pass_number - since[1]),
            self._permitted.throttle and self._throttle < 99 and row.time - self._throttled_at < 10.0,
        )

    def _warning(self, seen: Reading, row: TelemetryRow, expect: Callable[[float], Expected]) -> Step | None:
        within = self.goals.within
        if within is None:
            return None
        if row.time > within and not self._missed:
            self._missed = self._warned = True
            text = f"The goal to finish within {seconds(within)} is missed. The migration continues."
            return Step(StepKind.WARNING, text)
        if self._warned:
            return None
        text = hopeless(seen, self.goals, self._permitted, self.most_limit, expect)
        self._warned = bool(text)
        return Step(StepKind.WARNING, text) if text else None

    def _kept(self, limit: float, outlook: Outlook) -> float:
        """Chance that the pause is kept; where the forecast sees no end, by the limit alone."""
        if math.isfinite(outlook.blackout.mid):
            return chance(outlook.blackout, self.goals.longest_pause)
        return 0.9 if limit <= BLIND * self.most_limit else 0.7

    def _at(self, limit: float) -> Outlook:
        self._forecast.set_downtime_limit(limit)
        return self._forecast.view()

    def _take(self, step: Step) -> None:
        if step.downtime_limit is not None:
            if step.downtime_limit < self.limit:  # not up and down with every forecast
                self.most_limit = min(self.most_limit, step.downtime_limit)
            self.limit = step.downtime_limit
        if step.bandwidth is not None:
            self.bandwidth = None if step.bandwidth == UNLIMITED else step.bandwidth
            if not self._shadow:
                self._forecast.set_bandwidth(float(self.bandwidth or self._capacity or 0))
        if step.post_copy:
            self._over = True


def _ends(outlook: Outlook) -> float:
    """Chance that it ends at all."""
    return chance(outlook.eta, 1e12)


def after(options: MigrationOptions, step: Step) -> MigrationOptions:
    """The options of a migration once a step was taken."""
    return options.tuned(step.downtime_limit, step.bandwidth, post_copy=False)
