from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton

from fcm.model import commands as cmd
from fcm.model.migrations import MigrationOptions
from fcm.ui.dialogs.moves.migration_history import MigrationHistoryDialog
from fcm.ui.migration.recordings.compare_window import CompareWindow
from fcm.ui.migration.recordings.recorded import load
from fcm.ui.migration.recordings.recording_window import RecordingWindow
from fcm.workspace.files.journal import Journal
from fcm.workspace.selection import Place, Selection
from tests.ui.parts import is_idle, part
from tests.ui.window_by_hand import named, window_of
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Contoso with a journal: DC01 moved live twice and quickly once, FILE01's live migration was canceled."""
    made = Desk(journal=Journal.open(tmp_path / "c.journal", "embedded:contoso"))
    dc, setup = made.machine("DC01").id, made.machine("FILE01").id
    for command, seconds in (
        (cmd.LiveMigrate(dc, "node2", MigrationOptions()), 10.0),
        (cmd.LiveMigrate(dc, "node1", MigrationOptions(bandwidth=80_000_000)), 20.0),
        (cmd.QuickMigrate(dc, "node3"), 100.0),
        (cmd.LiveMigrate(setup, "node1", MigrationOptions()), 3.0),
    ):
        assert made.do(command)
        made.run(seconds)
    assert made.do(cmd.CancelMigration(made.migration("FILE01").id))
    made.run(2)
    yield made
    made.close()


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, desk: Desk) -> MainWindow:
    return window_of(qtbot, tmp_path, desk.workspace)


def opened(qtbot: QtBot, window: MainWindow, selection: Selection | None = None) -> MigrationHistoryDialog:
    dialog = window.show_dialog("migration-history", selection or Selection(Place.CLUSTER))
    assert isinstance(dialog, MigrationHistoryDialog)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: is_idle(dialog))
    return dialog


def column(dialog: MigrationHistoryDialog, title: str) -> list[str]:
    found = next(one for one in dialog.table.table.columns if one.title == title)
    return [found.text(identity) for identity in dialog.table.table.ids]


def click(qtbot: QtBot, dialog: MigrationHistoryDialog, name: str) -> None:
    qtbot.mouseClick(named(dialog, name, QPushButton), LEFT)


def top_level(kind: type[Any]) -> Any:
    (found,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]
    return found


