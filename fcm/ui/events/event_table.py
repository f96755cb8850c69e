"""Rows of an event log of any length: their numbers are all here, their records only where they are looked at."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal

from fcm.logs.describe import LEVELS
from fcm.ui.events.event_rows import Numbers, Step
from fcm.ui.look import format
from fcm.ui.tables.table_model import Column, TableModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from PySide6.QtWidgets import QFileDialog

    from fcm.logs.records import EventRecord

LEVEL_ICONS = {level: f"level-{level.casefold()}" for level in LEVELS}
KEPT = 6000
"""Records that are kept; more are dropped and read again when they are looked at."""
AHEAD = 150
"""Rows before and after those that can be seen that are read along with them."""
ORDERS = ("level", "time", "event", "computer", "provider", "task_name", "text")
"""What the columns are sorted by, see fcm.workspace.events.event_log.ORDERS."""


class EventTable(TableModel):
    """A table over the numbers of records; who fills it sorts and filters, because it has all events at hand."""

    rows_wanted = Signal()
    """Rows can be seen whose records are not here."""
    order_wanted = Signal(object, object)
    """What to sort by (one of ORDERS; "" = newest first), and whether downwards."""
    words_wanted = Signal(object)
    """Words that rows must have."""
    records_wanted = Signal(object, object)
    """Ids of rows whose records are wanted wherever they stand, and what to call then."""

    def __init__(self, parent: QObject | None = None) -> None:
        self.ask_export: Callable[[], QFileDialog | None] = lambda: None
        """Export List: whoever fills the table writes it, because it has all events at hand."""
        self._records: dict[str, EventRecord] = {}
        self._asked = False
        self._shown = Numbers(array("q"))
        super().__init__(
            (
                Column("Level", self._of(lambda r: r.level_name), 110,
                       icon=lambda i: LEVEL_ICONS.get(r.level_name, "") if (r := self.record(i)) else ""),
                Column("Date and Time", self._of(lambda r: format.date_time(r.time)), 150,
                       time=lambda i: r.time if (r := self.record(i)) else None),
                Column("Event ID", self._of(lambda r: str(r.id)), 70, numeric=True),
                Column("Node", self._of(lambda r: node_name(r.computer)), 80, whole=True,
                       tooltip=lambda i: r.computer if (r := self.record(i)) else ""),
                Column("Source", self._of(lambda r: short_source(r.provider)), 160, gives=True, folds=2,
                       tooltip=lambda i: r.provider if (r := self.record(i)) else ""),
                Column("Task Category", self._of(lambda r: r.task_name), 110, gives=True, folds=1),
                Column("Description", self._of(lambda r: r.text), 600, least=240),
            ),
            parent,
        )  # fmt: skip
        self._take(self._shown)

    def _of(self, read: Callable[[EventRecord], str]) -> Callable[[str], str]:
        def text(identity: str) -> str:
            record = self._records.get(identity)
            if record is None:
                self._ask()
                return ""
            return read(record)

        return text

    def _ask(self) -> None:
        if not self._asked:
            self._asked = True
            self.rows_wanted.emit()

    def when_read(self, ids: Sequence[str], then: Callable[[], None]) -> None:
        """Do something once all these rows have been read."""
        if all(identity in self._records for identity in ids):
            then()
        else:
            self.records_wanted.emit(list(ids), then)

    def record(self, identity: str) -> EventRecord | None:
        """The record of a row; None while it is being read."""
        return self._records.get(identity)

    def lacking(self) -> list[int]:
        """Numbers of the records that are to be read for what can be seen, top to bottom."""
        first, last = self.visible()
        rows = range(max(0, first - AHEAD), min(len(self._shown), last + 1 + AHEAD))
        return [int(identity) for identity in map(self._shown.__getitem__, rows) if identity not in self._records]

    @property
    def numbers(self) -> array[int]:
        """Numbers of all rows, the last row first; do not change it."""
        return self._shown.numbers

    def replace(self, numbers: array[int], records: Iterable[EventRecord]) -> None:
        """Show these rows; ``numbers`` has the last row first, ``records`` are those of the first rows."""
        self.beginResetModel()
        self._records = {str(record.record_id): record for record in records}
        self._asked = False
        self._take(Numbers(numbers))
        self.endResetModel()

    def take(self, step: Step, records: Iterable[EventRecord]) -> None:
        """Rows are gone and more are on top; the others stay where they are, with what is selected of them."""
        numbers = self._shown.numbers
        for first, end in step.gone:
            self.beginRemoveRows(QModelIndex(), len(numbers) - end, len(numbers) - 1 - first)
            del numbers[first:end]
            self.endRemoveRows()
        if step.on_top:
            self.beginInsertRows(QModelIndex(), 0, len(step.on_top) - 1)
            self._remember(records)
            numbers.extend(step.on_top)
            self.endInsertRows()

    def keep(self, records: Iterable[EventRecord]) -> None:
        """Records that were asked for have been read."""
        self._remember(records)
        self._asked = False
        self.touch_visible()

    def _remember(self, records: Iterable[EventRecord]) -> None:
        if len(self._records) > KEPT:
            self._records = {}
        self._records.update((str(record.record_id), record) for record in records)

    def row_of(self, identity: str) -> int | None:
        """Row of an id; None if it is not there."""
        try:
            return len(self._shown) - 1 - self._shown.numbers.index(int(identity))
        except ValueError:
            return None

    @property
    def total(self) -> int:
        """All rows."""
        return len(self._shown)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Whoever fills the table sorts."""
        name = ORDERS[column] if 0 <= column < len(ORDERS) else ""
        self.order_wanted.emit(name, order == Qt.SortOrder.DescendingOrder)

    def set_filter(self, text: str) -> None:
        """Whoever fills the table filters."""
        self.words_wanted.emit(text)

    def _take(self, shown: Numbers) -> None:
        self._shown = shown
        self._order = cast("list[str]", shown)
        self._ids = cast("list[str]", shown)


def node_name(computer: str) -> str:
    """The name of a node without its domain."""
    return computer.partition(".")[0]


def short_source(provider: str) -> str:
    """The name of a provider as Failover Cluster Manager shows it."""
    return provider.removeprefix("Microsoft-Windows-")
