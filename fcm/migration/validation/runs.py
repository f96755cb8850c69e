"""How well predictions hold: every recording of a folder against the engine and against other models."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from fcm.migration.engine.policies import qemu_rule
from fcm.migration.engine.specification import Capability, MigrationSpec
from fcm.migration.engine.workload import IDLE, PAGE
from fcm.migration.fields import BadFileError
from fcm.migration.judging.fitting import DirtySample
from fcm.migration.judging.plan import Plan
from fcm.migration.judging.prediction import COMPLETED, DID_NOT_CONVERGE, Prediction, from_case, predict
from fcm.migration.judging.preflight import Verdict, judge
from fcm.migration.judging.recorded_prediction import Basis, NotComparableError, comparable, give_up, with_times
from fcm.migration.recordings.case import ROM_PAGES, START_DELAY
from fcm.migration.recordings.laboratory import FIRST
from fcm.migration.recordings.reading import read_recording
from fcm.migration.validation.calibration import calibration, replay
from fcm.migration.validation.reference import ablations, geometric, page_monte_carlo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from fcm.migration.judging.recorded_prediction import Comparable
    from fcm.migration.recordings.case import Case
    from fcm.migration.recordings.recording import Laboratory, Recording

LEAST_SHARE = 0.97
"""A run that reached less of its bandwidth limit in the first pass is reported apart: its host was busy."""
KEPT_GROUPS = (
    "kept, simulated, known workload",
    "kept, simulated, fitted workload",
    "kept, measured, known workload",
    "kept, measured, fitted workload",
)
"""Groups of migrations that a journal kept; they do not count in "all", which is the laboratory's."""
_FIGURES = ("total_s", "bytes", "downtime_s", "passes")
UNFINISHED = "unfinished"
"""Of a recording that ends while the migration runs: nobody knows how that ended."""
METRICS = ("total_pct", "bytes_pct", "downtime_ms", "passes")
REPEATS = "mean of its own runs"
"""A bound, not a model: what would be predicted by somebody who knew how all runs of the same case end on average. The
case alone gives one prediction for all of them, so no model can come much closer than they are to one another."""


@dataclass(frozen=True, slots=True)
class Errors:
    """Predicted less measured."""

    total_pct: float
    bytes_pct: float
    downtime_ms: float
    passes: int


@dataclass(frozen=True)
class ValidatedCase:
    """One recording and what each model said."""

    name: str
    group: str
    """steady, auto-converge or disturbed."""
    measured: dict[str, Any]
    predicted: dict[str, dict[str, Any]]
    errors: dict[str, Errors]
    """By model; without those that miss the convergence class."""
    right_class: dict[str, bool]
    as_asked: bool = True
    """False where the guest wrote less than LEAST_SHARE of what the case asks: another case than the one stated."""
    basis: str = ""
    """What the predictions of a migration that a journal kept rest on, as a sentence."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A recording of a folder that was not compared."""

    name: str
    reason: str


@dataclass(frozen=True)
class Validation:
    """A whole folder."""

    cases: tuple[ValidatedCase, ...]
    preflight: tuple[ValidatedCase, ...]
    achieved: bool
    groups: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    forecast: dict[str, Any] = field(default_factory=dict)
    """How often the running forecast's intervals held (see ``calibration``)."""
    left_out: tuple[LeftOut, ...] = ()
    """Kept migrations that the engine cannot be held against."""

    def as_json(self) -> dict[str, Any]:
        """The keys of `fcm validate --json`."""
        return {
            "achieved": self.achieved,
            "cases": [_case_json(c) for c in self.cases],
            "preflight_cases": [_case_json(c) for c in self.preflight],
            "groups": self.groups,
            "forecast": self.forecast,
            "left_out": [{"name": one.name, "reason": one.reason} for one in self.left_out],
        }


def waited(laboratory: Laboratory) -> float:
    """Seconds the guest had been writing when the migration began: the recorder's waits and dirty-rate readings."""
    return START_DELAY + math.fsum(seconds + 0.1 for _, seconds, _ in laboratory.dirty_rate)


