"""Runs what is typed into the Console in a thread of its own, one text after the other."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject, Signal

from fcm.shell.drilling import SealedTyping, registry_of
from fcm.shell.language.errors import ShellError, ShellSyntaxError, StoppedError, UnsupportedError
from fcm.shell.runtime.borrowed import BorrowedWorkspace, OwnerThread
from fcm.ui.console.asking import LOOK, answer_of
from fcm.ui.console.output import pages_of
from fcm.ui.console.window_thread import window_thread
from fcm.ui.widgets.background import Outcome, Work

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import SignalInstance

    from fcm.shell.runtime.session import ShellSession
    from fcm.workspace.workspace import Workspace

PATIENCE = 2.0
"""s that closing a cluster waits at most for a script to notice that it was stopped."""


def _is_refusal(error: ShellError) -> bool:
    """Whether PowerShell knows what the built-in shell refused."""
    return isinstance(error, UnsupportedError) or (isinstance(error, ShellSyntaxError) and error.unsupported)


class Runner(QObject):
    """One PowerShell session on the open clusters: a text runs on the one that was current when it was entered.

    Signals come in the thread of the window.
    """

    printed = Signal(str)
    """Output as text, in lines as wide as ``width``."""
    failed = Signal(str)
    """An error in PowerShell's form."""
    progressed = Signal(object)
    """(activity, status, percent) of what is being waited for; percent -1: it is over."""
    started = Signal(str)
    """A text begins to run."""
    abandoned = Signal()
    """What was asked needs no answer any more: the script was stopped."""
    refused = Signal()
    """The text that is over has what PowerShell knows and the built-in shell does not."""
    made = Signal(str)
    """The URI of a cluster that New-Cluster made; the script ended with it."""
    ended = Signal()
    """It is over."""

    def __init__(
        self,
        ask: Callable[[str, Callable[[bool], None]], None],
        show_grid: Callable[[str, Any, Callable[[list[int]], None] | None], None],
        parent: QObject,
    ) -> None:
        """Make a runner.

        Args:
            ask: shows a question and later calls what it is given with the answer.
            show_grid: shows a GridContent and, where it is given something to call, calls it with the numbers of the
                rows that are picked.
            parent: its owner.
        """
        super().__init__(parent)
        self._ask = ask
        self._show_grid = show_grid
        self._open: dict[Workspace, BorrowedWorkspace] = {}
        self._current: Workspace | None = None
        self._runs_on: Workspace | None = None
        """The cluster on which the text that runs was begun."""
        self._window: OwnerThread | None = None
        self._session: ShellSession | None = None
        self._sealed: ShellSession | None = None
        """That of texts out of courses and drills: it reaches no file, and nothing of it is in the other one."""
        self._runs_in: ShellSession | None = None
        """The session of the text that runs."""
        self._work: Work | None = None
        self._waiting: deque[tuple[str, int, Workspace, bool]] = deque()
        self._made_uris: list[str] = []

    @property
    def is_running(self) -> bool:
        """Whether a text runs."""
        return self._work is not None

    @property
    def is_submitting(self) -> bool:
        """Whether the command that is submitted right now comes from a script."""
        return any(one.is_submitting for one in self._open.values())

    @property
    def session(self) -> ShellSession | None:
        """The session, on the current cluster unless a text runs; None if none is open.

        For completion; it runs nothing here.
        """
        current = None if self._current is None else self._open.get(self._current)
        if current is None or self._window is None:
            return None
        if self._session is None:
            self._session = self._made(current, self._window)
        if self._work is None:
            self._session.workspace = cast("Workspace", current)
        return self._session

    def open(self, workspace: Workspace) -> None:
        """Texts can run on this cluster, too, from now on."""
        if self._window is None:
            self._window = window_thread(self)
        self._open[workspace] = BorrowedWorkspace(workspace, self._window)

    def use(self, workspace: Workspace | None) -> None:
        """What is entered from now on runs on this cluster, which was opened here."""
        self._current = workspace

    def close(self, workspace: Workspace) -> None:
        """A cluster is being closed: end what runs on it; texts on the others go on."""
        gone = self._open.pop(workspace, None)
        if self._current is workspace:
            self._current = None
        left = [one for one in self._waiting if one[2] is not workspace]
        on_it = self._runs_in is not None and cast("object", self._runs_in.workspace) is gone
        if not self._open or (self._work is not None and (self._runs_on is workspace or on_it)):
            self._end()
        self._waiting = deque(left)
        self._next()

    def _end(self) -> None:
        """End what runs, and the session with it."""
        self.stop()
        if self._window is not None:
            self._window.close()
        end = time.monotonic() + PATIENCE
        while self._work is not None and not self._work.is_over and time.monotonic() < end:
            self.stop()  # again and again: a text that is only about to begin would forget it
            self._work.wait(LOOK / 10)
        self._session = self._sealed = self._runs_in = self._runs_on = None
        self._window = window = window_thread(self) if self._open else None
        if window is not None:
            self._open = {one: BorrowedWorkspace(one, window) for one in self._open}
        if self._work is not None:
            self._work.abandon()
            self._work = None
            self.abandoned.emit()
            self.ended.emit()

    def wake(self) -> None:
        """Something changed in a cluster."""
        for one in self._open.values():
            one.wake()

    def run(self, text: str, width: int, sealed: bool = False) -> bool:
        """Run a text, after those that run or wait already.

        Args:
            text: PowerShell.
            width: characters of a line of its output.
            sealed: it is out of a course or a drill and must not reach files.

        Returns:
            False if no cluster is open.
        """
        if self.session is None or self._current is None:
            return False
        self._waiting.append((text, width, self._current, sealed))
        self._next()
        return True

    def stop(self) -> None:
        """End what runs and forget what waits (Ctrl+C)."""
        self._waiting.clear()
        if self._runs_in is not None and self._work is not None:
            self._runs_in.stop()
        self.wake()

    def _next(self) -> None:
        if self._work is not None or not self._waiting or self._window is None:
            return
        text, width, workspace, sealed = self._waiting.popleft()
        chosen = self._open[workspace]
        if sealed:
            session = self._sealed = self._sealed or self._made(chosen, self._window, sealed=True)
        else:
            session = self._session = self._session or self._made(chosen, self._window)
        session.workspace, session.width = cast("Workspace", chosen), width
        session.registry = registry_of(workspace)
        self._runs_on, self._runs_in = workspace, session
        self._work = Work(self, lambda: session.execute(text), self._done)
        self.started.emit(text)

    def _done(self, outcome: Outcome) -> None:
        was_typed = self._runs_in is self._session
        self._work = self._runs_on = self._runs_in = None
        self.ended.emit()
        errors = () if outcome.result is None else outcome.result.errors
        if was_typed and any(map(_is_refusal, errors)):
            self.refused.emit()
        made, self._made_uris = self._made_uris, []
        if made:
            self._waiting.clear()
            self.made.emit(made[-1])
        self._next()
        if outcome.error is not None:
            raise outcome.error

    def _made(self, workspace: BorrowedWorkspace, window: OwnerThread, sealed: bool = False) -> ShellSession:
        from fcm.shell.runtime.session import ShellSession

        def pump(limit: float) -> None:
            """Wait for the cluster on which the text runs right now."""
            cast("BorrowedWorkspace", session.workspace).wait(limit)

        session = (SealedTyping if sealed else ShellSession)(cast("Workspace", workspace), pump)
        session.clusters.open = lambda: cast("list[Workspace]", list(self._open.values()))
        session.on_output = lambda values: self._output(session, window, values)
        session.on_error = lambda error, source: self._tell(window, self.failed, error.show(source))
        session.on_progress = lambda *progress: self._tell(window, self.progressed, progress)
        session.on_grid = lambda title, values: self._grid(window, title, values)
        session.on_pick = lambda title, values: self._pick(session, window, title, values)
        session.on_confirm = lambda question: self._answer(
            session, window, lambda give: window(lambda: self._ask(question, give))
        )
        session.on_made = lambda uri: self._made_uris.append(uri)
        return session

    @staticmethod
    def _tell(window: OwnerThread, signal: SignalInstance, *values: Any) -> None:
        """Emit a signal in the window's thread; a closed cluster hears nothing any more."""
        with contextlib.suppress(StoppedError):
            window(partial(signal.emit, *values))

    def _grid(self, window: OwnerThread, title: str, values: list[Any]) -> None:
        from fcm.ui.console.grid import content_of

        content = content_of(values)
        window(lambda: self._show_grid(title, content, None))

    def _pick(self, session: ShellSession, window: OwnerThread, title: str, values: list[Any]) -> list[Any]:
        from fcm.ui.console.grid import content_of

        content = content_of(values)
        rows = self._answer(session, window, lambda give: window(lambda: self._show_grid(title, content, give)))
        return [values[row] for row in rows]

    def _output(self, session: ShellSession, window: OwnerThread, values: list[Any]) -> None:
        text = session.format(values, session.width).rstrip("\n")
        if not text:
            return
        for page in pages_of(text):
            # A stopped script shows no more; the statement that follows ends it.
            with contextlib.suppress(StoppedError):
                session.check_stopped()
                self._tell(window, self.printed, page)

    def _answer(self, session: ShellSession, window: OwnerThread, ask: Callable[[Callable[[Any], None]], None]) -> Any:
        """Ask in the window and wait for the answer, in the script's thread.

        Raises:
            StoppedError: the script was stopped meanwhile.
        """
        return answer_of(session, ask, lambda: self._tell(window, self.abandoned))
