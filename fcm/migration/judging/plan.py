"""A migration that somebody thinks of, and where the figures of it come from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from fcm.migration.engine.policies import QEMU_7_2, StoppingRule
from fcm.migration.engine.specification import Capability, MigrationSpec
from fcm.migration.engine.workload import PAGE

if TYPE_CHECKING:
    from fcm.migration.engine.workload import Workload


class Origin(StrEnum):
    """Where a figure comes from."""

    GIVEN = "given"
    MEASURED = "measured"
    ASSUMED = "assumed"


@dataclass(frozen=True)
class Plan:
    """A migration somebody thinks of. Sizes in bytes, rates in bytes/s, times in s."""

    memory: int
    bandwidth: float
    downtime_limit: float | None = None
    """``None``: the default of the rule."""
    zero_share: float = 0.0
    """Share of memory that is zero pages."""
    filled_to: int = 0
    """bytes: memory from here to its end holds zero pages; 0 where it is not known."""
    rule: StoppingRule = QEMU_7_2
    line_rate: float | None = None
    """What the last copy can reach, which no limit holds; ``None``: nobody said, so as much as the bandwidth."""
    bandwidth_origin: Origin = Origin.GIVEN
    bandwidth_words: str = ""
    """Where the bandwidth comes from, as a clause; "" where its origin says enough."""
    line_words: str = "given"
    """Where a rate of the last copy comes from that is not the bandwidth's."""
    fixed_downtime: float = 0.010
    capabilities: frozenset[Capability] = frozenset()
    chunk_shift: int = 18
    dirty_ring: bool = False
    throttle_initial: int = 20
    """%: first step of auto-converge."""
    throttle_increment: int = 10
    """%: each further step."""

    @property
    def limit(self) -> float:
        """The downtime limit in force (s)."""
        return self.rule.downtime_limit if self.downtime_limit is None else self.downtime_limit

    def specification(self, workload: Workload) -> MigrationSpec:
        """The migration for the engine."""
        pages = self.memory // PAGE
        zeroes = workload.zero_ranges
        first = self.filled_to // PAGE
        if 0 < first < pages:
            zeroes = (*zeroes, (first, pages - first))
        return MigrationSpec(
            workload=replace(workload, zero_share=self.zero_share, zero_ranges=zeroes),
            memory=self.memory,
            rule=self.rule,
            bandwidth=self.bandwidth,
            downtime_limit=self.downtime_limit,
            capabilities=self.capabilities,
            line_rate=self.line_rate,
            fixed_downtime=self.fixed_downtime,
            chunk_shift=self.chunk_shift,
            dirty_ring=self.dirty_ring,
            throttle_initial=self.throttle_initial,
            throttle_increment=self.throttle_increment,
        )
