"""The plot and the tables beside each other where there is room, in tabs where there is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from fcm.ui.widgets.dialog_parts import named

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

WIDE = 900
"""Pixels from which the plot stands beside the tables."""


class PlotAndTables(QWidget):
    """Holds one plot and several named tables."""

    def __init__(self, plot: QWidget, tables: list[tuple[str, QWidget]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plot = plot
        self._beside = False
        self.tabs = named(QTabWidget(), "Details of the migration")
        self.tabs.setDocumentMode(True)
        self._split = named(QSplitter(Qt.Orientation.Horizontal), "Plot and tables")
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.tabs)
        self.tabs.addTab(plot, "Con&vergence")
        for name, table in tables:
            self.tabs.addTab(table, name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._split)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the plot where it fits best."""
        super().resizeEvent(event)
        beside = event.size().width() >= WIDE
        if beside == self._beside:
            return
        self._beside = beside
        if beside:
            self.tabs.removeTab(self.tabs.indexOf(self._plot))
            self._split.insertWidget(0, self._plot)
            self._plot.show()
            self._split.setStretchFactor(0, 3)
            self._split.setStretchFactor(1, 2)
            width = event.size().width()
            self._split.setSizes([width * 54 // 100, width * 46 // 100])
        else:
            self.tabs.insertTab(0, self._plot, "Con&vergence")
            self.tabs.setCurrentIndex(0)
