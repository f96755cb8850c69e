"""The virtual clock for one who waits: it stands still at the time, or at once when something has happened."""

from __future__ import annotations

import math

import pytest

from fcm.backend.embedded.kernel import Kernel, VirtualClock


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


def clock_of(kernel: Kernel, speed: float = math.inf) -> VirtualClock:
    clock = VirtualClock(kernel, speed, paced=True, wake=lambda: None)
    clock.anchor()
    return clock


def test_as_fast_as_possible_ends_at_the_time_that_somebody_waits_for(kernel: Kernel) -> None:
    clock, reached = clock_of(kernel), list[float]()
    assert clock.target() == math.inf
    clock.hold(50.0, lambda: reached.append(kernel.now))
    assert clock.target() == 50.0
    kernel.now = 49.0
    clock.tell()
    assert reached == []
    kernel.now = 50.0
    clock.tell()
    clock.tell()
    assert reached == [50.0], "told once"


def test_what_happens_before_ends_the_wait_at_that_moment(kernel: Kernel) -> None:
    clock, reached = clock_of(kernel), list[float]()
    clock.hold(math.inf, lambda: reached.append(kernel.now))
    kernel.now = 7.0
    clock.tell()
    assert reached == []
    clock.happened()
    assert clock.target() == 7.0
    clock.tell()
    assert reached == [7.0]


def test_what_happens_while_nobody_waits_holds_nothing_up(kernel: Kernel) -> None:
    clock = clock_of(kernel)
    kernel.now = 7.0
    clock.happened()
    assert clock.target() == math.inf


def test_after_the_release_time_goes_on_and_nobody_is_told(kernel: Kernel) -> None:
    clock, reached = clock_of(kernel), list[float]()
    clock.hold(5.0, lambda: reached.append(kernel.now))
    kernel.now = 5.0
    clock.release()
    clock.tell()
    assert (reached, clock.target()) == ([], math.inf)


def test_the_pacer_sleeps_until_the_limit_and_no_longer_than_until_what_is_due(kernel: Kernel) -> None:
    clock = clock_of(kernel, speed=1.0)
    clock.hold(20.0, lambda: None)
    beyond, before = clock.real_delay(100.0), clock.real_delay(10.0)
    assert beyond is not None
    assert before is not None
    assert 19.0 < beyond <= 20.0
    assert 9.0 < before <= 10.0
    kernel.now = 20.0
    assert clock.real_delay(100.0) is None, "it stands at the limit until somebody lets it go on"


@pytest.mark.parametrize("speed", [1.0, math.inf])
def test_where_nothing_is_due_the_pacer_sleeps_until_it_is_woken(kernel: Kernel, speed: float) -> None:
    assert clock_of(kernel, speed).real_delay(math.inf) is None


def test_what_is_due_already_is_not_waited_for(kernel: Kernel) -> None:
    kernel.now = 30.0
    assert clock_of(kernel, speed=1.0).real_delay(29.0) == 0.0


def test_the_lag_is_how_far_the_kernel_is_behind_in_real_seconds(kernel: Kernel) -> None:
    assert clock_of(kernel, speed=0.0).lag() == 0.0
    assert clock_of(kernel, speed=math.inf).lag() == math.inf
    kernel.now = 100.0
    clock = clock_of(kernel, speed=10.0)
    kernel.now = 60.0
    assert 4.0 <= clock.lag() < 14.0


def test_a_clock_never_shows_a_time_at_which_something_is_still_to_happen(kernel: Kernel) -> None:
    clock = clock_of(kernel, speed=1e9)
    kernel.at(0.25, lambda: None)
    assert kernel.next_due == 0.25
    assert clock.now() <= 0.25


def test_a_stopped_clock_tells_neither_time_nor_delay_at_any_speed(kernel: Kernel) -> None:
    for speed in (1.0, math.inf):
        clock = clock_of(kernel, speed)
        clock.stopped = True
        assert (clock.target(), clock.real_delay(5.0)) == (kernel.now, None)