def measured_json(recording: Recording) -> dict[str, Any]:
    """A recording's own figures, with the keys of a prediction."""
    laboratory, final = recording.laboratory, recording.final
    rows = [
        {"pass": p.number, "t": round(p.begin, 4), "pages": p.to_send, "sent": p.sent * PAGE, "throttle": None}
        for p in recording.passes()
    ]
    if final is None:
        status = laboratory.status if laboratory is not None else recording.outcome or UNFINISHED
        last = recording.row(-1) if len(recording) else None
        return {
            "status": status or DID_NOT_CONVERGE,
            "total_s": last.time if last else None,
            "downtime_s": None,
            "bytes": last.sent if last else None,
            "passes": last.pass_number if last else None,
            "rows": rows,
        }
    return {
        "status": COMPLETED,
        "total_s": final.total,
        "downtime_s": final.downtime,
        "bytes": final.bytes,
        "passes": final.passes,
        "rows": rows,
    }


def samples_of(laboratory: Laboratory) -> list[DirtySample]:
    """The dirty rates measured before a laboratory migration."""
    return [DirtySample(s, v, exact=mode != "page-sampling") for mode, s, v in laboratory.dirty_rate]


def validate(
    files: Iterable[Path],
    achieved: bool = False,
    pages: bool = True,
    seen: Callable[[str], None] | None = None,
) -> Validation:
    """Predicts every recording.

    Args:
        files: recordings.
        achieved: feed the bandwidth and the writes each run achieved instead of the case's.
        pages: include the page Monte Carlo, which takes longest.
        seen: called with the name of each file when it is done.

    Raises:
        BadFileError: naming the file and the field.
    """
    cases: list[ValidatedCase] = []
    preflights: list[ValidatedCase] = []
    left_out: list[LeftOut] = []
    asked_of: dict[str, Case] = {}
    replayed = []
    for path in files:
        recording = read_recording(path)
        if recording.laboratory is None:
            found = validate_recorded(path.stem, recording, achieved)
            if isinstance(found, LeftOut):
                left_out.append(found)
            else:
                cases.append(found)
                simulated = recording.facts is not None and recording.facts.simulated
                if not simulated and (replay_of_it := replay(path.stem, recording)) is not None:
                    replayed.append(replay_of_it)
            if seen is not None:
                seen(path.stem)
            continue
        laboratory = recording.laboratory
        if laboratory is None or laboratory.status not in (COMPLETED, DID_NOT_CONVERGE):
            raise BadFileError(str(path), "status", f"{COMPLETED} or {DID_NOT_CONVERGE}")
        cases.append(_validate_one(path.stem, recording, laboratory, achieved, pages))
        asked_of[path.stem] = replace(laboratory.case, host=None)
        if laboratory.dirty_rate:
            preflights.append(_judge_one(path.stem, recording, laboratory))
        if (replay_of_it := replay(path.stem, recording)) is not None:
            replayed.append(replay_of_it)
        if seen is not None:
            seen(path.stem)
    if not achieved:
        cases = [with_repeats(one, cases, asked_of) for one in cases]
    laboratory_cases = [c for c in cases if not c.basis]
    groups: dict[str, dict[str, dict[str, Any]]] = {"all": summary(laboratory_cases)}
    for name in ("steady", "auto-converge", "disturbed", *KEPT_GROUPS):
        some = [c for c in cases if c.group == name]
        if some:
            groups[name] = summary(some)
    fair = [c for c in laboratory_cases if c.group != "disturbed"]
    if not achieved and len(fair) < len(laboratory_cases):
        groups["undisturbed"] = summary(fair)
    asked = [c for c in laboratory_cases if c.group == "steady" and c.as_asked]
    if not achieved and 0 < len(asked) < sum(c.group == "steady" for c in laboratory_cases):
        groups["as asked"] = summary(asked)
    if preflights:
        groups["pre-flight"] = summary(preflights)
    return Validation(tuple(cases), tuple(preflights), achieved, groups, calibration(replayed), tuple(left_out))


