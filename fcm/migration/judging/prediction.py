"""A whole migration predicted by the engine: totals, passes, rows; from a case, or with what a run achieved."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from fcm.migration.engine.engine import WINDOW, Engine
from fcm.migration.engine.policies import qemu_rule
from fcm.migration.engine.specification import ZERO_PAGE_COST, Capability
from fcm.migration.engine.workload import PAGE, Sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.migration.arrays import Floats
    from fcm.migration.engine.policies import StoppingRule
    from fcm.migration.engine.specification import MigrationSpec
    from fcm.migration.recordings.case import Case
    from fcm.migration.recordings.recording import Achieved
    from fcm.model.telemetry import FinalFigures, TelemetryRow

COMPLETED = "completed"
DID_NOT_CONVERGE = "did-not-converge"
PAST_THE_LIMIT = "past-the-limit"
"""It ends by itself, but only after the time that was set: slow is not endless."""
SLOW_HOST = 0.75
"""Mean share of the limit below which a host is taken to send without pause, not in bursts."""
SMOOTHING = 3.0
"""s over which the slope of a recorded bandwidth's lag is taken."""


@dataclass(frozen=True, slots=True)
class PassRow:
    """One pass of a prediction."""

    number: int
    begin: float
    """s since the start."""
    pages: int
    """to be sent when it began."""
    sent: int
    """bytes sent when it began."""
    throttle: int


@dataclass(frozen=True)
class Prediction:
    """How a migration is expected to go."""

    status: str
    total: float
    """s; if it does not converge, the time until it is canceled."""
    downtime: float | None
    """s; ``None`` where the guest is never suspended."""
    bytes: int
    passes: int
    rows: tuple[PassRow, ...] = field(default=())
    curve: tuple[TelemetryRow, ...] = field(default=(), repr=False)
    would_end: float | None = None
    """s after which it would end by itself, where that is after the time at which it is given up."""

    def as_json(self) -> dict[str, Any]:
        """The keys of `fcm predict --json`."""
        return {
            "status": self.status,
            "total_s": round(self.total, 4),
            "downtime_s": None if self.downtime is None else round(self.downtime, 5),
            "bytes": self.bytes,
            "passes": self.passes,
            **({} if self.would_end is None else {"would_end_s": round(self.would_end, 4)}),
            "rows": [
                {"pass": r.number, "t": round(r.begin, 4), "pages": r.pages, "sent": r.sent, "throttle": r.throttle}
                for r in self.rows
            ],
        }


POINTS = 2_000
"""Rows of a curve after which its steps are twice as long: windows at first, hours in a migration of years."""
MOST_PASSES = 3000
"""Passes after which a migration of an unsteady guest is considered endless."""
DRAWN, DRAWN_AT_LEAST = 1.2, 600.0
"""How much of a migration that no longer gets on is drawn: so many times what it took to see that, and so many s."""
PATIENCE = 10.0
"""Multiples of the memory sent after which a migration is considered not to converge."""


def patience_of(spec: MigrationSpec) -> float:
    """Seconds after which a migration counts as one that never ends by itself, however slow its line is."""
    passes = min(spec.rule.max_passes or 0, 100) + 2.0
    return max(PATIENCE, passes) * spec.pass_time + 30.0


class Abandoned(Exception):  # noqa: N818 (nothing went wrong)
    """No one waits for the answer any more."""


class Standstill:
    """Tells when a migration has settled into passes that no longer shrink and will never end by itself.

    Only sure where the guest writes steadily and nothing slows it further: not for bursts and sweeps, nor while a
    throttle still rises. Passes count once what they had to send was sent, so that a slow line is not taken for an
    endless migration.
    """

    def __init__(self, spec: MigrationSpec) -> None:
        steady = spec.workload.activity() is None and not any(isinstance(p, Sweep) for p in spec.workload.patterns)
        self._steady = steady and not spec.bandwidth_series
        # Two accounting periods of a second raise a throttle (ram.c, migration_trigger_throttle).
        self._patience = 4.0 if Capability.AUTO_CONVERGE in spec.capabilities else 0.0
        self._found: list[tuple[int, float]] = []
        self._throttle = 0
        self._since = 0.0

    def reached(self, pages: int, row: TelemetryRow) -> bool:
        """Whether thirty passes in a row have brought no progress.

        Args:
            pages: to be sent in the pass that begins.
            row: where the migration stands.
        """
        if row.throttle != self._throttle:
            self._throttle, self._since = row.throttle, row.time
            self._found.clear()
        self._found = [*self._found[-300:], (pages, row.sent)]
        if not self._steady or len(self._found) < 30 or row.time - self._since < self._patience:
            return False
        before = [found for found, sent in self._found[:-15] if row.sent - sent >= pages * PAGE]
        return len(before) >= 15 and min(found for found, _ in self._found[-15:]) > 0.998 * min(before)


