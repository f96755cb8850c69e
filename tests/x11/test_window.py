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


def test_many_destinations_are_grouped_and_searched(begin: Callable[..., Program], tmp_path: Path) -> None:
    program = begin(with_nodes(tmp_path, 16))
    program.go(CLUSTER, SERVICES)
    program.right_click(program.row(SERVICES, "WEB01"))
    program.choose(LIVE)
    entries = program.wait(looking.entries, until=lambda found: any("Can be chosen (" in one for one in found))
    assert len([one for one in entries if "Live migrate to node" in one]) == 10
    assert any("more: type to search" in one for one in entries)
    program.type("node14")
    found = program.wait(
        looking.entries, until=lambda found: len([one for one in found if "Live migrate to node" in one]) == 1
    )
    assert [one.rpartition(" ")[2] for one in found if "Live migrate to node" in one] == ["node14"]
    program.key("Down", "Return")
    program.wait(looking.cell, SERVICES, "WEB01", "Current Owner", until=lambda node: node == "node14")


def with_nodes(folder: Path, number: int) -> Path:
    """The office with more nodes."""
    text = OFFICE.read_text(encoding="utf-8")
    for node in range(4, number + 1):
        text += (
            f'\n[[nodes]]\nname = "node{node}"\nmemory = "64 GiB"\nprocessor = "Intel Xeon X5670"\nswitches = ["LAN"]\n'
        )
    for network in (1, 2):
        more = "".join(f', node{node} = "10.1.{network}.{node + 10}"' for node in range(4, number + 1))
        text = text.replace(f'node3 = "10.1.{network}.13"', f'node3 = "10.1.{network}.13"{more}')
    file = folder / "office.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_counts_of_destinations_add_up_memory(begin: Callable[..., Program]) -> None:
    program = begin(OFFICE)
    program.go(CLUSTER, SERVICES)
    program.click(program.row(SERVICES, "DB01"))
    program.click(program.row(SERVICES, "WEB02"), keys="shift")  # 24 GiB; node3 has room for 13
    program.right_click(program.row(SERVICES, "MAIL01"))
    program.choose("Live migrate virtual machines to another node")
    labels = program.wait(
        looking.entries, until=lambda found: any("Live migrate to node node3" in one for one in found)
    )
    (to_node3,) = [one for one in labels if "Live migrate to node node3" in one]
    assert to_node3.endswith("of 5)")
    program.choose(to_node3)
    count = int(to_node3.rpartition("(")[2].split(" ")[0])
    program.press("Clock 60x")
    program.wait(
        looking.rows,
        SERVICES,
        until=lambda rows: sum(row[3] == "node3" for row in rows) == count,
        what=f"{count} on node3",
    )
    assert program.ask(looking.strips) == []


def test_make_highly_available_selects_its_machine(begin: Callable[..., Program]) -> None:
    program = begin(OFFICE)
    program.go(CLUSTER, SERVICES)
    program.right_click(program.row("Virtual machines that are not highly available", "TEST01"))
    program.choose("Make highly available...")
    program.press("Next")
    program.press("Next")
    assert program.wait(looking.ticked, what="the page of virtual machines") == ["TEST01"]


def test_alt_and_a_letter_reach_their_field(begin: Callable[..., Program]) -> None:
    program = begin(OFFICE)
    program.key("ctrl+o")
    program.wait(looking.dialog)
    program.key("alt+f")
    assert program.wait(looking.focused, until=lambda name: name == "Cluster or file")


def test_lists_of_clusters_tell_how_they_are_now(begin: Callable[..., Program]) -> None:
    program = begin(OFFICE)
    program.go(CLUSTER, SERVICES)
    program.click(program.row(SERVICES, "WEB01"))
    program.press("Turn off virtual machine")
    program.wait(looking.dialog)
    program.press("Turn off virtual machine")
    program.wait(looking.cell, SERVICES, "WEB01", "Status", until=lambda status: status != "Online")
    program.key("alt+f")
    program.key("l")
    program.wait(looking.texts, until=lambda found: any("6 virtual machines (5 running)" in one for one in found))
    program.key("ctrl+o")
    rows = program.wait(looking.rows, "Known clusters")
    assert any("6 virtual machines (5 running)" in row[1] for row in rows)
