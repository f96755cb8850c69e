"""The Console dock: what is typed there runs, is remembered and completed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from fcm.model import commands as cmd
from fcm.ui.docks import ConsoleDock
from tests.ui.window_by_hand import busy_window, window

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.console import ConsoleInput
    from fcm.ui.main_window import MainWindow


def console(shown: MainWindow) -> ConsoleDock:
    dock = shown.docks["Console"]
    assert isinstance(dock, ConsoleDock)
    dock.show()
    return dock


def enter(qtbot: QtBot, line: ConsoleInput, text: str) -> None:
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def test_a_typed_cmdlet_shows_its_table(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    dock = console(shown)
    enter(qtbot, dock.input, "Get-ClusterNode node3")
    lines = dock.text.toPlainText().splitlines()
    assert lines[0] == "PS C:\\> Get-ClusterNode node3"
    assert any(line.split()[:1] == ["Name"] for line in lines)


def test_a_typed_command_goes_to_the_cluster_and_is_echoed_once(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    dock = console(shown)
    enter(qtbot, dock.input, "Suspend-ClusterNode node3")
    assert backend.submitted == [cmd.PauseNode("node3")]
    assert dock.text.toPlainText().count("Suspend-ClusterNode") == 1


def test_a_mistake_is_shown_with_its_place_and_remedy(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    dock = console(shown)
    enter(qtbot, dock.input, "Get-ClusterNod")
    assert "At line:1 char:1" in dock.text.toPlainText()
    assert "Did you mean Get-ClusterNode" in dock.text.toPlainText()


def test_up_and_down_go_through_what_was_typed(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    line = console(shown).input
    enter(qtbot, line, "Get-Date")
    enter(qtbot, line, "Get-Cluster")
    qtbot.keyClick(line, Qt.Key.Key_Up)
    qtbot.keyClick(line, Qt.Key.Key_Up)
    assert line.text() == "Get-Date"
    qtbot.keyClick(line, Qt.Key.Key_Down)
    qtbot.keyClick(line, Qt.Key.Key_Down)
    assert line.text() == ""


def test_tab_completes_the_only_proposal(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    line = console(shown).input
    qtbot.keyClicks(line, "Suspend-ClusterNo")
    line.propose()
    assert line.text() == "Suspend-ClusterNode"


def test_without_a_cluster_the_console_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    shown = window(qtbot, tmp_path)
    dock = console(shown)
    enter(qtbot, dock.input, "Get-ClusterNode")
    assert "No cluster is open" in dock.text.toPlainText()
