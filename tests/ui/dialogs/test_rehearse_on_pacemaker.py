"""Rehearse on a Pacemaker cluster: the same dialog, without what its scheduler does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QTableView

from fcm.model import commands as cmd
from fcm.shell.runtime.session import ShellSession
from fcm.shell.values.values import ShellObject
from fcm.ui.dialogs.rehearsal.rehearse import RehearseDialog
from fcm.ui.tour.driver import Driver
from fcm.workspace.selection import Place, Selection
from tests.ui.pacemaker_by_hand import opened
from tests.ui.window_by_hand import named, window_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow
    from tests.ui.pacemaker_by_hand import PacemakerByHand

DRIVER = Driver()


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> tuple[MainWindow, PacemakerByHand]:
    workspace, backend = opened()
    return window_of(qtbot, tmp_path, workspace), backend


def _dialog(window: MainWindow, place: Place, identity: str, keys: str = "") -> RehearseDialog:
    dialog = window.show_dialog("rehearse", Selection(place, identity))
    assert isinstance(dialog, RehearseDialog)
    box = named(dialog, "What happens", QComboBox)
    if keys:
        QTest.keyClicks(box, keys)
    DRIVER.wait(lambda: dialog.found is not None, "the result")
    return dialog


def _cells(view: QTableView) -> list[list[str]]:
    model = view.model()
    columns = [column for column in range(model.columnCount()) if not view.isColumnHidden(column)]
    return [[str(model.index(row, column).data()) for column in columns] for row in range(model.rowCount())]


def test_a_node_that_fails_shows_what_stays_down_and_what_restarts(
    shown: tuple[MainWindow, PacemakerByHand],
) -> None:
    dialog = _dialog(shown[0], Place.NODE, "node3")
    assert named(dialog, "What happens", QComboBox).currentText() == "node3 fails"
    assert named(dialog, "Result", QLabel).text().startswith("1 virtual machine stays down, 1 restarts")
    rows = _cells(named(dialog, "Machines of the rehearsal", QTableView))
    assert rows[0][:4] == ["files", "node3, Running", "node3, Off", "stays down"]
    assert rows[1][:4] == ["mail", "node3, Running", "node2, Running", "restarts"]
    assert len(rows[0]) == 5, "when a guest has booted is not foretold"
    assert any("scheduler of Pacemaker 2.1.5" in label.text() for label in dialog.findChildren(QLabel))
    assert not dialog.tabs.isTabVisible(2), "what would be logged is not foretold"
    dialog.close()


def test_a_failure_of_a_real_node_cannot_be_done_but_a_drain_can(shown: tuple[MainWindow, PacemakerByHand]) -> None:
    window, backend = shown
    dialog = _dialog(window, Place.NODE, "node3")
    do_it = named(dialog, "Do it", QPushButton)
    assert not do_it.isEnabled()
    assert "really fail" in do_it.toolTip()
    QTest.keyClick(named(dialog, "What happens", QComboBox), Qt.Key.Key_Down)
    DRIVER.wait(lambda: dialog.found is not None and do_it.isEnabled(), "the result of the drain")
    rows = _cells(named(dialog, "Machines of the rehearsal", QTableView))
    assert rows[1][:4] == ["mail", "node3, Running", "node2, Running", "–"]
    QTest.mouseClick(do_it, Qt.MouseButton.LeftButton)
    DRIVER.wait(lambda: backend.submitted == [cmd.DrainNode("node3")], "the drain")


def test_why_the_scheduler_cannot_be_asked_is_shown(shown: tuple[MainWindow, PacemakerByHand]) -> None:
    window, backend = shown
    backend.status = None
    dialog = window.show_dialog("rehearse", Selection(Place.NODE, "node3"))
    assert isinstance(dialog, RehearseDialog)
    DRIVER.wait(lambda: "is unknown" in dialog.notice.text(), "the reason")
    dialog.close()


def test_powershell_tells_the_same_without_durations(shown: tuple[MainWindow, PacemakerByHand]) -> None:
    workspace = shown[0].workspace
    assert workspace is not None
    results = ShellSession(workspace, lambda limit: None).execute("Test-ClusterFailover -Name node3 -Fault PowerOff")
    assert results.ok
    files, mail = [one for one in results.objects if isinstance(one, ShellObject)]
    assert (files.properties["StaysDown"], mail.properties["Restarts"]) == (True, True)
    assert "AwaySeconds" not in mail.properties
