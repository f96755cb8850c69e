"""Several shells on one node, so that a command does not wait for a long one of another lane."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.remote.shells import NodeUnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.pacemaker.remote.shells import Answer, NodeShell

MOST = 4
"""Shells on one node at a time; sshd takes 10 logins in a minute that are not over yet (MaxStartups)."""


class PooledShell:
    """A ``NodeShell`` that runs as many scripts at once as there are threads that ask for it, ``MOST`` at most."""

    def __init__(self, node: str, make: Callable[[], NodeShell]) -> None:
        """``make``: a shell on the node that nobody else uses; nothing is started before its first script."""
        self._node = node
        self._make = make
        self._free: list[NodeShell] = []
        self._all: list[NodeShell] = []
        self._lock = threading.Lock()
        self._places = threading.Semaphore(MOST)
        self._closed = False

    @property
    def node(self) -> str:
        """Name of the node."""
        return self._node

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        """See ``NodeShell.run``."""
        with self._places:
            shell = self._taken()
            try:
                return shell.run(script, stdin=stdin, limit=limit)
            finally:
                with self._lock:
                    self._free.append(shell)

    def _taken(self) -> NodeShell:
        with self._lock:
            if self._closed:
                raise NodeUnreachableError(f"The cluster of {self._node} is being closed.")
            if self._free:
                return self._free.pop()
            made = self._make()
            self._all.append(made)
            return made

    def close(self) -> None:
        """End all of them; scripts that run are given up."""
        with self._lock:
            self._closed = True
            shells = tuple(self._all)
        for shell in shells:
            shell.close()
