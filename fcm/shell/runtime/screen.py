"""The output of a session on a screen or pipe: one table goes on from statement to statement, as in PowerShell."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import UnsupportedError
from fcm.shell.values.layout.display import Display
from fcm.shell.values.values import Lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.shell.runtime.session import ShellSession

PATIENCE = 0.3
"""s after which rows are shown though others may follow; PowerShell waits as long."""
OPEN = "\0"
"""At the end of a text: no newline follows it (Write-Host -NoNewline)."""


class Screen:
    """Takes the output of a session and writes it."""

    def __init__(self, session: ShellSession, write: Callable[[str], object]) -> None:
        self._session, self._write = session, write
        self._display = Display(session.width)
        self._since = 0.0
        session.on_output, session.on_pause = self.show, self.pause

    def show(self, values: list[Any]) -> None:
        """Write values; rows of a table may wait for others."""
        limit = self._session.variables.get("FormatEnumerationLimit", 4)
        self._display.most = limit if isinstance(limit, int) else 4
        self._display.width = self._session.width
        try:
            for value in values:
                if isinstance(value, Lines) and value.lines and value.lines[-1].endswith(OPEN):
                    self._lines(self._display.flush())
                    self._write("\n".join(value.lines).removesuffix(OPEN))
                else:
                    self._lines(self._display.feed([value]))
        finally:
            now = time.monotonic()
            if self._since and now - self._since > PATIENCE:
                self._lines(self._display.flush())
                now = 0.0
            self._since = self._since if self._since and now else now

    def pause(self) -> None:
        """Time is about to pass: what waits is shown."""
        self._lines(self._display.flush())

    def finish(self) -> None:
        """Write what is left."""
        try:
            self._lines(self._display.finish())
        except UnsupportedError as error:
            self._session.errors.record(error)

    def _lines(self, lines: list[str]) -> None:
        if lines:
            self._write("".join(f"{line}\n" for line in lines))
