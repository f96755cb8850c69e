"""Lengths of axes that grow in steps, so that a live plot is painted anew seldom."""

from __future__ import annotations

import math

_STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0)


def scale_of(value: float) -> float:
    """The next round number above a value with a little room: 1, 1.2, 1.5, 2, 2.5, 3 to 9, times a power of ten."""
    if value <= 0 or not math.isfinite(value):
        return 1.0
    wanted = value * 1.03
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(step * power for step in _STEPS if step * power >= wanted - 1e-12)


def next_length(needed: float, current: float, settled: bool) -> float:
    """How many seconds the time axis should show.

    Args:
        needed: s up to which there is something to see.
        current: s shown now.
        settled: True once nothing more will come; the axis then fits.

    It grows as soon as it must and shrinks only when two fifths of it would stay empty.
    """
    fitting = max(scale_of(needed), 1.0)
    if settled or needed > current or needed < 0.6 * current:
        return fitting if settled else max(fitting, 5.0)
    return current
