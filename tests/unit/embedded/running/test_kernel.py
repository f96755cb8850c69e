from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.backend.embedded.kernel import Kernel, VirtualClock


@given(st.lists(st.floats(0, 100), max_size=20))
def test_what_is_due_happens_in_the_order_of_time_and_then_of_scheduling(delays: list[float]) -> None:
    kernel = Kernel()
    happened: list[tuple[float, int]] = []
    for number, delay in enumerate(delays):
        kernel.after(delay, lambda number=number: happened.append((kernel.now, number)))  # type: ignore[misc]
    while kernel.step(1000.0):
        pass
    assert happened == sorted((delay, number) for number, delay in enumerate(delays))
    assert kernel.now == 1000.0


def test_a_canceled_timer_does_not_happen_and_is_not_due() -> None:
    kernel = Kernel()
    happened: list[str] = []
    timer = kernel.after(1.0, lambda: happened.append("canceled"))
    kernel.after(2.0, lambda: happened.append("kept"))
    timer.cancel()
    assert kernel.next_due == 2.0
    assert kernel.step(5.0)
    assert not kernel.step(5.0)
    assert happened == ["kept"]


def test_nothing_happens_before_it_is_due() -> None:
    kernel = Kernel()
    happened: list[float] = []
    kernel.after(1.0, lambda: happened.append(kernel.now))
    assert not kernel.step(0.999)
    assert kernel.now == 0.999
    assert happened == []


def test_what_is_scheduled_for_the_past_happens_now() -> None:
    kernel = Kernel()
    kernel.now = 10.0
    kernel.at(5.0, lambda: None)
    assert kernel.next_due == 10.0


def test_without_end_of_time_the_clock_stays_at_the_last_event() -> None:
    kernel = Kernel()
    kernel.after(3.0, lambda: None)
    while kernel.step(math.inf):
        pass
    assert kernel.now == 3.0


def test_an_unpaced_clock_shows_the_time_of_the_kernel_at_any_speed() -> None:
    kernel = Kernel()
    clock = VirtualClock(kernel, 60.0, paced=False, wake=lambda: None)
    kernel.now = 42.0
    assert clock.now() == 42.0
    clock.set_speed(0)
    assert (clock.speed, clock.now()) == (0, 42.0)


def test_a_clock_refuses_to_run_backwards() -> None:
    clock = VirtualClock(Kernel(), 1.0, paced=False, wake=lambda: None)
    for speed in (-1.0, math.nan):
        with pytest.raises(ValueError, match="clock speed"):
            clock.set_speed(speed)


def test_a_paused_clock_stands_and_knows_no_delay() -> None:
    kernel = Kernel()
    woken: list[bool] = []
    clock = VirtualClock(kernel, 1.0, paced=True, wake=lambda: woken.append(True))
    clock.anchor()
    clock.set_speed(0)
    assert woken == [True]
    assert clock.real_delay(100.0) is None
    standing = clock.now()
    assert clock.now() == standing


def test_a_faster_clock_waits_shorter() -> None:
    kernel = Kernel()
    clock = VirtualClock(kernel, 10.0, paced=True, wake=lambda: None)
    clock.anchor()
    delay = clock.real_delay(100.0)
    assert delay is not None
    assert 9.0 < delay <= 10.0
    clock.set_speed(math.inf)
    assert clock.real_delay(100.0) == 0.0
    assert clock.target() == math.inf


def test_a_clock_that_was_stopped_goes_nowhere() -> None:
    clock = VirtualClock(Kernel(), math.inf, paced=True, wake=lambda: None)
    clock.stopped = True
    assert clock.target() == 0.0
    assert clock.real_delay(5.0) is None


def test_a_time_that_was_told_is_not_taken_back_when_something_turns_out_to_be_due_before_it() -> None:
    kernel = Kernel()
    clock = VirtualClock(kernel, 1e6, paced=True, wake=lambda: None)
    clock.anchor()
    told = clock.now()
    kernel.at(told / 2, lambda: None)
    assert kernel.next_due == told / 2 > 0
    assert clock.now() >= told
