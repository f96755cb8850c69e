"""Python's search for garbage in circles, kept away from what is large and stays.

A cluster of 8,000 machines has a million objects. Python looks at all of them again and again for circles that nothing
refers to, in any thread, and the window stands still meanwhile (measured: 0.2 to 0.4 s). The objects of a state have no
circles: what is not referred to any more goes at once, whether the search looks at it or not.
"""

from __future__ import annotations

import gc
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_lock = threading.Lock()
_paused = 0
_kept = 0
_was_on = False


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
