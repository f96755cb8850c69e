"""Virtual time: a heap of what is due, and a clock that paces it against real time."""

from __future__ import annotations

import heapq
import math
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SPEEDS = (0.0, 1.0, 10.0, 60.0, math.inf)
"""Speeds that a window offers: pause, 1x, 10x, 60x, as fast as possible."""


class Timer:
    """An action that is due at a virtual time; can be canceled until then."""

    __slots__ = ("action", "due", "order")

    def __init__(self, due: float, order: int, action: Callable[[], None]) -> None:
        self.due = due
        self.order = order
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        """Cancel it; no effect after it has run."""
        self.action = None

    def __lt__(self, other: Timer) -> bool:
        """Earlier first; what was scheduled first where times are equal."""
        return (self.due, self.order) < (other.due, other.order)


class Kernel:
    """The virtual time and everything that is due in it. Not thread-safe: one thread runs it."""

    def __init__(self) -> None:
        self.now = 0.0
        """s since the epoch."""
        self.first_due: float | None = None
        """``next_due`` as it was last seen; may be read from any thread."""
        self._heap: list[Timer] = []
        self._count = 0

    def at(self, due: float, action: Callable[[], None]) -> Timer:
        """Schedule ``action`` at a virtual time (not before now)."""
        self._count += 1
        timer = Timer(max(due, self.now), self._count, action)
        heapq.heappush(self._heap, timer)
        return timer

    def after(self, delay: float, action: Callable[[], None]) -> Timer:
        """Schedule ``action`` after ``delay`` virtual seconds."""
        return self.at(self.now + delay, action)

    @property
    def next_due(self) -> float | None:
        """Time of the next action; None if there is none."""
        while self._heap and self._heap[0].action is None:
            heapq.heappop(self._heap)
        self.first_due = self._heap[0].due if self._heap else None
        return self.first_due

    def step(self, until: float) -> bool:
        """Run the next action due up to ``until``; False if there is none, and the time is then ``until``."""
        due = self.next_due
        if due is None or due > until:
            if math.isfinite(until):
                self.now = max(self.now, until)
            return False
        timer = heapq.heappop(self._heap)
        self.now = timer.due
        action, timer.action = timer.action, None
        if action is not None:
            action()
        return True


class VirtualClock:
    """The clock of an embedded cluster, see fcm.backend.base.Clock. ``now`` and ``set_speed``: from any thread.

    Without a pacer (tests, scripts) it stands still but for what ``advance`` does; the speed is then only kept.
    """

    def __init__(self, kernel: Kernel, speed: float, paced: bool, wake: Callable[[], None]) -> None:
        self._kernel = kernel
        self._speed = speed
        self._paced = paced
        self._wake = wake
        self._lock = threading.Lock()
        self._virtual = 0.0
        self._real = time.monotonic()
        self._told = 0.0
        """The latest time that ``now`` has given."""
        self.stopped = False
        """True while nothing may happen because what happened could not be written down."""
        self._limit = math.inf
        """Virtual time that is not passed while someone waits for it."""
        self._reached: Callable[[], None] | None = None
        """Told once when the clock stands at the limit."""

    def follow_real_time(self) -> None:
        """Go on with real time from where it stands."""
        self.anchor()
        self._paced = True

    @property
    def speed(self) -> float:
        """Virtual seconds per second; 0 = paused; ``math.inf`` = as fast as possible."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """Change the speed.

        Raises:
            ValueError: it is negative or not a number.
        """
        if math.isnan(speed) or speed < 0:
            raise ValueError(f"The clock speed {speed} is not valid. Choose 0 (pause) or more.")
        with self._lock:
            self._anchor(self._target())
            self._speed = speed
        self._wake()

    def hold(self, until: float, reached: Callable[[], None]) -> None:
        """Go on, but stop at a time, and before that as soon as something has happened; then tell it once.

        Whoever waits for a time, or for something to happen, so sees the cluster at that very moment, at any speed.

        Args:
            until: s since the epoch; ``math.inf``: until something happens.
            reached: told in the thread of the cluster that it stands still.
        """
        with self._lock:
            self._anchor(self._target())
            self._limit, self._reached = until, reached
        self._wake()

    def release(self) -> None:
        """End the hold: go on from where it stands."""
        with self._lock:
            self._anchor(self._target())
            self._limit, self._reached = math.inf, None
        self._wake()

    def happened(self) -> None:
        """Something has happened at the kernel's time: one who waits wants to see it before time goes on."""
        with self._lock:
            if self._reached is not None:
                self._limit = min(self._limit, self._kernel.now)

    def tell(self) -> None:
        """Tell the one who waits that the limit is reached."""
        with self._lock:
            reached = self._reached if self._kernel.now >= self._limit else None
            self._reached = None if reached else self._reached
        if reached is not None:
            reached()

    def now(self) -> float:
        """Seconds since the epoch; flows on between two events of the cluster."""
        if not self._paced:
            return self._kernel.now
        with self._lock:
            flowing, due = self._target(), self._kernel.first_due
            # What was told stays told: a command may have made something due a little before it meanwhile.
            self._told = max(self._told, self._kernel.now, flowing if due is None else min(flowing, due))
            return self._told

    def target(self) -> float:
        """Up to when things should have happened by now; ``math.inf`` as fast as possible."""
        with self._lock:
            return self._limit if math.isinf(self._speed) and not self.stopped else self._target()

    def anchor(self) -> None:
        """Go on from the kernel's time: at the start, and when the cluster could not keep up."""
        with self._lock:
            self._anchor(self._kernel.now)

    def lag(self) -> float:
        """Real s by which the kernel is behind; infinite as fast as possible."""
        if self._speed == 0 or math.isinf(self._speed):
            return self._speed
        with self._lock:
            return (self._target() - self._kernel.now) / self._speed

    def real_delay(self, due: float) -> float | None:
        """Real seconds until a virtual time is reached; None = not at this speed."""
        if self._speed == 0 or self.stopped:
            return None
        if due > self._limit:
            due = self._limit
            if self._kernel.now >= due:
                return None
        if math.isinf(due):
            return None
        if math.isinf(self._speed):
            return 0.0
        with self._lock:
            return max(0.0, (due - self._target()) / self._speed)

    def _target(self) -> float:
        if self._speed == 0 or math.isinf(self._speed) or self.stopped:
            return max(self._virtual, self._kernel.now)
        return min(self._virtual + (time.monotonic() - self._real) * self._speed, max(self._limit, self._kernel.now))

    def _anchor(self, virtual: float) -> None:
        self._virtual = virtual
        self._real = time.monotonic()
