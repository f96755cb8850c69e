"""When a live migration is said not to converge, and what is said to help."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from fcm.backend.convergence import ConvergenceWatch
from fcm.migration.forecast.outlook import Verdict
from fcm.model.migrations import MigrationOptions
from fcm.model.telemetry import Phase, TelemetryRow

GIB = 1 << 30


class Forecast:
    """A forecast that says what a test wants, and counts how often it is asked."""

    def __init__(self) -> None:
        self.verdict, self.remedies = Verdict.WILL_NOT_CONVERGE, ("limit the guest",)
        self.rows: list[TelemetryRow] = []
        self.looked: list[float] = []
        self.set: dict[str, float] = {}

    def update(self, row: TelemetryRow) -> None:
        self.rows.append(row)

    def view(self) -> SimpleNamespace:
        self.looked.append(self.rows[-1].time)
        return SimpleNamespace(verdict=self.verdict, reason=" It writes too fast. ", remedies=self.remedies)

    def set_bandwidth(self, value: float) -> None:
        self.set["bandwidth"] = value

    def set_downtime_limit(self, value: float) -> None:
        self.set["downtime limit"] = value


def watch(**options: Any) -> tuple[ConvergenceWatch, Forecast]:
    made, forecast = ConvergenceWatch(GIB, MigrationOptions(**options)), Forecast()
    made._forecast = forecast  # type: ignore[assignment]
    return made, forecast


def row(time: float, number: int, phase: Phase = Phase.BROWNOUT) -> TelemetryRow:
    return TelemetryRow(time, number, 1000, 1000, 10.0, 100.0, phase)


def test_it_is_said_once_after_10_s_and_3_passes_without_an_end_in_sight() -> None:
    made, _ = watch()
    said = {time: made.read(row(float(time), 2 + time // 2)) for time in range(1, 30)}
    assert [time for time, words in said.items() if words is not None] == [11]
    assert said[11] == (
        "It writes too fast.",
        "Limit the guest or cancel it. Otherwise it continues until the guest writes less memory.",
    )


def test_10_s_are_not_enough_while_the_passes_are_long_and_passes_are_not_while_they_are_short() -> None:
    made, _ = watch()
    numbers = {1: 2, 12: 4, 13: 4, 14: 5}
    assert [time for time, number in numbers.items() if made.read(row(float(time), number))] == [14]
    made, _ = watch()
    assert [time for time in range(1, 12) if made.read(row(float(time), 10 * time))] == [11]


def test_a_burst_is_no_verdict_and_the_count_begins_anew() -> None:
    made, forecast = watch()
    for time in range(1, 10):
        assert made.read(row(float(time), time + 1)) is None
    forecast.verdict = Verdict.CONVERGING
    assert made.read(row(10.0, 11)) is None
    forecast.verdict = Verdict.WILL_NOT_CONVERGE
    assert [time for time in range(11, 30) if made.read(row(float(time), time + 1))] == [21]


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.BROWNOUT])
def test_only_while_memory_is_copied_is_an_end_looked_for(phase: Phase) -> None:
    made, forecast = watch()
    assert not any(made.read(row(float(time), time, phase)) for time in range(1, 30))
    assert (len(forecast.rows), forecast.looked) == (29, [])


def test_nothing_is_looked_for_in_the_first_pass_and_then_once_a_second() -> None:
    made, forecast = watch()
    for tenth in range(1, 50):
        made.read(row(tenth / 10, 1))
    assert forecast.looked == []
    for tenth in range(50, 81):
        made.read(row(tenth / 10, 2))
    assert forecast.looked == [5.0, 6.0, 7.0, 8.0]


def test_what_was_seen_before_the_options_changed_says_nothing_of_what_comes() -> None:
    made, forecast = watch()
    for time in range(1, 11):
        made.read(row(float(time), time + 1))
    made.tuned(MigrationOptions(bandwidth=5_000_000, downtime_limit=2.0))
    assert forecast.set == {"bandwidth": 5_000_000.0, "downtime limit": 2.0}
    assert [time for time in range(11, 40) if made.read(row(float(time), time + 1))] == [21]
    made.tuned(MigrationOptions())
    assert forecast.set == {"bandwidth": 0.0, "downtime limit": 0.3}


@pytest.mark.parametrize(
    ("remedies", "options", "words"),
    [
        ((), {}, "Cancel it."),
        (("raise it", "limit it"), {}, "Raise it, limit it or cancel it."),
        (("turn on auto-converge",), {}, "Cancel it or restart it with auto-converge."),
        (("turn on auto-converge", "turn on xbzrle"), {}, "Cancel it or restart it with auto-converge."),
        (("switch to post-copy",), {}, "Cancel it or restart it with post-copy."),
        (("switch to post-copy",), {"post_copy": True}, "Switch to post-copy or cancel it."),
        (
            ("raise it", "turn on auto-converge", "limit it"),
            {},
            "Raise it, limit it, cancel it or restart it with auto-converge.",
        ),
    ],
)
def test_what_can_be_done_now_comes_before_what_needs_a_new_start(
    remedies: tuple[str, ...], options: dict[str, Any], words: str
) -> None:
    made, forecast = watch(**options)
    forecast.remedies = remedies
    said = [found for time in range(1, 20) if (found := made.read(row(float(time), time + 1)))]
    assert [remedy for _, remedy in said] == [f"{words} Otherwise it continues until the guest writes less memory."]
