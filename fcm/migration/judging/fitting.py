"""From a measured dirty-rate curve to a workload: how many pages are written how often.

QEMU's calc-dirty-rate in mode dirty-bitmap counts the distinct pages written in t seconds and reports whole MiB/s,
rounded down (migration/dirtyrate.c). Several t give points of U(t) = sum n_j (1 - exp(-r_j t)); non-negative least
squares over a logarithmic grid of rates r gives the n (Lawson and Hanson, Solving Least Squares Problems, chapter
23). Few points leave many spectra possible: the fit is repeated with the points moved within their errors, and the
mean and the spread of what comes out are the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fcm.migration.engine.workload import PAGE, Scattered, Workload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.migration.arrays import Floats


RATES = np.geomspace(0.01, 100.0, 25)
"""writes/s to each page of a class; beyond 100 a page is dirty in every window that matters."""
_MIB_PAGES = (1 << 20) / PAGE
ROUNDING = 0.5
"""MiB/s that rounding down takes away on average."""
SCATTER = 0.01
"""Relative standard deviation of a measured rate beyond rounding: a whole second is a few ms more."""
SAMPLING_SCATTER = 0.2
"""The same for mode page-sampling, in addition to the random choice of pages (8 of 36 MiB/s were measured off)."""
PAGES_PER_SAMPLE = 512
"""Pages that each page stands for that page-sampling looks at: 512 of each GiB (QEMU migration/dirtyrate.h)."""


@dataclass(frozen=True, slots=True)
class DirtySample:
    """Distinct pages a guest wrote in a time."""

    seconds: float
    mib_per_s: float
    """As QEMU reports it: rounded down."""
    exact: bool = True
    """From the dirty bitmap or ring; False for page sampling."""
    rounded: bool = True
    """Rounded down to whole MiB/s, as calc-dirty-rate does; False for pages counted at the end of a pass."""
    timing: float = 0.0
    """Standard deviation of the time in which they were written (s), where it is not known well."""

    @property
    def pages(self) -> float:
        """Distinct pages in the time."""
        if not self.rounded:
            return self.mib_per_s * self.seconds * _MIB_PAGES
        return (self.mib_per_s + ROUNDING) * self.seconds * _MIB_PAGES if self.mib_per_s > 0 else self._few

    @property
    def error(self) -> float:
        """Standard deviation of `pages`."""
        rounding = self.seconds * _MIB_PAGES / 12**0.5 if self.rounded else max(self.pages, 1.0) ** 0.5
        scatter = (SCATTER if self.exact else SAMPLING_SCATTER) * self.mib_per_s * self.seconds * _MIB_PAGES
        unsure = self.pages * self.timing / self.seconds
        chance = 0.0 if self.exact else max(self.pages, PAGES_PER_SAMPLE) * PAGES_PER_SAMPLE
        return float(np.sqrt(rounding**2 + scatter**2 + unsure**2 + chance))

    @property
    def _few(self) -> float:
        return 0.25 * self.seconds * _MIB_PAGES


@dataclass(frozen=True)
class FittedWorkload:
    """A workload from samples, and the members that show how well it is known."""

    workload: Workload
    members: tuple[Workload, ...]


def fit(samples: Sequence[DirtySample], memory: int, members: int = 24, seed: int = 1) -> FittedWorkload:
    """Fits page classes to samples.

    Args:
        samples: at least one; where exact ones are there the others are left out.
        memory: bytes, no class can be larger.
        members: repetitions of the fit with moved points.
        seed: of the moves.

    Raises:
        ValueError: without samples.
    """
    exact = [s for s in samples if s.exact]
    used = exact or list(samples)
    if not used:
        raise ValueError("a dirty-rate curve needs at least one sample")
    if all(s.mib_per_s <= 0 for s in used):
        # As measured: nothing was found written, so the guest ends over any line. Whoever judges says so.
        silent = Workload((), name="fitted", source="measured dirty-rate curve")
        return FittedWorkload(silent, (silent,) * max(members, 1))
    rounded = all(s.rounded for s in used)
    times = np.array([s.seconds for s in used])
    found = np.array([s.pages for s in used])
    error = np.array([s.error for s in used])
    random = np.random.default_rng(seed)
    total = memory / PAGE
    if len(set(times.tolist())) == 1:
        return _one_point(float(times[0]), float(found.mean()), float(error.mean()), total, members, random)
    spectra = []
    for _ in range(members):
        moved = np.maximum(found + random.standard_normal(len(found)) * error, 0.0)
        shift = float(random.uniform(-0.5, 0.5)) * float(np.log(RATES[1] / RATES[0]))
        rates = RATES * np.exp(shift)
        count = _counts(times, moved, error, rates, total, most=1 if rounded else len(rates))
        spectra.append((rates, count))
    every = tuple(_workload([(r, n)]) for r, n in spectra)
    return FittedWorkload(_workload(spectra), every)


def _one_point(
    time: float, found: float, error: float, total: float, members: int, random: np.random.Generator
) -> FittedWorkload:
    """A single time tells how much is written, not how often: few pages all the time, or all of memory now and then.

    Members write evenly to ranges from little more than what was found up to the whole memory, alike in logarithm.
    """

    def evenly(seen: float, share: float) -> Workload:
        seen = min(max(seen, 1.0), 0.9 * total)
        pages = 1.1 * seen * (total / (1.1 * seen)) ** share
        rate = -float(np.log1p(-seen / pages)) / time
        return _workload([(np.array([rate]), np.array([pages]))])

    every = (
        evenly(found + float(random.standard_normal()) * error, (k + 0.5) / max(members, 1))
        for k in range(max(members, 1))
    )
    return FittedWorkload(evenly(found, 0.5), tuple(every))


def _counts(times: Floats, found: Floats, error: Floats, rates: Floats, total: float, most: int) -> Floats:
    """[K] pages of each class, at most ``total`` together.

    A curve that still grows at its last point asks for the more pages the slower they are written: up to ``most`` - 1
    of the slowest classes are left out until the machine has room for the rest. After that all are cut alike, which
    a few points of seconds bear (only the slow classes are large), the few long passes of a migration do not.
    """
    design = -np.expm1(-np.outer(times, rates)) / error[:, None]
    # A little ridge keeps the slowest classes, which the points hardly see, from growing without need.
    ridge = np.eye(len(rates)) * 1e-3 / total
    count = np.zeros(len(rates))
    for first in range(most):
        matrix = np.vstack([design[:, first:], ridge[first:, first:]])
        wanted = np.concatenate([found / error, np.zeros(len(rates) - first)])
        count = np.concatenate([np.zeros(first), nonnegative_least_squares(matrix, wanted)])
        if float(count.sum()) <= total:
            return count
    result: Floats = count * (total / float(count.sum()))
    return result


def nonnegative_least_squares(a: Floats, b: Floats, most: int = 300) -> Floats:
    """The x >= 0 that minimises |a x - b| (active set method of Lawson and Hanson).

    Args:
        a: [m, n].
        b: [m].
        most: iterations after which the best so far is returned.
    """
    n = a.shape[1]
    x = np.zeros(n)
    free = np.zeros(n, bool)
    tolerance = 1e-10 * float(np.abs(a.T @ b).max(initial=0.0))
    for _ in range(most):
        gradient = a.T @ (b - a @ x)
        gradient[free] = -np.inf
        best = int(np.argmax(gradient))
        if gradient[best] <= tolerance:
            break
        free[best] = True
        while True:
            trial = np.zeros(n)
            trial[free] = np.linalg.lstsq(a[:, free], b, rcond=None)[0]
            if (trial[free] > 0).all():
                break
            wrong = free & (trial <= 0)
            step = float(np.min(x[wrong] / np.maximum(x[wrong] - trial[wrong], 1e-300)))
            x = x + step * (trial - x)
            free &= x > 1e-12
            x[~free] = 0.0
        x = trial
    return x


def _workload(spectra: Sequence[tuple[Floats, Floats]]) -> Workload:
    """The mean of spectra as a workload: classes on the common grid, each with the mean rate of its pages."""
    edges = np.sqrt(RATES[1:] * RATES[:-1])
    pages = np.zeros(len(RATES))
    writes = np.zeros(len(RATES))
    for rates, count in spectra:
        index = np.searchsorted(edges, rates)
        np.add.at(pages, index, count / len(spectra))
        np.add.at(writes, index, rates * count / len(spectra))
    return Workload(
        tuple(Scattered(max(1, round(n)), float(w)) for n, w in zip(pages, writes, strict=True) if n >= 0.5),
        name="fitted",
        source="measured dirty-rate curve",
    )