def predict(
    spec: MigrationSpec,
    give_up: float = 3600.0,
    curve: bool = False,
    until_standstill: bool = False,
    wanted: Callable[[], bool] | None = None,
) -> Prediction:
    """Runs one migration through the engine until it ends or `give_up` seconds have passed.

    Args:
        spec: the migration.
        give_up: s.
        curve: keep a row for every step, for plots.
        until_standstill: give up as soon as it is sure that it never ends.
        wanted: asked between windows; once it says no, the work is dropped.

    Raises:
        Abandoned: ``wanted`` said no.
    """
    engine = Engine()
    for name in spec.links:
        engine.set_link(name, spec.line if math.isfinite(spec.line) else spec.bandwidth)
    handle = engine.add(spec)
    rows = [PassRow(1, 0.0, spec.memory // PAGE, 0, 0)]
    points: list[TelemetryRow] = []
    standstill = Standstill(spec)
    final: FinalFigures | None = None
    row: TelemetryRow | None = None
    left = max(1, round(give_up / WINDOW))
    while final is None and left > 0:
        if wanted is not None and not wanted():
            raise Abandoned
        step, count = engine.leap(min(2 ** (len(points) // POINTS), left) if curve else left)
        left -= count
        row = step.rows[handle]
        if handle in step.synced:
            known = {r.number for r in rows}
            if row.pass_number not in known:
                begin = row.time - WINDOW if step.finished.get(handle) is None else row.time
                rows.append(PassRow(row.pass_number, begin, step.synced[handle], row.sent, row.throttle))
        if curve:
            points.append(row)
        if (
            until_standstill
            and handle in step.synced
            and (standstill.reached(step.synced[handle], row) or row.pass_number > MOST_PASSES)
        ):
            break
        final = step.finished.get(handle)
    if final is not None:
        return Prediction(COMPLETED, final.total, final.downtime, final.bytes, final.passes, tuple(rows), tuple(points))
    assert row is not None
    return Prediction(DID_NOT_CONVERGE, row.time, None, row.sent, row.pass_number, tuple(rows), tuple(points))


def whole_course(spec: MigrationSpec, limit: float, curve: bool = False) -> Prediction:
    """Like :func:`predict`; of one that has not ended after ``limit`` s, also whether it would end later, and when."""
    whole = predict(spec, max(limit, patience_of(spec)), until_standstill=True)
    if whole.status != COMPLETED and whole.total < limit:
        if not curve:
            return _gone_on(whole, limit)
        shown = max(DRAWN * whole.total, DRAWN_AT_LEAST)
        if shown < limit:  # it goes on like that, which no one needs to see for years
            return replace(_gone_on(whole, limit), curve=predict(spec, shown, curve=True).curve)
    result = predict(spec, limit, curve)
    if result.status == COMPLETED or whole.status != COMPLETED:
        return result
    return replace(result, status=PAST_THE_LIMIT, would_end=whole.total)


def _gone_on(settled: Prediction, limit: float) -> Prediction:
    """A migration that no longer gets on, as it stands after ``limit`` s: every pass like the last ones."""
    last, before = settled.rows[-1], settled.rows[max(len(settled.rows) - 15, 0)]
    length = (last.begin - before.begin) / max(last.number - before.number, 1)
    rate = (last.sent - before.sent) / max(last.begin - before.begin, WINDOW)
    left = limit - settled.total
    more = int(left / max(length, 1e-3))
    return replace(
        settled, total=limit, bytes=settled.bytes + round(left * rate), passes=min(settled.passes + more, 1 << 53)
    )


def from_case(
    case: Case,
    achieved: Achieved | None = None,
    rule: StoppingRule | None = None,
    bandwidth: float | None = None,
    waited: float | None = None,
) -> MigrationSpec:
    """The migration of a laboratory case.

    Args:
        case: what was asked.
        achieved: where given, bandwidth and writes over time are what the run reached, not what the case says; a
            throttle's slowdown is then in the writes already.
        rule: whose stopping rule; ``None`` for that of the QEMU of the recording.
        bandwidth: bytes/s instead of the case's limit.
        waited: s the guest had been writing before (see ``Case.workload``).
    """
    from fcm.migration.recordings.case import START_DELAY

    start = START_DELAY if waited is None else waited
    if rule is None:
        rule = qemu_rule(case.host.qemu if case.host is not None else "")
    if achieved is None:
        return case.specification(case.workload(waited=start), rule, bandwidth)
    writes = achieved.writes if len(achieved.writes) > 1 else ()
    spec = case.specification(case.workload(writes=writes, waited=start), rule, bandwidth)
    return replace(spec, bandwidth_series=achieved_bandwidth(achieved, spec.carried(case.bandwidth), rule.counted))


def achieved_bandwidth(achieved: Achieved, limit: float, counted: int = 0) -> tuple[tuple[float, float], ...]:
    """(s, bytes/s) a run reached, from its windows; from its first pass where there are none.

    The samples are 104 ms apart and QEMU sends each window's budget at once, so a sample contains one burst or two:
    averaging leaves an error of a budget over the averaging time. What is smooth is the lag, limit x time - bytes
    sent: it never falls (late wake-ups are not made up, migration.c), and right after a burst it shows itself. So
    the lag is taken as the lowest value in the samples around, made monotone, and its slope over SMOOTHING gives the
    shortfall.
    """
    # The last samples hold part of the last pass, which no limit holds.
    values = np.array(achieved.window_bandwidth)[:-3]
    mean = achieved.pass1_bandwidth
    if len(values) < 12:
        return ((0.0, min(mean, limit)),) if mean else ()
    lengths = _sample_lengths(values, limit, counted, achieved)
    times = np.concatenate([[0.0], np.cumsum(lengths)])
    if values.mean() < SLOW_HOST * limit:
        return _continuous(times, values, limit)
    if len(achieved.sent) > 2:
        return _from_passes(achieved.sent, limit)
    step = float(np.median(lengths))
    lag = limit * times - np.concatenate([[0.0], np.cumsum(values * lengths)])
    near = 6
    padded = np.concatenate([np.repeat(lag[:1], near), lag, np.repeat(lag[-1:], near)])
    low = np.lib.stride_tricks.sliding_window_view(padded, 2 * near + 1).min(axis=1)
    low = np.minimum.accumulate(low[::-1])[::-1]
    half = max(1, round(SMOOTHING / step / 2))
    index = np.arange(len(times))
    a = np.clip(index - half, 0, max(len(times) - 1 - 2 * half, 0))
    b = np.minimum(a + 2 * half, len(times) - 1)
    shortfall = np.maximum(low[b] - low[a], 0.0) / (times[b] - times[a])
    return tuple((float(t), float(max(limit - s, 0.01 * limit))) for t, s in zip(times, shortfall, strict=True))


def _continuous(times: Floats, values: Floats, limit: float) -> tuple[tuple[float, float], ...]:
    """Bandwidth of a host that sends without pause because it cannot reach the limit: a mean over 9 samples.

    A short dip is a stretch of zero pages, whose own time the engine computes: it takes its neighbours' value.
    """
    side = 4
    around = np.lib.stride_tricks.sliding_window_view(np.pad(values, side, mode="edge"), 2 * side + 1)
    usual = np.median(around, axis=1)
    level = np.where(values < 0.5 * usual, usual, np.minimum(values, limit))
    smooth = np.convolve(np.pad(level, side, mode="edge"), np.ones(2 * side + 1) / (2 * side + 1), mode="valid")
    middle = (times[1:] + times[:-1]) / 2
    return tuple((float(t), float(b)) for t, b in zip(middle, smooth, strict=True))


def _sample_lengths(values: Floats, limit: float, counted: int, achieved: Achieved) -> Floats:
    """[n] s each sample covers, which recordings do not state.

    Most samples hold whole budgets, and times were noted in whole milliseconds: where budgets over bandwidth give
    whole milliseconds near SAMPLE, that is the length. Elsewhere it is the mean over the run.
    """
    end = achieved.writes[-1][0] if achieved.writes else 0.0
    usual = end / (len(values) + 3.6) if end > 0 else SAMPLE
    usual = usual if 0.08 < usual < 0.2 else SAMPLE
    page = 4104.0
    budget = limit / 10.0 if counted else page * (np.floor(np.floor(limit / 10.0) / page) + 1.0)
    whole = np.maximum(np.round(values * usual / budget), 1.0)
    milliseconds = 1000.0 * whole * budget / np.maximum(values, 1.0)
    nearest = np.round(milliseconds)
    exact = (np.abs(milliseconds - nearest) < 0.01) & (np.abs(nearest - 1000.0 * usual) < 15.0)
    result: Floats = np.where(exact, nearest / 1000.0, usual)
    return result


def _from_passes(sent: Sequence[tuple[float, float, int]], limit: float) -> tuple[tuple[float, float], ...]:
    """(s, bytes/s) from the bytes sent at the instants at which passes were seen to begin.

    A window's budget goes at its start, so n budgets sent at an instant mean that between n - 1 and n windows of 100 ms
    have passed, and the rest of the time was lost: a window that starts late is not made up, and none is shorter. Where
    that says that more was lost than before, it is taken to be in the middle of what is possible. Zero pages take time
    of their own, which the engine counts itself. After the last pass that was seen, what was lost on average is lost.
    """
    budget = limit * WINDOW
    begin, before, _ = sent[0]
    began = max(begin - WINDOW * max(math.ceil(before / budget) - 1, 0), 0.0)
    out: list[tuple[float, float]] = []
    lost, last_time, last_lost = 0.0, began, 0.0
    for time, so_far, zeros in sent[1:]:
        passed = time - began - zeros * ZERO_PAGE_COST
        least = passed - WINDOW * math.ceil(so_far / budget - 1e-6)
        if lost < least:
            lost = least + WINDOW / 2
        if time > last_time:
            rate = max(limit * (1.0 - (lost - last_lost) / (time - last_time)), 0.01 * limit)
            out += [(last_time, rate), (time - 1e-6, rate)]
            last_time, last_lost = time, lost
    return (*out, (last_time, max(limit * (1.0 - lost / max(last_time - began, WINDOW)), 0.01 * limit)))


SAMPLE = 0.104
"""s between two samples of a recorded bandwidth: four polls of 25 ms and what asking costs."""
