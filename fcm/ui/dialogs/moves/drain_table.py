"""The table of a drain: order, machine, memory, destination that can be changed, predicted beside actual."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from fcm.model.entities import NodeState
from fcm.ui.look import format as words
from fcm.ui.look import icons
from fcm.ui.look.plain import literal
from fcm.ui.tables.rows import ColumnDelegate
from fcm.ui.widgets.dialog_parts import IDENTITY, named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.model.migrations import Drain, Staying
    from fcm.model.state import State
    from fcm.ui.window.figures import Figures
    from fcm.workspace.planning.drain import DrainRow
    from fcm.workspace.planning.drain_plan import DrainPlan

HEADS = ("Order", "Virtual machine", "Memory", "Destination", "Predicted", "Actual", "Status")
ORDER, MACHINE, MEMORY, DESTINATION, PREDICTED, ACTUAL, STATUS = range(7)
STAYS = "stays here"
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_Index = QModelIndex | QPersistentModelIndex
NAME, MOST_OF_NAME = 150, 33
"""Pixels that a name has at least, percent of the table that it has at most."""
Line: TypeAlias = tuple[str, bool, tuple[str, ...]]
"""Id of a machine, whether its destination can be changed, and the cells."""


class MovesTable(QTreeWidget):
    """One row a machine. In a plan the destination of a row that can move is changed in place."""

    destination_chosen = Signal(object, object)
    """Id of a machine and the name of the node; "" = it stays."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "Moves")
        self.setColumnCount(len(HEADS))
        self.setHeaderLabels(list(HEADS))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setItemDelegateForColumn(DESTINATION, _DestinationDelegate(self))
        header = self.header()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(48)
        for column in (ORDER, MEMORY, ACTUAL):
            self.headerItem().setTextAlignment(column, _RIGHT)
        for column, width in ((ORDER, 52), (MACHINE, NAME), (MEMORY, 84), (DESTINATION, 120), (PREDICTED, 150)):
            self.setColumnWidth(column, width)
        header.setSectionResizeMode(STATUS, QHeaderView.ResizeMode.Stretch)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._widest_name = 0
        self.nodes: tuple[str, ...] = ()
        """Destinations that the editor offers."""
        self.itemDoubleClicked.connect(lambda item, _: self.edit_destination(item))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter or F2 changes the destination of the current row; Enter never starts the drain."""
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self.edit_destination(item)
        else:
            super().keyPressEvent(event)

    def edit_destination(self, item: QTreeWidgetItem) -> None:
        """Open the list of destinations in the row, if it can move."""
        if item.flags() & Qt.ItemFlag.ItemIsEditable:
            self.editItem(item, DESTINATION)

    def choose(self, index: _Index, destination: str) -> None:
        """The editor was left with this choice."""
        item = self.topLevelItem(index.row())
        if item is not None and item.text(DESTINATION) != (destination or STAYS):
            self.destination_chosen.emit(str(item.data(0, IDENTITY)), destination)

    def current_status(self) -> tuple[str, str]:
        """Name and whole status of the current row; empty where there is none."""
        item = self.currentItem()
        return ("", "") if item is None else (item.text(MACHINE), item.text(STATUS))

    def _fit_names(self) -> None:
        """Give names that are longer than all before their width, up to a part of the table."""
        needed = self.sizeHintForColumn(MACHINE)
        if needed > self._widest_name:
            self._widest_name = needed
            self.setColumnWidth(MACHINE, max(NAME, min(needed, self.viewport().width() * MOST_OF_NAME // 100)))

    # What is shown

    def show_plan(self, state: State, plan: DrainPlan | None, stay: set[str] | None = None) -> None:
        """The moves of a plan, those that the user lets stay among them, then the machines that cannot move."""
        if plan is None:
            self.clear()
            return
        self.setColumnHidden(ACTUAL, True)
        self.nodes = tuple(
            name for name, node in state.nodes.items() if name != plan.node and node.state is NodeState.UP
        )
        lines: list[Line] = []
        number = 0
        for move in plan.moves:
            left = move.machine in (stay or set())
            number += not left
            lines.append(
                (
                    move.machine,
                    True,
                    (
                        words.NONE if left else str(number),
                        move.name,
                        words.size(move.memory),
                        STAYS if left else move.destination,
                        words.NONE if left else _predicted(move.duration, move.basis),
                        "",
                        "You chose to leave it here." if left else move.reason,
                    ),
                )
            )
        lines += self._staying_lines(state, plan.staying)
        self._fill(lines)

    def show_course(self, state: State, drain: Drain, rows: Sequence[DrainRow], figures: Figures) -> None:
        """The moves as they go, predicted beside actual."""
        self.setColumnHidden(ACTUAL, False)
        lines: list[Line] = []
        for number, row in enumerate(rows, 1):
            status = row.status[:1].upper() + row.status[1:]
            if row.migration is not None and row.migration.phase.is_running:
                status = f"Moving, {words.percent(figures.progress(row.migration))}"
            if row.migration is not None and row.migration.remedy:
                status = f"{status} {row.migration.remedy}"
            lines.append(
                (
                    row.move.machine,
                    False,
                    (
                        str(number),
                        row.name,
                        words.NONE if row.memory is None else words.size(row.memory),
                        row.move.destination,
                        _predicted(row.move.predicted, row.move.basis or "not predicted"),
                        words.NONE if row.actual is None else words.seconds(row.actual),
                        status,
                    ),
                )
            )
        lines += self._staying_lines(state, drain.staying)
        self._fill(lines)

    def _staying_lines(self, state: State, staying: Sequence[Staying]) -> list[Line]:
        lines: list[Line] = []
        for one in staying:
            machine = state.machines.get(one.machine)
            name, memory = (machine.name, words.size(machine.memory)) if machine else (one.machine, words.NONE)
            cells = (words.NONE, name, memory, STAYS, words.NONE, words.NONE, f"{one.reason} {one.remedy}".strip())
            lines.append((one.machine, False, cells))
        return lines

    def _fill(self, lines: Sequence[Line]) -> None:
        """Change only the cells that differ, so that an open editor and the current row stay."""
        if [item_id for item_id, _, _ in lines] != [str(item.data(0, IDENTITY)) for item in self._items()]:
            self.clear()
            self.addTopLevelItems([QTreeWidgetItem() for _ in lines])
        for item, (identity, can_move, cells) in zip(self._items(), lines, strict=True):
            item.setData(0, IDENTITY, identity)
            editable = Qt.ItemFlag.ItemIsEditable
            flags = item.flags() | editable if can_move else item.flags() & ~editable
            if flags != item.flags():
                item.setFlags(flags)
            icon = "vm-online" if cells[DESTINATION] != STAYS else "vm"
            if item.data(MACHINE, IDENTITY) != icon:
                item.setData(MACHINE, IDENTITY, icon)
                item.setIcon(MACHINE, icons.icon(icon))
            for column, text in enumerate(cells):
                if item.text(column) != text:
                    item.setText(column, text)
                    item.setToolTip(column, literal(text))
                    if column in (ORDER, MEMORY, ACTUAL):
                        item.setTextAlignment(column, _RIGHT)
        if self.currentItem() is None and (first := self._items()[:1]):
            self.setCurrentItem(first[0])
        self._fit_names()

    def _items(self) -> list[QTreeWidgetItem]:
        found = (self.topLevelItem(row) for row in range(self.topLevelItemCount()))
        return [item for item in found if item is not None]


class _DestinationDelegate(ColumnDelegate):
    """A list of nodes in the cell."""

    def __init__(self, table: MovesTable) -> None:
        super().__init__(table)
        self._table = table

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        box = named(QComboBox(parent), "Destination")
        for name in self._table.nodes:
            box.addItem(name, name)
        box.addItem(STAYS, "")
        box.activated.connect(lambda _: self._chosen(box))
        return box

    def _chosen(self, box: QComboBox) -> None:
        self.commitData.emit(box)
        self.closeEditor.emit(box)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter ends the choice and goes no further."""
        pressed = event.key() if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress else None
        if isinstance(watched, QComboBox) and pressed in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._chosen(watched)
            return True
        return super().eventFilter(watched, event)

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        assert isinstance(editor, QComboBox)
        editor.setCurrentIndex(max(0, editor.findText(str(index.data()))))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        assert isinstance(editor, QComboBox)
        self._table.choose(index, str(editor.currentData()))


def _predicted(duration: float | None, basis: str) -> str:
    if not basis:
        return "predicting..."
    if duration is None:
        return basis if basis == "not predicted" else f"not expected to finish ({basis})"
    return f"{words.seconds(duration)} ({basis})"
