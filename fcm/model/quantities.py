"""Numbers in words, the same everywhere: sizes, rates, times.

1 MiB = 2^20 bytes; network rates are in bits/s with decimal prefixes, as network people count them. ``gap`` stands
between a number and its unit; the window puts a space there that no line breaks at.
"""

from __future__ import annotations

import math

_SIZES = ((2.0**50, "PiB"), (2.0**40, "TiB"), (2.0**30, "GiB"), (2.0**20, "MiB"), (2.0**10, "KiB"))
_RATES = ((1e12, "Tbit/s"), (1e9, "Gbit/s"), (1e6, "Mbit/s"), (1e3, "kbit/s"))
_HOUR, _DAY, _YEAR = 3600, 86_400.0, 365.25 * 86_400.0


def _number(value: float) -> str:
    if value >= 100 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}".rstrip("0").rstrip(".")


def size(count: float, gap: str = " ") -> str:
    """Bytes in the unit that suits them: 512 MiB, 4 GiB, 1.82 TiB."""
    for unit, name in _SIZES:
        if count >= unit:
            return f"{_number(count / unit)}{gap}{name}"
    return f"{count:.0f}{gap}B"


def rate(count: float, gap: str = " ") -> str:
    """Bytes/s as network people say it: 941 Mbit/s, 100 Gbit/s."""
    bits = count * 8
    for unit, name in _RATES:
        if bits >= unit:
            value = bits / unit
            return f"{value:.0f}{gap}{name}" if value >= 100 else f"{_number(value)}{gap}{name}"
    return f"{bits:.0f}{gap}bit/s"


def seconds(value: float, gap: str = " ") -> str:
    """A duration in s, from moments to years: 0.4 ms, 180 ms, 6.4 s, 3 min 5 s, 2 h 10 min, 12.7 days, 3.1 years."""
    if not math.isfinite(value):
        return "without end"
    if value < 0.00995:
        return f"{_number(round(value * 1000, 1))}{gap}ms"
    if value < 0.9995:
        return f"{value * 1000:.0f}{gap}ms"
    if value < 59.95:
        return f"{value:.1f}{gap}s"
    whole = round(value)
    if whole < _HOUR:
        return f"{whole // 60}{gap}min {whole % 60}{gap}s"
    if value < 2 * _DAY:
        return f"{whole // _HOUR}{gap}h {whole % _HOUR // 60}{gap}min"
    if value < 3 * _YEAR:
        return f"{value / _DAY:,.1f}{gap}days" if value < 100 * _DAY else f"{value / _DAY:,.0f}{gap}days"
    return f"{value / _YEAR:,.1f}{gap}years" if value < 100 * _YEAR else f"{value / _YEAR:,.0f}{gap}years"
