"""Out-GridView: a table to sort, to filter, to copy, and with -PassThru to pick from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from fcm.ui.console.grid import GridWindow, content_of
from tests.ui.console.test_console import console, enter
from tests.ui.window_by_hand import busy_window, named

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.console.view import ConsoleView

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def shown_grid(view: ConsoleView) -> GridWindow:
    return next(grid for grid in view.window().findChildren(GridWindow) if grid.isVisible())


def rows(grid: GridWindow, column: int = 0) -> list[str]:
    model = grid.view.table
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]


def picking(qtbot: QtBot, view: ConsoleView) -> GridWindow:
    """A grid whose rows can be picked, opened by a script that waits for it."""
    qtbot.keyClicks(view.input, 'Get-ClusterNode | Out-GridView -PassThru | ForEach-Object { "took $($_.Name)" }')
    qtbot.keyClick(view.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(view.window().findChildren(GridWindow)))
    return shown_grid(view)


def test_out_gridview_opens_a_table_with_its_title(qtbot: QtBot, tmp_path: Path) -> None:
    view = console(busy_window(qtbot, tmp_path)[0])
    said = enter(qtbot, view, "Get-ClusterNode | Out-GridView -Title 'My nodes'")
    assert said.count("\n") == 0
    grid = shown_grid(view)
    assert grid.windowTitle() == "My nodes"
    assert rows(grid) == ["node1", "node2", "node3"]
    assert not grid.findChildren(QPushButton, "ok")


def test_the_table_is_sorted_by_number_and_filtered_by_words(qtbot: QtBot, tmp_path: Path) -> None:
    view = console(busy_window(qtbot, tmp_path)[0])
    enter(qtbot, view, "Get-ClusterNetwork | Select-Object Name, Metric | Out-GridView")
    grid = shown_grid(view)
    grid.view.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert rows(grid, 1) == ["10000", "1200", "1100", "1000"]
    qtbot.keyClicks(named(grid, "Filter rows"), "migr")
    assert rows(grid) == ["Live migration"]
    assert "1 of 4 rows" in [label.text() for label in grid.findChildren(QLabel)]


def test_ctrl_c_copies_what_is_selected_with_its_titles(qtbot: QtBot, tmp_path: Path) -> None:
    view = console(busy_window(qtbot, tmp_path)[0])
    enter(qtbot, view, "Get-ClusterNode | Out-GridView")
    grid = shown_grid(view)
    grid.view.selectRow(1)
    qtbot.keyClick(grid.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "Name\tState\nnode2\tUp"


def test_passthru_gives_the_picked_rows_to_the_next_command(qtbot: QtBot, tmp_path: Path) -> None:
    view = console(busy_window(qtbot, tmp_path)[0])
    grid = picking(qtbot, view)
    ok = named(grid, "OK")
    assert not ok.isEnabled()
    grid.view.selectRow(2)
    ok.click()
    qtbot.waitUntil(lambda: not view.runner.is_running)
    assert view.output.toPlainText().splitlines()[-1] == "took node3"


def test_closing_the_table_picks_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    view = console(busy_window(qtbot, tmp_path)[0])
    grid = picking(qtbot, view)
    grid.view.selectRow(2)
    grid.close()
    qtbot.waitUntil(lambda: not view.runner.is_running)
    assert view.output.blockCount() == 1


def test_ctrl_c_in_the_console_ends_the_wait_for_a_choice(qtbot: QtBot, tmp_path: Path) -> None:
    view = console(busy_window(qtbot, tmp_path)[0])
    picking(qtbot, view)
    qtbot.keyClick(view.input, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not view.runner.is_running)
    assert "The command was canceled." in view.output.toPlainText()
    qtbot.waitUntil(lambda: not any(grid.isVisible() for grid in view.window().findChildren(GridWindow)))


def test_a_table_that_is_too_long_says_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcm.ui.console.grid.MOST", 2)
    content = content_of([1, 2, 3])
    assert (len(content.cells), content.left_out) == (2, 1)


def test_texts_and_numbers_are_one_column() -> None:
    content = content_of(["b", 10, 9, None])
    assert content.titles == ("Value",)
    assert [row[0] for row in content.cells] == ["b", "10", "9", ""]
    assert [content.cells[n][0] for n in sorted(range(4), key=lambda n: content.keys[n])] == ["", "9", "10", "b"]
