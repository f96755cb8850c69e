"""Exit and Close Connection tell what is under way and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMessageBox

from fcm.model import events as ev
from fcm.model.migrations import Drain
from fcm.ui.tour.driver import is_closed
from fcm.workspace.leaving import what_leaving_ends
from tests.ui.by_hand import NOW, busy_cluster, formed, opened
from tests.ui.window_by_hand import busy_window, named, window_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow


class ByPerson(QCloseEvent):
    """What the window system sends."""

    def spontaneous(self) -> bool:
        return True


def press_exit(qtbot: QtBot, shown: MainWindow) -> None:
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    qtbot.keyClick(shown, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)


def question(shown: MainWindow) -> QMessageBox:
    return next(box for box in shown.findChildren(QMessageBox, "question") if box.isVisible())


def test_exit_asks_while_something_is_under_way_and_cancel_keeps_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    press_exit(qtbot, shown)
    box = question(shown)
    assert "1 migration is running." in box.text()
    assert "stays on the node that owns it" in box.text()
    assert "1 migration is waiting and will not start." in box.text()
    qtbot.mouseClick(named(box, "Cancel"), Qt.MouseButton.LeftButton)
    assert shown.isVisible()
    assert not backend.closed


def test_exit_closes_once_the_question_is_answered(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    press_exit(qtbot, shown)
    qtbot.mouseClick(named(question(shown), "Exit"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: is_closed(shown))
    assert backend.closed


def test_the_button_of_the_window_frame_asks_too(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    wanted = ByPerson()
    shown.closeEvent(wanted)
    assert not wanted.isAccepted()
    qtbot.mouseClick(named(question(shown), "Cancel"), Qt.MouseButton.LeftButton)


def test_close_connection_asks_and_closes_the_cluster_alone(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    shown.menus.close.trigger()
    assert not backend.closed
    qtbot.mouseClick(named(question(shown), "Close Connection"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: backend.closed)
    assert shown.workspace is None
    assert shown.isVisible()


def test_a_quiet_cluster_is_closed_without_a_question(qtbot: QtBot, tmp_path: Path) -> None:
    workspace, backend = opened(formed())
    shown = window_of(qtbot, tmp_path, workspace)
    shown.menus.close.trigger()
    qtbot.waitUntil(lambda: backend.closed)
    assert not shown.findChildren(QMessageBox)


@pytest.mark.parametrize(
    ("simulated", "words"), [(True, "interrupts "), (False, "The hosts finish ")], ids=["embedded", "hosts"]
)
def test_what_becomes_of_running_migrations_depends_on_where_they_run(simulated: bool, words: str) -> None:
    workspace, _ = busy_cluster()
    assert words in what_leaving_ends(workspace.state, simulated)
    workspace.close()


def test_a_drain_that_would_end_unfinished_is_named() -> None:
    workspace, backend = opened(formed())
    assert what_leaving_ends(workspace.state, True) == ""
    backend.tell(ev.NodeDrainBegun(Drain("d1", "node1", NOW, (), ())))
    workspace.drain(60)
    assert "The drain of node1 stops before it is finished" in what_leaving_ends(workspace.state, True)
    assert what_leaving_ends(workspace.state, False) == "", "hosts finish what runs, and nothing of it waits"
    workspace.close()
