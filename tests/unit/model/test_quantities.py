from __future__ import annotations

import math

import pytest

from fcm.model.quantities import rate, seconds, size


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
