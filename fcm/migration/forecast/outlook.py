"""What a forecast says: a band ahead, the end, the blackout, a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fcm.migration.arrays import Floats


class Verdict(StrEnum):
    """Will the migration end by itself?"""

    CONVERGING = "converging"
    WILL_NOT_CONVERGE = "will not converge"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Interval:
    """A value with an 80 % interval; infinite where a migration may not end."""

    low: float
    mid: float
    high: float


@dataclass(frozen=True)
class Outlook:
    """The forecast at one instant."""

    time: Floats
    """[n] s since the start, from now on."""
    low: Floats
    """[n] bytes remaining, 10 % point."""
    mid: Floats
    high: Floats
    eta: Interval
    """s from now to the end."""
    blackout: Interval
    """s of blackout at the end."""
    verdict: Verdict
    reason: str
    """Why, with numbers; empty while converging."""
    remedies: tuple[str, ...]
    """What would let it end, each a piece of a sentence with its number."""
    progress: float
    """0..1, never falling."""
    assumed: bool
    """True while no reading of the dirty log has been seen and the outlook rests on published experience."""
    enough_limit: float | None = None
    """s: the downtime limit with which it would end at the rate of now; None where none is needed or known."""
    enough_bandwidth: float | None = None
    """bytes/s with which it would end within the downtime limit of now; None where none is needed or known."""
    from_before: bool = False
    """True while the dirty log was not read yet and what is expected of the guest is what its last migration showed."""
