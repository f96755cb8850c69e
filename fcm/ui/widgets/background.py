"""Blocking work in a thread, its outcome back in the thread of the window."""

from __future__ import annotations

import functools
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from shiboken6 import isValid

from fcm.workspace import collecting

if TYPE_CHECKING:
    from collections.abc import Callable

SEARCH_EVERY = 100
"""ms after which it is looked whether Python is to search for garbage."""


def search_garbage(window: QObject) -> None:
    """From now on garbage is searched in the thread of the window alone, as long as ``window`` exists."""
    collecting.search_here_only()
    timer = QTimer(window, interval=SEARCH_EVERY)
    timer.timeout.connect(collecting.search_due)
    timer.start()


class _Postbox(QObject):
    """Brings calls from other threads into the thread of the window. It lives as long as the program.

    Another thread must not emit a signal of an object that the window may be deleting at that moment: Qt reads its
    connections without asking whether it is still there, and the program ends.
    """

    posted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.posted.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def _call(self, function: Callable[[], None]) -> None:
        function()


@functools.cache
def _postbox() -> _Postbox:
    return _Postbox()


def posted(owner: QObject, slot: Callable[..., None]) -> Callable[..., None]:
    """A call of ``slot`` that any thread can make: it happens in the thread of the window, while ``owner`` is there.

    To be made in the thread of the window.
    """
    box = _postbox()

    def post(*values: Any) -> None:
        box.posted.emit(lambda: slot(*values) if isValid(owner) else None)

    return post


REST = 2.0
"""Rest after work that is done again and again, as a multiple of the time that it took."""


class Pace(QObject):
    """When work that every change asks for may begin again: it takes a third of the time at most."""

    due = Signal()
    """It may begin, after ``is_due`` said no."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._began = self._next = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.due)

    def begin(self) -> None:
        """The work begins."""
        self._began = time.monotonic()

    def end(self) -> None:
        """The work is done."""
        now = time.monotonic()
        self._next = now + REST * (now - self._began)

    def is_due(self) -> bool:
        """Whether it may begin now; if not, ``due`` tells when."""
        rest = self._next - time.monotonic()
        if rest > 0 and not self._timer.isActive():
            self._timer.start(max(1, round(rest * 1000)))
        return rest <= 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a piece of work: a result, or the exception that ended it."""

    result: Any = None
    error: Exception | None = None


class Work(QObject):
    """One piece of blocking work, done by a thread of its own.

    ``on_done`` is called with the outcome in the thread of the window, where this object is made; never after
    ``abandon`` or after the parent was deleted. ``on_abandoned`` gets the result in a worker thread when nobody waits
    for it any more.
    """

    def __init__(
        self,
        parent: QObject,
        function: Callable[[], Any],
        on_done: Callable[[Outcome], None],
        on_abandoned: Callable[[Any], None] | None = None,
    ) -> None:
        super().__init__(parent)
        # Both are let go once they were called: who keeps this object must not keep a closed cluster with it.
        self._function: Callable[[], Any] | None = function
        self._on_done: Callable[[Outcome], None] | None = on_done
        self._on_abandoned = on_abandoned
        self._abandoned = False
        self._postbox = _postbox()
        self._thread = threading.Thread(target=self._run, name=f"work of {type(parent).__name__}")
        self._thread.start()

    def abandon(self) -> None:
        """The outcome is not wanted any more."""
        self._abandoned = True

    @property
    def is_abandoned(self) -> bool:
        """True once nobody waits for the outcome."""
        return self._abandoned

    @property
    def is_over(self) -> bool:
        """True once the thread has ended."""
        return not self._thread.is_alive()

    def wait(self, limit: float | None = None) -> None:
        """Block until the thread has ended, at most ``limit`` s; for the end of the program and for tests."""
        self._thread.join(limit)

    def _run(self) -> None:
        function, self._function = self._function, None
        assert function is not None
        try:
            outcome = Outcome(function())
        except Exception as error:
            outcome = Outcome(error=error)
        if self._abandoned:
            self._drop(outcome)
        else:
            self._postbox.posted.emit(lambda: self._deliver(outcome))
        del function

    def _deliver(self, outcome: Outcome) -> None:
        there = isValid(self)
        on_done, self._on_done = self._on_done, None
        if there and not self._abandoned and on_done is not None:
            on_done(outcome)
        elif self._on_abandoned is not None:  # what is dropped may block
            threading.Thread(target=self._drop, args=(outcome,), name="an abandoned result").start()
        if there and isValid(self):
            self.deleteLater()

    def _drop(self, outcome: Outcome) -> None:
        if outcome.error is None and self._on_abandoned is not None:
            self._on_abandoned(outcome.result)
