"""Out-GridView: objects in a table of their own, to sort, to filter, to copy and, with -PassThru, to pick from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QMenu, QPushButton, QVBoxLayout

from fcm.text.cells import tab_lines
from fcm.text.words import counted
from fcm.ui.look import icons
from fcm.ui.look.plain import Label
from fcm.ui.tables.copying import copies_rows
from fcm.ui.tables.table_model import Column, TableModel
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.page_parts import FilterBox

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QWidget

    from fcm.workspace.files.settings import Settings

MOST = 100_000
"""Rows that are shown."""


@dataclass(frozen=True, slots=True)
class GridContent:
    """A table as texts; row r is the object r."""

    titles: tuple[str, ...]
    numeric: tuple[bool, ...]
    cells: tuple[tuple[str, ...], ...]
    keys: tuple[tuple[Any, ...], ...]
    """What each cell is sorted by: numbers as numbers, nothing before everything."""
    left_out: int = 0
    """Objects that are not shown: there are too many."""


def content_of(values: list[Any]) -> GridContent:
    """Objects as a table with the columns of Format-Table; any thread may make it."""
    from fcm.shell.values.formatting import VIEWS, column, is_number, shown
    from fcm.shell.values.values import ShellObject, first_names

    total, values = len(values), values[:MOST]
    types = {value.type if isinstance(value, ShellObject) else "" for value in values}
    names = first_names(values)
    view = VIEWS.get(next(iter(types))) if len(types) == 1 else None
    columns = view or tuple(column(name) for name in names)
    if not columns or "" in types:
        found = [[value, *(each.get(value) for each in columns)] for value in values]
        titles: tuple[str, ...] = ("Value", *(each.title for each in columns))
        for row in found:
            row[0] = "" if isinstance(row[0], ShellObject) else row[0]
    else:
        found = [[each.get(value) for each in columns] for value in values]
        titles = tuple(each.title for each in columns)
    numeric = tuple(
        any(row[n] is not None for row in found) and all(is_number(row[n]) for row in found if row[n] is not None)
        for n in range(len(titles))
    )
    cells = tuple(tuple(shown(value) for value in row) for row in found)
    keys = tuple(
        tuple(_key(value, text) for value, text in zip(row, texts, strict=True))
        for row, texts in zip(found, cells, strict=True)
    )
    return GridContent(titles, numeric, cells, keys, total - len(values))


def _key(value: Any, text: str) -> tuple[int, float, str]:
    if value is None:
        return 0, 0.0, ""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return (1, float(value), "") if is_number else (2, 0.0, text.casefold())


class _GridTable(TableView):
    """Its columns are those of one output: nothing of them is kept."""

    def save_columns(self) -> None:
        """Nothing."""


class GridWindow(QDialog):
    """One table; it stays until it is closed, beside the window."""

    def __init__(
        self,
        title: str,
        content: GridContent,
        settings: Settings,
        parent: QWidget,
        picked: Callable[[list[int]], None] | None = None,
    ) -> None:
        """``picked`` is called once with the numbers of the rows that were picked; none where that was given up."""
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setWindowFlag(Qt.WindowType.WindowMinMaxButtonsHint)
        self.setWindowIcon(icons.icon("console"))
        self.setAccessibleName(title)
        self.setObjectName("grid-view")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._content = content
        self._picked = picked
        self.filter = FilterBox("rows")
        self._count = Label()
        self._count.setObjectName("count")
        copy = QPushButton(icons.icon("copy"), "&Copy")
        copy.setObjectName("copy")
        copy.setAccessibleName("Copy")
        copy.setToolTip("Copy the selected rows, or all that are shown (Ctrl+C)")
        copy.setAutoDefault(False)
        copy.clicked.connect(self.copy)
        self.view = _GridTable(title, self._model(), settings, self)
        self.view.setAccessibleName("Rows")
        self.view.table.set_ids(str(number) for number in range(len(content.cells)))
        self.filter.textChanged.connect(self._filter)
        self.filter.down.connect(self.view.setFocus)
        self.view.menu_wanted.connect(self._menu)
        copies_rows(self.view, self.copy)
        head = QHBoxLayout()
        head.addWidget(self.filter)
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(copy)
        column = QVBoxLayout(self)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        if picked is not None:
            column.addWidget(self._buttons())
            self.view.opened.connect(lambda _: self.accept())
        QShortcut(QKeySequence.StandardKey.Find, self, self._to_filter)
        self._tell()
        self.resize(760, 420)
        self.view.setFocus()

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        for button in buttons.buttons():
            button.setAccessibleName(button.text().replace("&", ""))
            button.setObjectName(button.accessibleName().casefold())
        ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setToolTip("Pass the selected rows to the next command")
        ok.setEnabled(False)
        self.view.picked.connect(lambda: ok.setEnabled(bool(self.view.selected_ids())))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def _model(self) -> TableModel:
        cells, keys = self._content.cells, self._content.keys

        def made(number: int, title: str) -> Column:
            return Column(
                title,
                lambda row: cells[int(row)][number],
                160,
                sort=lambda row: keys[int(row)][number],
                numeric=self._content.numeric[number],
            )

        return TableModel([made(number, title) for number, title in enumerate(self._content.titles)])

    def _filter(self, text: str) -> None:
        self.view.table.set_filter(text)
        self._tell()

    def _tell(self) -> None:
        shown, total = self.view.table.rowCount(), self.view.table.total
        left_out = f"; {self._content.left_out:,} more are not shown" if self._content.left_out else ""
        self._count.setText(((f"{shown:,} of " if shown != total else "") + counted(total, "row")) + left_out)

    def _to_filter(self) -> None:
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def _menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction(icons.icon("copy"), "&Copy", self.copy)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def copy(self) -> None:
        """Put the selected rows, else all that are shown, on the clipboard: cells between tabs, titles first."""
        rows = self.view.selected_ids() or list(self.view.table.ids)
        lines = [self._content.titles, *(self._content.cells[int(row)] for row in rows)]
        QGuiApplication.clipboard().setText(tab_lines(lines))

    def done(self, result: int) -> None:
        """Tell what was picked."""
        if self._picked is not None:
            accepted = result == QDialog.DialogCode.Accepted
            told, self._picked = self._picked, None
            told([int(row) for row in self.view.selected_ids()] if accepted else [])
        super().done(result)
