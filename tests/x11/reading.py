"""What can be read and reached in the program: texts, letters with Alt, and the memory that it holds."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleInterface, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QLabel, QListView, QMenu, QWidget

from fcm.ui.window.panes.messages import MessageStrip
from tests.x11.looking import rows_of, shown, texts, widget

if TYPE_CHECKING:
    from fcm.ui.window.main_window import MainWindow

_SAYING = (QAbstractButton, QLabel)


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
            columns = 0 if isinstance(one, QListView) else model.columnCount(QModelIndex())
            found += [str(model.headerData(n, Qt.Orientation.Horizontal) or "") for n in range(columns)]
            found += [str(index.data() or "") for index in rows_of(one)]
    return [one.replace("&", "") for one in found if one]


def heard(window: MainWindow) -> list[tuple[str, str]]:
    """Name, and description or else value, of everything in the window as screen readers get them, hidden pages too."""
    QAccessible.setActive(True)
    found = []

    def read(one: QAccessibleInterface | None, depth: int) -> None:
        if one is None or not one.isValid():
            return
        told = one.text(QAccessible.Text.Description) or one.text(QAccessible.Text.Value)
        found.append((one.text(QAccessible.Text.Name), told))
        for number in range(one.childCount() if depth else 0):
            read(one.child(number), depth - 1)

    for one in window.findChildren(QWidget):
        # Rows and cells are no widgets: they are asked for by their list.
        read(QAccessible.queryAccessibleInterface(one), 2 if isinstance(one, QAbstractItemView) else 0)
    QAccessible.setActive(False)
    return found


def err(window: MainWindow) -> None:
    """As if the program had a mistake of the kind that showed only the id of a machine."""

    def mistake() -> None:
        raise KeyError("6c3f9a1e-2b44-4a8e-9d0e-1f2a3b4c5d6e")

    QTimer.singleShot(0, window, mistake)


def texts_of_strips(window: MainWindow) -> list[str]:
    """All that the strips above the page say, their buttons and tooltips among it."""
    return [
        text
        for strip in shown(MessageStrip)
        for one in (strip, *strip.findChildren(QWidget))
        for text in (one.accessibleName(), one.toolTip(), *([one.text()] if isinstance(one, _SAYING) else []))
        if text
    ]


def active_title(window: MainWindow) -> str:
    """The title of the window that has the keyboard."""
    top = QApplication.activeWindow()
    return "" if top is None else top.windowTitle()


def is_button(window: MainWindow, name: str) -> bool:
    """Whether what is shown by that name is a button that acts when it is reached."""
    found = widget(name)
    return isinstance(found, QAbstractButton)


def letters_of_menus(window: MainWindow) -> dict[str, list[str]]:
    """By letter: the entries of the open menu, or of the menu bar, that it reaches."""
    menus = list(shown(QMenu)) or [window.menuBar()]
    found: dict[str, list[str]] = {}
    for action in menus[-1].actions():
        letter = QKeySequence.mnemonic(action.text()).toString().removeprefix("Alt+")
        if letter and action.isVisible():
            found.setdefault(letter, []).append(action.text())
    return found


def entries_with_dialogs(window: MainWindow) -> list[str]:
    """Labels of the entries of the open menu that can be chosen and open a dialog."""
    return [
        text
        for menu in shown(QMenu)
        for action in menu.actions()
        if (text := action.text().replace("&", "")).endswith(("...", "Properties"))
        and action.isEnabled()
        and action.menu() is None
    ]


def beyond(window: MainWindow) -> list[str]:
    """What of the status bar reaches beyond the window or has less room than it needs."""
    edge = window.status.mapToGlobal(window.status.rect().topRight()).x()
    edge = min(edge, window.mapToGlobal(window.rect().topRight()).x())
    return [
        f"{one.objectName()}: {one.accessibleName()}"
        for one in window.status.findChildren(QWidget)
        if one.isVisible()
        and one.objectName() != "connection"
        and (one.mapToGlobal(one.rect().topRight()).x() > edge or one.width() < one.minimumSizeHint().width())
    ]
