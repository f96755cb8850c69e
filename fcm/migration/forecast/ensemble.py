"""The members of a forecast: so many courses, each with its own draw of everything that is not known.

One axis a quantity; the axes stand in no relation to each other, fill their cube evenly and are the same in every
forecast, so that the same rows give the same outlook.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from fcm.migration.engine.specification import HOST_DOWNTIME, HOST_SPREAD
from fcm.migration.forecast.passes_ahead import MOST_PASSES

if TYPE_CHECKING:
    from fcm.migration.arrays import Floats

MEMBERS = 45
"""Of 45 members at (k + 1/2) / 45 the fifth and the last but four stand at 10 % and 90 %."""
PUBLISHED_EXTRA = (0.0, 0.20, 0.25, 0.37, 0.67)
"""What was sent beyond the memory once, over the memory: idle guests; SPECweb and MMuncher in Clark et al. 2005;
KubeVirt's enhancements#249 with a downtime limit raised in steps and a fixed one (mean total time over that of the
first pass). Each stands for a fifth of guests of which nothing is known. Quake 3 (Clark et al.) is used for nothing."""
LINE_ERROR = 0.25
"""Standard deviation of the logarithm of the rate of the last copy, which nothing has shown before it."""
FIXED_SPREAD = (0.2, 4.0)
"""Least and largest factor on the fixed part of the blackout. Of 10 ms they make 2 to 40: the blackouts of five idle
guests, 10 to 46 ms, less the 4 to 8 ms in which their last pages are copied. Set with these recordings in sight."""


def _normal_quantile(p: Floats) -> Floats:
    """Quantile of the standard normal distribution, by bisection on erf (once, on import)."""
    low, high = np.full(p.shape, -8.0), np.full(p.shape, 8.0)
    for _ in range(40):
        mid = (low + high) / 2
        below = np.vectorize(math.erf)(mid / math.sqrt(2.0)) * 0.5 + 0.5 < p
        low, high = np.where(below, mid, low), np.where(below, high, mid)
    middle: Floats = (low + high) / 2
    return middle


def _even(count: int) -> Floats:
    """[count, M] numbers in 0..1 that fill the cube of `count` axes evenly, the same in every forecast.

    The additive recurrence with powers of the root of x^(d + 1) = x + 1 (Roberts 2018, quasirandom sequences).
    """
    root = 2.0
    for _ in range(60):
        root = (1.0 + root) ** (1.0 / (count + 1))
    steps = root ** -np.arange(1.0, count + 1)
    filled: Floats = np.mod(0.5 + np.arange(1, MEMBERS + 1) * steps[:, None], 1.0)
    return filled


PICK = (np.arange(MEMBERS) + 0.5) / MEMBERS
"""Shares of the weight at which members are drawn, one a member; the others below stand in no relation to it."""
EXTRA = np.interp(
    PICK * len(PUBLISHED_EXTRA),
    [1.0, *(k + 0.5 for k in range(1, len(PUBLISHED_EXTRA)))],
    PUBLISHED_EXTRA,
)
"""Every value in the middle of its share of the members, but the first, idle, over the whole of its share."""
_AXES = _even(7)
LEVEL = _normal_quantile(_AXES[0])
"""Standard normal: how far each stands from the middle of its law's level."""
SPEED = _normal_quantile(_AXES[1])
"""Standard normal: the bandwidth ahead."""
LINE = np.exp(LINE_ERROR * _normal_quantile(_AXES[2]))
"""Factor on the rate of the last copy."""


def fixed_factors(fixed: float) -> Floats:
    """[M] factors on the fixed part of the blackout, which varies less where it is that of hosts of libvirt (s)."""
    low, high = HOST_SPREAD if fixed >= HOST_DOWNTIME else FIXED_SPREAD
    factors: Floats = low * (high / low) ** _AXES[3]
    return factors


PHASE = _AXES[4]
"""Share of the running window that is still ahead, one a member: rows are read at any instant of a window."""
LAST_PHASE = _AXES[5]
"""The same of the window in which the guest is suspended, where it is not computed pass by pass."""
ROOM = np.minimum(2.0 * _AXES[6], 1.0)
"""How much of what is missing to the limit in the first pass is reached after it: all where the destination's memory
was the only brake, any share where something else brakes too, as likely."""


def _another(axis: int, step: float) -> Floats:
    """[M] a further axis, 0 to 1, from one of those that are there."""
    filled: Floats = np.mod(_AXES[axis] + np.arange(1, MEMBERS + 1) * step, 1.0)
    return filled


PLACE = _another(1, math.sqrt(7.0) - 2.0)
"""Where within what is known of a machine's memory each stands, 0 to 1; for machines of real hosts."""
TAIL = _another(4, math.sqrt(13.0) - 3.0)
"""How dense what remains at the end of the first pass is, 0 to 1."""
LAYOUT = _normal_quantile(_another(2, math.sqrt(11.0) - 3.0))
"""Standard normal: what the machine's memory holds against its last migration."""
NOISE = _normal_quantile(np.mod(_AXES[0] + np.arange(1, MOST_PASSES + 1)[:, None] * (math.sqrt(5.0) - 1.0) / 2.0, 1.0))
"""[MOST_PASSES, M] how far each pass finds more or less than the law."""
