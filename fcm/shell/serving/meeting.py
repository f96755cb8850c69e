"""Where programs of one user meet that speak about the same cluster: a local socket for each cluster that is open.

Both ends look who the other one is, where the system tells. Who finds nobody claims the place before he opens the
cluster, so that of two that begin at once one waits for the other. On Windows the sockets are named pipes, whose names
have the user in them.
"""

from __future__ import annotations

import hashlib
import sys
from typing import TYPE_CHECKING

if sys.platform == "win32":
    from fcm.shell.serving import named_pipes as system
else:
    from fcm.shell.serving import unix_sockets as system

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.shell.serving.connections import Connection, Door


def place(journal: Path, session: str = "") -> str:
    """The name of the place for a cluster.

    Args:
        journal: of the cluster; another folder of data is another cluster.
        session: of programs that share a cluster without history; "" for the cluster with its history.
    """
    words = f"{journal.resolve()}#{session}"
    return hashlib.sha256(words.encode("utf-8", "surrogateescape")).hexdigest()[:24]


def join(name: str) -> Connection | None:
    """The one who is at a place; None if nobody is.

    Raises:
        MeetingError: this user has no place to meet in, or who is there does not respond.
    """
    return system.join(name)


def claim(name: str) -> Door | Connection:
    """Claim a place, or join the one who has it.

    Raises:
        MeetingError: this user has no place to meet in, or who is there does not respond.
    """
    return system.claim(name)