def summary(cases: Sequence[ValidatedCase]) -> dict[str, dict[str, Any]]:
    """Per model and metric: p50, p90 and max of the absolute error, the mean error, share of right classes."""
    out: dict[str, dict[str, Any]] = {}
    for model in dict.fromkeys(model for case in cases for model in case.right_class):
        errors = [c.errors[model] for c in cases if model in c.errors]
        right = [c.right_class[model] for c in cases if model in c.right_class]
        figures: dict[str, Any] = {"cases": len(right), "right_class": sum(right) / len(right)}
        for metric in METRICS:
            values = np.array([float(getattr(e, metric)) for e in errors])
            if not len(values):
                continue
            size = np.abs(values)
            figures[metric] = {
                "p50": round(float(np.percentile(size, 50)), 3),
                "p90": round(float(np.percentile(size, 90)), 3),
                "max": round(float(size.max()), 3),
                "bias": round(float(values.mean()), 3),
            }
        if errors:
            near = 2 if model == "pre-flight" else 1
            figures["passes_within"] = sum(abs(e.passes) <= near for e in errors) / len(errors)
        out[model] = figures
    return out


def with_repeats(case: ValidatedCase, cases: Sequence[ValidatedCase], asked_of: Mapping[str, Case]) -> ValidatedCase:
    """The same with REPEATS, if its group has several completed runs of what was asked for.

    Args:
        case: one recording.
        cases: all of the folder.
        asked_of: what was asked for, by the name of the recording; those of a journal are missing.
    """
    asked = asked_of.get(case.name)
    runs = [c.measured for c in cases if c.group == case.group and asked is not None and asked_of.get(c.name) == asked]
    if len(runs) < 2 or any(run["status"] != COMPLETED for run in runs):
        return case
    mean: dict[str, Any] = {key: float(np.mean([run[key] for run in runs])) for key in _FIGURES}
    mean |= {"status": COMPLETED, "passes": round(mean["passes"])}
    errors, right = _errors({REPEATS: mean}, case.measured)
    return replace(
        case,
        predicted={**case.predicted, REPEATS: mean},
        errors={**case.errors, **errors},
        right_class={**case.right_class, **right},
    )


def _validate_one(
    name: str, recording: Recording, laboratory: Laboratory, achieved: bool, pages: bool
) -> ValidatedCase:
    case = laboratory.case
    spec = from_case(case, laboratory.achieved if achieved else None, waited=waited(laboratory))
    results: dict[str, Prediction] = {"engine": predict(spec, case.give_up)}
    results |= ablations(spec, case.give_up)
    if pages:
        results["page Monte Carlo"] = page_monte_carlo(spec, case.give_up)
    results["geometric"] = geometric(spec, case.give_up)
    group = "auto-converge" if Capability.AUTO_CONVERGE in case.capabilities else "steady"
    if not _reached(laboratory):
        group = "disturbed"
    compared = _compare(name, group, recording, {m: p.as_json() for m, p in results.items()})
    return replace(compared, as_asked=_wrote_as_asked(laboratory))


def validate_recorded(name: str, recording: Recording, achieved: bool) -> ValidatedCase | LeftOut:
    """A migration that a journal kept, against the engine with the workload that is known or fitted to its passes."""
    if recording.final is None:
        reason = recording.facts.reason if recording.facts is not None else ""
        return LeftOut(name, f"it did not complete ({recording.outcome or 'unknown result'}). {reason}".strip())
    try:
        how = comparable(recording, achieved)
    except NotComparableError as error:
        return LeftOut(name, str(error))
    patience = give_up(recording)
    results = {"engine": predict(how.spec, patience), **ablations(how.spec, patience)}
    results["geometric"] = geometric(how.spec, patience)
    group = recorded_group(recording, how)
    figures = {model: with_times(made, how).as_json() for model, made in results.items()}
    return replace(_compare(name, group, recording, figures), basis=how.sentence)


