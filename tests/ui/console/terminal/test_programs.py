"""Programs behind a pseudo-terminal: bash and Python, where there is no PowerShell."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from fcm.ui.console.terminal.program import AHEAD, Program, TerminalError
from fcm.ui.console.terminal.starting import start
from fcm.ui.tour.patience import stretched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = stretched(60.0)
"""s that a busy machine may take for anything here."""


class Talk:
    """A program, what it said and its exit code."""

    def __init__(self, *words: str, shows: bool = True) -> None:
        self._said = bytearray()
        self._news = threading.Condition()
        self._shows = shows
        self.code: int | None = None
        variables = {**os.environ, "PS1": "$ ", "COLUMNS": "7"}
        with self._news:
            self.program: Program = start(words, variables, (90, 24), self._heard, self._over)

    def _heard(self, data: bytes) -> None:
        with self._news:
            self._said += data
            self._news.notify_all()
        if self._shows:
            self.program.shown(len(data))

    def _over(self, code: int) -> None:
        with self._news:
            self.code = code
            self._news.notify_all()

    @property
    def said(self) -> str:
        return self._said.decode("utf-8", "replace")

    def until(self, wanted: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(wanted, PATIENCE), self.said[-2000:]

    def hear(self, text: str) -> None:
        self.until(lambda: text in self.said)
        assert text in self.said

    def type(self, text: str) -> None:
        self.program.write(text.encode())


@pytest.fixture
def talk() -> Iterator[Callable[..., Talk]]:
    made: list[Talk] = []

    def one(*words: str, shows: bool = True) -> Talk:
        made.append(Talk(*words, shows=shows))
        return made[-1]

    yield one
    for each in made:
        each.program.end()
        assert each.program.wait(PATIENCE)


def bash(talk: Callable[..., Talk]) -> Talk:
    made = talk("bash", "--norc", "--noprofile", "-i")
    made.hear("$ ")
    return made


def test_a_shell_has_a_terminal_with_the_size_of_the_window(talk: Callable[..., Talk]) -> None:
    shell = bash(talk)
    shell.type("test -t 0 && test -t 1 && echo is-$TERM $(stty size)\r")
    shell.hear("is-xterm-256color 24 90")
    shell.program.resize(50, 10)
    shell.type("stty size\r")
    shell.hear("10 50")


def test_ctrl_c_ends_what_the_shell_runs_and_not_the_shell(talk: Callable[..., Talk]) -> None:
    shell = bash(talk)
    shell.type("sh -c 'echo be''gun; exec sleep 1000'\r")
    shell.hear("begun")
    shell.type("\x03")
    shell.type("echo code $?\r")
    shell.hear("code 130")


def test_the_end_of_the_program_is_told_with_its_code_after_all_that_it_said(talk: Callable[..., Talk]) -> None:
    program = talk(sys.executable, "-c", "print('x' * 200000 + 'last'); raise SystemExit(7)")
    program.until(lambda: program.code is not None)
    assert program.code == 7
    assert program.said.rstrip().endswith("last")


def test_python_edits_lines_in_it(talk: Callable[..., Talk]) -> None:
    python = talk(sys.executable, "-q", "-i", "-c", "import readline")
    python.hear(">>> ")
    python.type("print(6 * 8)\x1b[D\x7f7\r")
    python.hear("\n42")


def test_a_flood_waits_until_it_is_shown(talk: Callable[..., Talk]) -> None:
    flood = talk("yes", "a line of a flood", shows=False)
    flood.until(lambda: len(flood.said) >= AHEAD)
    before = len(flood.said)
    assert before < AHEAD + 65536
    flood.program.shown(before)
    flood.until(lambda: len(flood.said) > before)


def test_much_can_be_typed_that_nobody_reads_yet(talk: Callable[..., Talk]) -> None:
    program = talk(sys.executable, "-c", "input(); import sys; print(len(sys.stdin.readline()))")
    program.type("x" * 3000 + "\r")
    program.type("y" * 3000 + "\r")
    program.hear("3001")


def test_closing_the_terminal_ends_its_program(talk: Callable[..., Talk]) -> None:
    shell = bash(talk)
    shell.type("sh -c 'echo be''gun; exec sleep 1000'\r")
    shell.hear("begun")
    shell.program.end()
    shell.until(lambda: shell.code is not None)


def test_a_program_that_ignores_the_end_of_its_terminal_is_ended(talk: Callable[..., Talk]) -> None:
    program = talk("sh", "-c", "trap '' HUP; echo ready; while :; do sleep 1000; done")
    program.hear("ready")
    program.program.end()
    program.until(lambda: program.code is not None)
    assert program.code == -9


def test_a_program_that_leaves_another_one_in_its_terminal_is_over_all_the_same(talk: Callable[..., Talk]) -> None:
    program = talk("sh", "-c", "trap '' HUP; (trap '' HUP; exec sleep 1000) & echo $!; exit 3")
    program.until(lambda: program.code is not None)
    os.kill(int(program.said.split()[0]), 9)
    assert program.code == 3


def test_a_program_that_is_not_there_says_so(talk: Callable[..., Talk]) -> None:
    program = talk("/nowhere/pwsh")
    program.until(lambda: program.code is not None)
    assert program.code == 127
    assert "/nowhere/pwsh" in program.said


def test_a_computer_without_terminals_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left() -> tuple[int, int]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "openpty", none_left)
    with pytest.raises(TerminalError, match=r"no terminal left \(No space left on device\)\. Close other terminals"):
        start(["bash"], {}, (80, 24), lambda data: None, lambda code: None)