def test_ctrl_h_lists_the_past_migrations_newest_first(qtbot: QtBot, window: MainWindow) -> None:
    window.select(Selection(Place.CLUSTER))
    qtbot.waitUntil(lambda: window.is_settled)
    qtbot.keyClick(window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    dialog = top_level(MigrationHistoryDialog)
    qtbot.waitUntil(lambda: is_idle(dialog))
    assert column(dialog, "Virtual machine") == ["FILE01", "DC01", "DC01", "DC01"]
    assert column(dialog, "How it ended") == ["Canceled", "Completed (quick migration)", "Completed", "Completed"]
    assert column(dialog, "Network")[2:] == ["Cluster Network 3"] * 2
    kept = named(dialog, "Saved migrations", QLabel).text()
    assert kept.startswith("4 migrations saved, 3 with a curve, since this cluster was first opened.")


def test_it_is_filtered_by_machine_words_and_end(qtbot: QtBot, window: MainWindow, desk: Desk) -> None:
    dialog = opened(qtbot, window, Selection(Place.MACHINE, desk.machine("DC01").id))
    assert named(dialog, "Virtual machine", QComboBox).currentText() == "DC01"
    assert len(column(dialog, "To")) == 3
    qtbot.keyClicks(named(dialog, "Filter", QLineEdit), "quick")
    assert column(dialog, "To") == ["node3"]
    named(dialog, "Filter", QLineEdit).clear()
    named(dialog, "Result", QComboBox).setCurrentText("Failed")
    assert column(dialog, "To") == []
    assert dialog.empty.words.text() == "No past migration matches these filters."


def test_columns_sort_by_value_not_by_text(qtbot: QtBot, window: MainWindow) -> None:
    dialog = opened(qtbot, window)
    duration = [one.title for one in dialog.table.table.columns].index("Duration")
    dialog.table.sortByColumn(duration, Qt.SortOrder.AscendingOrder)
    value = dialog.table.table.columns[duration].sort
    assert value is not None
    seconds = [value(identity) for identity in dialog.table.table.ids]
    assert seconds == sorted(seconds)
    assert len(set(seconds)) == 4


def test_one_is_opened_beside_what_the_engine_says(qtbot: QtBot, window: MainWindow) -> None:
    dialog = opened(qtbot, window)
    dialog.table.select_ids([dialog.table.table.ids[2]])
    click(qtbot, dialog, "Open")
    recording = top_level(RecordingWindow)
    qtbot.addWidget(recording)
    qtbot.waitUntil(lambda: is_idle(recording) and recording.plot.canvas() is not None)
    assert "DC01 from node2 to node1 over Cluster Network 3" in recording.text()
    assert "says nothing about real hosts" in recording.text()
    assert part(recording.plot, QLabel, "legend").toolTip() == "Simulated, Predicted from the known workload"
    assert [part(recording, QComboBox, "Prediction").itemText(k) for k in range(2)] == [
        "Known workload",
        "Achieved bandwidth",
    ]


def test_a_move_without_a_curve_cannot_be_opened(qtbot: QtBot, window: MainWindow) -> None:
    dialog = opened(qtbot, window)
    dialog.table.select_ids([dialog.table.table.ids[1]])
    assert not named(dialog, "Open", QPushButton).isEnabled()
    dialog.table.opened.emit(dialog.table.table.ids[1])
    assert "No telemetry was saved" in dialog.notice.text()


def test_two_are_compared_in_one_plot_with_their_differences(qtbot: QtBot, window: MainWindow) -> None:
    dialog = opened(qtbot, window)
    assert not named(dialog, "Compare", QPushButton).isEnabled()
    dialog.table.select_ids(dialog.table.table.ids[2:])
    click(qtbot, dialog, "Compare")
    compared = top_level(CompareWindow)
    qtbot.addWidget(compared)
    qtbot.waitUntil(lambda: compared.work is None and compared.plot.canvas() is not None)
    assert compared.text() == "2 migrations, each from its own start. All are simulated."
    assert part(compared.plot, QLabel, "legend").toolTip().startswith("A: DC01, node2 to node1")
    rows = [compared.figures.topLevelItem(k) for k in range(compared.figures.topLevelItemCount())]
    shown = {row.text(0): [row.text(k) for k in (1, 2, 3)] for row in rows}
    assert shown["Bandwidth limit"] == ["640\N{NO-BREAK SPACE}Mbit/s", "none", "differs"]
    assert shown["Memory"] == ["1\N{NO-BREAK SPACE}GiB"] * 2 + ["same"]
    assert shown["Total time"][2].endswith("%")


def test_all_listed_are_exported_and_open_again_from_their_files(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    dialog = opened(qtbot, window)
    dialog.export(tmp_path / "out")
    qtbot.waitUntil(lambda: "written" in dialog.notice.text())
    assert dialog.notice.text() == (
        f"6 files written to {tmp_path / 'out'}. 1 migration left out: no telemetry was saved."
    )
    again = load(min((tmp_path / "out").glob("DC01*.json")))
    assert again.word == "Simulated"
    assert [name for name, _ in again.predictions] == ["Known workload"]


def test_a_folder_that_cannot_be_written_is_told_in_the_dialog(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    dialog = opened(qtbot, window)
    (tmp_path / "file").write_text("")
    dialog.export(tmp_path / "file" / "out")
    qtbot.waitUntil(lambda: "cannot be written" in dialog.notice.text())
    assert "Choose another folder" in dialog.notice.text()


def test_a_migration_that_ends_while_the_list_is_open_appears_in_it(
    qtbot: QtBot, window: MainWindow, desk: Desk
) -> None:
    dialog = opened(qtbot, window)
    window.submit(cmd.LiveMigrate(desk.machine("DC01").id, "node1", MigrationOptions()))
    desk.backend.advance(20)
    qtbot.waitUntil(lambda: len(dialog.table.table.ids) == 5)
    assert column(dialog, "Virtual machine")[0] == "DC01"


def test_the_list_closes_with_its_cluster(qtbot: QtBot, window: MainWindow) -> None:
    dialog = opened(qtbot, window)
    window.close_cluster()
    qtbot.waitUntil(lambda: not any(isinstance(w, MigrationHistoryDialog) for w in QApplication.topLevelWidgets()))
    assert window.workspace is None
    assert dialog is not None
