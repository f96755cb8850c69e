"""A writer that paces itself and loses what it falls behind with: the guest of the laboratory's recordings.

It writes at its wanted rate as long as its processor allows it. Slowed below that, by a throttle or because the host
has no more to give, it collects a backlog; it compares 32-bit time stamps, so a backlog of 2**31 ticks looks to it like
a time that is still to come, and it waits for as long. Then the backlog is gone and it begins anew. This is no average:
a silence of most of a second while it is throttled is what ends many of its migrations.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.migration.arrays import Floats


class PacedWriter:
    """Seconds of writing at the wanted rate as a function of the time since the start of a migration.

    Called with instants up to which it is then simulated; a throttle holds from the instant at which it is set.
    """

    def __init__(self, utilisation: float, patience: float, waited: float) -> None:
        """Starts the writer, with nothing behind it.

        Args:
            utilisation: share of a processor that it needs; above 1 it falls behind unthrottled.
            patience: s of backlog after which it loses it and is silent for as long.
            waited: s it has written before the migration begins.
        """
        self._utilisation = max(utilisation, 1e-9)
        self._patience = patience
        self._reached = 1.0 / self._utilisation
        self._backlog = 0.0
        self._silent_until = -math.inf
        self._times = [-waited]
        self._done = [0.0]
        self._go_to(0.0)
        self._times, self._done = [0.0], [0.0]

    def throttle(self, at: float, share: float) -> None:
        """From `at` (s) on, its processor sleeps for this share of the time."""
        self._go_to(at)
        self._reached = (1.0 - share) / self._utilisation

    def __call__(self, t: Floats) -> Floats:
        """[n] s of writing at the wanted rate up to the instants `t` [n] (s)."""
        finite = t[np.isfinite(t)]
        if finite.size:
            self._go_to(float(finite.max()))
        result: Floats = np.interp(t, self._times, self._done)
        return result

    def _go_to(self, end: float) -> None:
        while self._times[-1] < end:
            now = self._times[-1]
            until, rate = self._stretch(now)
            until = min(until, end)
            if rate > 0:
                self._backlog = max(self._backlog + (1.0 - rate) * (until - now), 0.0)
            self._times.append(until)
            self._done.append(self._done[-1] + rate * (until - now))
            if self._backlog >= self._patience - 1e-9:
                self._backlog, self._silent_until = 0.0, until + self._patience

    def _stretch(self, now: float) -> tuple[float, float]:
        """Until when (s) it goes on as at `now`, and its share of the wanted rate meanwhile."""
        if now < self._silent_until - 1e-12:
            return self._silent_until, 0.0
        if self._reached < 1.0:
            return now + (self._patience - self._backlog) / (1.0 - self._reached), self._reached
        if self._backlog > 1e-9 and self._reached > 1.0:
            return now + self._backlog / (self._reached - 1.0), self._reached
        return math.inf, 1.0


AHEAD = 30.0
"""s after the last count of writes for which a paced writer is carried on."""


def filled_in(
    counts: Sequence[tuple[float, float]], rate: float, patience: float, behind: float = 0.0
) -> tuple[tuple[float, float], ...]:
    """Counts of a paced writer's writes with its silences between them, and how it goes on after the last.

    Each round of backlog and silence costs it twice its patience, so the time that it is behind says at each count
    where in the round it stands.

    Args:
        counts: (s since the start, writes since then), ascending, two or more.
        rate: writes/s that it wants.
        patience: see ``PacedWriter``.
        behind: s by which it is behind at the start.
    """
    out = [counts[0]]
    speed = rate
    stands = behind % (2.0 * patience)
    for (begin, done), (end, total) in pairwise(counts):
        length, written = end - begin, total - done
        if length <= 0:
            continue
        grown = length - written / rate
        if stands >= patience:
            quiet = min(2.0 * patience - stands, length)
            out.append((begin + quiet, done))
            if length - quiet > 0.1 * length:
                speed = written / (length - quiet)
        elif stands + grown >= 2.0 * patience and length > patience:
            speed = written / (length - patience)
            run = (patience - stands) / max(1.0 - speed / rate, 1e-3)
            run = min(run, length - patience)
            out += [(begin + run, done + speed * run), (begin + run + patience, done + speed * run)]
        elif stands + grown >= patience:
            run = max(length - (stands + grown - patience), 1e-3)
            speed = min(written / run, rate)
            out.append((begin + run, total))
        else:
            speed = written / length
        out.append((end, total))
        stands = max(stands + grown, 0.0) % (2.0 * patience)
    return (*out, *_carried_on(out[-1], stands, min(speed, rate), rate, patience))


def _carried_on(
    last: tuple[float, float], stands: float, speed: float, rate: float, patience: float
) -> list[tuple[float, float]]:
    out: list[tuple[float, float]] = []
    time, done = last
    end = time + AHEAD
    loss = 1.0 - speed / rate
    while time < end:
        if stands >= patience:
            time, stands = time + 2.0 * patience - stands, 0.0
        else:
            run = min((patience - stands) / loss, end - time) if loss > 1e-3 else end - time
            time, done, stands = time + run, done + speed * run, patience
        out.append((time, done))
    return out
