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
REMEMBERED = 400
"""Rows whose painted cells are known at most; beyond that all are forgotten but for those that can be seen."""
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
    whole: bool = False
    """Its texts are never cut: a part of an address says something else."""
    gives: bool = False
    """Its texts may be cut down to the heading before those of other columns are."""
    folds: int = 0
    """Where even cut texts have no room, columns that fold are hidden, the one with the highest number first; 0: never.
    A person who arranges the columns has them all."""
    time: Callable[[str], float | None] | None = None
    """The moment (s since the epoch) that the text shows in local time; a file has it in UTC."""

    @property
    def alignment(self) -> Qt.AlignmentFlag:
        """Where in a cell its text stands."""
        return _RIGHT if self.numeric else _LEFT

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


Shown = tuple[str, str, float | None]
"""What a cell shows: its text, the name of its icon ("" = none), its progress (None = no bar)."""


def shown_by(column: Column, identity: str) -> Shown:
    """What a cell shows now."""
    return (
        column.text(identity),
        column.icon(identity) if column.icon is not None else "",
        column.progress(identity) if column.progress is not None else None,
    )


class _Asked(dict[str, Any]):
    """Something that is asked for a row once, until it is forgotten."""

    def __init__(self, ask: Callable[[str], Any]) -> None:
        super().__init__()
        self._ask = ask

    def __missing__(self, identity: str) -> Any:
        found = self[identity] = self._ask(identity)
        return found


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
        self._named = _Asked(_key_of(self.columns[0]))
        self._keyed = self._named
        self._words = _Asked(self._words_of)
        """What the rows are sorted by and found by; forgotten where values change, so that a change costs one row."""
        self._painted: dict[str, dict[int, Shown]] = {}
        """What the cells of rows showed when they were painted last, by the number of the column."""
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
            return self.columns[index.column()].alignment
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
            return self.columns[section].alignment
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
        """These rows from now on, with values that may be others. Rows that stay keep their selection."""
        self._ids = list(ids)
        self._forget(None)
        if not self._show(self._wanted()):
            self._paint(*self._seen())

    def touch(self, ids: Iterable[str] | None = None, titles: Collection[str] = ()) -> None:
        """Values of these rows (None: of all) changed: what is seen otherwise is painted anew, the order follows soon.

        Args:
            ids: of the rows.
            titles: of the columns that changed; empty: all may have.
        """
        if not self._order:
            return
        first, last = self._seen()
        if ids is None:
            self._paint(first, last, titles)
        else:
            ids = list(ids)
            rows = {row for row in map(self._rows.get, ids) if row is not None and first <= row <= last}
            for top, bottom in runs(sorted(rows)):
                self._paint(top, bottom, titles)
        self._forget(ids)
        is_sorted = self._sorted_by >= 0 and (not titles or self.columns[self._sorted_by].title in titles)
        if (is_sorted or self._needle) and not self._resort.isActive():
            self._resort.start()

    def _forget(self, ids: Iterable[str] | None) -> None:
        for known in (self._named, self._keyed, self._words):
            if ids is None:
                known.clear()
            else:
                for identity in ids:
                    known.pop(identity, None)

    def shown_at(self, row: int, column: int) -> Shown:
        """What a cell shows, for whoever paints it now: it is not painted again before it shows something else."""
        identity = self._order[row]
        found = shown_by(self.columns[column], identity)
        painted = self._painted.get(identity)
        if painted is None:
            if len(self._painted) >= REMEMBERED:
                first, last = self._seen()
                near = {self._order[seen] for seen in range(first, last + 1)}
                self._painted = {one: cells for one, cells in self._painted.items() if one in near}
            painted = self._painted[identity] = {}
        painted[column] = found
        return found

    def _seen(self) -> tuple[int, int]:
        """First and last row that can be seen."""
        first, last = self.visible()
        return first, min(last, len(self._order) - 1)

    def _paint(self, first: int, last: int, titles: Collection[str] = ()) -> None:
        """Have those cells of these rows painted anew that show something else than when they were painted last."""
        columns = [pair for pair in enumerate(self.columns) if not titles or pair[1].title in titles]
        begun = first
        changed: tuple[int, ...] = ()
        for row in range(first, last + 2):
            now: tuple[int, ...] = ()
            if row <= last:
                identity = self._order[row]
                painted = self._painted.get(identity)
                if painted is None:
                    now = tuple(number for number, _ in columns)
                else:
                    now = tuple(n for n, column in columns if painted.get(n) != shown_by(column, identity))
            if now != changed:
                for left, right in runs(list(changed)):
                    self.dataChanged.emit(self.index(begun, left), self.index(row - 1, right))
                begun, changed = row, now

    def set_filter(self, text: str) -> None:
        """Show only rows with all of these words, each in any column of words."""
        needle = text.casefold().strip()
        if needle != self._needle:
            self._needle = needle
            self._show(self._wanted())
            if not needle:
                self._words.clear()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 = the order in which the rows were given."""
        if column != self._sorted_by:
            named = column <= 0 or column >= len(self.columns)
            self._keyed = self._named if named else _Asked(_key_of(self.columns[column]))
        self._sorted_by, self._descending = column, order == Qt.SortOrder.DescendingOrder
        self._sort_again()

    def _wanted(self) -> list[str]:
        ids = [identity for identity in self._ids if self._passes(identity)] if self._needle else list(self._ids)
        if 0 <= self._sorted_by < len(self.columns):
            with contextlib.suppress(GoneError):  # as they are, until the page has heard of it
                # Rows that are equal stand in the order of their names.
                named = sorted(ids, key=self._named.__getitem__) if self._sorted_by else ids
                ids = sorted(named, key=self._keyed.__getitem__, reverse=self._descending)
        return ids

    def _words_of(self, identity: str) -> str:
        return " ".join(column.text(identity) for column in self.columns if not column.numeric).casefold()

    def _passes(self, identity: str) -> bool:
        words = self._words[identity]
        return all(word in words for word in self._needle.split())

    def _sort_again(self) -> None:
        self._show(self._wanted())

    def _show(self, wanted: list[str]) -> bool:
        """Go from the present order to another with as few signals as possible; False if it is the same."""
        if wanted == self._order:
            return False
        old, new = set(self._order), set(wanted)
        gone = runs([row for row, identity in enumerate(self._order) if identity not in new])
        come = runs([row for row, identity in enumerate(wanted) if identity not in old])
        if len(gone) + len(come) > _RUNS:
            self.beginResetModel()
            self._place(wanted)
            self.endResetModel()
            return True
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
        return True

    def touch_visible(self) -> None:
        """Paint what can be seen anew; the order stays."""
        first, last = self._seen()
        if 0 <= first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))

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
