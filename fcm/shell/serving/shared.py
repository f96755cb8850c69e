"""A cluster that a server has opened, for as many clients as come: a thread of its own owns it."""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import TYPE_CHECKING

from fcm.shell.language.errors import StoppedError
from fcm.shell.runtime.borrowed import BorrowedWorkspace, OwnerThread
from fcm.shell.serving.clocks import SharedClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.workspace.workspace import Workspace

_log = logging.getLogger(__name__)
IDLE = 0.5
"""s between two looks at the cluster where nobody wakes its thread."""


class SharedCluster:
    """One open cluster; it is closed once nobody has it any more."""

    def __init__(self, opened: Callable[[], Workspace]) -> None:
        """Open it, in its own thread, and wait for that.

        Args:
            opened: opens it; what it raises is raised here.
        """
        self._opened = opened
        self._lock = threading.Lock()
        self._awake = threading.Event()
        self._work: deque[Callable[[], None]] = deque()
        self._borrowers: set[BorrowedWorkspace] = set()
        self._is_over = False
        self._ready = threading.Event()
        self._workspace: Workspace | None = None
        self._clock: SharedClock | None = None
        self._error: BaseException | None = None
        self._owner = OwnerThread(self._post)
        self._thread = threading.Thread(target=self._own, name="serve-cluster")
        self._thread.start()
        self._ready.wait()
        if self._workspace is None:
            self._thread.join()
            assert self._error is not None
            raise self._error

    @property
    def workspace(self) -> Workspace:
        """The cluster; what it says may be read in any thread."""
        assert self._workspace is not None
        return self._workspace

    def borrow(self) -> BorrowedWorkspace:
        """The cluster for one more client, who gives it back by ``close``.

        Raises:
            StoppedError: it is closed, or about to be.
        """
        share = None if self._clock is None else self._clock.share()

        def given_back() -> None:
            if share is not None:
                share.leave()
            with self._lock:
                self._borrowers.discard(borrowed)
                self._is_over = self._is_over or not self._borrowers
            if self._is_over:
                self.close()

        borrowed = BorrowedWorkspace(self.workspace, self._owner, share, given_back, self._drain)
        with self._lock:
            if self._is_over:
                raise StoppedError("The cluster was closed.", category="OperationStopped")
            self._borrowers.add(borrowed)
        return borrowed

    def close(self) -> None:
        """Close it; who waits for something is released. Returns once the journal is safe."""
        self._is_over = True
        self._awake.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    @property
    def error(self) -> BaseException | None:
        """What ended it, if it was not closed."""
        return self._error

    def wait(self) -> None:
        """Wait until it is closed."""
        self._thread.join()

    def _post(self, function: Callable[[], None]) -> None:
        self._work.append(function)
        self._awake.set()

    def _own(self) -> None:
        try:
            workspace = self._opened()
        except BaseException as error:
            self._error = error
            self._ready.set()
            return
        try:
            self._clock = None if workspace.clock is None else SharedClock(workspace.clock)
            self._workspace = workspace
            workspace.set_wake(self._awake.set)
            self._ready.set()
            while not self._is_over:
                self._awake.wait(IDLE)
                self._awake.clear()
                while self._work:
                    self._work.popleft()()
                self._drain()
        except Exception as error:
            self._error = error
            _log.error("The cluster was closed because of an error: %s", error)
        finally:
            self._ready.set()
            self._owner.close()
            self._wake()
            workspace.close()

    def _drain(self) -> None:
        change = self.workspace.drain()
        if change.touched or change.structural:
            self._wake()

    def _wake(self) -> None:
        with self._lock:
            borrowers = tuple(self._borrowers)
        for one in borrowers:
            one.wake()
