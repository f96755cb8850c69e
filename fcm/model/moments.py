"""Moments in words: local time for a person, with the zone said; ISO 8601 in UTC for files.

The window shows local time and says its zone once wherever times stand; whatever leaves the program as a file has UTC
and says so (Z, or a heading).
"""

from __future__ import annotations

from datetime import UTC, datetime

EARLIEST, LATEST = 0.0, 3.25e10
"""s since the epoch: 1970 to 2999, which every calendar and every system can show; that of Windows ends there."""
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip
"""In English, as all words are; strftime takes those of the system's locale once Qt has set it."""


def day_in_words(moment: datetime) -> str:
    """A day as reports have it: 29 November 2026."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def in_utc(time: float) -> datetime:
    """The moment of s since the epoch in UTC; one beyond the calendar, as a stranger's file may have, is its end."""
    return datetime.fromtimestamp(_shown(time), UTC)


def _shown(time: float) -> float:
    return min(max(time, EARLIEST), LATEST)


def date_time(time: float) -> str:
    """Date and time of s since the epoch, local time."""
    return datetime.fromtimestamp(_shown(time)).strftime("%Y-%m-%d %H:%M:%S")


def clock_time(time: float) -> str:
    """Time of the day of s since the epoch, local time."""
    return datetime.fromtimestamp(_shown(time)).strftime("%H:%M:%S")


def zone(time: float) -> str:
    """How far local time is from UTC at a moment: UTC, UTC+01:00, UTC-03:30."""
    offset = datetime.fromtimestamp(_shown(time)).astimezone().strftime("%z")
    return "UTC" if offset in ("+0000", "-0000") else f"UTC{offset[:3]}:{offset[3:5]}"


def zoned(time: float) -> str:
    """Date and time with their zone, where nothing else near says it: 2026-11-29 23:05:00 (UTC+01:00)."""
    return f"{date_time(time)} ({zone(time)})"


def iso_time(time: float) -> str:
    """Seconds since the epoch as files have it: ISO 8601, UTC."""
    return in_utc(time).isoformat(timespec="milliseconds").replace("+00:00", "Z")
