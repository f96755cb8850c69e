"""A real PowerShell in the Console; a program that asks as its modules do stands for it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from fcm import powershell
from fcm.app import open_workspace
from fcm.model.commands import PauseNode
from fcm.ui.console.grid import GridWindow
from fcm.ui.dialogs.about import versions
from fcm.ui.tour.patience import PATIENCE, stretched
from fcm.ui.window.panes.docks import ConsoleDock
from fcm.workspace.files.settings import ENGINE
from tests.ui.window_by_hand import window, window_of

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from fcm.ui.console.panel import ConsolePanel
    from fcm.ui.console.power_shell import PowerShellPane
    from fcm.ui.window.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
STAND_IN = Path(__file__).resolve().parents[2] / "unit" / "serving" / "stand_in.py"


@pytest.fixture
def pwsh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PowerShell on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "pwsh"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {STAND_IN} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(powershell, "PROGRAMS", ("pwsh",))
    return program


class Desk:
    """A window with contoso and its Console."""

    def __init__(self, qtbot: QtBot, shown: MainWindow) -> None:
        self.qtbot = qtbot
        self.shown = shown
        dock = shown.docks["Console"]
        assert isinstance(dock, ConsoleDock)
        self.dock = dock

    @property
    def panel(self) -> ConsolePanel:
        return self.dock.panel

    @property
    def pane(self) -> PowerShellPane:
        assert self.panel.power_shell is not None
        return self.panel.power_shell

    @property
    def text(self) -> str:
        return "\n".join(self.pane.terminal.display.texts())

    def see(self, text: str, times: int = 1) -> None:
        self.qtbot.waitUntil(lambda: self.text.count(text) >= times)
        assert text in self.text

    def type(self, line: str) -> None:
        QTest.keyClicks(self.pane.terminal, line)
        QTest.keyClick(self.pane.terminal, Qt.Key.Key_Return)

    def choose(self, label: str) -> None:
        next(one for one in self.shown.findChildren(QAction) if one.text() == label).trigger()


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, pwsh: Path) -> Desk:
    """Its terminal has a prompt."""
    shown = window_of(qtbot, tmp_path, open_workspace("embedded:contoso"))
    made = Desk(qtbot, shown)
    made.dock.toggle()
    made.see("[contoso] PS>")
    return made


def test_powershell_joins_the_cluster_of_the_window_and_the_prompt_names_it(desk: Desk) -> None:
    desk.type("Suspend-ClusterNode -Name node3")
    desk.qtbot.waitUntil(lambda: str(desk.shown.state.nodes["node3"].state) == "Paused")
    desk.see("[contoso] PS>", 2)
    assert desk.dock.windowTitle() == "Console (PowerShell)"
    assert desk.dock.toggleViewAction().text() == "&Console"
    assert ("PowerShell", powershell.installed()) in versions()


def test_what_the_window_does_stands_above_and_what_was_typed_does_not(desk: Desk) -> None:
    desk.type("Suspend-ClusterNode -Name node3")
    desk.see("[contoso] PS>", 2)
    desk.qtbot.waitUntil(lambda: str(desk.shown.state.nodes["node3"].state) == "Paused")
    assert desk.pane.deeds.texts() == []
    assert desk.pane.deeds.isHidden()
    desk.shown.submit(PauseNode("node2"))
    assert desk.pane.deeds.texts() == ["Suspend-ClusterNode node2"]
    assert desk.pane.deeds.isVisible()
    assert "node2" not in desk.text


def test_a_click_puts_a_line_at_the_prompt_and_enter_runs_it(desk: Desk) -> None:
    desk.shown.echo("Suspend-ClusterNode -Name node3")
    deeds = desk.pane.deeds
    QTest.mouseClick(deeds.viewport(), Qt.MouseButton.LeftButton, pos=deeds.visualItemRect(deeds.item(0)).center())
    desk.see("PS> Suspend-ClusterNode -Name node3")
    assert str(desk.shown.state.nodes["node3"].state) == "Up"
    assert desk.pane.terminal.hasFocus()
    QTest.keyClick(desk.pane.terminal, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: str(desk.shown.state.nodes["node3"].state) == "Paused")


def test_ctrl_c_is_for_powershell(desk: Desk) -> None:
    QTest.keyClicks(desk.pane.terminal, "half a line")
    desk.see("half a line")
    QTest.keyClick(desk.pane.terminal, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    desk.see("[contoso] PS>", 2)
    assert desk.pane.is_running


def test_a_powershell_that_ends_says_so_and_can_be_started_again(desk: Desk) -> None:
    desk.type("exit 3")
    desk.qtbot.waitUntil(lambda: desk.pane.end_words == "PowerShell has ended with exit code 3.")
    button = desk.pane.findChild(QPushButton, "start-again")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    desk.see("[contoso] PS>")
    assert desk.pane.end_words == ""
    desk.type("Get-ClusterNode -Name node1")
    desk.see("\nnode1\n")


def test_closing_the_window_ends_powershell(desk: Desk) -> None:
    program: Any = desk.pane.running._program
    desk.shown.close()
    assert program.wait(stretched(PATIENCE))
    assert not desk.pane.is_running


def test_closing_its_cluster_ends_powershell_and_says_why(desk: Desk) -> None:
    desk.shown.close_cluster()
    assert desk.pane.end_words == "The cluster of this PowerShell was closed."
    assert not desk.pane.is_running


def test_forbidding_to_join_ends_it_and_the_built_in_shell_takes_over(desk: Desk) -> None:
    desk.choose("Let &PowerShell Join")
    assert not desk.pane.is_running
    assert desk.panel.note == "PowerShell may not join (menu Tools). The built-in shell is used."
    assert desk.dock.windowTitle() == "Console (built-in shell)"


def test_the_engine_is_chosen_in_the_menu_and_kept(desk: Desk) -> None:
    desk.choose("&Built-in Shell")
    assert desk.dock.windowTitle() == "Console (built-in shell)"
    assert desk.panel.built_in.isVisible()
    assert not desk.pane.is_running
    assert desk.shown.context.settings.get(ENGINE) == "built-in"
    desk.choose("&PowerShell")
    assert desk.dock.windowTitle() == "Console (PowerShell)"
    desk.see("[contoso] PS>")


def test_text_of_a_course_runs_in_the_built_in_shell_and_powershell_stays(desk: Desk) -> None:
    desk.shown.learning.propose("Get-ClusterNode | Select-Object -ExpandProperty Name; Get-Content /etc/hostname")
    assert desk.panel.built_in.isVisible()
    assert desk.panel.note == "What a course or a drill proposes runs in the built-in shell only."
    desk.panel.built_in.input.enter()
    output = desk.panel.built_in.output
    desk.qtbot.waitUntil(lambda: not desk.panel.built_in.runner.is_running)
    assert "node2" in output.toPlainText()
    assert "PowerShell from a course or a drill cannot read or write files." in output.toPlainText()
    assert desk.pane.is_running
    back = desk.panel.findChild(QPushButton, "back-to-powershell")
    assert back is not None
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    assert desk.pane.terminal.isVisible()
    assert "Get-Content" not in desk.text


def test_several_lines_are_asked_about_before_they_are_pasted(desk: Desk) -> None:
    desk.pane.terminal.take(b"\x1b[?2004l")
    QApplication.clipboard().setText("Get-ClusterNode -Name node1\nGet-ClusterNode -Name node2\n")
    for answer, seen in ((QMessageBox.StandardButton.No, False), (QMessageBox.StandardButton.Yes, True)):
        desk.pane.terminal.paste()
        (box,) = desk.shown.findChildren(QMessageBox, "question")
        assert box.text() == "Paste 2 lines? PowerShell runs each line at once."
        box.button(answer).click()
        desk.qtbot.waitUntil(lambda: not desk.shown.findChildren(QMessageBox, "question"))
        if seen:
            desk.see("\nnode2\n")
        else:
            assert "node1" not in desk.text


def test_out_gridview_shows_its_table_in_the_window_and_gives_what_is_picked(desk: Desk) -> None:
    desk.type("Out-GridView -PassThru")
    desk.qtbot.waitUntil(lambda: bool(desk.shown.findChildren(GridWindow)))
    (grid,) = desk.shown.findChildren(GridWindow)
    assert grid.windowTitle() == "Pieces"
    assert grid._content.titles == ("Name", "Count")
    assert grid._content.cells == (("one", "1"), ("two", "22"))
    grid.view.select_ids(["1"])
    grid.accept()
    desk.see("\n1\n")


def test_a_table_that_is_not_needed_any_more_goes(desk: Desk) -> None:
    desk.type("Out-GridView -PassThru")
    desk.qtbot.waitUntil(lambda: bool(desk.shown.findChildren(GridWindow)))
    desk.pane.end()
    desk.qtbot.waitUntil(lambda: not desk.shown.findChildren(GridWindow))


def test_a_terminal_that_waits_for_a_cluster_begins_with_it(qtbot: QtBot, tmp_path: Path, pwsh: Path) -> None:
    shown = window(qtbot, tmp_path)
    desk = Desk(qtbot, shown)
    desk.dock.toggle()
    assert desk.pane.end_words == "No cluster is open. Open one with Manage a Cluster, then start PowerShell."
    shown.show_workspace(open_workspace("embedded:contoso"))
    desk.see("[contoso] PS>")


def test_a_cluster_without_history_has_the_built_in_shell(qtbot: QtBot, tmp_path: Path, pwsh: Path) -> None:
    desk = Desk(qtbot, window_of(qtbot, tmp_path, open_workspace("embedded:contoso", keep=False)))
    desk.dock.toggle()
    assert desk.panel.power_shell is None
    assert desk.panel.note == (
        "This cluster keeps no history here, so PowerShell cannot join it. The built-in shell is used."
    )


def test_a_terminal_keeps_its_cluster_where_another_one_is_shown(desk: Desk, tmp_path: Path) -> None:
    desk.shown.show_workspace(open_workspace("embedded:fabrikam"))
    desk.shown.echo("Get-ClusterNode")
    assert desk.pane.deeds.texts()[-1].endswith("] Get-ClusterNode")
    desk.type("Suspend-ClusterNode -Name node3")
    first = desk.shown.workspaces()[0]
    desk.qtbot.waitUntil(lambda: str(first.state.nodes["node3"].state) == "Paused")


def test_without_powershell_the_console_is_the_built_in_shell_and_says_how_to_get_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, window_of(qtbot, tmp_path, open_workspace("embedded:contoso")))
    desk.dock.toggle()
    assert desk.dock.windowTitle() == "Console (built-in shell)"
    assert desk.panel.note == ""
    desk.choose("&PowerShell")
    assert desk.dock.windowTitle() == "Console (built-in shell)"
    assert desk.panel.note.startswith("PowerShell is not installed. Install PowerShell 7 (https://aka.ms/powershell)")
    assert ("PowerShell", "not installed; scripts run in the built-in shell") in versions()


@pytest.mark.parametrize("has", [True, False])
def test_a_line_that_the_built_in_shell_refuses_says_how_powershell_runs_it(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has: bool
) -> None:
    desk = Desk(qtbot, window_of(qtbot, tmp_path, open_workspace("embedded:contoso")))
    view = desk.panel.built_in
    monkeypatch.setattr(powershell, "installed", lambda: "/usr/bin/pwsh" if has else "")
    view.input.set_text("workflow Test { }")
    view.input.enter()
    qtbot.waitUntil(lambda: not view.runner.is_running)
    said = view.output.toPlainText()
    assert "is not supported by the built-in shell." in said
    remedy = "choose it under Tools > Console Runs Commands With." if has else "install PowerShell 7 (https://aka.ms/"
    assert remedy in said
    view.input.set_text("Get-Nothing")
    view.input.enter()
    qtbot.waitUntil(lambda: not view.runner.is_running)
    assert view.output.toPlainText().count("only a part of PowerShell") == 1


@pytest.mark.parametrize("again", ["", "history", "undo"])
def test_text_of_a_course_never_has_the_files_of_a_typed_line(qtbot: QtBot, tmp_path: Path, again: str) -> None:
    desk = Desk(qtbot, window_of(qtbot, tmp_path, open_workspace("embedded:contoso")))
    desk.dock.toggle()
    view, file = desk.panel.built_in, tmp_path / "made.txt"
    line = f"Set-Content '{file}' here"
    desk.shown.learning.propose(line)
    if again == "undo":
        view.input.set_text("")
        view.input.undo()
        assert view.input.text() == ""
        desk.shown.learning.propose(line)
        QTest.keyClicks(view.input, " ")
    view.input.enter()
    qtbot.waitUntil(lambda: not view.runner.is_running)
    if again == "history":
        QTest.keyClick(view.input, Qt.Key.Key_Up)
        assert view.input.text() == line
        view.input.enter()
        qtbot.waitUntil(lambda: not view.runner.is_running)
    assert not file.exists()
    assert "cannot read or write files" in view.output.toPlainText()
    assert line not in view.input.history.kept()
    desk.shown.learning.propose("function Get-ClusterNode { 'false' }")
    view.input.enter()
    QTest.keyClicks(view.input, f"Get-ClusterNode | Export-Csv '{file}'")
    view.input.enter()
    qtbot.waitUntil(lambda: not view.runner.is_running)
    assert "node1" in file.read_text(encoding="utf-8")
