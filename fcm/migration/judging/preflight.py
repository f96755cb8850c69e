"""Judges a planned live migration: will it end, how long, how long does the guest stand still, and what would help.

How it is used::

    spec = MigrationSpec(IDLE, memory=8 << 30, bandwidth=125e6, downtime_limit=0.3)
    judge(Plan(spec), samples=[DirtySample(1, 36), ...])
    judge(Plan(spec), workload=known)

The engine is run for the best guess, for many members together that differ in what is not known exactly (the fit of the
workload, the bandwidth really reached, the fixed part of the blackout) and, where it does not end, with one remedy
after another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from fcm.migration.engine.engine import WINDOW, Engine
from fcm.migration.engine.specification import Capability
from fcm.migration.engine.workload import PAGE
from fcm.migration.judging.assumptions import REACHED, assumptions, fixed_spread
from fcm.migration.judging.fitting import FittedWorkload, fit
from fcm.migration.judging.prediction import COMPLETED, Abandoned, Prediction, Standstill, patience_of, predict
from fcm.model.quantities import rate, seconds, size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.migration.engine.workload import Workload
    from fcm.migration.judging.fitting import DirtySample
    from fcm.migration.judging.plan import Plan
    from fcm.model.telemetry import FinalFigures

LONGEST_LIMIT = 5.0
"""s: a downtime limit above this is no remedy, the machine would be better restarted."""
MOST_BANDWIDTH = 4.0
"""Times the bandwidth that is still called a remedy."""


class Verdict(StrEnum):
    """Will it end by itself?"""

    CONVERGES = "converges"
    CONVERGES_WITH = "converges-with"
    DOES_NOT_CONVERGE = "does-not-converge"


class RemedyKind(StrEnum):
    """What can be done about a migration that would not end."""

    DOWNTIME_LIMIT = "downtime-limit"
    AUTO_CONVERGE = "auto-converge"
    BANDWIDTH = "bandwidth"
    POSTCOPY = "post-copy"


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way to let it end."""

    kind: RemedyKind
    value: float | None
    """s for a downtime limit, bytes/s for a bandwidth, else ``None``."""
    total: float
    """s the migration is then expected to take."""
    text: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 80 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Judgement:
    """What is to be expected of a plan."""

    verdict: Verdict
    total: Estimate
    """s; of one that does not converge, infinite."""
    downtime: Estimate
    """s."""
    bytes: Estimate
    passes: Estimate
    remedies: tuple[Remedy, ...]
    sentence: str
    workload: Workload
    """What was known or fitted."""
    prediction: Prediction
    certain: bool
    """False where some members end and some do not: it is close."""
    assumptions: tuple[str, ...] = ()
    """What was given, measured and assumed, each a clause."""

    @property
    def reckoned_with(self) -> str:
        """Its assumptions as a sentence."""
        return f"Based on {'; '.join(self.assumptions)}."


def judge(
    plan: Plan,
    workload: Workload | None = None,
    samples: Sequence[DirtySample] = (),
    members: int = 24,
    seed: int = 1,
    wanted: Callable[[], bool] | None = None,
) -> Judgement:
    """Judges a plan, from a known workload or from measured dirty rates.

    Args:
        plan: what is planned.
        workload: what the guest writes, where it is known.
        samples: measured dirty rates, where it is not.
        members: migrations run next to the best guess for the intervals; 0 for none.
        seed: of what is drawn.
        wanted: asked now and then; once it says no, the work is dropped.

    Raises:
        Abandoned: ``wanted`` said no.
        ValueError: with neither workload nor samples, or for a plan without memory or bandwidth.
    """
    if plan.spec.memory < PAGE or not 0 < plan.spec.bandwidth < math.inf:
        raise ValueError("a plan needs at least one page of memory and a finite bandwidth above 0 bytes/s")
    if workload is None:
        if not samples:
            raise ValueError("a plan needs a workload or measured dirty rates")
        fitted = fit(samples, plan.spec.memory, max(members, 8), seed)
    else:
        fitted = FittedWorkload(workload, (workload,) * max(members, 1))
    guess = fitted.workload
    spec = plan.specification(guess)
    patience = patience_of(spec)
    prediction = predict(spec, patience, until_standstill=True, wanted=wanted)
    ends = prediction.status == COMPLETED
    drawn = _members(plan, fitted, members, seed, patience / REACHED[0], wanted)
    known = [d for d in drawn if d is not None]
    endings = (len(known) + ends) / (len(drawn) + 1)
    remedies: tuple[Remedy, ...] = ()
    if not ends:
        remedies = _remedies(plan, guess, prediction, patience, wanted)
    helps = [r for r in remedies if r.kind is not RemedyKind.POSTCOPY]
    verdict = Verdict.CONVERGES if ends else Verdict.CONVERGES_WITH if helps else Verdict.DOES_NOT_CONVERGE
    total = _estimate(prediction.total if ends else math.inf, [d.total for d in known], len(drawn), math.inf)
    downtime = _estimate(prediction.downtime or math.inf, [d.downtime for d in known], len(drawn), math.inf)
    sent = _estimate(float(prediction.bytes) if ends else math.inf, [d.bytes for d in known], len(drawn), math.inf)
    passes = _estimate(float(prediction.passes) if ends else math.inf, [d.passes for d in known], len(drawn), math.inf)
    certain = endings in (0.0, 1.0) or endings < 0.1 or endings > 0.9
    sentence = _sentence(plan, verdict, total, downtime, sent, remedies, certain)
    told = assumptions(plan, spec, samples if workload is None else (), drawn=len(drawn) > 0)
    return Judgement(verdict, total, downtime, sent, passes, remedies, sentence, guess, prediction, certain, told)


