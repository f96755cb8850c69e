"""The text of a terminal for screen readers."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QAccessible, QAccessibleInterface, QAccessibleTextInterface
from PySide6.QtWidgets import QAbstractScrollArea, QAccessibleWidget

if TYPE_CHECKING:
    from PySide6.QtCore import QObject, QPoint, QRect

LINES = 200
"""Lines that a screen reader is given at most, the last ones."""


class SpokenWidget(QAbstractScrollArea):
    """A widget whose text a screen reader can be given."""

    accessible: AccessibleTerminal | None = None
    """What a screen reader asks. Qt deletes it with the widget; until then somebody must hold it."""

    def spoken(self) -> str:
        """The last lines, as one text."""
        raise NotImplementedError

    def spoken_cursor(self) -> int:
        """Where the cursor is in this text."""
        raise NotImplementedError

    def spoken_place(self, offset: int) -> QRect:
        """Where a character of it is on the desktop."""
        raise NotImplementedError


class AccessibleTerminal(QAccessibleWidget, QAccessibleTextInterface):
    """What a screen reader asks: the lines as one text, and where the cursor is in it."""

    def __init__(self, widget: SpokenWidget) -> None:
        QAccessibleWidget.__init__(self, widget, QAccessible.Role.Terminal, widget.accessibleName())
        QAccessibleTextInterface.__init__(self)
        self._terminal = widget

    def interface_cast(self, kind: QAccessible.InterfaceType) -> Any:
        """It has a text."""
        if kind == QAccessible.InterfaceType.TextInterface:
            return self
        return super().interface_cast(kind)

    def text(self, first: Any, second: int | None = None) -> str:
        """A part of the text, or (with a QAccessible.Text) its name or all of it as the value."""
        if second is not None:
            return self._terminal.spoken()[int(first) : second]
        if first == QAccessible.Text.Value:
            return self._terminal.spoken()
        if first == QAccessible.Text.Name:
            return self._terminal.accessibleName()
        return self._terminal.accessibleDescription() if first == QAccessible.Text.Description else ""

    def characterCount(self) -> int:
        """Of the whole text."""
        return len(self._terminal.spoken())

    def cursorPosition(self) -> int:
        """Characters before the cursor."""
        return self._terminal.spoken_cursor()

    def setCursorPosition(self, _position: int) -> None:
        """The program alone moves its cursor."""

    def selectionCount(self) -> int:
        """What is selected is told by copying it."""
        return 0

    def selection(self, _index: int) -> Any:
        """There is none."""
        return 0, 0

    def addSelection(self, _start: int, _end: int) -> None:
        """Selecting is for the mouse."""

    def removeSelection(self, _index: int) -> None:
        """There is none."""

    def setSelection(self, _index: int, _start: int, _end: int) -> None:
        """Selecting is for the mouse."""

    def characterRect(self, offset: int) -> QRect:
        """Where a character is on the desktop."""
        return self._terminal.spoken_place(offset)

    def offsetAtPoint(self, _point: QPoint) -> int:
        """The character at a place is not told."""
        return -1

    def scrollToSubstring(self, _start: int, _end: int) -> None:
        """All that is told is near the end."""

    def attributes(self, _offset: int) -> Any:
        """Colours are not told."""
        return "", 0, len(self._terminal.spoken())


def _made(_class: str, of: QObject) -> QAccessibleInterface | None:
    if not isinstance(of, SpokenWidget):
        return None
    of.accessible = AccessibleTerminal(of)
    return of.accessible


@functools.cache
def install() -> None:
    """From now on terminals have a text for screen readers; once is enough."""
    QAccessible.installFactory(_made)
