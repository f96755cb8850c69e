"""Numbers in words, the same everywhere: sizes, rates, times.

1 MiB = 2^20 bytes; network rates are in bits/s with decimal prefixes, as network people count them.
"""

from __future__ import annotations

import math

from fcm.model import moments, quantities

NARROW = "\N{NO-BREAK SPACE}"
"""Between a number and its unit: they are never parted by a line break."""
NONE = "\N{EN DASH}"
"""What a column shows where there is no value."""


def size(count: float) -> str:
    """Bytes in the unit that suits them: 512 MiB, 4 GiB, 1.82 TiB."""
    return quantities.size(count, NARROW)


def rate(count: float) -> str:
    """Bytes/s as network people say it: 941 Mbit/s."""
    return quantities.rate(count, NARROW)


def page_rate(pages: float, page_size: int = 4096) -> str:
    """Pages/s as bytes/s in the unit that suits them: 46.9 MiB/s, 4 KiB/s."""
    return f"{size(pages * page_size)}/s"


def seconds(value: float) -> str:
    """A duration in s: 0.4 ms, 180 ms, 6.4 s, 3 min 5 s, 2 h 10 min, 12.7 days."""
    return quantities.seconds(value, NARROW)


def milliseconds(value: float) -> str:
    """A duration in s as ms, for columns that keep one unit."""
    return quantities.milliseconds(value, NARROW)


def percent(share: float) -> str:
    """A share of 0 to 1, never rounded up to 100 % before the end."""
    return f"{math.floor(max(0.0, min(share, 1.0)) * 100 + 1e-9)}{NARROW}%"


def ago(age: float) -> str:
    """How long ago something was, from its age in s."""
    if age < 2:
        return "just now"
    if age < 60:
        return f"{age:.0f}{NARROW}s ago"
    if age < 3600:
        return f"{age // 60:.0f}{NARROW}min ago"
    if age < 86400:
        return f"{age // 3600:.0f}{NARROW}h ago"
    days = int(age // 86400)
    return "yesterday" if days == 1 else f"{days} days ago"


clock_time = moments.clock_time
date_time = moments.date_time
iso_time = moments.iso_time


def zone_note(time: float) -> str:
    """Where times stand: in which zone they are, and in which those of files are."""
    return f"Local time ({moments.zone(time)}). Exported files have UTC."


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 node, 3 nodes, no nodes."""
    if number == 1:
        return f"1 {one}"
    return f"{number or 'no'} {many or one + 's'}"


def listed(names: list[str], at_most: int = 3) -> str:
    """Names as a list in a sentence; how many more there are if they are many."""
    if not names:
        return "none"
    if len(names) > at_most:
        return f"{', '.join(names[:at_most])} and {len(names) - at_most} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
