"""Between which of its members an interval of the forecast on real hosts lies.

Eighty percent of the members are no promise that the truth lies among them as often: what a guest does beyond its
law, and what a busy host does, is in none of them. So the ranks were taken from migrations between real hosts, the
training part of the corpus: for each situation those of the shortest interval that held at 80 % of the instants, a
migration of n instants counting as n ** 0.75. ``python -m benchmarks.parts.live_calibration`` prints them anew and
tells how; it does not read the part that was set aside.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from fcm.migration.forecast.outlook import Interval

if TYPE_CHECKING:
    from fcm.migration.arrays import Floats

Situation = tuple[bool, int, bool, bool]
"""Whether the machine moved before; the running pass (3: the third and all after it); whether it is doubtful that there
is an end, which is where more than a tenth of the members have none; and whether auto-converge may slow the guest, in
which case it is not told apart whether it moved before."""
PASSES = 3
"""Passes that are told apart."""
DOUBTFUL = 0.1
ENDS: dict[Situation, tuple[float, float, float]] = {
    (False, 1, False, False): (0.02, 0.49, 0.86),
    (False, 1, False, True): (0.10, 0.55, 0.90),
    (False, 2, False, True): (0.02, 0.57, 0.88),
    (False, 2, True, False): (0.04, 0.13, 0.30),
    (False, 3, False, False): (0.26, 0.56, 0.88),
    (False, 3, False, True): (0.10, 0.80, 0.98),
    (False, 3, True, False): (0.08, 0.32, 0.48),
    (True, 1, False, False): (0.24, 0.56, 0.88),
    (True, 1, True, False): (0.12, 0.41, 0.78),
    (True, 2, False, False): (0.22, 0.55, 0.88),
    (True, 2, True, False): (0.10, 0.12, 0.90),
    (True, 3, False, False): (0.18, 0.66, 0.92),
}
"""Share of the members below the interval of the end, its middle and its upper edge."""
BLACKOUTS: dict[Situation, tuple[float, float, float]] = {
    (False, 1, False, False): (0.15, 0.59, 0.86),
    (False, 1, False, True): (0.19, 0.55, 0.96),
    (False, 2, False, True): (0.03, 0.20, 0.59),
    (False, 2, True, False): (0.18, 0.60, 0.95),
    (False, 3, False, False): (0.34, 0.59, 0.86),
    (False, 3, False, True): (0.01, 0.11, 0.98),
    (False, 3, True, False): (0.30, 0.52, 0.90),
    (True, 1, False, False): (0.10, 0.53, 0.84),
    (True, 1, True, False): (0.13, 0.68, 0.90),
    (True, 2, False, False): (0.23, 0.64, 0.83),
    (True, 2, True, False): (0.01, 0.71, 0.87),
    (True, 3, False, False): (0.39, 0.67, 0.83),
}
"""The same of the blackout."""
UNKNOWN = (0.1, 0.5, 0.9)
"""In situations in which too few migrations of the training part were."""


def situation_of(moved_before: bool, number: int, end: Floats, slowed: bool = False) -> Situation:
    """The situation of an outlook in a pass, by the ends of its members (s)."""
    doubtful = float(np.isinf(end).mean()) > DOUBTFUL
    return moved_before and not slowed, min(max(number, 1), PASSES), doubtful, slowed


def between(ordered: Floats, ranks: tuple[float, float, float]) -> Interval:
    """The interval between two ranks of members, with a third for its middle.

    Args:
        ordered: [M] ascending; infinite where a member has no end.
        ranks: shares of the members below its edge, its middle and its other edge.
    """
    return Interval(*(at(ordered, rank) for rank in ranks))


def at(ordered: Floats, rank: float) -> float:
    """The value below which a share of the members lies."""
    place = min(max(rank * len(ordered) - 0.5, 0.0), len(ordered) - 1.0)
    low = math.floor(place)
    below, above = float(ordered[low]), float(ordered[min(low + 1, len(ordered) - 1)])
    if place == low or not math.isfinite(above):
        return below if place == low else above
    return below + (above - below) * (place - low)
