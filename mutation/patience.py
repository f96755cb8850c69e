"""How long a process has taken, whatever else runs on the machine."""

from __future__ import annotations

import time
from pathlib import Path


class Patience:
    """The time of a process, without that in which it and what it started waited for a processor.

    A process that waits for something else (a lock, an answer) takes time: it may hang.
    """

    def __init__(self, process: int) -> None:
        self._process = process
        self._last, self._waited = time.monotonic(), waiting_time(process)
        self._spent = 0.0

    def spent(self) -> float:
        """S since the beginning, or since ``anew``; to be asked often, for what has ended is no longer counted."""
        now, waited = time.monotonic(), waiting_time(self._process)
        self._spent += max(0.0, now - self._last - max(0.0, waited - self._waited))
        self._last, self._waited = now, waited
        return self._spent

    def anew(self) -> None:
        """Count from here on."""
        self.spent()
        self._spent = 0.0


def waiting_time(process: int) -> float:
    """S in which the threads of a process and of what it started were ready to run, and others had the processors.

    0 where the system does not tell, or there is no such process.
    """
    total = 0.0
    try:
        for thread in Path(f"/proc/{process}/task").iterdir():
            total += int((thread / "schedstat").read_text("ascii").split()[1]) / 1e9
            total += sum(map(waiting_time, map(int, (thread / "children").read_text("ascii").split())))
    except (OSError, IndexError):  # it ends just now
        pass
    return total
