"""The input of the Console dock: colours, several lines, history, completion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt
from PySide6.QtGui import QColor, QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QToolTip

from fcm.ui.console.colouring import Colouring
from fcm.ui.look import theme
from tests.ui.console.test_console import CTRL, SHIFT, busy_console, console, enter
from tests.ui.look.test_theme import TEXT, contrast
from tests.ui.window_by_hand import busy_window, named

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.console.input import ConsoleInput

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def colours(line: ConsoleInput) -> dict[str, str]:
    """Each coloured piece of the input and its role."""
    return {line.text()[piece.start : piece.end]: str(piece.kind) for piece in line.colouring.pieces}


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
    menu = named(view.window(), "Suggestions")
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
