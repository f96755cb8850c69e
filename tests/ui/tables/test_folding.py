"""Where columns have no room: some are hidden, then texts are cut; nothing has to be scrolled sideways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QMenu, QWidget

from fcm.ui.dialogs import frame
from fcm.ui.tables.table_model import Column, TableModel
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.dialog_parts import TickList
from fcm.workspace.files.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from pytestqt.qtbot import QtBot


def folding(qtbot: QtBot, place: Path, width: int) -> TableView:
    table = TableModel(
        (
            Column("Name", lambda i: f"the long name of the machine {i}"),
            Column("Owner", lambda i: "node1", 90),
            Column("Kind", lambda i: "a kind of some length", 140, folds=2),
            Column("Memory", lambda i: "1,024 GiB", 90, numeric=True),
            Column("Note", lambda i: "a note of some length", 140, folds=1),
        )
    )
    shown = TableView("Machines", table, Settings(place))
    qtbot.addWidget(shown)
    shown.resize(600, 300)
    shown.show()
    shown.table.set_ids("ab")
    shown.resize(width, 200)
    return shown


def titles(shown: TableView) -> list[str]:
    return [column.title for number, column in enumerate(shown.table.columns) if not shown.isColumnHidden(number)]


def test_without_room_columns_fold_one_after_the_other_and_come_back_with_it(qtbot: QtBot, tmp_path: Path) -> None:
    shown = folding(qtbot, tmp_path, 1000)
    assert titles(shown) == ["Name", "Owner", "Kind", "Memory", "Note"]
    seen = [titles(shown)]
    for width in range(980, 260, -20):
        shown.resize(width, 200)
        if titles(shown) != seen[-1]:
            seen.append(titles(shown))
    assert seen[1:] == [["Name", "Owner", "Memory", "Note"], ["Name", "Owner", "Memory"]]
    qtbot.waitUntil(lambda: shown.horizontalScrollBar().maximum() == 0)
    assert "Kind" in shown.as_csv().splitlines()[0]
    shown.resize(1000, 200)
    assert titles(shown) == seen[0]


def test_who_shows_a_folded_column_keeps_it(qtbot: QtBot, tmp_path: Path) -> None:
    shown = folding(qtbot, tmp_path, 300)
    assert titles(shown) == ["Name", "Owner", "Memory"]
    menu = QMenu(shown)
    shown.add_column_choices(menu)
    next(entry for entry in menu.actions() if entry.text() == "Kind").setChecked(True)
    shown.resize(310, 200)
    assert "Kind" in titles(shown)
    shown.save_columns()


def test_a_list_in_a_dialog_cuts_its_names_before_other_columns_go_out_of_sight(qtbot: QtBot) -> None:
    made = TickList("Disks", ["Disk", "Capacity", "Owner"])
    qtbot.addWidget(made)
    made.add("a", ["A disk whose name is as long as those of administrations are", "512 GiB", "hyperv-knoten-1"])
    made.resize(420, 200)
    made.show()
    made.fit()
    header = made.header()
    assert header.length() <= made.viewport().width()
    assert header.sectionSize(1) >= made.sizeHintForColumn(1)
    assert header.sectionSize(2) >= made.sizeHintForColumn(2)
    made.resize(1200, 200)
    qtbot.waitUntil(lambda: header.sectionSize(0) >= made.sizeHintForColumn(0))


def test_the_last_heading_of_a_list_in_a_dialog_is_whole(qtbot: QtBot) -> None:
    made = TickList("Networks", ["Network", "Subnet", "Default rank and the reason for it"])
    qtbot.addWidget(made)
    made.add(
        "a", ["A network whose name is as long as those of administrations", "10.20.1.0/24", "1. " + "First " * 20]
    )
    made.resize(560, 200)
    made.show()
    made.fit()
    header = made.header()
    assert header.length() <= made.viewport().width()
    assert header.sectionSize(2) >= header.sectionSizeHint(2)


def test_a_dialog_is_as_large_as_the_screen_allows(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    class Screen:
        size = QSize(1024, 640)

        def availableSize(self) -> QSize:
            return self.size

    parent = QWidget()
    qtbot.addWidget(parent)
    monkeypatch.setattr(parent, "screen", Screen)
    assert frame.fitting(parent, QSize(760, 680)) == QSize(760, 600)
    assert frame.fitting(parent, QSize(500, 300)) == QSize(500, 300)
    monkeypatch.setattr(Screen, "size", QSize(2560, 1440))
    assert frame.fitting(parent, QSize(800, 560)) == QSize(1000, 560)
    monkeypatch.setattr(Screen, "size", QSize(800, 600))
    assert frame.fitting(parent, QSize(900, 680)) == QSize(900, 680)  # offscreen


def test_columns_are_sized_anew_for_names_that_are_longer_than_those_before(qtbot: QtBot, tmp_path: Path) -> None:
    """The page of a node shows the machines of another one in the same table."""
    table = TableModel((Column("Name", lambda i: i, 60), Column("Status", lambda i: "Online", 300)))
    shown = TableView("Machines", table, Settings(tmp_path))
    qtbot.addWidget(shown)
    shown.resize(420, 200)
    shown.show()
    table.set_ids(["DC01"])
    short = shown.columnWidth(0)
    table.set_ids(["BUILDSERVER-OF-THE-YEAR-01"])
    wide = shown.columnWidth(0)
    assert wide > short
    assert wide >= shown.sizeHintForColumn(0)
    table.set_ids(["DC01"])
    assert shown.columnWidth(0) == wide, "a shorter name moves nothing"
    shown.horizontalHeader().resizeSection(0, 50)
    table.set_ids(["BUILDSERVER-OF-THE-YEAR-01-AND-OF-THE-NEXT"])
    assert shown.columnWidth(0) == 50, "the user's own width stays"


def test_addresses_are_never_cut_while_names_have_letters_to_give(qtbot: QtBot, tmp_path: Path) -> None:
    table = TableModel(
        (
            Column("Name", lambda i: "Clusternetzwerk für Verwaltung und Anwender", 180),
            Column("Cluster Use", lambda i: "Internal", 90),
            Column("Subnet", lambda i: "10.120.101.0/24", 120, whole=True),
            Column("Status", lambda i: "Up", 90),
        )
    )
    shown = TableView("Networks", table, Settings(tmp_path))
    qtbot.addWidget(shown)
    shown.resize(400, 200)
    shown.show()
    table.set_ids("ab")
    assert shown.columnWidth(2) >= shown.sizeHintForColumn(2)
    assert shown.columnWidth(0) < shown.sizeHintForColumn(0)


def test_in_a_wide_window_no_name_is_cut_and_the_last_number_is_not_far_from_the_others(
    qtbot: QtBot, tmp_path: Path
) -> None:
    table = TableModel(
        (
            Column("Name", lambda i: "the machine with the longest name of all machines in this cluster " + i, 180),
            Column("Status", lambda i: "Online", 120, keeps=True),
            Column("Memory", lambda i: "8 GiB", 80, numeric=True),
            Column("Blackout", lambda i: "329 ms", 80, numeric=True),
        )
    )
    shown = TableView("Machines", table, Settings(tmp_path))
    qtbot.addWidget(shown)
    shown.resize(1100, 200)
    shown.show()
    table.set_ids("ab")
    for width in (1100, 1900):
        shown.resize(width, 200)
        assert shown.columnWidth(0) >= shown.sizeHintForColumn(0)
        assert shown.columnWidth(3) < 0.45 * width
        assert shown.horizontalScrollBar().maximum() == 0
