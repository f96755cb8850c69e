"""The computers on which the laboratory's recordings were made, as far as they decide how a migration goes.

A recording says which QEMU it was made with (`qemu`) since the second of them; without that it is of the first. What a
host lets the guest reach at most can be said by the recording itself (`capacity`, writes/s).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fcm.migration.engine.specification import LOOPBACK_RATE

if TYPE_CHECKING:
    from fcm.migration.fields import Fields


@dataclass(frozen=True, slots=True)
class LaboratoryHost:
    """What one computer adds to a case."""

    capacity: float
    """writes/s the guest reaches at most, measured by setting its pace far higher; each reading of the time stamp
    counter leaves the guest on nested KVM."""
    ticks: float
    """Hz of the time stamp counter by which the guest paces itself."""
    line: float
    """bytes/s of one migration thread to a local socket once no limit holds it."""
    fixed_downtime: float
    """s of blackout beyond the last pages."""
    qemu: str = ""
    """Version of QEMU; "" for the 7.2.22 of the first recordings."""
    before: float | None = None
    """writes/s of the guest before the migration, where the recording says it."""

    @property
    def patience(self) -> float:
        """s: the guest compares 32-bit time stamps, so a backlog of 2**31 ticks turns into a wait of as many."""
        return 2.0**31 / self.ticks

    def pace(self, rate: float, waited: float) -> tuple[float, float, float]:
        """What its guest really wants where `rate` writes/s were asked: writes/s, patience and s by which it is behind.

        A guest that wrote more than asked shows that the counter ticks faster than the recorder believed.
        """
        before = self.before or rate
        if before >= rate:
            return before, self.patience * rate / before, 0.0
        return rate, self.patience, waited * (1.0 - before / rate)


FIRST = LaboratoryHost(capacity=27_000.0, ticks=2.445e9, line=LOOPBACK_RATE, fixed_downtime=0.010)
"""Measured there: 26,300 to 28,076 writes/s where 30,000 were asked."""
SECOND = LaboratoryHost(capacity=38_700.0, ticks=2.596e9, line=2.2e9, fixed_downtime=0.003)
"""Measured there: 39,270 to 39,700 writes/s where 42,000 and 50,000 were asked; 38,000 to 39,400 over the share of time
that a throttle of 40 to 60 % leaves."""


def host_of(fields: Fields) -> LaboratoryHost:
    """The host of a recording, from its top-level fields. Raises BadFileError."""
    qemu = fields.text("qemu", "", 100)
    host = replace(SECOND, qemu=qemu) if qemu else FIRST
    before = fields.number("rate_before", 0, 1e9, 0.0, unit="writes/s") or None
    return replace(host, before=before, capacity=fields.number("capacity", 1, 1e9, host.capacity, unit="writes/s"))
