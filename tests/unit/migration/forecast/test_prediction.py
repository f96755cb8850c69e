"""What is foretold of a migration from its specification alone, and from what a recorded one reached."""

from __future__ import annotations

import pytest

from fcm.migration.engine.specification import MigrationSpec
from fcm.migration.engine.workload import Uniform, Workload
from fcm.migration.judging.prediction import (
    COMPLETED,
    DID_NOT_CONVERGE,
    PAST_THE_LIMIT,
    SAMPLE,
    achieved_bandwidth,
    predict,
    whole_course,
)
from fcm.migration.recordings.recording import Achieved

MIB = 1 << 20
LIMIT = 64.0 * MIB


def guest(rate: float, pages: int = 30_000, memory: int = 256 * MIB) -> MigrationSpec:
    return MigrationSpec(Workload((Uniform(0, pages, rate),)), memory=memory, bandwidth=LIMIT)


def test_one_that_never_ends_is_told_at_its_limit_as_if_it_had_been_followed_until_then() -> None:
    endless = guest(1e6)
    told, followed = whole_course(endless, 500.0), predict(endless, 500.0)
    assert (told.status, followed.status) == (DID_NOT_CONVERGE, DID_NOT_CONVERGE)
    assert told.total == pytest.approx(500.0)
    assert told.downtime is None
    assert told.bytes == pytest.approx(followed.bytes, rel=0.01)
    assert told.passes == pytest.approx(followed.passes, rel=0.02)


def test_one_that_ends_after_the_limit_is_told_to_end_then() -> None:
    slow = guest(10.0)
    whole = predict(slow, 3600.0)
    assert whole.status == COMPLETED
    early = whole_course(slow, whole.total / 2)
    assert early.status == PAST_THE_LIMIT
    assert early.would_end == pytest.approx(whole.total, abs=0.2)
    assert early.total == pytest.approx(whole.total / 2, abs=0.2)
    in_time = whole_course(slow, whole.total * 2)
    assert (in_time.status, in_time.total) == (COMPLETED, pytest.approx(whole.total, abs=0.2))


def test_each_pass_is_told_once_in_its_order_with_what_was_sent_until_it_began() -> None:
    rows = predict(guest(12_000.0), 600.0).rows
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert len(rows) > 3
    assert [row.begin for row in rows] == sorted(row.begin for row in rows)
    assert [row.sent for row in rows] == sorted(row.sent for row in rows)
    assert rows[1].sent == pytest.approx(256 * MIB, rel=0.15)


# Bandwidth that a recorded migration reached


def reached(values: list[float], first: float | None = None) -> list[float]:
    end = (len(values) + 0.6) * SAMPLE
    achieved = Achieved(window_bandwidth=tuple(values), pass1_bandwidth=first, writes=((0.0, 0.0), (end, 1000.0)))
    return [bandwidth for _, bandwidth in achieved_bandwidth(achieved, LIMIT)]


def test_a_host_that_always_reaches_the_limit_is_taken_to_reach_it() -> None:
    assert reached([LIMIT] * 60) == pytest.approx([LIMIT] * 58, rel=0.02)


def test_a_host_that_reaches_less_all_the_time_is_taken_to_reach_that() -> None:
    found = reached([0.6 * LIMIT] * 60)
    assert found[10:-10] == pytest.approx([0.6 * LIMIT] * len(found[10:-10]), rel=0.05)


def test_a_sample_that_holds_two_bursts_beside_one_that_holds_none_changes_nothing_on_the_whole() -> None:
    values = [LIMIT] * 60
    values[20], values[21] = 0.0, 2 * LIMIT
    assert min(reached(values)) > 0.9 * LIMIT


def test_of_few_samples_the_first_pass_tells_and_never_more_than_the_limit() -> None:
    assert reached([LIMIT] * 14, first=0.5 * LIMIT) == [0.5 * LIMIT]
    assert reached([], first=2 * LIMIT) == [LIMIT]
    assert reached([]) == []
    assert len(reached([LIMIT] * 15, first=0.5 * LIMIT)) > 10
