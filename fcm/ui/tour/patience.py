"""How long it is right to wait: what is enough on a machine of its own, stretched where it has other work."""

from __future__ import annotations

import os
import sys

PATIENCE = 60.0
"""s; far more than anything takes that the window does, on a machine without other work."""
PROGRAM_PATIENCE = 240.0
"""s; the same for a program that is started and ends by itself."""


def load() -> float:
    """Programs that want to run for each processor, about a minute's mean; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0.0
    try:
        return os.getloadavg()[0] / (os.cpu_count() or 1)
    except OSError:
        return 0.0


def stretched(seconds: float) -> float:
    """The time that takes ``seconds`` on an idle machine, on this one as it is now; never less."""
    return seconds * max(1.0, load())
