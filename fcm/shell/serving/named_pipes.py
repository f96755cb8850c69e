"""The places of ``meeting`` on Windows: named pipes.

A pipe made without a list of its own gives full control to its creator, the administrators and the system; all others
may only read it (learn.microsoft.com/windows/win32/ipc/named-pipe-security-and-access-rights), and who joins must be
able to write. The first instance of a name is made as the first, so that nobody else can have it already.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
from multiprocessing import connection
from typing import Any

from fcm.shell.serving.connections import Connection, Door, MeetingError

TRIES = 20
"""Times that a claim is tried: each time somebody else was a moment earlier."""


def join(name: str) -> Connection | None:
    """The one who is at a place; None if nobody is."""
    try:
        return _PipeConnection(connection.Client(_address(name), "AF_PIPE"))
    except OSError:
        return None


def claim(name: str) -> Door | Connection:
    """Claim a place, or join the one who has it.

    Raises:
        MeetingError: it belongs to somebody who does not let this program in.
    """
    for _ in range(TRIES):
        found = join(name)
        if found is not None:
            return found
        with contextlib.suppress(PermissionError):  # somebody claimed it meanwhile
            return _PipeDoor(connection.Listener(_address(name), "AF_PIPE"), name)
    raise MeetingError(f"The named pipe {_address(name)} belongs to somebody who does not let this program in.")


def _address(name: str) -> str:
    user = hashlib.sha256(getpass.getuser().encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return rf"\\.\pipe\fcm-{user}-{name}"


class _PipeConnection(Connection):
    """A connection over a named pipe."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe

    def receive(self) -> bytes:
        """What comes next; b"" at the end."""
        try:
            return bytes(self._pipe.recv_bytes())
        except EOFError:
            return b""

    def send(self, data: bytes | memoryview) -> None:
        """Send all."""
        self._pipe.send_bytes(data)

    def finish(self) -> None:
        """Nothing more is sent; a pipe ends in both directions at once."""
        self.close()

    def close(self) -> None:
        """End it."""
        with contextlib.suppress(OSError):
            self._pipe.close()


class _PipeDoor(Door):
    """A place that was claimed."""

    def __init__(self, listener: Any, name: str) -> None:
        self._listener = listener
        self._name = name
        self._is_closed = False

    def accept(self) -> Connection | None:
        """The next one who comes."""
        pipe = self._listener.accept()
        if self._is_closed:
            pipe.close()
            raise OSError("The door is closed.")
        return _PipeConnection(pipe)

    def close(self) -> None:
        """Let nobody in any more."""
        self._is_closed = True
        knock = join(self._name)  # an accept that waits ends
        if knock is not None:
            knock.close()
        self._listener.close()
