"""What was typed into the Console: walked through with Up and Down, searched with Ctrl+R, kept without secrets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 1000
"""Lines that are kept."""
LONGEST = 4000
"""Characters of a line that is kept over sessions."""
_SECRET = re.compile(
    r"password|passphrase|asplaintext|securestring|credential|secret|token|apikey|api-key", re.IGNORECASE
)
"""As PSReadLine does it: a line that mentions one of these may hold a secret, so it is never written to a file."""


def is_secret(line: str) -> bool:
    """Whether a line must not be written to a file."""
    return _SECRET.search(line) is not None


class CommandHistory:
    """Lines, oldest first, each once; and the place in them."""

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self._lines = [line for line in lines if isinstance(line, str)][-MOST:]
        self._place = len(self._lines)
        self._begun = ""
        self._proposed: set[str] = set()

    @property
    def lines(self) -> tuple[str, ...]:
        """All of them, oldest first."""
        return tuple(self._lines)

    def kept(self) -> list[str]:
        """Those that may be written to a file."""
        kept = (line for line in self._lines if not is_secret(line) and len(line) <= LONGEST)
        return [line for line in kept if line not in self._proposed]

    def is_proposed(self, line: str) -> bool:
        """Whether a line came out of a course or a drill; that is not forgotten in this session, and never kept."""
        return line in self._proposed

    def add(self, line: str, is_proposed: bool = False) -> None:
        """Remember a line; one that is there already becomes the newest."""
        if is_proposed:
            self._proposed.add(line)
        self._lines = [*(one for one in self._lines if one != line), line][-MOST:]
        self.rewind()

    def rewind(self) -> None:
        """Go back to the end: the next Up begins with the newest line."""
        self._place, self._begun = len(self._lines), ""

    def walk(self, step: int, typed: str) -> str | None:
        """The next older (-1) or newer (1) line that begins with what had been typed when the walk began.

        Returns:
            The line; what had been typed after the newest; None where nothing older is left.
        """
        if self._place >= len(self._lines):
            self._begun = typed
        place = self._place + step
        while 0 <= place < len(self._lines):
            found = self._lines[place]
            if found.casefold().startswith(self._begun.casefold()) and found != typed:
                self._place = place
                return found
            place += step
        if step > 0 and self._place < len(self._lines):
            self._place = len(self._lines)
            return self._begun
        return None

    def search(self, part: str, before: int | None = None, step: int = -1) -> int | None:
        """Place of the next line with ``part`` in it, older (-1) or newer (1) than ``before`` (None: the end)."""
        place = (len(self._lines) if before is None else before) + step
        while 0 <= place < len(self._lines):
            if part.casefold() in self._lines[place].casefold():
                return place
            place += step
        return None
