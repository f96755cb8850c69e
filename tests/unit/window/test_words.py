from __future__ import annotations

import math
import re

from hypothesis import given
from hypothesis import strategies as st

from fcm.ui.migration.plots.ranges import next_length, scale_of
from fcm.ui.migration.words import about, between, sentence_of

times = st.floats(0.001, 5000.0)
_UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0}


@given(times, times)
def test_an_interval_in_words_is_never_narrower_than_the_interval(one: float, two: float) -> None:
    low, high = sorted((one, two))
    text = between(low, high)
    numbers = [float(part) for part in re.findall(r"[\d.]+", text)]
    unit = _UNITS[text.split("\N{NO-BREAK SPACE}")[-1]]
    assert numbers[-1] * unit >= high - 1e-6
    assert numbers[0] * unit <= low + 1e-6 or len(numbers) == 1


def test_intervals_are_told_in_the_unit_that_suits_them() -> None:
    told = [between(*pair).replace("\N{NO-BREAK SPACE}", " ") for pair in ((0.183, 0.257), (6.2, 8.8), (70, 170))]
    assert told == ["180 to 260 ms", "6 to 9 s", "1 to 3 min"]


def test_an_endless_interval_names_only_its_beginning() -> None:
    assert between(3.0, math.inf).startswith("more than")


def test_the_last_second_is_not_counted_down() -> None:
    assert about(0.1, 0.8).startswith("less than")


def test_a_sentence_gets_one_full_stop() -> None:
    assert [sentence_of(text) for text in ("done", "done.", "", "done?")] == ["done.", "done.", "", "done?"]


@given(st.floats(1e-3, 1e9))
def test_a_scale_has_room_for_its_value_and_is_less_than_three_times_as_long(value: float) -> None:
    assert value < scale_of(value) < 3 * value


@given(st.floats(0.0, 1e6), st.floats(1.0, 1e6), st.booleans())
def test_the_time_axis_always_shows_what_is_needed(needed: float, current: float, settled: bool) -> None:
    assert next_length(needed, current, settled) >= needed


def test_the_time_axis_stays_while_it_suits() -> None:
    assert next_length(7.0, 10.0, False) == 10.0
    assert next_length(10.5, 10.0, False) > 10.5
    assert next_length(2.0, 100.0, False) < 10.0
