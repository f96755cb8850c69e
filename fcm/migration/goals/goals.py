"""What a live migration is to reach, what may be used for that, and chances read from intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.migration.engine.specification import HOST_DOWNTIME, HOST_SPREAD
from fcm.migration.forecast.ensemble import FIXED_SPREAD

if TYPE_CHECKING:
    from fcm.migration.forecast.outlook import Interval
    from fcm.model.migrations import MigrationOptions

UNSAID_PAUSE = 1.0
"""s that a guest may stand still where only a deadline was set: VMware's goal for vMotion, and about what KubeVirt's
ramp ends with (1,050 ms). An assumption about what people accept."""
FIRST_LIMIT = 0.1
"""s: the downtime limit with which a steered migration begins, one window of QEMU. A guest that hardly writes ends just
as soon with it, and stands still for less."""
LEAST_LIMIT = 0.01
"""s: no downtime limit is set below this; a window of QEMU has 0.1 s."""


@dataclass(frozen=True, slots=True)
class Goals:
    """What was asked for; None = it does not matter."""

    within: float | None = None
    """s from the start of the migration to its end."""
    pause: float | None = None
    """s for which the guest may stand still."""

    @property
    def longest_pause(self) -> float:
        """s: the pause that is never planned to be exceeded."""
        return UNSAID_PAUSE if self.pause is None else self.pause

    def most_limit(self, overhead: float) -> float:
        """The highest downtime limit (s) that may be set: the pause less what the hosts need beyond the last pages.

        Args:
            overhead: s of blackout beyond the last pages that the hosts are taken to need at worst.
        """
        pause = self.longest_pause
        return max(min(pause, LEAST_LIMIT), pause - overhead, pause / 4.0)

    def first_limit(self, overhead: float) -> float:
        """The downtime limit (s) to begin with."""
        return min(FIRST_LIMIT, self.most_limit(overhead))


@dataclass(frozen=True, slots=True)
class Permitted:
    """What may be used to reach the goals: what the options of the migration turn on."""

    bandwidth: int | None = None
    """bytes/s at most; None = what the network carries."""
    throttle: bool = False
    """Auto-converge may slow the guest."""
    post_copy: bool = False
    post_copy_bandwidth: int | None = None
    """bytes/s at most after a switch; None = no limit."""


def goals_of(options: MigrationOptions) -> Goals:
    """The goals among the options of a migration."""
    return Goals(options.move_within, options.pause_at_most)


def permitted_by(options: MigrationOptions) -> Permitted:
    """What the options of a migration permit."""
    return Permitted(options.bandwidth, options.auto_converge, options.post_copy, options.post_copy_bandwidth)


def worst_overhead(fixed: float) -> float:
    """How many s of blackout there are beyond the last pages at worst, of which ``fixed`` s are expected."""
    return fixed * (HOST_SPREAD if fixed >= HOST_DOWNTIME else FIXED_SPREAD)[1]


def chance(interval: Interval, value: float) -> float:
    """How likely something with this 80 % interval is at most ``value``; never falls as that grows.

    Between its three points the chance is taken to grow evenly. Where the upper end is open, at least a tenth never
    ends, and no more than 70 % is promised.
    """
    low, mid, high = interval.low, interval.mid, interval.high
    if value < low or not math.isfinite(low):
        return 0.0
    if not math.isfinite(mid):
        return 0.1
    if value < mid:
        return 0.1 + 0.4 * (value - low) / (mid - low)
    if not math.isfinite(high):
        return 0.5 + 0.2 * min((value - mid) / max(mid, 1e-6), 1.0)
    if value < high:
        return 0.5 + 0.4 * (value - mid) / (high - mid)
    return min(0.9 + 0.1 * (value - high) / max(high - mid, 1e-6), 1.0)
