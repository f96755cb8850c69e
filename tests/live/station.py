"""The management station: connections that start inside one of the lab's namespaces, and one held across a move."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
import threading
import time
from dataclasses import dataclass
from typing import Final, Self

from fcm.lab.machines import GUEST_PORT
from fcm.lab.plan import LINUX_ONLY, LabError
from fcm.lab.processes import NAMESPACES

_NETWORK_NAMESPACE: Final = 0x40000000
"""CLONE_NEWNET of Linux, sched.h."""


def _enter(namespace: str) -> None:
    """Move the calling thread, and no other, into a network namespace (setns(2))."""
    if sys.platform != "linux":
        raise LabError(LINUX_ONLY)
    libc = ctypes.CDLL(None, use_errno=True)
    handle = os.open(NAMESPACES / namespace, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if libc.setns(handle, _NETWORK_NAMESPACE):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), namespace)
    finally:
        os.close(handle)


def connect_from(namespace: str, address: str, port: int, limit: float = 5.0) -> socket.socket:
    """A TCP connection that starts in network namespace *namespace*.

    It is opened by a thread of its own which enters the namespace and ends; the socket stays there while the rest of
    this process stays where it was.

    Raises:
        LabError: no such namespace, not root, or no connection within *limit* s.
    """
    opened: list[socket.socket] = []
    failed: list[OSError] = []

    def work() -> None:
        try:
            _enter(namespace)
            opened.append(socket.create_connection((address, port), timeout=limit))
        except OSError as error:
            failed.append(error)

    thread = threading.Thread(target=work, name=f"connect-{namespace}")
    thread.start()
    thread.join()
    if failed:
        raise LabError(f"No connection from {namespace} to {address}:{port}: {failed[0].strerror or failed[0]}.")
    return opened[0]


def ask_guest(namespace: str, address: str, request: str) -> str:
    """Send a guest one line of its protocol and return its answer.

    Raises:
        LabError: it does not respond.
    """
    with connect_from(namespace, address, GUEST_PORT) as line:
        line.sendall(f"{request}\n".encode())
        try:
            return line.recv(512).decode(errors="replace").strip()
        except TimeoutError:
            raise LabError(f"The guest at {address} does not respond.") from None


@dataclass(frozen=True, slots=True)
class Continuity:
    """What became of a connection held over some time."""

    ticks: int
    """Lines received."""
    breaks: int
    """Lines whose number does not follow the one before."""
    longest_gap: float
    """s of the longest silence."""
    error: str | None
    """Why the connection ended, if it did."""

    @property
    def unbroken(self) -> bool:
        """True if nothing was lost and the connection still stands."""
        return self.error is None and self.breaks == 0


class HeldConnection:
    """One TCP connection to a guest that pushes a numbered line every few milliseconds.

    Args:
        namespace: where the connection starts.
        address: the guest.
        tick_ms: ms between two lines.

    Raises:
        LabError: the guest cannot be reached.
    """

    def __init__(self, namespace: str, address: str, tick_ms: int = 10) -> None:
        self._line = connect_from(namespace, address, GUEST_PORT)
        self._line.settimeout(0.1)
        self._line.sendall(f"tick {tick_ms}\n".encode())
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._ticks = self._breaks = self._number = 0
        self._last = time.monotonic()
        self._longest = 0.0
        self._error: str | None = None
        self._thread = threading.Thread(target=self._listen, name=f"held-{address}")
        self._thread.start()

    def _listen(self) -> None:
        rest = b""
        while not self._closing.is_set():
            try:
                received = self._line.recv(65536)
            except TimeoutError:
                continue
            except OSError as error:
                self._error = error.strerror or str(error)
                return
            if not received:
                self._error = "closed by the guest"
                return
            *lines, rest = (rest + received).split(b"\n")
            with self._lock:
                self._note(lines)

    def _note(self, lines: list[bytes]) -> None:
        now = time.monotonic()
        if self._ticks:
            self._longest = max(self._longest, now - self._last)
        self._last = now
        for line in lines:
            words = line.split()
            if len(words) == 3 and words[0] == b"T":
                number = int(words[1])
                self._breaks += self._number != 0 and number != self._number + 1
                self._number = number
                self._ticks += 1

    def read(self) -> Continuity:
        """How it went so far; a silence that still lasts counts."""
        with self._lock:
            silence = time.monotonic() - self._last
            return Continuity(self._ticks, self._breaks, max(self._longest, silence), self._error)

    def wait_for_ticks(self, more: int, limit: float = 10.0) -> None:
        """Wait until *more* further lines have come.

        Raises:
            LabError: they do not within *limit* s.
        """
        wanted = self.read().ticks + more
        give_up = time.monotonic() + limit
        while (seen := self.read()).ticks < wanted:
            if seen.error is not None or time.monotonic() > give_up:
                raise LabError(f"The connection to the guest stopped sending data: {seen.error or 'timed out'}.")
            self._closing.wait(0.02)

    def close(self) -> None:
        """End the connection and its thread."""
        self._closing.set()
        self._thread.join()
        self._line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
