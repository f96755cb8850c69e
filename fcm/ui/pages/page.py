"""What every page of the centre pane is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fcm.model.state import Change, State
from fcm.ui.pages.simulated_failures import FailureStrip
from fcm.ui.pages.troubles import TroubleStrip
from fcm.ui.widgets.page_parts import Title
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLineEdit

    from fcm.ui.desk import Desk
    from fcm.ui.tables.table_view import TableView

EVERYTHING = Change(structural=True)


class Page(QWidget):
    """A page for one kind of place. It shows ``selection`` and draws anew what a change touched."""

    picked = Signal()
    """Another item of the page is selected."""

    def __init__(self, window: Desk, name: str, icon: str) -> None:
        super().__init__(window)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(name)
        self.frame = window
        self.selection = Selection(Place.ROOT)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 8, 12, 8)
        self.column.setSpacing(8)
        self.title = Title(name, icon, self)
        self.column.addWidget(self.title)
        self.failures = FailureStrip(window)
        self.column.addWidget(self.failures)
        self.troubles = TroubleStrip(window)
        self.column.addWidget(self.troubles)
        self._tables: list[tuple[TableView, Place]] = []
        self._clearing = False

    @property
    def state(self) -> State:
        """The state of the open cluster; an empty one without a cluster."""
        return self.frame.state

    @property
    def is_settled(self) -> bool:
        """False while something that the page shows is still being read."""
        return True

    def open_at(self, selection: Selection) -> None:
        """Show a place of this page's kind."""
        self.selection = selection
        self.draw(EVERYTHING)

    def draw(self, change: Change) -> None:
        """Draw anew what a change touched, with what has failed by simulation."""
        self.failures.show_failures(self.state, self.selection)
        self.troubles.show_troubles(self.state, self.selection)
        self.refresh(change)

    def refresh(self, change: Change) -> None:
        """Draw anew what a change touched."""

    def picked_selections(self) -> tuple[Selection, ...]:
        """What is selected within the page, all of one kind; empty if nothing is."""
        for view, place in self._tables:
            ids = view.selected_ids()
            if ids:
                return tuple(Selection(place, identity) for identity in ids)
        return ()

    def pick(self, selection: Selection) -> None:
        """Select an item within the page."""
        for view, place in self._tables:
            if place is selection.place:
                view.select_ids([selection.id])

    def table(self) -> TableView | None:
        """The list that Export List, Columns and Find mean: the one with the keyboard, else the first."""
        for view, _ in self._tables:
            if view.hasFocus():
                return view
        return self._tables[0][0] if self._tables else None

    def search_box(self) -> QLineEdit | None:
        """The filter that Ctrl+F goes to."""
        return None

    def focus_first(self) -> None:
        """Put the keyboard into the page."""
        view = self.table()
        if view is not None:
            if not view.currentIndex().isValid() and view.table.rowCount():
                view.setCurrentIndex(view.table.index(0, 0))
            view.setFocus()
        else:
            self.focusNextChild()

    def watch(self, view: TableView, place: Place, opens: bool = True) -> None:
        """Make a table's rows items of this page; ``opens``: double click or Enter goes to the row's own page."""
        self._tables.append((view, place))
        view.picked.connect(lambda: self._picked(view))
        view.menu_wanted.connect(self._menu)
        if opens:
            view.opened.connect(lambda identity: self.frame.select(Selection(place, identity)))
        else:
            view.opened.connect(lambda _: self.frame.open_properties())

    def _picked(self, view: TableView) -> None:
        """Only one table of a page has selected rows."""
        if self._clearing:
            return
        if view.selected_ids():
            self._clearing = True
            for other, _ in self._tables:
                if other is not view:
                    other.clearSelection()
            self._clearing = False
        self.picked.emit()

    def _menu(self, place: QPoint) -> None:
        self.frame.show_context_menu(self.picked_selections() or (self.selection,), place)
