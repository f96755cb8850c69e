"""How a guest dirties memory, derived from the dirty log syncs.

Each reading gives a :class:`Pair`: a window's length and the bytes dirtied in it. Distinct pages grow with writing time
t as D(t) = c t / (1 + (t / t0)^s)^(1/s): c t while nothing repeats, then flattening around t0, sharply (large s: a
working set, sharpest where a range is swept in turn, whose law is min(c t, range)) or slowly (small s: a long tail).

:func:`learn` weighs a grid of laws by what they leave of the pairs, and draws members from it by weight. On the grid
are, each value equally likely beforehand: (t0, s); how far single passes scatter around the law (a steady guest's a few
percent, one that swings much more: two or three pairs tell which); for a guest that may be throttled the share of a
processor its writer needs, which decides what a throttle takes from it; and in the first pass over machines of several
clear-bitmap chunks where in memory the writing lies, which decides how long it was logged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.migration.arrays import Floats


TIMES = np.geomspace(0.2, 400.0, 36)
"""s: t0, equally likely in logarithm."""
SHARPNESS = np.array([0.5, 1.0, 2.0, 8.0])
SCATTER = np.array([0.03, 0.1, 0.3])
"""Standard deviation of the logarithm of what a pass finds around the law. Assumed: 3 % of a steady guest with random
writes, 30 % of one that swings, as the ten runs of one load in KubeVirt's enhancements#249 do (91 to 161 s)."""
NEED = np.array([0.2, 0.4, 0.6, 0.8, 1.0])
"""Share of a processor that the writer needs. Assumed."""
FORGETTING = 0.75
"""Weight of a pair against the next younger one: what a guest does now counts most."""
MOST_PAIRS = 8
CHANGES = np.array([[0.0, 0.86], [-0.1, 0.05], [0.1, 0.05], [-0.4, 0.02], [0.4, 0.02]])
"""Logarithm by which a guest writes more now than at its last migration, and how likely that is (assumed)."""
UNCHANGED = np.array([[0.0, 1.0]])
FASTEST = 67_551 * 4096.0
"""bytes/s: the highest published rate of dirtying (QEMU commit 7ca1dfad, a Java server on 20 processors). Beyond it a
rate is the less likely the higher it is, in proportion."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What one reading of the dirty log found."""

    window: float
    """s since the reading before."""
    found: float
    """bytes newly dirtied."""
    timing: float = 0.0
    """s by which the instants of the readings are unsure (standard deviation)."""
    throttle: int = 0
    """% by which the guest was slowed in it."""
    chunks: int = 1
    """Clear-bitmap chunks whose logging began one after another in it: those of the first pass."""
    earlier: bool = False
    """True of an earlier migration: the guest may write more or less now (``CHANGES``)."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Bytes dirtied in a window, one law a member."""

    rate: Floats
    """c in bytes/s."""
    time: Floats
    """t0 in s."""
    sharpness: Floats
    scatter: Floats
    """Standard deviation of the logarithm of what a single pass finds."""
    need: Floats
    """Share of a processor that the writer needs."""

    def distinct(self, window: Floats) -> Floats:
        """[M] bytes of distinct pages written in `window` [M] s of unthrottled writing."""
        result: Floats = self.rate * shape(window, self.time, self.sharpness)
        return result

    def slowed(self, throttle: Floats) -> Floats:
        """[M] share of its rate a writer keeps under a throttle of `throttle` [M] %.

        A processor that sleeps the share x of the time leaves a writer that needs the share u of it min(1, (1 - x) / u)
        of its rate (QEMU softmmu/cpu-throttle.c: 10 ms x / (1 - x) of sleep after each 10 ms).
        """
        return kept(throttle, self.need)


def shape(window: Floats, time: Floats, sharpness: Floats) -> Floats:
    """The law with c = 1, in s."""
    result: Floats = window * (1.0 + (window / time) ** sharpness) ** (-1.0 / sharpness)
    return result


def kept(throttle: Floats, need: Floats) -> Floats:
    """Share of its rate that a throttle of `throttle` % leaves a writer that needs the share `need` of a processor."""
    result: Floats = np.minimum(1.0, (1.0 - throttle / 100.0) / need)
    return result


def learn(pairs: Sequence[Pair], pick: Floats, level: Floats, throttled: bool) -> Growth:
    """Members of the growth law, drawn by weight.

    Args:
        pairs: oldest first, one or more.
        pick: [M] 0..1, ascending: the shares of the weight at which members are drawn.
        level: [M] standard normal, in no relation to `pick`: how far each stands from the middle of its law's level.
        throttled: True if the guest is slowed or may be: what its writer needs is then part of the grid.
    """
    before, now = ([p for p in pairs if p.earlier is which][-MOST_PAIRS:] for which in (True, False))
    pairs = before + now
    earlier = np.array([p.earlier for p in pairs])
    changes = CHANGES if earlier.any() else UNCHANGED
    window = np.array([p.window for p in pairs])
    found = np.log([p.found for p in pairs])
    needs = NEED if throttled else np.ones(1)
    chunks = np.array([float(p.chunks) for p in pairs])
    # Where writing is in the first chunk, spread over all, or in the last one.
    shares = np.stack([np.ones(len(pairs)), (chunks + 1.0) / (2.0 * chunks), 1.0 / chunks])
    shares = shares if chunks.max() > 1 else shares[:1]
    # Axes: t0, s, scatter, need, place, change, pair.
    axes = np.ix_(TIMES, SHARPNESS, SCATTER, needs, np.arange(len(shares)), np.arange(len(changes)))
    time, sharp, scatter, need, place, change = (axis[..., None] for axis in axes)
    slowed = kept(np.array([float(p.throttle) for p in pairs]), need) if throttled else 1.0
    rest = found - np.log(shape(window * shares[place[..., 0]] * slowed, time, sharp))
    rest = rest + changes[change[..., 0], :1] * earlier
    # Of an earlier migration, all count alike: together they are as old as the pair before the first of now.
    age = FORGETTING ** np.concatenate([np.full(len(before), len(now)), np.arange(len(now) - 1, -1, -1)])
    variance = scatter**2 + (np.array([p.timing for p in pairs]) / window) ** 2
    weight = age / variance
    total = weight.sum(axis=-1)
    centre = (rest * weight).sum(axis=-1) / total
    misfit = (weight * (rest - centre[..., None]) ** 2).sum(axis=-1)
    # The level is not known beforehand: integrated over, it leaves a factor total ** -1/2.
    chance = -0.5 * (misfit + (age * np.log(variance)).sum(axis=-1) + np.log(total))
    chance -= np.maximum(centre - math.log(FASTEST), 0.0)
    chance = chance + np.log(changes[change[..., 0], 1])
    whole = misfit.shape
    steps = np.cumsum(np.exp(chance - chance.max()).ravel())
    index = np.minimum(np.searchsorted(steps / steps[-1], pick), steps.size - 1)

    def drawn(axis: Floats) -> Floats:
        values: Floats = np.broadcast_to(axis, whole).ravel()[index]
        return values

    spread = 1.0 / np.sqrt(drawn(total))
    return Growth(
        rate=np.exp(drawn(centre) + level * spread),
        time=drawn(time[..., 0]),
        sharpness=drawn(sharp[..., 0]),
        scatter=drawn(scatter[..., 0]),
        need=drawn(need[..., 0]),
    )
