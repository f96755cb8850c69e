"""How a session lets time pass: every wait of a script goes by the clock of its cluster.

An embedded cluster has a virtual clock. Where the session has the cluster to itself (``fcm run``, ``fcm shell``), the
clock stands still at the very time that is waited for, and whenever something has happened, until the script has
looked: so a wait ends at its time at any speed. The clock runs at the speed that was asked for while something is
waited for, and at real time at most while the script computes, so that two statements are not hours apart at
``--speed max``. Hosts have real time.
"""

from __future__ import annotations

import contextlib
import math
import threading
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fcm.workspace.forecasts import Forecasts
    from fcm.workspace.workspace import Workspace

STEP = 0.2
"""Real s between two looks at a cluster that is being waited for."""
COMPUTING = 1.0
"""Virtual s a real second at most while a script computes."""
_EARLY = 1e-6
"""s before its time at which a wait is over."""


class Waits(Protocol):
    """Waiters of its cluster."""

    workspace: Workspace

    def check_stopped(self) -> None:
        """Raise StoppedError if the user ended the script."""

    def show_so_far(self) -> None:
        """Show the output that is there, for time is about to pass."""


class Draining:
    """Waits for the workspace to wake it, then drains; for a thread that owns the workspace, or has borrowed it."""

    def __init__(self, workspace: Workspace, holds: bool = True) -> None:
        """``holds``: whether the clock may be held for it; not where the clock is someone else's."""
        self._workspace = workspace
        self.holds = holds
        self._awake = threading.Event()
        workspace.set_wake(self._awake.set)

    def wake(self) -> None:
        """End the wait, from any thread."""
        self._awake.set()

    def __call__(self, limit: float) -> None:
        """Drain once something came, or after ``limit`` real s."""
        if self._awake.wait(limit):
            self._awake.clear()
        self._workspace.drain()


class Waiting:
    """The waits of one session."""

    def __init__(self, session: Waits, pump: Callable[[float], None] | None) -> None:
        self._session = session
        self.pump = pump or Draining(session.workspace)
        self._forecasts: tuple[Workspace, Forecasts] | None = None
        self.speed: float | None = None
        """Virtual s a real second while something is waited for; None: the clock is someone else's."""

    def wake(self) -> None:
        """End the wait that is under way, from any thread, so that it is looked again."""
        if isinstance(self.pump, Draining):
            self.pump.wake()

    @property
    def forecasts(self) -> Forecasts:
        """The forecasts from which this session tells progress, so that it never falls.

        They are its own: those of the workspace belong to the thread of the window.
        """
        workspace = self._session.workspace
        if self._forecasts is None or self._forecasts[0] is not workspace:
            from fcm.workspace.forecasts import Forecasts

            self._forecasts = workspace, Forecasts(workspace)
        return self._forecasts[1]

    def follow(self, workspace: Workspace) -> None:
        """Go on with another cluster."""
        if isinstance(self.pump, Draining):
            self.pump = Draining(workspace, self.pump.holds)
        self._set_speed(self._computing)

    def run_at(self, speed: float) -> None:
        """The clock is this session's: it runs at a speed while something is waited for."""
        self.speed = speed
        self._set_speed(self._computing)

    @contextlib.contextmanager
    def passing(self) -> Iterator[None]:
        """Inside, time passes at the speed that was asked for."""
        self._set_speed(self.speed)
        try:
            yield
        finally:
            self._set_speed(self._computing)

    def until(
        self, done: Callable[[], bool], seconds: float | None = None, look: Callable[[], None] | None = None
    ) -> bool:
        """Wait until something holds; whether it does.

        Args:
            done: asked whenever something has happened.
            seconds: how long at most, on the cluster's clock; None: without end.
            look: called before each wait, to tell how far things are.

        Raises:
            StoppedError: the user ended the script.
        """
        end = math.inf if seconds is None else self._now() + seconds
        self._session.show_so_far()
        with self._held(), self.passing():
            while not done():
                if self._now() >= end - _EARLY:
                    return False
                if look is not None:
                    look()
                self._session.check_stopped()
                self._step(end)
        return True

    def _step(self, end: float) -> None:
        """Let time pass until something happens, not beyond ``end``."""
        clock = self._session.workspace.clock
        if clock is None or not self._holds:
            speed = clock.speed if clock is not None and 0 < clock.speed < math.inf else 1.0
            self.pump(max(min(STEP, (end - self._now()) / speed), 0.001))
            return
        clock.hold(end, self.wake)
        self.pump(STEP)

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        try:
            yield
        finally:
            clock = self._session.workspace.clock
            if clock is not None and self._holds:
                clock.release()

    @property
    def _holds(self) -> bool:
        return isinstance(self.pump, Draining) and self.pump.holds

    def _now(self) -> float:
        clock = self._session.workspace.clock
        return time.monotonic() if clock is None else clock.now()

    @property
    def _computing(self) -> float | None:
        return None if self.speed is None else min(self.speed, COMPUTING)

    def _set_speed(self, speed: float | None) -> None:
        clock = self._session.workspace.clock
        if clock is not None and speed is not None:
            clock.set_speed(speed)
