"""Answers of real clusters (tests/data/pacemaker, see the README there), and how tests change them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.reading import read

if TYPE_CHECKING:
    from fcm.backend.pacemaker.status import ClusterStatus

FOLDER = Path("tests/data/pacemaker")
NOT_CLUSTERS = ("pacemaker-dead", "corosync-dead")
"""Answers of nodes on which Pacemaker did not run."""
ASKED = 1_796_018_416.0
"""s since the epoch; for tests that need no other time."""


def text(name: str) -> str:
    """What the script printed."""
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def names() -> list[str]:
    """All recordings of clusters."""
    return sorted(file.stem for file in FOLDER.glob("*.txt") if file.stem not in NOT_CLUSTERS)


def status(name: str, node: str = "node1", at: float = ASKED) -> ClusterStatus:
    """A recording, read."""
    return read(text(name), node, at)


def mark(printed: str) -> str:
    """What frames the sections of an answer."""
    return printed.split("\n", 1)[0].split(" ")[1]


def without(printed: str, section: str) -> str:
    """An answer in which a section was not asked for."""
    frame = mark(printed)
    begin = printed.find(f"{frame} begin {section}\n")
    if begin < 0:
        return printed
    last = f"{frame} said {section}\n"
    return printed[:begin] + printed[printed.index(last) + len(last) :]


def ended(printed: str, section: str, code: int, output: str = "", said: str = "") -> str:
    """An answer in which the program of a section printed something else."""
    frame = mark(printed)
    begin = printed.index(f"{frame} begin {section}\n")
    last = f"{frame} said {section}\n"
    made = f"{frame} begin {section}\n{output}\n{frame} end {section} {code}\n{said}\n{last}"
    return printed[:begin] + made + printed[printed.index(last) + len(last) :]
