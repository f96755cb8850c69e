"""The mathematics says of fixed migrations what it said when it was compared with measured ones (`figures.py`).

The rules behind them have tests of their own. These notice a change of a figure that no rule names: a constant of the
fit, the weight of a member, the step of a search.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.migration.figures import KEPT, MADE, figures

OF_FITS = 1e-3
"""Share by which figures that rest on a fit may differ: the classes that are all written before the first point are
chosen by rounding, so that they are others with numpy 2.5 than with 2.4 (seen: 0.0003)."""
OF_REMEDIES = 5e-3
"""The same of remedies, which look at times below the first point as well (seen: 0.004)."""


def assert_as_kept(name: str, within: float = 1e-6) -> None:
    """Numbers within a share of themselves (or 20 µs, to which a blackout is rounded), all else the same."""
    kept: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))[name]
    now = json.loads(json.dumps(figures(name)))
    assert list(now) == list(kept)
    for case, found in kept.items():
        _compare(now[case], found, case, within)


def _compare(now: Any, kept: Any, where: str, within: float) -> None:
    if isinstance(kept, dict):
        assert list(now) == list(kept), where
        for key, one in kept.items():
            _compare(now[key], one, f"{where}, {key}", within)
    elif isinstance(kept, list):
        assert len(now) == len(kept), where
        for number, one in enumerate(kept):
            _compare(now[number], one, f"{where}, {number}", within)
    elif isinstance(kept, (int, float)) and not isinstance(kept, bool):
        assert now == pytest.approx(kept, rel=within, abs=2e-5), where
    else:
        assert now == kept, where


def test_every_theme_is_kept() -> None:
    assert list(json.loads(KEPT.read_text(encoding="utf-8"))) == list(MADE)


def test_each_stopping_rule_gives_the_kept_course() -> None:
    assert_as_kept("each_rule")


def test_each_guest_gives_the_kept_course() -> None:
    assert_as_kept("each_guest")


def test_each_option_gives_the_kept_course() -> None:
    assert_as_kept("each_option")


def test_migrations_over_shared_links_take_the_kept_course() -> None:
    assert_as_kept("shared_links")


def test_a_sketch_says_what_was_kept() -> None:
    assert_as_kept("sketches")


def test_the_whole_course_of_what_ends_late_or_never_is_as_kept() -> None:
    assert_as_kept("whole_courses")


def test_the_outlooks_of_a_migration_that_ends_are_as_kept() -> None:
    assert_as_kept("outlooks_of_one_that_ends")


def test_the_outlooks_of_a_migration_that_is_stuck_are_as_kept() -> None:
    assert_as_kept("outlooks_of_one_that_is_stuck")


def test_the_outlooks_of_a_migration_whose_guest_is_slowed_are_as_kept() -> None:
    assert_as_kept("outlooks_of_one_that_is_slowed")


def test_the_outlooks_by_other_rules_are_as_kept() -> None:
    assert_as_kept("outlooks_by_other_rules")


def test_the_outlooks_of_a_large_machine_are_as_kept() -> None:
    assert_as_kept("outlooks_of_a_large_machine")


def test_what_is_judged_of_a_plan_is_as_kept() -> None:
    assert_as_kept("judgements", OF_REMEDIES)


def test_the_workloads_that_fit_readings_are_as_kept() -> None:
    assert_as_kept("fits", OF_FITS)


def test_the_other_models_say_what_was_kept() -> None:
    assert_as_kept("other_models")


def test_recorded_cases_are_predicted_as_kept() -> None:
    assert_as_kept("recorded_migrations")


def test_the_report_of_a_validation_is_as_kept() -> None:
    assert_as_kept("validated")


def test_recordings_are_read_and_exported_as_kept() -> None:
    assert_as_kept("read_recordings")
