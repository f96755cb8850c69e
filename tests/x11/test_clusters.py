"""New machines and several clusters (issue 14, part 3), tried with a real mouse and keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.x11 import looking, reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.x11.program import Program

OFFICE = Path(__file__).parent / "office.toml"
CLUSTER = "office.office.example"
OTHER = "fabrikam.fabrikam.example"
SERVICES = "Services and applications"
TREE = "Console tree"


def through(program: Program, wizard: str, *buttons: str) -> None:
    """Press the buttons of a wizard, each once it can be pressed."""
    program.wait(reading.active_title, until=lambda title: title == wizard, what=wizard)
    for button in buttons:
        program.press(button)


def test_a_new_machine_from_the_menu_is_made_highly_available_by_the_wizard_that_follows(
    begin: Callable[..., Program],
) -> None:
    program = begin(OFFICE)
    program.go(CLUSTER, SERVICES)
    program.right_click(program.row(TREE, SERVICES))
    program.choose("Virtual Machines...", "New Virtual Machine...", "1 - node1")
    wizard = "New Virtual Machine Wizard"
    through(program, wizard, "Next")
    program.wait(looking.focused, until=lambda name: name == "Name")
    program.key("ctrl+a")
    program.type("NEW01")
    through(program, wizard, *["Next"] * 5, "Create", "Finish")
    through(program, "High Availability Wizard", *["Next"] * 4, "Finish")
    program.wait(reading.active_title, until=lambda title: title.startswith("Failover Cluster Manager -"))
    program.go(CLUSTER, SERVICES)
    assert program.wait(looking.cell, SERVICES, "NEW01", "Current Owner") == "node1"


def test_two_clusters_are_in_one_tree_each_with_its_own_clock(begin: Callable[..., Program]) -> None:
    program = begin(OFFICE)
    program.press("Clock Pause")
    stopped = program.ask(looking.clock)
    program.key("ctrl+o")
    program.click(program.row("Known clusters", OTHER))
    program.press("OK")
    program.wait(looking.title, until=lambda title: OTHER in title)
    program.wait(looking.is_open)
    assert not program.ask(looking.checked, "Clock Pause")
    program.press("Clock 60x")
    first = program.ask(looking.clock)
    program.wait(looking.clock, until=lambda now: now > first + 60)
    tops = [row[0] for row in program.ask(looking.rows, TREE) if row[0].endswith(".example")]
    assert tops == [CLUSTER, OTHER]
    program.click(program.row(TREE, CLUSTER))
    program.wait(looking.title, until=lambda title: CLUSTER in title)
    assert program.wait(looking.checked, "Clock Pause")
    assert program.ask(looking.clock) == stopped
