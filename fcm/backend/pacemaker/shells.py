"""Shells on the nodes: how commands of Pacemaker and Corosync are run there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class NodeUnreachableError(Exception):
    """A node does not answer; the message is a sentence for the user, with the reason."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a script printed and how it ended."""

    code: int
    output: str
    errors: str = ""
    took: float = 0.0
    """s."""


class NodeShell(Protocol):
    """One kept shell on one node (ssh, or the namespaces of a node of the lab); one script at a time, thread-safe."""

    @property
    def node(self) -> str:
        """Name of the node."""

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        """Run a script of ``sh`` to its end; blocks.

        Args:
            script: of POSIX sh; whatever is not fixed must be quoted (shlex.quote).
            stdin: what it reads.
            limit: s after which the shell is given up (and opened anew for the next script).

        Raises:
            NodeUnreachableError: the node cannot be reached, or did not answer in time.
        """

    def close(self) -> None:
        """End the shell; a script that runs is given up."""
