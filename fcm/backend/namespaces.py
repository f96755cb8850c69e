"""Network namespaces of this machine in which a node of a lab runs: who runs in one, and who is its first process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMESPACES = Path("/run/netns")
"""Where ``ip netns`` keeps names of network namespaces."""


def processes_in(namespace: str) -> tuple[int, ...]:
    """Process ids of everything that runs in the network namespace *namespace*."""
    try:
        wanted = os.stat(NAMESPACES / namespace)
    except OSError:
        return ()
    found = []
    for pid in _all_processes():
        try:
            has = os.stat(f"/proc/{pid}/ns/net")
        except OSError:
            continue  # it ended while we looked
        if (has.st_dev, has.st_ino) == (wanted.st_dev, wanted.st_ino):
            found.append(pid)
    return tuple(found)


def first_process_in(namespace: str) -> int | None:
    """The process that is PID 1 of the node whose network namespace is *namespace*."""
    for pid in processes_in(namespace):
        try:
            status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        except OSError:
            continue
        for line in status.splitlines():
            if line.startswith("NSpid:"):
                ids = line.split()[1:]
                if len(ids) > 1 and ids[-1] == "1":
                    return pid
    return None


def _all_processes() -> Iterator[int]:
    for name in os.listdir("/proc"):
        if name.isdigit():
            yield int(name)
