"""The policy: how a migration stands, its goals and what is permitted go in; one step with its reason comes out.

Pure: what would come of another downtime limit is asked of ``expect``. The cheapest means goes first:

1. **Bandwidth**, up to what is permitted: once the memory has been sent once, or before that if the time gets short.
2. **Downtime limit**: while it is not likely enough that the deadline is met, a schedule raises it, by the same factor
   in the same time, so that the guest stands still no longer than it must. Where time gets short it is raised at once
   to the lowest limit that is likely enough. It never exceeds what the longest pause leaves.
3. **Throttle**: chosen before the start (``opening``), because hosts cannot turn it on later.
4. **Post-copy**, where it is permitted: at the last moment at which the rest still arrives in time, if the chance
   without it is small.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from fcm.migration.goals.goals import FIRST_LIMIT, LEAST_LIMIT
from fcm.model.migrations import UNLIMITED
from fcm.model.quantities import rate, seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.migration.goals.goals import Goals, Permitted

ENOUGH = 0.9
"""Chance to meet the deadline that is good enough to leave everything as it is."""
LIKELY = 0.6
"""Chance to meet the deadline up to which the downtime limit is raised at once where the time is short; it is looked at
again a second later, and a pause that turns out not to be needed cannot be taken back."""
SURE = 0.8
"""Chance that the pause is kept which a downtime limit must have to be chosen."""
DOUBTFUL = 0.6
"""Chance that the pause is kept below which a downtime limit in force is lowered; less than ``SURE``, so that it does
not go up and down with every forecast."""
SMALL = 0.5
"""Chance to meet the deadline below which post-copy is used, where it is permitted."""
HOPELESS = 0.1
"""Chance below which it is said that the deadline will be missed."""
SOONER = 0.75
"""Share of the time to the end: where the deadline is missed in any case, a longer pause must bring the end at least so
much nearer."""
STEPS = 8
"""Downtime limits that are looked at between the present one and the highest."""
NOTICEABLE = 1.1
"""A downtime limit is changed by a tenth at least."""
RAMP = 0.7
"""The schedule begins with the second pass and has reached the highest downtime limit after this share of the time left
then."""
NO_HURRY = (60.0, 3.0)
"""Without a deadline the schedule takes so many s at least, and so many times as long as the first pass."""
SHORT = (1.2, 1.0)
"""The time is short where half of it is over, and no more is left than so many times what the migration needs with a
higher downtime limit, and so many s."""
POST_COPY_ROOM = 1.3
"""Times what the rest of the memory takes that is kept for post-copy..."""
POST_COPY_BEGIN = 1.0
"""... and s for the switch itself."""
ENDLESS = (10.0, 3)
"""s and passes over which a migration without a deadline must be seen not to end, before post-copy is used
(fcm/backend/convergence.py has the same)."""


class StepKind(StrEnum):
    """What a step changes."""

    BANDWIDTH = "bandwidth"
    DOWNTIME_LIMIT = "downtime limit"
    POST_COPY = "post-copy"
    WARNING = "warning"
    """Nothing: it says that a goal is not expected to be met."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the steering."""

    kind: StepKind
    text: str
    """What and why, as sentences."""
    downtime_limit: float | None = None
    """s; None: as it is."""
    bandwidth: int | None = None
    """bytes/s; ``UNLIMITED``: no limit; None: as it is."""
    post_copy: bool = False

    @property
    def changes(self) -> bool:
        """Whether anything is to be carried out."""
        return self.kind is not StepKind.WARNING


@dataclass(frozen=True, slots=True)
class Expected:
    """What a downtime limit would bring."""

    in_time: float
    """Chance to end by the deadline, or without one, to end at all."""
    kept: float
    """Chance that the pause is not longer than wanted."""
    end: float = 0.0
    """s from now to the end, as likely before as after; infinite where it is not likely to end."""
    latest: float = 0.0
    """s from now to the end, with a chance of nine to one; infinite where that cannot be said."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a migration stands that copies memory."""

    time: float
    """s since its start."""
    pass_number: int
    rate: float
    """bytes/s."""
    limit: float
    """s: the downtime limit in force."""
    bandwidth: int | None
    """bytes/s: the limit in force; None: none."""
    second_pass: float | None = None
    """s since its start when the second pass began; None: not yet."""
    first_left: float = 0.0
    """s that the rest of the first pass takes at the rate of now; 0 after it."""
    hot: float = 0.0
    """bytes: the most that was left to send at the begin of a pass after the first."""
    endless_for: tuple[float, int] = (0.0, 0)
    """s and passes over which the forecast has said that it will not end."""
    throttled: bool = False
    """Auto-converge still slows the guest more and more."""


