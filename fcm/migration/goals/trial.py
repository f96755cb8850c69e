"""One migration of the engine under a rule that looks at its rows and changes its limits."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from fcm.migration.engine.engine import Engine
from fcm.migration.engine.specification import Capability
from fcm.migration.goals.goals import goals_of, worst_overhead
from fcm.migration.goals.opening import opening
from fcm.migration.goals.steering import EVERY, Steering
from fcm.migration.judging.prediction import Abandoned
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.migration.engine.specification import MigrationSpec
    from fcm.migration.goals.decisions import Step
    from fcm.model.migrations import MigrationOptions
    from fcm.model.telemetry import TelemetryRow


@dataclass(frozen=True, slots=True)
class Change:
    """What a rule wants changed; None: as it is."""

    downtime_limit: float | None = None
    bandwidth: float | None = None
    """bytes/s; infinite: no limit."""
    post_copy: bool = False
    cancel: bool = False


class Rule(Protocol):
    """What follows a migration and changes its limits."""

    def begin(self, spec: MigrationSpec) -> MigrationSpec:
        """The migration with the limits to begin with."""

    def read(self, row: TelemetryRow) -> Change | None:
        """Take a row; what is to be changed now."""


@dataclass(frozen=True)
class Outcome:
    """How a migration went under a rule."""

    total: float
    """s; infinite where it did not end."""
    pause: float
    """s; infinite where it did not end."""
    sent: int
    post_copy: bool
    throttle: int
    """%: the highest."""

    def met(self, within: float | None, pause: float | None, tolerance: float = 0.0) -> tuple[bool, bool]:
        """Whether it ended in time, and whether its pause was kept (up to ``tolerance`` s)."""
        in_time = self.total <= (math.inf if within is None else within)
        return in_time and math.isfinite(self.total), self.pause <= (math.inf if pause is None else pause + tolerance)


NEVER = Outcome(math.inf, math.inf, 0, post_copy=False, throttle=0)
"""Of a migration that did not end."""


def tried(
    spec: MigrationSpec,
    rule: Rule,
    give_up: float,
    seed: int | None = None,
    noise: float = 0.0,
    wanted: Callable[[], bool] | None = None,
) -> Outcome:
    """Run a migration under a rule until it ends, is canceled, or ``give_up`` s have passed.

    Raises:
        Abandoned: ``wanted`` said no.
    """
    engine = Engine(seed, noise)
    spec = rule.begin(replace(spec, capabilities=spec.capabilities | {Capability.POSTCOPY}))
    handle = engine.add(spec)
    post_copy, throttle = False, 0
    while True:
        step = engine.step()
        row = step.rows[handle]
        throttle = max(throttle, row.throttle)
        final = step.finished.get(handle)
        if final is not None:
            return Outcome(final.total, final.downtime, final.bytes, post_copy, throttle)
        if row.time > give_up:
            return replace(NEVER, sent=row.sent, throttle=throttle)
        if wanted is not None and not wanted():
            raise Abandoned
        change = None if post_copy else rule.read(row)
        if change is None or row.phase is not Phase.BROWNOUT:
            continue
        if change.cancel:
            return replace(NEVER, sent=row.sent, throttle=throttle)
        if change.downtime_limit is not None:
            engine.set_downtime_limit(handle, change.downtime_limit)
        if change.bandwidth is not None:
            engine.set_bandwidth(handle, change.bandwidth)
        if change.post_copy:
            engine.start_postcopy(handle)
            post_copy = True


@dataclass
class Steered:
    """fcm's own rule: the opening, then the steering."""

    options: MigrationOptions
    """Goals, and what is permitted."""
    capacity: float
    """bytes/s that the network carries."""
    every: float = EVERY
    """s between two looks."""
    expected_downtime: float | None = None
    """s of blackout beyond the last pages that the steering reckons with; None: what the migration needs."""
    steps: list[Step] = field(default_factory=list)
    _steering: Steering | None = None

    def begin(self, spec: MigrationSpec) -> MigrationSpec:
        """See Rule."""
        fixed = spec.fixed_downtime if self.expected_downtime is None else self.expected_downtime
        overhead = worst_overhead(fixed)
        begun = opening(self.options, spec.memory, self.capacity, overhead).options
        if begun.auto_converge:
            spec = replace(
                spec,
                capabilities=spec.capabilities | {Capability.AUTO_CONVERGE},
                throttle_initial=begun.auto_converge_initial or spec.throttle_initial,
                throttle_increment=begun.auto_converge_increment or spec.throttle_increment,
            )
        self._steering = Steering(
            spec.memory, self.options, begun, spec.rule, fixed, spec.late, self.capacity, self.every
        )
        bandwidth = min(float(begun.bandwidth or math.inf), self.capacity)
        line = spec.line if math.isfinite(spec.line) else self.capacity
        return replace(spec, downtime_limit=begun.downtime_limit, bandwidth=bandwidth, line_rate=line)

    def read(self, row: TelemetryRow) -> Change | None:
        """See Rule."""
        assert self._steering is not None
        step = self._steering.read(row)
        if step is None:
            return None
        self.steps.append(step)
        if not step.changes:
            return None
        bandwidth = None if step.bandwidth is None else min(float(step.bandwidth or math.inf), self.capacity)
        return Change(step.downtime_limit, bandwidth, step.post_copy)

    @property
    def longest(self) -> float:
        """When a trial of it may be given up, in s: three times what was asked for, two minutes more."""
        return 3.0 * (goals_of(self.options).within or 600.0) + 120.0
