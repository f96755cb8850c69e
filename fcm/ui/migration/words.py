"""Intervals and shares in words, for sentences about migrations; single numbers are worded by fcm.ui.look.format."""

from __future__ import annotations

import math

from fcm.ui.look.format import NARROW, seconds

_STEPS = (
    (0.9995, 0.001, 10.0, "ms"),
    (59.95, 1.0, 1.0, "s"),
    (7200.0, 60.0, 0.5, "min"),
    (172_800.0, 3600.0, 0.5, "h"),
    (math.inf, 86_400.0, 0.5, "days"),
)
"""Up to which time (s), unit in s, rounding in units, name of the unit."""


def between(low: float, high: float) -> str:
    """An interval of times (s) in one unit, rounded outwards: 6 to 9 s, 180 to 260 ms, 1.5 to 3 min.

    Times whose upper end is endless are worded "more than". An interval that rounds to one number is that number.
    """
    low = max(low, 0.0)
    if not math.isfinite(high):
        return f"more than {seconds(low)}"
    high = max(high, low)
    _, unit, step, name = next(entry for entry in _STEPS if high < entry[0])
    if name == "s" and high < 10:
        step = 0.5
    lowest = math.floor(low / unit / step + 1e-9) * step
    highest = math.ceil(high / unit / step - 1e-9) * step
    if lowest == highest:
        return f"about {highest:g}{NARROW}{name}"
    return f"{lowest:g} to {highest:g}{NARROW}{name}"


def about(low: float, high: float) -> str:
    """Like ``between``, for the place after "in": "6 to 9 s", "less than 1 s"."""
    if math.isfinite(high) and high < 1.0:
        return f"less than 1{NARROW}s"
    return between(low, high)


def pages(number: float) -> str:
    """A number of pages with separators of thousands."""
    return f"{number:,.0f}"


def sentence_of(text: str) -> str:
    """A text with a full stop at its end, unless it is empty or ends in one."""
    text = text.strip()
    return text if not text or text[-1] in ".!?" else f"{text}."
