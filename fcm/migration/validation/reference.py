"""Other models of the same migrations, to compare the engine with: the textbook one, ablations, pages one by one."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from fcm.migration.engine.policies import LogWindow
from fcm.migration.engine.specification import Capability
from fcm.migration.engine.state import NORMAL_BYTES, ZERO_BYTES
from fcm.migration.engine.workload import PAGE, Sweep, Uniform, Zipf
from fcm.migration.judging.prediction import COMPLETED, DID_NOT_CONVERGE, Prediction, predict

if TYPE_CHECKING:
    from fcm.migration.arrays import Flags, Floats
    from fcm.migration.engine.specification import MigrationSpec


WINDOW = 0.1


def geometric(spec: MigrationSpec, give_up: float = 3600.0) -> Prediction:
    """The textbook model: each pass is the last one times dirtying over sending (Liu et al., HPDC 2011).

    V(k) = M q**k with q = D / B; converges only for q < 1. Dirtying is taken as constant and never repeating.
    """
    bandwidth = _mean_bandwidth(spec)
    workload = spec.workload
    writes = workload.mean_rate
    if len(workload.achieved) > 1:
        (_, first), (last_time, last) = workload.achieved[0], workload.achieved[-1]
        writes = (last - first) / max(last_time - workload.achieved[0][0], 1e-9)
    ratio = writes * PAGE / bandwidth
    threshold = bandwidth * spec.limit
    volume, time, sent, passes = float(spec.memory), spec.setup_time, 0.0, 1
    while volume >= threshold and time < give_up and passes < 100_000:
        time += volume / bandwidth
        sent += volume
        volume = min(volume * ratio, float(spec.memory))
        passes += 1
    if volume >= threshold:
        return Prediction(DID_NOT_CONVERGE, give_up, None, round(bandwidth * give_up), passes)
    downtime = volume / spec.line + spec.fixed_downtime
    return Prediction(COMPLETED, time + downtime, downtime, round(sent + volume), passes)


def ablations(spec: MigrationSpec, give_up: float = 3600.0) -> dict[str, Prediction]:
    """The engine with one rule after another put in, up to but without the utilisation of the throttled processor.

    In the order of growing truth: saturating U(t) over whole passes; reading the log early; protection by chunks.
    """
    plain = replace(spec.workload, utilisation=1.0)
    rule = replace(spec.rule, early_sync=False, keeps_cursor=False, log_window=LogWindow.PASS)
    whole = replace(spec, workload=plain, rule=rule)
    early = replace(spec, workload=plain, rule=replace(spec.rule, log_window=LogWindow.PASS))
    chunk = replace(spec, workload=plain)
    return {
        "saturating": predict(whole, give_up),
        "+early sync": predict(early, give_up),
        "+chunk window": predict(chunk, give_up),
    }


def page_monte_carlo(spec: MigrationSpec, give_up: float = 3600.0, seed: int = 1) -> Prediction:
    """Every page by itself, with QEMU 7.2's rules: a Bernoulli draw a page at each reading of the log.

    Only for workloads with addresses (uniform, Zipf, sweep). Independent of the engine's expectation over segments; the
    rules of the clock are the same.

    Raises:
        ValueError: for classes known by size alone.
    """
    return _PageByPage(spec, seed).run(give_up)


class _PageByPage:
    def __init__(self, spec: MigrationSpec, seed: int) -> None:
        self.spec = spec
        self.random = np.random.default_rng(seed)
        self.pages = spec.memory // PAGE
        self.rate = np.zeros(self.pages)
        self.sweeps: list[Sweep] = []
        for p in spec.workload.patterns:
            if isinstance(p, Uniform):
                self.rate[p.first : p.first + p.pages] += p.rate / p.pages
            elif isinstance(p, Zipf):
                weight = np.arange(1, p.pages + 1, dtype=np.float64) ** -p.exponent
                self.rate[p.first : p.first + p.pages] += p.rate * weight / weight.sum()
            elif isinstance(p, Sweep):
                self.sweeps.append(p)
            else:
                raise ValueError("the page-by-page simulation needs addresses, but a class has only a size")
        counter = spec.workload.counter_page
        if counter is not None:
            self.rate[counter] += spec.workload.rate
        self.zero = np.zeros(self.pages, bool)
        for first, count in spec.workload.zero_ranges:
            self.zero[first : first + count] = True
        self.zero[self.rate > 0] = False
        self.chunk = np.arange(self.pages) >> spec.chunk_shift
        self.chunked = spec.rule.log_window is LogWindow.CHUNK and not spec.dirty_ring
        self.clock = spec.workload.activity()
        self.dirty = np.ones(self.pages, bool)
        self.logged = np.ones(self.pages, bool)
        self.cleared = np.full(int(self.chunk[-1]) + 1, np.inf)
        self.cursor = 0
        self.multiplier = 1.0
        self.activity_at_sync = 0.0
        self.queue = np.arange(self.pages)
        self.done = 0

    def active(self, time: Floats) -> Floats:
        return time if self.clock is None else self.clock(time)

    def since(self, begin: Floats, end: float) -> Floats:
        span = self.active(np.array([end]))[0] - self.active(begin)
        result: Floats = np.maximum(span, 0.0) * self.multiplier
        return result

    def touched(self, span: Floats, now: float) -> Flags:
        """Pages written within the last `span` (activity, s) before the activity time `now`."""
        hit = self.random.random(self.pages) < -np.expm1(-self.rate * span)
        for s in self.sweeps:
            front = s.start + now * s.rate
            behind = np.mod(front - np.arange(s.pages), s.pages)
            hit[s.first : s.first + s.pages] |= behind <= span[s.first : s.first + s.pages] * s.rate
        return hit

    def sync(self, at: float, last: float) -> int:
        """Reads the log; returns the pages newly dirty."""
        cleared = np.minimum(self.cleared, at)
        by_chunk = self.since(cleared, at)[self.chunk]
        by_sync = float(self.since(np.array([last]), at)[0])
        never = ~np.isfinite(self.cleared)[self.chunk] if self.chunked else np.zeros(self.pages, bool)
        span = np.where(self.logged & self.chunked, by_chunk, by_sync)
        now = self.activity_at_sync + by_sync
        hit = self.touched(span, now)
        self.activity_at_sync = now
        found = hit | (self.logged & never)
        fresh = int((found & ~self.dirty).sum())
        self.logged = found
        self.dirty |= found
        self.cleared[:] = np.inf
        order = np.flatnonzero(self.dirty)
        start = int(np.searchsorted(order, self.cursor))
        self.queue = np.concatenate([order[start:], order[:start]])
        self.done = 0
        return fresh

    def send(self, budget: float, begin: float, burst: float) -> float:
        """Sends within a budget of bytes; returns what was sent."""
        most = self.queue[self.done : self.done + int(budget / ZERO_BYTES) + 2]
        if not len(most):
            return 0.0
        cost = np.where(self.zero[most], float(ZERO_BYTES), float(NORMAL_BYTES))
        total = np.cumsum(cost)
        time = np.cumsum(np.where(self.zero[most], self.spec.zero_page_cost, NORMAL_BYTES / self.spec.line))
        fits = int(np.searchsorted(total, budget)), int(np.searchsorted(time, WINDOW))
        count = min(fits[0] + 1, fits[1] + 1, len(most))
        some = most[:count]
        chunks, first = np.unique(self.chunk[some], return_index=True)
        fresh = ~np.isfinite(self.cleared[chunks])
        self.cleared[chunks[fresh]] = begin + total[first[fresh]] / burst
        self.dirty[some] = False
        self.done += count
        self.cursor = int(some[-1]) + 1 if self.done < len(self.queue) else 0
        return float(total[count - 1])

    def run(self, give_up: float) -> Prediction:
        spec = self.spec
        time = last = period = spec.setup_time
        self.activity_at_sync = float(self.active(np.array([time]))[0])
        sent = period_sent = measured = 0.0
        period_dirty, throttle, hot, passes = 0, 0, 0, 1
        while time < give_up:
            bandwidth = _bandwidth_at(spec, time)
            budget = bandwidth * WINDOW
            left, now, before = budget, time, sent
            threshold = measured * spec.limit
            while True:
                remaining = (len(self.queue) - self.done) * PAGE
                due = remaining < threshold if now == time else remaining == 0
                if due:
                    period_dirty += self.sync(now, last)
                    last, passes = now, passes + 1
                    if now - period > 1.0:
                        throttled = Capability.AUTO_CONVERGE in spec.capabilities and not spec.workload.achieved
                        if throttled and (period_dirty * PAGE > (sent - period_sent) * spec.throttle_trigger):
                            hot += 1
                            if hot >= 2:
                                hot = 0
                                step = spec.throttle_increment if throttle else spec.throttle_initial
                                throttle = min(throttle + step, spec.throttle_max)
                                self.multiplier = min(1.0, (1 - throttle / 100) / spec.workload.utilisation)
                        period, period_dirty, period_sent = now, 0, sent
                    remaining = (len(self.queue) - self.done) * PAGE
                    if remaining < max(threshold, 1.0):
                        rest = self.queue[self.done :]
                        size = float(np.where(self.zero[rest], ZERO_BYTES, NORMAL_BYTES).sum())
                        downtime = size / spec.line + spec.fixed_downtime
                        return Prediction(COMPLETED, now + downtime, downtime, round(sent + size), passes)
                moved = self.send(left, now, spec.line)
                sent += moved
                left -= moved
                now += max(moved / spec.line, 1e-9)
                if left <= NORMAL_BYTES or self.done < len(self.queue):
                    break
            measured = (sent - before) / WINDOW
            time += WINDOW
        return Prediction(DID_NOT_CONVERGE, time, None, round(sent), passes)


def _bandwidth_at(spec: MigrationSpec, time: float) -> float:
    if spec.bandwidth_series:
        times, values = zip(*spec.bandwidth_series, strict=True)
        return float(np.interp(time + WINDOW / 2, times, values))
    return min(spec.carried(spec.bandwidth) * spec.bandwidth_share, spec.line)


def _mean_bandwidth(spec: MigrationSpec) -> float:
    if spec.bandwidth_series:
        return math.fsum(b for _, b in spec.bandwidth_series) / len(spec.bandwidth_series)
    return min(spec.carried(spec.bandwidth) * spec.bandwidth_share, spec.line)