def _members(
    plan: Plan,
    fitted: FittedWorkload,
    members: int,
    seed: int,
    patience: float,
    wanted: Callable[[], bool] | None,
) -> list[FinalFigures | None]:
    """The plan with everything unknown drawn, all members in one engine."""
    if members <= 0:
        return []
    random = np.random.default_rng(seed)
    specs = []
    for k in range(members):
        spec = plan.specification(fitted.members[k % len(fitted.members)])
        least, most = fixed_spread(plan.spec.fixed_downtime)
        fixed = plan.spec.fixed_downtime * math.exp(random.uniform(math.log(least), math.log(most)))
        line = None
        if plan.spec.line_rate is not None:
            line = max(
                plan.spec.line_rate * math.exp(0.25 * random.standard_normal()),
                min(plan.spec.line_rate, plan.spec.bandwidth),
            )
        specs.append(
            replace(
                spec,
                bandwidth_share=float(random.uniform(*REACHED)),
                fixed_downtime=fixed,
                line_rate=line,
            )
        )
    engine = Engine()
    handles = [engine.add(spec) for spec in specs]
    standstills = {h: Standstill(spec) for h, spec in zip(handles, specs, strict=True)}
    ended: dict[int, FinalFigures] = {}
    left = round(patience / WINDOW)
    while left > 0 and len(engine):
        if wanted is not None and not wanted():
            raise Abandoned
        step, count = engine.leap(left)
        left -= count
        ended.update(step.finished)
        for handle, pages in step.synced.items():
            if handle in engine and standstills[handle].reached(pages, step.rows[handle]):
                engine.cancel(handle)
    return [ended.get(h) for h in handles]


def _remedies(
    plan: Plan, workload: Workload, stuck: Prediction, patience: float, wanted: Callable[[], bool] | None
) -> tuple[Remedy, ...]:
    out: list[Remedy] = []
    limit = _limit_needed(plan, workload, stuck, patience, wanted)
    if limit is not None:
        least, total = limit
        out.append(Remedy(RemedyKind.DOWNTIME_LIMIT, least, total, f"a downtime limit of {seconds(least)}"))
    if Capability.AUTO_CONVERGE not in plan.spec.capabilities:
        slowed = plan.with_spec(capabilities=plan.spec.capabilities | {Capability.AUTO_CONVERGE})
        result = predict(slowed.specification(workload), patience, until_standstill=True, wanted=wanted)
        if result.status == COMPLETED:
            text = "auto-converge, which throttles the guest"
            out.append(Remedy(RemedyKind.AUTO_CONVERGE, None, result.total, text))
    for factor in (1.25, 1.5, 2.0, 3.0, MOST_BANDWIDTH):
        faster = plan.with_spec(bandwidth=plan.spec.bandwidth * factor)
        if faster.spec.line_rate is not None:
            faster = faster.with_spec(line_rate=max(faster.spec.line_rate, faster.spec.bandwidth))
        spec = faster.specification(workload)
        result = predict(spec, patience_of(spec), until_standstill=True, wanted=wanted)
        if result.status == COMPLETED:
            text = f"a bandwidth of {rate(faster.spec.bandwidth)}"
            out.append(Remedy(RemedyKind.BANDWIDTH, faster.spec.bandwidth, result.total, text))
            break
    out.append(Remedy(RemedyKind.POSTCOPY, None, 2.0 * plan.specification(workload).pass_time, "post-copy"))
    return tuple(out)