def decide(
    seen: Reading,
    goals: Goals,
    permitted: Permitted,
    most_limit: float,
    expect: Callable[[float], Expected],
) -> Step | None:
    """The next step, if one is needed.

    Args:
        seen: how it stands.
        goals: what it is to reach.
        permitted: what may be used.
        most_limit: s, the highest downtime limit.
        expect: what a downtime limit (s) would bring.
    """
    left = math.inf if goals.within is None else goals.within - seen.time
    faster = _faster(seen, left, permitted.bandwidth)
    if faster is not None or seen.second_pass is None:
        return faster
    now = expect(seen.limit)
    if now.kept < DOUBTFUL and seen.limit > LEAST_LIMIT:
        lower = _lower(seen, expect, most_limit)
        if lower is not None:
            return lower
    if now.in_time >= ENOUGH:
        return None
    rungs = _rungs(seen, most_limit, expect)
    limit, then = _better(seen, goals, now, rungs)
    if permitted.post_copy and _now_or_never(seen, left, then, goals, permitted):
        return Step(StepKind.POST_COPY, _switched(seen, left, then), post_copy=True)
    sure = [rung for rung, found in rungs if found.kept >= SURE]
    # Where no end is in sight, all that the longest pause leaves is tried: a forecast may be wrong.
    due = min(_scheduled(seen, goals, most_limit), limit if math.isfinite(now.end) else max(sure, default=seen.limit))
    needed = then.latest if math.isfinite(then.latest) else 2.0 * then.end
    short = math.isfinite(needed) and left <= min(SHORT[0] * needed + SHORT[1], _half(seen, goals))
    short = short and math.isfinite(left) and limit > due
    limit = limit if short else due
    if limit > seen.limit * NOTICEABLE or (limit > seen.limit and limit == most_limit):
        return Step(StepKind.DOWNTIME_LIMIT, _raised(seen, left, limit, short), downtime_limit=limit)
    return None


def hopeless(
    seen: Reading, goals: Goals, permitted: Permitted, most_limit: float, expect: Callable[[float], Expected]
) -> str:
    """Why the deadline will be missed and what would have helped, as sentences; "" while there is hope."""
    if goals.within is None or seen.second_pass is None or permitted.post_copy or seen.throttled:
        return ""
    found = max(expect(limit).in_time for limit in (seen.limit, most_limit))
    if found >= HOPELESS:
        return ""
    helps = [
        *(["auto-converge, which slows the guest"] if not permitted.throttle else []),
        "post-copy",
        f"a pause longer than {seconds(goals.longest_pause)}",
    ]
    return (
        f"It is not expected to finish within {seconds(goals.within)}: with the longest pause that is permitted, the "
        f"chance is {percent(found)}. It continues. Permit {', '.join(helps[:-1])} or {helps[-1]} next time."
    )


def percent(share: float) -> str:
    """A chance in words."""
    return "under 10 %" if share < 0.1 else f"{round(share * 100, -1):.0f} %"


def _faster(seen: Reading, left: float, full: int | None) -> Step | None:
    """Raise a bandwidth that was chosen lower than permitted."""
    if seen.bandwidth is None or (full is not None and seen.bandwidth >= full):
        return None
    words = "to what the network carries" if full is None else f"to {rate(full)}"
    if seen.second_pass is not None:
        why = "The memory has been sent once. What the guest writes meanwhile is sent as fast as permitted."
    elif seen.first_left > left / 2:
        why = f"Sending the memory once would take more than half of the {seconds(max(left, 0.0))} that are left."
    else:
        return None
    return Step(StepKind.BANDWIDTH, f"Bandwidth raised {words}. {why}", bandwidth=full or UNLIMITED)


