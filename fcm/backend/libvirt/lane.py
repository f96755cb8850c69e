"""One lane per host: a single worker that makes the blocking calls, so that a hung host blocks only itself."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, Any

from fcm.backend.base import BackendError
from fcm.installation import with_libvirt

if TYPE_CHECKING:
    from collections.abc import Callable

CLOSE_LIMIT = 3.0
"""s that a lane may take to end; a call that hangs longer is left to the daemon thread."""


def load_libvirt() -> Any:
    """The module libvirt.

    Raises:
        BackendError: it is not installed; the sentence says how to get it.
    """
    try:
        import libvirt
    except ImportError as error:
        raise BackendError(
            f"To manage real hosts, install the Python module libvirt. {with_libvirt()} Embedded clusters do not "
            "need it."
        ) from error
    return libvirt


class Lane:
    """A worker thread that runs calls one after the other."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._busy_since: float | None = None
        self._waiting = 0
        self._thread = threading.Thread(target=self._run, name=f"lane-{name}", daemon=True)
        self._thread.start()

    def submit(self, call: Callable[[], None]) -> None:
        """Run ``call`` after those before it; it must not raise."""
        self._waiting += 1
        self._calls.put(call)

    @property
    def idle(self) -> bool:
        """True if nothing runs or waits."""
        return self._busy_since is None and self._waiting == 0

    def busy_for(self) -> float:
        """Seconds that the current call has been running; 0 if none."""
        since = self._busy_since
        return 0.0 if since is None else time.monotonic() - since

    def close(self) -> None:
        """End after the calls that wait; a call that hangs is left behind."""
        self._calls.put(None)
        self._thread.join(CLOSE_LIMIT)

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            self._busy_since = time.monotonic()
            self._waiting -= 1
            try:
                call()
            finally:
                self._busy_since = None
