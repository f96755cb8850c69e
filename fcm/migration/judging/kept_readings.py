"""What the rows of a kept migration tell of each reading of the dirty log: when it was, and what it found.

A journal contains a row every 100 ms at best, up to a second apart on a busy host, and no row lies at a reading. What
QEMU itself says helps: every second or more it reports the pages found dirty over the time since its last report
(memory_dirty_rate; migration/ram.c, migration_bitmap_sync and migration_update_rates), and it reads the log as soon
as what is left fits the downtime limit (migration/migration.c, migration_iteration_run).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.migration.judging.fitting import DirtySample
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.migration.recordings.recording import Recording
    from fcm.model.telemetry import TelemetryRow

MIB = 1 << 20
SHORTEST = 0.01
"""s between two readings below which nothing is learnt."""
EVERY = 0.1
"""s between the rows of a host that is not busy."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One or more readings of the dirty log between two rows."""

    time: float
    """s since the start of the migration, of the last of them."""
    unsure: float
    """s: standard deviation of ``time``."""
    found: float
    """bytes found dirty, by all of them together."""
    before: float
    """bytes sent or left to send before the first of them: of the very first, what all memory but zero pages takes."""
    count: int
    """How many there were."""
    reported: float | None = None
    """bytes/s that QEMU reported at it, found since its last report; None where it reported nothing new."""


def readings(memory: Recording, begin: float, stopped: float) -> tuple[Reading, ...]:
    """The readings in order, up to the one after which the guest was stopped.

    Zero pages that hide in what is left when the first pass ends unseen make what was found smaller by as much.

    Args:
        memory: rows in which memory moved, to the end.
        begin: s since the start at which memory began to move.
        stopped: s since the start at which the guest was stopped.
    """
    rows = [memory.row(k) for k in range(len(memory))]
    running = [row for row in rows if row.phase is Phase.BROWNOUT and row.time <= stopped] or rows[:1]
    reports, limit = _reports(rows), memory.downtime_limit
    out: list[Reading] = []
    since = begin
    for last, first in itertools.pairwise(running):
        if first.pass_number > last.pass_number:
            reported = reports.get(first.pass_number)
            found = _reading(last, first, reported, since, limit)
            new = [found]
            if last.pass_number == 1 and found.count > 1 and reported is not None:
                new = _first_and_rest(last, first, reported, begin, found.time, limit)
            out += new
            since = next((one.time for one in reversed(new) if one.reported is not None), since)
    last, final = running[-1], rows[-1]
    found_last = float(final.sent - last.sent - last.remaining)
    if final.pass_number > last.pass_number and stopped > last.time and found_last >= 0:  # else zero pages were left
        reported = reports.get(final.pass_number)
        if last.pass_number == 1 and reported is not None:
            out += _first_and_rest(last, final, reported, begin, stopped, limit)
        else:
            count = final.pass_number - last.pass_number
            out.append(Reading(stopped, EVERY / 12**0.5, found_last, float(last.sent + last.remaining), count))
    return tuple(out)


def _first_and_rest(
    last: TelemetryRow, later: TelemetryRow, reported: float, begin: float, until: float, limit: float
) -> list[Reading]:
    """The end of the first pass, of which QEMU says what it found, and the readings after it up to ``until`` s."""
    count = later.pass_number - last.pass_number
    speed = max(last.rate, 1.0)
    time = min(last.time + max(last.remaining / speed - limit, 0.0), until)
    unsure = EVERY / 12**0.5
    found = max(float(later.sent + later.remaining - last.sent - last.remaining), 0.0)
    first = min(reported * (time - begin), float(later.sent))
    rest = max(found - first, 0.0)
    before = float(later.sent + later.remaining) - first - rest
    out = [Reading(time, unsure, first, before, 1, reported)]
    if count > 1:
        out.append(Reading(until, unsure, rest, before + first, count - 1))
    return out


def samples(found: Sequence[Reading], begin: float) -> tuple[DirtySample, ...]:
    """Distinct pages written between two readings, as ``fitting`` wants them.

    A report of QEMU is used in place of what the rows show of the same pass: it counts exactly.
    """
    out: list[DirtySample | None] = []
    last = since = Reading(begin, 0.0, 0.0, 0.0, 0)
    of_report = 0
    for one in found:
        of_report += one.count
        if one.reported is None:
            out.append(_sample(last, one, one.count, one.found))
        else:
            out.append(_sample(since, one, of_report, one.reported * (one.time - since.time)))
            if of_report > one.count:
                out.append(_sample(last, one, one.count, one.found))
            since, of_report = one, 0
        last = one
    return tuple(sample for sample in out if sample is not None)


def _sample(since: Reading, until: Reading, count: int, found: float) -> DirtySample | None:
    seconds = (until.time - since.time) / count
    if seconds <= SHORTEST:
        return None
    timing = math.hypot(since.unsure, until.unsure) / count
    return DirtySample(seconds, found / count / MIB / seconds, rounded=False, timing=timing)


def _reports(rows: Sequence[TelemetryRow]) -> dict[int, float]:
    """By pass: bytes/s that were newly reported at its beginning. A row may come before the report of its own pass."""
    said: dict[int, float] = {}
    for row in rows:
        if row.dirty_rate > 0:
            said[row.pass_number] = row.dirty_rate * row.page_size
    out, before = {}, 0.0
    for number, rate in sorted(said.items()):
        if rate != before:
            out[number] = rate
        before = rate
    return out


def _reading(last: TelemetryRow, first: TelemetryRow, reported: float | None, since: float, limit: float) -> Reading:
    """The reading between two rows, by the balance of what was left, sent and found."""
    count = first.pass_number - last.pass_number
    gap = first.time - last.time
    moved = max(first.sent - last.sent, 0)
    speed = moved / gap if gap > 0 else 0.0
    left = min(float(last.remaining), max(last.rate, first.rate) * limit)
    skipped = last.remaining - moved > left
    """Zero pages went as nothing: the rows do not say when there was so little left."""
    time, unsure = last.time + gap / 2, gap / 12**0.5
    if speed > 0 and not skipped:
        # What the last of them found, if all found alike, was sent from it on.
        found = (first.remaining - last.remaining + moved) / count
        time, unsure = first.time - max(left + found - first.remaining, 0.0) / speed, min(gap, EVERY) / 12**0.5
    elif speed > 0 and count == 1 and reported is not None:
        time = (first.remaining - left + speed * first.time + reported * since) / (speed + reported)
        unsure = min(gap, EVERY) / 12**0.5
    time = min(max(time, last.time), first.time)
    if skipped:
        found = first.remaining - left + speed * (first.time - time)
        before = first.sent - speed * (first.time - time) + left
    else:
        found = float(first.remaining - last.remaining + moved)
        before = float(last.sent + last.remaining)
    return Reading(time, unsure, max(found, 0.0), before, count, reported)
