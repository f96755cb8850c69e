"""The frame of the window (issue 14, part 2), tried with a real mouse and keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.x11 import looking

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.x11.program import Program

OFFICE = Path(__file__).parent / "office.toml"
CLUSTER = "office.office.example"
SERVICES = "Services and applications"
LIVE = "Live migrate virtual machine to another node"


def test_the_title_of_the_window_is_said_once(begin: Callable[..., Program]) -> None:
    program = begin(OFFICE)
    assert program.ask(looking.title).count("Failover Cluster Manager") == 1
    assert "office" in program.ask(looking.title)
    shown = program.screen.read("getactivewindow", "getwindowname")
    assert shown.count("Failover Cluster Manager") == 1


def test_the_status_bar_keeps_its_places_while_its_numbers_change(begin: Callable[..., Program]) -> None:
    program = begin(OFFICE)
    before = program.ask(looking.bar)
    program.go(CLUSTER, SERVICES)
    program.right_click(program.row(SERVICES, "MAIL01"))
    program.choose(LIVE, "1 - Live migrate to node node2")
    program.wait(looking.migrations_button, until=lambda text: text == "Migrations: 1")
    assert program.ask(looking.bar) == before
    program.press("Clock Pause")
    assert program.ask(looking.bar) == before
    program.press("Clock 60x")
    program.wait(looking.migrations_button, until=lambda text: text == "Migrations")
    assert program.ask(looking.bar) == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_tooltip_is_wrapped_and_says_a_reason_once(begin: Callable[..., Program], scheme: str) -> None:
    program = begin(OFFICE, scheme=scheme)
    program.go(CLUSTER, SERVICES)
    program.click(program.row(SERVICES, "WEB01"))
    button = program.wait(looking.place, "Cancel live migration")
    program.point(button)
    told = program.wait(looking.tooltip)
    lines = told.split("\n")
    assert max(map(len, lines)) <= 100
    sentences = [one for one in told.replace("\n", " ").split(". ") if len(one) > 12]
    assert len(sentences) == len(set(sentences))
    box = program.ask(looking.tooltip_box)
    assert box is not None
    assert box["width"] < 800
