"""Save Incident in the window: what would be in the file is seen before it is saved, and it opens as a replay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QLineEdit, QPlainTextEdit, QTreeWidget

from fcm.app import make_context
from fcm.ui.tour.driver import Driver
from fcm.ui.window.main_window import MainWindow
from tests.unit.replay.lived import URI, lived

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
DRIVER = Driver()


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """A window in which Save Incident was chosen and has been read."""
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))
    lived().close()
    made = MainWindow(make_context())
    qtbot.addWidget(made)
    made.show()
    with qtbot.waitSignal(made.opened):
        made.open(URI)
    DRIVER.press("Save Incident...")
    DRIVER.wait_for_dialog("Save Incident")
    qtbot.waitUntil(lambda: "stand-ins" in DRIVER.find(QLabel, "Summary").text())
    return made


def rows(name: str) -> list[list[str]]:
    tree = DRIVER.find(QTreeWidget, name)
    found = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
    return [[item.text(column) for column in range(tree.columnCount())] for item in found if item is not None]


def test_what_stands_for_what_and_every_file_can_be_looked_at_first(qtbot: QtBot, shown: MainWindow) -> None:
    table = {original: made for original, _, made in rows("Stand-ins")}
    assert table["node1"] == "node-1"
    assert table["SQL01"].startswith("VM-")
    DRIVER.tab("Files in it", "Preview")
    assert [name for name, _ in rows("Files")][:2] == ["README.txt", "manifest.json"]
    DRIVER.click_row("Files", "hosts.json")
    qtbot.waitUntil(lambda: "node-1" in DRIVER.find(QPlainTextEdit, "Contents").toPlainText())
    assert "node1" not in DRIVER.find(QPlainTextEdit, "Contents").toPlainText()
    DRIVER.press("Cancel")
    DRIVER.wait_for_no_dialog()


def test_names_and_files_are_whole_where_there_is_room(qtbot: QtBot, shown: MainWindow) -> None:
    dialog = DRIVER.find(QTreeWidget, "Stand-ins").window()
    dialog.resize(1400, 700)
    DRIVER.choose("Events", "Everything")
    for name in ("Stand-ins", "Files"):
        DRIVER.tab("Files in it" if name == "Files" else "What is replaced", "Preview")
        qtbot.waitUntil(lambda: "stand-ins" in DRIVER.find(QLabel, "Summary").text())
        tree = DRIVER.find(QTreeWidget, name)
        qtbot.waitUntil(lambda tree=tree: tree.columnWidth(0) >= tree.sizeHintForColumn(0))
        assert not tree.horizontalScrollBar().isVisible()


def test_a_shorter_period_has_fewer_events(qtbot: QtBot, shown: MainWindow) -> None:
    before = DRIVER.find(QLabel, "Summary").text()
    DRIVER.choose("Events", "Everything")
    qtbot.waitUntil(lambda: "stand-ins" in DRIVER.find(QLabel, "Summary").text())
    assert DRIVER.find(QComboBox, "Events").currentText() == "Everything"
    assert DRIVER.find(QLabel, "Summary").text() == before  # the whole history is of the last day
    DRIVER.press("Cancel")
    DRIVER.wait_for_no_dialog()


def test_the_saved_file_opens_as_a_replay(qtbot: QtBot, tmp_path: Path, shown: MainWindow) -> None:
    DRIVER.press("Save...")
    chooser = DRIVER.wait_for_dialog("Save Incident")
    qtbot.waitUntil(lambda: bool(shown.findChildren(QFileDialog)))
    dialog = shown.findChildren(QFileDialog)[0]
    name = dialog.findChild(QLineEdit, "fileNameEdit")
    assert chooser is not None
    assert isinstance(name, QLineEdit)
    file = tmp_path / "to send.zip"
    name.setText(str(file))
    DRIVER.key(Qt.Key.Key_Return, widget=name)
    DRIVER.wait_for_no_dialog()
    qtbot.waitUntil(lambda: any("to send.zip" in strip.text for strip in shown.messages.strips))
    assert file.exists()
    with qtbot.waitSignal(shown.opened):
        shown.open(f"replay:{file}")
    assert list(shown.state.nodes) == ["node-1", "node-2", "node-3"]


def test_a_folder_that_cannot_be_written_is_said_in_the_dialog(qtbot: QtBot, tmp_path: Path, shown: MainWindow) -> None:
    from fcm.ui.incident.dialog import IncidentDialog

    dialog = shown.findChildren(IncidentDialog)[0]
    dialog.save(tmp_path / "none" / "x.zip")
    qtbot.waitUntil(lambda: any("cannot be written" in label.text() for label in dialog.findChildren(QLabel)))
    DRIVER.press("Cancel")
    DRIVER.wait_for_no_dialog()
