from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from fcm.migration.engine import Engine
from fcm.migration.forecast import Forecast
from fcm.migration.outlook import Verdict
from fcm.migration.recording import load_qemu_recording
from fcm.migration.specification import MigrationSpec
from fcm.migration.workload import Uniform, Workload
from fcm.model.telemetry import Phase, TelemetryRow

DATA = Path(__file__).parents[2] / "data" / "recordings"
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
    view = watched(100.0, 100e6, 5.0).view()
    assert view.assumed
    assert view.verdict is Verdict.UNKNOWN
    assert view.eta.low <= 5.8 <= view.eta.high


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


def test_a_link_that_carries_nothing_is_told() -> None:
    forecast = Forecast(GIB, 1e8)
    for k in range(5):
        forecast.update(TelemetryRow(k * 0.1, 1, GIB, 0, 0.0, 0.0, Phase.BROWNOUT))
    assert "Nothing is being sent" in forecast.view().reason


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


def test_eighty_per_cent_intervals_hold_the_truth_as_often_as_they_say() -> None:
    held = []
    for path in sorted(DATA.glob("*.json")):
        recording = load_qemu_recording(path)
        if recording.final is None:
            continue
        forecast = Forecast(recording.memory, recording.bandwidth, recording.downtime_limit, line_rate=1.2e9)
        for k in range(len(recording)):
            row = recording.row(k)
            forecast.update(row)
            late = row.pass_number > 1 or row.remaining < recording.memory / 2
            if late and k % 4 == 0 and row.phase is Phase.BROWNOUT:
                eta = forecast.view().eta
                held.append(eta.low <= recording.final.total - row.time <= eta.high)
    assert 0.70 <= float(np.mean(held)) <= 0.92


def test_a_close_call_is_told_by_what_speaks_against_an_end() -> None:
    """The sentence never says that nothing is dirtied again, nor asks for a lower limit than there is."""
    limit, rate = 0.3, 118e6
    forecast = Forecast(memory=4 << 30, bandwidth=rate, downtime_limit=limit)
    # One whole pass and a second one whose size stands between ending and not ending.
    for step in range(375):
        sent = int(step * rate / 10)
        forecast.update(TelemetryRow(step / 10, 1, max(0, (4 << 30) - sent), sent, 0.0, rate, Phase.BROWNOUT))
    for step in range(30):
        sent = int((375 + step) * rate / 10)
        left = max(0, (588 << 20) - int(step * rate / 10))
        forecast.update(TelemetryRow(37.5 + step / 10, 2, left, sent, 21_000.0, rate, Phase.BROWNOUT))
    said = forecast.view()

    limits = [float(word) for text in said.remedies if "limit" in text for word in text.split() if word.isdigit()]
    assert said.verdict is not Verdict.WILL_NOT_CONVERGE
    assert "0.0 MiB are dirtied" not in said.reason
    assert all(wanted > limit * 1000 for wanted in limits)