def _lower(seen: Reading, expect: Callable[[float], Expected], most_limit: float) -> Step | None:
    """The highest downtime limit below the present one that keeps the pause; None where none is sure enough."""
    start = min(seen.limit, most_limit)
    for factor in (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3):
        limit = max(start * factor, LEAST_LIMIT)
        found = expect(limit)
        if found.kept >= SURE:
            text = (
                f"Downtime limit lowered from {seconds(seen.limit)} to {seconds(limit)}. With the last pages as they "
                "are expected now, the pause would otherwise be longer than permitted."
            )
            return Step(StepKind.DOWNTIME_LIMIT, text, downtime_limit=limit)
    return None


def _rungs(seen: Reading, most_limit: float, expect: Callable[[float], Expected]) -> list[tuple[float, Expected]]:
    """Higher downtime limits, lowest first, and what they would bring."""
    if seen.limit >= most_limit:
        return []
    factor = (most_limit / seen.limit) ** (1.0 / STEPS)
    limits = [*(seen.limit * factor**k for k in range(1, STEPS)), most_limit]
    return [(limit, expect(limit)) for limit in limits]


def _better(seen: Reading, goals: Goals, now: Expected, rungs: list[tuple[float, Expected]]) -> tuple[float, Expected]:
    """The lowest limit that is good enough, else the best; the present one where a longer pause would not help."""
    best, found = seen.limit, now
    if not rungs:
        return best, found
    last = rungs[-1][1]
    if goals.within is not None and max(last.in_time, now.in_time) < HOPELESS and last.end > SOONER * now.end:
        return best, found
    for limit, then in rungs:
        if then.kept < SURE:
            break
        if then.in_time > found.in_time + 0.02 or (then.in_time >= found.in_time and then.end < SOONER * found.end):
            best, found = limit, then
        if found.in_time >= LIKELY:
            break
    return best, found


def _scheduled(seen: Reading, goals: Goals, most_limit: float) -> float:
    """The downtime limit (s) of the schedule: from the first to the highest by the same factor in the same time."""
    assert seen.second_pass is not None
    if goals.within is None:
        whole = max(NO_HURRY[0], NO_HURRY[1] * seen.second_pass)
    else:
        whole = RAMP * (goals.within - seen.second_pass)
    gone = 1.0 if whole <= 0 else min((seen.time - seen.second_pass) / whole, 1.0)
    first = min(FIRST_LIMIT, most_limit)
    return float(most_limit if gone >= 1.0 else first * (most_limit / first) ** gone)


def _half(seen: Reading, goals: Goals) -> float:
    """Half of the time (s) that was left when the second pass began."""
    return (goals.within or 0.0) / 2.0 - (seen.second_pass or 0.0) / 2.0


def _now_or_never(seen: Reading, left: float, now: Expected, goals: Goals, permitted: Permitted) -> bool:
    if goals.within is None:
        return seen.endless_for[0] >= ENDLESS[0] and seen.endless_for[1] >= ENDLESS[1]
    rate_then = min(seen.rate, permitted.post_copy_bandwidth or math.inf)
    needed = POST_COPY_ROOM * seen.hot / max(rate_then, 1.0) + POST_COPY_BEGIN
    return now.in_time < SMALL and left <= 2.0 * needed


def _raised(seen: Reading, left: float, limit: float, short: bool) -> str:
    start = f"Downtime limit raised from {seconds(seen.limit)} to {seconds(limit)}."
    if math.isinf(left):
        return f"{start} It is not certain that the memory converges with less."
    if left <= 0:
        return f"{start} The time is over; this lets it end sooner."
    found = f"The chance to finish in the {seconds(left)} that are left was"
    if short:
        return f"{start} {found} too small, and there is no time to try shorter pauses."
    return f"{start} {found} too small; shorter pauses were tried for long enough."


def _switched(seen: Reading, left: float, now: Expected) -> str:
    if math.isinf(left):
        return "Switched to post-copy, as permitted: the memory does not converge within the longest pause."
    return (
        f"Switched to post-copy, as permitted: {seconds(max(left, 0.0))} are left, the chance without it is "
        f"{percent(now.in_time)}, and the rest needs up to {seconds(seen.hot / max(seen.rate, 1.0))}."
    )
