from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fcm.migration.engine.specification import LOOPBACK_RATE, MigrationSpec
from fcm.migration.engine.workload import IDLE, Scattered, Uniform, Workload
from fcm.migration.judging.fitting import DirtySample, fit, nonnegative_least_squares
from fcm.migration.judging.plan import Plan
from fcm.migration.judging.preflight import RemedyKind, Verdict, judge
from fcm.migration.recordings.laboratory_form import load_qemu_recording
from fcm.migration.validation.runs import samples_of

DATA = Path(__file__).parents[2] / "data" / "recordings"
GIB = 1 << 30
MIB = 1 << 20
STUCK = [DirtySample(1, 80), DirtySample(2, 72), DirtySample(4, 55), DirtySample(8, 32)]


def planned(memory: int, bandwidth: float, limit: float | None = None, zero_share: float = 0.0, **more: Any) -> Plan:
    """A plan of so many bytes over so many bytes/s."""
    spec = MigrationSpec(IDLE, memory, bandwidth=bandwidth, downtime_limit=limit, **more)
    return Plan(spec, zero_share)


def test_least_squares_never_go_below_zero_and_find_an_exact_answer() -> None:
    a = np.array([[1.0, 2.0], [3.0, 1.0], [0.5, 0.25]])
    assert nonnegative_least_squares(a, a @ np.array([2.0, 3.0])) == pytest.approx([2.0, 3.0])
    assert (nonnegative_least_squares(a, np.array([1.0, -5.0, 0.0])) >= 0).all()


def test_a_fitted_workload_gives_the_measured_distinct_pages_back() -> None:
    truth = Workload((Uniform(0, 65536, 10_000.0),))
    samples = [DirtySample(t, float(int(truth.distinct(t) / 256 / t))) for t in (1.0, 2.0, 4.0, 8.0)]
    found = fit(samples, GIB).workload
    for t in (1.0, 3.0, 8.0):
        assert found.distinct(t) == pytest.approx(truth.distinct(t), rel=0.03)


def test_measured_dirty_rates_alone_foretell_a_recorded_migration() -> None:
    recording = load_qemu_recording(DATA / "preflight-two-class.0.json")
    assert recording.laboratory is not None
    assert recording.final is not None
    case = recording.laboratory.case
    plan = replace(
        planned(case.memory, case.bandwidth, case.downtime_limit, line_rate=LOOPBACK_RATE), filled_to=case.filled_to
    )
    result = judge(plan, samples=samples_of(recording.laboratory))
    assert result.verdict is Verdict.CONVERGES
    assert result.total.value == pytest.approx(recording.final.total, rel=0.08)
    assert result.bytes.value == pytest.approx(recording.final.bytes, rel=0.06)
    assert result.downtime.value == pytest.approx(recording.final.downtime, abs=0.06)
    assert result.total.low <= result.total.value <= result.total.high


def test_what_does_not_end_is_told_with_what_would_help() -> None:
    result = judge(planned(GIB, 48.0 * MIB, 0.3), samples=STUCK, members=4)
    assert result.verdict is Verdict.CONVERGES_WITH
    kinds = {r.kind for r in result.remedies}
    assert {RemedyKind.BANDWIDTH, RemedyKind.AUTO_CONVERGE, RemedyKind.POSTCOPY} <= kinds
    assert "Does not converge within the downtime limit" in result.sentence


def test_the_named_downtime_limit_lets_it_end() -> None:
    result = judge(planned(GIB, 48.0 * MIB, 0.3), samples=STUCK, members=0)
    limit = next(r.value for r in result.remedies if r.kind is RemedyKind.DOWNTIME_LIMIT)
    assert limit is not None
    assert judge(planned(GIB, 48.0 * MIB, limit), samples=STUCK, members=0).verdict is Verdict.CONVERGES


def test_zero_pages_cost_next_to_nothing() -> None:
    idle = Workload((Scattered(100, 10.0),))
    full = judge(planned(GIB, 100.0 * MIB), idle, members=0).total.value
    empty = judge(planned(GIB, 100.0 * MIB, zero_share=0.9), idle, members=0).total.value
    assert empty < full / 5


def test_a_plan_without_a_workload_or_samples_is_refused() -> None:
    with pytest.raises(ValueError, match="dirty rates"):
        judge(planned(GIB, 1e8))


def test_few_sampled_pages_leave_a_rate_less_sure_than_the_same_rate_counted() -> None:
    counted, sampled = (DirtySample(8.0, 4.0, exact=exact) for exact in (True, False))
    assert sampled.error / sampled.pages > 0.25, "16 or so of 128 pages of a small machine were found written"
    assert counted.error / counted.pages < 0.1
    large = DirtySample(8.0, 400.0, exact=False)
    assert large.error / large.pages < sampled.error / sampled.pages


def test_a_small_machine_of_which_no_sampled_page_was_written_may_still_write_some() -> None:
    nothing = DirtySample(8.0, 0.0, exact=False)
    assert nothing.error >= 512, "each sampled page stands for as many"
