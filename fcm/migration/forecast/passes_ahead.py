"""Passes ahead of a running migration: members of a growth law carried through the hypervisor's stopping rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fcm.migration.constants import THROTTLE_INCREMENT, THROTTLE_INITIAL, THROTTLE_MAX, THROTTLE_TRIGGER

if TYPE_CHECKING:
    from fcm.migration.arrays import Flags, Floats
    from fcm.migration.engine.policies import StoppingRule
    from fcm.migration.forecast.growth import Growth

MOST_PASSES = 24
"""Passes ahead; members that need more count as not converging."""


@dataclass(slots=True)
class Throttling:
    """Auto-converge as QEMU 7.2 keeps count of it (migration/ram.c: migration_bitmap_sync, migration_trigger_throttle).

    At a reading of the log more than `period` after the last settlement, a period in which more than `trigger` of the
    bytes sent were dirtied is counted; the second such raises the throttle and counting begins again.
    """

    now: float = 0.0
    """%"""
    initial: float = THROTTLE_INITIAL
    increment: float = THROTTLE_INCREMENT
    most: float = THROTTLE_MAX
    trigger: float = THROTTLE_TRIGGER
    period: float = 1.0
    """s"""
    counted: int = 0
    since: float = 0.0
    """s since the last settlement."""
    dirtied: float = 0.0
    """bytes since then."""
    sent: float = 0.0
    """bytes since then."""

    def settle(self, elapsed: float, dirtied: float, sent: float) -> None:
        """A reading of the log `elapsed` s after the last one. The throttle itself is reported as it is."""
        self.since += elapsed
        self.dirtied += dirtied
        self.sent += sent
        if self.since > self.period:
            if self.dirtied > self.trigger * self.sent:
                self.counted = (self.counted + 1) % 2
            self.since = self.dirtied = self.sent = 0.0

    def reported(self, throttle: int) -> None:
        """What the hypervisor says of the throttle now (%): the first value and the steps show the settings."""
        if throttle > self.now:
            if self.now == 0:
                self.initial = float(throttle)
            else:
                self.increment = throttle - self.now
            self.counted = 0
        self.now = float(throttle)


@dataclass(frozen=True)
class Track:
    """Members carried through the passes ahead: P instants of M members."""

    times: Floats
    """[P, M] s from now."""
    values: Floats
    """[P, M] bytes remaining."""
    ends: Flags
    end: Floats
    """[M] s from now to the suspension."""
    last: Floats
    """[M] bytes of the last copy."""


def carry_on(
    remaining: Floats,
    since: float,
    speed: Floats,
    growth: Growth,
    limit: float,
    rule: StoppingRule,
    throttling: Throttling | None,
    throttle: int,
    memory: float,
    phase: Floats,
    passes: int,
    noise: Floats,
    clock: float = 0.0,
    late: Floats | float = 0.0,
    zero: Floats | float = 0.0,
) -> Track:
    """Passes ahead by the hypervisor's rules, for all members at once (see ``engine`` for the rules).

    Args:
        remaining: [M] bytes still to be sent in the running pass.
        since: s since the log was read.
        speed: [M] bytes/s.
        growth: how the bytes dirtied grow.
        limit: downtime limit in s.
        rule: the stopping rule.
        throttling: how auto-converge will go on, ``None`` where it is off.
        throttle: % by which the guest is slowed now.
        memory: bytes.
        phase: [M] share of the running window still ahead.
        passes: number of the running pass.
        noise: [MOST_PASSES, M] standard normal: how far each pass finds more or less than the law.
        late: [M] bytes/s by which the bandwidth looks higher than it is (``MigrationSpec.late``).
        zero: [M] bytes of zero pages among what remains when the running pass ends, which cost nothing.
        clock: s since the migration started, for a rule that has the log read at ticks.
    """
    step, count = rule.window, len(speed)
    threshold = (
        (speed + late) * limit if rule.threshold_from_downtime else np.full(count, 4096.0 * (rule.stop_pages or 1))
    )
    enough = np.maximum(threshold, 4096.0)
    portion = speed * step
    # The budget of a window is sent at its start: whatever was read, the log is read again at the window's end.
    now = phase * step if rule.early_sync else np.zeros(count)
    elapsed: Floats | float = since + now
    value = remaining.copy()
    live = np.ones(count, bool)
    end, last = np.full(count, np.inf), value.copy()
    brake = None if throttling is None else _Brake(throttling, count)
    slowed = growth.slowed(np.full(count, float(throttle)))
    scatter = np.exp(growth.scatter * noise)
    instants, lefts, values, running = [], [], [], []
    for k in range(MOST_PASSES):
        if rule.early_sync:
            windows = np.maximum(np.ceil((value - threshold) / portion), 0.0)
            spent = windows * step
            left = np.maximum(value - windows * portion, 0.0)
        else:
            spent, left = value / speed, np.zeros(count)
        if rule.periodic_sync is not None and throttling is not None and passes + k > 1:
            # The first tick after a reading leaves it at that; the one after it reads the log if no pass ended before.
            read = clock - since if k == 0 else clock + now
            tick = (np.floor(read / rule.periodic_sync) + 2.0) * rule.periodic_sync - (clock + now)
            early = tick < spent
            spent = np.where(early, np.maximum(tick, 0.0), spent)
            left = np.where(early, np.maximum(value - speed * spent, 0.0), left)
        left = np.maximum(left - zero, 0.0) if k == 0 else left
        now = now + spent
        window = np.maximum(elapsed + spent if k == 0 else spent, step)
        found = growth.distinct(window * slowed) * scatter[k]
        if brake is not None and brake.raised(window, found, speed * window):
            slowed = growth.slowed(brake.throttle)
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
            if live.sum() <= count // 10:
                # Too few go on to change an interval that leaves a tenth out on either side.
                break
        if throttling is None and k >= 8 and k % 4 == 0 and _settled(values, live):
            break
    times = np.repeat(np.array(instants), 2, axis=0)
    times[1::2] += 1e-6
    shown = np.empty_like(times)
    shown[0::2], shown[1::2] = lefts, values
    shown *= np.repeat(np.array(running), 2, axis=0)
    return Track(times, shown, ~live, end, last)


class _Brake:
    """Auto-converge ahead, for all members at once (see ``Throttling``)."""

    def __init__(self, start: Throttling, count: int) -> None:
        self._rule = start
        self.throttle = np.full(count, start.now)
        """[M] %"""
        self._counted = np.full(count, float(start.counted))
        self._since = np.full(count, start.since)
        self._excess = np.full(count, start.dirtied - start.trigger * start.sent)

    def raised(self, window: Floats, dirtied: Floats, sent: Floats) -> bool:
        """Takes over a reading of the log `window` [M] s after the one before; True if the throttle rose somewhere."""
        rule = self._rule
        self._since += window
        self._excess += dirtied - rule.trigger * sent
        due = self._since > rule.period
        if not due.any():
            return False
        self._counted += due & (self._excess > 0)
        self._since[due] = self._excess[due] = 0.0
        raised = self._counted >= 2
        if not raised.any():
            return False
        self._counted[raised] = 0.0
        higher = np.where(self.throttle == 0, rule.initial, self.throttle + rule.increment)
        self.throttle = np.where(raised, np.minimum(higher, rule.most), self.throttle)
        return True


def _settled(values: list[Floats], live: Flags) -> bool:
    """True if going on changes nothing: all in all the members that still run came no closer over four passes."""
    return bool(values[-1][live].sum() > 0.995 * values[-5][live].sum())
