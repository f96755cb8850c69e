"""Rules that the running forecast keeps whatever it is told."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fcm.migration.engine.policies import PRESETS
from fcm.migration.forecast.forecast import Forecast
from fcm.migration.forecast.growth import Pair, learn
from fcm.model.telemetry import Phase, TelemetryRow

if TYPE_CHECKING:
    from fcm.migration.forecast.outlook import Outlook

GIB = 1 << 30
SHARES = (np.arange(45) + 0.5) / 45


@st.composite
def telemetry(draw: st.DrawFn) -> list[TelemetryRow]:
    """Rows of a hypervisor that may report anything but times and sums that run backwards."""
    rows, time, number, sent = [], 0.0, 0, 0
    for _ in range(draw(st.integers(1, 25))):
        time += draw(st.floats(0, 3.0))
        number += draw(st.sampled_from([0, 0, 0, 1, 1, 5]))
        sent += draw(st.integers(0, GIB // 4))
        rows.append(
            TelemetryRow(
                time,
                number,
                draw(st.integers(0, 4 * GIB)),
                sent,
                0.0,
                draw(st.floats(0, 1e10)),
                draw(st.sampled_from([Phase.BROWNOUT] * 6 + list(Phase))),
                draw(st.integers(0, 99)),
            )
        )
    return rows


@settings(max_examples=60, deadline=None)
@given(telemetry(), st.sampled_from(sorted(PRESETS)), st.booleans(), st.sampled_from([0.0, 1e6, 1e9]))
def test_any_telemetry_gives_ordered_intervals_and_progress_that_never_falls(
    rows: list[TelemetryRow], preset: str, slowed: bool, bandwidth: float
) -> None:
    forecast = Forecast(2 * GIB, bandwidth, rule=PRESETS[preset], auto_converge=slowed, line_rate=bandwidth or None)
    progress = 0.0
    for row in rows:
        forecast.update(row)
        view: Outlook = forecast.view()
        assert view.progress >= progress
        assert view.progress <= 1.0
        progress = view.progress
        for interval in (view.eta, view.blackout):
            assert 0.0 <= interval.low <= interval.mid <= interval.high
        assert np.isfinite(view.low).all()
        assert np.isfinite(view.high).all()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.05, 1e4), st.floats(2048.0, 1e13), st.integers(0, 99)), min_size=1, max_size=14),
    st.booleans(),
    st.integers(1, 64),
)
def test_any_readings_give_laws_that_grow_and_flatten(
    readings: list[tuple[float, float, int]], throttled: bool, chunks: int
) -> None:
    pairs = [
        Pair(window, found, 0.03, throttle, chunks if k == 0 else 1)
        for k, (window, found, throttle) in enumerate(readings)
    ]
    growth = learn(pairs, SHARES, np.zeros(45), throttled)
    short, long = (growth.distinct(np.full(45, seconds)) for seconds in (1.0, 2.0))
    assert (long >= short).all()
    assert (long <= 2.0 * short * (1.0 + 1e-9)).all()
    assert not any(math.isnan(x) for x in short)
