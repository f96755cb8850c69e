"""How a guest writes memory: page classes with rates over address ranges.

Pages are 4 KiB. Rates are page writes a second over the whole class. A workload says nothing about the size of
the machine: that is the migration's.

U(t), the expected number of distinct pages written in t seconds, is what every pre-copy model turns on. For
independent writes it is sum n (1 - exp(-r t / n)); a sweep touches r t pages until it comes round again. The
variance of the Poisson part is sum n p (1 - p) with p = 1 - exp(-r t / n) (distinct pages are independent given
independent writes); a sweep has none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

# numpy is imported where something is computed: to read a workload, as each verb of the command line does, needs none.
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from fcm.migration.arrays import Floats


PAGE = 4096
"""bytes in a page."""
BOOT = 40.0
"""s that a guest boots where its workload does not say. An assumption."""


@dataclass(frozen=True, slots=True)
class Uniform:
    """Independent writes, every page of one address range equally likely."""

    first: int
    """first page of the range."""
    pages: int
    rate: float
    """writes/s over the whole range."""


@dataclass(frozen=True, slots=True)
class Zipf:
    """Independent writes over a range; the page of rank i is written in proportion to i**-exponent.

    Rank is address order: the hottest page is the first.
    """

    first: int
    pages: int
    rate: float
    exponent: float


@dataclass(frozen=True, slots=True)
class Sweep:
    """Writes page after page through a range, then again from its start."""

    first: int
    pages: int
    rate: float
    start: float = 0.0
    """pages past `first` where the sweep stands when the migration starts."""


@dataclass(frozen=True, slots=True)
class Scattered:
    """Independent writes to pages spread evenly over all of memory (where they lie is unknown)."""

    pages: int
    rate: float


Pattern: TypeAlias = Uniform | Zipf | Sweep | Scattered


@dataclass(frozen=True, slots=True)
class Burst:
    """Writes come `writes` at a time at the workload's rate, then silence for `silence` seconds."""

    writes: int
    silence: float
    """s."""
    phase: float = 0.0
    """s since a burst began when the migration starts."""

    def period(self, rate: float) -> float:
        """Seconds from the start of one burst to the start of the next at `rate` writes/s."""
        return self.writes / rate + self.silence

    def activity(self, t: Floats, rate: float) -> Floats:
        """Seconds of writing between the migration's start and `t` (s); the mean grows by duty x t."""
        import numpy as np

        on = self.writes / rate
        period = on + self.silence

        def since_zero(x: Floats) -> Floats:
            whole = np.floor(x / period)
            result: Floats = whole * on + np.minimum(x - whole * period, on)
            return result

        result: Floats = since_zero(t + self.phase) - since_zero(np.asarray(self.phase, dtype=np.float64))
        return result


@dataclass(frozen=True, slots=True)
class Workload:
    """Everything known about a guest's writing.

    `achieved` replaces the clock: pairs of time (s) and writes since the start as a measurement gave them. It
    then also contains every slowdown the guest suffered.
    """

    patterns: tuple[Pattern, ...]
    name: str = ""
    source: str = ""
    burst: Burst | None = None
    utilisation: float = 1.0
    """Share of a virtual processor the writer needs: how soon a throttle bites. Above 1 it cannot keep up anyway."""
    pacing_patience: float | None = None
    """s of backlog a writer that falls behind carries before it loses it (see ``slowdown`` and ``pacing``)."""
    paced_for: float = 0.0
    """s that such a writer has written before the migration."""
    zero_share: float = 0.0
    """Share of the memory that holds zero pages, where their addresses are unknown; at most what nothing writes to."""
    zero_ranges: tuple[tuple[int, int], ...] = ()
    """(first page, pages) known to hold zero pages until they are written."""
    counter_page: int | None = None
    """A page written along with every other write; it adds no writes of its own."""
    achieved: tuple[tuple[float, float], ...] = field(default=(), repr=False)
    boot: float = BOOT
    """s from the start of the machine until its guest serves its users; nothing of a migration depends on it."""

    @property
    def rate(self) -> float:
        """Writes/s over all patterns while the guest writes."""
        return math.fsum(p.rate for p in self.patterns)

    @property
    def mean_rate(self) -> float:
        """Writes/s averaged over bursts and silences."""
        rate = self.rate
        if self.burst is None or rate <= 0:
            return rate
        return self.burst.writes / self.burst.period(rate)

    def activity(self) -> Callable[[Floats], Floats] | None:
        """Seconds of full-rate writing as a function of the time since the start; ``None``: the time itself."""
        import numpy as np

        rate = self.rate
        if self.achieved and rate > 0:
            times = np.array([t for t, _ in self.achieved])
            done = np.array([w for _, w in self.achieved]) / rate
            slope = _tail_slope(times, done)

            def measured(t: Floats) -> Floats:
                result: Floats = np.interp(t, times, done) + np.maximum(t - times[-1], 0.0) * slope
                return result

            return measured
        if self.burst is not None and rate > 0:
            burst = self.burst
            return lambda t: burst.activity(t, rate)
        return None

    def distinct(self, seconds: float, memory_pages: int | None = None) -> float:
        """U(t): expected distinct pages written in `seconds` of full-rate writing (`memory_pages` caps it).

        Bursts are averaged: with a burst set, `seconds` is scaled by the share of time spent writing.
        """
        total = math.fsum(n * -math.expm1(-r * self._active(seconds)) for n, r in self._poisson())
        total += math.fsum(min(p.pages, p.rate * self._active(seconds)) for p in self._sweeps())
        return total if memory_pages is None else min(total, float(memory_pages))

    def distinct_variance(self, seconds: float) -> float:
        """Variance (pages squared) of the distinct pages written in `seconds`."""
        t = self._active(seconds)
        return math.fsum(n * -math.expm1(-r * t) * math.exp(-r * t) for n, r in self._poisson())

    def working_set(self) -> float:
        """Distinct pages ever written: the limit of U(t)."""
        return math.fsum(n for n, r in self._poisson() if r > 0) + sum(p.pages for p in self._sweeps() if p.rate > 0)

    def _active(self, seconds: float) -> float:
        rate = self.rate
        return seconds * (self.mean_rate / rate) if rate > 0 else 0.0

    def _sweeps(self) -> list[Sweep]:
        return [p for p in self.patterns if isinstance(p, Sweep)]

    def _poisson(self) -> list[tuple[float, float]]:
        classes: list[tuple[float, float]] = []
        for p in self.patterns:
            if isinstance(p, Uniform | Scattered):
                classes.append((float(p.pages), p.rate / p.pages))
            elif isinstance(p, Zipf):
                edges, rates = zipf_bins(p)
                classes.extend((float(b - a), float(r)) for a, b, r in zip(edges, edges[1:], rates, strict=False))
        return classes


