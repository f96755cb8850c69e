"""How near any prediction of the case alone can come: runs of the same case differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from fcm.migration.validation.runs import REPEATS, validate
from fcm.migration.validation.tables import table

DATA = Path(__file__).parents[3] / "data"
TWICE = [DATA / "calibration" / "uniform-10k.0.json", DATA / "recordings" / "uniform-10k.1.json"]
ONCE = DATA / "recordings" / "idle-1GiB.1.json"


def test_runs_of_the_same_case_are_held_against_their_own_mean() -> None:
    first, second, other = validate([*TWICE, ONCE], pages=False).cases
    mean = (first.measured["total_s"] + second.measured["total_s"]) / 2
    assert first.predicted[REPEATS]["total_s"] == pytest.approx(mean)
    assert second.errors[REPEATS].total_pct == pytest.approx(100 * (mean / second.measured["total_s"] - 1))
    assert REPEATS not in other.predicted


def test_the_table_of_a_group_ends_with_what_the_runs_own_mean_would_reach() -> None:
    result = validate([ONCE, *TWICE], pages=False)
    assert table(result, "steady").splitlines()[-1].startswith(f"| {REPEATS} | 2 |")


def test_with_what_each_run_achieved_runs_of_a_case_are_no_bound() -> None:
    result = validate(TWICE, achieved=True, pages=False)
    assert all(REPEATS not in case.predicted for case in result.cases)


def test_a_case_that_ran_once_has_no_bound() -> None:
    assert REPEATS not in table(validate([ONCE], pages=False), "all")
