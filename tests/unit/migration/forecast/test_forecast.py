from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from fcm.migration.engine.engine import Engine
from fcm.migration.engine.specification import MigrationSpec
from fcm.migration.engine.workload import Uniform, Workload
from fcm.migration.forecast.ensemble import PUBLISHED_EXTRA
from fcm.migration.forecast.forecast import Forecast
from fcm.migration.forecast.outlook import Verdict
from fcm.migration.judging.prediction import predict
from fcm.migration.recordings.laboratory_form import load_qemu_recording
from fcm.migration.validation.calibration import calibration, replay
from fcm.model.telemetry import Phase, TelemetryRow

DATA = Path(__file__).parents[3] / "data" / "recordings"
GIB = 1 << 30


def watched(rate: float, bandwidth: float, seconds: float) -> Forecast:
    """A forecast that has seen an embedded migration for some seconds."""
    engine = Engine()
    handle = engine.add(MigrationSpec(Workload((Uniform(45056, 65536, rate),)), GIB, bandwidth=bandwidth))
    forecast = Forecast(GIB, bandwidth, 0.3)
    for _ in range(round(seconds * 10)):
        forecast.update(engine.step().rows[handle])
    return forecast


def test_before_the_first_reading_the_outlook_says_that_it_is_assumed() -> None:
    forecast = watched(8000.0, 100e6, 5.0)
    view = forecast.view()
    left = predict(MigrationSpec(Workload((Uniform(45056, 65536, 8000.0),)), GIB, bandwidth=100e6)).total - 5.0
    assert view.assumed
    assert view.verdict is Verdict.UNKNOWN
    assert view.eta.low <= left <= view.eta.high


def test_a_hopeless_migration_is_told_with_reason_and_remedies() -> None:
    view = watched(40_000.0, 50e6, 60.0).view()
    assert view.verdict is Verdict.WILL_NOT_CONVERGE
    assert "300 ms" in view.reason
    assert any("downtime limit" in r for r in view.remedies)
    assert math.isinf(view.eta.mid)


def test_a_quiet_guest_is_foretold_to_converge_after_the_first_pass() -> None:
    forecast = watched(8000.0, 100e6, 13.0)
    view = forecast.view()
    assert view.verdict is Verdict.CONVERGING
    assert 0.0 < view.blackout.low < view.blackout.high < 0.6


def test_the_band_starts_at_what_remains_and_keeps_its_order() -> None:
    forecast = watched(15_000.0, 100e6, 12.0)
    view = forecast.view()
    assert view.low[0] == view.mid[0] == view.high[0]
    assert (view.low <= view.mid + 1e-6).all()
    assert (view.mid <= view.high + 1e-6).all()
    assert (np.diff(view.time) > 0).all()


def test_a_larger_downtime_limit_turns_the_verdict() -> None:
    forecast = watched(40_000.0, 50e6, 60.0)
    forecast.set_downtime_limit(30.0)
    assert forecast.view().verdict is Verdict.CONVERGING


@pytest.mark.parametrize("told", [0.0, 250e6])
@pytest.mark.parametrize("seconds", [6.0, 60.0])
def test_a_limit_taken_away_on_the_way_no_longer_holds_what_lies_ahead(told: float, seconds: float) -> None:
    engine = Engine()
    engine.set_link("wire", 250e6)
    spec = MigrationSpec(Workload((Uniform(45056, 65536, 40_000.0),)), GIB, bandwidth=50e6, links=("wire",))
    handle = engine.add(spec)
    forecast = Forecast(GIB, 50e6, 0.3, line_rate=250e6)
    for _ in range(round(seconds * 10)):
        forecast.update(engine.step().rows[handle])
    held = forecast.view()
    engine.set_bandwidth(handle, 0.0)
    forecast.set_bandwidth(told)
    for _ in range(12):
        forecast.update(engine.step().rows[handle])
    free = forecast.view()
    left = 0.0
    while handle in engine:
        left += 0.1
        engine.step()
    assert held.eta.low > free.eta.high
    assert free.eta.low <= left <= free.eta.high
    assert free.blackout.high < 0.5


def test_a_link_that_carries_nothing_is_told() -> None:
    forecast = Forecast(GIB, 1e8)
    for k in range(5):
        forecast.update(TelemetryRow(k * 0.1, 1, GIB, 0, 0.0, 0.0, Phase.BROWNOUT))
    assert "No data is being sent" in forecast.view().reason


def test_a_finished_migration_stands_at_its_end() -> None:
    forecast = Forecast(GIB, 1e8)
    forecast.update(TelemetryRow(1.0, 1, GIB, 0, 0.0, 1e8, Phase.BROWNOUT))
    forecast.update(TelemetryRow(11.0, 2, 0, GIB, 0.0, 1e8, Phase.COMPLETED))
    assert forecast.view().progress == 1.0


@pytest.mark.parametrize("name", ["uniform-20k.2", "two-class-hot4k.2", "auto-converge-30k.0", "sweep-2GiB.0"])
def test_progress_never_runs_backwards(name: str) -> None:
    recording = load_qemu_recording(DATA / f"{name}.json")
    forecast = Forecast(recording.memory, recording.bandwidth, recording.downtime_limit)
    seen = []
    for k in range(0, len(recording), 3):
        forecast.update(recording.row(k))
        seen.append(forecast.view().progress)
    assert seen == sorted(seen)


def test_eighty_per_cent_intervals_hold_as_often_as_they_say_over_all_recordings() -> None:
    files = sorted([*DATA.glob("*.json"), *(DATA.parent / "calibration").glob("*.json")])
    assert len(files) > 90
    cases = [replay(path.stem, load_qemu_recording(path), every=5) for path in files]
    figures = calibration([c for c in cases if c is not None])
    for counted in (figures, figures["by_run"]):
        for kind in ("eta", "blackout"):
            assert 0.70 <= counted[kind]["held"] <= 0.90


def test_a_run_that_did_not_end_is_not_compared_with_an_end() -> None:
    assert replay("never", load_qemu_recording(DATA / "never-converges-48MiB.0.json")) is None


def test_zero_pages_ahead_in_the_first_pass_shorten_the_time_to_the_end() -> None:
    full, half_zero = Forecast(GIB, 1e8, 0.3), Forecast(GIB, 1e8, 0.3)
    for k in range(20):
        sent = k * 10_000_000
        full.update(TelemetryRow(k * 0.1, 1, GIB - sent, sent, 0.0, 1e8, Phase.BROWNOUT))
        half_zero.update(TelemetryRow(k * 0.1, 1, GIB - 2 * sent, sent, 0.0, 1e8, Phase.BROWNOUT))
    assert half_zero.view().eta.low < 0.5 * full.view().eta.low


def test_before_the_first_reading_as_much_is_sent_as_in_published_runs() -> None:
    forecast = Forecast(GIB, 1e8, 0.3)
    for k in range(10):
        sent = k * 10_000_000
        forecast.update(TelemetryRow(k * 0.1, 1, GIB - sent, sent, 0.0, 1e8, Phase.BROWNOUT))
    eta = forecast.view().eta
    assert 0.7 * max(PUBLISHED_EXTRA) * GIB / 1e8 <= eta.high - eta.low <= 1.1 * max(PUBLISHED_EXTRA) * GIB / 1e8
