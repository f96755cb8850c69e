"""Rows of telemetry may be missing for longer than the forecast looks back."""

from __future__ import annotations

from fcm.migration.engine.policies import QEMU_7_2
from fcm.migration.forecast.forecast import Forecast
from fcm.model.telemetry import Phase, TelemetryRow


def test_a_gap_of_a_minute_between_two_rows_is_no_error() -> None:
    forecast = Forecast(1 << 30, 1e8, 0.3, rule=QEMU_7_2)
    for time, sent in ((1.0, 100e6), (61.0, 200e6), (122.0, 300e6)):
        forecast.update(TelemetryRow(time, 1, 500 << 20, round(sent), 0.0, 1e8, Phase.BROWNOUT))
    assert forecast.view().eta.low > 0
