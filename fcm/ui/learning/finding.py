"""Finds the control of a move among what the user sees now, and says whether the move is still to be made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt
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
    QTabWidget,
    QTreeView,
    QWidget,
)

from fcm.ui.learning import hand
from fcm.ui.window.panes.tree_model import TreeModel
from fcm.workspace.learning.moves import TREE, Act, Move

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QAction

    from fcm.workspace.selection import Selection

W = TypeVar("W", bound=QWidget)
_NUMBERED = re.compile(r"^\d+ - ")


@dataclass(frozen=True, slots=True)
class Target:
    """The control that is to be used now."""

    widget: QWidget
    """On which the place lies."""
    rect: QRect
    """The place on the widget; what is framed."""
    words: str
    """What to do, as a sentence."""
    move: Move | None = None
    """None: a row of the console tree, to get to the page of the step."""
    entry: QAction | None = None
    """Of an open menu."""
    row: QPersistentModelIndex | None = None

    @property
    def place(self) -> QPoint:
        """Where to point on the widget."""
        if isinstance(self.widget, QCheckBox | QRadioButton):
            return QPoint(self.rect.left() + hand.INDICATOR, self.rect.center().y())
        if self.row is not None and (self.move is None or self.move.act is not Act.CHECK_ROW):
            return hand.on_text(self.rect)
        return self.rect.center()

    def is_same(self, other: Target | None) -> bool:
        """Whether it is the same act at the same control, wherever that is by now."""
        return other is not None and (self.widget, self.words) == (other.widget, other.words)


class Scene:
    """What a user can act on now: the menu that is open, else the modal window on top, else all windows."""

    def __init__(self, cluster: str, without: QWidget) -> None:
        """``cluster``: whose rows of the console tree count; ``without``: the panel itself."""
        self._cluster = cluster
        popup = QApplication.activePopupWidget()
        self.menus: list[QMenu] = []
        self._named: dict[str, list[QWidget]] = {}
        self._titles: set[str] = set()
        if isinstance(popup, QMenu):
            tops = QApplication.topLevelWidgets()
            self.menus = [one for one in tops if isinstance(one, QMenu) and one.isVisible()]
            return
        if popup is not None:
            return
        modal = QApplication.activeModalWidget()
        roots = [modal] if modal is not None else [one for one in QApplication.topLevelWidgets() if one.isVisible()]
        for root in roots:
            self._titles.add(root.windowTitle())
            for widget in (root, *root.findChildren(QWidget)):
                name = widget.accessibleName()
                if name and widget.isVisible() and not without.isAncestorOf(widget) and widget is not without:
                    self._named.setdefault(name, []).append(widget)

    def _all(self, kind: type[W], name: str) -> Iterator[W]:
        yield from (one for one in self._named.get(name, ()) if isinstance(one, kind))

    def _first(self, kind: type[W], name: str) -> W | None:
        return next(self._all(kind, name), None)

    def shows(self, name: str) -> bool:
        """Whether a window or page of that name is to be seen."""
        return name in self._named or name in self._titles

    def target(self, move: Move) -> Target | None:
        """The control of a move; None if it is not to be seen now, or needs no more."""
        if move.act is Act.MENU:
            return self._menu(move)
        if self.menus or (move.on and move.on not in self._named and move.on not in self._titles):
            return None
        match move.act:
            case Act.CLICK:
                return self._click(move)
            case Act.ROW | Act.CHECK_ROW:
                return self._row(move)
            case Act.ENTER | Act.CHOOSE:
                return self._field(move)
            case Act.TAB:
                return self._tab(move)
        return self._keys(move)

    def place(self, place: Selection) -> Target | None:
        """The row of a place in the console tree; None if the tree does not show it."""
        view = self._first(QTreeView, TREE)
        model = None if view is None else view.model()
        if view is None or not isinstance(model, TreeModel):
            return None
        index = model.index_of(place, self._cluster)
        if not index.isValid():
            return None
        words = Move(Act.ROW, str(index.data()), TREE).in_words()
        return _row_target(view, index, words, None)

    def _click(self, move: Move) -> Target | None:
        for button in self._all(QAbstractButton, move.name):
            if not button.isEnabled():
                continue
            if button.isCheckable() and button.isChecked() is not move.clear:
                continue
            if isinstance(button, QCheckBox | QRadioButton):
                rect = QRect(QPoint(0, 0), button.sizeHint().boundedTo(button.size()))
                return Target(button, rect, _check_words(move), move)
            return Target(button, button.rect(), move.in_words(), move)
        return None

    def _row(self, move: Move) -> Target | None:
        for view in self._all(QAbstractItemView, move.within):
            index = self._find_row(view, move.name)
            if index is None or not view.isEnabled():
                continue
            if move.act is Act.CHECK_ROW:
                wanted = Qt.CheckState.Unchecked if move.clear else Qt.CheckState.Checked
                if index.data(Qt.ItemDataRole.CheckStateRole) in (wanted, wanted.value):
                    return None
            elif view.currentIndex().siblingAtColumn(0) == index and view.selectionModel().isSelected(index):
                return None
            return _row_target(view, index, move.in_words(), move)
        return None

    def _menu(self, move: Move) -> Target | None:
        for menu in self.menus:
            for label in reversed(move.path):
                for entry in menu.actions():
                    if label_of(entry) == label and entry.isVisible():
                        below = entry.menu()
                        if isinstance(below, QMenu) and below.isVisible():
                            break
                        words = move.in_words(label)
                        return Target(menu, menu.actionGeometry(entry), words, move, entry)
        if self.menus or (move.on and move.on not in self._named):
            return None
        for view in self._all(QAbstractItemView, move.within):
            index = self._find_row(view, move.row)
            if index is not None:
                return _row_target(view, index, move.in_words(), move)
        return None

    def _field(self, move: Move) -> Target | None:
        for widget in self._named.get(move.within, ()):
            if not widget.isEnabled():
                continue
            if isinstance(widget, QComboBox) and move.act is Act.CHOOSE:
                if widget.currentText().startswith(move.name):
                    return None
                return Target(widget, widget.rect(), move.in_words(), move)
            if move.act is Act.ENTER and (said := text_of(widget)) is not None:
                return None if said == move.name else Target(widget, widget.rect(), move.in_words(), move)
        return None

    def _tab(self, move: Move) -> Target | None:
        tabs = self._first(QTabWidget, move.within)
        if tabs is None:
            return None
        bar = tabs.tabBar()
        for number in range(bar.count()):
            if bar.tabText(number).replace("&", "") == move.name:
                if number == tabs.currentIndex():
                    return None
                return Target(bar, bar.tabRect(number), move.in_words(), move)
        return None

    def _keys(self, move: Move) -> Target | None:
        around = self._first(QWidget, move.on)
        if around is None:
            return None
        focused = QApplication.focusWidget()
        within = focused if focused is not None and around.isAncestorOf(focused) else around
        return Target(within, within.rect(), move.in_words(), move)

    def _find_row(self, view: QAbstractItemView, text: str) -> QModelIndex | None:
        model = view.model()
        whose = model if isinstance(model, TreeModel) else None
        for index in rows(view):
            if str(index.data()) == text and (whose is None or whose.cluster(index) == self._cluster):
                return index
        return None


def rows(view: QAbstractItemView) -> Iterator[QModelIndex]:
    """The first cells of all rows of a list, table or tree, folded ones too."""
    model = view.model()

    def below(parent: QModelIndex) -> Iterator[QModelIndex]:
        for number in range(model.rowCount(parent)):
            index = model.index(number, 0, parent)
            yield index
            yield from below(index)

    yield from below(QModelIndex())


def label_of(action: QAction) -> str:
    """The label of a menu entry without its number, mnemonic and shortcut."""
    return _NUMBERED.sub("", action.text().replace("&", "").partition("\t")[0])


def text_of(widget: QWidget) -> str | None:
    """What stands in a field; None if it is none."""
    match widget:
        case QLineEdit():
            return widget.text()
        case QAbstractSpinBox():
            return _number(widget)
        case QPlainTextEdit():
            return None if widget.isReadOnly() else widget.toPlainText()
    return None


def bring_into_view(target: Target) -> None:
    """Scroll and unfold so that a row can be seen, and a control in an area that scrolls."""
    if target.row is not None:
        view = target.widget.parent()
        if isinstance(view, QAbstractItemView):
            index = QModelIndex(target.row)  # type: ignore[call-overload]
            if isinstance(view, QTreeView):
                parent = index.parent()
                while parent.isValid():
                    view.expand(parent)
                    parent = parent.parent()
            view.scrollTo(index)
        return
    from PySide6.QtWidgets import QScrollArea

    area = target.widget.parentWidget()
    while area is not None:
        if isinstance(area, QScrollArea):
            area.ensureWidgetVisible(target.widget)
        area = area.parentWidget()


def _number(box: QAbstractSpinBox) -> str:
    """The number in a box, without its unit."""
    return box.text().removesuffix(getattr(box, "suffix", lambda: "")()).replace(",", "").strip()


def _check_words(move: Move) -> str:
    return move.in_words().replace("Click", "Select", 1) if not move.clear else move.in_words()


def _row_target(view: QAbstractItemView, index: QModelIndex, words: str, move: Move | None) -> Target:
    is_box = move is not None and move.act is Act.CHECK_ROW
    rect = hand.check_box_of(view, index) if is_box else view.visualRect(index)
    shown = rect.intersected(view.viewport().rect())
    return Target(view.viewport(), shown, words, move, row=QPersistentModelIndex(index))
