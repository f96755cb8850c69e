"""What a hand does at mouse and keyboard, as the events that Qt would get of it. Nothing here waits.

*Show me* of a course acts with it, and the tour's driver does, which waits between the acts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QStyle, QStyleOptionViewItem, QWidget

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex
    from PySide6.QtWidgets import QAbstractItemView

_LEFT = Qt.MouseButton.LeftButton
_NO_KEYS = Qt.KeyboardModifier.NoModifier
INDICATOR = 8
"""Pixels from the left edge of a check box or radio button to the middle of its sign."""


def click(widget: QWidget, place: QPoint | None = None, button: Qt.MouseButton = _LEFT) -> None:
    """Press and release a button of the mouse on a widget (in its middle)."""
    point = QPointF(place if place is not None else widget.rect().center())
    anywhere = QPointF(widget.mapToGlobal(point))
    if widget.focusPolicy() & Qt.FocusPolicy.ClickFocus:
        widget.setFocus(Qt.FocusReason.MouseFocusReason)
    none = Qt.MouseButton.NoButton
    for kind, which, held in (
        (QEvent.Type.MouseMove, none, none),
        (QEvent.Type.MouseButtonPress, button, button),
        (QEvent.Type.MouseButtonRelease, button, none),
    ):
        QApplication.sendEvent(widget, QMouseEvent(kind, point, anywhere, which, held, _NO_KEYS))


def ask_for_menu(widget: QWidget, place: QPoint) -> None:
    """Click with the right button, and ask for the context menu as the mouse does."""
    click(widget, place, Qt.MouseButton.RightButton)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, widget.mapToGlobal(place))
    QApplication.sendEvent(widget, event)


def press(widget: QWidget, keys: str) -> None:
    """Press a key such as F2 or Ctrl+M where the keyboard is within a widget: first as a shortcut, then as a key."""
    from PySide6.QtTest import QTest  # only Qt's own test module can send a key the way that shortcuts hear it

    combination = QKeySequence(keys)[0]  # type: ignore[index]
    QTest.keyClick(widget, combination.key(), combination.keyboardModifiers())


def type_text(field: QWidget, text: str) -> None:
    """Replace what stands in a field or a box of numbers."""
    field.setFocus(Qt.FocusReason.TabFocusReason)
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QApplication.sendEvent(field, event)
    for letter in text:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(field, QKeyEvent(kind, 0, _NO_KEYS, letter))
    if isinstance(field, QAbstractSpinBox):
        field.interpretText()


def choose(box: QComboBox, number: int) -> None:
    """Choose an entry of a box of choices by keyboard."""
    box.setFocus(Qt.FocusReason.TabFocusReason)
    key = Qt.Key.Key_Down if number > box.currentIndex() else Qt.Key.Key_Up
    for _ in range(abs(number - box.currentIndex())):
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(box, QKeyEvent(kind, key, _NO_KEYS))


def check_box_of(view: QAbstractItemView, index: QModelIndex) -> QRect:
    """Where the check box of a row is in the viewport of its list."""
    option = QStyleOptionViewItem()
    view.initViewItemOption(option)
    option.rect = view.visualRect(index)
    option.features |= QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
    return view.style().subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, view)


def on_text(rect: QRect) -> QPoint:
    """A place on the text of a row."""
    return QPoint(rect.left() + min(30, rect.width() // 2), rect.center().y())
