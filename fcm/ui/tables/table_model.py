"""A table of objects of the state: own order, own filter, values read only where they are looked at.

The model keeps ids in the order shown. A cell asks its column for the value when it is painted; sorting and filtering
ask for one column. No proxy model: at 8,000 rows one would take longer than a frame (design notes of the project).
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer

from fcm.model.moments import iso_time
from fcm.model.structures.tables import GoneError
from fcm.ui.look import icons
from fcm.ui.look.format import zone_note
from fcm.ui.look.plain import literal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

RESORT = 700
"""ms between a change of values and the new order of a sorted table."""
_RUNS = 64
"""More runs of new or gone rows than this make one reset."""
PROGRESS = int(Qt.ItemDataRole.UserRole) + 1
"""Role of a progress of 0 to 1, drawn as a bar; None = no bar."""
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_Index = QModelIndex | QPersistentModelIndex
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: everything is a function of the row's id."""

    title: str
    text: Callable[[str], str]
    width: int = 120
    """Pixels at first."""
    sort: Callable[[str], Any] | None = None
    """What rows are sorted by; None = by the text."""
    icon: Callable[[str], str] | None = None
    """Name of an icon; "" = none."""
    numeric: bool = False
    """Right-aligned."""
    tooltip: Callable[[str], str] | None = None
    progress: Callable[[str], float | None] | None = None
    hint: str = ""
    """Tooltip of the heading."""
    keeps: bool = False
    """Its width is needed even while the present texts are shorter (they change all the time)."""
    least: int = 0
    """Pixels that the last column keeps before others are cut."""
    gives: bool = False
    """Its texts may be cut down to the heading before those of other columns are."""
    time: Callable[[str], float | None] | None = None
    """The moment (s since the epoch) that the text shows in local time; a file has it in UTC."""

    @property
    def heading_in_file(self) -> str:
        """The heading in an exported file; it says which time a moment is in."""
        return self.title if self.time is None else f"{self.title} (UTC)"

    def in_file(self, identity: str) -> str:
        """What an exported file has of a row: the text, a moment as ISO 8601 in UTC."""
        if self.time is None:
            return self.text(identity).replace("\N{NO-BREAK SPACE}", " ")
        moment = self.time(identity)
        return "" if moment is None else iso_time(moment)


def _outliving(column: Column) -> Column:
    """The column of a table that may be painted once more after an object has gone: its cells are empty then.

    A dock or a resize can ask for a row in the same turn in which the state lost its object (an evicted node, a closed
    cluster), before the page that shows the table has heard of it.
    """
    return replace(
        column,
        text=_or_else("", column.text),
        icon=column.icon and _or_else("", column.icon),
        tooltip=column.tooltip and _or_else("", column.tooltip),
        progress=column.progress and _or_else(None, column.progress),
        time=column.time and _or_else(None, column.time),
    )


def _or_else(default: V, read: Callable[[str], V]) -> Callable[[str], V]:
    def found(identity: str) -> V:
        try:
            return read(identity)
        except GoneError:
            return default

    return found


