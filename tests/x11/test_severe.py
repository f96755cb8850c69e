"""What a trained hand stumbled on most (issue 14, part 1), tried with a real mouse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.x11 import looking

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.x11.program import Program

OFFICE = Path(__file__).parent / "office.toml"
LIVE = "Live migrate virtual machine to another node"


def test_a_right_click_opens_one_menu_and_the_first_click_in_it_acts(begin: Callable[..., Program]) -> None:
    program = begin(OFFICE)
    program.go("office.office.example", "Services and applications")
    program.right_click(program.row("Services and applications", "WEB01"))
    assert program.wait(looking.popups) == ["Context menu"]
    program.choose(LIVE, "1 - Live migrate to node node2")
    program.wait(
        looking.cell, "Services and applications", "WEB01", "Current Owner", until=lambda node: node == "node2"
    )
