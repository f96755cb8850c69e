"""The ways to the hosts, kept while a wizard needs them; ended outside of the thread of the window."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.workspace.hosts.site import Site

T = TypeVar("T")


class HeldSite:
    """A site that is closed once nobody works with it any more: what runs on the nodes comes to its end first."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._lock = threading.Lock()
        self._users = 0
        self._released = False

    def use(self, work: Callable[[Site], T]) -> T:
        """Work with it; blocks, so in a worker thread. What still works when it is released is completed."""
        with self._lock:
            self._users += 1
        try:
            return work(self.site)
        finally:
            with self._lock:
                self._users -= 1
                last = self._released and not self._users
            if last:
                self.site.close()

    def release(self) -> None:
        """The wizard does not need it any more; returns at once, may be called again."""
        with self._lock:
            first, self._released = not self._released, True
            idle = first and not self._users
        if idle:
            threading.Thread(target=self.site.close, name="closing hosts").start()
