"""What two programs of this user have of each other, whatever the system gives for it."""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from typing import Any

CHUNK = 65536
"""Bytes that are read at once."""


class MeetingError(Exception):
    """This user has no place to meet in; the message is a sentence."""


class Connection(ABC):
    """Two programs of this user."""

    @abstractmethod
    def receive(self) -> bytes:
        """What comes next; b"" at the end. Raises OSError."""

    @abstractmethod
    def send(self, data: bytes | memoryview) -> None:
        """Send all. Raises OSError where nobody reads any more."""

    @abstractmethod
    def finish(self) -> None:
        """Nothing more is sent; the other end reads the end."""

    @abstractmethod
    def close(self) -> None:
        """End it, from any thread: whoever sends or receives is released."""


class Door(ABC):
    """A place that was claimed."""

    @abstractmethod
    def accept(self) -> Connection | None:
        """The next one who comes; None for one that is refused. Raises OSError once the door is closed."""

    @abstractmethod
    def close(self) -> None:
        """Let nobody in any more and give up the place; from any thread."""


class Lines(io.RawIOBase):
    """What a connection receives, as a file."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection
        self._rest = b""

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with what is there."""
        data = self._rest or self._connection.receive()
        count = min(len(buffer), len(data))
        buffer[:count] = data[:count]
        self._rest = data[count:]
        return count
