"""The screen of a terminal: what stands in it after what a program said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from fcm.ui.console.terminal.screen import HISTORY, Screen
from fcm.ui.console.terminal.sequences import Feed

RECORDED = Path(__file__).resolve().parents[3] / "data" / "powershell" / "terminal"


class Shown:
    """A screen and what it answered."""

    def __init__(self, columns: int = 20, rows: int = 5) -> None:
        self.replies: list[str] = []
        self.screen = Screen(columns, rows, self.replies.append)
        self.feed = Feed(self.screen)

    def say(self, text: str) -> Shown:
        self.feed.take(text.encode())
        return self

    @property
    def texts(self) -> list[str]:
        return self.screen.texts()


def recorded() -> list[tuple[str, str]]:
    lines = (RECORDED / "session.cast").read_text(encoding="utf-8").splitlines()[1:]
    return [(kind, text) for _, kind, text in map(json.loads, lines)]


@pytest.mark.parametrize("piece", [1, 7, 65536])
def test_a_recorded_powershell_shows_what_it_showed_and_is_told_where_its_cursor_is(piece: int) -> None:
    shown = Shown(100, 30)
    for kind, text in recorded():
        data = text.encode() if kind == "o" else b""
        for start in range(0, len(data), piece):
            shown.feed.take(data[start : start + piece])
    told = [text for kind, text in recorded() if kind == "i" and text.startswith("\x1b[") and text.endswith("R")]
    assert len(told) > 50
    assert shown.replies == told
    assert "\n".join(shown.texts) == (RECORDED / "session.screen").read_text(encoding="utf-8").rstrip("\n")


def test_lines_that_leave_the_screen_are_kept_and_the_oldest_are_dropped() -> None:
    shown = Shown(20, 5)
    for number in range(HISTORY + 10):
        shown.say(f"line {number}\r\n")
    assert shown.screen.text(shown.screen.end - 2) == f"line {HISTORY + 9}"
    assert shown.screen.dropped == 6
    assert shown.screen.text(shown.screen.first) == "line 6"
    assert shown.screen.text(shown.screen.first - 1) == ""


def test_a_wide_character_takes_two_cells_and_begins_a_new_line_where_one_is_left() -> None:
    shown = Shown(5, 3).say("abcd\u4e2dx")
    assert shown.texts == ["abcd", "\u4e2dx"]
    assert shown.screen.cursor_column == 3


def test_half_of_a_wide_character_that_is_written_over_is_blank() -> None:
    assert Shown().say("\u4e2d\u6587\x1b[1;2Hx").texts == [" x\u6587"]
    assert Shown().say("\u4e2d\u6587\x1b[1;3Hx").texts == ["\u4e2dx"]


def test_a_combining_mark_stands_on_the_character_before_it() -> None:
    shown = Shown().say("e\u0301\u4e2d\u0301|")
    assert shown.texts == ["\u00e9\u4e2d\u0301|"]
    assert shown.screen.cursor_column == 4


def test_characters_without_width_do_not_hide_what_follows() -> None:
    assert Shown().say("a\u200db\ufe0fc\u0000d").texts == ["abcd"]


@pytest.mark.parametrize(
    "odd",
    [
        "\x1b[>4;2m",
        "\x1b[<u",
        "\x1b[=5h",
        "\x1b[!p",
        "\x1bPq#0;2;0\x1b\\",
        "\x1b_text\x1b\\",
        "\x1b[?1m",
        "\x1b[1;2;3;4m",
        "\x1b[9J",
        "\x1b[7K",
        "\x1b]8;;https://example.org\x1b\\",
    ],
)
def test_a_sequence_that_is_not_known_shows_nothing_and_changes_nothing_else(odd: str) -> None:
    assert Shown().say(f"a{odd}b").texts == ["ab"]
    halves = Shown().say(f"a{odd[:3]}").say(f"{odd[3:]}b")
    assert halves.texts == ["ab"]


def test_colours_with_colons_are_those_with_semicolons() -> None:
    cells = Shown().say("\x1b[38:2::1:2:3ma\x1b[0;38:5:9mb\x1b[0;4:3mc").screen.line(0)
    assert (cells[0].fg, cells[1].fg, cells[2].underscore) == ("010203", "ff0000", True)


def test_a_faint_letter_is_told_from_others() -> None:
    cells = Shown().say("\x1b[97;2;3ma\x1b[0mb\x1b[38;2;2;2;2mc").screen.line(0)
    assert (cells[0].blink, cells[0].italics, cells[1].blink, cells[2].blink) == (True, True, False, False)


def test_an_editor_has_a_screen_of_its_own() -> None:
    shown = Shown().say("prompt\r\n").say("\x1b[?1049h\x1b[H")
    assert shown.screen.is_alternate
    shown.say("text\r\n" * 9)
    assert not shown.screen.history
    shown.say("\x1b[?1049l")
    assert shown.texts == ["prompt"]
    assert not shown.screen.is_alternate


def test_clear_forgets_the_history() -> None:
    shown = Shown(20, 2).say("one\r\ntwo\r\nthree")
    assert shown.screen.history
    shown.say("\x1b[H\x1b[2J\x1b[3Jnew")
    assert shown.texts == ["new"]


def test_a_line_that_the_width_ends_goes_on_in_the_next() -> None:
    shown = Shown(5, 4).say("abcdefgh\r\nij")
    assert [shown.screen.is_wrapped(number) for number in range(3)] == [True, False, False]


def test_a_lower_window_keeps_the_line_of_the_cursor_and_a_higher_one_gives_lines_back() -> None:
    shown = Shown(20, 5).say("1\r\n2\r\n3\r\n4\r\nprompt")
    shown.screen.resize(2, 20)
    assert shown.screen.text(shown.screen.cursor_line) == "prompt"
    assert shown.texts == ["1", "2", "3", "4", "prompt"]
    shown.screen.resize(5, 20)
    assert not shown.screen.history
    assert (shown.texts, shown.screen.cursor_line) == (["1", "2", "3", "4", "prompt"], 4)


def test_a_narrow_window_takes_nothing_from_lines_that_are_there() -> None:
    shown = Shown(20, 5).say("a long line here\r\n$ ")
    shown.screen.resize(5, 6)
    shown.screen.resize(5, 20)
    assert shown.texts[0] == "a long line here"


@settings(max_examples=60, deadline=None)
@given(
    pieces=some.lists(
        some.one_of(
            some.binary(max_size=40),
            some.text(
                alphabet="\x1b[]?;:<=>!0123456789hlmrJKHLMPSTXabcdnqt\r\n\b\u4e2d\u0301\x07\\_PX^", max_size=40
            ).map(str.encode),
            some.tuples(some.integers(1, 30), some.integers(1, 30)),
        ),
        max_size=30,
    )
)
def test_whatever_a_program_sends_the_screen_stays_a_screen(pieces: list[bytes | tuple[int, int]]) -> None:
    shown = Shown(12, 4)
    for piece in pieces:
        if isinstance(piece, tuple):
            shown.screen.resize(*piece)
        else:
            shown.feed.take(piece)
        screen = shown.screen
        assert 0 <= screen.cursor.y < screen.lines
        assert 0 <= screen.cursor_column < screen.columns
        assert screen.top == screen.first + len(screen.history)
        assert all(len(text) < 1000 for text in screen.texts())
