"""The view of the console tree."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QWidget

from fcm.ui.tables.copying import copies_rows
from fcm.ui.tables.rows import dress_rows
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.ui.window.panes.tree_model import TreeModel

_OPEN_AT_FIRST = 40
"""A container with more rows than this stays folded when it first appears."""


class ConsoleTree(QTreeView):
    """Shows where one is and goes where one points."""

    went_to = Signal(str, object)
    """The user chose a place: the cluster ("" for the root) and a Selection."""
    menu_wanted = Signal(object)
    """A context menu of the current place is wanted at this global position (QPoint)."""

    def __init__(self, model: TreeModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._quiet = 0
        self._seen: set[tuple[str, Place]] = set()
        self.setObjectName("console-tree")
        self.setAccessibleName("Console tree")
        copies_rows(self)
        dress_rows(self)
        self.setModel(model)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(16)
        self.setMinimumWidth(120)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setExpandsOnDoubleClick(True)
        self.selectionModel().currentChanged.connect(self._current_changed)
        # A page without a row of its own keeps its parent's row current: a click there goes to the parent.
        self.clicked.connect(self._go)
        model.rowsInserted.connect(self._rows_inserted)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Changes of the current row within are not the user's."""
        self._quiet += 1
        try:
            yield
        finally:
            self._quiet -= 1

    def show_place(self, place: Selection, cluster: str) -> None:
        """Make the row of a place of a cluster current."""
        index = self._model.index_of(place, cluster)
        if index.isValid() and index != self.currentIndex():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def _current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        if not self._quiet and current.isValid():
            self._go(current)

    def _go(self, index: QModelIndex) -> None:
        self.went_to.emit(self._model.cluster(index), self._model.selection(index))

    def _rows_inserted(self, parent: QModelIndex, _first: int, _last: int) -> None:
        cluster, place = self._model.cluster(parent), self._model.selection(parent).place
        if (cluster, place) in self._seen and place not in (Place.ROOT, Place.CLUSTER):
            return
        if self._model.rowCount(parent) <= _OPEN_AT_FIRST:
            self._seen.add((cluster, place))
            self.expand(parent)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The row under the pointer becomes current first."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            place = self.visualRect(self.currentIndex()).bottomLeft()
            self.menu_wanted.emit(self.viewport().mapToGlobal(place + QPoint(20, 0)))
            return
        index = self.indexAt(event.pos())
        if index.isValid():
            self.setCurrentIndex(index)
            self.menu_wanted.emit(event.globalPos())
