"""The open cluster as the thread of a script sees it.

A workspace belongs to the thread of the window. A script runs in a thread of its own, so that a move of an hour does
not stop the window; what it asks of the workspace is done in the window's thread, between two of its events.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal

from fcm.model.state import Change
from fcm.shell.language.errors import StoppedError
from fcm.workspace.workspace import Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.migration.forecast.outlook import Outlook
    from fcm.model.commands import Command
    from fcm.workspace.workspace import Workspace


class _Job:
    """One thing to be done in the window's thread."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self.function = function
        self.over = threading.Event()
        self.result: Any = None
        self.error: Exception | None = None
        self.is_lost = False
        """True if it was not done and never will be."""


class WindowThread(QObject):
    """Does things in the thread that made it, for other threads."""

    _asked = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: set[_Job] = set()
        self._closed = False
        self._asked.connect(self._do, Qt.ConnectionType.QueuedConnection)

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
                self._asked.emit(job)
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


class ScriptWorkspace:
    """A workspace as a script's thread may use it.

    Reading is done at once: the state is a value that is replaced as a whole. Commands go through the window's thread,
    and an operation counts as over only when everything that it caused has been applied there.
    """

    def __init__(self, workspace: Workspace, window: WindowThread) -> None:
        self._workspace = workspace
        self._window = window
        self.awake = threading.Event()
        """Set when something may have changed."""
        self.is_submitting = False
        """True while a script's command is handed over: it stands in the Console already."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._workspace, name)

    def submit(self, command: Command, on_finished: Callable[[Operation], None] | None = None) -> Operation:
        """Hand a command to the cluster from any thread; see Workspace.submit."""
        mine = Operation(command, on_finished)

        def finished(theirs: Operation) -> None:
            assert theirs.verdict is not None
            mine.finish(theirs.verdict)
            mine.deliver()
            self.awake.set()

        self._window(lambda: self._submit(command, finished))
        return mine

    def _submit(self, command: Command, finished: Callable[[Operation], None]) -> None:
        self.is_submitting = True
        try:
            self._workspace.submit(command, finished)
        finally:
            self.is_submitting = False

    def outlook(self, migration: str) -> Outlook | None:
        """The newest forecast; forecasts belong to the window's thread."""
        found: Outlook | None = self._window(lambda: self._workspace.outlook(migration))
        return found

    def drain(self, budget: float = 0.0) -> Change:
        """Nothing: the window drains."""
        return Change()

    def set_wake(self, wake: Callable[[], None]) -> None:
        """Nothing: the window is woken."""

    def wait(self, limit: float) -> None:
        """Let at most ``limit`` s pass, less when something changes."""
        self.awake.wait(limit)
        self.awake.clear()
