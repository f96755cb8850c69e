"""Choices of a menu that are many (nodes to move to): in groups, with a box to search them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget, QWidgetAction

from fcm.ui.widgets.page_parts import FilterBox

if TYPE_CHECKING:
    from collections.abc import Sequence

SEARCHED_FROM = 11
"""So many choices are grouped and can be searched."""
SHOWN = 10
"""Choices of a group that are shown while nothing is searched."""


class Group(QObject):
    """A heading, its choices, and a line that says how many are not shown."""

    def __init__(self, menu: QMenu, title: str, actions: Sequence[QAction], parent: QObject) -> None:
        super().__init__(parent)
        self._actions, self._title = tuple(actions), title
        self._heading = menu.insertSection(actions[0], title)
        self._more = QAction(menu)
        self._more.setEnabled(False)
        following = menu.actions()[menu.actions().index(actions[-1]) + 1 :]
        if following:
            menu.insertAction(following[0], self._more)
        else:
            menu.addAction(self._more)

    def search(self, words: Sequence[str]) -> None:
        """Show only the choices with all of these words; without words the first ones."""
        found = [one for one in self._actions if all(word in one.text().casefold() for word in words)]
        shown = found if words else found[:SHOWN]
        for action in self._actions:
            action.setVisible(action in shown)
        self._heading.setVisible(bool(shown))
        self._heading.setText(f"{self._title} ({len(found)})")
        self._more.setVisible(len(found) > len(shown))
        self._more.setText(f"{len(found) - len(shown)} more: type to search")


class ChoiceSearch(QWidgetAction):
    """The box at the top of the menu; it has the keyboard when the menu opens, Down goes to the choices."""

    def __init__(self, menu: QMenu, able: Sequence[QAction], others: Sequence[QAction]) -> None:
        """``able`` can be chosen, ``others`` cannot; all are entries of the menu."""
        super().__init__(menu)
        self._menu, self._able = menu, tuple(able)
        inside = QWidget(menu)
        row = QHBoxLayout(inside)
        row.setContentsMargins(6, 4, 6, 4)
        self._box = FilterBox("destinations", inside)
        self._box.setPlaceholderText("Search")
        self._box.setMaximumWidth(16777215)
        row.addWidget(self._box)
        self.setDefaultWidget(inside)
        menu.insertAction(menu.actions()[0], self)
        groups = (("Can be chosen", able), ("Cannot be chosen now", others))
        self._groups = [Group(menu, title, actions, self) for title, actions in groups if actions]
        self._box.textChanged.connect(self._search)
        self._box.down.connect(self._to_choices)
        menu.aboutToShow.connect(self._begin)
        self._begin()

    def _begin(self) -> None:
        self._box.clear()
        self._search("")
        self._box.setFocus(Qt.FocusReason.PopupFocusReason)

    def _search(self, text: str) -> None:
        for group in self._groups:
            group.search(text.casefold().split())
        self._menu.adjustSize()

    def _to_choices(self) -> None:
        first = next((action for action in self._able if action.isVisible()), None)
        if first is not None:
            self._menu.setFocus(Qt.FocusReason.OtherFocusReason)
            self._menu.setActiveAction(first)
