"""The table of every page and dock: rows as wholes, columns that come back, texts that are cut have a tooltip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QItemSelection, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QTableView,
    QToolTip,
    QWidget,
)

from fcm.text.cells import csv_lines
from fcm.ui.look.plain import literal
from fcm.ui.tables.copying import copies_rows
from fcm.ui.tables.heading import Heading
from fcm.ui.tables.rows import dress_rows
from fcm.ui.tables.table_model import runs
from fcm.workspace.files.settings import COLUMNS, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.ui.tables.table_model import Column, TableModel


class TableView(QTableView):
    """A table over a TableModel. Its accessible name is ``name``, its column layout is kept by that or by ``key``."""

    picked = Signal()
    """The selected rows changed."""
    opened = Signal(str)
    """A row was opened by double click or Enter; its id."""
    menu_wanted = Signal(object)
    """A context menu is wanted at this global position (QPoint)."""
    left = Signal()
    """Backspace was pressed: one level up."""

    def __init__(
        self, name: str, model: TableModel, settings: Settings, parent: QWidget | None = None, key: str = ""
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._key = key or name
        self._restoring = True
        self._name_needed = 0
        """Pixels of the longest name for which the columns were sized."""
        self._folded: set[int] = set()
        """Columns that are hidden for want of room."""
        self.table = model
        self.setObjectName(name.casefold().replace(" ", "-"))
        self.setAccessibleName(name)
        model.setParent(self)
        model.visible = self._visible_rows
        self.setModel(model)
        self.setHorizontalHeader(Heading(self))
        dress_rows(self)
        copies_rows(self)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 7)
        self._prepare_header()
        self.doubleClicked.connect(lambda index: self.opened.emit(model.id_at(index.row())))
        self.selectionModel().selectionChanged.connect(lambda *_: self.picked.emit())
        self._fitted_for = 0
        model.rowsInserted.connect(self._first_rows)
        model.modelReset.connect(self._first_rows)
        model.modelReset.connect(self._select_again)
        model.modelAboutToBeReset.connect(self._remember)
        self._remembered: list[str] = []

    def _prepare_header(self) -> None:
        header = self.horizontalHeader()
        header.setObjectName(f"{self.objectName()}-heading")
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(40)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._header_menu)
        header.setSortIndicator(self.table.first_sort, Qt.SortOrder.AscendingOrder)
        saved = self._settings.get(COLUMNS).get(self._key, "")
        self._own_widths = bool(saved) and header.restoreState(QByteArray.fromBase64(saved.encode("ascii")))
        if not self._own_widths:
            self._fit_columns()
        self.setSortingEnabled(True)
        header.setSortIndicatorClearable(True)
        self._save_soon = QTimer(self)
        self._save_soon.setSingleShot(True)
        self._save_soon.setInterval(400)
        self._save_soon.timeout.connect(self.save_columns)
        header.sectionResized.connect(self._column_resized)
        header.sectionMoved.connect(self._columns_changed)
        header.sortIndicatorChanged.connect(self._columns_changed)
        self._restoring = False

    # Rows

    def selected_ids(self) -> list[str]:
        """Ids of the selected rows, top to bottom."""
        parts = self.selectionModel().selection().toList()
        rows = {row for part in parts for row in range(part.top(), part.bottom() + 1)}
        return [self.table.id_at(row) for row in sorted(rows)]

    def select_ids(self, ids: Iterable[str]) -> None:
        """Select these rows and no others; the first becomes current and visible."""
        rows = [row for row in map(self.table.row_of, ids) if row is not None]
        self.clearSelection()
        if not rows:
            return
        selection = self.selectionModel()
        flags = selection.SelectionFlag.Select | selection.SelectionFlag.Rows
        parts, last = QItemSelection(), self.table.columnCount() - 1
        for first, final in runs(sorted(rows)):
            parts.select(self.table.index(first, 0), self.table.index(final, last))
        selection.select(parts, flags)
        selection.setCurrentIndex(self.table.index(rows[0], 0), selection.SelectionFlag.NoUpdate)
        self.scrollTo(self.table.index(rows[0], 0))

    def _visible_rows(self) -> tuple[int, int]:
        if not self.isVisible():
            return 0, -1
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        return max(0, first), last if last >= 0 else self.table.rowCount() - 1

    def _remember(self) -> None:
        self._remembered = self.selected_ids()

    def _select_again(self) -> None:
        if self._remembered:
            self.select_ids(self._remembered)
        else:
            self.picked.emit()

    # Columns

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns that the user did not size share the width."""
        super().resizeEvent(event)
        if not self._own_widths:
            self._fit_columns()

    def fold_columns(self, titles: Iterable[str], folded: bool) -> None:
        """Hide these columns for want of room, or show them again; columns that the user arranged stay as they are."""
        if self._own_widths:
            return
        before, self._restoring = self._restoring, True
        for number, column in enumerate(self.table.columns):
            if column.title in titles:
                self.setColumnHidden(number, folded)
        self._restoring = before
        self._fit_columns()

    def leave_out(self, number: int, hidden: bool) -> None:
        """Hide a column that says nothing here, or show it again; the others share the width."""
        before, self._restoring = self._restoring, True
        self.setColumnHidden(number, hidden)
        self._restoring = before
        if not self._own_widths:
            self._fit_columns()

    def _fit_columns(self) -> None:
        """Share the width: the heading of each column first, then its texts, then what it would like to have.

        Columns that fold go where there is no room, and come back with it.
        """
        columns, room = self.table.columns, self.viewport().width()
        there = [number for number in range(len(columns)) if not self.isColumnHidden(number) or number in self._folded]
        needs = {number: self._needs(number) for number in there}
        self._name_needed = needs.get(0, 0)
        shown, (needed, least) = there, self._narrow(there, needs)
        folding = sorted((one for one in there if columns[one].folds), key=lambda one: columns[one].folds)
        while sum(least) > room and folding:
            gone = folding.pop()
            shown = [number for number in shown if number != gone]
            needed, least = self._narrow(shown, needs)
        if sum(least) > room and len(shown) < len(there):
            # What can be hidden is; what is left is cut further rather than moved out of sight.
            heading = self.horizontalHeader().fontMetrics()
            least = [
                width
                if _tightest(columns[number]) == 1.0
                else heading.horizontalAdvance(columns[number].title) + _PADDING
                for number, width in zip(shown, least, strict=True)
            ]
            least[0] = min(needed[0], max(least[0], _NAME))
        if sum(needed) > room:
            # A table that has to be scrolled anyway may as well be read.
            widths = _levelled(needed, least, room) if sum(least) <= room else needed
        else:
            wanted = [max(columns[number].width, need) for number, need in zip(shown, needed, strict=True)]
            extra = min(1.0, (room - sum(needed)) / max(1, sum(wanted) - sum(needed)))
            widths = [int(need + (want - need) * extra) for need, want in zip(needed, wanted, strict=True)]
            widths = _spread(widths, [self._whole(number) for number in shown], room)
        before, self._restoring = self._restoring, True
        self._folded = set(there) - set(shown)
        for number in there:
            self.setColumnHidden(number, number in self._folded)
        for number, width in zip(shown, widths, strict=True):
            self.setColumnWidth(number, width)
        self._restoring = before

    def _narrow(self, shown: list[int], needs: dict[int, int]) -> tuple[list[int], list[int]]:
        """Pixels that the columns need, and those that they keep at least where there is no room."""
        columns, heading, room = self.table.columns, self.horizontalHeader().fontMetrics(), self.viewport().width()
        least = [heading.horizontalAdvance(columns[number].title) + _PADDING for number in shown]
        needed = [max(width, needs[number]) for number, width in zip(shown, least, strict=True)]
        if sum(needed) <= room:
            return needed, least
        shares = (_tightest(columns[number]) for number in shown)
        tight = [max(width, int(need * share)) for width, need, share in zip(least, needed, shares, strict=True)]
        # The name is what a row is known by: the others give first.
        tight[0] = max(tight[0], min(needed[0], room * _OF_NAME // 100))
        # The last column takes what is left, so it is the first to give.
        kept = max(_LAST, min(columns[shown[-1]].least, room - sum(tight[:-1])))
        return needed, [*tight[:-1], min(needed[-1], max(least[-1], kept))]

    def _whole(self, number: int) -> int:
        """Pixels that the first texts of a column take."""
        column, metrics = self.table.columns[number], self.fontMetrics()
        texts = (column.text(identity) for identity in self.table.ids[:_SAMPLE])
        widest = max((metrics.horizontalAdvance(text) for text in texts), default=0)
        return widest + _MARGIN + (_ICON if column.icon else 0)

    def _needs(self, number: int) -> int:
        """Pixels that a column should have for these."""
        column = self.table.columns[number]
        return column.width if column.keeps else min(self._whole(number), max(column.width, _WIDEST))

    def _first_rows(self) -> None:
        """The widths follow the texts once there are any, and again for names that are longer than all before."""
        if not self.table.rowCount() or self._own_widths:
            return
        if self._fitted_for == 0 or self._needs(0) > self._name_needed:
            self._fitted_for = self.table.rowCount()
            self._fit_columns()

    def _column_resized(self, number: int, *_: object) -> None:
        header = self.horizontalHeader()
        # The last column stretches with the window: that is not the user's doing.
        shown = [one for one in range(header.count()) if not header.isSectionHidden(one)]
        last = max(map(header.visualIndex, shown), default=-1)
        if not self._restoring and self.isVisible() and header.visualIndex(number) < last:
            self._own_widths = True
            self._columns_changed()

    def _columns_changed(self, *_: object) -> None:
        if not self._restoring and self.isVisible():
            self._save_soon.start()

    def save_columns(self) -> None:
        """Keep the columns for the next start."""
        self._save_soon.stop()
        text = bytes(self.horizontalHeader().saveState().toBase64().data()).decode("ascii")
        self._settings.change(COLUMNS, lambda known: {**known, self._key: text})

    def add_column_choices(self, menu: QMenu) -> None:
        """Entries to show and hide each column."""
        header = self.horizontalHeader()
        for number, column in enumerate(self.table.columns):
            entry = menu.addAction(column.title)
            entry.setCheckable(True)
            entry.setChecked(not header.isSectionHidden(number))
            entry.setEnabled(number > 0)
            entry.toggled.connect(lambda shown, number=number: self._show_column(number, shown))

    def _show_column(self, number: int, shown: bool) -> None:
        self.horizontalHeader().setSectionHidden(number, not shown)
        self._own_widths, self._folded = True, set()
        self._save_soon.start()

    def _header_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        self.add_column_choices(menu)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.horizontalHeader().mapToGlobal(place))

    # Export

    def as_csv(self) -> str:
        """What the table shows, in its order, as CSV with headings; what only had no room is there."""
        header = self.horizontalHeader()
        order = [header.logicalIndex(place) for place in range(header.count())]
        shown = [number for number in order if not header.isSectionHidden(number) or number in self._folded]
        columns = [self.table.columns[number] for number in shown]
        rows = ([column.in_file(identity) for column in columns] for identity in self.table.ids)
        return csv_lines(([column.heading_in_file for column in columns], *rows))

    # Keys and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Backspace goes up, the rest is as in every table."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & ~_KEYPAD:
            ids = self.selected_ids()
            if ids:
                self.opened.emit(ids[0])
                return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the selected rows, at the pointer or at the current row."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            place = self.visualRect(self.currentIndex()).bottomLeft()
            self.menu_wanted.emit(self.viewport().mapToGlobal(place + QPoint(20, 0)))
            return
        if not self.indexAt(event.pos()).isValid():
            self.clearSelection()
        self.menu_wanted.emit(event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        """A text that is cut off is shown whole in a tooltip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self.indexAt(event.pos())
            if index.isValid() and index.data(Qt.ItemDataRole.ToolTipRole) is None:
                text = str(index.data() or "")
                cut = self.sizeHintForIndex(index).width() > self.visualRect(index).width()
                QToolTip.showText(event.globalPos(), literal(text if cut else ""), self)
                return True
        return super().viewportEvent(event)


_PADDING, _MARGIN, _ICON = 14, 16, 22
"""Pixels around a heading, around a text, and of an icon before it."""
_SAMPLE = 40
"""Rows whose texts are measured."""
_WIDEST = 240
"""Pixels that a column takes for its texts at most, unless it wants more."""
_LAST = 120
"""Pixels that the last column keeps where there is no room."""
_NAME = 110
"""Pixels that the first column keeps in any case."""
_OF_NAME = 55
"""Percent of the table that the first column may keep for its texts."""
_FAR, _LOOSEST = 300, 2.0
"""Pixels left over from which all columns become wider, instead of the last one alone; how many times at most."""
_TIGHTEST = 0.7
"""Share of its texts' width that a column keeps where there is no room; then the table scrolls."""
_KEYPAD = Qt.KeyboardModifier.KeypadModifier


def _tightest(column: Column) -> float:
    """Share of its texts' width that a column keeps: a part of a number or of a date says something else."""
    if column.time is not None or column.numeric or column.whole:
        return 1.0
    return 0.0 if column.gives else _TIGHTEST


def _spread(widths: list[int], wholes: list[int], room: int) -> list[int]:
    """Widths in a room that is larger: no text stays cut, and no column is far from the others."""
    found = list(widths)
    for number, whole in enumerate(wholes):
        found[number] += max(0, min(whole - found[number], room - sum(found)))
    if room - sum(found) < _FAR:
        return found
    share = min(_LOOSEST, room / max(1, sum(found)))
    return [int(width * share) for width in found]


def _levelled(needed: list[int], least: list[int], room: int) -> list[int]:
    """Widths that fit the room, or the least ones: the widest columns give way, narrow ones stay whole."""
    low, high = 0, max(needed, default=0)
    while low < high:
        level = (low + high + 1) // 2
        if sum(max(short, min(need, level)) for need, short in zip(needed, least, strict=True)) <= room:
            low = level
        else:
            high = level - 1
    return [max(short, min(need, low)) for need, short in zip(needed, least, strict=True)]
