"""Pseudo-terminals of Linux and macOS."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from fcm.ui.console.terminal.program import AHEAD, AT_ONCE, ENDS_WITHIN, Program, TerminalError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

# For those who check types: none of this is there on Windows.
assert not TYPE_CHECKING or sys.platform != "win32"

LOOK = 0.25
"""s between two looks whether a program is over whose terminal another one holds open."""
# The leader of a new session that opens a terminal gets it as its own: Ctrl+C then reaches its programs. A function
# between fork and exec could do the same, but not in a program with threads.
_TAKES_TERMINAL = 'exec 0<>"$0" 1>&0 2>&0; exec "$@"'


def start(
    words: Sequence[str],
    variables: Mapping[str, str],
    size: tuple[int, int],
    said: Callable[[bytes], None],
    ended: Callable[[int], None],
) -> Program:
    """See ``starting.start``.

    Raises:
        TerminalError: it cannot be started.
    """
    try:
        own, theirs = os.openpty()
    except OSError as error:
        raise TerminalError(f"This computer has no terminal left ({error.strerror}). Close other terminals.") from error
    try:
        name = os.ttyname(theirs)
        _set_size(own, *size)
        process = subprocess.Popen(
            ["/bin/sh", "-c", _TAKES_TERMINAL, name, *words],
            env=dict(variables),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=os.path.expanduser("~") if os.path.isdir(os.path.expanduser("~")) else None,
            start_new_session=True,
        )
    except OSError as error:
        os.close(own)
        raise TerminalError(f"{words[0]} cannot be started: {error.strerror or error}.") from error
    finally:
        os.close(theirs)
    return _UnixProgram(own, process, said, ended)


def _set_size(number: int, columns: int, rows: int) -> None:
    import fcntl  # Windows has none
    import termios

    with contextlib.suppress(OSError):
        fcntl.ioctl(number, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


class _UnixProgram(Program):
    """One thread reads, writes and looks after the end."""

    def __init__(
        self,
        own: int,
        process: subprocess.Popen[bytes],
        said: Callable[[bytes], None],
        ended: Callable[[int], None],
    ) -> None:
        self._own = own
        self._process = process
        self._said, self._ended = said, ended
        self._lock = threading.Lock()
        self._typed = bytearray()
        self._ahead = 0
        self._ends_at: float | None = None
        self._is_over = False
        self._ear, self._bell = os.pipe()
        os.set_blocking(own, False)
        os.set_blocking(self._bell, False)
        self._thread = threading.Thread(target=self._run, name="terminal")
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Type something."""
        with self._lock:
            self._typed += data
        self._wake()

    def shown(self, count: int) -> None:
        """So many bytes have been shown."""
        with self._lock:
            self._ahead -= count
        self._wake()

    def resize(self, columns: int, rows: int) -> None:
        """The kernel tells the program (SIGWINCH)."""
        with self._lock:
            if not self._is_over:
                _set_size(self._own, columns, rows)

    def end(self) -> None:
        """Hang up, as if a window with a terminal were closed."""
        with self._lock:
            if self._ends_at is None:
                self._ends_at = time.monotonic() + ENDS_WITHIN
        self._signal(signal.SIGHUP)
        self._wake()

    def wait(self, seconds: float) -> bool:
        """Wait for its end."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _wake(self) -> None:
        with self._lock:
            if not self._is_over:
                with contextlib.suppress(OSError):  # full: it will wake anyway
                    os.write(self._bell, b"!")

    def _signal(self, number: int) -> None:
        """To all of its process group; only while it is not waited for, so that its number is its own."""
        with self._lock, contextlib.suppress(OSError):
            if self._process.returncode is None:
                os.killpg(self._process.pid, number)

    # What the thread does

    def _run(self) -> None:
        try:
            while not self._is_done():
                self._pass_on()
        finally:
            code = self._finish()
            self._ended(code)

    def _is_done(self) -> bool:
        return self._ends_at is not None and time.monotonic() > self._ends_at

    def _pass_on(self) -> None:
        """Read and write what can be; returns where nothing can for a while."""
        with self._lock:
            reads = [self._ear] if self._ahead >= AHEAD and self._ends_at is None else [self._ear, self._own]
            writes = [self._own] if self._typed else []
        readable, writable, _ = select.select(reads, writes, [], LOOK)
        if self._ear in readable:
            os.read(self._ear, 4096)
        if writable:
            with self._lock:
                data = bytes(self._typed[:1024])
            with contextlib.suppress(OSError):
                count = os.write(self._own, data)
                with self._lock:
                    del self._typed[:count]
        if self._own in readable:
            try:
                data = os.read(self._own, AT_ONCE)
            except BlockingIOError:
                return
            except OSError:
                data = b""  # Linux: nobody has the other end open any more
            if not data:
                self._ends_at = self._ends_at or time.monotonic() + ENDS_WITHIN
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(max(0.0, self._ends_at - time.monotonic()))
                self._ends_at = 0.0
                return
            with self._lock:
                self._ahead += len(data)
            self._said(data)
        elif not readable and self._ahead < AHEAD:
            with self._lock:
                is_over = self._process.poll() is not None
            if is_over:
                self._ends_at = 0.0  # another program holds the terminal open, but this one is over

    def _finish(self) -> int:
        self._signal(signal.SIGKILL)  # without effect on one that has ended
        code = self._process.wait()
        with self._lock:
            self._is_over = True
            for number in (self._own, self._ear, self._bell):
                os.close(number)
        return code
