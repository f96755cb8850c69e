"""What the engine counts and when it does what, in figures that can be reckoned by hand."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from fcm.migration.engine.engine import Engine
from fcm.migration.engine.links import max_min_shares
from fcm.migration.engine.policies import HYPERV
from fcm.migration.engine.specification import ZERO_PAGE_COST, Capability, MigrationSpec
from fcm.migration.engine.throttle import slowdown
from fcm.migration.engine.workload import PAGE, Burst, Scattered, Sweep, Uniform, Workload, Zipf, zipf_bins
from fcm.model.telemetry import FinalFigures, Phase, TelemetryRow
from tests.unit.migration.running import run_to_end

MIB = 1 << 20
MEMORY = 256 * MIB
PAGES = MEMORY // PAGE
SILENT = Workload((Uniform(0, 16, 1e-6),))
"""Writes next to nothing, so that one pass is all there is to send."""


def plan(work: Workload = SILENT, bandwidth: float = 64.0 * MIB, **more: Any) -> MigrationSpec:
    return MigrationSpec(work, memory=MEMORY, bandwidth=bandwidth, **more)


def end(spec: MigrationSpec, engine: Engine | None = None) -> FinalFigures:
    (done,) = run_to_end([spec], engine=engine)
    assert done is not None
    return done


def rows(engine: Engine, handle: int, windows: int) -> list[TelemetryRow]:
    return [engine.step().rows[handle] for _ in range(windows)]


# Bytes and seconds


def test_each_page_goes_over_the_wire_with_a_header_of_8_bytes() -> None:
    assert end(plan()).bytes == pytest.approx(PAGES * (PAGE + 8), rel=1e-6)


def test_a_multifd_packet_of_128_pages_has_1344_bytes_of_its_own() -> None:
    packed = plan(capabilities=frozenset({Capability.MULTIFD}))
    assert end(packed).bytes == pytest.approx(PAGES * PAGE + PAGES / 128 * 1344, rel=1e-6)


def test_a_zero_page_goes_as_9_bytes_and_the_time_to_find_out() -> None:
    done = end(plan(Workload(SILENT.patterns, zero_share=0.5)))
    assert done.bytes == pytest.approx(PAGES / 2 * (PAGE + 8) + PAGES / 2 * 9, rel=1e-3)
    costly, free = (end(plan(Workload((), zero_share=1.0), zero_page_cost=cost)) for cost in (1e-4, 0.0))
    assert costly.total - free.total == pytest.approx(PAGES * 1e-4, rel=0.05)
    assert pytest.approx(0.7e-6) == ZERO_PAGE_COST


def test_a_migration_takes_the_set_up_the_bytes_and_the_start_at_the_destination() -> None:
    done = end(plan(setup_time=2.0, fixed_downtime=0.25))
    assert done.total == pytest.approx(2.0 + PAGES * (PAGE + 8) / (64.0 * MIB) + 0.25, abs=0.11)
    assert done.downtime >= 0.25


def test_what_is_dirty_at_the_end_and_the_start_at_the_destination_make_the_blackout() -> None:
    """1,600 pages that are always dirty, 6.25 MiB, take a tenth of a second at 64 MiB/s."""
    busy = plan(Workload((Uniform(0, 1600, 1e7),)), rule=HYPERV, fixed_downtime=0.05)
    assert end(busy).downtime == pytest.approx(1600 * (PAGE + 8) / (64 * MIB) + 0.05, rel=0.02)


def test_the_last_copy_goes_as_fast_as_the_line_whatever_the_limit() -> None:
    busy = Workload((Uniform(0, 4000, 1e7),))
    slow, fast = (end(plan(busy, line_rate=rate, fixed_downtime=0.0)) for rate in (64.0 * MIB, 256.0 * MIB))
    assert slow.downtime == pytest.approx(4 * fast.downtime, rel=0.05)


def test_a_share_of_the_limit_that_is_not_reached_makes_it_longer_in_its_proportion() -> None:
    whole, half = (end(plan(bandwidth_share=share, setup_time=0.0)).total for share in (1.0, 0.5))
    assert half == pytest.approx(2 * whole, rel=0.05)


def test_a_measured_bandwidth_over_time_replaces_the_limit() -> None:
    """8 s at 16 MiB/s, the other half at 64."""
    series = ((0.0, 16.0 * MIB), (8.0, 16.0 * MIB), (8.01, 64.0 * MIB), (100.0, 64.0 * MIB))
    assert end(plan(bandwidth_series=series)).total == pytest.approx(8.0 + 2.0, abs=0.2)


def test_no_limit_leaves_the_line() -> None:
    engine = Engine()
    handle = engine.add(plan(bandwidth=16.0 * MIB, line_rate=32.0 * MIB, setup_time=0.0))
    assert rows(engine, handle, 2)[-1].rate == pytest.approx(16.0 * MIB, rel=0.01)
    engine.set_bandwidth(handle, 0)
    assert rows(engine, handle, 2)[-1].rate == pytest.approx(32.0 * MIB, rel=0.01)
    engine.set_bandwidth(handle, 8.0 * MIB)
    assert rows(engine, handle, 2)[-1].rate == pytest.approx(8.0 * MIB, rel=0.01)


def test_a_row_in_the_set_up_has_no_pass_and_all_of_the_memory_before_it() -> None:
    engine = Engine()
    handle = engine.add(plan(setup_time=0.5))
    first = engine.step().rows[handle]
    assert (first.phase, first.pass_number, first.remaining, first.sent) == (Phase.SETUP, 0, MEMORY, 0)
    assert first.time == pytest.approx(0.1)
    later = rows(engine, handle, 5)
    assert [row.phase for row in later] == [Phase.SETUP] * 4 + [Phase.BROWNOUT]
    assert later[-1].pass_number == 1


def test_the_dirty_rate_is_what_was_found_dirty_by_the_second() -> None:
    """1,000 writes/s to pages that are hardly ever hit twice."""
    engine = Engine()
    spec = plan(Workload((Uniform(0, 60_000, 1_000.0),)), bandwidth=32.0 * MIB, downtime_limit=0.001)
    handle = engine.add(spec)
    row = engine.step().rows[handle]
    assert row.dirty_rate == 0.0, "nothing was read yet"
    while row.pass_number < 2:
        row = engine.step().rows[handle]
    assert row.dirty_rate == pytest.approx(60_000 * (1 - math.exp(-row.time / 60)) / row.time, rel=0.05)


def test_a_handle_that_is_gone_cannot_be_canceled_or_tuned() -> None:
    engine = Engine()
    handle = engine.add(plan())
    engine.cancel(handle)
    for action in (engine.cancel, lambda h: engine.set_bandwidth(h, 1.0), lambda h: engine.set_downtime_limit(h, 1.0)):
        with pytest.raises(KeyError):
            action(handle)
    assert len(engine) == 0


def test_more_migrations_than_there_was_room_for_run_beside_each_other() -> None:
    engine = Engine()
    handles = [engine.add(plan(bandwidth=(8.0 + n) * MIB, setup_time=0.0)) for n in range(9)]
    seen = engine.step().rows
    assert [seen[h].rate / MIB for h in handles] == pytest.approx([8.0 + n for n in range(9)], rel=0.01)
    engine.cancel(handles[4])
    again = engine.add(plan(bandwidth=99.0 * MIB, setup_time=0.0))
    seen = engine.step().rows
    assert seen[again].rate == pytest.approx(99.0 * MIB, rel=0.01)
    assert set(seen) == {*handles, again} - {handles[4]}


# Post-copy


def test_post_copy_sends_every_page_that_is_dirty_once_more_and_stands_still_for_the_device_state_alone() -> None:
    busy = Workload((Uniform(0, 20_000, 1e6),))
    engine = Engine()
    handle = engine.add(plan(busy, capabilities=frozenset({Capability.POSTCOPY}), fixed_downtime=0.02, setup_time=0.0))
    for _ in range(60):
        engine.step()
    before = engine.step().rows[handle].sent
    engine.start_postcopy(handle)
    done: FinalFigures | None = None
    while done is None:
        done = engine.step().finished.get(handle)
    assert done.downtime == pytest.approx(0.02)
    assert done.bytes - before == pytest.approx(20_000 * (PAGE + 8), rel=0.02)


def test_post_copy_begins_neither_before_memory_is_copied_nor_while_the_guest_stands_still() -> None:
    engine = Engine()
    able = frozenset({Capability.POSTCOPY})
    handle = engine.add(plan(capabilities=able, setup_time=1.0))
    engine.step()
    with pytest.raises(ValueError, match="while memory is copied"):
        engine.start_postcopy(handle)
    still = engine.add(plan(capabilities=able, fixed_downtime=5.0))
    while engine.step().rows[still].phase is not Phase.BLACKOUT:
        pass
    with pytest.raises(ValueError, match="while memory is copied"):
        engine.start_postcopy(still)


# Auto-converge (QEMU migration/ram.c)


def throttles(work: Workload, windows: int = 1200, **more: Any) -> list[int]:
    """The values that the throttle takes one after another."""
    engine = Engine()
    slowed = plan(work, capabilities=frozenset({Capability.AUTO_CONVERGE}), downtime_limit=0.001, **more)
    handle = engine.add(slowed)
    found = [0]
    for _ in range(windows):
        step = engine.step()
        if handle in step.finished:
            break
        if step.rows[handle].throttle != found[-1]:
            found.append(step.rows[handle].throttle)
    return found


WILD = Workload((Uniform(0, 30_000, 3e5),))


def test_auto_converge_begins_at_20_percent_and_adds_10_up_to_99() -> None:
    assert throttles(WILD)[:6] == [0, 20, 30, 40, 50, 60]
    assert max(throttles(WILD)) <= 99


def test_the_first_throttle_the_steps_and_the_most_are_what_was_asked_for() -> None:
    found = throttles(WILD, throttle_initial=35, throttle_increment=25, throttle_max=80)
    assert found[:4] == [0, 35, 60, 80]
    assert max(found) == 80


def test_a_guest_that_dirties_less_than_the_trigger_is_not_slowed() -> None:
    """3,000 pages a second are 11.7 MiB/s, 18 % of the 64 MiB/s that are sent."""
    calm = Workload((Uniform(0, 60_000, 3_000.0),))
    assert throttles(calm, throttle_trigger=0.5) == [0]
    assert len(throttles(Workload((Uniform(0, 60_000, 12_000.0),)), throttle_trigger=0.05)) > 1


def test_a_tailslow_throttle_takes_smaller_steps_towards_the_end() -> None:
    slow = throttles(WILD, throttle_tailslow=True)
    steps = [b - a for a, b in pairwise(slow[1:])]
    assert slow[:3] == [0, 20, 30]
    assert all(0 < step <= 10 for step in steps)
    assert min(steps) < 5


def test_a_throttle_takes_its_share_of_what_a_busy_processor_does_and_spares_an_idle_one() -> None:
    assert slowdown(1.0, 0.0) == 1.0
    assert slowdown(1.0, 0.75) == pytest.approx(0.25)
    assert slowdown(0.5, 0.75) == pytest.approx(0.5)
    assert slowdown(0.5, 0.5) == 1.0
    # Half its work is backlog; 0.9 s of it after 1.8 s, then 0.9 s of silence.
    assert slowdown(1.0, 0.5, patience=0.9) == pytest.approx(0.5 * 1.8 / (1.8 + 0.9))


# XBZRLE


def test_pages_in_the_cache_go_encoded_from_the_third_pass_on() -> None:
    """2,000 pages that are always dirty: two passes in full, the others with 11 + 512 bytes a page."""
    hot = Workload((Uniform(0, 2_000, 1e6),))
    engine = Engine()
    encoded = plan(hot, capabilities=frozenset({Capability.XBZRLE}), downtime_limit=0.0, bandwidth=8.0 * MIB)
    handle = engine.add(encoded)
    begun: dict[int, int] = {}
    for _ in range(420):
        row = engine.step().rows[handle]
        begun.setdefault(row.pass_number, row.sent)
        if len(begun) > 6:
            break
    sent = [b - a for a, b in pairwise(begun.values())]
    assert sent[1] == pytest.approx(2_000 * (PAGE + 8), rel=0.15)
    assert sent[4] < 2_000 * (PAGE + 8) / 2


# Links


def test_a_flow_that_needs_less_than_its_share_leaves_the_rest_to_the_others() -> None:
    shares = max_min_shares(np.array([10.0, 100.0, 100.0]), np.ones((3, 1), bool), np.array([90.0]))
    assert shares == pytest.approx([10.0, 40.0, 40.0])


def test_a_flow_over_two_links_gets_what_the_narrower_one_has_and_its_neighbour_the_rest_of_the_wider() -> None:
    crosses = np.array([[True, True], [True, False]])
    assert max_min_shares(np.array([1e9, 1e9]), crosses, np.array([100.0, 20.0])) == pytest.approx([20.0, 80.0])


def test_a_flow_that_crosses_no_link_gets_what_it_asks_for_and_a_full_link_nothing() -> None:
    crosses = np.array([[False], [True], [True]])
    shares = max_min_shares(np.array([7.0, 5.0, 0.0]), crosses, np.array([0.0]))
    assert shares == pytest.approx([7.0, 0.0, 0.0])


def test_foreign_traffic_takes_part_in_the_sharing_as_one_flow() -> None:
    engine = Engine()
    engine.set_link("LM", 90e6, other=30e6)
    handles = [engine.add(plan(bandwidth=math.inf, links=("LM",), setup_time=0.0)) for _ in range(2)]
    seen = engine.step().rows
    assert [seen[h].rate for h in handles] == pytest.approx([30e6, 30e6], rel=0.01)
    engine.set_link("LM", 90e6, other=10e6)
    seen = engine.step().rows
    assert [seen[h].rate for h in handles] == pytest.approx([40e6, 40e6], rel=0.01)


# Workloads


def test_bursts_begin_where_their_phase_says() -> None:
    burst = Burst(writes=1000, silence=3.0, phase=0.5)
    assert burst.period(1000.0) == 4.0
    assert burst.activity(np.array([0.25, 0.5, 3.5, 4.0, 8.0]), 1000.0) == pytest.approx([0.25, 0.5, 0.5, 1.0, 2.0])


def test_the_mean_rate_counts_the_silences() -> None:
    work = Workload((Uniform(0, 100, 1000.0),), burst=Burst(1000, 3.0))
    assert (work.rate, work.mean_rate) == (1000.0, 250.0)
    assert work.distinct(4.0) == pytest.approx(Workload((Uniform(0, 100, 1000.0),)).distinct(1.0))


def test_the_working_set_is_every_page_that_is_ever_written() -> None:
    patterns = (Uniform(0, 100, 5.0), Scattered(50, 0.0), Sweep(200, 30, 1.0), Sweep(300, 40, 0.0))
    assert Workload(patterns).working_set() == 130
    assert Workload(patterns).distinct(1e9) == pytest.approx(130)
    assert Workload(patterns).distinct(1e9, memory_pages=64) == 64


def test_a_zipf_law_writes_each_rank_in_proportion_to_its_power() -> None:
    edges, rates = zipf_bins(Zipf(0, 100, 50.0, 1.0))
    assert (edges[0], edges[-1]) == (0, 100)
    all_ranks = sum(1 / rank for rank in range(1, 101))
    for (first, last), rate in zip(pairwise(edges), rates, strict=True):
        weight = sum(1 / rank for rank in range(first + 1, last + 1))
        assert rate * (last - first) == pytest.approx(50.0 * weight / all_ranks)


@pytest.mark.parametrize("exponent", [0.8, 1.0, 1.4])
def test_a_zipf_law_over_more_pages_than_are_summed_one_by_one_joins_on_smoothly(exponent: float) -> None:
    limit = 1 << 22
    _, summed = zipf_bins(Zipf(0, limit, 1e6, exponent))
    _, integrated = zipf_bins(Zipf(0, limit + 1, 1e6, exponent))
    assert integrated == pytest.approx(summed, rel=0.05)


def test_after_a_measured_course_the_guest_goes_on_as_in_its_last_second() -> None:
    """100 writes/s for 5 s, then 40 a second; the last whole second tells how it goes on."""
    course = ((0.0, 0.0), (5.0, 500.0), (5.5, 520.0), (6.0, 540.0))
    active = Workload((Uniform(0, 100, 100.0),), achieved=course).activity()
    assert active is not None
    assert active(np.array([2.5, 6.0, 8.0])) == pytest.approx([2.5, 5.4, 5.4 + 2 * 0.4])
