"""A hand on mouse and keyboard: finds widgets by their accessible names and clicks and types like a person.

The tour and the scripted tests share it. It sends the events that a mouse and a keyboard cause, and waits in an event
loop until a condition holds, so that nothing depends on how fast the machine is.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEventLoop, QModelIndex, QPoint, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QRadioButton,
    QTabBar,
    QTabWidget,
    QTreeView,
    QWidget,
)
from shiboken6 import isValid

from fcm.text.words import quoted
from fcm.ui.learning import hand
from fcm.ui.learning.finding import rows
from fcm.ui.tour.patience import PATIENCE, stretched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtGui import QAction

T = TypeVar("T")
W = TypeVar("W", bound=QWidget)

CHECK_EVERY = 15
"""ms between two looks at a condition that is waited for."""
_LEFT = Qt.MouseButton.LeftButton
_NO_KEYS = Qt.KeyboardModifier.NoModifier


class DriverError(Exception):
    """Something was not there or did not happen; the message says what was waited for and what is there."""


class Driver:
    """Clicks and types in the windows of this program.

    ``patience`` is how many seconds it waits for anything on an idle machine; a busy one gets more.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self.patience = patience

    # waiting

    def wait(self, condition: Callable[[], T | None], what: str, patience: float | None = None) -> T:
        """Run the event loop until the condition is true (not None, False or empty); returns its value.

        Raises:
            DriverError: it did not come true in time.
        """
        found = condition()
        if found:
            return found
        loop = QEventLoop()
        error: list[BaseException] = []

        def look() -> None:
            nonlocal found
            try:
                found = condition()
            except Exception as caught:
                error.append(caught)
            if found or error:
                loop.quit()

        base = self.patience if patience is None else patience
        seconds = stretched(base)
        begin = time.monotonic()
        eyes, end = QTimer(), QTimer()

        def give_up() -> None:
            nonlocal seconds
            seconds = max(seconds, stretched(base))  # the machine may have got busy meanwhile
            rest = begin + seconds - time.monotonic()
            if rest > 0:
                end.start(math.ceil(rest * 1000))
            else:
                loop.quit()

        eyes.timeout.connect(look)
        end.timeout.connect(give_up)
        end.setSingleShot(True)
        eyes.start(CHECK_EVERY)
        end.start(math.ceil(seconds * 1000))
        loop.exec()
        eyes.stop()
        end.stop()
        if error:
            raise error[0]
        if not found:
            raise DriverError(f"Waited {seconds:g} s for {what} without success. Visible: {self.seen()}.")
        return found

    def settle(self) -> None:
        """Let everything that is due now happen: layouts, queued signals, paints."""
        loop = QEventLoop()
        QTimer.singleShot(0, lambda: QTimer.singleShot(CHECK_EVERY, loop.quit))
        loop.exec()

    # finding

    def roots(self) -> list[QWidget]:
        """Where the user can act: the modal dialog on top if there is one, else all windows."""
        modal = QApplication.activeModalWidget()
        if modal is not None:
            return [modal]
        return [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]

    def seen(self) -> str:
        """Names of the windows and buttons that are visible, for messages."""
        names = [f"[{root.windowTitle() or root.accessibleName()}]" for root in self.roots()]
        for root in self.roots():
            buttons = root.findChildren(QAbstractButton)
            names += [b.accessibleName() for b in buttons if b.isVisible() and b.accessibleName()]
        return ", ".join(names[:60])

    def look_for(self, kind: type[W], name: str) -> W | None:
        """The visible widget of that kind and accessible name, or None."""
        for root in self.roots():
            candidates: list[W] = [root] if isinstance(root, kind) else []
            for widget in (*candidates, *root.findChildren(kind)):
                if widget.isVisible() and widget.accessibleName() == name:
                    return widget
        return None

    def find(self, kind: type[W], name: str) -> W:
        """The same, waiting until it is there."""
        return self.wait(lambda: self.look_for(kind, name), f"{kind.__name__} {quoted(name)}")

    def wait_for_dialog(self, title: str) -> QWidget:
        """The modal dialog with that title."""

        def top() -> QWidget | None:
            modal = QApplication.activeModalWidget()
            return modal if modal is not None and modal.windowTitle() == title else None

        found = self.wait(top, f"the dialog {quoted(title)}")
        self.settle()
        return found

    def wait_for_no_dialog(self) -> None:
        """All dialogs are closed."""
        self.wait(lambda: QApplication.activeModalWidget() is None, "the dialogs to close")

    # mouse

    def click(self, widget: QWidget, place: QPoint | None = None, button: Qt.MouseButton = _LEFT) -> None:
        """Press and release a button of the mouse on a widget (in its middle)."""
        hand.click(widget, place, button)
        self.settle()

    def right_click(self, widget: QWidget, place: QPoint) -> None:
        """Ask for the context menu at a place."""
        hand.ask_for_menu(widget, place)
        self.settle()

    def press(self, name: str, kind: type[QAbstractButton] = QAbstractButton) -> None:
        """Click the button, link, tick box or radio button of that name once it is enabled."""

        def ready() -> QAbstractButton | None:
            button = self.look_for(kind, name)
            return button if button is not None and button.isEnabled() else None

        button = self.wait(ready, f"the button {quoted(name)} to be enabled")
        place = None
        if isinstance(button, QCheckBox | QRadioButton):
            place = QPoint(8, button.rect().center().y())
        self.click(button, place)

    def choose(self, name: str, text: str) -> None:
        """Choose an entry of a box of choices by keyboard, as it begins.

        Raises:
            DriverError: there is no such entry.
        """
        box = self.find(QComboBox, name)
        wanted = next((i for i in range(box.count()) if box.itemText(i).startswith(text)), None)
        if wanted is None:
            entries = ", ".join(box.itemText(i) for i in range(box.count()))
            raise DriverError(f"{quoted(name)} has no entry {quoted(text)}; it has: {entries}.")
        hand.choose(box, wanted)
        self.settle()

    def tab(self, text: str, name: str = "Properties") -> None:
        """Click the tab with that text among those of that name."""
        tabs = self.find(QTabWidget, name)
        bar: QTabBar = tabs.tabBar()
        number = next(i for i in range(bar.count()) if bar.tabText(i).replace("&", "") == text)
        self.click(bar, bar.tabRect(number).center())

    # keyboard

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = _NO_KEYS, widget: QWidget | None = None) -> None:
        """Press and release a key where the keyboard is, or on a widget."""
        # Only Qt's own test module can send a key the way that shortcuts hear it.
        from PySide6.QtTest import QTest

        if QApplication.activeWindow() is None:
            # Without a window manager nobody activates the window behind a dialog that was closed.
            window = self.roots()[0]
            window.activateWindow()
            self.wait(window.isActiveWindow, "the window to be active")
        target = widget or QApplication.focusWidget() or self.roots()[0]
        QTest.keyClick(target, key, modifiers)
        self.settle()

    def type_into(self, name: str, text: str) -> None:
        """Replace what stands in a field or a box of numbers."""

        def there() -> QWidget | None:
            kinds: tuple[type[QWidget], ...] = (QLineEdit, QAbstractSpinBox, QPlainTextEdit)
            return next(filter(None, (self.look_for(kind, name) for kind in kinds)), None)

        field = self.wait(there, f"the field {quoted(name)}")
        hand.type_text(field, text)
        self.settle()

    # rows

    def rows(self, view: QAbstractItemView) -> Iterator[QModelIndex]:
        """The first cells of all rows of a list, table or tree, folded ones too."""
        return rows(view)

    def row(self, name: str, text: str) -> tuple[QAbstractItemView, QModelIndex]:
        """The row whose first cell shows a text, scrolled into view; waits until it is there.

        The index holds until the next event is handled: rows may come and go at any time.
        """

        def there() -> tuple[QAbstractItemView, QModelIndex] | None:
            view = self.look_for(QAbstractItemView, name)
            if view is None:
                return None
            found = next((index for index in rows(view) if str(index.data()) == text), None)
            if found is None:
                return None
            if _can_be_clicked(view, found):
                return view, found
            if isinstance(view, QTreeView):
                parent = found.parent()
                while parent.isValid():
                    view.expand(parent)
                    parent = parent.parent()
            view.scrollTo(found)
            return None  # seen at the next look, when the view has moved there

        return self.wait(there, f"the row {quoted(text)} in {quoted(name)}")

    def cell(self, name: str, text: str, heading: str) -> str:
        """What a row shows under a heading.

        Raises:
            DriverError: there is no such column.
        """
        view, index = self.row(name, text)
        model = view.model()
        for column in range(model.columnCount()):
            if model.headerData(column, Qt.Orientation.Horizontal) == heading:
                return str(model.index(index.row(), column, index.parent()).data())
        raise DriverError(f"{quoted(name)} has no column {quoted(heading)}.")

    def click_row(self, name: str, text: str) -> None:
        """Click a row."""
        view, index = self.row(name, text)
        self.click(view.viewport(), hand.on_text(view.visualRect(index)))

    def right_click_row(self, name: str, text: str) -> None:
        """Ask for the context menu of a row."""
        view, index = self.row(name, text)
        self.right_click(view.viewport(), hand.on_text(view.visualRect(index)))

    def tick_row(self, name: str, text: str) -> None:
        """Click the tick box of a row.

        Raises:
            DriverError: the check box did not change.
        """
        view, index = self.row(name, text)
        box = hand.check_box_of(view, index)
        before = index.data(Qt.ItemDataRole.CheckStateRole)
        self.click(view.viewport(), box.center())
        if index.data(Qt.ItemDataRole.CheckStateRole) == before:
            raise DriverError(f"The check box of {quoted(text)} in {quoted(name)} did not change.")

    # menus

    def choose_in_menu(self, *labels: str) -> None:
        """Click through an open menu, and its submenus, by label.

        Raises:
            DriverError: an entry does not appear or is disabled.
        """
        for number, label in enumerate(labels):
            menu, action = self.wait(lambda label=label: _entry(label), f"the menu entry {quoted(label)}")  # type: ignore[misc]
            if not action.isEnabled():
                raise DriverError(f"The menu entry {quoted(label)} is disabled: {action.toolTip()}")
            below = action.menu() if number < len(labels) - 1 else None
            self.click(menu, menu.actionGeometry(action).center())
            if isinstance(below, QMenu):
                self._wait_open(below, label)
        self.settle()

    def open_submenu(self, label: str) -> QMenu:
        """Open a submenu of the open menu and leave it open.

        Raises:
            DriverError: the entry does not appear or has no submenu.
        """
        menu, action = self.wait(lambda: _entry(label), f"the menu entry {quoted(label)}")
        below = action.menu()
        if not isinstance(below, QMenu):
            raise DriverError(f"{quoted(label)} has no submenu.")
        self.click(menu, menu.actionGeometry(action).center())
        self._wait_open(below, label)
        return below

    def _wait_open(self, submenu: QMenu, label: str) -> None:
        self.wait(lambda: not is_closed(submenu), f"the submenu {quoted(label)}")

    def close_menus(self) -> None:
        """Esc until no menu is open."""
        while (popup := QApplication.activePopupWidget()) is not None:
            self.key(Qt.Key.Key_Escape, widget=popup)


def is_closed(window: QWidget) -> bool:
    """Whether a window is hidden or gone.

    A window that deletes itself lives on for some milliseconds after it was closed, so whoever waits for that must be
    ready to meet it in either state.
    """
    return not isValid(window) or not window.isVisible()


def label_of(action: QAction) -> str:
    """The label of a menu entry without its mnemonic and shortcut."""
    return action.text().replace("&", "").partition("\t")[0]


def _entry(label: str) -> tuple[QMenu, QAction] | None:
    """The entry in the menu on top."""
    menu = QApplication.activePopupWidget()
    if not isinstance(menu, QMenu):
        return None
    return next(((menu, action) for action in menu.actions() if label_of(action) == label), None)


def _can_be_clicked(view: QAbstractItemView, index: QModelIndex) -> bool:
    """Whether the place where a row is clicked lies in the visible part of its view."""
    rect = view.visualRect(index)
    return rect.isValid() and view.viewport().rect().contains(hand.on_text(rect))
