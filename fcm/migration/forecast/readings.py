"""What the rows of a running migration showed: what each reading of the dirty log found, and how fast memory goes.

QEMU counts zero pages among what remains until it reaches them, and they cost next to nothing on the wire. So what a
reading found is reckoned in bytes of what remained, and what was sent in it is converted at the rate of the last
seconds.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from fcm.migration.engine.policies import LogWindow
from fcm.migration.forecast.growth import MOST_PAIRS, Pair
from fcm.migration.forecast.passes_ahead import Throttling
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from fcm.migration.engine.policies import StoppingRule
    from fcm.model.telemetry import TelemetryRow

RATE_ERROR = 0.02
"""Least relative standard deviation of the bandwidth ahead."""
ROW_TIMING = 0.03
"""s by which a reading's instant is unsure: rows come about every window, each at its own instant (0.1 s / sqrt 12)."""
CHUNK = 1 << 30
"""bytes of a clear-bitmap chunk (QEMU migration.h, CLEAR_BITMAP_SHIFT_DEFAULT)."""
RECENT = 3.0
"""s of rows from which the rate and what costs nothing on the wire are taken."""
STEADY = 6.0
"""s of rows from which the rate of real hosts is taken."""
PIECE = 0.5
"""s of rows whose rates are compared to tell how steady they are."""
COUNTED = 1.0
"""s that must have passed for QEMU to count a reading in its dirty rate (migration.c, migration_bitmap_sync)."""


