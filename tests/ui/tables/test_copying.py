"""Ctrl+C in lists, tables and trees."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from fcm.ui import dialogs
from fcm.ui.console.proposals import ProposalMenu
from fcm.ui.events.event_table import EventTable
from fcm.ui.migration import PreflightPanel
from fcm.ui.tables.copying import _RowCopier
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.background import Work
from fcm.ui.widgets.dialog_parts import named as name_it
from fcm.workspace.actions.catalog import ACTIONS
from fcm.workspace.selection import Place, Selection
from tests.property.shell.test_shell_commands import _selections
from tests.ui.window_by_hand import busy_window, named
from tests.unit.logs.test_evtx import record

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def copied(qtbot: QtBot, view: QWidget) -> str:
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    return QApplication.clipboard().text()


def test_all_selected_rows_are_copied_with_the_columns_that_are_shown(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    shown.select(Selection(Place.NODES))
    view = named(shown.page, "Nodes", TableView)
    view.select_ids(view.table.ids[:2])
    lines = copied(qtbot, view).split("\n")
    columns = [column for number, column in enumerate(view.table.columns) if not view.isColumnHidden(number)]
    assert lines[0] == "\t".join(column.title for column in columns)
    assert lines[1:] == [
        "\t".join(column.text(identity).replace("\N{NO-BREAK SPACE}", " ") for column in columns)
        for identity in view.table.ids[:2]
    ]


def test_columns_are_copied_in_the_order_shown_and_hidden_ones_are_not(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    shown.select(Selection(Place.NODES))
    view = named(shown.page, "Nodes", TableView)
    view.select_ids(view.table.ids[:1])
    whole = [line.split("\t") for line in copied(qtbot, view).split("\n")]
    view.setColumnHidden(2, True)
    view.horizontalHeader().moveSection(1, 0)
    found = [line.split("\t") for line in copied(qtbot, view).split("\n")]
    assert found == [[line[1], line[0], *line[3:]] for line in whole]


def test_rows_of_a_tree_are_copied_in_their_order_and_cannot_break_the_lines(qtbot: QtBot) -> None:
    tree = name_it(QTreeWidget(), "Things")
    qtbot.addWidget(tree)
    tree.setColumnCount(2)
    tree.setHeaderHidden(True)
    tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    top = QTreeWidgetItem(["a", "1\n2"])
    top.addChild(QTreeWidgetItem(["b\tc", "=1+1"]))
    tree.addTopLevelItems([top, QTreeWidgetItem(["d", "-5"])])
    tree.expandAll()
    tree.selectAll()
    tree.show()
    assert copied(qtbot, tree) == "a\t1 2\nb c\t'=1+1\nd\t-5"


def test_rows_are_copied_with_their_headings_as_text_and_as_a_table(qtbot: QtBot) -> None:
    tree = name_it(QTreeWidget(), "Things")
    qtbot.addWidget(tree)
    tree.setHeaderLabels(["Name", "<Size>"])
    tree.addTopLevelItem(QTreeWidgetItem(["a & b", "=1"]))
    tree.setCurrentItem(tree.topLevelItem(0))
    tree.show()
    assert copied(qtbot, tree) == "Name\t<Size>\na & b\t'=1"
    assert QApplication.clipboard().mimeData().html() == (
        "<table><tr><th>Name</th><th>&lt;Size&gt;</th></tr><tr><td>a &amp; b</td><td>&#x27;=1</td></tr></table>"
    )


def test_without_a_selection_the_current_row_is_copied(qtbot: QtBot) -> None:
    tree = name_it(QTreeWidget(), "Things")
    qtbot.addWidget(tree)
    tree.setColumnCount(2)
    tree.setHeaderHidden(True)
    tree.addTopLevelItem(QTreeWidgetItem(["a", "1"]))
    tree.setCurrentItem(tree.topLevelItem(0))
    tree.clearSelection()
    tree.show()
    assert copied(qtbot, tree) == "a\t1"


def test_events_that_were_never_looked_at_are_read_before_they_are_copied(qtbot: QtBot) -> None:
    table = EventTable()
    table.replace(array("q", [2, 1]), [record(1)])
    asked: list[list[str]] = []
    done: list[str] = []
    table.records_wanted.connect(lambda ids, then: (asked.append(ids), table.keep([record(1), record(2)]), then()))
    table.when_read(["1"], lambda: done.append("there already"))
    table.when_read(["1", "2"], lambda: done.append("read"))
    assert asked == [["1", "2"]]
    assert done == ["there already", "read"]


def test_rows_of_every_list_of_the_window_and_its_dialogs_can_be_copied(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PreflightPanel, "show_plan", lambda *_: None)
    shown, _ = busy_window(qtbot, tmp_path)
    assert views(shown)
    for selection in _selections(shown.state):
        shown.select(selection)
    assert not lacking(shown)
    for name, selection in dialogs_of(shown):
        dialog = dialogs.show(name, shown.desk, selection)
        if dialog is not None:
            assert not lacking(dialog), name
            for work in dialog.findChildren(Work):
                work.wait()
            dialog.close()


def dialogs_of(shown: MainWindow) -> list[tuple[str, Selection]]:
    found: dict[str, Selection] = {}
    for action in ACTIONS:
        for selection in _selections(shown.state):
            if action.dialog and selection.place in action.places:
                found.setdefault(action.dialog, selection)
    return list(found.items())


def views(parent: QWidget) -> list[QAbstractItemView]:
    """Lists, tables and trees, but no headings, and no lists that combo boxes and the Console open for a moment."""
    return [
        view
        for view in parent.findChildren(QAbstractItemView)
        if not isinstance(view, QHeaderView | ProposalMenu) and not _in_a_box(view)
    ]


def _in_a_box(view: QWidget) -> bool:
    above = view.parentWidget()
    while above is not None and not isinstance(above, QComboBox):
        above = above.parentWidget()
    return above is not None


def lacking(parent: QWidget) -> list[str]:
    return [str(view.accessibleName() or view) for view in views(parent) if not view.findChildren(_RowCopier)]
