"""A table whose cells are typed or chosen, for the pages of wizards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fcm.ui.widgets.dialog_parts import named

if TYPE_CHECKING:
    from collections.abc import Sequence


class EditTable(QTableWidget):
    """A table whose cells are typed or chosen, with buttons Add and Remove beside it."""

    def __init__(self, name: str, heads: Sequence[str]) -> None:
        super().__init__(0, len(heads))
        named(self, name)
        self.setHorizontalHeaderLabels(list(heads))
        self.verticalHeader().hide()
        self.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 14)
        self.setWordWrap(False)

    def with_buttons(self, add: QPushButton, remove: QPushButton) -> QWidget:
        """The table and its buttons."""
        for button in (add, remove):
            button.setAutoDefault(False)
        remove.clicked.connect(self._remove)
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self, 1)
        buttons = QVBoxLayout()
        buttons.addWidget(add)
        buttons.addWidget(remove)
        buttons.addStretch(1)
        row.addLayout(buttons)
        return place

    def _remove(self) -> None:
        row = self.currentRow() if self.currentRow() >= 0 else self.rowCount() - 1
        if row >= 0:
            self.removeRow(row)

    def text(self, row: int, column: int) -> str:
        """Text of a cell."""
        item = self.item(row, column)
        return item.text().strip() if item else ""

    def put(self, row: int, texts: Sequence[str]) -> None:
        """Fill the first cells of a row."""
        for column, text in enumerate(texts):
            self.setItem(row, column, QTableWidgetItem(text))
