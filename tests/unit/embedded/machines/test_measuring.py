"""Measured writes of a machine in an embedded cluster are computed from its workload."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.embedded.desk import Desk


def test_more_pages_are_written_the_longer_one_looks_and_the_rate_of_new_ones_falls(desk: Desk) -> None:
    samples = desk.workspace.measure_writes(desk.machine("SQL01").id, lambda _: None, lambda: True)
    written = [sample.mib_per_s * sample.seconds for sample in samples]
    assert all(less < more for less, more in pairwise(written))
    assert all(more.mib_per_s <= less.mib_per_s for less, more in pairwise(samples))