IDLE = Workload(())
"""A guest that writes nothing; what a migration has as long as no one says how its guest writes."""


def slowdown(utilisation: float, throttle: float, patience: float | None = None) -> float:
    """Share of its wanted rate a writer reaches.

    A processor that sleeps for a share x of the time (softmmu/cpu-throttle.c: 10 ms x / (1 - x) after each 10 ms) does
    1 - x of its work, so a writer that needs the share u of a processor is slowed to min(1, (1 - x) / u), not to 1 - x.

    Args:
        utilisation: u; above 1 the writer cannot keep up even unthrottled.
        throttle: x, 0..1.
        patience: s of backlog after which the writer loses it and as long again is silent: the laboratory guest, whose
            32-bit time stamps wrap; ``None`` for a writer that just falls behind.
    """
    reached = (1.0 - throttle) / max(utilisation, 1e-9)
    if reached >= 1.0:
        return 1.0
    if patience is None:
        return reached
    # Backlog grows by 1 - reached a second until it is lost; then nothing is written for `patience`.
    busy = patience / (1.0 - reached)
    return reached * busy / (busy + patience)


def zipf_bins(p: Zipf, bins: int = 48) -> tuple[list[int], Floats]:
    """Rank bins of near-equal rate: edges (bins + 1, pages from the range's start) and writes/s per page [bins].

    The weight of ranks a+1..b is sum i**-s, exact for ranges up to 2**22 pages, beyond by the midpoint integral.
    """
    import numpy as np

    raw = np.concatenate([[0], np.round(np.geomspace(1, p.pages, max(1, min(bins, p.pages))))])
    edges = np.unique(raw.astype(np.int64))
    if p.pages <= 1 << 22:
        cumulative = np.concatenate([[0.0], np.cumsum(np.arange(1, p.pages + 1, dtype=np.float64) ** -p.exponent)])
        weight = cumulative[edges[1:]] - cumulative[edges[:-1]]
    else:
        weight = _zipf_integral(edges.astype(np.float64) + 0.5, p.exponent)
        weight[0] = 1.0
    rates = p.rate * weight / weight.sum() / np.diff(edges)
    return [int(e) for e in edges], rates


def _zipf_integral(x: Floats, s: float) -> Floats:
    import numpy as np

    antiderivative = np.log(x) if abs(s - 1) < 1e-9 else x ** (1 - s) / (1 - s)
    result: Floats = np.diff(antiderivative)
    return result


def _tail_slope(times: Floats, done: Floats) -> float:
    """Activity a second after the last sample: the mean over the last second or more that the guest ran."""
    import numpy as np

    running = np.flatnonzero(np.diff(done) > 0)
    if not len(running):
        return 0.0
    last = int(running[-1]) + 1
    begin = int(np.searchsorted(times, times[last] - 1.0, side="right")) - 1
    begin = max(min(begin, last - 1), 0)
    return float((done[last] - done[begin]) / max(times[last] - times[begin], 1e-9))
