"""Passes ahead of a running migration: members of a growth law carried through the hypervisor's stopping rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from fcm.migration.outlook import Floats
    from fcm.migration.policies import StoppingRule

MOST_PASSES = 24
"""Passes ahead; members that need more count as not converging."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Bytes dirtied in a window, one law a member: level = log c in bytes/s, time = t0 in s, sharpness = s."""

    level: Floats
    time: Floats
    sharpness: Floats

    def distinct(self, window: Floats) -> Floats:
        """[M] bytes of distinct pages written in `window` [M] s."""
        flat = (window / self.time) ** self.sharpness
        result: Floats = window * np.exp(self.level - np.log1p(flat) / self.sharpness)
        return result


@dataclass(frozen=True)
class Track:
    """Members carried through the passes ahead: P instants of M members."""

    times: Floats
    """[P, M] s from now."""
    values: Floats
    """[P, M] bytes remaining."""
    ends: npt.NDArray[np.bool_]
    end: Floats
    """[M] s from now to the suspension."""
    last: Floats
    """[M] bytes of the last copy."""


def carry_on(
    remaining: float,
    since: float,
    speed: Floats,
    growth: Growth,
    limit: float,
    rule: StoppingRule,
    throttle: int | None,
    throttled: int,
    memory: float,
    phase: Floats,
    passes: int,
) -> Track:
    """Passes ahead by the hypervisor's rules, for all members at once (see ``engine`` for the rules).

    Args:
        remaining: bytes still to be sent in the running pass.
        since: s since the log was read.
        speed: [M] bytes/s.
        growth: how the bytes dirtied grow.
        limit: downtime limit in s.
        rule: the stopping rule.
        throttle: % by which the guest is slowed, ``None`` where it will not be.
        throttled: % by which it was slowed when the growth was learnt.
        memory: bytes.
        phase: [M] share of the running window still ahead.
        passes: number of the running pass.
    """
    step, count = rule.window, len(speed)
    threshold = speed * limit if rule.threshold_from_downtime else np.full(count, 4096.0 * (rule.stop_pages or 1))
    enough = np.maximum(threshold, 4096.0)
    portion = speed * step
    # The budget of a window is sent at its start: whatever was read, the log is read again at the window's end.
    now = phase * step if rule.early_sync else np.zeros(count)
    elapsed: Floats | float = since + now
    value = np.full(count, remaining)
    live = np.ones(count, bool)
    end, last = np.full(count, np.inf), value.copy()
    slowed, hot = np.full(count, float(throttled)), np.zeros(count)
    instants, lefts, values, running = [], [], [], []
    for k in range(MOST_PASSES):
        if rule.early_sync:
            windows = np.maximum(np.ceil((value - threshold) / portion), 0.0)
            spent = windows * step
            left = np.maximum(value - windows * portion, 0.0)
        else:
            spent, left = value / speed, np.zeros(count)
        now = now + spent
        window = np.maximum(elapsed + spent if k == 0 else spent, step)
        found = growth.distinct(window)
        if throttle is not None:
            found = found * ((100.0 - slowed) / (100.0 - throttled))
            hot = np.where(found > 0.5 * np.maximum(value - left, 1.0), hot + window, 0.0)
            bump = hot >= 2.0
            if bump.any():
                slowed = np.where(bump, np.minimum(np.where(slowed == 0, 20.0, slowed + 10.0), 99.0), slowed)
                hot = np.where(bump, 0.0, hot)
        value = np.minimum(left + found, memory)
        instants.append(now)
        lefts.append(left)
        values.append(value)
        running.append(live)
        over = live & (value < enough)
        if rule.max_passes is not None and passes + k + 1 >= rule.max_passes:
            over = live
        if over.any():
            end[over] = now[over]
            last[over] = value[over]
            live = live & ~over
            if not live.any():
                break
        if throttle is None and k >= 8 and k % 4 == 0 and _settled(values, live):
            break
    times = np.repeat(np.array(instants), 2, axis=0)
    times[1::2] += 1e-6
    shown = np.empty_like(times)
    shown[0::2], shown[1::2] = lefts, values
    shown *= np.repeat(np.array(running), 2, axis=0)
    return Track(times, shown, ~live, end, last)


def _settled(values: list[Floats], live: npt.NDArray[np.bool_]) -> bool:
    """True if going on changes nothing: few members still run, or none of them came closer over four passes."""
    return live.mean() < 0.1 or bool((values[-1][live] > 0.995 * values[-5][live]).all())
