"""Python's search for garbage in circles, kept away from what is large and stays.

A cluster of 8,000 machines has a million objects. Python looks at all of them again and again for circles that nothing
refers to, in any thread, and the window stands still meanwhile (measured: 0.2 to 0.4 s). The objects of a state have no
circles: what is not referred to any more goes at once, whether the search looks at it or not.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

REST = 100
"""A search of everything waits for so many times as long as the last one took: it costs one percent at most."""

_lock = threading.Lock()
_next_full = 0.0
_paused = 0
_kept = 0
_was_on = False


def search_here_only() -> None:
    """From now on nothing is searched but by ``search_due``, which the thread of the window calls.

    Objects of Qt that only a circle held are deleted by whoever finds the circle. In another thread that stopped the
    program for ever: QObject's destructor holds a lock of Qt while PySide waits for that of Python, and the thread of
    the window holds that of Python while it waits for that of Qt (seen with PySide6 6.11.3, read from both stacks).
    """
    global _was_on
    with _lock:
        _was_on = False
        gc.disable()


def search_due() -> None:
    """The search that Python itself would have begun by now, except that one of everything does not come as often."""
    global _next_full
    if _paused:
        return
    counts, limits = gc.get_count(), gc.get_threshold()
    began = time.monotonic()
    if counts[2] > limits[2] and began >= _next_full:
        gc.collect()
        ended = time.monotonic()
        _next_full = ended + REST * (ended - began)
    elif counts[1] > limits[1]:
        gc.collect(1)
    elif counts[0] > limits[0]:
        gc.collect(0)


@contextmanager
def paused() -> Iterator[None]:
    """No search within this, in any thread: very much is being made that stays."""
    global _paused, _was_on
    with _lock:
        if _paused == 0:
            _was_on = gc.isenabled()
            gc.disable()
        _paused += 1
    try:
        yield
    finally:
        with _lock:
            _paused -= 1
            if _paused == 0 and _was_on:
                gc.enable()


def give_back() -> None:
    """Memory that was needed for a moment goes back to the system, where the C library would keep it for later.

    What was read of a large cluster is twice as large as the cluster itself (measured: 104 MiB held, 53 MiB in use).
    Nothing happens where the C library is not that of GNU.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes  # 15 ms that no small cluster needs

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def keep() -> None:
    """What exists now is not searched from now on, until as many ``forget`` as ``keep``."""
    global _kept
    with _lock:
        _kept += 1
        gc.freeze()


def forget() -> None:
    """A large thing that was kept has gone: once none is left, everything is searched again."""
    global _kept
    with _lock:
        _kept -= 1
        if _kept == 0:
            gc.unfreeze()
