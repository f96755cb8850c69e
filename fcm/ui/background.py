"""Blocking work in a thread, its outcome back in the thread of the window."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a piece of work: a result, or the exception that ended it."""

    result: Any = None
    error: Exception | None = None


class Work(QObject):
    """One piece of blocking work, done by a thread of its own.

    ``on_done`` is called with the outcome in the thread that made this object; never after ``abandon`` or after the
    parent was deleted. ``on_abandoned`` gets the result in the worker thread when nobody waits for it any more.
    """

    _done = Signal(object)

    def __init__(
        self,
        parent: QObject,
        function: Callable[[], Any],
        on_done: Callable[[Outcome], None],
        on_abandoned: Callable[[Any], None] | None = None,
    ) -> None:
        super().__init__(parent)
        self._function = function
        self._on_done = on_done
        self._on_abandoned = on_abandoned
        self._lock = threading.Lock()
        self._abandoned = False
        self._done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._run, name=f"work of {type(parent).__name__}")
        self._thread.start()

    def abandon(self) -> None:
        """The outcome is not wanted any more."""
        with self._lock:
            self._abandoned = True

    @property
    def is_over(self) -> bool:
        """True once the thread has ended."""
        return not self._thread.is_alive()

    def wait(self, limit: float | None = None) -> None:
        """Block until the thread has ended, at most ``limit`` s; for the end of the program and for tests."""
        self._thread.join(limit)

    def _run(self) -> None:
        try:
            outcome = Outcome(self._function())
        except Exception as error:
            outcome = Outcome(error=error)
        with self._lock:
            if not self._abandoned:
                try:
                    self._done.emit(outcome)
                except RuntimeError:  # the window is gone
                    self._abandoned = True
        if self._abandoned and outcome.error is None and self._on_abandoned is not None:
            self._on_abandoned(outcome.result)

    def _deliver(self, outcome: Outcome) -> None:
        if not self._abandoned:
            self._on_done(outcome)
        self.deleteLater()
