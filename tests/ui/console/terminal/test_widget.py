"""The terminal as a person has it: keys, mouse, clipboard, colours, and what a screen reader is told."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QContextMenuEvent,
    QInputMethodEvent,
    QKeySequence,
    QShortcut,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu

from fcm.ui.console.terminal.colours import Colours, contrast
from fcm.ui.console.terminal.widget import MARGIN, TerminalWidget
from fcm.ui.look import theme

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
NONE = Qt.KeyboardModifier.NoModifier


class Seen:
    """A shown terminal and what it sent."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QMainWindow()
        self.terminal = TerminalWidget(self.window)
        self.window.setCentralWidget(self.terminal)
        qtbot.addWidget(self.window)
        self.window.resize(700, 300)
        self.sent = bytearray()
        self.interrupts = 0
        self.terminal.typed.connect(self.sent.extend)
        self.terminal.interrupted.connect(self._interrupted)
        self.window.show()
        self.terminal.setFocus()

    def _interrupted(self) -> None:
        self.interrupts += 1

    def say(self, text: str) -> None:
        self.terminal.take(text.encode())

    def place(self, line: int, column: float) -> QPoint:
        cell = self.terminal._place_of(line, 0)
        return QPoint(round(MARGIN + column * cell.width()), round(cell.center().y()))

    def drag(self, start: tuple[int, float], end: tuple[int, float]) -> None:
        port = self.terminal.viewport()
        QTest.mousePress(port, Qt.MouseButton.LeftButton, NONE, self.place(*start))
        QTest.mouseMove(port, self.place(*end))
        QTest.mouseRelease(port, Qt.MouseButton.LeftButton, NONE, self.place(*end))


@pytest.fixture
def seen(qtbot: QtBot) -> Seen:
    return Seen(qtbot)


def clipboard() -> str:
    return QApplication.clipboard().text()


@pytest.mark.parametrize(
    ("key", "modifiers", "sent"),
    [
        (Qt.Key.Key_Return, NONE, b"\r"),
        (Qt.Key.Key_Tab, NONE, b"\t"),
        (Qt.Key.Key_Backtab, SHIFT, b"\x1b[Z"),
        (Qt.Key.Key_Backspace, NONE, b"\x7f"),
        (Qt.Key.Key_Backspace, CONTROL, b"\x08"),
        (Qt.Key.Key_Escape, NONE, b"\x1b"),
        (Qt.Key.Key_Up, NONE, b"\x1b[A"),
        (Qt.Key.Key_Left, CONTROL, b"\x1b[1;5D"),
        (Qt.Key.Key_Home, SHIFT, b"\x1b[1;2H"),
        (Qt.Key.Key_Delete, NONE, b"\x1b[3~"),
        (Qt.Key.Key_F2, NONE, b"\x1bOQ"),
        (Qt.Key.Key_F8, NONE, b"\x1b[19~"),
        (Qt.Key.Key_R, CONTROL, b"\x12"),
        (Qt.Key.Key_Space, CONTROL, b"\x00"),
        (Qt.Key.Key_BracketLeft, CONTROL, b"\x1b"),
        (Qt.Key.Key_B, ALT, b"\x1bb"),
    ],
)
def test_a_key_is_sent_as_a_terminal_sends_it(
    seen: Seen, key: Qt.Key, modifiers: Qt.KeyboardModifier, sent: bytes
) -> None:
    QTest.keyClick(seen.terminal, key, modifiers)
    assert bytes(seen.sent) == sent


def test_letters_are_sent_and_arrows_follow_the_mode_of_the_program(seen: Seen) -> None:
    QTest.keyClicks(seen.terminal, "aB$")
    seen.say("\x1b[?1h")
    QTest.keyClick(seen.terminal, Qt.Key.Key_Down)
    assert bytes(seen.sent) == b"aB$\x1bOB"


def test_what_an_input_method_composes_is_sent(seen: Seen) -> None:
    event = QInputMethodEvent()
    event.setCommitString("\u4e2d\u6587")
    QApplication.sendEvent(seen.terminal, event)
    assert seen.sent.decode() == "\u4e2d\u6587"


