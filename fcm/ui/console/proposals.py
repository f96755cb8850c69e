"""The menu of what can be typed next, over the window: words with descriptions; the keyboard stays in the input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTreeWidget, QTreeWidgetItem, QWidget

from fcm.ui.look.plain import literal

if TYPE_CHECKING:
    from collections.abc import Sequence

ROWS = 10
"""Rows shown without scrolling."""
WIDEST = 640
"""Pixels."""


class ProposalMenu(QTreeWidget):
    """A list beside the cursor. It never has the keyboard: the input tells it where to go."""

    taken = Signal(str)
    """A word was chosen with the mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("proposals")
        self.setAccessibleName("Suggestions")
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(lambda item, _: self.taken.emit(item.text(0)))
        self.hide()

    @property
    def word(self) -> str:
        """The word that is chosen; "" if there is none."""
        item = self.currentItem()
        return "" if item is None else item.text(0)

    @property
    def note(self) -> str:
        """What it is."""
        item = self.currentItem()
        return "" if item is None else item.text(1)

    def show_words(self, words: Sequence[tuple[str, str]], above: QPoint, below: QPoint, window: QWidget) -> None:
        """Show words with their descriptions; ``above`` and ``below`` are global places at the word's line."""
        self.clear()
        for word, note in words:
            item = QTreeWidgetItem([word, note])
            item.setForeground(1, self.palette().brush(QPalette.ColorRole.PlaceholderText))
            item.setToolTip(1, literal(note))
            self.addTopLevelItem(item)
        self._choose(0)
        if self.parentWidget() is not window:
            self.setParent(window)
        size = self._size(window)
        top = window.mapFromGlobal(above).y() - size.height()
        # Above the line: the Console lies at the bottom of the window.
        y = top if top >= 0 else window.mapFromGlobal(below).y()
        x = max(0, min(window.mapFromGlobal(above).x(), window.width() - size.width()))
        self.setGeometry(x, y, size.width(), size.height())
        self.show()
        self.raise_()

    def _size(self, window: QWidget) -> QSize:
        self.resizeColumnToContents(0)
        self.resizeColumnToContents(1)
        bar = self.style().pixelMetric(self.style().PixelMetric.PM_ScrollBarExtent)
        rows = min(ROWS, self.topLevelItemCount())
        width = self.columnWidth(0) + self.columnWidth(1) + 2 * self.frameWidth() + bar + 8
        height = rows * max(1, self.sizeHintForRow(0)) + 2 * self.frameWidth() + 2
        return QSize(min(width, WIDEST, window.width()), height)

    def step(self, by: int) -> None:
        """Choose another row, around the ends."""
        count = self.topLevelItemCount()
        if count:
            self._choose((self.currentIndex().row() + by) % count)

    def page(self, by: int) -> None:
        """Choose a row one page further."""
        last = self.topLevelItemCount() - 1
        self._choose(max(0, min(last, self.currentIndex().row() + by * (ROWS - 1))))

    def _choose(self, row: int) -> None:
        item = self.topLevelItem(row)
        if item is not None:
            self.setCurrentItem(item)
