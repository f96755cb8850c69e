"""Where the moments of a history are on a line: times without events are short on it, however long they were.

A cluster that was open for two hours a week would otherwise be a few pixels of it.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARE = 0.02
"""Of the line that a time without events takes at most."""
ORDINARY = 3.0
"""Times the median: what is shorter is not shortened, however few events there are."""
ROUNDS = 6
"""After so many, what is shortened takes about SHARE of what is left."""
MOST = 20_000
"""Points of the line; of more events some are left out."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Moments and their places on a line from 0 to 1."""

    times: Sequence[float]
    """s since the epoch, rising; at least one."""
    places: Sequence[float]
    """Place of each."""
    breaks: tuple[float, ...] = ()
    """Places at which more time passed than the line shows."""
    share: Sequence[int] = field(default=())
    """How many events each of ``len(share)`` equal pieces of the line has."""

    def place(self, time: float) -> float:
        """Where a moment (s since the epoch) is."""
        return _between(self.times, self.places, time)

    def time(self, place: float) -> float:
        """The moment (s since the epoch) at a place."""
        return _between(self.places, self.times, place)


def _between(known: Sequence[float], values: Sequence[float], at: float) -> float:
    above = bisect_right(known, at)
    if above == 0:
        return values[0]
    if above == len(known):
        return values[-1]
    before, after = known[above - 1], known[above]
    return values[above - 1] + (values[above] - values[above - 1]) * (at - before) / (after - before)


def axis_of(times: Sequence[float], pieces: int = 400) -> Axis:
    """The line of events that happened at times (s since the epoch, never falling; at least one); may take 0.2 s.

    Args:
        times: of the events.
        pieces: of the line, in which events are counted.
    """
    step = max(1, math.ceil(len(times) / MOST))
    some = array("d", times[::step])
    if some[-1] != times[-1]:
        some.append(times[-1])
    gaps = [after - before for before, after in pairwise(some)]
    usual = ORDINARY * sorted(gaps)[len(gaps) // 2] if gaps else 0.0
    most = math.inf
    for _ in range(ROUNDS):
        shown = sum(min(gap, most) for gap in gaps)
        most = max(shown * SHARE, usual, 1e-9)
    shown = sum(min(gap, most) for gap in gaps)
    places, place, breaks = array("d", [0.0]), 0.0, []
    for gap in gaps:
        before = place
        place += min(gap, most) / shown if shown else 0.0
        places.append(min(place, 1.0))
        if gap > 5 * most:
            breaks.append((before + place) / 2)
    counted = [0] * pieces
    for one in places:
        counted[min(int(one * pieces), pieces - 1)] += step
    return Axis(some, places, tuple(breaks), counted)
