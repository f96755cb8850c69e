"""Times and spans of time, as .NET's DateTime and TimeSpan show them.

Every time of the shell knows its zone: what the cluster, files and events tell is in local time, as PowerShell shows
it, ``ToUniversalTime()`` gives UTC. So all of them can be compared and subtracted. A span is a ``timedelta``.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from fcm.model.moments import MONTHS

if TYPE_CHECKING:
    from collections.abc import Callable

_TICKS = 10_000_000
"""Ticks of .NET in a second."""
_TOTALS = {
    "totaldays": 86400.0,
    "totalhours": 3600.0,
    "totalminutes": 60.0,
    "totalseconds": 1.0,
    "totalmilliseconds": 0.001,
}
_PARTS = {"days": (86400_000, None), "hours": (3600_000, 24), "minutes": (60_000, 60), "seconds": (1000, 60)}
SPAN_PARTS = ("Days", "Hours", "Minutes", "Seconds", "Milliseconds", "Ticks")
"""Properties of a span next to its totals, in the order in which they are shown."""
SPAN_TOTALS = ("TotalDays", "TotalHours", "TotalMinutes", "TotalSeconds", "TotalMilliseconds")


def local(time: float) -> datetime:
    """A time (s since the epoch) as the clock on the wall shows it; it knows its zone."""
    return datetime.fromtimestamp(time, UTC).astimezone()


def parsed(written: str) -> datetime | None:
    """A time as people and scripts write it; without an offset it is local time. None: it is none."""
    try:
        return datetime.fromisoformat(written).astimezone()
    except ValueError:
        pass
    # AM and PM are read here: %p means those of the system's locale, of which many have none.
    half = re.fullmatch(r"(.*\S)\s+([AP])M", written, re.IGNORECASE)
    clocks = (" %I:%M", " %I:%M:%S") if half else ("", " %H:%M", " %H:%M:%S")
    for form in (day + clock for day in ("%m/%d/%Y", "%Y/%m/%d") for clock in clocks):
        try:
            time = datetime.strptime(half[1] if half else written, form)
            if half:
                time = time.replace(hour=time.hour % 12 + (12 if half[2] in "Pp" else 0))
            return time.astimezone()
        except (ValueError, OverflowError, OSError):  # Windows knows no local time before 1970
            continue
    return None


_STANDARD = {
    "d": "M/d/yyyy",
    "D": "dddd, MMMM d, yyyy",
    "f": "dddd, MMMM d, yyyy h:mm tt",
    "F": "dddd, MMMM d, yyyy h:mm:ss tt",
    "g": "M/d/yyyy h:mm tt",
    "G": "M/d/yyyy h:mm:ss tt",
    "s": "yyyy-MM-ddTHH:mm:ss",
    "t": "h:mm tt",
    "T": "h:mm:ss tt",
    "FileDate": "yyyyMMdd",
    "FileDateTime": "yyyyMMddTHHmmssffff",
    "u": "yyyy-MM-dd HH:mm:ssZ",
    "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "M": "MMMM d",
    "m": "MMMM d",
    "Y": "MMMM yyyy",
    "y": "MMMM yyyy",
    "o": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "O": "yyyy-MM-ddTHH:mm:ss.fffffffK",
}
"""Standard formats of .NET for en-US."""
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_TOKEN = re.compile(r"(y+|M+|d+|H+|h+|m+|s+|f+|t+|K|z+)|'([^']*)'|\"([^\"]*)\"|\\(.)|(.)", re.DOTALL)
_PADDED: dict[str, Callable[[datetime], int]] = {
    "H": lambda time: time.hour,
    "h": lambda time: (time.hour + 11) % 12 + 1,
    "m": lambda time: time.minute,
    "s": lambda time: time.second,
}


def formatted(time: datetime, form: str) -> str:
    """A time by a format of .NET, a standard one (one letter) or one of one's own, in en-US."""
    form = _STANDARD.get(form, form.removeprefix("%") if len(form) == 2 else form)

    def one(match: re.Match[str]) -> str:
        token = match[1]
        if not token:
            return next((part for part in match.groups()[1:] if part is not None), "")
        letter, width = token[0], len(token)
        if letter in _PADDED:
            return f"{_PADDED[letter](time):0{min(width, 2)}d}"
        match letter:
            case "y":
                return f"{time.year:0{width}d}" if width > 2 else f"{time.year % 100:0{width}d}"
            case "M" if width > 2:
                return MONTHS[time.month - 1][: None if width > 3 else 3]
            case "M":
                return f"{time.month:0{width}d}"
            case "d" if width > 2:
                return _DAYS[time.weekday()][: None if width > 3 else 3]
            case "d":
                return f"{time.day:0{width}d}"
            case "f":
                return f"{time.microsecond:06d}0"[:width]
            case "t":
                return ("AM" if time.hour < 12 else "PM")[: min(width, 2)]
            case _:
                offset = time.strftime("%z")
                return "Z" if letter == "K" and time.tzinfo is UTC else f"{offset[:3]}:{offset[3:5]}"

    return _TOKEN.sub(one, form)


def span_property(span: timedelta, name: str) -> Any:
    """A property of a span, by its name in small letters; None if it does not exist."""
    seconds = span / timedelta(seconds=1)
    if name in _TOTALS:
        found = seconds / _TOTALS[name]
        return int(found) if found.is_integer() else found
    if name == "ticks":
        return span // timedelta(microseconds=1) * 10
    milliseconds = int(span / timedelta(milliseconds=1))
    sign, whole = (-1, -milliseconds) if milliseconds < 0 else (1, milliseconds)
    if name == "milliseconds":
        return sign * (whole % 1000)
    if name not in _PARTS:
        return None
    unit, most = _PARTS[name]
    return sign * (whole // unit if most is None else whole // unit % most)


def span_text(span: timedelta) -> str:
    """``[-][d.]hh:mm:ss[.fffffff]``, as ToString() of TimeSpan gives it."""
    sign, span = ("-", -span) if span < timedelta() else ("", span)
    days, rest = divmod(span, timedelta(days=1))
    micro = rest // timedelta(microseconds=1)
    seconds, micro = divmod(micro, 1_000_000)
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{sign}{f'{days}.' if days else ''}{clock}{f'.{micro:06d}0' if micro else ''}"


def time_property(time: datetime, name: str) -> Any:
    """A property of a time, by its name in small letters; None if it does not exist."""
    match name:
        case "year" | "month" | "day" | "hour" | "minute" | "second":
            return getattr(time, name)
        case "millisecond":
            return time.microsecond // 1000
        case "dayofweek":
            return ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[time.weekday()]
        case "dayofyear":
            return time.timetuple().tm_yday
        case "date":
            return time.replace(hour=0, minute=0, second=0, microsecond=0)
        case "timeofday":
            return time - time.replace(hour=0, minute=0, second=0, microsecond=0)
        case "kind":
            return "Utc" if time.tzinfo is UTC else "Local"
        case "ticks":
            since = time.replace(tzinfo=None) - datetime(1, 1, 1)
            return since // timedelta(microseconds=1) * 10
        case _:
            return None


def of_ticks(count: float) -> timedelta:
    """A number as a span: .NET counts ticks of 100 ns."""
    return timedelta(seconds=count / _TICKS)
