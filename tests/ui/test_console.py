"""The Console dock: what is typed there runs, is coloured, completed and remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMessageBox, QToolTip, QWidget

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState, Migration, MigrationKind, MigrationOptions
from fcm.model.telemetry import Phase
from fcm.ui import theme
from fcm.ui.console.colouring import ROLE, Colouring
from fcm.ui.console.output import LINES
from fcm.ui.docks import ConsoleDock
from fcm.workspace import settings as st
from fcm.workspace.powershell import powershell
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import NOW, formed, machine, opened
from tests.ui.test_theme import TEXT, contrast
from tests.ui.window_by_hand import busy_window, named, window, window_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.backend.base import Operation
    from fcm.ui.console.input import ConsoleInput
    from fcm.ui.console.view import ConsoleView
    from fcm.ui.main_window import MainWindow
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


def colours(line: ConsoleInput) -> dict[str, str]:
    """Each coloured piece of the input and its role."""
    return {line.text()[piece.start : piece.end]: str(piece.kind) for piece in line.colouring.pieces}


def delayed(backend: Backend) -> list[Operation]:
    """The backend leaves what it is asked for in this list."""
    waiting: list[Operation] = []
    backend.submit = waiting.append  # type: ignore[method-assign]
    return waiting


def finish(backend: Backend, operation: Operation) -> None:
    operation.finish()
    assert backend._sink is not None
    backend._sink.finished(operation)


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


def test_what_a_dialog_a_menu_and_a_dock_submit_is_shown_as_well(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    view = console(shown)
    dialog = shown.show_dialog("rename-volume", Selection(Place.VOLUME, "disk-2"))
    assert dialog is not None
    named(dialog, "Name", QLineEdit).setText("Data")
    named(dialog, "OK").click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
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
    assert "The command was ended." in view.output.toPlainText()
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
    assert "Ended by the user: canceled" in view.output.toPlainText()


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


# Typing


def test_the_text_is_coloured_and_what_is_wrong_says_why(qtbot: QtBot, tmp_path: Path) -> None:
    view = busy_console(qtbot, tmp_path)
    qtbot.keyClicks(view.input, "Get-ClusterNode -Bogus 'a b' $x # why")
    assert colours(view.input) == {
        "Get-ClusterNode": "command",
        "-Bogus": "parameter",
        "'a b'": "text",
        "$x": "variable",
        "# why": "comment",
    }
    assert "has no parameter -Bogus" in view.input.problem_at(18)
    assert "has no parameter -Bogus" in view.hint.whole
    place = view.input.viewport().mapToParent(view.input.cursorRect().topLeft())
    font = view.input.fontMetrics()
    inside = QPoint(place.x() - font.horizontalAdvance("us 'a b' $x # why"), place.y() + 3)
    QApplication.sendEvent(view.input, QHelpEvent(QEvent.Type.ToolTip, inside, view.input.mapToGlobal(inside)))
    assert "has no parameter -Bogus" in QToolTip.text()
    QToolTip.hideText()


def test_the_word_that_is_being_typed_is_not_wrong_yet(qtbot: QtBot, tmp_path: Path) -> None:
    view = busy_console(qtbot, tmp_path)
    qtbot.keyClicks(view.input, "Get-Clus")
    assert not any(piece.problem for piece in view.input.colouring.pieces)
    qtbot.keyClicks(view.input, " ")
    assert "Did you mean" in view.input.colouring.pieces[0].problem


@pytest.mark.parametrize("scheme", [theme.Scheme.LIGHT, theme.Scheme.DARK])
def test_every_colour_of_powershell_can_be_read(scheme: theme.Scheme) -> None:
    base = theme.palette(scheme).base().color()
    colours = theme.shell_colours(scheme)
    for role in colours.__slots__:
        assert contrast(getattr(colours, role), base) >= TEXT, role


def test_another_theme_colours_the_output_anew(qtbot: QtBot, tmp_path: Path, qapp: QApplication) -> None:
    view = busy_console(qtbot, tmp_path)
    enter(qtbot, view, "Get-Date")
    theme.apply(qapp, theme.Scheme.DARK)
    prompt = view.output.document().firstBlock().begin().fragment().charFormat()
    assert prompt.foreground().color() == QColor(theme.shell_colours(theme.Scheme.DARK).prompt)
    assert isinstance(view.input.colouring, Colouring)


def test_enter_goes_on_while_the_statement_is_incomplete(qtbot: QtBot, tmp_path: Path) -> None:
    view = busy_console(qtbot, tmp_path)
    qtbot.keyClicks(view.input, "foreach ($n in 1..2) {")
    qtbot.keyClick(view.input, Qt.Key.Key_Return)
    assert view.input.text() == "foreach ($n in 1..2) {\n"
    assert view.findChild(QLabel, "prompt").text().splitlines() == ["PS C:\\>", ">>"]
    assert enter(qtbot, view, '"turn $n" }').splitlines() == [
        "PS C:\\> foreach ($n in 1..2) {",
        '>> "turn $n" }',
        "turn 1",
        "turn 2",
    ]


def test_shift_enter_begins_a_line(qtbot: QtBot, tmp_path: Path) -> None:
    view = busy_console(qtbot, tmp_path)
    qtbot.keyClicks(view.input, "'a'")
    height = view.input.height()
    qtbot.keyClick(view.input, Qt.Key.Key_Return, SHIFT)
    assert view.input.height() > height
    assert enter(qtbot, view, "'b'").splitlines()[-2:] == ["a", "b"]


def test_several_pasted_lines_are_one_script(qtbot: QtBot, tmp_path: Path) -> None:
    view = busy_console(qtbot, tmp_path)
    pasted = QMimeData()
    pasted.setText("$a = 2\r\n$b = 3\r\n$a * $b\r\n")
    view.input.insertFromMimeData(pasted)
    assert view.input.text() == "$a = 2\n$b = 3\n$a * $b"
    assert not view.runner.is_running
    assert enter(qtbot, view, "").splitlines()[-1] == "6"
    assert view.input.history.lines == ("$a = 2\n$b = 3\n$a * $b",)


# History


def test_up_and_down_go_through_what_begins_as_typed(qtbot: QtBot, tmp_path: Path) -> None:
    view = busy_console(qtbot, tmp_path)
    for text in ("Get-Date", "'x'", "Get-Cluster"):
        enter(qtbot, view, text)
    qtbot.keyClicks(view.input, "get-")
    for expected in ("Get-Cluster", "Get-Date", "Get-Date"):
        qtbot.keyClick(view.input, Qt.Key.Key_Up)
        assert view.input.text() == expected
    for expected in ("Get-Cluster", "get-"):
        qtbot.keyClick(view.input, Qt.Key.Key_Down)
        assert view.input.text() == expected


def test_ctrl_r_searches_backwards_and_enter_runs_what_was_found(qtbot: QtBot, tmp_path: Path) -> None:
    view = busy_console(qtbot, tmp_path)
    for text in ("'first one'", "'second one'", "'other'"):
        enter(qtbot, view, text)
    qtbot.keyClick(view.input, Qt.Key.Key_R, CTRL)
    qtbot.keyClicks(view.input, "one")
    assert (view.input.text(), view.hint.whole) == ("'second one'", "bck-i-search: one_")
    qtbot.keyClick(view.input, Qt.Key.Key_R, CTRL)
    assert view.input.text() == "'first one'"
    qtbot.keyClick(view.input, Qt.Key.Key_S, CTRL)
    assert view.input.text() == "'second one'"
    qtbot.keyClicks(view.input, "x")
    assert view.hint.whole.startswith("failed-")
    qtbot.keyClick(view.input, Qt.Key.Key_Backspace)
    assert enter(qtbot, view, "").splitlines()[-1] == "second one"


def test_escape_keeps_what_was_found_and_ctrl_g_gives_it_up(qtbot: QtBot, tmp_path: Path) -> None:
    view = busy_console(qtbot, tmp_path)
    enter(qtbot, view, "'found'")
    for key, modifier, left in (
        (Qt.Key.Key_G, CTRL, ""),
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier, "'found'"),
    ):
        qtbot.keyClick(view.input, Qt.Key.Key_R, CTRL)
        qtbot.keyClicks(view.input, "fou")
        qtbot.keyClick(view.input, key, modifier)
        assert view.input.text() == left
        assert not view.input.search.is_active


def test_the_history_comes_back_without_its_secrets(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    view = console(shown)
    enter(qtbot, view, "'kept'")
    enter(qtbot, view, "$password = 'hidden'")
    shown.close()
    assert "hidden" not in (tmp_path / "settings.json").read_text(encoding="utf-8")
    again = busy_console(qtbot, tmp_path)
    qtbot.keyClick(again.input, Qt.Key.Key_Up)
    assert again.input.text() == "'kept'"


# Completion


def test_tab_goes_through_the_proposals_and_back(qtbot: QtBot, tmp_path: Path) -> None:
    view = busy_console(qtbot, tmp_path)
    qtbot.keyClicks(view.input, "Suspend-")
    qtbot.keyClick(view.input, Qt.Key.Key_Tab)
    assert view.input.text() == "Suspend-ClusterNode"
    assert view.hint.whole.startswith("1 of 3: Suspend-ClusterNode")
    qtbot.keyClick(view.input, Qt.Key.Key_Tab)
    assert view.input.text() == "Suspend-ClusterResource"
    qtbot.keyClick(view.input, Qt.Key.Key_Backtab, SHIFT)
    assert view.input.text() == "Suspend-ClusterNode"
    qtbot.keyClicks(view.input, " node3")
    assert view.input.text() == "Suspend-ClusterNode node3"
    assert view.window().focusWidget() is view.input


def test_ctrl_space_lists_names_of_objects_with_what_they_are(qtbot: QtBot, tmp_path: Path) -> None:
    view = busy_console(qtbot, tmp_path)
    qtbot.keyClicks(view.input, "Suspend-ClusterNode ")
    qtbot.keyClick(view.input, Qt.Key.Key_Space, CTRL)
    menu = named(view.window(), "Proposals")
    shown = [(menu.topLevelItem(row).text(0), menu.topLevelItem(row).text(1)) for row in range(3)]
    assert shown == [("node1", "node, Up"), ("node2", "node, Up"), ("node3", "node, Up")]
    qtbot.keyClick(view.input, Qt.Key.Key_Down)
    qtbot.keyClicks(view.input, "node3")
    assert (menu.topLevelItemCount(), menu.word) == (1, "node3")
    qtbot.keyClick(view.input, Qt.Key.Key_Return)
    assert view.input.text() == "Suspend-ClusterNode node3"
    assert not menu.isVisible()
    assert not view.runner.is_running


def test_the_line_below_shows_the_parameter_that_is_typed(qtbot: QtBot, tmp_path: Path) -> None:
    view = busy_console(qtbot, tmp_path)
    qtbot.keyClicks(view.input, "Move-ClusterVirtualMachineRole Web01 -Node ")
    assert view.hint.whole.startswith("[[-Node] <text>] Destination")
    assert "Move-ClusterVirtualMachineRole [[-Name] <text>]" in view.hint.whole


# Output


def test_tables_fit_the_width_of_the_dock(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    view = console(shown)
    widest = []
    for width in (800, 1400):
        shown.resize(width, 700)
        qtbot.waitUntil(lambda width=width: abs(view.width() - width) < 40)
        said = enter(qtbot, view, "Get-ClusterResource | Format-Table Name, State, OwnerGroup, ResourceType")
        widest.append(max(map(len, said.splitlines()[1:])))
        assert view.output.horizontalScrollBar().maximum() == 0
        assert widest[-1] <= view.output.width_in_characters
    assert widest[0] < widest[1] <= 120


def test_of_very_much_output_the_end_is_kept(qtbot: QtBot, tmp_path: Path) -> None:
    view = busy_console(qtbot, tmp_path)
    said = enter(qtbot, view, f"1..{LINES * 4}").splitlines()
    assert view.output.blockCount() <= LINES
    assert said[-1] == str(LINES * 4)
    assert any("lines are left out here" in line for line in said)


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
