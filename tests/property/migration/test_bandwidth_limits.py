"""A bandwidth limit is never exceeded, whatever QEMU keeps it: against a model of how each counts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.model.entities import Node, NodeState, Processor
from fcm.model.migrations import MigrationOptions
from fcm.model.rules.moving.bandwidth import least_limit, limit_holds, limit_to_set

if TYPE_CHECKING:
    from fcm.model.rules.verdict import Verdict

MIB = 1 << 20
EARLY, LATE = "QEMU 7.2.22", "QEMU 10.0.2"
NODE = Node("kvm1", NodeState.UP, 0, 0, 0, Processor("", "", frozenset()), (), "/", version=EARLY)


def most_sent(told: int, version: str, connections: int) -> int:
    """Bytes/s of memory that go out at most when QEMU is told so many MiB/s; it counts headers too."""
    allowance = told * MIB // 10
    if connections > 1:
        block, header, uncounted = 512 * 1024, 1344, 0 if version == EARLY else connections
    else:
        block, header, uncounted = (4096, 8, 0) if version == EARLY else (128 * 1024, 256, 0)
    blocks = allowance // (block + header) + 1  # it stops once more than the allowance is counted
    return (blocks + uncounted) * block * 10


@given(st.sampled_from([EARLY, LATE]), st.integers(1, 255), st.integers(1, 100_000 * MIB))
def test_no_more_goes_out_than_the_limit_or_it_is_refused(version: str, connections: int, limit: int) -> None:
    node = replace(NODE, version=version)
    options = MigrationOptions(bandwidth=limit, parallel_connections=connections)

    if limit_holds(options, node):
        told = limit_to_set(limit, version, connections)
        page = 4096 * 10 * 2
        assert most_sent(told, version, connections) <= limit + page + limit // 500
        assert 1 <= told <= limit // MIB
    else:
        assert limit < least_limit(version, connections)


@given(st.sampled_from([EARLY, LATE]), st.integers(1, 255), st.integers(MIB, 1000 * MIB), st.integers(0, 1000 * MIB))
def test_a_higher_limit_never_lets_less_through(version: str, connections: int, limit: int, more: int) -> None:
    assert limit_to_set(limit + more, version, connections) >= limit_to_set(limit, version, connections)


@pytest.mark.parametrize(
    ("version", "connections", "limit", "told"),
    [
        (EARLY, 1, 2 * MIB, 2),
        (EARLY, 1, 12_500_000, 11),
        (EARLY, 2, 20 * MIB, 20),
        (EARLY, 8, 24 * MIB, 20),
        (LATE, 1, 2 * MIB, 1),
        (LATE, 1, 20 * MIB, 20),
        (LATE, 2, 20 * MIB, 10),
        (LATE, 8, 100 * MIB, 60),
    ],
)
def test_what_qemu_is_told_for_a_limit(version: str, connections: int, limit: int, told: int) -> None:
    assert limit_to_set(limit, version, connections) == told


def refusal(version: str, connections: int, limit: int) -> Verdict:
    return limit_holds(
        MigrationOptions(bandwidth=limit, parallel_connections=connections), replace(NODE, version=version)
    )


@pytest.mark.parametrize(
    ("version", "connections", "limit", "reason", "remedy"),
    [
        (
            EARLY,
            2,
            2 * MIB,
            "QEMU 7.2.22 on kvm1 cannot enforce a limit of 2 MiB/s (16.8 Mbit/s) over 2 parallel connections.",
            "Choose 5 MiB/s (42 Mbit/s) or more, or one connection.",
        ),
        (
            LATE,
            4,
            MIB,
            "QEMU 10.0.2 on kvm1 cannot enforce a limit of 1 MiB/s (8.39 Mbit/s) over 4 parallel connections.",
            "Choose 25 MiB/s (210 Mbit/s) or more, or one connection, which allows 1.25 MiB/s (11 Mbit/s) or more.",
        ),
        (
            EARLY,
            1,
            125_000,
            "QEMU 7.2.22 on kvm1 cannot enforce a limit of 0.1192 MiB/s (1 Mbit/s).",
            "Choose 1 MiB/s (9 Mbit/s) or more.",
        ),
    ],
)
def test_a_limit_that_cannot_be_kept_is_refused_with_the_one_that_can(
    version: str, connections: int, limit: int, reason: str, remedy: str
) -> None:
    verdict = refusal(version, connections, limit)

    assert (verdict.reason, verdict.remedy) == (reason, remedy)


def test_nodes_without_qemu_keep_any_limit() -> None:
    assert refusal("Windows Server 2008 R2 Enterprise", 8, 1)
