"""One virtual clock for several scripts that wait at the same time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.workspace.workspace import Clock


class SharedClock:
    """A clock that stands still whenever something has happened, until all who wait have looked.

    It runs at the speed of the fastest: while one waits, at the speed that was asked for.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._shares: set[ClockShare] = set()
        self._looking: set[ClockShare] = set()
        """Those that were told that the clock stands still and have not gone on yet."""

    def share(self) -> ClockShare:
        """A clock for one more script."""
        made = ClockShare(self, self._clock)
        with self._lock:
            self._shares.add(made)
        return made

    def set_speed(self, share: ClockShare, speed: float | None) -> None:
        """One wants another speed; None: none."""
        with self._lock:
            share.wanted = speed
            wanted = [one.wanted for one in self._shares if one.wanted is not None]
            if wanted and max(wanted) != self._clock.speed:
                self._clock.set_speed(max(wanted))

    def hold(self, share: ClockShare, until: float, reached: Callable[[], None] | None) -> None:
        """One waits for a time, or (``reached`` None) for none any more."""
        with self._lock:
            share.until, share.reached = until, reached
            self._looking.discard(share)
            self._go_on()

    def leave(self, share: ClockShare) -> None:
        """One script has ended."""
        self.set_speed(share, None)
        with self._lock:
            self._shares.discard(share)
            self._looking.discard(share)
            self._go_on()

    def _go_on(self) -> None:
        """Hold the clock for those that wait; it stands still until all have looked."""
        if self._looking:
            return
        waiting = [one for one in self._shares if one.reached is not None]
        if waiting:
            self._clock.hold(min(one.until for one in waiting), self._reached)
        else:
            self._clock.release()

    def _reached(self) -> None:
        """The clock stands still; in the thread of the cluster."""
        with self._lock:
            told: list[Callable[[], None]] = []
            for one in self._shares:
                if one.reached is not None:
                    told.append(one.reached)
                    one.reached = None
                    self._looking.add(one)
        for reached in told:
            reached()


class ClockShare:
    """The clock as one of several scripts has it, see fcm.backend.base.Clock."""

    def __init__(self, shared: SharedClock, clock: Clock) -> None:
        self._shared = shared
        self._clock = clock
        self.wanted: float | None = None
        """The speed that this script wants now."""
        self.until = 0.0
        self.reached: Callable[[], None] | None = None
        """Told when the clock stands still; None: this script does not wait."""

    @property
    def speed(self) -> float:
        """That of the clock."""
        return self._clock.speed

    def set_speed(self, speed: float) -> None:
        """Want another speed."""
        self._shared.set_speed(self, speed)

    def now(self) -> float:
        """Seconds since the epoch on the clock."""
        return self._clock.now()

    def hold(self, until: float, reached: Callable[[], None]) -> None:
        """Wait for a time, or for something to happen."""
        self._shared.hold(self, until, reached)

    def release(self) -> None:
        """Wait no more."""
        self._shared.hold(self, 0.0, None)

    def leave(self) -> None:
        """This script has ended."""
        self._shared.leave(self)
