"""What the window did, as PowerShell, in a list above the terminal: it is never part of the terminal's text."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from fcm.ui.look.plain import literal

MOST = 500
"""Lines that are kept."""
SHOWN = 3
"""Lines that are shown at first."""


class Deeds(QListWidget):
    """One line for each, newest below. A click, or Enter, puts it at the prompt."""

    chosen = Signal(str)
    """The PowerShell of a line."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("deeds")
        self.setAccessibleName("What the window did")
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.itemClicked.connect(self._choose)
        self.hide()

    def sizeHint(self) -> QSize:
        """Some lines."""
        return QSize(300, self._height(SHOWN))

    def minimumSizeHint(self) -> QSize:
        """One line."""
        return QSize(100, self._height(1))

    def _height(self, lines: int) -> int:
        row = self.sizeHintForRow(0) if self.count() else self.fontMetrics().lineSpacing() + 4
        return min(lines, max(1, self.count())) * row + 2 * self.frameWidth()

    def add(self, text: str, cluster: str = "") -> None:
        """One more line; ``cluster`` says where it was done, if that is another cluster than the terminal's."""
        bar = self.verticalScrollBar()
        follows = bar.value() >= bar.maximum()
        shown = " ".join(text.split())
        item = QListWidgetItem(f"[{cluster}] {shown}" if cluster else shown)
        item.setData(Qt.ItemDataRole.UserRole, text)
        item.setToolTip(literal(f"{text}\n\nClick to put it at the prompt."))
        self.addItem(item)
        while self.count() > MOST:
            self.takeItem(0)
        self.setVisible(True)
        self.updateGeometry()
        if follows:
            self.scrollToBottom()

    def texts(self) -> list[str]:
        """All lines as they are shown."""
        return [self.item(row).text() for row in range(self.count())]

    def forget(self) -> None:
        """An empty list, which takes no room."""
        self.clear()
        self.hide()

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter puts a line at the prompt, Ctrl+C copies it."""
        item = self.currentItem()
        if item is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(item)
        elif item is not None and event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(item.data(Qt.ItemDataRole.UserRole))
        else:
            super().keyPressEvent(event)
