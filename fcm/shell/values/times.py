"""Times and spans of time, as .NET's DateTime and TimeSpan show them.

Every time of the shell knows its zone: what the cluster, files and events tell is in local time, as PowerShell shows
it, ``ToUniversalTime()`` gives UTC. So all of them can be compared and subtracted. A span is a ``timedelta``.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from fcm.model.moments import MONTHS
from fcm.shell.language.errors import ShellError, UnsupportedError

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


class Unspecified(datetime):
    """A time of no zone, as scripts write it: it counts as local time."""


def loose(time: datetime) -> Unspecified:
    """A time without a zone as one whose kind is unspecified."""
    try:
        zone = time.astimezone().tzinfo
    except (OverflowError, OSError, ValueError):
        zone = UTC
    parts = (time.year, time.month, time.day, time.hour, time.minute, time.second, time.microsecond)
    return Unspecified(*parts, tzinfo=zone)


_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?)?(Z|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_DAYS_FIRST = (
    "%m/%d/%Y",
    "%Y/%m/%d",
    "%B %d, %Y",
    "%B %d %Y",
    "%b %d, %Y",
    "%b %d %Y",
    "%d %B %Y",
    "%d %b %Y",
    "%m-%d-%Y",
)


def parsed(written: str) -> datetime | None:
    """A time as people and scripts write it; without an offset it is of no zone. None: it is none."""
    iso = _ISO.fullmatch(written)
    if iso is not None:
        return _iso(iso)
    # AM and PM are read here: %p means those of the system's locale, of which many have none.
    half = re.fullmatch(r"(.*\S)\s+([AP])M", written, re.IGNORECASE)
    clocks = (" %I:%M", " %I:%M:%S") if half else ("", " %H:%M", " %H:%M:%S")
    written = re.sub(r"^(?:sun|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?)(?:day)?,?\s+", "", written, flags=re.I)
    half = re.fullmatch(r"(.*\S)\s+([AP])M", written, re.IGNORECASE)
    for form in (day + clock for day in _DAYS_FIRST for clock in clocks):
        try:
            time = datetime.strptime(half[1] if half else written, form)
        except (ValueError, OverflowError):
            continue
        if half:
            time = time.replace(hour=time.hour % 12 + (12 if half[2] in "Pp" else 0))
        return loose(time)
    return None


def _iso(match: re.Match[str]) -> datetime | None:
    numbers = [int(one or 0) for one in match.groups()[:6]]
    micro = int((match[7] or "").ljust(7, "0")[:6] or 0)
    try:
        year, month, day, hour, minute, second = numbers
        time = datetime(year, month, day, hour, minute, second, micro)
        if match[8] is None:
            return loose(time)
        offset = "+0000" if match[8] in "Zz" else match[8].replace(":", "")
        zone = datetime.strptime(offset, "%z").tzinfo
        return time.replace(tzinfo=zone).astimezone()
    except (ValueError, OverflowError):
        return None


_SPAN = re.compile(
    r"(?P<sign>-)?(?:(?P<days>\d{1,8})\.)?(?P<hours>\d{1,2}):(?P<minutes>\d{1,2})(?::(?P<seconds>\d{1,2}(?:\.\d{1,7})?))?"
)


def parsed_span(written: str) -> timedelta | None:
    """A span as .NET writes it: days, or [-][d.]hh:mm[:ss[.fffffff]]. None: it is none."""
    if re.fullmatch(r"-?\d{1,8}", written):
        return timedelta(days=int(written))
    match = _SPAN.fullmatch(written)
    if match is None:
        return None
    parts = {unit: float(part) for unit, part in match.groupdict().items() if part and unit != "sign"}
    if parts["hours"] > 23 or parts["minutes"] > 59 or parts.get("seconds", 0) >= 60:
        return None
    return timedelta(**parts) * (-1 if match["sign"] else 1)


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
    "U": "dddd, MMMM d, yyyy h:mm:ss tt",
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
            case "K" if time.tzinfo is UTC or isinstance(time, Unspecified):
                return "" if isinstance(time, Unspecified) else "Z"
            case _:
                offset = time.strftime("%z")
                return f"{offset[:3]}:{offset[3:5]}"

    return _TOKEN.sub(one, form)


def span_property(span: timedelta, name: str) -> Any:
    """A property of a span, by its name in small letters; None if it does not exist."""
    seconds = span / timedelta(seconds=1)
    if name in _TOTALS:
        return (
            span / timedelta(microseconds=1) / (_TOTALS[name] * 1_000_000)
            if name != "totalmilliseconds"
            else seconds * 1000
        )
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
            return "Unspecified" if isinstance(time, Unspecified) else "Utc" if time.tzinfo is UTC else "Local"
        case "ticks":
            since = time.replace(tzinfo=None) - datetime(1, 1, 1)
            return since // timedelta(microseconds=1) * 10
        case _:
            return None


def of_ticks(count: float) -> timedelta:
    """A number as a span: .NET counts ticks of 100 ns."""
    return timedelta(seconds=count / _TICKS)


_SPAN_TOKEN = re.compile(r"(d+|h+|m+|s+|f+|F+)|'([^']*)'|\"([^\"]*)\"|\\(.)|(.)", re.DOTALL)


def formatted_span(span: timedelta, form: str) -> str:
    r"""A span by a format of .NET: c, g, or one of one's own such as ``hh\\:mm``.

    Raises:
        ShellError: the format is none.
    """
    if form in ("", "c", "t", "T"):
        return span_text(span)
    whole = abs(span)
    parts = {
        "d": whole.days,
        "h": whole.seconds // 3600,
        "m": whole.seconds // 60 % 60,
        "s": whole.seconds % 60,
    }
    if form == "g":
        sign = "-" if span < timedelta() else ""
        days = f"{parts['d']}:" if parts["d"] else ""
        micro = f".{whole.microseconds:06d}".rstrip("0") if whole.microseconds else ""
        return f"{sign}{days}{parts['h']}:{parts['m']:02d}:{parts['s']:02d}{micro}"
    if form == "G":
        raise UnsupportedError("The format 'G' of a time span")
    if len(form) == 1:
        raise ShellError("Input string was not in a correct format.", r"Use a format such as hh\:mm.")

    def one(match: re.Match[str]) -> str:
        token = match[1]
        if not token:
            if match[5] is not None and match[5] != "%":
                raise ShellError("Input string was not in a correct format.", r"Write \ before : and the like.")
            return next((part for part in match.groups()[1:4] if part is not None), "")
        letter, width = token[0], len(token)
        if letter in parts:
            return f"{parts[letter]:0{width}d}"
        digits = f"{whole.microseconds:06d}0"[:width]
        return digits if letter == "f" else digits.rstrip("0")

    return _SPAN_TOKEN.sub(one, form)
