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
    """Three significant digits, or all before the point; no digit is made up that the value has not."""
    if value >= 100 or value == round(value):
        return f"{value:,.0f}"
    digits = 1 if value >= 9.995 else 2 if value >= 0.9995 or value == 0 else min(2 - math.floor(math.log10(value)), 9)
    return f"{value:.{digits}f}".rstrip("0").rstrip(".")


def size(count: float, gap: str = " ") -> str:
    """Bytes in the unit that suits them, with three significant digits: 512 MiB, 4 GiB, 1.82 TiB.

    Below 1024 of a unit, four digits stay four: 1,000 GiB.
    """
    return _in_units(count, _SIZES, 1024.0, gap) or f"{count:,.0f}{gap}B"


def apart(less: int, more: int, gap: str = " ") -> tuple[str, str]:
    """Two sizes that differ, in words that differ too: 7.999 GiB and 8 GiB, where three digits would say 8 and 8."""
    shown = size(less, gap), size(more, gap)
    if less == more or shown[0] != shown[1]:
        return shown
    unit, name = next(((unit, name) for unit, name in _SIZES if more >= unit), (1.0, "B"))
    for digits in range(3, 16):
        first, second = (f"{count / unit:,.{digits}f}".rstrip("0").rstrip(".") for count in (less, more))
        if first != second:
            return f"{first}{gap}{name}", f"{second}{gap}{name}"
    return f"{less:,}{gap}B", f"{more:,}{gap}B"


def milliseconds(value: float, gap: str = " ") -> str:
    """A duration in s as ms, for columns that keep one unit: 0.42 ms, 12.5 ms, 1,250 ms."""
    return f"{_number(value * 1000)}{gap}ms"


def _in_units(count: float, units: tuple[tuple[float, str], ...], most: float, gap: str) -> str:
    """In the largest unit of which it is one at least, rounding included; "" if in none."""
    for place, (unit, name) in enumerate(units):
        value = count / unit
        if value >= 1 or (place + 1 < len(units) and _rounded(count / units[place + 1][0]) >= most):
            return f"{_number(max(value, 1.0))}{gap}{name}"
    return ""


def _rounded(value: float) -> float:
    return float(_number(value).replace(",", ""))


def rate(count: float, gap: str = " ") -> str:
    """Bytes/s as network people say it: 941 Mbit/s, 100 Gbit/s."""
    bits = count * 8
    return _in_units(bits, _RATES, 1000.0, gap) or f"{bits:.0f}{gap}bit/s"


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