def recorded_group(recording: Recording, how: Comparable) -> str:
    """Simulated or measured, known or fitted: these are never counted together."""
    simulated = recording.facts is not None and recording.facts.simulated
    return KEPT_GROUPS[(0 if simulated else 2) + (0 if how.basis is Basis.WORKLOAD else 1)]


def _judge_one(name: str, recording: Recording, laboratory: Laboratory) -> ValidatedCase:
    case, host = laboratory.case, laboratory.case.host or FIRST
    spec = MigrationSpec(
        IDLE,
        case.memory + ROM_PAGES * PAGE,
        rule=qemu_rule(host.qemu),
        bandwidth=case.bandwidth,
        downtime_limit=case.downtime_limit,
        line_rate=host.line,
        fixed_downtime=host.fixed_downtime,
    )
    j = judge(Plan(spec, filled_to=case.filled_to), samples=samples_of(laboratory), members=0)
    figures = j.prediction.as_json()
    figures["verdict"] = j.verdict.value
    if j.verdict is not Verdict.CONVERGES:
        figures["status"] = DID_NOT_CONVERGE
    return _compare(name, "pre-flight", recording, {"pre-flight": figures})


def _compare(name: str, group: str, recording: Recording, predicted: dict[str, dict[str, Any]]) -> ValidatedCase:
    measured = measured_json(recording)
    errors, right = _errors(predicted, measured)
    return ValidatedCase(name, group, measured, predicted, errors, right)


def _errors(
    predicted: Mapping[str, dict[str, Any]], measured: dict[str, Any]
) -> tuple[dict[str, Errors], dict[str, bool]]:
    """Predicted less measured by model, and whether each model has the right class."""
    errors: dict[str, Errors] = {}
    right: dict[str, bool] = {}
    for model, p in predicted.items():
        right[model] = p["status"] == measured["status"]
        if right[model] and measured["status"] == COMPLETED:
            errors[model] = Errors(
                100.0 * (p["total_s"] / measured["total_s"] - 1.0),
                100.0 * (p["bytes"] / measured["bytes"] - 1.0),
                1000.0 * (p["downtime_s"] - measured["downtime_s"]),
                p["passes"] - measured["passes"],
            )
    return errors, right


def _reached(laboratory: Laboratory) -> bool:
    """True if the run reached its bandwidth limit, as far as its first pass or its windows tell."""
    achieved = laboratory.achieved
    if achieved.pass1_bandwidth is not None:
        return achieved.pass1_bandwidth >= LEAST_SHARE * laboratory.case.bandwidth
    if achieved.window_bandwidth:
        return float(np.mean(achieved.window_bandwidth)) >= LEAST_SHARE * laboratory.case.bandwidth
    return False


def _wrote_as_asked(laboratory: Laboratory) -> bool:
    """True if the guest wrote as fast as the case says until the last pass that was seen."""
    case, writes = laboratory.case, laboratory.achieved.writes
    if not writes or writes[-1][0] <= 0:
        return True
    wanted = case.rate if case.burst is None else case.burst.writes / case.burst.period(case.rate)
    # A guest of a few writes a second is counted to whole ones.
    return writes[-1][1] + 1.0 >= LEAST_SHARE * wanted * writes[-1][0]


def _case_json(case: ValidatedCase) -> dict[str, Any]:
    def short(figures: dict[str, Any]) -> dict[str, Any]:
        return {k: v for k, v in figures.items() if k != "rows"}

    return {
        "name": case.name,
        "group": case.group,
        **({"basis": case.basis} if case.basis else {}),
        "measured": short(case.measured),
        "predicted": {m: short(p) for m, p in case.predicted.items()},
        "errors": {m: {k: round(float(getattr(e, k)), 3) for k in METRICS} for m, e in case.errors.items()},
        "right_class": case.right_class,
        "as_asked": case.as_asked,
    }
