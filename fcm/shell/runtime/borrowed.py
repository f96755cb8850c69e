"""An open cluster as the thread of a script sees it that does not own it.

A workspace belongs to one thread: that of the window, or that of a server with several clients. A script runs in a
thread of its own, so that a move of an hour stops nobody else; what it asks of the workspace is done in the owner's
thread.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from fcm.model.state import Change
from fcm.shell.language.errors import StoppedError
from fcm.workspace.workspace import Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.migration.forecast.outlook import Outlook
    from fcm.model.commands import Command
    from fcm.workspace.workspace import Clock, Workspace


class _Job:
    """One thing to be done in the owner's thread."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self.function = function
        self.over = threading.Event()
        self.result: Any = None
        self.error: Exception | None = None
        self.is_lost = False
        """True if it was not done and never will be."""


class OwnerThread:
    """Does things in the thread that owns a workspace, for other threads."""

    def __init__(self, post: Callable[[Callable[[], None]], None]) -> None:
        """``post`` has something called in the owner's thread, soon; it returns at once, in any thread."""
        self._post = post
        self._lock = threading.Lock()
        self._waiting: set[_Job] = set()
        self._closed = False

    def __call__(self, function: Callable[[], Any]) -> Any:
        """Have something done there and wait for its result; it must not block.

        Raises:
            StoppedError: nothing is done any more.
            Exception: what ``function`` raised.
        """
        job = _Job(function)
        with self._lock:
            if self._closed:
                job.is_lost = True
            else:
                self._waiting.add(job)
                self._post(lambda: self._do(job))
        if not job.is_lost:
            job.over.wait()
        if job.is_lost:
            raise StoppedError("The cluster was closed.", category="OperationStopped")
        if job.error is not None:
            raise job.error
        return job.result

    def close(self) -> None:
        """Do nothing any more; who waits is released."""
        with self._lock:
            self._closed = True
            waiting, self._waiting = self._waiting, set()
        for job in waiting:
            job.is_lost = True
            job.over.set()

    def _do(self, job: _Job) -> None:
        with self._lock:
            if job not in self._waiting:
                return
            self._waiting.discard(job)
        try:
            job.result = job.function()
        except Exception as error:
            job.error = error
        job.over.set()


class BorrowedWorkspace:
    """A workspace as a script's thread may use it.

    Reading is done at once: the state is a value that is replaced as a whole. Commands go through the owner's thread,
    and an operation counts as over only when everything that it caused has been applied there.
    """

    def __init__(
        self,
        workspace: Workspace,
        owner: OwnerThread,
        clock: Clock | None = None,
        given_back: Callable[[], None] | None = None,
        drain: Callable[[], None] | None = None,
    ) -> None:
        """Make one.

        Args:
            workspace: what is borrowed.
            owner: its thread.
            clock: the borrower's share of the cluster's clock; None: it only looks at the clock, if there is one.
            given_back: told that it is not needed any more, by ``close``; None: there is nothing to be told.
            drain: drains, in the owner's thread, and ``drain`` waits for that; None: the owner drains when it likes to.
        """
        self._workspace = workspace
        self._owner = owner
        self._share = clock
        self._given_back = given_back
        self._drain = drain
        self._awake = threading.Event()
        self._woken: Callable[[], None] = lambda: None
        self.is_submitting = False
        """True while a script's command is handed over: it stands in the Console already."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._workspace, name)

    @property
    def clock(self) -> Clock | None:
        """The clock of an embedded cluster."""
        return self._workspace.clock if self._share is None else self._share

    def submit(self, command: Command, on_finished: Callable[[Operation], None] | None = None) -> Operation:
        """Hand a command to the cluster from any thread; see Workspace.submit."""
        mine = Operation(command, on_finished)

        def finished(theirs: Operation) -> None:
            assert theirs.verdict is not None
            mine.finish(theirs.verdict)
            mine.deliver()
            self.wake()

        self._owner(lambda: self._submit(command, finished))
        return mine

    def _submit(self, command: Command, finished: Callable[[Operation], None]) -> None:
        self.is_submitting = True
        try:
            self._workspace.submit(command, finished)
        finally:
            self.is_submitting = False

    def outlook(self, migration: str) -> Outlook | None:
        """The newest forecast; forecasts belong to the owner's thread."""
        found: Outlook | None = self._owner(lambda: self._workspace.outlook(migration))
        return found

    def drain(self, budget: float = 0.0) -> Change:
        """Nothing, for the owner drains; at most wait until that was done.

        Raises:
            StoppedError: the cluster was closed.
        """
        if self._drain is not None:
            self._owner(self._drain)
        return Change()

    def set_wake(self, woken: Callable[[], None]) -> None:
        """Who is told, in any thread, when something may have changed."""
        self._woken = woken

    def wake(self) -> None:
        """Something may have changed; from any thread."""
        self._awake.set()
        self._woken()

    def wait(self, limit: float) -> None:
        """Let at most ``limit`` s pass, less when something changes."""
        self._awake.wait(limit)
        self._awake.clear()

    def close(self) -> None:
        """It is not needed any more. Its owner closes it, not who borrowed it."""
        if self._given_back is not None:
            self._given_back()
