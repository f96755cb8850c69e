"""How rows of every list, table and tree are drawn: room around texts, names cut in the middle, grey without focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QTreeView,
)

from fcm.ui.look import icons
from fcm.ui.tables.table_model import PROGRESS, TableModel

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

LEFT, RIGHT = 3, 4
"""Pixels that a cell of a table keeps free beside its own margins, so that texts stand below their headings and a
right-aligned column is 13 pixels from a left-aligned one after it."""
_Index = QModelIndex | QPersistentModelIndex


class RowDelegate(QStyledItemDelegate):
    """Draws a cell. The selection is grey while another pane has the keyboard; names keep both their ends."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        """As every cell, with these two differences."""
        super().initStyleOption(option, index)
        self._dress(option, index)

    def _dress(self, option: QStyleOptionViewItem, index: _Index) -> None:
        view = option.widget
        if isinstance(view, QAbstractItemView) and not view.hasFocus():
            option.state &= ~QStyle.StateFlag.State_Active
        if index.column() == 0:
            option.textElideMode = Qt.TextElideMode.ElideMiddle


class CellDelegate(RowDelegate):
    """The same for tables, with room around texts and a bar for progress."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """With the room around the text."""
        hint: QSize = super().sizeHint(option, index)
        return QSize(hint.width() + LEFT + RIGHT, hint.height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """The background reaches to the edges, the text does not."""
        model = index.model()
        if isinstance(model, TableModel):
            text, icon, progress = model.shown_at(index.row(), index.column())
        else:
            text, icon, progress = "", "", index.data(PROGRESS)
        if progress is not None:
            self._paint_progress(painter, option, text or str(index.data()), progress)
            return
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, option.palette.color(group_of(option), QPalette.ColorRole.Highlight))
        inside = QStyleOptionViewItem(option)
        inside.rect = option.rect.adjusted(LEFT, 0, -RIGHT, 0)
        view = option.widget
        if not isinstance(model, TableModel) or view is None:
            super().paint(painter, inside, index)
            return
        # What the class of Qt does, without asking the model for seven things, one by one: half the time.
        inside.index = model.index(index.row(), index.column())
        inside.text = text
        inside.features = QStyleOptionViewItem.ViewItemFeature.HasDisplay
        inside.displayAlignment = model.columns[index.column()].alignment
        self._dress(inside, index)
        if icon:
            inside.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
            inside.icon = icons.icon(icon)
            inside.decorationSize = inside.icon.actualSize(inside.decorationSize)
        view.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, inside, painter, view)

    def _paint_progress(self, painter: QPainter, option: QStyleOptionViewItem, text: str, progress: float) -> None:
        painter.save()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        rect: QRect = option.rect.adjusted(LEFT, 0, -RIGHT, 0)
        palette, group = option.palette, group_of(option)
        if selected:
            painter.fillRect(option.rect, palette.color(group, QPalette.ColorRole.Highlight))
        taken = max(48, painter.fontMetrics().horizontalAdvance(text) + 6)
        bar = rect.adjusted(3, 0, -taken - 5, 0)
        bar.setTop(rect.center().y() - 3)
        bar.setHeight(7)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.mid())
        painter.drawRoundedRect(bar, 3, 3)
        done = QRect(bar)
        done.setWidth(round(bar.width() * progress))
        painter.setBrush(palette.color(QPalette.ColorRole.Accent))
        painter.drawRoundedRect(done, 3, 3)
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        painter.setPen(palette.color(group, role))
        words = QRect(rect.right() - taken, rect.top(), taken, rect.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()


class ColumnDelegate(CellDelegate):
    """The same for trees; texts of the first column, beside branches and check boxes, stay where they are."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """With the room around the text, if there is any."""
        if _has_room(option, index):
            return super().sizeHint(option, index)
        return RowDelegate.sizeHint(self, option, index)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """As a cell of a table, or as a row of a tree."""
        if _has_room(option, index):
            super().paint(painter, option, index)
        else:
            RowDelegate.paint(self, painter, option, index)


def _has_room(option: QStyleOptionViewItem, index: _Index) -> bool:
    view = option.widget
    is_flat = isinstance(view, QTreeView) and not view.rootIsDecorated()
    return index.column() > 0 or (is_flat and index.data(Qt.ItemDataRole.CheckStateRole) is None)


def group_of(option: QStyleOptionViewItem) -> QPalette.ColorGroup:
    """Whether the list has the keyboard: its selection is in the accent colour then, else grey."""
    view = option.widget
    has_keyboard = view is None or (view.hasFocus() and view.isActiveWindow())
    return QPalette.ColorGroup.Active if has_keyboard else QPalette.ColorGroup.Inactive


def dress_rows(view: QAbstractItemView) -> None:
    """Draw the rows of a list as those of all others; a list with a delegate of its own keeps it."""
    if type(view.itemDelegate()) is QStyledItemDelegate:
        kinds: tuple[tuple[type[QAbstractItemView], type[RowDelegate]], ...] = (
            (QTableView, CellDelegate),
            (QTreeView, ColumnDelegate),
            (QAbstractItemView, RowDelegate),
        )
        view.setItemDelegate(next(made for kind, made in kinds if isinstance(view, kind))(view))
