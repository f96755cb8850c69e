"""With what chance a planned migration meets its goals: it is run, steered, with all that is unknown drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from fcm.migration.goals.goals import goals_of
from fcm.migration.goals.trial import Outcome, Steered, tried
from fcm.migration.judging.assumptions import REACHED, fixed_spread
from fcm.migration.judging.fitting import FittedWorkload, fit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.migration.engine.workload import Workload
    from fcm.migration.judging.fitting import DirtySample
    from fcm.migration.judging.plan import Plan
    from fcm.model.migrations import MigrationOptions

DRAWN = 10
"""Migrations that are run; each takes some tenths of a second."""
LOOKS = 40.0
"""Looks of the steering in the time to move within, at most one a second: more would keep a user waiting."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """How the drawn migrations went."""

    outcomes: tuple[Outcome, ...]
    in_time: float
    """Share that ended in time; 1 where that does not matter."""
    kept: float
    """Share whose pause was kept, of those that ended."""
    met: float
    """Share that met all goals."""


def expect(
    plan: Plan,
    options: MigrationOptions,
    workload: Workload | None = None,
    samples: Sequence[DirtySample] = (),
    seed: int = 1,
    wanted: Callable[[], bool] | None = None,
) -> Expectation:
    """Run a planned migration with goals so often that a chance can be told.

    Args:
        plan: what is planned; its bandwidth is what the migration may use.
        options: goals, and what is permitted.
        workload: what the guest writes, where it is known.
        samples: measured dirty rates, where it is not.
        seed: of what is drawn.
        wanted: asked now and then; once it says no, the work is dropped.

    Raises:
        Abandoned: ``wanted`` said no.
        ValueError: with neither workload nor samples.
    """
    if workload is None and not samples:
        raise ValueError("an expectation needs a workload or measured dirty rates")
    fitted = (
        FittedWorkload(workload, (workload,)) if workload is not None else fit(samples, plan.spec.memory, DRAWN, seed)
    )
    goals = goals_of(options)
    every = max(1.0, (goals.within or 0.0) / LOOKS)
    random = np.random.default_rng(seed)
    outcomes = []
    for k in range(DRAWN):
        spec = plan.specification(fitted.members[k % len(fitted.members)])
        least, most = fixed_spread(spec.fixed_downtime)
        fixed = spec.fixed_downtime * math.exp(random.uniform(math.log(least), math.log(most)))
        capacity = spec.bandwidth * float(random.uniform(*REACHED))
        line = max((spec.line_rate or spec.bandwidth) * math.exp(0.25 * random.standard_normal()), capacity)
        rule = Steered(options, capacity, every, expected_downtime=spec.fixed_downtime)
        drawn = replace(spec, bandwidth=capacity, line_rate=line, fixed_downtime=fixed, downtime_limit=None)
        give_up = 1.5 * goals.within + 10.0 if goals.within is not None else rule.longest
        outcomes.append(tried(drawn, rule, give_up, seed + k, 0.03, wanted))
    found = [outcome.met(goals.within, goals.pause) for outcome in outcomes]
    ended = [kept for outcome, (_, kept) in zip(outcomes, found, strict=True) if math.isfinite(outcome.pause)]
    return Expectation(
        tuple(outcomes),
        sum(in_time for in_time, _ in found) / DRAWN,
        sum(ended) / len(ended) if ended else 0.0,
        sum(in_time and kept for in_time, kept in found) / DRAWN,
    )
