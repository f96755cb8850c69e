"""Rules that hold for every migration the engine can be given."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fcm.migration.engine.links import max_min_shares
from fcm.migration.engine.specification import MigrationSpec
from fcm.migration.engine.workload import PAGE, Scattered, Sweep, Uniform, Workload, Zipf
from fcm.migration.judging.prediction import COMPLETED, predict
from tests.unit.migration.running import run_to_end

MIB = 1 << 20
MEMORY = 512 * MIB
PAGES = MEMORY // PAGE


@st.composite
def steady(draw: st.DrawFn) -> Workload:
    """One to three classes of independent writes."""
    classes = []
    for _ in range(draw(st.integers(1, 3))):
        pages = draw(st.integers(16, PAGES // 4))
        first = draw(st.integers(0, PAGES - pages))
        rate = draw(st.floats(1.0, 15_000.0))
        kind = draw(st.sampled_from(["uniform", "zipf", "scattered"]))
        if kind == "uniform":
            classes.append(Uniform(first, pages, rate))
        elif kind == "zipf":
            classes.append(Zipf(first, pages, rate, draw(st.floats(0.2, 1.5))))
        else:
            classes.append(Scattered(pages, rate))
    return Workload(tuple(classes))


def spec(workload: Workload, bandwidth: float = 100.0, limit: float = 0.3) -> MigrationSpec:
    return MigrationSpec(workload, MEMORY, bandwidth=bandwidth * MIB, downtime_limit=limit)


@settings(max_examples=15, deadline=None)
@given(steady(), st.floats(20, 400), st.floats(1.05, 4))
def test_more_bandwidth_is_never_slower(workload: Workload, bandwidth: float, factor: float) -> None:
    slow = predict(spec(workload, bandwidth), 300.0, until_standstill=True)
    fast = predict(spec(workload, bandwidth * factor), 300.0, until_standstill=True)
    if slow.status == COMPLETED:
        assert fast.status == COMPLETED
        assert fast.total <= slow.total + 0.11


@settings(max_examples=15, deadline=None)
@given(steady(), st.floats(30, 300), st.floats(0.05, 1.0), st.floats(1.05, 5))
def test_a_larger_limit_never_takes_longer_in_all(
    workload: Workload, bandwidth: float, limit: float, factor: float
) -> None:
    tight = predict(spec(workload, bandwidth, limit), 300.0, until_standstill=True)
    wide = predict(spec(workload, bandwidth, limit * factor), 300.0, until_standstill=True)
    if tight.status == COMPLETED:
        assert wide.status == COMPLETED
        # The last copy runs at another rate than the passes, in windows of 100 ms.
        assert wide.total <= tight.total + 0.11


@settings(max_examples=15, deadline=None)
@given(steady(), st.floats(30, 300), st.floats(0.0, 0.9))
def test_everything_but_zero_pages_is_sent_once_at_least(workload: Workload, bandwidth: float, zero: float) -> None:
    plan = MigrationSpec(
        Workload(workload.patterns, zero_share=zero), MEMORY, bandwidth=bandwidth * MIB, downtime_limit=2.0
    )
    (end,) = run_to_end([plan], 300.0)
    if end is not None:
        assert end.bytes >= MEMORY * (1.0 - zero) * 0.999


@given(steady(), st.floats(0.01, 50), st.floats(0.01, 50))
def test_distinct_pages_grow_concavely(workload: Workload, a: float, b: float) -> None:
    low, middle, high = (workload.distinct(t) for t in (min(a, b), (a + b) / 2, max(a, b)))
    assert low <= middle + 1e-6
    assert middle <= high + 1e-6
    assert middle >= (low + high) / 2 - 1e-6


@given(st.integers(64, 4096), st.floats(1, 5000), st.floats(0, 100))
def test_a_sweep_touches_every_page_once_a_round(pages: int, rate: float, seconds: float) -> None:
    assert Workload((Sweep(0, pages, rate),)).distinct(seconds) == pytest.approx(min(pages, rate * seconds))


@given(
    st.lists(st.floats(0.1, 1e3), min_size=1, max_size=8),
    st.lists(st.floats(0.0, 1e3), min_size=1, max_size=4),
    st.integers(0, 2**32 - 1),
)
def test_shares_fill_links_without_overloading_them(demand: list[float], capacity: list[float], seed: int) -> None:
    crosses = np.random.default_rng(seed).random((len(demand), len(capacity))) < 0.5
    want, room = np.array(demand), np.array(capacity)
    share = max_min_shares(want, crosses, room)
    used = crosses.T.astype(float) @ share
    assert (share <= want * (1 + 1e-9)).all()
    assert (used <= room * (1 + 1e-9) + 1e-9).all()
    for flow in range(len(demand)):
        full = crosses[flow] & (used >= room * (1 - 1e-6) - 1e-6)
        assert share[flow] >= want[flow] * (1 - 1e-6) or full.any()
