"""How far the virtual clock of a cluster had got when it was closed: often further than its last event."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_KEY = "moment"
"""Key of meta."""


def read(connection: sqlite3.Connection, latest: float) -> float:
    """Seconds since the epoch; 0 if it is not known, or lies beyond ``latest``."""
    found = connection.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
    try:
        moment = float(found[0]) if found else 0.0
    except (TypeError, ValueError):
        return 0.0
    return moment if 0 <= moment <= latest else 0.0


def write(connection: sqlite3.Connection, moment: float) -> None:
    """Within the transaction of the caller."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_KEY, repr(moment)))