def test_keys_are_the_programs_before_they_are_shortcuts_but_f6_leads_out(seen: Seen, qtbot: QtBot) -> None:
    taken: list[str] = []
    for keys in ("Ctrl+R", "Backspace", "Ctrl+P", "F5", "F6", "Ctrl+1"):
        shortcut = QShortcut(QKeySequence(keys), seen.window)
        shortcut.activated.connect(lambda keys=keys: taken.append(keys))
    qtbot.waitActive(seen.window)
    for key, modifiers in (
        (Qt.Key.Key_R, CONTROL),
        (Qt.Key.Key_Backspace, NONE),
        (Qt.Key.Key_P, CONTROL),
        (Qt.Key.Key_F5, NONE),
        (Qt.Key.Key_F6, NONE),
        (Qt.Key.Key_1, CONTROL),
    ):
        QTest.keyClick(seen.window.windowHandle(), key, modifiers)
    assert taken == ["F6", "Ctrl+1"]
    assert bytes(seen.sent) == b"\x12\x7f\x10\x1b[15~"


def test_ctrl_c_copies_what_is_selected_and_is_a_key_without_it(seen: Seen) -> None:
    seen.say("one two three\r\n")
    seen.drag((0, 4), (0, 7))
    QTest.keyClick(seen.terminal, Qt.Key.Key_C, CONTROL)
    assert (clipboard(), seen.interrupts) == ("two", 0)
    QTest.keyClick(seen.terminal, Qt.Key.Key_C, CONTROL)
    assert seen.interrupts == 1


def test_ctrl_shift_c_copies_over_lines_and_a_line_that_goes_on_stays_one(seen: Seen) -> None:
    width = seen.terminal.display.columns
    seen.say("a" * width + "b\r\nlast  \r\n")
    seen.drag((0, width - 2), (2, 4))
    QTest.keyClick(seen.terminal, Qt.Key.Key_C, CONTROL | SHIFT)
    assert clipboard() == "aab\nlast"
    assert not seen.sent


def test_two_clicks_select_a_word_and_three_the_line(seen: Seen) -> None:
    seen.say("Get-ClusterNode \u4e2d\u6587 'node1'\r\n")
    port, place = seen.terminal.viewport(), seen.place(0, 5.5)
    QTest.mouseDClick(port, Qt.MouseButton.LeftButton, NONE, place)
    QTest.mousePress(port, Qt.MouseButton.LeftButton, NONE, place)
    assert seen.terminal.marking.text().startswith("Get-ClusterNode")
    seen.terminal.marking.begin((0, 5), "words")
    assert seen.terminal.marking.text() == "Get-ClusterNode"
    seen.terminal.marking.begin((0, 17), "words")
    assert seen.terminal.marking.text() == "\u4e2d\u6587"
    seen.terminal.marking.begin((0, 5), "lines")
    assert seen.terminal.marking.text() == "Get-ClusterNode \u4e2d\u6587 'node1'"


def test_what_is_selected_stays_where_more_lines_come(seen: Seen) -> None:
    seen.say("keep this\r\n")
    seen.drag((0, 0), (0, 4))
    seen.say("more\r\n" * 100)
    assert seen.terminal.marking.text() == "keep"


def test_pasting_goes_between_marks_where_the_program_wants_them(seen: Seen) -> None:
    QApplication.clipboard().setText("one\r\ntwo\n\x1b[201~three\x03")
    seen.say("\x1b[?2004h")
    QTest.keyClick(seen.terminal, Qt.Key.Key_V, CONTROL | SHIFT)
    assert bytes(seen.sent) == b"\x1b[200~one\rtwo\r[201~three\x1b[201~"


def test_pasting_several_lines_that_would_run_at_once_asks_first(seen: Seen) -> None:
    asked: list[str] = []
    seen.terminal.many_lines.connect(asked.append)
    QApplication.clipboard().setText("one\ntwo")
    QTest.keyClick(seen.terminal, Qt.Key.Key_Insert, SHIFT)
    assert (asked, bytes(seen.sent)) == (["one\ntwo"], b"")
    QApplication.clipboard().setText("one line")
    QTest.keyClick(seen.terminal, Qt.Key.Key_Insert, SHIFT)
    assert bytes(seen.sent) == b"one line"


def test_the_menu_copies_pastes_and_selects_everything(seen: Seen, qtbot: QtBot) -> None:
    seen.say("first\r\nsecond\r\n")
    seen.terminal.select_all()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(20, 20), QPoint(20, 20))
    QApplication.sendEvent(seen.terminal.viewport(), event)
    menu = seen.terminal.findChild(QMenu)
    assert menu is not None
    copy = next(one for one in menu.actions() if one.text() == "&Copy")
    assert copy.isEnabled()
    copy.trigger()
    menu.close()
    assert clipboard().rstrip() == "first\nsecond"


