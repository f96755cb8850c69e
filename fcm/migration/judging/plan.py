"""A planned migration and the origin of its figures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fcm.migration.engine.workload import PAGE

if TYPE_CHECKING:
    from fcm.migration.engine.specification import MigrationSpec
    from fcm.migration.engine.workload import Workload


@dataclass(frozen=True)
class Plan:
    """A planned migration: its specification as far as known, and the origin of the figures."""

    spec: MigrationSpec
    """Its workload does not count: that is known or fitted later."""
    zero_share: float = 0.0
    """Share of memory that is zero pages."""
    filled_to: int = 0
    """bytes: memory from here to its end holds zero pages; 0 where it is not known."""
    bandwidth_words: str = ""
    """Where the bandwidth comes from, as a clause; "" where there is no more to say."""
    line_words: str = "given"
    """Where a rate of the last copy comes from that is not the bandwidth's."""

    def with_spec(self, **changes: Any) -> Plan:
        """The same plan with other fields of its specification."""
        return replace(self, spec=replace(self.spec, **changes))

    def specification(self, workload: Workload) -> MigrationSpec:
        """The migration for the engine."""
        pages = self.spec.memory // PAGE
        zeroes = workload.zero_ranges
        first = self.filled_to // PAGE
        if 0 < first < pages:
            zeroes = (*zeroes, (first, pages - first))
        return replace(self.spec, workload=replace(workload, zero_share=self.zero_share, zero_ranges=zeroes))
