"""The Console dock: what is typed there runs, is coloured, completed and remembered."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox, QWidget

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState
from fcm.model.migrations import Migration, MigrationKind, MigrationOptions
from fcm.model.telemetry import Phase
from fcm.shell.runtime.execution import invocation
from fcm.shell.runtime.execution.scripts import read_script
from fcm.ui.console.colouring import ROLE
from fcm.ui.console.output import LINES
from fcm.ui.look import theme
from fcm.ui.tour.driver import is_closed
from fcm.ui.window.panes.docks import ConsoleDock
from fcm.workspace.actions.powershell import powershell
from fcm.workspace.files import settings as st
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import NOW, formed, machine, opened
from tests.ui.window_by_hand import busy_window, named, window, window_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.backend.base import Operation
    from fcm.ui.console.view import ConsoleView
    from fcm.ui.window.main_window import MainWindow
    from fcm.workspace.workspace import Workspace
    from tests.ui.by_hand import Backend

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def console(shown: MainWindow) -> ConsoleView:
    dock = shown.docks["Console"]
    assert isinstance(dock, ConsoleDock)
    dock.show()
    dock.focus_first()
    return dock.view


def busy_console(qtbot: QtBot, folder: Path) -> ConsoleView:
    return console(busy_window(qtbot, folder)[0])


def enter(qtbot: QtBot, view: ConsoleView, text: str) -> str:
    """Type a text, run it, and give out what has been shown since."""
    before = len(view.output.toPlainText())
    qtbot.keyClicks(view.input, text)
    qtbot.keyClick(view.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not view.runner.is_running)
    return view.output.toPlainText()[before:].lstrip("\n")


def delayed(backend: Backend) -> list[Operation]:
    """The backend leaves what it is asked for in this list."""
    waiting: list[Operation] = []
    backend.submit = waiting.append  # type: ignore[method-assign]
    return waiting


def finish(backend: Backend, operation: Operation) -> None:
    backend.finish(operation)


def moving() -> Migration:
    """A live migration that has begun."""
    return Migration("m1", MigrationKind.LIVE, "vm-Web01", "node1", "node2", MigrationOptions(), Phase.SETUP, NOW)


# Running


def test_a_typed_cmdlet_shows_its_table(qtbot: QtBot, tmp_path: Path) -> None:
    lines = enter(qtbot, busy_console(qtbot, tmp_path), "Get-ClusterNode node3").splitlines()
    assert lines[0] == "PS C:\\> Get-ClusterNode node3"
    assert any(line.split()[:1] == ["Name"] for line in lines)


def test_a_typed_command_goes_to_the_cluster_and_is_echoed_once(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    view = console(shown)
    enter(qtbot, view, "Suspend-ClusterNode node3")
    assert backend.submitted == [cmd.PauseNode("node3")]
    assert view.output.toPlainText().count("Suspend-ClusterNode") == 1


def test_a_click_while_a_script_runs_is_shown_as_well(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    waiting = delayed(backend)
    view = console(shown)
    qtbot.keyClicks(view.input, "Suspend-ClusterNode node3")
    qtbot.keyClick(view.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(waiting) == 1)
    shown.submit(cmd.ResumeNode("node2"))
    assert view.output.toPlainText().splitlines() == [
        "PS C:\\> Suspend-ClusterNode node3",
        "PS C:\\> Resume-ClusterNode node2",
    ]


def test_a_cluster_made_in_the_console_is_opened_and_its_script_ends_there(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))
    asked: list[str] = []

    def opener(uri: str) -> Workspace:
        asked.append(uri)
        return opened(formed([machine("other")]))[0]

    shown = window(qtbot, tmp_path, opener)
    workspace, backend = opened(formed([machine("web")]))
    shown.show_workspace(workspace)
    view = console(shown)
    with qtbot.waitSignal(shown.opened):
        qtbot.keyClicks(view.input, "New-Cluster tailspin; Suspend-ClusterNode node1")
        qtbot.keyClick(view.input, Qt.Key.Key_Return)
    assert [uri.rpartition("/")[2] for uri in asked] == ["tailspin.toml"]
    assert [machine.name for machine in shown.state.machines.values()] == ["other"]
    assert backend.submitted == []


def test_what_a_dialog_a_menu_and_a_dock_submit_is_shown_as_well(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    view = console(shown)
    dialog = shown.show_dialog("rename-volume", Selection(Place.VOLUME, "disk-2"))
    assert dialog is not None
    named(dialog, "Name", QLineEdit).setText("Data")
    named(dialog, "OK").click()
    qtbot.waitUntil(lambda: is_closed(dialog))
    entry = next(one for one in shown.menus.action_menu.actions() if one.objectName() == "refresh")
    entry.trigger()
    menu = shown.show_context_menu((Selection(Place.NODE, "node3"),), QPoint(5, 5))
    next(one for one in menu.actions() if one.objectName() == "pause-node").trigger()
    menu.close()
    dock = shown.docks["Migrations"]
    dock.show()
    dock.view.select_ids([next(m.id for m in shown.state.migrations.values() if not m.phase.is_over)])
    named(dock, "Cancel migration").click()
    texts = [powershell(command, shown.state) for command in backend.submitted]
    assert [type(command) for command in backend.submitted] == [
        cmd.RenameSharedVolume,
        cmd.PauseNode,
        cmd.CancelMigration,
    ]
    assert view.output.toPlainText().splitlines() == [f"PS C:\\> {text}" for text in texts]


def test_a_mistake_is_shown_in_red_with_its_place_and_remedy(qtbot: QtBot, tmp_path: Path) -> None:
    view = busy_console(qtbot, tmp_path)
    said = enter(qtbot, view, "Get-ClusterNod")
    assert "At line:1 char:1" in said
    assert "Did you mean Get-ClusterNode" in said
    last = view.output.document().lastBlock().begin().fragment().charFormat()
    assert last.property(ROLE) == "error"
    assert last.foreground().color() == QColor(theme.shell_colours(theme.Scheme.LIGHT).error)


def test_a_script_file_is_read_outside_of_the_window_s_thread_and_its_errors_name_it(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ask.ps1").write_text("param($Node)\n'asked'\nGet-ClusterNode $Node")
    threads: list[threading.Thread] = []
    monkeypatch.setattr(
        invocation, "read_script", lambda path: (threads.append(threading.current_thread()), read_script(path))[1]
    )
    shown = enter(qtbot, busy_console(qtbot, tmp_path), ".\\ask.ps1 -Node nobody")
    assert "asked" in shown
    assert f"At {tmp_path / 'ask.ps1'}:3 char:1" in shown
    assert threads
    assert threading.main_thread() not in threads


def test_what_is_typed_meanwhile_runs_afterwards(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    waiting = delayed(backend)
    view = console(shown)
    qtbot.keyClicks(view.input, "Suspend-ClusterNode node3")
    qtbot.keyClick(view.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(waiting))
    qtbot.keyClicks(view.input, "'after it'")
    qtbot.keyClick(view.input, Qt.Key.Key_Return)
    finish(backend, waiting[0])
    qtbot.waitUntil(lambda: view.output.toPlainText().endswith("\nafter it"))


def test_ctrl_c_ends_what_runs_and_what_waits(qtbot: QtBot, tmp_path: Path) -> None:
    view = busy_console(qtbot, tmp_path)
    for text in ("while ($true) { }", "'never'"):
        qtbot.keyClicks(view.input, text)
        qtbot.keyClick(view.input, Qt.Key.Key_Return)
    qtbot.keyClicks(view.input, "Get-")
    qtbot.waitUntil(lambda: named(view, "Stop").isEnabled())
    qtbot.keyClick(view.input, Qt.Key.Key_C, CTRL)
    qtbot.waitUntil(lambda: not view.runner.is_running)
    assert "The command was canceled." in view.output.toPlainText()
    assert "\nnever" not in view.output.toPlainText()
    assert view.input.text() == "Get-"
    qtbot.keyClick(view.input, Qt.Key.Key_C, CTRL)
    assert view.input.text() == ""


def test_closing_the_cluster_ends_what_runs(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    view = console(shown)
    qtbot.keyClicks(view.input, "Start-Sleep 5000")
    qtbot.keyClick(view.input, Qt.Key.Key_Return)
    shown.close_cluster()
    qtbot.waitUntil(lambda: not view.runner.is_running)
    assert enter(qtbot, view, "Get-ClusterNode").endswith("Open one with Manage a Cluster.")


def test_a_move_shows_its_progress_in_one_line_until_it_is_over(qtbot: QtBot, tmp_path: Path) -> None:
    workspace, backend = opened(formed([machine("Web01")]))

    def begin(operation: Operation) -> None:
        backend.tell(ev.MigrationRequested(moving()))
        operation.finish()

    backend.answer = begin
    view = console(window_of(qtbot, tmp_path, workspace))
    qtbot.keyClicks(view.input, "Move-ClusterVirtualMachineRole Web01 -Node node2")
    qtbot.keyClick(view.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: named(view, "Progress of the command").isVisible())
    words = view.findChild(type(view.hint), "progress-words").whole
    assert words.startswith("Live migration of Web01 from node1 to node2:")
    backend.tell(ev.MigrationFailed("m1", "The network failed.", "Look at it."))
    qtbot.waitUntil(lambda: not view.runner.is_running)
    assert not view.findChild(QWidget, "console-progress").isVisible()
    assert "The network failed." in view.output.toPlainText()


def test_ctrl_c_cancels_the_live_migration_that_a_command_waits_for(qtbot: QtBot, tmp_path: Path) -> None:
    workspace, backend = opened(formed([machine("Web01")]))

    def answer(operation: Operation) -> None:
        if isinstance(operation.command, cmd.LiveMigrate):
            backend.tell(ev.MigrationRequested(moving()))
        else:
            backend.tell(ev.MigrationCanceled("m1"))
        operation.finish()

    backend.answer = answer
    view = console(window_of(qtbot, tmp_path, workspace))
    qtbot.keyClicks(view.input, "Move-ClusterVirtualMachineRole Web01 -Node node2")
    qtbot.keyClick(view.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: named(view, "Progress of the command").isVisible())
    qtbot.keyClick(view.input, Qt.Key.Key_C, CTRL)
    qtbot.waitUntil(lambda: not view.runner.is_running)
    assert backend.submitted == [cmd.LiveMigrate("vm-Web01", "node2"), cmd.CancelMigration("m1")]
    assert "Canceled by the user: canceled" in view.output.toPlainText()


def test_without_a_cluster_the_console_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    assert "No cluster is open" in enter(qtbot, console(window(qtbot, tmp_path)), "Get-ClusterNode")


@pytest.mark.parametrize(("button", "count"), [("Yes", 1), ("No", 0)])
def test_confirm_asks_in_the_window(qtbot: QtBot, tmp_path: Path, button: str, count: int) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    view = console(shown)
    qtbot.keyClicks(view.input, "Suspend-ClusterNode node3 -Confirm")
    qtbot.keyClick(view.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown.findChild(QMessageBox, "question") is not None)
    box = shown.findChild(QMessageBox, "question")
    assert "node3" in box.text()
    named(box, button).click()
    qtbot.waitUntil(lambda: not view.runner.is_running)
    assert len(backend.submitted) == count


# Output


def test_tables_fit_the_width_of_the_dock(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    view = console(shown)
    widest = []
    for width in (800, 1400):
        shown.resize(width, 700)
        qtbot.waitUntil(lambda width=width: abs(view.width() - width) < 40)
        said = enter(
            qtbot,
            view,
            "Get-ClusterResource | ft Name, State, OwnerGroup, ResourceType, OwnerNode, RestartAction, Cluster",
        )
        widest.append(max(map(len, said[said.index("\nName") :].splitlines())))
        assert view.output.horizontalScrollBar().maximum() == 0
        assert widest[-1] <= view.output.width_in_characters
    assert widest[0] < widest[1] <= 120


def test_of_very_much_output_the_end_is_kept(qtbot: QtBot, tmp_path: Path) -> None:
    view = busy_console(qtbot, tmp_path)
    said = enter(qtbot, view, f"1..{LINES * 4}").splitlines()
    assert view.output.blockCount() <= LINES
    assert said[-1] == str(LINES * 4)
    assert any("lines are not shown here" in line for line in said)


def test_find_goes_upwards_and_around(qtbot: QtBot, tmp_path: Path) -> None:
    view = busy_console(qtbot, tmp_path)
    enter(qtbot, view, "'one','two','one'")
    qtbot.keyClick(view.input, Qt.Key.Key_F, CTRL)
    box = named(view, "Find in the Console")
    assert view.window().focusWidget() is box
    qtbot.keyClicks(box, "one")
    places = []
    for _ in range(4):
        places.append(view.output.textCursor().blockNumber())
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert places[:3] == [3, 1, 0]
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert not box.isVisible()
    assert view.window().focusWidget() is view.input


def test_ctrl_and_the_wheel_change_the_letters_for_good(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    view = console(shown)
    before = view.input.font().pointSizeF()
    wheel = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, CTRL,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view.output.viewport(), wheel)
    assert view.input.font().pointSizeF() == view.output.font().pointSizeF() == before + 1
    assert shown.context.settings.get(st.CONSOLE_ZOOM) == 1
    view.zoom(None)
    assert view.input.font().pointSizeF() == before


def test_copy_takes_the_output_and_clear_empties_it(qtbot: QtBot, tmp_path: Path) -> None:
    view = busy_console(qtbot, tmp_path)
    enter(qtbot, view, "'text'")
    named(view, "Copy").click()
    assert QApplication.clipboard().text() == "PS C:\\> 'text'\ntext"
    named(view, "Clear").click()
    assert view.output.toPlainText() == ""
    enter(qtbot, view, "'text'")
    enter(qtbot, view, "cls")
    assert view.output.toPlainText() == ""


def test_the_state_of_a_machine_is_that_of_the_moment(qtbot: QtBot, tmp_path: Path) -> None:
    workspace, backend = opened(formed([machine("Web01")]))
    view = console(window_of(qtbot, tmp_path, workspace))
    assert enter(qtbot, view, "(Get-VM Web01).State").splitlines()[-1] == "Running"
    backend.tell(ev.MachineChanged(machine("Web01", state=MachineState.SAVED)))
    qtbot.waitUntil(lambda: workspace.state.machines["vm-Web01"].state is MachineState.SAVED)
    assert enter(qtbot, view, "(Get-VM Web01).State").splitlines()[-1] == "Saved"
