"""One row of what a running migration reports: the same type from the embedded engine and from real hosts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """Where a live migration stands.

    Names follow Hyper-V: while memory is copied and the guest runs it is in *brownout*, while it stands still
    in *blackout*. Source: Microsoft's live-migration white paper, sequence of six steps.
    """

    WAITING = "waiting"
    """Queued: another live migration occupies the source or the destination."""
    SETUP = "setup"
    """Connection to the destination, skeleton of the machine and its memory allocated there."""
    BROWNOUT = "brownout"
    """Memory passes; the guest runs at the source."""
    BLACKOUT = "blackout"
    """Stop and copy: the guest stands still, the last pages, registers and device state are sent."""
    STORAGE = "storage"
    """Control of the storage moves to the destination."""
    NETWORK = "network"
    """The machine is online at the destination; switches relearn its address (unsolicited ARP)."""
    CLEANUP = "cleanup"
    """The skeleton at the source is removed."""
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"
    INTERRUPTED = "interrupted"
    """This program ended while the migration ran."""

    @property
    def is_over(self) -> bool:
        """True once nothing more will happen in this migration."""
        return self in _OVER

    @property
    def is_running(self) -> bool:
        """True between the start and the end, not while it waits."""
        return self is not Phase.WAITING and self not in _OVER


_OVER = frozenset({Phase.COMPLETED, Phase.FAILED, Phase.CANCELED, Phase.INTERRUPTED})


@dataclass(frozen=True, slots=True)
class TelemetryRow:
    """What a migration reports at one instant."""

    time: float
    """s since the migration started."""
    pass_number: int
    """1 for the first memory pass; the last pass is stop and copy. 0 before the first."""
    remaining: int
    """bytes of memory still to be sent, as the backend reports it (QEMU counts zero pages full)."""
    sent: int
    """bytes sent since the start."""
    dirty_rate: float
    """pages/s (4 KiB) that the guest dirtied when last measured; 0 while unknown."""
    rate: float
    """bytes/s at which memory is being sent."""
    phase: Phase
    throttle: int = 0
    """% by which auto-converge slows the guest's processors."""
    page_size: int = 4096
    """bytes."""


@dataclass(frozen=True, slots=True)
class FinalFigures:
    """How a migration ended, as the backend measured it (embedded: as the engine computed it)."""

    total: float
    """s from start to end."""
    downtime: float
    """s during which the guest stood still (blackout)."""
    bytes: int
    """bytes sent over the migration network for memory."""
    passes: int
    """memory passes, the last of them stop and copy."""