def _limit_needed(
    plan: Plan, workload: Workload, stuck: Prediction, patience: float, wanted: Callable[[], bool] | None
) -> tuple[float, float] | None:
    """The least downtime limit, in steps of 50 ms, with which it ends, and the total then; ``None`` above 5 s."""
    smallest = min((r.pages for r in stuck.rows[1:]), default=plan.spec.memory // PAGE)
    low = plan.spec.limit
    high = max(min(1.2 * smallest * PAGE / plan.spec.bandwidth + 0.1, LONGEST_LIMIT), low + 0.05)

    def ends(limit: float) -> float | None:
        changed = plan.with_spec(downtime_limit=limit).specification(workload)
        result = predict(changed, patience, until_standstill=True, wanted=wanted)
        return result.total if result.status == COMPLETED else None

    total = ends(high)
    if total is None:
        high = LONGEST_LIMIT
        total = ends(high)
        if total is None:
            return None
    while high - low > 0.05:
        middle = (low + high) / 2
        found = ends(middle)
        if found is None:
            low = middle
        else:
            high, total = middle, found
    rounded = math.ceil(high * 20 - 1e-9) / 20
    return rounded, total


def _estimate(value: float, drawn: Sequence[float], count: int, otherwise: float) -> Estimate:
    every = sorted([*drawn, *([otherwise] * (count - len(drawn)))])
    if not every:
        return Estimate(value, value, value)
    low = every[int(0.1 * (len(every) - 1))]
    high = every[math.ceil(0.9 * (len(every) - 1))]
    return Estimate(value, min(low, value), max(high, value))


def _sentence(
    plan: Plan,
    verdict: Verdict,
    total: Estimate,
    downtime: Estimate,
    sent: Estimate,
    remedies: Sequence[Remedy],
    certain: bool,
) -> str:
    if verdict is Verdict.CONVERGES:
        text = (
            f"Expected to finish in about {_seconds(total)}, sending {size(sent.value)} "
            f"and stopping the guest for {_range(downtime)} (blackout)."
        )
        return text if certain else text + " Convergence is not certain: a busier host or guest may prevent it."
    helps = [r for r in remedies if r.kind is not RemedyKind.POSTCOPY]
    if verdict is Verdict.CONVERGES_WITH:
        ways = [f"{r.text} ({seconds(r.total)} total)" for r in helps] + ["post-copy"]
        start = f"Does not converge within the downtime limit of {seconds(plan.spec.limit)}"
        return f"{start}, but would converge with {_either(ways)}."
    return (
        f"Does not converge: the guest dirties memory faster than {rate(plan.spec.bandwidth)} can send it. A longer "
        "downtime limit, more bandwidth or auto-converge would not help. Use post-copy, or reduce the load in the "
        "guest."
    )


def _either(ways: Sequence[str]) -> str:
    return ways[0] if len(ways) == 1 else ", ".join(ways[:-1]) + " or " + ways[-1]


def _seconds(e: Estimate) -> str:
    interval = _range(e) if math.isfinite(e.high) else ""
    return _rounded(e.value) if interval in ("", _rounded(e.value)) else f"{_rounded(e.value)} ({interval})"


def _rounded(value: float) -> str:
    """A duration in words; from 10 s on in whole seconds, which is as much as a forecast can promise."""
    return f"{value:.0f} s" if 9.95 <= value < 59.5 else seconds(value)


def _range(e: Estimate) -> str:
    """An interval in words, in one unit where that is possible; its value where the upper end is open."""
    low, high = _rounded(e.low), _rounded(e.high)
    if not math.isfinite(e.high) or low == high:
        return f"about {_rounded(e.value)}" if not math.isfinite(e.high) else high
    number, _, unit = low.partition(" ")
    return f"{number} to {high}" if " " not in unit and high.endswith(f" {unit}") else f"{low} to {high}"
