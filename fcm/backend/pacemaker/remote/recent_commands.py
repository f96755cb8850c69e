"""What was run on the nodes for the commands of a person: kept for a while, to be looked at."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.base import NodeCommand
from fcm.backend.pacemaker.remote.shells import NodeUnreachableError
from fcm.logs.pacemaker_log import hide
from fcm.text.terminal import plain

if TYPE_CHECKING:
    from fcm.backend.pacemaker.remote.shells import Answer, NodeShell

MOST = 500
"""Commands that are kept; the oldest give way."""
LONGEST = 8000
"""characters of a script that are kept, and of what it said a quarter; a configuration can be far longer."""


class RecentCommands:
    """The last commands on all nodes; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[NodeCommand] = deque(maxlen=MOST)

    def add(self, command: NodeCommand) -> None:
        """Keep it; the same again, such as a question that is repeated until something is so, counts as one."""
        with self._lock:
            last = self._kept[-1] if self._kept else None
            if last is not None and (last.node, last.script) == (command.node, command.script):
                self._kept[-1] = replace(command, time=last.time, times=last.times + 1)
            else:
                self._kept.append(command)

    def all(self) -> tuple[NodeCommand, ...]:
        """Oldest first."""
        with self._lock:
            return tuple(self._kept)


class RecordingShell:
    """A ``NodeShell`` that tells what is run by it. What goes in by standard input, as secrets do, is not told."""

    def __init__(self, shell: NodeShell, recent_commands: RecentCommands) -> None:
        self._shell = shell
        self._recent = recent_commands

    @property
    def node(self) -> str:
        """Name of the node."""
        return self._shell.node

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        """See ``NodeShell.run``."""
        begun, clock = time.time(), time.monotonic()
        try:
            answer = self._shell.run(script, stdin=stdin, limit=limit)
        except NodeUnreachableError as error:
            self._tell(begun, script, time.monotonic() - clock, None, str(error))
            raise
        said = "\n".join(part for part in (answer.output.strip(), answer.errors.strip()) if part)
        self._tell(begun, script, time.monotonic() - clock, answer.code, said)
        return answer

    def _tell(self, begun: float, script: str, took: float, code: int | None, said: str) -> None:
        kept = plain(hide(script.strip("\n")))[:LONGEST]
        self._recent.add(NodeCommand(begun, self.node, kept, code, took, plain(hide(said))[-LONGEST // 4 :]))

    def close(self) -> None:
        """See ``NodeShell.close``."""
        self._shell.close()