class TableModel(QAbstractTableModel):
    """Rows known by id, in an order of their own."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None, first_sort: int = -1) -> None:
        """``first_sort`` is the column by which rows are sorted at first; -1 = as they are given."""
        super().__init__(parent)
        self.columns = tuple(map(_outliving, columns))
        self.first_sort = first_sort
        self.visible: Callable[[], tuple[int, int]] = lambda: (0, len(self._order) - 1)
        """First and last row that can be seen; the view sets it."""
        self._ids: list[str] = []
        self._order: list[str] = []
        self._rows: dict[str, int] = {}
        self._sorted_by = -1
        self._descending = False
        self._needle = ""
        self._resort = QTimer(self)
        self._resort.setSingleShot(True)
        self._resort.setInterval(RESORT)
        self._resort.timeout.connect(self._sort_again)

    def when_read(self, ids: Sequence[str], then: Callable[[], None]) -> None:
        """Do something once all these rows have their texts; here they always have."""
        then()

    # What Qt asks

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Rows that pass the filter."""
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, icon, alignment, tooltip and progress of a cell."""
        if role == Qt.ItemDataRole.DisplayRole or role == Qt.ItemDataRole.AccessibleTextRole:
            return self.columns[index.column()].text(self._order[index.row()])
        if role == Qt.ItemDataRole.DecorationRole:
            name = self.columns[index.column()].icon
            found = "" if name is None else name(self._order[index.row()])
            return icons.icon(found) if found else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.columns[index.column()].numeric else _LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            tooltip = self.columns[index.column()].tooltip
            return None if tooltip is None else literal(tooltip(self._order[index.row()])) or None
        if role == PROGRESS:
            progress = self.columns[index.column()].progress
            return None if progress is None else progress(self._order[index.row()])
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Headings."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.columns[section].numeric else _LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            column = self.columns[section]
            # The zone is that of now: a table has times of summer and winter.
            return column.hint or (None if column.time is None else zone_note(time.time()))
        return None

    # Rows

    @property
    def ids(self) -> Sequence[str]:
        """Ids in the order shown; do not change it."""
        return self._order

    @property
    def total(self) -> int:
        """Rows without the filter."""
        return len(self._ids)

    def id_at(self, row: int) -> str:
        """Id of a row."""
        return self._order[row]

    def row_of(self, identity: str) -> int | None:
        """Row of an id; None if it is not there or filtered out."""
        return self._rows.get(identity)

    def set_ids(self, ids: Iterable[str]) -> None:
        """These rows from now on. Rows that stay keep their selection."""
        self._ids = list(ids)
        self._show(self._wanted())

    def touch(self, ids: Iterable[str] | None = None, titles: Collection[str] = ()) -> None:
        """Values of these rows (None: of all) changed: what can be seen is painted anew, the order follows soon.

        Args:
            ids: of the rows.
            titles: of the columns that changed; empty: all may have.
        """
        if not self._order:
            return
        first, last = self.visible()
        last = min(last, len(self._order) - 1)
        if ids is not None:
            rows = [row for row in map(self._rows.get, ids) if row is not None and first <= row <= last]
            for top, bottom in runs(sorted(set(rows))):
                self._emit(top, bottom, titles)
        elif first <= last:
            self._emit(first, last, titles)
        is_sorted = self._sorted_by >= 0 and (not titles or self.columns[self._sorted_by].title in titles)
        if (is_sorted or self._needle) and not self._resort.isActive():
            self._resort.start()

    def set_filter(self, text: str) -> None:
        """Show only rows with all of these words, each in any column of words."""
        needle = text.casefold().strip()
        if needle != self._needle:
            self._needle = needle
            self._show(self._wanted())

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 = the order in which the rows were given."""
        self._sorted_by, self._descending = column, order == Qt.SortOrder.DescendingOrder
        self._sort_again()

    def _emit(self, first: int, last: int, titles: Collection[str] = ()) -> None:
        changed = [number for number, column in enumerate(self.columns) if not titles or column.title in titles]
        for left, right in runs(changed):
            self.dataChanged.emit(self.index(first, left), self.index(last, right))

    def _wanted(self) -> list[str]:
        ids = [identity for identity in self._ids if self._passes(identity)] if self._needle else list(self._ids)
        if 0 <= self._sorted_by < len(self.columns):
            column = self.columns[self._sorted_by]
            with contextlib.suppress(GoneError):  # as they are, until the page has heard of it
                # Rows that are equal stand in the order of their names.
                named = sorted(ids, key=_key_of(self.columns[0])) if self._sorted_by else ids
                ids = sorted(named, key=_key_of(column), reverse=self._descending)
        return ids

    def _passes(self, identity: str) -> bool:
        words = " ".join(column.text(identity) for column in self.columns if not column.numeric).casefold()
        return all(word in words for word in self._needle.split())

    def _sort_again(self) -> None:
        self._show(self._wanted())

    def _show(self, wanted: list[str]) -> None:
        """Go from the present order to another with as few signals as possible."""
        if wanted == self._order:
            self.touch_visible()
            return
        old, new = set(self._order), set(wanted)
        gone = runs([row for row, identity in enumerate(self._order) if identity not in new])
        come = runs([row for row, identity in enumerate(wanted) if identity not in old])
        if len(gone) + len(come) > _RUNS:
            self.beginResetModel()
            self._place(wanted)
            self.endResetModel()
            return
        for first, last in reversed(gone):
            self.beginRemoveRows(QModelIndex(), first, last)
            self._place(self._order[:first] + self._order[last + 1 :])
            self.endRemoveRows()
        staying = [identity for identity in wanted if identity in old]
        if staying != self._order:
            self._reorder(staying)
        for first, last in come:
            self.beginInsertRows(QModelIndex(), first, last)
            self._place(self._order[:first] + wanted[first : last + 1] + self._order[first:])
            self.endInsertRows()
        self.touch_visible()

    def touch_visible(self) -> None:
        """Paint what can be seen anew; the order stays."""
        first, last = self.visible()
        last = min(last, len(self._order) - 1)
        if 0 <= first <= last:
            self._emit(first, last)

    def _reorder(self, order: list[str]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [self._order[index.row()] for index in before]
        self._place(order)
        after = [self.index(self._rows[identity], index.column()) for identity, index in zip(ids, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _place(self, order: list[str]) -> None:
        self._order = order
        self._rows = {identity: row for row, identity in enumerate(order)}


def _key_of(column: Column) -> Callable[[str], Any]:
    text = column.text
    return column.sort or (lambda identity: text(identity).casefold())


def runs(rows: list[int]) -> list[tuple[int, int]]:
    """Neighbouring rows as (first, last)."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
