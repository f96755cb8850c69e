"""Labs that are up on this machine, as their own record tells: what their hosts files may do that no other may.

A lab reaches its nodes by a socket, by plain TCP inside its namespaces and by ssh with a program of its own. A hosts
file that says ``[lab]`` may come from anyone, so nothing of what it says counts: each of its nodes must be one that
the record names, word for word. The record is in /run/fcm-lab, which only root can write.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fcm.backend.namespaces import NAMESPACES

RUN = Path("/run")
"""Where labs live while they are up; empty after a restart of the machine."""
OWNER = 0
"""Who must own the record and its folder: root."""
LARGEST = 256 * 1024
"""bytes of a record."""


@dataclass(frozen=True, slots=True)
class LabNode:
    """A node of a lab as one of its hosts files names it."""

    uri: str
    peer_uri: str
    namespace: str
    """Network namespace from which paths are tried."""
    storage: str


def lab_nodes() -> frozenset[LabNode]:
    """The nodes of all labs that are up; blocks for some files. What cannot be read or trusted is no lab."""
    found: set[LabNode] = set()
    try:
        folders = sorted(RUN.glob("fcm-lab*"))
    except OSError:
        return frozenset()
    for folder in folders:
        found |= _nodes(folder)
    return frozenset(found)


def lab_clients() -> frozenset[str]:
    """The network namespaces of the stations of all labs that are up, where their witnesses run; blocks likewise."""
    found: set[str] = set()
    try:
        folders = sorted(RUN.glob("fcm-lab*"))
    except OSError:
        return frozenset()
    for folder in folders:
        record = _record(folder)
        if record is not None:
            found.add(Path(str(record["client"])).name)
    return frozenset(found)


def _nodes(folder: Path) -> set[LabNode]:
    record = _record(folder)
    try:
        return set() if record is None else {LabNode(*map(str, node)) for node in record["permits"]}
    except (ValueError, KeyError, TypeError, AttributeError):
        return set()


def _record(folder: Path) -> dict[str, Any] | None:
    """What the record of a lab that is up says; None where there is none, or others could have written it."""
    if sys.platform == "win32":
        return None  # there is no lab
    try:
        if not stat.S_ISDIR(_owned(os.lstat(folder)).st_mode):
            return None
        handle = os.open(folder / "lab.json", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(_owned(os.fstat(handle)).st_mode):
                return None
            record: dict[str, Any] = json.loads(file.read(LARGEST))
        is_up = record["complete"] is True and (NAMESPACES / Path(record["client"]).name).exists()
    except (OSError, ValueError, KeyError, TypeError, RecursionError, AttributeError):
        return None
    return record if is_up else None


def _owned(status: os.stat_result) -> os.stat_result:
    """Refuse what someone else could have written."""
    if status.st_uid != OWNER or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PermissionError(status.st_mode)
    return status
