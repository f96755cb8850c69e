"""A thread-safe inbox with one coalesced wake-up."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Many threads put, one thread drains; ``wake`` is called once however much is put before the next drain."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._items: deque[T] = deque()
        self._lock = threading.Lock()
        self._pending = False

    def put(self, items: Iterable[T]) -> None:
        """Append items and wake the reader if it is not awake yet."""
        with self._lock:
            self._items.extend(items)
            if self._pending or not self._items:
                return
            self._pending = True
        self._wake()

    def drain(self, budget: float) -> Iterator[T]:
        """Items in order until the box is empty or ``budget`` s are used up; then the reader is woken again."""
        with self._lock:
            self._pending = False
        end = time.perf_counter() + budget
        while self._items:
            yield self._items.popleft()
            if time.perf_counter() > end:
                break
        with self._lock:
            if not self._items or self._pending:
                return
            self._pending = True
        self._wake()

    def __len__(self) -> int:
        """Items that wait."""
        return len(self._items)
