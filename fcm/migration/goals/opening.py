"""What is decided before a steered migration starts, because hosts cannot change it later or nothing is known yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fcm.migration.constants import THROTTLE_INCREMENT, THROTTLE_INITIAL
from fcm.migration.goals.goals import goals_of
from fcm.model.quantities import rate, seconds

if TYPE_CHECKING:
    from fcm.migration.goals.goals import Goals
    from fcm.model.migrations import MigrationOptions

QUIET = 0.25
"""Share of the time that sending the memory once may take, where the network could do it sooner: the rest of the
network is left to others. No bandwidth below this share of what is permitted is chosen either."""
STEEPEST = (50, 30)
"""%: the first step and the increment of auto-converge where time is shortest."""
FIRST_TO_LAST = 79
"""%: from QEMU's first step of 20 to the last of 99."""
A_STEP = 4.0
"""s that one step of auto-converge takes: two accounting periods of more than a second each (ram.c,
migration_trigger_throttle), and passes that end in between."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How a steered migration begins."""

    options: MigrationOptions
    texts: tuple[str, ...]
    """What was chosen and why, one sentence or more each."""


def opening(
    options: MigrationOptions, memory: int, capacity: float | None, overhead: float, least_bandwidth: int = 0
) -> Opening:
    """The options with which a steered migration begins; nothing that is not permitted is turned on.

    Args:
        options: with goals; they say what is permitted.
        memory: bytes of the machine.
        capacity: bytes/s that its network carries; None: not known.
        overhead: s of blackout beyond the last pages at worst.
        least_bandwidth: bytes/s, the lowest limit that the host can keep.
    """
    goals = goals_of(options)
    limit = goals.first_limit(overhead)
    texts = [
        f"Begins with a downtime limit of {seconds(limit)}; up to {seconds(goals.most_limit(overhead))} is used if "
        f"that is needed. The hosts may take {seconds(overhead)} more for the rest of the blackout, which is assumed."
    ]
    if goals.pause is not None and goals.pause < overhead:
        texts.append(f"A pause of {seconds(goals.pause)} cannot be promised: the hosts alone may take longer.")
    chosen = replace(options, downtime_limit=limit)
    bandwidth = _quiet(goals, options.bandwidth, memory, capacity, least_bandwidth)
    if bandwidth is not None:
        chosen = replace(chosen, bandwidth=bandwidth)
        texts.append(
            f"Begins with {rate(bandwidth)}, which sends the memory once in a quarter of the time; it is raised to "
            "what is permitted as soon as that is needed."
        )
    if options.auto_converge:
        first, then = throttle_steps(goals, memory, _speed(options.bandwidth, capacity))
        first = options.auto_converge_initial or first
        then = options.auto_converge_increment or then
        chosen = replace(chosen, auto_converge_initial=first, auto_converge_increment=then)
        texts.append(
            f"Auto-converge, which is permitted, slows a guest that writes too fast by {first} % and then by {then} % "
            "more: steps as large as the time asks for. Hosts cannot turn it on later."
        )
    return Opening(chosen, tuple(texts))


def throttle_steps(goals: Goals, memory: int, speed: float | None) -> tuple[int, int]:
    """First step and increment (%) of auto-converge: as QEMU has them, or larger where less time is left for steps."""
    if goals.within is None or speed is None:
        return THROTTLE_INITIAL, THROTTLE_INCREMENT
    time = max(goals.within - memory / speed, 0.0) / 2.0
    steps = max(time / A_STEP, 1.0)
    increment = min(max(round(FIRST_TO_LAST / steps), THROTTLE_INCREMENT), STEEPEST[1])
    return min(max(2 * increment, THROTTLE_INITIAL), STEEPEST[0]), increment


def _speed(permitted: int | None, capacity: float | None) -> float | None:
    known = [float(one) for one in (permitted, capacity) if one]
    return min(known) if known else None


def _quiet(
    goals: Goals, permitted: int | None, memory: int, capacity: float | None, least_bandwidth: int
) -> int | None:
    """bytes/s to begin with; None: what is permitted."""
    full = _speed(permitted, capacity)
    if goals.within is None or full is None:
        return None
    wanted = max(memory / (QUIET * goals.within), QUIET * full, float(least_bandwidth))
    return round(wanted) if wanted < 0.9 * full else None
