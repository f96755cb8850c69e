"""What is due, by name: one timer for each purpose, replaced when it is set anew."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.kernel import Kernel, Timer


class Alarms:
    """Timers by name. They do not outlive the program: whoever sets them must find them due again in the state."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._timers: dict[str, Timer] = {}

    def __contains__(self, name: str) -> bool:
        """Whether it is set and has not rung."""
        return name in self._timers

    def at(self, name: str, due: float, action: Callable[[], None]) -> None:
        """Have ``action`` called at a virtual time, instead of what was set by this name before."""
        self.cancel(name)
        self._timers[name] = self._kernel.at(due, partial(self._ring, name, action))

    def after(self, name: str, delay: float, action: Callable[[], None]) -> None:
        """Have ``action`` called after some virtual seconds, instead of what was set by this name before."""
        self.at(name, self._kernel.now + delay, action)

    def cancel(self, name: str) -> None:
        """No effect where nothing is set."""
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()

    def _ring(self, name: str, action: Callable[[], None]) -> None:
        self._timers.pop(name, None)
        action()
