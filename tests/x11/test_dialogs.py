"""Every dialog that a context menu opens (issue 14, part 2), tried with a real mouse and keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.x11 import drawn, looking, reading
from tests.x11.test_window import NOT_SAID

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.x11.program import Program

OFFICE = Path(__file__).parent / "office.toml"
CLUSTER = "office.office.example"
SERVICES = "Services and applications"
TREE = "Console tree"
MAIN = "Failover Cluster Manager"
IN_A_STRIP = ("Reset This Cluster...",)
"""Entries that ask in the page."""
SUBJECTS = {
    "the program": ((), TREE, MAIN),
    "the cluster": ((), TREE, CLUSTER),
    "a machine": ((SERVICES,), SERVICES, "WEB01"),
    "a node": (("Nodes",), "Nodes", "node1"),
    "a shared volume": (("Cluster Shared Volumes",), "Cluster Shared Volumes", "Cluster Disk 2"),
    "networks": (("Networks",), TREE, "Networks"),
    "a network": (("Networks",), "Networks", "Cluster Network 1"),
}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_in_each_dialog_letters_are_unique_words_are_agreed_and_numbers_stand_clear(
    begin: Callable[..., Program], subject: str
) -> None:
    program = begin(OFFICE)
    place, view, row = SUBJECTS[subject]
    if place:
        program.go(CLUSTER, *place)
    seen: dict[str, str] = {}
    for label in dialogs_of(program, view, row):
        program.right_click(program.row(view, row))
        program.choose(label)
        title = program.wait(reading.active_title, until=lambda shown: not shown.startswith(f"{MAIN} -"), what=label)
        letters = program.ask(reading.mnemonics)
        assert {letter: reached for letter, reached in letters.items() if len(set(reached)) > 1} == {}, title
        words = program.ask(reading.words)
        assert sorted(text for text in words if NOT_SAID.search(text)) == [], title
        assert program.ask(drawn.close_columns) == {}, title
        seen[label] = title
        program.key("Escape")
        program.wait(reading.active_title, until=lambda shown: shown.startswith(f"{MAIN} -"), what=f"{title} to close")
    assert len(seen) >= 2


def dialogs_of(program: Program, view: str, row: str) -> list[str]:
    """Entries of a context menu that open a dialog."""
    program.right_click(program.row(view, row))
    program.wait(looking.popups)
    found = [label for label in program.ask(reading.entries_with_dialogs) if label not in IN_A_STRIP]
    program.key("Escape")
    program.wait(looking.popups, until=lambda names: not names)
    return found


@pytest.mark.parametrize("menu", ["f", "a", "v", "t", "h"])
def test_each_letter_of_a_menu_is_of_one_entry(begin: Callable[..., Program], menu: str) -> None:
    program = begin(OFFICE)
    program.go(CLUSTER, SERVICES)
    program.click(program.row(SERVICES, "WEB01"))
    bar = program.ask(reading.letters_of_menus)
    assert {letter: names for letter, names in bar.items() if len(names) > 1} == {}
    assert menu.upper() in bar
    program.key(f"alt+{menu}")
    program.wait(looking.popups)
    letters = program.ask(reading.letters_of_menus)
    assert {letter: names for letter, names in letters.items() if len(names) > 1} == {}
    assert letters
    program.key("Escape", "Escape")
