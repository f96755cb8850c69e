"""The pages of the centre pane: made when they are first shown, one on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QWidget

from fcm.ui import pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.ui.desk import Desk
    from fcm.ui.pages.page import Page
    from fcm.workspace.selection import Place


class PageStack(QStackedWidget):
    """One page for each kind of place that was visited."""

    def __init__(self, desk: Desk, picked: Callable[[Page], None], parent: QWidget) -> None:
        """``picked`` is called with a page when what is selected in it changes."""
        super().__init__(parent)
        self.setObjectName("pages")
        self._desk = desk
        self._picked = picked
        self._pages: dict[Place, Page] = {}

    def made(self, place: Place) -> Page | None:
        """The page of a kind of place, if it was made."""
        return self._pages.get(place)

    def page(self, place: Place) -> Page:
        """The page of a kind of place; made if there is none yet."""
        found = self._pages.get(place)
        if found is None:
            found = self._pages[place] = pages.make(place, self._desk)
            made = found
            made.picked.connect(lambda: self._picked(made))
            self.addWidget(made)
        return found

    def forget(self) -> None:
        """Delete all pages: their rows are of a cluster that is closed."""
        for page in self._pages.values():
            self.removeWidget(page)
            page.hide()
            page.deleteLater()
        self._pages.clear()
