"""Ctrl+R: looking for a line of the history by a part of it, as PSReadLine does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fcm.ui.console.history import CommandHistory


class HistorySearch:
    """A search that goes on while its part is typed. The methods return the line to show, None for no other one."""

    def __init__(self, history: CommandHistory) -> None:
        self._history = history
        self.is_active = False
        self.part = ""
        """What is looked for."""
        self.has_failed = False
        """True if no line has it."""
        self._place: int | None = None
        self._before = ""
        self._step = -1

    @property
    def label(self) -> str:
        """What the line below the input says."""
        way = "bck" if self._step < 0 else "fwd"
        return f"{'failed-' if self.has_failed else ''}{way}-i-search: {self.part}_"

    def go(self, typed: str, step: int) -> str | None:
        """Begin with nothing looked for, or go on to the next older (-1) or newer (1) line."""
        if not self.is_active:
            self.is_active, self.part, self.has_failed, self._place = True, "", False, None
            self._before, self._step = typed, step
            return None
        self._step = step
        return self._found(self._history.search(self.part, self._place, step)) if self.part else None

    def narrow(self, part: str) -> str | None:
        """Look for something else, from the newest line on."""
        self.part, self._place = part, None
        if not part:
            self.has_failed = False
            return self._before
        return self._found(self._history.search(part))

    def give_up(self) -> str:
        """End the search; returns what had been typed before."""
        self.is_active = False
        return self._before

    def end(self) -> None:
        """End the search and keep what was found."""
        self.is_active = False

    def _found(self, place: int | None) -> str | None:
        self.has_failed = place is None
        if place is None:
            return None
        self._place = place
        return self._history.lines[place]
