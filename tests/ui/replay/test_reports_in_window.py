"""Reports in the window: an action with its reason, the page in the window, and the files where the user wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QTextBrowser

from fcm.app import make_context
from fcm.ui.reporting.dialog import SentReportDialog
from fcm.ui.tour.driver import Driver
from fcm.ui.window.main_window import MainWindow
from fcm.workspace.selection import Place, Selection
from tests.unit.replay.lived import URI, lived

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
DRIVER = Driver()


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """A window with a cluster in which machines were live migrated."""
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))
    lived().close()
    made = MainWindow(make_context())
    qtbot.addWidget(made)
    made.resize(1280, 1000)
    made.show()
    with qtbot.waitSignal(made.opened):
        made.open(URI)
    return made


def text() -> str:
    return DRIVER.find(QTextBrowser, "Report").toPlainText()


def test_the_availability_report_is_shown_for_the_time_that_is_chosen(qtbot: QtBot, shown: MainWindow) -> None:
    DRIVER.press("Availability Report...")
    DRIVER.wait_for_dialog("Availability Report")
    qtbot.waitUntil(lambda: "Near misses" in text())
    assert "SQL01" in text()
    box = DRIVER.find(QComboBox, "Time")
    DRIVER.choose("Time", box.itemText(2))
    qtbot.waitUntil(lambda: any("nothing of that time" in one.text() for one in DRIVER.roots()[0].findChildren(QLabel)))
    DRIVER.press("Close")
    DRIVER.wait_for_no_dialog()


def test_the_report_of_a_move_is_saved_as_page_and_csv(qtbot: QtBot, shown: MainWindow, tmp_path: Path) -> None:
    machine = next(iter(shown.state.migrations.values())).machine
    shown.select(Selection(Place.MACHINE, machine))
    DRIVER.press("Report of the last move...")
    DRIVER.wait_for_dialog("Migration Report")
    qtbot.waitUntil(lambda: "Networks that were tried" in text())
    dialog = shown.findChildren(SentReportDialog)[0]
    dialog.save(tmp_path / "move.html")
    qtbot.waitUntil(lambda: "move.html" in DRIVER.find(QLabel, "Saved report").text())
    assert "<svg" in (tmp_path / "move.html").read_text(encoding="utf-8")
    assert (tmp_path / "move.csv").exists()
    dialog.save(tmp_path / "none" / "move.html")
    qtbot.waitUntil(lambda: any("cannot be written" in one.text() for one in dialog.findChildren(QLabel)))
    DRIVER.press("Close")
    DRIVER.wait_for_no_dialog()


def test_where_there_is_nothing_to_report_the_action_says_why(qtbot: QtBot, shown: MainWindow) -> None:
    shown.select(Selection(Place.NODE, "node2"))
    qtbot.waitUntil(lambda: shown.actions_pane.button("drain-report") is not None)
    button = shown.actions_pane.button("drain-report")
    assert button is not None
    assert not button.isEnabled()
    assert "has not been drained yet" in " ".join(button.toolTip().split())
