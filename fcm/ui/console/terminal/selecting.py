"""What is selected in a terminal: from one place between two characters to another one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fcm.ui.console.terminal.screen import Screen

Place = tuple[int, int]
"""A line by its number, and a column."""
_WORD = re.compile(r"[^\s'\"|;,(){}\[\]<>]+")


class Marking:
    """The selected part of a screen."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._anchor: tuple[Place, Place] | None = None
        """Where it began: a place, or the two ends of a word or line."""
        self._head: Place = 0, 0
        self._by = "characters"

    @property
    def is_empty(self) -> bool:
        """Whether nothing is selected."""
        first, last = self.ends
        return first == last

    @property
    def ends(self) -> tuple[Place, Place]:
        """Where it begins and ends; twice the same if nothing is selected."""
        if self._anchor is None:
            return (0, 0), (0, 0)
        low, high = self._around(self._head)
        return min(self._anchor[0], low), max(self._anchor[1], high)

    def begin(self, place: Place, by: str = "characters") -> None:
        """Select from here on: by characters, words or lines."""
        self._by = by
        self._head = place
        self._anchor = self._around(place)

    def extend(self, place: Place) -> None:
        """Up to here."""
        if self._anchor is None:
            self.begin(place)
        self._head = place

    def all(self) -> None:
        """Everything, the history too."""
        screen = self._screen
        self._by = "characters"
        self._anchor = (screen.first, 0), (screen.first, 0)
        self._head = screen.end - 1, screen.columns

    def drop(self) -> None:
        """Nothing."""
        self._anchor = None

    def columns(self, number: int) -> tuple[int, int]:
        """The selected columns of a line, as a range."""
        (first, start), (last, end) = self.ends
        if not first <= number <= last or (first, start) == (last, end):
            return 0, 0
        return start if number == first else 0, end if number == last else self._screen.columns

    def text(self) -> str:
        """What is selected; a line that goes on in the next one stays one line."""
        (first, _), (last, _) = self.ends
        found: list[str] = []
        for number in range(max(first, self._screen.first), min(last, self._screen.end - 1) + 1):
            start, end = self.columns(number)
            is_wrapped = self._screen.is_wrapped(number) and number != last
            part = self._screen.text(number, start, end)
            found.append(part if is_wrapped else part.rstrip(" ") + ("" if number == last else "\n"))
        return "".join(found)

    def _around(self, place: Place) -> tuple[Place, Place]:
        number, column = place
        if self._by == "lines":
            first = last = number
            while first > self._screen.first and self._screen.is_wrapped(first - 1):
                first -= 1
            while self._screen.is_wrapped(last):
                last += 1
            return (first, 0), (last, self._screen.columns)
        if self._by == "words":
            line = self._screen.line(number)
            # One character for each cell, so that columns are places in the text.
            text = "".join(line[at].data[:1] or "\u2060" for at in range(self._screen.columns))
            for found in _WORD.finditer(text):
                if found.start() <= column < found.end():
                    return (number, found.start()), (number, found.end())
        return place, place
