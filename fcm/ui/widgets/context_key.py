"""Shift+F10 opens the context menu of what has the keyboard, as the menu key does.

Windows makes a context menu event of it itself; the X server and Wayland leave it to the program, and Qt does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

BY_ITSELF = ("windows", "direct2d")
"""Platforms of Qt on which the key makes the event anyway."""


def add_context_key(window: QWidget) -> None:
    """Let the key act within a window."""
    if QGuiApplication.platformName() not in BY_ITSELF:
        QShortcut(QKeySequence("Shift+F10"), window).activated.connect(open_context_menu)


def open_context_menu() -> None:
    """What the menu key does."""
    found = QApplication.focusWidget()
    if found is not None:
        place = found.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle).center()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, found.mapToGlobal(place))
        QApplication.sendEvent(found, event)
