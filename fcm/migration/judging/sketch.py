"""A migration foreseen in less than a millisecond, for a slider that moves: one guest that writes evenly.

The same rules as ``engine``, computed pass by pass in plain numbers instead of window by window over segments and
classes: a reading of the log falls on the window or the empty pass where the rule puts it, pages found are the
expectation of independent writes. What it leaves out is what such a guest does not have: zero pages, bursts, sweeps,
links that are shared. ``predict`` gives the full answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fcm.migration.engine.engine import WINDOW
from fcm.migration.engine.policies import LogWindow
from fcm.migration.engine.specification import Capability
from fcm.migration.engine.state import NORMAL_BYTES, NOTHING
from fcm.migration.engine.workload import PAGE, Uniform, slowdown
from fcm.migration.judging.prediction import COMPLETED, DID_NOT_CONVERGE, PassRow, Prediction, Standstill
from fcm.model.telemetry import Phase, TelemetryRow

if TYPE_CHECKING:
    from fcm.migration.engine.specification import MigrationSpec

MOST_PASSES = 400
"""After so many passes without an end a sketch stops looking."""
_PARTS = 16
"""Most parts of the written range whose clearing is told apart."""
_SETTLE = 1.0
"""s of an accounting period of the throttle (ram.c, migration_bitmap_sync)."""


@dataclass(slots=True)
class _Part:
    """A stretch of the written range that is protected together. Pages."""

    pages: float
    start: float
    """Pages of memory before it."""
    small: bool
    """It contains several clear-bitmap chunks, which are protected one after another."""
    logged: float = 0.0
    unlogged: float = 0.0


@dataclass(slots=True)
class _Sketch:
    spec: MigrationSpec
    parts: list[_Part]
    rate: float
    """writes/s a page."""
    speed: float
    """bytes/s."""
    time: float = 0.0
    sent: float = 0.0
    passes: int = 1
    cold: float = 0.0
    """Pages still to be sent that the guest does not write."""
    cursor: int = 0
    throttle: int = 0
    dirty_periods: int = 0
    period_start: float = 0.0
    period_sent: float = 0.0
    period_dirty: float = 0.0
    exhausted: bool = False
    """The rate that the rule adapts has passed its cap."""
    rows: list[PassRow] = field(default_factory=list)

    @property
    def pending(self) -> float:
        return self.cold + sum(part.logged + part.unlogged for part in self.parts)

    def run(self, give_up: float) -> Prediction:
        spec, rule = self.spec, self.spec.rule
        self.time = self.period_start = spec.setup_time
        standstill = Standstill(spec)
        self.rows.append(PassRow(1, 0.0, spec.memory // PAGE, 0, 0))
        for _ in range(MOST_PASSES):
            threshold = self.speed * spec.limit if rule.threshold_from_downtime else 0.0
            threshold = max(threshold, (rule.stop_pages or 0) * PAGE)
            self._pass(threshold / PAGE)
            pending = self.pending
            self.rows.append(PassRow(self.passes, self.time, round(pending), round(self.sent), self.throttle))
            if self._may_stop(pending, threshold):
                return self._end(pending)
            at_the_end = self.throttle >= spec.throttle_max
            if (
                self.time > give_up
                or standstill.reached(round(pending), self._row(pending))
                or (at_the_end and self._settled())
            ):
                break
        total, sent = max(self.time, 0.0), round(self.sent)
        return Prediction(DID_NOT_CONVERGE, total, None, sent, self.passes, tuple(self.rows))

    def _row(self, pending: float) -> TelemetryRow:
        left, sent = round(pending * PAGE), round(self.sent)
        return TelemetryRow(self.time, self.passes, left, sent, 0.0, self.speed, Phase.BROWNOUT, self.throttle)

    def _settled(self) -> bool:
        last = [row.pages for row in self.rows[-6:]]
        return len(last) == 6 and self.rows[-6].throttle == self.throttle and min(last[3:]) > 0.98 * min(last[:3])

    def _may_stop(self, pending: float, threshold: float) -> bool:
        rule = self.spec.rule
        return (
            pending * PAGE < max(threshold, NOTHING)
            or (rule.max_passes is not None and self.passes >= rule.max_passes)
            or (rule.max_sent_factor is not None and self.sent > rule.max_sent_factor * self.spec.memory)
            or self.exhausted
        )

    def _end(self, pending: float) -> Prediction:
        spec = self.spec
        downtime = pending * NORMAL_BYTES / spec.line + spec.fixed_downtime
        sent = round(self.sent + pending * NORMAL_BYTES)
        return Prediction(COMPLETED, self.time + downtime, downtime, sent, self.passes, tuple(self.rows))

    # One pass

    def _pass(self, threshold: float) -> None:
        """Send until the log is read; ``threshold`` in pages."""
        rule = self.spec.rule
        pace = self.speed / NORMAL_BYTES
        begin, pending = self.time, self.pending
        share = 1.0
        if rule.skips_redirtied:
            written = pending - self.cold
            ahead = self.parts[0].start if self.passes == 1 and self.parts else self.cold
            share = self._not_skipped(written, ahead / pace, pace)
            pending = self.cold + written * share
        empty = begin + pending / pace
        end = empty
        if rule.early_sync:
            end = min(end, self._window_after(begin, begin + max(pending - threshold, 0.0) / pace))
        period = self.spec.periodic
        if math.isfinite(period) and self.passes > 1:
            # The first tick after a reading leaves it at that; the next one reads the log.
            end = min(end, self._window_after(begin, (math.floor(begin / period) + 2.0) * period))
        moved = min((end - begin) * pace, pending)
        fresh = self._read_log(begin, end, pace, 0.0 if share < 1.0 else max(pending - moved, 0.0))
        self.sent += moved * NORMAL_BYTES
        self.time = max(end, begin + 1e-6)
        self.passes += 1
        self._account(fresh, end - begin)

    def _window_after(self, begin: float, wanted: float) -> float:
        """The first start of a window after ``begin`` that does not lie before ``wanted``."""
        origin = self.spec.setup_time
        number = max(math.ceil((wanted - origin) / WINDOW - 1e-9), math.floor((begin - origin) / WINDOW + 1e-9) + 1)
        return origin + number * WINDOW

    def _not_skipped(self, pages: float, elapsed: float, pace: float) -> float:
        """Share of written pages sent where those dirty again are left out: d page = pace e^(-rate x age) d age."""
        if pages <= 0 or self.rate <= 0:
            return 1.0
        through = math.log1p(self.rate * pages / pace * math.exp(-self.rate * elapsed)) / self.rate
        return min(through * pace / pages, 1.0)

    def _read_log(self, begin: float, end: float, pace: float, unsent: float) -> float:
        """Find what was written, part after part in the order of the cursor; see ``passes.read_log``."""
        chunked = self.spec.rule.log_window is LogWindow.CHUNK and not self.spec.dirty_ring
        first = self.passes == 1
        since_sync = -math.expm1(-self.rate * (end - begin))
        sent = self.pending - unsent
        before, fresh, unsent_written, stopped = self.cold, 0.0, 0.0, self.cursor
        cold_sent = min(self.cold, sent)
        for k in range(len(self.parts)):
            index = (self.cursor + k) % len(self.parts)
            part = self.parts[index]
            if first:
                before = part.start
            dirty = part.logged + part.unlogged
            missing = min(max(before + dirty - sent, 0.0), dirty) if unsent > 0 else 0.0
            unsent_written += missing
            reached = begin + before / pace
            through = (dirty - missing) / pace
            cleared = reached + through / 2 if part.small else reached
            seen = not chunked or cleared < end
            since_clear = -math.expm1(-self.rate * (end - cleared)) if chunked and seen else since_sync
            still = missing / dirty if dirty > 0 else 0.0
            old_logged, old_unlogged = part.logged * still, part.unlogged * still
            again = 1.0 if chunked and (part.small or not seen) else since_clear
            rest = part.pages - part.logged - part.unlogged
            found = old_logged * again + (part.logged - old_logged) * since_clear + (part.unlogged + rest) * since_sync
            kept = old_logged * (1.0 - again) + old_unlogged * (1.0 - since_sync)
            fresh += found + kept - old_logged - old_unlogged
            if missing < dirty:
                stopped = index if missing > 0 else (index + 1) % len(self.parts)
            before += dirty
            part.logged, part.unlogged = found, kept
        self.cursor = stopped if unsent > 0 and self.spec.rule.keeps_cursor else 0
        # In the first pass the cold pages lie around the written range, later they are sent before it.
        self.cold = max(unsent - unsent_written, 0.0) if first else self.cold - cold_sent
        return max(fresh, 0.0)

    def _account(self, fresh: float, duration: float) -> None:
        """Settle the throttle and the rate; see ``throttle``."""
        spec = self.spec
        self.period_dirty += fresh
        rule = spec.rule
        if rule.rate_start is not None:
            wanted = max(self.pending * PAGE / max(duration, 1e-6) + rule.rate_step, rule.rate_start)
            self.exhausted = wanted > (rule.rate_cap or math.inf)
            self.speed = min(wanted, spec.bandwidth, spec.line)
        if self.time - self.period_start <= _SETTLE:
            return
        moved, dirtied = self.sent - self.period_sent, self.period_dirty * PAGE
        self.period_start, self.period_sent, self.period_dirty = self.time, self.sent, 0.0
        if Capability.AUTO_CONVERGE not in spec.capabilities or dirtied <= moved * spec.throttle_trigger:
            return
        self.dirty_periods += 1
        if self.dirty_periods < 2:
            return
        self.dirty_periods = 0
        step = spec.throttle_increment if self.throttle else spec.throttle_initial
        before = slowdown(spec.workload.utilisation, self.throttle / 100.0)
        self.throttle = min(self.throttle + step, spec.throttle_max)
        self.rate *= slowdown(spec.workload.utilisation, self.throttle / 100.0) / before


def sketch(spec: MigrationSpec, give_up: float = 3600.0) -> Prediction:
    """What ``prediction.predict`` would say, nearly and at once.

    Args:
        spec: a migration whose guest writes one range evenly, or nothing.
        give_up: s after which it counts as one that does not converge.

    Raises:
        ValueError: the guest writes in another way, which only the engine can compute.
    """
    patterns = spec.workload.patterns
    if len(patterns) > 1 or not all(isinstance(one, Uniform) for one in patterns) or spec.workload.burst is not None:
        raise ValueError(
            "a sketch needs a guest that writes one range of pages uniformly; use predict for other guests"
        )
    parts: list[_Part] = []
    rate = 0.0
    for one in patterns:
        assert isinstance(one, Uniform)
        chunk = float(1 << spec.chunk_shift)
        number = max(min(math.ceil((one.first + one.pages) / chunk) - int(one.first / chunk), _PARTS), 1)
        size = one.pages / number
        parts = [_Part(size, one.first + k * size, size > 1.5 * chunk, size) for k in range(number)]
        rate = one.rate / one.pages * slowdown(spec.workload.utilisation, 0.0)
    speed = min(spec.carried(spec.bandwidth), spec.line)
    if spec.rule.rate_start is not None:
        speed = min(speed, spec.rule.rate_start)
    made = _Sketch(spec, parts, rate, speed)
    made.cold = spec.memory / PAGE - sum(part.pages for part in parts)
    return made.run(give_up)
