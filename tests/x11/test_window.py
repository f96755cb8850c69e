"""The frame of the window (issue 14, part 2), tried with a real mouse and keyboard."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.x11 import looking, reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.x11.program import Program

OFFICE = Path(__file__).parent / "office.toml"
FABRIKAM = "fabrikam.fabrikam.example"
CLUSTER = "office.office.example"
SERVICES = "Services and applications"
CLOSE_IT = ("OK", "Cancel", "Apply", "Close")
NOT_SAID = re.compile(
    r"\b(cancell(ed|ing)|colour\w*|(un)?tick(ed|s)?|takes? back|any ?more|by itself|by hand|shall|live-migrat\w+|"
    r"stands still|under way|runs already|roles?)\b",
    re.IGNORECASE,
)
"""Words that CONTRIBUTING has another one for."""
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


@pytest.mark.parametrize("size", [(1280, 800), (1024, 640)])
def test_the_status_bar_is_whole(begin: Callable[..., Program], size: tuple[int, int]) -> None:
    program = begin(OFFICE, size=size)
    assert program.ask(reading.beyond) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_tooltip_is_wrapped_and_says_a_reason_once(begin: Callable[..., Program], scheme: str) -> None:
    program = begin(OFFICE, scheme=scheme)
    program.go(CLUSTER, SERVICES)
    program.click(program.row(SERVICES, "WEB01"))
    for label in ("Cancel live migration", "Change a running live migration...", "Start virtual machine"):
        program.point(program.wait(looking.place, label))
        told = program.wait(looking.tooltip, until=lambda text, label=label: text.startswith(label), what=label)
        assert wrapped_once(program, told), told
    program.click(program.wait(looking.place, "Actions"), button=5, times=20)
    for label in ("Connect...", "Delete virtual machine"):  # their reasons are long
        program.point(program.wait(looking.place, label))
        told = program.wait(looking.tooltip, until=lambda text, label=label: text.startswith(label), what=label)
        assert wrapped_once(program, told), told
    program.right_click(program.row(SERVICES, "WEB01"))
    program.choose(LIVE)
    program.point(program.entry("1 - Live migrate to node node2"))
    told = program.wait(looking.tooltip, until=lambda text: "Move-ClusterVirtualMachineRole" in text)
    assert wrapped_once(program, told), told


def wrapped_once(program: Program, told: str) -> bool:
    """Whether a tooltip has no long line and says nothing twice."""
    box = program.ask(looking.tooltip_box)
    sentences = [one.strip(". ") for one in re.split(r"\. |\n", told) if len(one) > 12]
    assert box is not None
    assert len(sentences) == len(set(sentences)), told
    return box["width"] < 800 and max(map(len, told.split("\n"))) <= 100


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
    assert to_node3.endswith("(2 of 5)"), to_node3
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


@pytest.mark.parametrize(
    ("keys", "title"),
    [(("ctrl+o",), "Manage a Cluster"), (("alt+Return",), "WEB01 Properties")],
)
def test_each_letter_of_a_dialog_reaches_one_thing(
    begin: Callable[..., Program], keys: tuple[str, ...], title: str
) -> None:
    program = begin(OFFICE)
    program.go(CLUSTER, SERVICES)
    program.click(program.row(SERVICES, "WEB01"))
    program.key(*keys)
    program.wait(reading.active_title, until=lambda shown: title in shown)
    letters = program.wait(reading.mnemonics)
    assert {letter: reached for letter, reached in letters.items() if len(set(reached)) > 1} == {}
    fields = {letter: names[0] for letter, names in letters.items() if names[0] not in CLOSE_IT}
    assert fields
    for letter, name in fields.items():
        if program.ask(reading.is_button, name):
            continue  # it would act
        program.key(f"alt+{letter.lower()}")
        program.wait(looking.focused, until=lambda focused, name=name: focused == name, what=f"Alt+{letter}: {name}")


def test_what_is_read_is_in_the_words_that_are_agreed(begin: Callable[..., Program]) -> None:
    program = begin(OFFICE)
    read: set[str] = set()
    for place in (SERVICES, "Nodes", "Networks", "Storage", "Cluster Shared Volumes", "Cluster Events", "Map"):
        program.go(CLUSTER, place)
        read.update(program.ask(reading.words))
    program.go(CLUSTER, SERVICES, "MAIL01")
    read.update(program.ask(reading.words))
    program.right_click(program.row("Console tree", "MAIL01"))
    read.update(program.wait(looking.entries))
    program.key("Escape")
    for key in ("ctrl+o", "ctrl+p"):
        program.key(key)
        program.wait(reading.active_title, until=lambda shown: shown.startswith(("Manage", "Migration planner")))
        read.update(program.ask(reading.words))
        program.key("Escape")
        program.wait(reading.active_title, until=lambda shown: shown.startswith("Failover Cluster Manager"))
    assert len(read) > 150
    assert sorted(text for text in read if NOT_SAID.search(text)) == []


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


def test_enter_in_the_list_of_clusters_opens_the_one_that_is_selected(begin: Callable[..., Program]) -> None:
    program = begin(OFFICE)
    program.key("ctrl+o")
    program.wait(looking.rows, "Known clusters")
    program.key("Home")
    program.wait(looking.selected, "Known clusters")
    for _ in program.ask(looking.rows, "Known clusters"):
        if program.ask(looking.selected, "Known clusters") == [FABRIKAM]:
            break
        program.key("Down")
    program.key("Return")
    program.wait(looking.row, "Console tree", FABRIKAM, what="the other cluster beside the first")
    assert FABRIKAM in program.wait(looking.title, until=lambda title: FABRIKAM in title)


def test_shift_f10_opens_the_menu_of_what_has_the_keyboard(begin: Callable[..., Program]) -> None:
    program = begin(OFFICE)
    program.go(CLUSTER, SERVICES)
    program.key("shift+F10")
    assert "Configure a Service or Application..." in program.wait(looking.entries)
    program.key("Escape")
    program.click(program.row(SERVICES, "WEB01"))
    program.key("shift+F10")
    assert "Turn off virtual machine" in program.wait(looking.entries)
    program.key("Escape")
