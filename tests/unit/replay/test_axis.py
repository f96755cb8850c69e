"""The line of a history: quiet times are short on it, and a place and its moment belong together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.workspace.replay.axis import MOST, SHARE, axis_of

TIMES = st.lists(st.floats(0, 1e9), min_size=1, max_size=60).map(sorted)


def test_a_week_without_events_takes_little_of_the_line() -> None:
    week = 7 * 86400.0
    times = [float(second) for second in range(0, 3600, 10)]
    line = axis_of([*times, *(week + second for second in times)])
    gap = line.place(week) - line.place(times[-1])
    assert gap <= 2 * SHARE
    assert len(line.breaks) == 1
    assert line.place(times[-1]) < line.breaks[0] < line.place(week)


def test_events_at_equal_distances_are_at_equal_distances_on_the_line() -> None:
    line = axis_of([100.0, 110.0, 120.0, 130.0, 140.0])
    assert [line.place(time) for time in (100.0, 120.0, 140.0)] == pytest.approx([0.0, 0.5, 1.0])
    assert line.time(0.25) == pytest.approx(110.0)
    assert not line.breaks


def test_a_single_event_is_a_line_too() -> None:
    line = axis_of([5.0])
    assert line.place(5.0) == line.place(99.0) == 0.0
    assert line.time(0.7) == 5.0


@given(times=TIMES, at=st.floats(0, 1))
def test_places_rise_with_time_and_lead_back_to_it(times: list[float], at: float) -> None:
    line = axis_of(times)
    assert times[0] <= line.time(at) <= times[-1]
    places = [line.place(time) for time in times]
    assert places == sorted(places)
    assert all(0.0 <= place <= 1.0 for place in places)
    for time in times:
        assert line.time(line.place(time)) == pytest.approx(time, abs=(times[-1] - times[0]) * 1e-6 + 1e-6)
    assert sum(line.share) == len(times)


def test_of_very_many_events_the_ends_stay() -> None:
    line = axis_of([float(number) for number in range(3 * MOST + 5)])
    assert line.times[0] == 0.0
    assert line.times[-1] == 3 * MOST + 4
    assert len(line.times) <= MOST + 2
