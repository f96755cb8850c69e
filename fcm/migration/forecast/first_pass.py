"""What the first pass of a machine of real hosts has still to send.

QEMU counts every page of the memory as remaining until the first pass reaches it; those that are zero cost next to
nothing. What is known of them beforehand: the last migration of the same machine showed where they lie
(:class:`Earlier`), and the host says how much memory the emulator has in use, which no more of the guest can fill.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fcm.migration.forecast.ensemble import LAYOUT, PLACE, TAIL
from fcm.migration.forecast.readings import Readings
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.migration.arrays import Floats
    from fcm.migration.engine.policies import StoppingRule
    from fcm.migration.forecast.growth import Pair
    from fcm.model.migrations import Emulator
    from fcm.model.telemetry import TelemetryRow

OWN = {
    (False, False): (25.0, 45.0, 95.0),
    (False, True): (20.0, 30.0, 50.0),
    (True, False): (130.0, 160.0, 180.0),
    (True, True): (50.0, 68.0, 90.0),
}
"""MiB that an emulator has for itself: least, middle and most, by whether it runs without KVM and whether the machine
arrived by a migration. Measured in the laboratory, from what the first pass sent: without KVM 140 to 169 where the
machine booted and 66 to 70 where it arrived; with KVM 88 after booting, of which 51 are its copy of the kernel's file,
which a machine that boots from its disk has not. The rest is assumed."""
REFUTED = 0.02
"""Share of what an emulator may have for itself below which what was sent shows that it has less than that."""
LAYOUT_ERROR = 0.03
"""Standard deviation of the logarithm of what a machine's memory holds, against its last migration (assumed)."""
GROWN = 0.02
"""Share of the zero pages that were written since, at most (assumed)."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the last migration of the same machine showed."""

    remaining: Floats
    """[n] bytes that counted as remaining in its first pass, ascending."""
    ahead: Floats
    """[n] bytes that the pass sent from there on."""
    pairs: tuple[Pair, ...]
    """What the readings of its dirty log found."""


@dataclass(frozen=True, slots=True)
class HostFacts:
    """What is known of a machine on real hosts as its memory begins to move."""

    emulator: Emulator | None = None
    """As memory began to move; None where the host does not say."""
    earlier: Earlier | None = None
    """None where no earlier migration of it is known."""


def earlier_of(
    rows: Sequence[TelemetryRow], memory: int, rule: StoppingRule, downtime_limit: float, bandwidth: float
) -> Earlier | None:
    """What a migration showed, for the next one of the same machine; None if its first pass was not seen whole.

    Args:
        rows: all of it, oldest first.
        memory: bytes of guest memory.
        rule: of the hypervisor on its source.
        downtime_limit: s.
        bandwidth: limit in bytes/s, 0 where there was none.
    """
    seen = Readings(memory, rule, sampled=True)
    first: list[TelemetryRow] = []
    second: TelemetryRow | None = None
    for row in rows:
        seen.update(row, seen.rate(bandwidth) * downtime_limit)
        if row.phase is Phase.BROWNOUT and row.pass_number == 1:
            first.append(row)
        elif row.pass_number > 1 and second is None:
            second = row
    if len(first) < 3 or second is None or not seen.pairs:
        return None
    # What went out between the last row of the pass and the next is of both; half of it is taken for either.
    carried = seen.first_rate * downtime_limit
    whole = (first[-1].sent + second.sent) / 2.0
    if first[-1].remaining > carried:
        # Zero pages lay between; what was left at the end was anything up to the threshold.
        whole += carried / 2.0
    else:
        whole = first[-1].sent + first[-1].remaining
    remaining = np.array([0.0, *(float(row.remaining) for row in reversed(first))])
    ahead = np.array([0.0, *(max(whole - row.sent, 0.0) for row in reversed(first))])
    return Earlier(np.maximum.accumulate(remaining), np.maximum.accumulate(ahead), tuple(seen.pairs))


def ahead_of(row: TelemetryRow, wire: float, facts: HostFacts, memory: int) -> Floats:
    """[M] bytes that the first pass has still to send.

    Args:
        row: the newest, of the first pass.
        wire: bytes sent in the last seconds for a byte that no longer remains.
        facts: what is known of the machine.
        memory: bytes of guest memory.
    """
    remaining = float(row.remaining)
    place = PLACE
    if facts.earlier is not None:
        known = float(np.interp(remaining, facts.earlier.remaining, facts.earlier.ahead))
        zero = max(remaining - known, 0.0)
        likely: Floats = known * np.exp(LAYOUT_ERROR * LAYOUT) + zero * GROWN * place
        return _between(likely, remaining)
    unknown: Floats = remaining * wire * place
    if facts.emulator is None:
        return unknown
    resident = float(facts.emulator.resident)
    shares, sizes = np.array([0.0, 0.5, 1.0]), np.array(OWN[facts.emulator.emulated, facts.emulator.arrived])
    # More of its own than this is refuted by what was sent already.
    whole = float(np.interp((resident - row.sent) / (1 << 20), sizes, shares, left=0.0))
    if whole < REFUTED:
        return unknown
    own = np.interp(place * whole, shares, sizes) * float(1 << 20)
    return _between(resident - own - row.sent, remaining)


def pending_of(counted: Floats, ahead: Floats, row: TelemetryRow, facts: HostFacts) -> Floats:
    """[M] bytes other than zero that have not been sent yet when the first pass ends.

    Args:
        counted: [M] bytes that count as remaining then, zero pages among them.
        ahead: [M] bytes other than zero that are to be sent from now on.
        row: the newest, of the first pass.
        facts: what is known of the machine.
    """
    if facts.earlier is not None:
        likely: Floats = np.interp(counted, facts.earlier.remaining, facts.earlier.ahead)
    else:
        likely = 2.0 * TAIL * counted * ahead / max(float(row.remaining), 1.0)
    return np.minimum(np.minimum(likely, counted), ahead)


def filled_by(emulator: Emulator, memory: int) -> float:
    """Bytes of its memory that a machine most likely has other than zero."""
    own = OWN[emulator.emulated, emulator.arrived][1] * (1 << 20)
    return min(max(emulator.resident - own, 0.1 * memory), float(memory))


def _between(values: Floats, most: float) -> Floats:
    kept: Floats = np.clip(values, 0.0, most)
    return kept
