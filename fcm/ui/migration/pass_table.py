"""The memory passes of one migration as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from fcm.ui.look.format import NARROW, NONE, rate
from fcm.ui.migration.words import pages
from fcm.ui.widgets.dialog_parts import named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.migration.recordings.recording import PassFigures

COLUMNS = ("Pass", "To send\n(pages)", "Sent\n(pages)", "Dirtied\n(pages)", "Duration", "Rate")
_TIPS = (
    "Number of the pass; the last is stop and copy",
    "Pages that were dirty when the pass began",
    "Pages sent in this pass",
    "Pages that the guest dirtied in the meantime; they are sent in the next pass",
    "How long the pass took",
    "Mean rate at which the pass was sent",
)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
Index = QModelIndex | QPersistentModelIndex


class PassModel(QAbstractTableModel):
    """One row a pass; only what changed is told."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._passes: list[PassFigures] = []

    def show_passes(self, passes: Sequence[PassFigures]) -> None:
        """Show these passes."""
        old = self._passes
        same = 0
        for before, after in zip(old, passes, strict=False):
            if before != after:
                break
            same += 1
        if len(passes) < len(old):
            self.beginResetModel()
            self._passes = list(passes)
            self.endResetModel()
            return
        changed = len(old)
        self._passes = list(passes[:changed])
        if same < changed:
            self.dataChanged.emit(self.index(same, 0), self.index(changed - 1, len(COLUMNS) - 1))
        if len(passes) > changed:
            self.beginInsertRows(QModelIndex(), changed, len(passes) - 1)
            self._passes = list(passes)
            self.endInsertRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Number of passes."""
        return 0 if parent.isValid() else len(self._passes)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, on the right."""
        if role == Qt.ItemDataRole.DisplayRole and index.isValid():
            return self._text(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of the columns and what they mean."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return _TIPS[section]
        return _RIGHT if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _text(self, row: int, column: int) -> str:
        one = self._passes[row]
        last = row == len(self._passes) - 1
        match column:
            case 0:
                return str(one.number)
            case 1:
                return pages(one.to_send)
            case 2:
                return pages(one.sent)
            case 3:
                return NONE if last else pages(one.dirtied)
            case 4:
                return f"{one.duration:.2f}{NARROW}s"
            case _:
                return rate(one.rate) if one.rate > 0 else NONE


class PassTable(QTableView):
    """The table; the newest pass stays in view while it is at the end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "Memory passes")
        self._model = PassModel(self)
        self.setModel(self._model)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        self.setTabKeyNavigation(False)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(44)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)

    def show_passes(self, passes: Sequence[PassFigures]) -> None:
        """Show these passes."""
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum()
        before = self._model.rowCount()
        self._model.show_passes(passes)
        if at_end and self._model.rowCount() > before:
            self.scrollToBottom()
