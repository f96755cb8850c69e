"""A migration that somebody thinks of: five numbers and a preset; what comes of it. Knows no Qt.

``work_out`` answers within a frame by the sketch of the engine, ``look_closer`` by the engine itself, with intervals
and with what would help; that takes tenths of a second and can be dropped.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fcm.migration.constants import DOWNTIME_LIMIT
from fcm.migration.engine.policies import PRESETS
from fcm.migration.engine.specification import Capability, MigrationSpec
from fcm.migration.engine.state import NORMAL_BYTES
from fcm.migration.engine.workload import PAGE, Uniform, Workload
from fcm.migration.judging.plan import Plan
from fcm.migration.judging.prediction import patience_of
from fcm.migration.judging.preflight import RemedyKind, judge
from fcm.migration.judging.sketch import sketch
from fcm.migration.recordings.recording import Recording
from fcm.model.entities import GIB, MIB
from fcm.model.telemetry import FinalFigures, Phase, TelemetryRow
from fcm.ui.look.format import count, rate, seconds, size
from fcm.ui.migration.words import between

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.migration.judging.prediction import Prediction
    from fcm.migration.judging.preflight import Judgement, Remedy

_POINTS = (
    (0.1, (0.0, *(1 - 0.65**k for k in range(1, 13)), 1.0)),
    (0.02, (0.0, 0.5, 0.8, 0.95, 1.0)),
    (0.0, (0.0, 1.0)),
)
"""Where the points of a pass lie, by the share of the whole time that it takes at least."""
MEMBERS = 10
"""Migrations run beside the best guess for the intervals."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What the sliders of the planner say. Sizes in bytes, rates in bytes/s, times in s."""

    memory: int = 4 * GIB
    dirty_rate: float = 40.0 * MIB
    """Writes a second times the size of a page; pages of the working set are written equally often."""
    working_set: int = 256 * MIB
    bandwidth: float = 117_500_000.0
    downtime_limit: float = DOWNTIME_LIMIT
    preset: str = "qemu-7.2"
    auto_converge: bool = False
    writes: Workload | None = None
    """What the guest writes, where that was measured or is known; None: as dirty rate and working set say."""

    @property
    def workload(self) -> Workload:
        """What the guest writes: what is known of it, else the pages of its working set equally often."""
        if self.writes is not None:
            return self.writes
        pages = max(min(self.working_set, self.memory) // PAGE, 1)
        first = (self.memory // PAGE - pages) // 2
        patterns = (Uniform(first, pages, self.dirty_rate / PAGE),) if self.dirty_rate > 0 else ()
        return Workload(patterns)

    @property
    def plan(self) -> Plan:
        """The plan that pre-flight judges, here as everywhere."""
        return Plan(self.specification())

    def specification(self) -> MigrationSpec:
        """The migration for the engine."""
        return MigrationSpec(
            self.workload,
            self.memory,
            bandwidth=self.bandwidth,
            downtime_limit=self.downtime_limit,
            rule=PRESETS[self.preset],
            capabilities=frozenset({Capability.AUTO_CONVERGE} if self.auto_converge else ()),
        )

    @property
    def threshold(self) -> float:
        """Bytes that the last copy may have; 0 where the preset does not look at the downtime limit."""
        return self.bandwidth * self.downtime_limit if PRESETS[self.preset].threshold_from_downtime else 0.0


@dataclass(frozen=True)
class Outcome:
    """What the engine makes of a scenario."""

    scenario: Scenario
    prediction: Prediction
    recording: Recording
    """The course as a plot shows it."""
    converges: bool
    sentence: str
    details: str = ""
    """Intervals and remedies; "" as long as only the sketch has spoken."""
    reckoned_with: str = ""
    """What was given and what is assumed; "" as long as only the sketch has spoken."""


def work_out(scenario: Scenario) -> Outcome:
    """What is expected, by the sketch of the engine: less than a millisecond."""
    spec = scenario.specification()
    return _outcome(scenario, sketch(spec, patience_of(spec)))


def look_closer(scenario: Scenario, wanted: Callable[[], bool]) -> Outcome:
    """What the engine makes of it, with 80 % intervals and remedies; may be called in any thread.

    Raises:
        Abandoned: ``wanted``, asked now and then, said no.
    """
    judgement = judge(scenario.plan, scenario.workload, members=MEMBERS, wanted=wanted)
    return replace(
        _outcome(scenario, judgement.prediction), details=_details(judgement), reckoned_with=judgement.reckoned_with
    )


def _outcome(scenario: Scenario, prediction: Prediction) -> Outcome:
    ended = prediction.downtime is not None
    return Outcome(scenario, prediction, course(scenario, prediction), ended, _sentence(scenario, prediction))


def _details(judgement: Judgement) -> str:
    if judgement.prediction.downtime is None:
        ways = [_way(remedy) for remedy in judgement.remedies]
        return (
            f"It would converge with {', '.join(ways[:-1])} or {ways[-1]}."
            if len(ways) > 1
            else "Only post-copy would complete it."
        )
    total, stands = judgement.total, judgement.downtime
    if not (math.isfinite(total.high) and math.isfinite(stands.high)):
        return "It is close: if the host or the guest is slightly busier, it does not converge."
    return f"80 % range: {between(total.low, total.high)}, with a blackout of {between(stands.low, stands.high)}."


def _way(remedy: Remedy) -> str:
    takes = f" ({seconds(remedy.total)} in all)"
    match remedy.kind:
        case RemedyKind.DOWNTIME_LIMIT:
            return f"a downtime limit of {seconds(remedy.value or 0.0)}{takes}"
        case RemedyKind.BANDWIDTH:
            return f"a bandwidth of {rate(remedy.value or 0.0)}{takes}"
        case RemedyKind.AUTO_CONVERGE:
            return f"auto-converge, which slows the guest{takes}"
        case RemedyKind.POSTCOPY:
            return "post-copy"


def course(scenario: Scenario, prediction: Prediction) -> Recording:
    """A predicted course: what is left falls evenly through each pass and jumps when the next begins.

    Points lie closer towards the end of a pass, where a logarithmic axis bends the fall.
    """
    recording = Recording(memory=scenario.memory, downtime_limit=scenario.downtime_limit)
    recording.bandwidth = scenario.bandwidth
    rows = prediction.rows
    for one, after in zip(rows, (*rows[1:], None), strict=True):
        end, sent = (after.begin, after.sent) if after is not None else (prediction.total, prediction.bytes)
        begin_left = one.pages * PAGE
        moved = (sent - one.sent) * PAGE // NORMAL_BYTES
        left = max(begin_left - moved, 0)
        if after is None and prediction.downtime is not None:
            left = 0
        speed = (sent - one.sent) / (end - one.begin) if end > one.begin else 0.0
        part = (end - one.begin) / prediction.total if prediction.total > 0 else 1.0
        for share in next(points for least, points in _POINTS if part >= least):
            recording.append(
                TelemetryRow(
                    one.begin + share * (end - one.begin),
                    one.number,
                    round(begin_left + share * (left - begin_left)),
                    round(one.sent + share * (sent - one.sent)),
                    0.0,
                    speed,
                    Phase.BROWNOUT,
                    one.throttle,
                )
            )
    if prediction.downtime is not None:
        recording.final = FinalFigures(prediction.total, prediction.downtime, prediction.bytes, prediction.passes)
    return recording


def _sentence(scenario: Scenario, prediction: Prediction) -> str:
    if prediction.downtime is None:
        return _stuck(scenario, prediction)
    ending = (
        f"Expected to finish in {seconds(prediction.total)} and {count(prediction.passes, 'pass', 'passes')}; "
        f"{size(prediction.bytes)} is sent, with a blackout of {seconds(prediction.downtime)}."
    )
    over = prediction.downtime - scenario.downtime_limit
    if over > 0.1 and scenario.threshold == 0:
        return f"{ending} This hypervisor does not use the downtime limit of {seconds(scenario.downtime_limit)}."
    if over > 0.1:
        return f"{ending} That exceeds the limit of {seconds(scenario.downtime_limit)}: all passes were used."
    return ending


def _stuck(scenario: Scenario, prediction: Prediction) -> str:
    rest = min((row.pages for row in prediction.rows[1:]), default=scenario.memory // PAGE) * PAGE
    if scenario.dirty_rate > scenario.bandwidth:
        why = f"the guest writes {rate(scenario.dirty_rate)} and the network carries {rate(scenario.bandwidth)}"
    else:
        why = f"{size(rest)} is dirty again after every pass"
    return (
        f"Does not converge: {why}; only {size(scenario.threshold)} can be sent in {seconds(scenario.downtime_limit)}."
    )


def other(scenario: Scenario) -> Scenario:
    """A second scenario to begin with: the same guest over a network ten times as fast."""
    return replace(scenario, bandwidth=scenario.bandwidth * 10)
