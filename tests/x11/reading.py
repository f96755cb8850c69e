"""What can be read and reached in the program: texts, letters with Alt, and the memory that it holds."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QLabel, QWidget

from tests.x11.looking import rows_of, shown, texts, widget

if TYPE_CHECKING:
    from fcm.ui.window.main_window import MainWindow


def memory(window: MainWindow) -> int:
    """Bytes that the program holds."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def mnemonics(window: MainWindow) -> dict[str, list[str]]:
    """By letter: what of the active window Alt and that letter reach, as it can be reached now."""
    top = QApplication.activeWindow()
    found: dict[str, list[str]] = {}
    for one in shown(QWidget):
        if one.window() is not top or not one.isEnabled():
            continue
        if isinstance(one, QLabel):
            reached, text = one.buddy(), one.text()
        elif isinstance(one, QAbstractButton):
            reached, text = one, one.text()
        else:
            continue
        letter = QKeySequence.mnemonic(text).toString().removeprefix("Alt+")
        if letter and reached is not None and reached.isVisible() and reached.isEnabled():
            found.setdefault(letter, []).append(reached.accessibleName())
    return found


def words(window: MainWindow) -> list[str]:
    """Every text that can be read now: labels, buttons, headings, cells, tooltips, and names of what has no text."""
    found = [*texts(window), window.windowTitle()]
    for one in shown(QWidget):
        found += [one.toolTip(), one.accessibleName(), one.windowTitle()]
        if isinstance(one, QAbstractButton):
            found.append(one.text())
        elif isinstance(one, QAbstractItemView):
            model = one.model()
            found += [str(model.headerData(n, Qt.Orientation.Horizontal) or "") for n in range(model.columnCount())]
            found += [str(index.data() or "") for index in rows_of(one)]
    return [one.replace("&", "") for one in found if one]


def active_title(window: MainWindow) -> str:
    """The title of the window that has the keyboard."""
    top = QApplication.activeWindow()
    return "" if top is None else top.windowTitle()


def is_button(window: MainWindow, name: str) -> bool:
    """Whether what is shown by that name is a button that acts when it is reached."""
    found = widget(name)
    return isinstance(found, QAbstractButton)
