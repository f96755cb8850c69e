"""When the cluster looks at its resources: LooksAlive and IsAlive."""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fcm.model.entities import Resource


def next_check(now: float, resource: Resource, *, thorough: bool = False) -> float:
    """When a resource is checked next, in s since the epoch.

    A failure that LooksAlive finds calls IsAlive at once (clustering blog 2013/01/24). Each resource has its own
    phase, so that not all are checked in the same moment; it follows from its id, so that it survives a restart.

    Args:
        now: s since the epoch.
        resource: with the intervals of its policy.
        thorough: IsAlive, for what LooksAlive does not see.
    """
    interval = resource.policy.is_alive if thorough else resource.policy.looks_alive
    if interval <= 0:
        return now
    phase = zlib.crc32(resource.id.encode()) % (interval * 1000) / 1000.0
    return (math.floor((now - phase) / interval) + 1) * interval + phase
