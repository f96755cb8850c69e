"""How often goals are missed, and how long guests stand still, under fcm's steering and under KubeVirt's rules.

The guests are those of recordings: their writes are known, or fitted to what their passes found. Each moves over a
network that carries the bandwidth of its recording, in the engine, with noise from a fixed seed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from fcm.migration.engine.engine import Engine
from fcm.migration.engine.specification import Capability
from fcm.migration.goals.trial import Outcome, Steered, tried
from fcm.migration.judging.prediction import from_case
from fcm.migration.judging.recorded_prediction import NotComparableError, comparable
from fcm.migration.recordings.reading import read_recording
from fcm.migration.validation.kubevirt import CEILING, QEMU_LIMIT, Fixed, Ramp, Stall
from fcm.model.migrations import MigrationOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from fcm.migration.engine.specification import MigrationSpec
    from fcm.migration.goals.trial import Rule

FACTORS = (1.5, 2.0, 3.0)
"""Deadlines: times what an idle guest of the same size takes."""
PAUSES = (0.3, 1.0)
"""s: longest pauses."""
TOLERANCE = 0.05
"""s by which a pause may be longer than wanted before it counts as too long, for every rule."""
GIVEN_UP = 2.0
"""Times the longest deadline after which a run is given up; it has missed them all by then."""
NOISE = 0.03
"""Relative standard deviation of the bandwidth of a window."""
PERMITS = (
    ("nothing else", False, False),
    ("auto-converge", True, False),
    ("auto-converge and post-copy", True, True),
)
"""What is permitted: words, auto-converge, post-copy."""
FCM = "fcm"
RULES = (
    FCM,
    "KubeVirt, ramp up to the longest pause",
    f"KubeVirt, ramp up to {CEILING * 1000:,.0f} ms",
    "KubeVirt, stall detection up to the longest pause",
    "neither: 300 ms or the longest pause",
)


@dataclass(frozen=True, slots=True)
class Guest:
    """A guest on its network."""

    name: str
    spec: MigrationSpec
    idle: float
    """s that it would take if it wrote nothing."""


@dataclass(frozen=True, slots=True)
class Run:
    """One migration of a guest towards goals, under a rule."""

    guest: str
    rule: str
    permit: str
    within: float
    pause: float
    outcome: Outcome

    @property
    def in_time(self) -> bool:
        """Whether it ended by the deadline."""
        return self.outcome.met(self.within, self.pause, TOLERANCE)[0]

    @property
    def kept(self) -> bool:
        """Whether its pause was no longer than wanted; also where it never ended."""
        return not math.isfinite(self.outcome.pause) or self.outcome.met(self.within, self.pause, TOLERANCE)[1]


@dataclass(frozen=True)
class GoalsComparison:
    """All runs of a folder."""

    runs: tuple[Run, ...]
    left_out: tuple[tuple[str, str], ...]
    """Names of files without a guest that could be run, and why."""

    def as_json(self) -> dict[str, Any]:
        """The keys of ``fcm validate --goals --json``."""
        return {
            "rules": [
                {"permitted": permit, "rule": rule, **figures(self._of(permit, rule))}
                for permit, *_ in PERMITS
                for rule in RULES
            ],
            "guests": [
                {
                    "guest": guest,
                    "rule": rule,
                    **figures(run for run in self.runs if (run.guest, run.rule) == (guest, rule)),
                }
                for guest in dict.fromkeys(run.guest for run in self.runs)
                for rule in RULES
            ],
            "left_out": [{"name": name, "reason": reason} for name, reason in self.left_out],
        }

    def text(self) -> str:
        """The same as a table for people."""
        lines = [
            "| permitted | rule | runs | deadline missed | pause too long | a goal missed | pause p50 / p90 / max ms "
            "| mean pause where fcm ended too, fcm / rule |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for permit, *_ in PERMITS:
            for rule in RULES:
                found = figures(self._of(permit, rule))
                pauses = " / ".join("-" if p is None else f"{p * 1000:,.0f}" for p in found["pause_s"].values())
                lines.append(
                    f"| {permit} | {rule} | {found['runs']} | {found['late']} | {found['too_long']} | "
                    f"{found['missed']} | {pauses} | {self._beside(permit, rule)} |"
                )
        return "\n".join(lines)

    def _beside(self, permit: str, rule: str) -> str:
        """Mean pause (ms) of fcm and of a rule in the same runs, where both ended."""
        own = [run.outcome.pause for run in self._of(permit, FCM)]
        others = [run.outcome.pause for run in self._of(permit, rule)]
        both = [pair for pair in zip(own, others, strict=True) if all(map(math.isfinite, pair))]
        if rule == FCM or not both:
            return "-"
        return " / ".join(f"{np.mean(pauses) * 1000:,.0f}" for pauses in zip(*both, strict=True))

    def _of(self, permit: str, rule: str) -> Iterable[Run]:
        return [run for run in self.runs if run.permit == permit and run.rule == rule]


def figures(runs: Iterable[Run]) -> dict[str, Any]:
    """How many runs missed what; the pauses of those that ended."""
    every = list(runs)
    pauses = [run.outcome.pause for run in every if math.isfinite(run.outcome.pause)]
    shares = {"p50": 50, "p90": 90, "max": 100}
    return {
        "runs": len(every),
        "late": sum(not run.in_time for run in every),
        "too_long": sum(not run.kept for run in every),
        "missed": sum(not (run.in_time and run.kept) for run in every),
        "pause_s": {name: float(np.percentile(pauses, share)) if pauses else None for name, share in shares.items()},
    }


def compare(files: Iterable[Path], told: Callable[[str], None] | None = None) -> GoalsComparison:
    """Run every guest of recordings towards every goal.

    Args:
        files: recordings; several of the same guest on the same network count once.
        told: is told each guest as it comes.
    """
    runs: list[Run] = []
    left_out: list[tuple[str, str]] = []
    seen: set[object] = set()
    for path in files:
        try:
            guest = guest_of(path)
        except NotComparableError as error:
            left_out.append((path.stem, str(error)))
            continue
        known = (guest.spec.workload.patterns, guest.spec.workload.burst, guest.spec.memory, guest.spec.bandwidth)
        if known in seen:
            left_out.append((path.stem, "the same guest on the same network as one before"))
            continue
        seen.add(known)
        if told is not None:
            told(guest.name)
        runs += _runs_of(guest)
    return GoalsComparison(tuple(runs), tuple(left_out))


def guest_of(path: Path) -> Guest:
    """The guest of a recording on its network.

    Raises:
        NotComparableError: nobody knows how it writes.
    """
    recording = read_recording(path)
    spec = from_case(recording.laboratory.case) if recording.laboratory is not None else comparable(recording).spec
    bandwidth = spec.bandwidth
    if not 0 < bandwidth < math.inf:
        raise NotComparableError("its bandwidth is not known")
    able = spec.capabilities - {Capability.AUTO_CONVERGE, Capability.XBZRLE, Capability.MULTIFD}
    spec = replace(
        spec, capabilities=able, line_rate=bandwidth, bandwidth_share=1.0, bandwidth_series=(), downtime_limit=None
    )
    idle = replace(spec, workload=replace(spec.workload, patterns=(), counter_page=None, burst=None, achieved=()))
    return Guest(path.stem, spec, _time_of(idle))


def _time_of(spec: MigrationSpec) -> float:
    engine = Engine()
    handle = engine.add(spec)
    while True:
        found = engine.leap(100)[0].finished.get(handle)
        if found is not None:
            return found.total


def _runs_of(guest: Guest) -> Iterable[Run]:
    most = GIVEN_UP * max(FACTORS) * guest.idle
    for words, throttle, post_copy in PERMITS:
        for pause in PAUSES:
            for rule in RULES:
                if rule == FCM:
                    for factor in FACTORS:
                        within = factor * guest.idle
                        options = MigrationOptions(
                            auto_converge=throttle, post_copy=post_copy, move_within=within, pause_at_most=pause
                        )
                        outcome = tried(guest.spec, Steered(options, guest.spec.bandwidth), most, 1, NOISE)
                        yield Run(guest.name, rule, words, within, pause, outcome)
                    continue
                outcome = tried(guest.spec, _rule(rule, throttle, post_copy, pause), most, 1, NOISE)
                for factor in FACTORS:  # they do not know the deadline
                    yield Run(guest.name, rule, words, factor * guest.idle, pause, outcome)


def _rule(name: str, throttle: bool, post_copy: bool, pause: float) -> Rule:
    match RULES.index(name):
        case 1:
            return Ramp(throttle, post_copy, ceiling=pause)
        case 2:
            return Ramp(throttle, post_copy)
        case 3:
            return Stall(throttle, post_copy, longest=pause)
        case _:
            return Fixed(throttle, post_copy, limit=min(QEMU_LIMIT, pause))
