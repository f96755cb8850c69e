"""The terminal in the Console (issue 16, part 3) with real keys; what runs in it asks as PowerShell's modules do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.x11 import looking, terminals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.x11.program import Program

OFFICE = Path(__file__).parent / "office.toml"
PROMPT = "[office] PS>"


@pytest.fixture
def console(begin: Callable[..., Program], tmp_path: Path) -> Iterator[Program]:
    """The Console, opened by its key, with a prompt."""
    program = begin(OFFICE)
    program.prepare(terminals.install, str(tmp_path))
    program.key("ctrl+grave")
    prompts(program, 1)
    program.wait(terminals.is_typed_in)
    yield program
    if program.is_running:
        program.ask(terminals.remove)


def prompts(program: Program, count: int) -> list[str]:
    """The lines of the terminal, once it has so many prompts, the last one empty."""
    return program.wait(
        terminals.lines,
        until=lambda lines: (
            sum(line.startswith(PROMPT) for line in lines) == count and [line for line in lines if line][-1] == PROMPT
        ),
    )


def test_keys_reach_the_program_and_its_answer_is_on_the_screen(console: Program) -> None:
    console.type("Get-ClusterNode -Name node9")
    console.key("BackSpace")
    console.type("2")
    console.key("Return")
    assert [line for line in prompts(console, 2) if line] == [f"{PROMPT} Get-ClusterNode -Name node2", "node2", PROMPT]
    console.wait(terminals.inks, "node2", until=lambda pixels: pixels > 20)
    console.key("Up", "Return")  # the program's own history
    assert [line for line in prompts(console, 3) if line].count("node2") == 2


def test_ctrl_c_and_tab_are_the_programs(console: Program) -> None:
    console.type("half a line")
    console.key("ctrl+c")
    lines = prompts(console, 2)
    assert any("^C" in line for line in lines)
    console.key("Tab")
    assert console.ask(terminals.is_typed_in)


def test_a_click_on_what_the_window_did_puts_it_at_the_prompt_and_enter_runs_it(console: Program) -> None:
    console.go("office.office.example", "Nodes")
    console.right_click(console.row("Nodes", "node3"))
    console.choose("Pause")
    console.wait(terminals.state, "node3", until=lambda state: state == "Paused")
    (deed,) = console.wait(terminals.deeds)
    assert "node3" in deed
    assert not any("node3" in line for line in console.ask(terminals.lines))
    console.right_click(console.row("Nodes", "node3"))
    console.choose("Resume")
    console.wait(terminals.state, "node3", until=lambda state: state == "Up")
    console.click(console.row("What the window did", deed))
    console.wait(terminals.lines, until=lambda lines: f"{PROMPT} {deed}" in lines)
    assert console.ask(terminals.state, "node3") == "Up"
    assert console.wait(terminals.is_typed_in)
    console.key("Return")
    console.wait(terminals.state, "node3", until=lambda state: state == "Paused")


def test_a_word_is_copied_by_the_mouse_and_pasted_by_keys_and_middle_button(console: Program) -> None:
    console.type("Get-ClusterNode -Name node2")
    console.key("Return")
    prompts(console, 2)
    place = console.wait(terminals.word, "node2")
    console.click(place, times=2)
    console.key("ctrl+shift+c")
    assert console.ask(looking.clipboard)["text"] == "node2"
    console.type("one ")
    console.key("ctrl+shift+v")
    console.wait(terminals.lines, until=lambda lines: f"{PROMPT} one node2" in lines)
    console.type(" ")
    console.click(console.wait(terminals.word, "node2"), times=2)
    console.click(console.wait(terminals.word, "node2"), button=2)
    console.wait(terminals.lines, until=lambda lines: f"{PROMPT} one node2 node2" in lines)
    assert console.ask(terminals.is_typed_in)
