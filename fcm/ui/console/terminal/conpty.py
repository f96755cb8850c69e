"""Pseudo-terminals of Windows (ConPTY), by pywinpty. It was never run."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from typing import TYPE_CHECKING, Any

from fcm.ui.console.terminal.program import AHEAD, AT_ONCE, Program, TerminalError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


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
        from winpty import PtyProcess
    except ImportError as error:
        raise TerminalError(
            "The terminal needs the Python package pywinpty. Install it: pip install pywinpty"
        ) from error
    columns, rows = size
    try:
        process = PtyProcess.spawn(
            list(words), cwd=os.path.expanduser("~"), env=dict(variables), dimensions=(rows, columns)
        )
    except OSError as error:
        raise TerminalError(f"{words[0]} cannot be started: {error.strerror or error}.") from error
    return _WindowsProgram(process, said, ended)


class _WindowsProgram(Program):
    """Two threads: one reads, one writes."""

    def __init__(self, process: Any, said: Callable[[bytes], None], ended: Callable[[int], None]) -> None:
        self._process = process
        self._said, self._ended = said, ended
        self._typed: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._room = threading.Condition()
        self._ahead = 0
        self._is_ending = False
        self._reader = threading.Thread(target=self._read, name="terminal")
        self._reader.start()
        threading.Thread(target=self._write, name="terminal-typing", daemon=True).start()

    def write(self, data: bytes) -> None:
        """Type something."""
        self._typed.put(data)

    def shown(self, count: int) -> None:
        """So many bytes have been shown."""
        with self._room:
            self._ahead -= count
            self._room.notify()

    def resize(self, columns: int, rows: int) -> None:
        """ConPTY draws everything anew."""
        with contextlib.suppress(OSError, EOFError):
            self._process.setwinsize(rows, columns)

    def end(self) -> None:
        """End it."""
        self._is_ending = True
        with self._room:
            self._room.notify()
        threading.Thread(target=self._terminate, name="terminal-end", daemon=True).start()

    def _terminate(self) -> None:
        with contextlib.suppress(OSError):
            self._process.terminate(force=True)

    def wait(self, seconds: float) -> bool:
        """Wait for its end."""
        self._reader.join(seconds)
        return not self._reader.is_alive()

    def _read(self) -> None:
        try:
            while text := self._process.read(AT_ONCE):
                data = text.encode("utf-8", "replace")
                with self._room:
                    self._room.wait_for(lambda: self._ahead < AHEAD or self._is_ending)
                    self._ahead += len(data)
                self._said(data)
        except (EOFError, OSError):
            pass
        finally:
            self._typed.put(None)
            self._ended(self._process.exitstatus or 0)

    def _write(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while (data := self._typed.get()) is not None:
                self._process.write(data.decode("utf-8", "replace"))
