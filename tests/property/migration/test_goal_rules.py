"""Rules of the steering that hold whatever a migration does: nothing beyond what is permitted or the longest pause."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fcm.migration.engine.specification import MigrationSpec
from fcm.migration.engine.workload import Uniform, Workload
from fcm.migration.forecast.outlook import Interval
from fcm.migration.goals.decisions import Expected, Reading, Step, StepKind, decide
from fcm.migration.goals.goals import Goals, Permitted, chance
from fcm.migration.goals.opening import opening, throttle_steps
from fcm.migration.goals.trial import Steered, tried
from fcm.model.migrations import MigrationOptions

MIB = 1 << 20
TIMES = st.floats(0.1, 1000.0)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    """Of anything that takes time, with open ends."""
    low, mid, high = sorted(draw(st.lists(TIMES, min_size=3, max_size=3)))
    opened = draw(st.integers(0, 2))
    return Interval(low, mid if opened < 2 else math.inf, high if opened < 1 else math.inf)


@given(intervals(), TIMES, TIMES)
def test_a_chance_is_between_none_and_certain_and_never_falls_with_more_time(
    interval: Interval, one: float, other: float
) -> None:
    less, more = sorted((one, other))
    assert 0.0 <= chance(interval, less) <= chance(interval, more) <= 1.0
    if math.isinf(interval.high):
        assert chance(interval, more) <= 0.7


@st.composite
def situations(draw: st.DrawFn) -> tuple[Reading, Goals, Permitted, float]:
    """A migration anywhere on its way."""
    goals = Goals(draw(st.none() | st.floats(1.0, 2000.0)), draw(st.none() | st.floats(0.02, 5.0)))
    permitted = Permitted(draw(st.none() | st.integers(MIB, 1000 * MIB)), draw(st.booleans()), draw(st.booleans()))
    most = goals.most_limit(draw(st.floats(0.0, 0.5)))
    time = draw(st.floats(0.0, 3000.0))
    second = draw(st.none() | st.floats(0.0, max(time, 0.1)))
    start = draw(st.none() | st.integers(MIB, permitted.bandwidth or 1000 * MIB))
    seen = Reading(
        time,
        1 if second is None else draw(st.integers(2, 60)),
        draw(st.floats(1e5, 1e10)),
        draw(st.floats(goals.first_limit(0.5), max(most, goals.first_limit(0.5)))),
        start,
        second,
        draw(st.floats(0.0, 500.0)),
        draw(st.floats(0.0, 1e11)),
        (draw(st.floats(0.0, 100.0)), draw(st.integers(0, 50))),
        draw(st.booleans()),
    )
    return seen, goals, permitted, most


def _what_limits_bring(draw: tuple[float, float, float, float]) -> object:
    """Longer limits end sooner and more surely, with longer pauses; any such course."""
    scale, level, pause, slope = draw

    def expect(limit: float) -> Expected:
        end = scale / (limit + 1e-3) ** slope
        in_time = 1.0 - math.exp(-limit * level)
        return Expected(in_time, max(0.0, 1.0 - limit * pause), end, 2.0 * end if in_time > 0.5 else math.inf)

    return expect


COURSES = st.tuples(st.floats(0.01, 100), st.floats(0.0, 50), st.floats(0.0, 2.0), st.floats(0.0, 2.0))


@settings(max_examples=300)
@given(situations(), COURSES)
def test_a_step_never_goes_beyond_what_is_permitted_nor_plans_a_pause_beyond_the_goal(
    situation: tuple[Reading, Goals, Permitted, float], course: tuple[float, float, float, float]
) -> None:
    seen, goals, permitted, most = situation
    step = decide(seen, goals, permitted, most, _what_limits_bring(course))  # type: ignore[arg-type]
    if step is None:
        return
    assert step.kind is not StepKind.WARNING
    assert step.text.endswith(".")
    if step.downtime_limit is not None:
        assert 0 < step.downtime_limit <= max(most, seen.limit)
        assert step.downtime_limit <= most or step.downtime_limit < seen.limit
        assert step.downtime_limit <= goals.longest_pause or step.downtime_limit < seen.limit
    if step.bandwidth is not None:
        assert step.bandwidth == (permitted.bandwidth or 0)
        assert seen.bandwidth is not None
    assert not step.post_copy or permitted.post_copy


@settings(max_examples=200)
@given(situations(), COURSES, st.floats(0.1, 0.95))
def test_less_time_never_leads_to_a_shorter_pause(
    situation: tuple[Reading, Goals, Permitted, float], course: tuple[float, float, float, float], share: float
) -> None:
    seen, goals, permitted, most = situation
    if goals.within is None or seen.second_pass is None:
        return
    seen = replace(seen, bandwidth=permitted.bandwidth, limit=min(seen.limit, most))
    permitted = replace(permitted, post_copy=False)
    expect = _what_limits_bring(course)
    sooner = Goals(max(seen.second_pass, goals.within * share), goals.pause)
    planned = [_limit(decide(seen, one, permitted, most, expect), seen) for one in (goals, sooner)]  # type: ignore[arg-type]
    assert planned[1] >= planned[0] * (1 - 1e-9)


def _limit(step: Step | None, seen: Reading) -> float:
    return seen.limit if step is None or step.downtime_limit is None else step.downtime_limit


OPTIONS = st.builds(
    MigrationOptions,
    bandwidth=st.none() | st.integers(MIB, 1000 * MIB),
    auto_converge=st.booleans(),
    post_copy=st.booleans(),
    move_within=st.none() | st.floats(1.0, 5000.0),
    pause_at_most=st.none() | st.floats(0.02, 10.0),
)


@given(OPTIONS, st.integers(64 * MIB, 1 << 40), st.none() | st.floats(1e6, 1e11), st.floats(0.0, 0.3))
def test_nothing_is_turned_on_at_the_begin_that_is_not_permitted(
    options: MigrationOptions, memory: int, capacity: float | None, overhead: float
) -> None:
    begun = opening(options, memory, capacity, overhead).options
    assert replace(
        begun, downtime_limit=None, bandwidth=None, auto_converge_initial=None, auto_converge_increment=None
    ) == replace(options, bandwidth=None)
    assert begun.downtime_limit is not None
    assert 0 < begun.downtime_limit <= (options.pause_at_most or 1.0)
    if options.bandwidth is not None:
        assert begun.bandwidth is not None
        assert begun.bandwidth <= options.bandwidth
    if not options.auto_converge:
        assert (begun.auto_converge_initial, begun.auto_converge_increment) == (None, None)


@given(st.floats(1.0, 5000.0), st.floats(1.0, 5000.0), st.integers(64 * MIB, 1 << 38), st.floats(1e6, 1e10))
def test_less_time_never_leads_to_a_gentler_throttle(one: float, other: float, memory: int, speed: float) -> None:
    short, long = sorted((one, other))
    quick, gentle = (throttle_steps(Goals(within), memory, speed) for within in (short, long))
    assert quick[0] >= gentle[0]
    assert quick[1] >= gentle[1]
    assert all(1 <= percent <= 99 for percent in (*quick, *gentle))


@pytest.mark.parametrize("permitted", [(False, False), (True, False), (True, True)])
@settings(max_examples=6, deadline=None)
@given(st.floats(0.1, 1.5), st.floats(1.2, 4.0), st.sampled_from([0.1, 0.3, 1.0]))
def test_a_steered_migration_keeps_its_pause_and_uses_only_what_is_permitted(
    permitted: tuple[bool, bool], writes: float, factor: float, pause: float
) -> None:
    bandwidth = 64.0 * MIB
    guest = Workload((Uniform(0, 16384, writes * bandwidth / 4096),))
    spec = MigrationSpec(guest, 256 * MIB, bandwidth=bandwidth, line_rate=bandwidth)
    throttle, post_copy = permitted
    within = factor * spec.pass_time
    rule = Steered(MigrationOptions(auto_converge=throttle, post_copy=post_copy, move_within=within,
                                    pause_at_most=pause), bandwidth)  # fmt: skip
    outcome = tried(spec, rule, 4.0 * within + 20.0)
    if math.isfinite(outcome.pause):
        assert outcome.pause <= pause
    assert outcome.post_copy is False or post_copy
    assert outcome.throttle == 0 or throttle
    limits = [step.downtime_limit for step in rule.steps if step.downtime_limit is not None]
    assert all(limit <= pause for limit in limits)
    if post_copy:
        assert math.isfinite(outcome.total)
