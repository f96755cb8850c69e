from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.model.quantities import apart, milliseconds, rate, seconds, size


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0 ms"),
        (0.0004, "0.4 ms"),
        (0.18, "180 ms"),
        (6.4, "6.4 s"),
        (185.0, "3 min 5 s"),
        (7800.0, "2 h 10 min"),
        (1.1e6, "12.7 days"),
        (3e7, "347 days"),
        (1e8, "3.2 years"),
        (1e12, "31,688 years"),
        (math.inf, "without end"),
    ],
)
def test_a_duration_is_said_in_the_unit_that_suits_it_from_moments_to_years(value: float, words: str) -> None:
    assert seconds(value) == words


@pytest.mark.parametrize(
    ("value", "words"), [(9, "9 B"), (2**34, "16 GiB"), (12 * 2.0**40, "12 TiB"), (1.5 * 2.0**50, "1.5 PiB")]
)
def test_a_size_is_said_in_the_unit_that_suits_it(value: float, words: str) -> None:
    assert size(value) == words


@pytest.mark.parametrize(
    ("value", "words"), [(125e3, "1 Mbit/s"), (12.5e9, "100 Gbit/s"), (1e11, "800 Gbit/s"), (2.5e11, "2 Tbit/s")]
)
def test_a_rate_is_said_in_bits(value: float, words: str) -> None:
    assert rate(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (64 * 2**20, "64 MiB"),
        (150 * 2**20, "150 MiB"),
        (1000 * 2**30, "1,000 GiB"),
        (1023.4 * 2**20, "1,023 MiB"),
        (1023.9 * 2**20, "1 GiB"),
        (1.04 * 2**30, "1.04 GiB"),
        (46.875 * 2**20, "46.9 MiB"),
        (9.999 * 2**20, "10 MiB"),
        (0, "0 B"),
    ],
)
def test_a_size_keeps_three_digits_and_never_reaches_the_next_unit(value: float, words: str) -> None:
    assert size(value) == words


@given(st.integers(0, 2**60))
def test_what_is_said_of_a_size_is_within_half_a_percent_of_it(value: int) -> None:
    number, unit = size(value).split(" ")
    units = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "PiB": 2**50}
    assert float(number.replace(",", "")) * units[unit] == pytest.approx(value, rel=0.005)


@given(st.integers(0, 2**50), st.integers(1, 2**40))
def test_two_sizes_that_differ_are_said_to_differ(less: int, by: int) -> None:
    first, second = apart(less, less + by)
    assert first != second


def test_what_is_just_too_little_is_said_with_the_digits_that_show_it() -> None:
    assert apart(8 * 2**30 - 2**20, 8 * 2**30) == ("7.999 GiB", "8 GiB")
    assert apart(3 * 2**30, 8 * 2**30) == ("3 GiB", "8 GiB")


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "0 ms"), (0.00042, "0.42 ms"), (0.0125, "12.5 ms"), (1.25, "1,250 ms"), (1.5e-11, "0.000000015 ms")],
)
def test_a_short_time_keeps_its_digits_as_well(value: float, words: str) -> None:
    assert milliseconds(value) == words


@pytest.mark.parametrize("unit", ["KiB", "MiB", "GiB", "TiB", "PiB"])
def test_a_size_has_three_digits_that_count_from_one_to_a_hundred(unit: str) -> None:
    factor = 1024.0 ** (1 + "KMGTP".index(unit[0]))
    for value in (1.0, 1.234, 8.994, 8.996, 9.123, 9.876, 9.994, 9.996, 10.26, 43.21, 99.94, 99.96, 512.4):
        assert size(value * factor) == f"{float(f'{value:.3g}'):g} {unit}"


@pytest.mark.parametrize("value", [0.00123, 0.0456, 0.789, 0.9994, 0.9996, 1.004])
def test_a_short_time_has_three_digits_that_count(value: float) -> None:
    thousandths = milliseconds(value / 1000.0).split(" ")[0]
    assert float(thousandths) == pytest.approx(float(f"{value:.3g}"), rel=1e-9)