def test_the_history_scrolls_and_typing_goes_back_to_the_end(seen: Seen, qtbot: QtBot) -> None:
    seen.say("".join(f"{number}\r\n" for number in range(200)))
    bar = seen.terminal.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() == len(seen.terminal.display.history))
    assert bar.value() == bar.maximum()
    QTest.keyClick(seen.terminal, Qt.Key.Key_PageUp, SHIFT)
    looked_at = bar.value()
    assert looked_at < bar.maximum()
    seen.say("more\r\n" * 3)
    qtbot.waitUntil(lambda: bar.maximum() == len(seen.terminal.display.history))
    assert bar.value() == looked_at
    QTest.keyClick(seen.terminal, Qt.Key.Key_A)
    assert bar.value() == bar.maximum()


def test_a_larger_window_has_more_cells_and_larger_letters_fewer(seen: Seen) -> None:
    told: list[tuple[int, int]] = []
    seen.terminal.resized.connect(lambda columns, rows: told.append((columns, rows)))
    columns, rows = seen.terminal.size_in_cells
    seen.window.resize(900, 400)
    assert told[-1] > (columns, rows)
    before = told[-1]
    seen.terminal.zoom(6)
    assert told[-1] < before


@pytest.mark.parametrize("scheme", [theme.Scheme.LIGHT, theme.Scheme.DARK])
def test_every_colour_of_a_program_can_be_read(seen: Seen, qapp: QApplication, scheme: theme.Scheme) -> None:
    theme.apply(qapp, scheme)
    colours = Colours(qapp)
    seen.say("\x1b[97mx\x1b[0;38;5;15my\x1b[0;47;37mz\x1b[0;48;2;120;120;120mw")
    for column in range(4):
        assert contrast(*colours.of(seen.terminal.display.line(0)[column])) >= 4.5
    for fore in ("default", "brightwhite", "black", "white", "ffffff", "000000", "808080", "bfightmagenta"):
        for back in ("default", "white", "black", "red", "brightbrown", "808080"):
            cell = seen.terminal.display.default_char._replace(data="x", fg=fore, bg=back)
            for one in (cell, cell._replace(reverse=True)):
                letter, behind = colours.of(one)
                assert contrast(letter, behind) >= 4.5, (fore, back)
            assert contrast(*colours.of(cell._replace(blink=True))) >= 3.0


def test_another_theme_is_followed(seen: Seen, qapp: QApplication) -> None:
    seen.say("\x1b[31mred")
    light = seen.terminal.grab().toImage().pixelColor(3, 100)
    theme.apply(qapp, theme.Scheme.DARK)
    dark = seen.terminal.grab().toImage().pixelColor(3, 100)
    assert (light, dark) == (QColor("#ffffff"), QColor("#1e1e1e"))


def test_wide_characters_stand_in_their_own_cells(seen: Seen) -> None:
    seen.say("\x1b[7m\u4e2d|\x1b[0m")
    image = seen.terminal.viewport().grab().toImage()
    ratio = image.devicePixelRatio()
    after = seen.place(0, 3.5) * ratio
    inside = seen.place(0, 0.1) * ratio
    assert image.pixelColor(inside) != image.pixelColor(after)
    assert seen.terminal._place_of(0, 0).width() == 2 * seen.terminal._place_of(1, 0).width()


def test_a_screen_reader_is_given_the_lines_and_where_the_cursor_is(seen: Seen) -> None:
    seen.say("Name  State\r\nnode1    Up\r\n$ \u4e2dx")
    found = QAccessible.queryAccessibleInterface(seen.terminal)
    assert found.role() == QAccessible.Role.Terminal
    assert found.text(QAccessible.Text.Name) == "PowerShell"
    value = found.text(QAccessible.Text.Value)
    assert value.rstrip("\n") == "Name  State\nnode1    Up\n$ \u4e2dx"
    text = found.textInterface()
    assert text is not None
    assert text.characterCount() == len(value)
    assert value[: text.cursorPosition()].endswith("$ \u4e2dx")
    assert text.text(0, 4) == "Name"
    assert text.characterRect(0).isValid()


def test_a_terminal_goes_and_takes_its_text_along(qtbot: QtBot) -> None:
    for _ in range(20):
        window = QMainWindow()
        terminal = TerminalWidget(window)
        terminal.take(b"text")
        assert QAccessible.queryAccessibleInterface(terminal).text(QAccessible.Text.Value).startswith("text")
        window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        del window, terminal
        gc.collect()


def test_in_an_editor_the_wheel_moves_its_cursor(seen: Seen) -> None:
    seen.say("\x1b[?1049h")
    place = QPointF(50, 50)
    event = QWheelEvent(
        place,
        seen.terminal.viewport().mapToGlobal(place),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(seen.terminal.viewport(), event)
    assert bytes(seen.sent) == b"\x1b[A" * 3
