"""A program behind a pseudo-terminal: what both kinds of systems give of it."""

from __future__ import annotations

from abc import ABC, abstractmethod

ENDS_WITHIN = 1.0
"""s that a program has to end after the terminal was closed; then it is ended."""
AT_ONCE = 16384
"""Bytes that are read at once."""
AHEAD = 262_144
"""Bytes that may wait to be shown; meanwhile the program waits."""


class TerminalError(Exception):
    """The program cannot be started; the message is a sentence."""


class Program(ABC):
    """A program that believes to be in a terminal. No method waits; what it says comes in threads of its own."""

    @abstractmethod
    def write(self, data: bytes) -> None:
        """Type something."""

    @abstractmethod
    def shown(self, count: int) -> None:
        """So many bytes of what it said have been shown."""

    @abstractmethod
    def resize(self, columns: int, rows: int) -> None:
        """The terminal has another size."""

    @abstractmethod
    def end(self) -> None:
        """Close the terminal: the program is told, and ended where it goes on."""

    @abstractmethod
    def wait(self, seconds: float) -> bool:
        """Wait until it has ended; whether it has. For tests and for the end of fcm."""