class Readings:
    """What was seen of one migration, row by row."""

    def __init__(self, memory: int, rule: StoppingRule, sampled: bool = False) -> None:
        """Nothing seen yet.

        Args:
            memory: bytes of guest memory.
            rule: the hypervisor's stopping rule.
            sampled: True for real hosts, whose rows come when they can: several readings may lie between two.
        """
        self.memory = memory
        self.rule = rule
        self.sampled = sampled
        self.last: TelemetryRow | None = None
        self.pass_begin = 0.0
        """s since the start, of the running pass."""
        self.pairs: list[Pair] = []
        """Oldest first."""
        self.first_rate = 0.0
        """bytes/s of the first pass; 0 while it runs."""
        self.throttling = Throttling()
        self._rates: list[tuple[float, float]] = []
        self._falls: list[tuple[float, int, int]] = []
        self._sent: list[tuple[float, int]] = []
        self._sent_before = 0
        self._unsure = False
        """True where the last pair rests on the balance of two rows and the host may still tell its rate."""
        self._relearn = False
        """True where the rate of the first pass was that of another limit: the next rate reached stands for it."""

    def update(self, row: TelemetryRow, carried: float) -> bool:
        """Takes a row; True if the log was read since the one before.

        Args:
            row: the newest, not older than the last.
            carried: bytes within the downtime limit: a pass of an early sync has no more left when it ends.
        """
        last, read = self.last, False
        if last is None or last.pass_number == 0:
            self.pass_begin = row.time
        elif row.pass_number > last.pass_number:
            read = self._read(last, row, carried)
            if last.pass_number == 1:
                self.first_rate = self.rate(0.0)
                self._rates.clear()
            self.pass_begin = row.time
            self._falls.clear()
        elif self.sampled:
            read = self._told_late(last, row)
        self._falls.append((row.time, row.remaining, row.sent))
        while len(self._falls) > 4 and self._falls[0][0] < row.time - RECENT:
            self._falls.pop(0)
        if last is not None and row.time > last.time and row.phase is Phase.BROWNOUT:
            self._sent.append((last.time, last.sent))
            while self._sent and self._sent[0][0] < row.time - STEADY:
                self._sent.pop(0)
            self._rates.append((row.time, (row.sent - last.sent) / (row.time - last.time)))
            while len(self._rates) > 4 and self._rates[0][0] < row.time - RECENT:
                self._rates.pop(0)
            if self._relearn and len(self._rates) >= 3:
                self.first_rate, self._relearn = self.rate(0.0), False
        self.throttling.reported(row.throttle)
        self.last = row
        return read

    def limited_anew(self) -> None:
        """The bandwidth limit was changed: what was reached before tells nothing."""
        self._rates.clear()
        self._sent.clear()
        self._relearn = self._relearn or self.first_rate > 0
        self.first_rate = 0.0

    def _read(self, last: TelemetryRow, row: TelemetryRow, carried: float) -> bool:
        """Takes over what the readings of the dirty log between two rows found."""
        moved = max(row.sent - last.sent, 0) / self.on_the_wire()
        # A row of a pass may be the last for a while; by the rule no more is left when an early sync ends it.
        left = last.remaining - moved
        left = min(left, carried) if self.rule.early_sync and self.rule.threshold_from_downtime else left
        found = max(row.remaining - left, 0.0)
        window = max(row.time - self.pass_begin, 1e-3)
        passes = row.pass_number - last.pass_number
        timing, told = ROW_TIMING, False
        if self.sampled:
            timing = max(timing, (row.time - last.time) / math.sqrt(12.0))
            told = window > COUNTED and row.dirty_rate > 0 and row.dirty_rate != last.dirty_rate
        if told:
            # The rate is that of the first reading; those after it came too soon to be counted in one.
            found, passes = row.dirty_rate * row.page_size * window, 1
        self.throttling.settle(window, found, row.sent - self._sent_before)
        self._sent_before = row.sent
        if row.phase is not Phase.BROWNOUT and not (told and row.phase is Phase.BLACKOUT):
            return False
        chunks = 1
        if last.pass_number == 1 and self.rule.log_window is LogWindow.CHUNK:
            chunks = max(1, -(-self.memory // CHUNK))
        least = row.page_size / 2
        self.pairs.append(Pair(window / passes, max(found / passes, least), timing, last.throttle, chunks))
        # The first, over the longest window, tells most of what a whole memory's time will find.
        del self.pairs[1 if self.sampled else 0 : 1 - MOST_PAIRS if self.sampled else -MOST_PAIRS]
        self._unsure = not told and passes == 1 and window > COUNTED
        return True

    def _told_late(self, last: TelemetryRow, row: TelemetryRow) -> bool:
        """A host counts a new pass before it has reckoned the dirty rate of the one before; it may come a row later."""
        if not self._unsure or row.dirty_rate <= 0 or row.dirty_rate == last.dirty_rate:
            return False
        pair = self.pairs[-1]
        self.pairs[-1] = replace(pair, found=row.dirty_rate * row.page_size * pair.window)
        self._unsure = False
        return True

    @property
    def is_rate_known(self) -> bool:
        """Whether rows of this pass, at this limit, showed a rate."""
        return len(self._rates) >= 3

    def rate(self, limit: float) -> float:
        """Bytes/s expected ahead: what the last seconds reached, at first the limit (bytes/s, 0 = none)."""
        if self.sampled and self.is_rate_known and len(self._sent) >= 3:
            assert self.last is not None
            return max((self.last.sent - self._sent[0][1]) / (self.last.time - self._sent[0][0]), 0.0)
        if self.is_rate_known:
            return float(np.mean([r for _, r in self._rates]))
        if self.first_rate > 0:
            return self.first_rate
        row = self.last
        if row is not None and row.rate > 0:
            return row.rate if limit <= 0 else min(row.rate, limit)
        return limit

    def rate_error(self, rate: float) -> float:
        """Relative standard deviation of that rate."""
        if self.sampled:
            return self._sampled_error(rate)
        if len(self._rates) < 5:
            return 2 * RATE_ERROR
        spread = float(np.std([r for _, r in self._rates])) / rate / math.sqrt(len(self._rates))
        return min(max(RATE_ERROR, spread), 0.3)

    def _sampled_error(self, rate: float) -> float:
        """From pieces of half a second and more: a row that comes late makes one rate low and the next one high."""
        assert self.last is not None
        pieces: list[float] = []
        time, sent = self.last.time, self.last.sent
        for then, before in reversed(self._sent):
            if time - then >= PIECE:
                pieces.append((sent - before) / (time - then))
                time, sent = then, before
        if len(pieces) < 3:
            return 2 * RATE_ERROR
        return min(max(RATE_ERROR, float(np.std(pieces)) / rate / math.sqrt(len(pieces))), 0.3)

    def on_the_wire(self) -> float:
        """Bytes sent for a byte of what remains in this pass; zero pages count full there and cost little."""
        if len(self._falls) < 3:
            return 1.0
        fallen = self._falls[0][1] - self._falls[-1][1]
        sent = self._falls[-1][2] - self._falls[0][2]
        return min(max(sent / fallen, 0.05), 1.0) if fallen > 0 else 1.0
