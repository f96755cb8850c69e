"""How KubeVirt lets live migrations end, as published, to compare the steering of fcm with it.

Sources: kubevirt/kubevirt pkg/virt-launcher/virtwrap/live-migration-source.go; kubevirt/enhancements
veps/sig-compute/291-dynamic-downtime-tuning/vep.md (the ramp) and
veps/sig-compute/248-migration-convergence/migration-convergence.md (stall detection), with their defaults. Its monitor
looks every 400 ms and at each pass. What is permitted (auto-converge, post-copy) is the same for both.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fcm.migration.engine.specification import Capability
from fcm.migration.goals.trial import Change

if TYPE_CHECKING:
    from fcm.migration.engine.specification import MigrationSpec
    from fcm.model.telemetry import TelemetryRow

MONITOR = 0.4
"""s between two looks (monitorSleepPeriodMS)."""
COMPLETION = 150.0
"""s for each GiB after which it is over: post-copy where permitted, else it is aborted (completionTimeoutPerGiB)."""
PROGRESS = 150.0
"""s without fewer bytes left after which it is aborted (progressTimeout; without stall detection)."""
INITIAL, CEILING, STEPS, COOL_DOWN, AFTER = 0.150, 1.050, 7, 10.0, 3
"""The ramp: s at first, s at most, steps, s between two, pass after which the time begins (VEP 291). Seven steps of
150 ms are printed there, of which six lead from 150 to 1,050 ms."""
STALL_TIME, STALL_MARGIN, POSSIBLE, DECAY = 40.0, 0.04, 1.5, 0.5
"""Stall detection: s of the window, margin, factor on the longest pause up to which it hopes, decay of its patience."""
SWITCHOVER = 60.0
"""s after which it aborts where QEMU did not switch over (switchoverTimeout)."""
QEMU_LIMIT = 0.3
"""s: the downtime limit of QEMU, or the longest pause where that is shorter."""


@dataclass
class _Monitor:
    """What both rules have: time limits."""

    throttle: bool
    post_copy: bool
    memory: float = 0.0
    _looked: float = -1.0
    _watermark: float = math.inf
    _progressed: float = 0.0

    def _begun(self, spec: MigrationSpec, limit: float) -> MigrationSpec:
        self.memory = float(spec.memory)
        able = spec.capabilities | ({Capability.AUTO_CONVERGE} if self.throttle else frozenset())
        return replace(spec, downtime_limit=limit, capabilities=frozenset(able))

    @property
    def _completion(self) -> float:
        return COMPLETION * max(self.memory / (1 << 30), 1.0)

    def _timed_out(self, row: TelemetryRow) -> Change | None:
        if row.time <= self._completion:
            return None
        return Change(post_copy=True) if self.post_copy else Change(cancel=True)


@dataclass
class Ramp(_Monitor):
    """Downtime tuning (VEP 291): from 150 ms in steps of 10 s to a ceiling, from the third pass on."""

    ceiling: float = CEILING
    _limit: float = 0.0
    _since: float | None = None

    def begin(self, spec: MigrationSpec) -> MigrationSpec:
        """See Rule."""
        self._limit = min(INITIAL, self.ceiling)
        return self._begun(spec, self._limit)

    def read(self, row: TelemetryRow) -> Change | None:
        """See Rule."""
        if row.time - self._looked < MONITOR:
            return None
        self._looked = row.time
        if row.remaining < self._watermark:
            self._progressed = row.time
        self._watermark = row.remaining
        over = self._timed_out(row)
        if over is not None:
            return over
        if row.time - self._progressed > PROGRESS:
            return Change(cancel=True)
        if row.pass_number < AFTER or self._limit >= self.ceiling:
            return None
        if self._since is None:
            self._since = row.time
        if row.time - self._since < COOL_DOWN:
            return None
        self._since = row.time
        self._limit = min(self._limit + (self.ceiling - INITIAL) / (STEPS - 1), self.ceiling)
        return Change(downtime_limit=self._limit)


@dataclass
class Stall(_Monitor):
    """Stall detection (VEP 248): once passes no longer shrink, switches at the next that is as small as the best."""

    longest: float = CEILING
    """s: maxDowntimeMs."""
    _rate: float = 0.0
    _pass: int = 0
    _candidates: list[tuple[float, float]] = field(default_factory=list)
    _outside: float | None = None
    _best: float | None = None
    _history: list[float] = field(default_factory=list)
    _patience: float = STALL_TIME
    _deadline: float = 0.0
    _switched: float | None = None

    def begin(self, spec: MigrationSpec) -> MigrationSpec:
        """See Rule."""
        return self._begun(spec, min(QEMU_LIMIT, self.longest))

    def read(self, row: TelemetryRow) -> Change | None:
        """See Rule."""
        if row.pass_number > self._pass:
            self._pass = row.pass_number
            found = self._iteration(row) if self._pass > 1 else None
            if found is not None:
                return found
        elif row.time - self._looked >= MONITOR:
            self._looked = row.time
            self._rate = row.rate if self._rate == 0 else 0.5 * row.rate + 0.5 * self._rate
        if self._switched is not None and row.time - self._switched > SWITCHOVER:
            return Change(cancel=True)
        return self._timed_out(row)

    def _iteration(self, row: TelemetryRow) -> Change | None:
        left = float(row.remaining)
        self._note(row.time, left)
        if self._best is None:
            if self._outside is None or left < self._outside * (1.0 - STALL_MARGIN):
                return None
            self._best = min([self._outside, *(bytes_ for _, bytes_ in self._candidates)])
            self._deadline = row.time + self._patience
        heapq.heappush(self._history, left)
        if row.time >= self._deadline and self._history:
            self._best = heapq.heappop(self._history)
            self._patience = max(self._patience * DECAY, 1.0)
            self._deadline = row.time + self._patience
        if left > self._best * (1.0 + STALL_MARGIN) or self._rate <= 0 or self._switched is not None:
            return None
        self._switched = row.time
        if self.post_copy:
            return Change(post_copy=True)
        implied = self._best / self._rate
        if implied >= self.longest * POSSIBLE:
            return Change(cancel=True)
        return Change(downtime_limit=self.longest)

    def _note(self, time: float, left: float) -> None:
        while self._candidates and time - self._candidates[0][0] >= STALL_TIME:
            _, old = self._candidates.pop(0)
            self._outside = old if self._outside is None else min(self._outside, old)
        if self._outside is not None and left > self._outside:
            return
        if not self._candidates or left < self._candidates[-1][1]:
            self._candidates.append((time, left))


@dataclass
class Fixed(_Monitor):
    """Neither: the downtime limit of QEMU, or the longest pause, stays as it is."""

    limit: float = QEMU_LIMIT

    def begin(self, spec: MigrationSpec) -> MigrationSpec:
        """See Rule."""
        return self._begun(spec, self.limit)

    def read(self, row: TelemetryRow) -> Change | None:
        """See Rule."""
        return self._timed_out(row)
