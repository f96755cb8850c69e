"""The screen of a terminal: pyte's, with the lines that have left it, wide characters, and a second screen."""

from __future__ import annotations

import unicodedata
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any

import pyte
from pyte import modes
from pyte.screens import Char, StaticDefaultDict
from wcwidth import wcwidth

if TYPE_CHECKING:
    from collections.abc import Callable

HISTORY = 5000
"""Lines that have left the screen and are kept."""
MOST_LOOKS = 512
"""Kinds of cells that are remembered."""
LONGEST_CELL = 16
"""Characters in one cell: a letter and what is above and below it."""
# Private modes, as xterm's "Control Sequences" numbers them; pyte keeps them times 32.
_ALTERNATE = frozenset((47, 1047, 1049))
_CURSOR_KEYS = 1 << 5
_BRACKETED = 2004 << 5


class Line(StaticDefaultDict[int, Char]):
    """The cells of a line by their column; what is not there is blank."""

    is_wrapped = False
    """Whether it goes on in the next line, since the width ended."""


class Screen(pyte.Screen):
    """Lines are counted from the first that there ever was: those of the history, then those of the screen."""

    def __init__(self, columns: int, rows: int, reply: Callable[[str], None]) -> None:
        """Make a screen.

        Args:
            columns: cells of a line.
            rows: lines.
            reply: told what the terminal answers to its program, such as where the cursor is.
        """
        self.history: deque[Line] = deque(maxlen=HISTORY)
        self.dropped = 0
        """Lines of the history that are kept no more."""
        self.version = 0
        """Grows with each change."""
        self._reply = reply
        self._cells: dict[Any, dict[str, Char]] = {}
        self._main: tuple[dict[int, StaticDefaultDict[int, Char]], int, int] | None = None
        super().__init__(columns, rows)
        self.buffer = self._blank()

    def _blank(self) -> defaultdict[int, StaticDefaultDict[int, Char]]:
        return defaultdict(lambda: Line(self.default_char))

    # What a program wants of the keyboard

    @property
    def has_cursor_keys(self) -> bool:
        """Whether arrows are sent as the program of an editor wants them (DECCKM)."""
        return _CURSOR_KEYS in self.mode

    @property
    def brackets_paste(self) -> bool:
        """Whether what is pasted goes between marks, so that no line of it runs by itself."""
        return _BRACKETED in self.mode

    @property
    def is_alternate(self) -> bool:
        """Whether a program such as an editor has a screen of its own."""
        return self._main is not None

    # Lines

    @property
    def first(self) -> int:
        """The number of the oldest line that is kept."""
        return self.dropped

    @property
    def top(self) -> int:
        """The number of the first line of the screen."""
        return self.dropped + len(self.history)

    @property
    def end(self) -> int:
        """One more than the number of the last line."""
        return self.top + self.lines

    @property
    def cursor_line(self) -> int:
        """The number of the line with the cursor."""
        return self.top + self.cursor.y

    @property
    def cursor_column(self) -> int:
        """The column of the cursor; at the end of a line it stays on its last cell."""
        return min(self.cursor.x, self.columns - 1)

    def line(self, number: int) -> StaticDefaultDict[int, Char]:
        """A line by its number; a blank one if there is none."""
        if self.dropped <= number < self.top:
            return self.history[number - self.dropped]
        row = number - self.top
        found = self.buffer.get(row) if 0 <= row < self.lines else None
        return found if found is not None else Line(self.default_char)

    def is_wrapped(self, number: int) -> bool:
        """Whether a line goes on in the next one."""
        return isinstance(line := self.line(number), Line) and line.is_wrapped

    def text(self, number: int, start: int = 0, end: int | None = None) -> str:
        """The text of a line from a column up to another one; without ``end`` blanks at its end are left out."""
        line = self.line(number)
        last = max(line, default=-1) + 1 if end is None else end
        found = "".join(line[column].data for column in range(start, last))
        return found.rstrip(" ") if end is None or end >= max(line, default=-1) + 1 else found

    def texts(self) -> list[str]:
        """All lines that there are, without blank ones at the end."""
        found = [self.text(number) for number in range(self.first, self.end)]
        while found and not found[-1]:
            found.pop()
        return found

    # What pyte does otherwise, or not at all

    def draw(self, data: str) -> None:
        """Write characters where the cursor is."""
        cursor = self.cursor
        attributes = cursor.attrs
        if len(self._cells) > MOST_LOOKS:
            self._cells.clear()
        known = self._cells.setdefault(attributes, {})
        for char in data:
            width = 1 if " " <= char < "\x7f" else wcwidth(char)
            if width <= 0:
                # pyte would leave out the whole rest of the text.
                if width == 0 and unicodedata.combining(char):
                    self._combine(char)
                continue
            if cursor.x + width > self.columns:
                if modes.DECAWM in self.mode:
                    self._mark_wrapped()
                    self.carriage_return()
                    self.linefeed()
                else:
                    cursor.x = max(0, self.columns - width)
            if modes.IRM in self.mode:
                self.insert_characters(width)
            line = self.buffer[cursor.y]
            x = cursor.x
            if x and x in line and line[x].data == "":
                line[x - 1] = line[x - 1]._replace(data=" ")
            after = x + width
            if after in line and line[after].data == "":
                line[after] = line[after]._replace(data=" ")
            cell = known.get(char)
            if cell is None:
                cell = known[char] = attributes._replace(data=char)
            line[x] = cell
            if width == 2:
                line[x + 1] = attributes._replace(data="")
            cursor.x = min(after, self.columns)
        self.version += 1

    def _mark_wrapped(self) -> None:
        line = self.buffer[self.cursor.y]
        if isinstance(line, Line):
            line.is_wrapped = True

    def _combine(self, char: str) -> None:
        """Put a mark over the character before the cursor."""
        line, column = self.buffer[self.cursor.y], self.cursor.x - 1
        if column > 0 and line[column].data == "":
            column -= 1
        if column >= 0 and len(line[column].data) < LONGEST_CELL:
            joined = unicodedata.normalize("NFC", line[column].data + char)
            line[column] = line[column]._replace(data=joined)

    def index(self) -> None:
        """One line down; what leaves the screen at its top is kept."""
        has_all = self.margins is None or (self.margins.top == 0 and self.margins.bottom == self.lines - 1)
        if self.cursor.y == self.lines - 1 and has_all and self._main is None:
            self._keep(0)
        self.version += 1
        super().index()

    def _keep(self, row: int) -> None:
        if len(self.history) == HISTORY:
            self.dropped += 1
        line = self.buffer[row]
        self.history.append(line if isinstance(line, Line) else Line(self.default_char))

    def reset(self) -> None:
        """As at the start."""
        self._main = None
        self.version += 1
        super().reset()

    def erase_in_display(self, how: int = 0, *args: Any, **options: Any) -> None:
        """Erase; 3: the history, as well as the screen."""
        self.version += 1
        if how == 3:
            self.dropped += len(self.history)
            self.history.clear()
        elif how in (0, 1, 2):
            super().erase_in_display(how, *args, **options)

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:
        """Erase in the line of the cursor."""
        self.version += 1
        line = self.buffer[self.cursor.y]
        if how in (0, 2) and isinstance(line, Line):
            line.is_wrapped = False
        if how in (0, 1, 2):
            super().erase_in_line(how, private)

    def set_mode(self, *wanted: int, **options: Any) -> None:
        """Modes, and the second screen."""
        self.version += 1
        if options.get("private") and _ALTERNATE.intersection(wanted) and self._main is None:
            self._main = self.buffer, self.cursor.x, self.cursor.y
            self.buffer = self._blank()
        super().set_mode(*(mode for mode in wanted if mode != 3 or not options.get("private")), **options)

    def reset_mode(self, *unwanted: int, **options: Any) -> None:
        """Modes, and the first screen again."""
        self.version += 1
        if options.get("private") and _ALTERNATE.intersection(unwanted) and self._main is not None:
            self.buffer, self.cursor.x, self.cursor.y = self._main
            self._main = None
            self.ensure_hbounds()
            self.ensure_vbounds()
        super().reset_mode(*(mode for mode in unwanted if mode != 3 or not options.get("private")), **options)

    def select_graphic_rendition(self, *attributes: int, **_options: Any) -> None:
        """Colours and kinds of letters. pyte knows no faint ones: they take the place of those that blink."""
        plain: list[int] = []
        rest = list(attributes)
        faint: bool | None = None
        while rest:
            one = rest.pop(0)
            if one in (38, 48):
                count = 4 if rest[:1] == [2] else 2
                plain += [one, *rest[:count]]
                del rest[:count]
            elif one == 2:
                faint = True
            elif one == 5:
                pass
            else:
                if one in (0, 22):
                    faint = False
                plain.append(one)
        if plain or not attributes:
            super().select_graphic_rendition(*plain)
        if faint is not None:
            self.cursor.attrs = self.cursor.attrs._replace(blink=faint)

    def report_device_status(self, mode: int = 0, **options: Any) -> None:
        """Where the cursor is (6), or that all is well (5)."""
        if options.get("private"):
            return
        if mode == 5:
            self._reply("\x1b[0n")
        elif mode == 6:
            self._reply(f"\x1b[{self.cursor.y + 1};{self.cursor_column + 1}R")

    def report_device_attributes(self, mode: int = 0, **_options: Any) -> None:
        """What kind of terminal this is: a VT220."""
        if mode == 0:
            self._reply("\x1b[?62;22c")

    def resize(self, lines: int | None = None, columns: int | None = None) -> None:
        """Another size: lines go to the history and come back from it, so that the cursor stays in its line."""
        rows, width = lines or self.lines, columns or self.columns
        if (rows, width) == (self.lines, self.columns):
            return
        self.version += 1
        self.margins = None
        if self._main is None:
            for _ in range(max(0, self.cursor.y - rows + 1)):
                self._keep(0)
                self._shift(-1)
            back = min(max(0, rows - self.lines), len(self.history))
            for _ in range(back):
                self._shift(1)
                self.buffer[0] = self.history.pop()
        for row in [row for row in self.buffer if row >= rows]:
            del self.buffer[row]
        self.lines, self.columns = rows, width
        self.tabstops = set(range(8, width, 8))
        self.ensure_hbounds()
        self.ensure_vbounds()

    def _shift(self, by: int) -> None:
        """All lines of the screen, and the cursor with them, up or down by one."""
        moved = {row + by: line for row, line in self.buffer.items() if row + by >= 0}
        self.buffer.clear()
        self.buffer.update(moved)
        self.cursor.y += by

    def debug(self, *_values: Any, **_options: Any) -> None:
        """A sequence that is not known has no effect."""
