"""Ctrl+C in a list, table or tree: the selected rows with all columns that are shown, below their headings.

The clipboard has them as text with tabs and as an HTML table, so that mails and spreadsheets keep the columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QModelIndex, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QListView, QTableView, QTreeView

from fcm.text.cells import html_table, tab_lines
from fcm.ui.tables.table_model import TableModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class _RowCopier(QObject):
    """Answers the key in place of the view, which would copy one cell."""

    def __init__(self, view: QAbstractItemView, copy: Callable[[], None]) -> None:
        super().__init__(view)
        self._copy = copy

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Copy on Ctrl+C; let everything else through."""
        if not isinstance(event, QKeyEvent) or not event.matches(QKeySequence.StandardKey.Copy):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress:
            self._copy()
            return True
        return False


def copies_rows(view: QAbstractItemView, copy: Callable[[], None] | None = None) -> None:
    """Let Ctrl+C copy the selected rows of a view, or what ``copy`` copies."""
    view.installEventFilter(_RowCopier(view, copy or (lambda: copy_rows(view))))


def copy_rows(view: QAbstractItemView) -> None:
    """Put the selected rows, else the current one, on the clipboard, top to bottom, once they have been read."""
    rows = selected_rows(view)
    if not rows:
        return
    model = view.model()
    if isinstance(model, TableModel):
        model.when_read([model.id_at(row.row()) for row in rows], lambda: _copy(view, selected_rows(view)))
    else:
        _copy(view, rows)


def selected_rows(view: QAbstractItemView) -> list[QModelIndex]:
    """First index of each selected row, in the order shown."""
    found: dict[tuple[int, ...], QModelIndex] = {}
    model = view.model()
    for part in view.selectionModel().selection().toList():
        above = _path(part.parent())
        for row in range(part.top(), part.bottom() + 1):
            found[(*above, row)] = model.index(row, 0, part.parent())
    if not found and view.currentIndex().isValid():
        current = view.currentIndex()
        found[_path(current)] = current.siblingAtColumn(0)
    return [found[path] for path in sorted(found)]


def _path(index: QModelIndex) -> tuple[int, ...]:
    return (*_path(index.parent()), index.row()) if index.isValid() else ()


def _copy(view: QAbstractItemView, rows: list[QModelIndex]) -> None:
    columns = list(_shown_columns(view))
    lines = [[_text(row, column) for column in columns] for row in rows]
    headings = _headings(view, columns)
    copied = QMimeData()
    copied.setText(tab_lines([headings, *lines] if headings else lines))
    copied.setHtml(html_table(headings, lines))
    QGuiApplication.clipboard().setMimeData(copied)


def _headings(view: QAbstractItemView, columns: list[int]) -> list[str]:
    """What stands above the columns; nothing where the view shows no headings."""
    header = _header(view)
    if header is None or header.isHidden():
        return []
    titles = (view.model().headerData(column, Qt.Orientation.Horizontal) for column in columns)
    return ["" if title is None else str(title) for title in titles]


def _text(row: QModelIndex, column: int) -> str:
    shown = row.siblingAtColumn(column).data()
    return "" if shown is None else str(shown).replace("\N{NO-BREAK SPACE}", " ")


def _header(view: QAbstractItemView) -> QHeaderView | None:
    if isinstance(view, QTableView):
        return view.horizontalHeader()
    return view.header() if isinstance(view, QTreeView) else None


def _shown_columns(view: QAbstractItemView) -> Iterator[int]:
    if isinstance(view, QListView):
        yield view.modelColumn()
        return
    header = _header(view)
    if header is None:
        yield 0
        return
    for place in range(header.count()):
        column = header.logicalIndex(place)
        if not header.isSectionHidden(column):
            yield column
