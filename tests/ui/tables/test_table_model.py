"""The table of pages: own order, own filter, selection that survives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, Qt, QTimer
from PySide6.QtTest import QAbstractItemModelTester

from fcm.model.structures.tables import GoneError
from fcm.ui.tables.table_model import PROGRESS, REMEMBERED, Column, TableModel
from fcm.ui.tables.table_view import TableView
from fcm.workspace.files.settings import COLUMNS, Settings

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

VALUES = {"a": 3, "b": 1, "c": 2}


def model(values: dict[str, int] | None = None) -> TableModel:
    found = VALUES if values is None else values
    made = TableModel(
        (
            Column("Name", lambda i: f"name {i}", icon=lambda i: "vm"),
            Column("Value", lambda i: str(found[i]), sort=lambda i: found[i], numeric=True),
            Column("Bar", lambda i: "x", progress=lambda i: found[i] / 10, tooltip=lambda i: f"tip {i}"),
        )
    )
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Warning, made)
    return made


def view(qtbot: QtBot, model: TableModel, place: Path | Settings) -> TableView:
    """A table whose settings are in the folder *place*, or are *place*."""
    made = TableView("Machines", model, place if isinstance(place, Settings) else Settings(place))
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show()
    return made


def test_rows_are_in_the_order_in_which_they_were_given() -> None:
    table = model()
    table.set_ids("cab")
    assert list(table.ids) == ["c", "a", "b"]
    assert table.index(0, 0).data() == "name c"


def test_a_number_stands_at_the_right_and_a_name_at_the_left() -> None:
    table = model()
    table.set_ids("a")
    align = Qt.ItemDataRole.TextAlignmentRole
    assert table.index(0, 1).data(align) & int(Qt.AlignmentFlag.AlignRight.value)
    assert table.index(0, 0).data(align) & int(Qt.AlignmentFlag.AlignLeft.value)


def test_a_cell_has_icon_tooltip_and_progress() -> None:
    table = model()
    table.set_ids("a")
    assert not table.index(0, 0).data(Qt.ItemDataRole.DecorationRole).isNull()
    assert table.index(0, 2).data(Qt.ItemDataRole.ToolTipRole) == "tip a"
    assert table.index(0, 2).data(PROGRESS) == pytest.approx(0.3)


def test_sorting_follows_the_values_and_not_their_words() -> None:
    values = {"a": 10, "b": 9, "c": 100}
    table = model(values)
    table.set_ids(values)
    table.sort(1)
    assert list(table.ids) == ["b", "a", "c"]
    table.sort(1, Qt.SortOrder.DescendingOrder)
    assert list(table.ids) == ["c", "a", "b"]


def test_rows_that_are_equal_are_in_the_order_of_their_names_also_downwards() -> None:
    table = model({"b": 1, "c": 2, "a": 1})
    table.set_ids("bca")
    table.sort(1)
    assert list(table.ids) == ["a", "b", "c"]
    table.sort(1, Qt.SortOrder.DescendingOrder)
    assert list(table.ids) == ["c", "a", "b"]


def test_without_a_sort_column_rows_are_as_given_again() -> None:
    table = model()
    table.set_ids("abc")
    table.sort(1)
    table.sort(-1)
    assert list(table.ids) == ["a", "b", "c"]


def test_the_filter_asks_for_every_word_in_any_column() -> None:
    table = model()
    table.set_ids("abc")
    table.set_filter("NAME B")
    assert list(table.ids) == ["b"]
    assert table.total == 3
    table.set_filter("")
    assert list(table.ids) == ["a", "b", "c"]


def test_a_row_that_appears_obeys_the_filter_and_the_order() -> None:
    values = dict(VALUES)
    table = model(values)
    table.set_ids(values)
    table.sort(1)
    values["aa"] = 0
    table.set_filter("a")
    table.set_ids([*values])
    assert list(table.ids) == ["aa", "b", "c", "a"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
@given(some.lists(some.lists(some.integers(0, 30).map(str), unique=True), min_size=1, max_size=5))
def test_whatever_comes_and_goes_persistent_rows_keep_their_ids(qapp: object, steps: list[list[str]]) -> None:
    table = TableModel((Column("Name", lambda i: i, sort=int),))
    QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal, table)
    table.sort(0)
    for ids in steps:
        before = {i: QPersistentModelIndex(table.index(row, 0)) for row, i in enumerate(table.ids)}
        table.set_ids(ids)
        assert list(table.ids) == sorted(ids, key=int)
        assert all(table.row_of(i) == row for row, i in enumerate(table.ids))
        kept = {i: index for i, index in before.items() if index.isValid()}
        assert all(index.data() == i for i, index in kept.items())


def test_only_touched_rows_that_can_be_seen_are_painted(qtbot: QtBot) -> None:
    values = {str(number): number for number in range(1000)}
    table = model(values)
    table.set_ids(values)
    table.visible = lambda: (10, 20)
    with qtbot.assertNotEmitted(table.dataChanged):
        table.touch(["5", "900"])
    with qtbot.waitSignal(table.dataChanged) as said:
        table.touch(["3", "15", "16"])
    assert [said.args[0].row(), said.args[1].row()] == [15, 16]


def test_a_sorted_table_follows_changed_values_soon(qtbot: QtBot) -> None:
    values = dict(VALUES)
    table = model(values)
    table.set_ids(values)
    table.sort(1)
    values["b"] = 50
    table.touch(["b"])
    assert list(table.ids) == ["b", "c", "a"]
    qtbot.waitUntil(lambda: list(table.ids) == ["c", "a", "b"])


def test_an_unsorted_table_starts_no_timer(qtbot: QtBot) -> None:
    table = model()
    table.set_ids("abc")
    table.touch(["a"])
    assert list(table.ids) == ["a", "b", "c"]


def test_the_selection_stays_with_its_rows_when_the_order_changes(qtbot: QtBot, tmp_path: Path) -> None:
    table = model()
    shown = view(qtbot, table, tmp_path)
    table.set_ids("abc")
    shown.select_ids(["a", "c"])
    table.sort(1, Qt.SortOrder.AscendingOrder)
    assert sorted(shown.selected_ids()) == ["a", "c"]


def test_the_selection_survives_a_table_made_anew(qtbot: QtBot, tmp_path: Path) -> None:
    values = {str(number): number for number in range(400)}
    table = model(values)
    shown = view(qtbot, table, tmp_path)
    table.set_ids(values)
    shown.select_ids(["40"])
    table.set_ids([i for i in values if int(i) % 2 == 0])
    assert shown.selected_ids() == ["40"]


def test_enter_opens_the_selected_row(qtbot: QtBot, tmp_path: Path) -> None:
    table = model()
    shown = view(qtbot, table, tmp_path)
    table.set_ids("abc")
    shown.select_ids(["b"])
    with qtbot.waitSignal(shown.opened) as said:
        qtbot.keyClick(shown, Qt.Key.Key_Return)
    assert said.args == ["b"]


def test_columns_come_back_after_a_restart(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    first = view(qtbot, model(), settings)
    first.horizontalHeader().moveSection(1, 0)
    first.setColumnWidth(0, 333)
    first.save_columns()
    settings.flush()
    second = view(qtbot, model(), tmp_path)
    assert second.horizontalHeader().visualIndex(1) == 0
    assert second.columnWidth(0) == 333
    assert "Machines" in Settings(tmp_path).get(COLUMNS)


def test_columns_share_the_width_until_the_user_sizes_one(qtbot: QtBot, tmp_path: Path) -> None:
    shown = view(qtbot, model(), tmp_path)
    shown.table.set_ids("abc")
    assert sum(shown.columnWidth(number) for number in range(3)) <= shown.viewport().width()
    shown.setColumnWidth(0, 500)
    shown.resize(300, 300)
    assert shown.columnWidth(0) == 500


def test_a_list_is_exported_as_it_is_shown(qtbot: QtBot, tmp_path: Path) -> None:
    table = model()
    shown = view(qtbot, table, tmp_path)
    table.set_ids("abc")
    table.sort(1)
    shown.setColumnHidden(2, True)
    assert shown.as_csv().splitlines() == ["Name,Value", "name b,1", "name c,2", "name a,3"]


def test_8000_rows_are_sorted_and_filtered_without_reading_every_cell() -> None:
    read: list[str] = []
    table = TableModel((Column("Name", lambda i: read.append(i) or i, sort=int), Column("Other", lambda i: i * 2)))
    table.visible = lambda: (0, 30)
    table.set_ids(str(number) for number in range(8000))
    table.sort(0, Qt.SortOrder.DescendingOrder)
    assert table.ids[0] == "7999"
    assert read == []


def test_a_selection_model_sees_a_single_current_row(qtbot: QtBot, tmp_path: Path) -> None:
    table = model()
    shown = view(qtbot, table, tmp_path)
    table.set_ids("abc")
    shown.select_ids(["c"])
    assert shown.currentIndex().row() == 2
    assert shown.selectionModel().hasSelection()
    shown.selectionModel().clearSelection()
    assert shown.selected_ids() == []
    assert isinstance(shown.selectionModel(), QItemSelectionModel)


def test_a_row_whose_object_has_gone_is_empty_until_the_page_has_heard_of_it(qtbot: QtBot, tmp_path: Path) -> None:
    objects = {"a": 3, "b": 1}

    def value(identity: str) -> int:
        if identity not in objects:
            raise GoneError(identity)
        return objects[identity]

    columns = (
        Column("Name", lambda i: f"name {value(i)}", icon=lambda i: f"vm{value(i)}"[:2]),
        Column("Value", lambda i: str(value(i)), sort=value, numeric=True, tooltip=lambda i: f"tip {value(i)}"),
        Column("Bar", lambda i: "x", progress=lambda i: value(i) / 10, time=lambda i: float(value(i))),
    )
    shown = view(qtbot, TableModel(columns), tmp_path)
    shown.table.set_ids(["a", "b"])
    del objects["b"]
    shown.resize(700, 300)  # the columns are fitted to their texts
    shown.grab()
    shown.table.sort(1)
    assert [shown.table.index(row, 0).data() for row in range(2)] == ["name 3", ""]
    assert shown.table.index(1, 1).data(Qt.ItemDataRole.ToolTipRole) is None
    assert shown.table.index(1, 2).data(PROGRESS) is None
    assert [column.in_file("b") for column in shown.table.columns] == ["", "", ""]
    shown.table.set_ids(["a"])
    assert list(shown.table.ids) == ["a"]


def test_only_the_cells_that_changed_are_painted_and_only_their_order_is_looked_at_again(qtbot: QtBot) -> None:
    table = model({"a": 1, "b": 2, "c": 3, "d": 4})
    table.set_ids(["a", "b", "c", "d"])
    painted: list[tuple[int, int, int, int]] = []
    table.dataChanged.connect(lambda a, b: painted.append((a.row(), a.column(), b.row(), b.column())))
    table.touch(["d", "a", "b"], ("Name", "Bar"))
    assert painted == [(0, 0, 1, 0), (0, 2, 1, 2), (3, 0, 3, 0), (3, 2, 3, 2)]
    table.sort(1)
    (timer,) = table.findChildren(QTimer)
    table.touch(["a"], ("Name",))
    assert not timer.isActive()
    table.touch(["a"], ("Value",))
    assert timer.isActive()
    timer.stop()


def test_a_cell_that_shows_the_same_as_when_it_was_painted_is_not_painted_again(qtbot: QtBot) -> None:
    values = {"a": 1, "b": 2, "c": 3}
    table = model(values)
    table.set_ids(["a", "b", "c"])
    for row in range(3):
        for column in range(3):
            table.shown_at(row, column)
    painted: list[tuple[int, int, int, int]] = []
    table.dataChanged.connect(lambda a, b: painted.append((a.row(), a.column(), b.row(), b.column())))
    table.touch()
    table.set_ids(["a", "b", "c"])
    assert painted == []
    values["b"] = 7
    table.touch(["a", "b"])
    assert painted == [(1, 1, 1, 2)]  # its text in one column, its bar in the other
    table.shown_at(1, 1)
    table.shown_at(1, 2)
    painted.clear()
    table.touch(["b"])
    assert painted == []


def test_a_cell_is_painted_by_what_it_showed_last_on_the_screen_not_by_what_was_told_last(qtbot: QtBot) -> None:
    values = {"a": 1}
    table = model(values)
    table.set_ids(["a"])
    table.shown_at(0, 1)
    values["a"] = 2
    table.shown_at(0, 1)  # painted for another reason, before the change was told
    values["a"] = 1
    with qtbot.waitSignal(table.dataChanged):
        table.touch(["a"], ("Value",))


def test_the_cells_that_are_remembered_are_few(qtbot: QtBot) -> None:
    values = {f"vm{number}": number for number in range(REMEMBERED + 50)}
    table = model(values)
    table.set_ids(values)
    table.visible = lambda: (len(values) - 3, len(values) - 1)
    for row in range(len(values)):
        table.shown_at(row, 1)
    told: list[int] = []
    table.dataChanged.connect(lambda a, b: told.extend(range(a.row(), b.row() + 1)))
    table.visible = lambda: (0, len(values) - 1)
    table.touch(titles=("Value",))
    assert told == list(range(REMEMBERED))  # forgotten, so painted once more


def test_only_rows_that_were_touched_are_asked_again_for_what_they_are_sorted_and_found_by(qtbot: QtBot) -> None:
    values = {"a": 3, "b": 1, "c": 2}
    asked: list[str] = []

    def number(identity: str) -> int:
        asked.append(identity)
        return values[identity]

    table = TableModel((Column("Name", lambda i: i), Column("Value", lambda i: str(values[i]), sort=number)))
    table.set_ids("abc")
    table.sort(1)
    assert (list(table.ids), sorted(asked)) == (["b", "c", "a"], ["a", "b", "c"])
    asked.clear()
    values["b"] = 9
    table.touch(["b"])
    (timer,) = table.findChildren(QTimer)
    qtbot.waitUntil(lambda: not timer.isActive())
    assert (list(table.ids), asked) == (["c", "a", "b"], ["b"])
    table.set_filter("9")
    assert list(table.ids) == ["b"]
    values["a"] = 99
    table.touch(["a"])
    qtbot.waitUntil(lambda: not timer.isActive())
    assert list(table.ids) == ["b", "a"]
