"""What the forecast says of a running migration, against what the engine then does."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from fcm.migration.engine.engine import Engine
from fcm.migration.engine.specification import MigrationSpec
from fcm.migration.engine.workload import Uniform, Workload
from fcm.migration.forecast.forecast import Forecast
from fcm.migration.forecast.outlook import Outlook, Verdict
from fcm.migration.judging.prediction import COMPLETED, predict
from fcm.model.telemetry import FinalFigures, Phase, TelemetryRow

MIB = 1 << 20
MEMORY = 512 * MIB
SPEED = 64.0 * MIB


def spec(rate: float, pages: int = 60_000, bandwidth: float = SPEED, limit: float = 0.3) -> MigrationSpec:
    return MigrationSpec(Workload((Uniform(4096, pages, rate),)), MEMORY, bandwidth=bandwidth, downtime_limit=limit)


def followed(rate: float, **more: float) -> tuple[list[tuple[TelemetryRow, Outlook]], FinalFigures]:
    """Every second's outlook of a migration until its end."""
    engine, forecast = Engine(), Forecast(MEMORY, SPEED, 0.3)
    handle = engine.add(spec(rate, **more))  # type: ignore[arg-type]
    seen: list[tuple[TelemetryRow, Outlook]] = []
    for number in range(5_000):
        step = engine.step()
        forecast.update(step.rows[handle])
        if number % 10 == 9:
            seen.append((step.rows[handle], forecast.view()))
        if handle in step.finished:
            seen.append((step.rows[handle], forecast.view()))
            return seen, step.finished[handle]
    raise AssertionError("it did not end")


def stuck(seconds: float = 60.0) -> tuple[TelemetryRow, Outlook]:
    """A guest that dirties 50 MiB in the time in which as much is sent."""
    engine, forecast = Engine(), Forecast(MEMORY, SPEED, 0.3)
    handle = engine.add(spec(40_000.0, pages=12_800))
    for _ in range(round(seconds * 10)):
        row = engine.step().rows[handle]
        forecast.update(row)
    return row, forecast.view()


def test_an_outlook_begins_now_with_what_remains() -> None:
    for row, view in followed(5_000.0)[0][:-1]:
        assert view.time[0] == pytest.approx(row.time)
        assert view.mid[0] == pytest.approx(row.remaining, rel=0.01, abs=4096)
        assert view.time[-1] >= row.time + 1.0


def test_after_the_first_pass_the_end_lies_within_what_was_foretold() -> None:
    seen, done = followed(5_000.0)
    later = [(row, view) for row, view in seen if row.pass_number > 1 and row.phase is Phase.BROWNOUT]
    assert later
    for row, view in later:
        assert view.verdict is not Verdict.WILL_NOT_CONVERGE
        assert not view.assumed
        assert view.eta.low - 0.2 <= done.total - row.time <= view.eta.high + 0.2
        assert view.blackout.low <= done.downtime <= view.blackout.high + 0.1
    assert later[-1][1].verdict is Verdict.CONVERGING


def test_progress_is_the_share_of_the_time_that_is_over_and_whole_at_the_end() -> None:
    seen, done = followed(5_000.0)
    for row, view in seen[:-1]:
        assert 0.0 < view.progress <= 0.99
        if row.pass_number > 1:
            assert view.progress == pytest.approx(row.time / done.total, abs=0.15)
    assert seen[-1][1].progress == 1.0
    assert seen[-1][1].eta.mid == 0.0


def test_what_is_stuck_ends_with_the_downtime_limit_that_is_named_and_not_with_much_less() -> None:
    _, view = stuck()
    assert view.verdict is Verdict.WILL_NOT_CONVERGE
    assert view.enough_limit is not None
    assert view.enough_limit == pytest.approx(12_800 / 256 / 64, rel=0.25), "50 MiB at 64 MiB/s"
    enough = predict(spec(40_000.0, pages=12_800, limit=view.enough_limit * 1.05), 30.0)
    assert enough.status == COMPLETED
    assert predict(spec(40_000.0, pages=12_800, limit=view.enough_limit * 0.6), 30.0).status != COMPLETED


def test_of_what_is_stuck_no_end_is_told_and_the_curve_stays_up() -> None:
    row, view = stuck()
    assert math.isinf(view.eta.mid)
    assert view.progress < 0.99
    assert view.mid[-1] > 20 * MIB
    assert view.time[-1] > row.time


def test_a_higher_bandwidth_limit_shortens_what_lies_ahead_once_it_is_reached() -> None:
    engine, forecast = Engine(), Forecast(MEMORY, 16.0 * MIB, 0.3)
    slow = replace(spec(500.0, bandwidth=16.0 * MIB), line_rate=SPEED)
    handle = engine.add(slow)
    for _ in range(100):
        forecast.update(engine.step().rows[handle])
    before = forecast.view().eta.mid
    engine.set_bandwidth(handle, 32.0 * MIB)
    forecast.set_bandwidth(32.0 * MIB)
    for _ in range(20):
        forecast.update(engine.step().rows[handle])
    assert forecast.view().eta.mid == pytest.approx((before - 2.0) / 2, rel=0.15)


def test_rows_that_come_late_are_passed_over() -> None:
    engine, forecast = Engine(), Forecast(MEMORY, SPEED, 0.3)
    handle = engine.add(spec(5_000.0))
    rows = [engine.step().rows[handle] for _ in range(30)]
    for row in rows:
        forecast.update(row)
    told = forecast.view()
    forecast.update(rows[3])
    again = forecast.view()
    assert (again.time[0], again.eta.mid) == (told.time[0], told.eta.mid)


def test_without_a_row_nothing_is_known() -> None:
    view = Forecast(MEMORY, SPEED, 0.3).view()
    assert (view.verdict, view.progress) == (Verdict.UNKNOWN, 0.0)
