"""Which events are wanted of an event log, in which order, and how many there are."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fcm.logs.channels import CHANNELS
from fcm.logs.queries.query import Query, query_of_all

if TYPE_CHECKING:
    from fcm.logs.queries.sql import Condition

ORDERS = ("time", "level", "event", "computer", "provider", "task_name", "channel", "text")
"""Columns that events can be sorted by."""

_WORDS = ("text", "provider", "computer", "task_name", "channel")


@dataclass(frozen=True, slots=True)
class EventSelection:
    """Which events are wanted, and in which order."""

    query: Query
    now: float
    """s since the epoch, clock of the cluster; for timediff."""
    words: str = ""
    """Words that all stand in text, source, node, task or log."""
    levels: tuple[int, ...] = (1, 2, 3, 4, 5)
    since: float | None = None
    """s since the epoch."""
    within: float | None = None
    """s before ``now``; None: any time."""
    is_recent: bool = False
    """True: only what came after Reset Recent Events."""
    after: int = 0
    """Only records with a higher number."""
    order: str = "time"
    """One of ORDERS."""
    descending: bool = False
    any_log: bool = False
    """True: the query does not matter, every event of every log is wanted."""

    @property
    def follows_the_clock(self) -> bool:
        """Whether events are no longer looked for only because time has passed."""
        return self.within is not None or self.query.follows_the_clock


@dataclass(frozen=True, slots=True)
class Counts:
    """How many records there are."""

    levels: dict[int, int] = field(default_factory=dict)
    """By level (1 Critical to 5 Verbose); a level without records is missing."""
    oldest: float = math.inf
    """Time of the oldest one, s since the epoch; inf if there is none."""
    last: int = 0
    """Highest number of a record among them; 0 if there is none."""

    def __add__(self, more: Counts) -> Counts:
        """Together with those of other records."""
        levels = {level: self.levels.get(level, 0) + more.levels.get(level, 0) for level in self.levels | more.levels}
        return Counts(levels, min(self.oldest, more.oldest), max(self.last, more.last))


def everything() -> Query:
    """The query for all events of all logs."""
    return query_of_all(channel.name for channel in CHANNELS)


def narrowed(asked: Condition, selection: EventSelection, reset_at: float, until: float | None = None) -> Condition:
    """A condition narrowed by what is asked for beside the query.

    Args:
        asked: what the query says.
        selection: everything.
        reset_at: s since the epoch; Reset Recent Events.
        until: s since the epoch; what happened later is left out (None: nothing is).
    """
    parts = [asked.text] if asked.text else []
    values = list(asked.values)
    if selection.is_recent:
        parts.append("time > ?")
        values.append(reset_at)
    if until is not None:
        parts.append("time <= ?")
        values.append(until)
    if selection.within is not None:
        parts.append("time >= ?")
        values.append(selection.now - selection.within)
    if selection.after:
        parts.append("id > ?")
        values.append(selection.after)
    if selection.since is not None:
        parts.append("time >= ?")
        values.append(selection.since)
    if set(selection.levels) != {1, 2, 3, 4, 5}:
        parts.append(f"level IN ({', '.join('?' * len(selection.levels))})")
        values += selection.levels
    for word in selection.words.split()[:20]:
        escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        parts.append(" OR ".join(f"{column} LIKE ? ESCAPE '\\'" for column in _WORDS))
        values += [f"%{escaped}%"] * len(_WORDS)
    return replace(asked, text=" AND ".join(f"({part})" for part in parts), values=tuple(values))
