"""Lengths of axes that grow in steps, so that a live plot is painted anew seldom."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARGIN = 0.03
"""Share of the axis that stays free at its end."""
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

    While a migration runs the axis grows in few steps and shrinks only when two thirds of it would stay empty, because
    a forecast comes and goes; at the end it fits the run.
    """
    if settled:
        return max(needed * (1 + _MARGIN), 1.0)
    if needed <= current and needed >= current / 3:
        return current
    return max(next(step for step in _long_steps(needed) if step >= needed * (1 + _MARGIN)), 5.0)


def _long_steps(value: float) -> Iterator[float]:
    """Lengths of a running plot near a value and above: 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(max(value, 1e-3)))
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10
