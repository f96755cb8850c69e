"""A program and the widget that shows it: bytes from its thread to the window, keys the other way."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from fcm.ui.console.terminal.starting import start
from fcm.ui.widgets.background import posted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fcm.ui.console.terminal.program import Program
    from fcm.ui.console.terminal.widget import TerminalWidget

SLICE = 0.006
"""s of the window's thread that are spent at once on what a program says."""
PIECE = 2048
"""Bytes between two looks at the clock."""
QUIET, IMPATIENT = 0.05, 0.5
"""s without output before Ctrl+C is sent, and s after which it is sent all the same: PowerShell's console hung for good
where it came together with the terminal's answer to where its cursor is."""


class Running(QObject):
    """At most one program at a time."""

    ended = Signal(int)
    """Its exit code, after everything that it said is shown; negative: the signal that ended it."""

    def __init__(self, widget: TerminalWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._program: Program | None = None
        self._said: deque[bytes] = deque()
        self._code: int | None = None
        self._turn = 0
        self._last = 0.0
        self._pressed = 0.0
        self._feeding = QTimer(self, singleShot=True, interval=0)
        self._feeding.timeout.connect(self._show)
        self._interrupting = QTimer(self, singleShot=True)
        self._interrupting.timeout.connect(self._interrupt)
        widget.typed.connect(self._typed)
        widget.interrupted.connect(self._wish_interrupt)
        widget.resized.connect(self._resized)

    @property
    def is_running(self) -> bool:
        """Whether a program is there."""
        return self._program is not None

    def begin(self, words: Sequence[str], variables: Mapping[str, str]) -> None:
        """Start a program on an empty screen.

        Raises:
            TerminalError: it cannot be started.
        """
        self.end()
        self._widget.begin_anew()
        self._turn += 1
        turn = self._turn
        said, ended = posted(self, self._take), posted(self, self._over)
        self._program = start(
            words,
            variables,
            self._widget.size_in_cells,
            lambda data: said(turn, data),
            lambda code: ended(turn, code),
        )

    def end(self) -> Program | None:
        """Close the terminal; what the program still says is not shown. Returns it, to be waited for; None: no one."""
        program, self._program = self._program, None
        self._turn += 1
        self._said.clear()
        self._code = None
        self._feeding.stop()
        self._interrupting.stop()
        if program is not None:
            program.end()
        return program

    def _take(self, turn: int, data: bytes) -> None:
        if turn == self._turn:
            self._last = time.monotonic()
            self._said.append(data)
            self._show()

    def _show(self) -> None:
        """Show what was said for a slice of time; the rest after what else the window has to do."""
        if self._feeding.isActive():
            return
        end = time.monotonic() + SLICE
        while self._said and time.monotonic() < end:
            data = self._said.popleft()
            piece, rest = data[:PIECE], data[PIECE:]
            if rest:
                self._said.appendleft(rest)
            self._widget.take(piece)
            if self._program is not None:
                self._program.shown(len(piece))
        if self._said:
            self._feeding.start()
        elif self._code is not None:
            code, self._code = self._code, None
            self._program = None
            self.ended.emit(code)

    def _over(self, turn: int, code: int) -> None:
        if turn == self._turn:
            self._code = code
            self._show()

    def _typed(self, data: bytes) -> None:
        if self._program is not None:
            self._program.write(data)

    def _resized(self, columns: int, rows: int) -> None:
        if self._program is not None:
            self._program.resize(columns, rows)

    def _wish_interrupt(self) -> None:
        if not self._interrupting.isActive():
            self._pressed = time.monotonic()
            self._interrupt()

    def _interrupt(self) -> None:
        now = time.monotonic()
        rest = QUIET - (now - self._last)
        if rest > 0 and now - self._pressed < IMPATIENT:
            self._interrupting.start(max(1, round(rest * 1000)))
        else:
            self._typed(b"\x03")
