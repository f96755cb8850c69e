"""The headings of a table: the arrow of the order stands beside the words, and points up where the rows ascend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPalette, QPolygonF
from PySide6.QtWidgets import QHeaderView, QStyleOptionHeader, QWidget

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOptionHeader as _Option

ARROW, GAP, EDGE = 8, 5, 6
"""Pixels: width of the arrow, from the words to it, from the edge of the heading to the words (theme.py)."""


class Heading(QHeaderView):
    """Headings at the top; Qt's own arrow, at the far end and pointing down for ascending, is not drawn."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)

    def initStyleOptionForIndex(self, option: _Option, section: int) -> None:
        """Without Qt's arrow, and with words that leave room for the other one."""
        super().initStyleOptionForIndex(option, section)
        option.sortIndicator = QStyleOptionHeader.SortIndicator.None_
        if section == self.sortIndicatorSection():
            option.text = self._words(section, self.sectionSize(section))

    def _words(self, section: int, width: int) -> str:
        title = str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")
        room = max(0, width - 2 * EDGE - ARROW - GAP)
        return self.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, room)

    def arrow_box(self, section: int, rect: QRect) -> QRect:
        """Where the arrow of a section is within the section's box: behind the words, before them in a column of
        numbers.
        """
        wide = self.fontMetrics().horizontalAdvance(self._words(section, rect.width()))
        align = self.model().headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        right = bool(int(align or 0) & int(Qt.AlignmentFlag.AlignRight.value))
        left = rect.right() - EDGE - wide - GAP - ARROW if right else rect.left() + EDGE + wide + GAP
        return QRect(max(rect.left() + 1, left), rect.center().y() - 2, ARROW, 5)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """The words, then the arrow."""
        painter.save()
        super().paintSection(painter, rect, section)
        painter.restore()
        if section != self.sortIndicatorSection():
            return
        box = self.arrow_box(section, rect)
        flat, tip = (box.bottom() + 1, box.top()) if self.is_ascending() else (box.top(), box.bottom() + 1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(QPalette.ColorRole.Text))
        painter.drawPolygon(
            QPolygonF([QPointF(box.left(), flat), QPointF(box.right() + 1, flat), QPointF(box.center().x() + 0.5, tip)])
        )
        painter.restore()

    def is_ascending(self) -> bool:
        """Whether the smallest is on top."""
        return self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
