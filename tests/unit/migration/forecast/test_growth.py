"""What the running forecast learns of a guest's dirtying from the readings of the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from fcm.migration.forecast.growth import FASTEST, Pair, learn
from fcm.migration.forecast.passes_ahead import Throttling

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.migration.forecast.growth import Growth

PAGE = 4096.0
SHARES = (np.arange(45) + 0.5) / 45
MIDDLE = np.zeros(45)
WINDOWS = (10.5, 5.2, 4.2, 3.4, 2.8, 2.3)


def swept(seconds: float) -> float:
    """Bytes of a range of 131,072 pages written in turn, 20,000 pages a second."""
    return min(20_000.0 * seconds, 131_072.0) * PAGE


def scattered(seconds: float) -> float:
    """Bytes of 60,000 pages written at random, 20,000 a second."""
    return 60_000.0 * -float(np.expm1(-20_000.0 * seconds / 60_000.0)) * PAGE


def learnt(law: Callable[[float], float], windows: tuple[float, ...]) -> Growth:
    return learn([Pair(t, law(t)) for t in windows], SHARES, MIDDLE, throttled=False)


def spread(growth: Growth, seconds: float) -> tuple[float, float]:
    """10 % and 90 % point of what the members find in `seconds`."""
    found = np.sort(growth.distinct(np.full(len(SHARES), seconds)))
    return float(found[4]), float(found[-5])


@pytest.mark.parametrize("law", [swept, scattered])
def test_six_readings_tell_a_law_within_a_fifth_on_shorter_windows(law: Callable[[float], float]) -> None:
    low, high = spread(learnt(law, WINDOWS), 1.5)
    assert 0.9 * law(1.5) < low <= high < 1.2 * law(1.5)


def test_one_reading_leaves_open_whether_dirtying_flattens() -> None:
    low, high = spread(learnt(swept, WINDOWS[:1]), 0.3)
    linear = 0.3 / WINDOWS[0] * swept(WINDOWS[0])
    assert low < 1.2 * linear
    assert high > 5.0 * linear


def test_a_range_that_is_swept_is_told_from_random_writing() -> None:
    sharp = [float((learnt(law, WINDOWS).sharpness == 8.0).mean()) for law in (swept, scattered)]
    assert sharp[0] > 0.4
    assert sharp[1] < 0.1


def test_readings_off_the_law_widen_what_is_foretold() -> None:
    steady = [Pair(t, scattered(t)) for t in WINDOWS]
    swinging = [Pair(t, scattered(t) * (0.6 if k % 2 else 1.6)) for k, t in enumerate(WINDOWS)]
    still, moved = (learn(pairs, SHARES, MIDDLE, throttled=False) for pairs in (steady, swinging))
    assert np.median(still.scatter) == 0.03
    assert np.median(moved.scatter) == 0.3


def test_the_readings_before_and_under_a_throttle_tell_how_much_of_a_processor_the_writer_needs() -> None:
    lazy = [Pair(2.0, 80e6, throttle=0), Pair(2.0, 80e6, throttle=20), Pair(2.0, 80e6, throttle=40)]
    busy = [Pair(2.0, 80e6, throttle=0), Pair(2.0, 64e6, throttle=20), Pair(2.0, 48e6, throttle=40)]
    needs = [float(np.median(learn(pairs, SHARES, MIDDLE, throttled=True).need)) for pairs in (lazy, busy)]
    assert needs[0] <= 0.6
    assert needs[1] == 1.0


def test_a_throttle_takes_nothing_from_a_writer_that_needs_less_than_it_leaves() -> None:
    growth = learn([Pair(2.0, 80e6, throttle=60)] * 3, SHARES, MIDDLE, throttled=True)
    kept = growth.slowed(np.full(45, 50.0))
    assert kept[growth.need <= 0.5] == pytest.approx(1.0)
    assert kept[growth.need == 1.0] == pytest.approx(0.5)


def test_a_first_pass_over_chunks_protected_late_may_stand_for_faster_writing() -> None:
    whole, part = (learn([Pair(20.0, 400e6, chunks=n)], SHARES, MIDDLE, throttled=False) for n in (1, 4))
    assert np.median(part.rate) > np.median(whole.rate)


def test_rates_beyond_any_published_one_are_rare() -> None:
    growth = learn([Pair(20.0, 4e9)], SHARES, MIDDLE, throttled=False)
    assert (growth.rate > 4 * FASTEST).mean() < 0.1


def test_auto_converge_counts_two_dirty_periods_of_more_than_a_second() -> None:
    throttling = Throttling()
    throttling.settle(0.6, 80e6, 60e6)
    assert throttling.counted == 0
    throttling.settle(0.6, 80e6, 60e6)
    assert throttling.counted == 1
    throttling.settle(1.2, 10e6, 100e6)
    assert throttling.counted == 1
    throttling.settle(1.2, 90e6, 100e6)
    assert throttling.counted == 0


def test_the_steps_of_a_throttle_are_learnt_from_what_is_reported() -> None:
    throttling = Throttling()
    for throttle in (0, 30, 30, 50):
        throttling.reported(throttle)
    assert (throttling.initial, throttling.increment, throttling.now) == (30.0, 20.0, 50.0)
