"""Moments in words: local time for a person, with the zone said; ISO 8601 in UTC for files.

The window shows local time and says its zone once wherever times stand; whatever leaves the program as a file has UTC
and says so (Z, or a heading).
"""

from __future__ import annotations

from datetime import UTC, datetime


def date_time(time: float) -> str:
    """Date and time of s since the epoch, local time."""
    return datetime.fromtimestamp(time).strftime("%Y-%m-%d %H:%M:%S")


def clock_time(time: float) -> str:
    """Time of the day of s since the epoch, local time."""
    return datetime.fromtimestamp(time).strftime("%H:%M:%S")


def zone(time: float) -> str:
    """How far local time is from UTC at a moment: UTC, UTC+01:00, UTC-03:30."""
    offset = datetime.fromtimestamp(time).astimezone().strftime("%z")
    return "UTC" if offset in ("+0000", "-0000") else f"UTC{offset[:3]}:{offset[3:5]}"


def zoned(time: float) -> str:
    """Date and time with their zone, where nothing else near says it: 2026-11-29 23:05:00 (UTC+01:00)."""
    return f"{date_time(time)} ({zone(time)})"


def iso_time(time: float) -> str:
    """S since the epoch as files have it: ISO 8601, UTC."""
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
