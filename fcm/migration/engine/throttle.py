"""What slows a guest or its migration between passes: auto-converge, a processor at its end, Xen's adaptive rate."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from fcm.migration.engine.pacing import PacedWriter
from fcm.migration.engine.workload import PAGE, slowdown

if TYPE_CHECKING:
    from fcm.migration.arrays import Floats, Ints
    from fcm.migration.engine.specification import MigrationSpec
    from fcm.migration.engine.state import Rows


def settle_throttle(rows: Rows, which: Ints, at: Floats) -> None:
    """Auto-converge at the end of an accounting period (QEMU 7.2 migration/ram.c, migration_trigger_throttle).

    The second period in which more was dirtied than the trigger's share of what was sent raises the throttle; the
    counter restarts then, and a good period in between does not reset it. `at` [k] is when it ends (s).
    """
    for k in np.flatnonzero(rows.auto_converge[which]):
        i = int(which[k])
        spec = rows.specs[i]
        if spec is None:
            continue
        moved = float(rows.sent[i] - rows.period_sent[i])
        dirtied = float(rows.period_dirty[i]) * PAGE
        if dirtied <= moved * spec.throttle_trigger:
            continue
        rows.dirty_periods[i] += 1
        if rows.dirty_periods[i] < 2:
            continue
        rows.dirty_periods[i] = 0
        now = int(rows.throttle[i])
        new = spec.throttle_initial if now == 0 else now + _step(spec.throttle_tailslow, spec, now, moved, dirtied)
        rows.throttle[i] = min(new, spec.throttle_max)
        work = spec.workload
        share, clock = float(rows.throttle[i]) / 100.0, rows.clocks[i]
        if isinstance(clock, PacedWriter):
            clock.throttle(float(at[k]), share)
        else:
            rows.multiplier[i] = slowdown(work.utilisation, share, work.pacing_patience)


def _step(tailslow: bool, spec: MigrationSpec, now: int, moved: float, dirtied: float) -> int:
    """The increment; with cpu-throttle-tailslow at most what brings dirtying down to what the trigger allows."""
    if not tailslow:
        return spec.throttle_increment
    idle = 100 - now
    ideal = idle * spec.throttle_trigger * moved / max(dirtied, 1.0)
    return min(round(idle - ideal), spec.throttle_increment)


def adapt_rate(rows: Rows, which: Ints, duration: Floats) -> bool:
    """Xen's adaptive rate (Clark et al. 2005, 5.3): dirtying rate of the last pass and a step; above the cap, stop.

    Args:
        rows: the engine's arrays; ``adaptive`` becomes NaN where the pre-copy must end.
        which: [k] rows whose pass just ended.
        duration: [k] s of that pass.

    Returns:
        True if a rate changed.
    """
    changed = False
    for j in np.flatnonzero(np.isfinite(rows.adaptive[which])):
        i = int(which[j])
        spec = rows.specs[i]
        if spec is None or spec.rule.rate_start is None:
            continue
        found = float((rows.logged[i] + rows.unlogged[i]).sum()) * PAGE
        rate = max(found / float(duration[j]) + spec.rule.rate_step, spec.rule.rate_start)
        cap = spec.rule.rate_cap or np.inf
        rows.adaptive[i] = math.nan if rate > cap else rate
        changed = True
    return changed
