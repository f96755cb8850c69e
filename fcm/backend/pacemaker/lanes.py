"""Worker threads for what may block: calls about the same thing keep their order, all others run at once."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

CLOSE_LIMIT = 3.0
"""s that closing waits for calls under way; what hangs longer is left to its daemon thread."""


class KeyedLanes:
    """Workers that take calls in order, but never two of the same key at once."""

    def __init__(self, name: str, most: int) -> None:
        """Threads are started as they are needed, ``most`` at most, and are called ``NAME-1`` and so on."""
        self._name = name
        self._most = most
        self._waiting: list[tuple[str, Callable[[], None]]] = []
        self._running: set[str] = set()
        self._idle = 0
        self._workers: list[threading.Thread] = []
        self._closed = False
        self._news = threading.Condition()

    def submit(self, key: str, call: Callable[[], None]) -> None:
        """Run ``call`` after those of the same key; it must not raise. Nothing happens once it is closed."""
        with self._news:
            if self._closed:
                return
            self._waiting.append((key, call))
            if len(self._waiting) > self._idle and len(self._workers) < self._most:
                name = f"{self._name}-{len(self._workers) + 1}"
                worker = threading.Thread(target=self._work, name=name, daemon=True)
                self._workers.append(worker)
                worker.start()
            self._news.notify_all()

    def close(self) -> None:
        """End the workers; calls that wait are dropped."""
        with self._news:
            self._closed = True
            self._waiting.clear()
            self._news.notify_all()
        end = time.monotonic() + CLOSE_LIMIT
        for worker in self._workers:
            worker.join(max(0.0, end - time.monotonic()))

    def _work(self) -> None:
        while (taken := self._next()) is not None:
            key, call = taken
            try:
                call()
            finally:
                with self._news:
                    self._running.discard(key)
                    self._news.notify_all()

    def _next(self) -> tuple[str, Callable[[], None]] | None:
        with self._news:
            self._idle += 1
            try:
                while not self._closed:
                    for number, (key, call) in enumerate(self._waiting):
                        if key not in self._running:
                            del self._waiting[number]
                            self._running.add(key)
                            return key, call
                    self._news.wait()
                return None
            finally:
                self._idle -= 1
