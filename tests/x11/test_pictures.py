"""The map and the Migration Wall (issue 14, parts 4 and 5), tried with a real mouse and keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.x11 import looking, pictures

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.x11.program import Program

OFFICE = Path(__file__).parent / "office.toml"
CLUSTER = "office.office.example"


def at_map(program: Program) -> Program:
    program.go(CLUSTER, "Map")
    program.wait(pictures.on_map, "MAIL01", what="MAIL01 on the map")
    return program


def drag(program: Program, machine: str, node: str) -> None:
    """Press on a machine and move it over a node; the button stays down."""
    program.point(program.ask(pictures.on_map, machine))
    program.screen.act("mousedown", "1")
    where = program.ask(pictures.on_map, node)
    program.point({**where, "x": where["x"] - 9})
    program.point(where)


def drop(program: Program) -> None:
    program.screen.act("mouseup", "1")
    program.settle()


def other_node(program: Program, machine: str) -> str:
    return "node2" if program.ask(pictures.node_of, machine) == "node1" else "node1"


def test_a_node_says_its_verdict_while_a_machine_hovers_and_the_drop_opens_the_check(
    begin: Callable[..., Program],
) -> None:
    program = at_map(begin(OFFICE))
    node = other_node(program, "MAIL01")
    drag(program, "MAIL01", node)
    said = program.wait(pictures.verdict, until=lambda text: text and "being predicted" not in text)
    assert said.startswith(f"MAIL01 to {node}: ")
    assert "of memory left afterwards." in said
    assert f"{node} has all features that the machine uses." in said
    assert "will be used" in said
    assert "blackout" in said.casefold()
    drop(program)
    program.wait(looking.open_dialogs, what="the check dialog")
    assert program.ask(pictures.destinations, "MAIL01") == []
    program.key("Escape")


def test_with_shift_the_drop_starts_the_live_migration_at_once(begin: Callable[..., Program]) -> None:
    program = at_map(begin(OFFICE))
    node = other_node(program, "WEB01")
    drag(program, "WEB01", node)
    program.wait(pictures.verdict)
    program.screen.act("keydown", "shift")
    drop(program)
    program.screen.act("keyup", "shift")
    assert program.wait(pictures.destinations, "WEB01") == [node]
    assert program.ask(looking.open_dialogs) == []


def test_what_is_let_go_beside_the_nodes_stays_where_it_is(begin: Callable[..., Program]) -> None:
    program = at_map(begin(OFFICE))
    program.point(program.ask(pictures.on_map, "WEB01"))
    program.screen.act("mousedown", "1")
    box = program.ask(pictures.on_map, "node1")
    program.point({**box, "x": box["left"] + 20, "y": box["top"] - 6})
    drop(program)
    program.wait(pictures.verdict, until=lambda said: said == "")
    assert program.ask(looking.open_dialogs) == []
    assert program.ask(pictures.destinations, "WEB01") == []


def test_a_machine_is_moved_by_keys_alone_and_every_step_is_spoken(begin: Callable[..., Program]) -> None:
    program = at_map(begin(OFFICE))
    program.click(program.ask(pictures.on_map, "WEB01"))
    program.wait(pictures.spoken, until=lambda said: said.startswith("WEB01 on "))
    home = program.ask(pictures.node_of, "WEB01")
    program.key("space")
    program.key("Right" if home == "node1" else "Left")
    assert program.wait(pictures.spoken, until=lambda text: text.startswith("WEB01 to "))
    program.key("shift+Return")
    assert program.wait(pictures.destinations, "WEB01") == ["node2" if home == "node1" else "node1"]


def test_a_click_enlarges_a_tile_of_the_wall_and_escape_shows_all_again(begin: Callable[..., Program]) -> None:
    program = at_map(begin(OFFICE))
    for machine in ("WEB01", "MAIL01"):
        drag(program, machine, other_node(program, machine))
        program.wait(pictures.verdict)
        program.screen.act("keydown", "shift")
        drop(program)
        program.screen.act("keyup", "shift")
        program.wait(pictures.destinations, machine)
    program.key("ctrl+3")
    assert sorted(program.wait(pictures.tiles, until=lambda found: len(found) == 2)) == ["MAIL01", "WEB01"]
    name = program.ask(pictures.tiles)[1]
    program.click(program.wait(pictures.tile, name))
    assert program.wait(pictures.enlarged) == name
    assert name in program.ask(pictures.heard_of_wall)
    program.key("Escape")
    program.wait(pictures.enlarged, until=lambda found: not found)
    assert program.ask(looking.is_gone, "Migration Wall") is False
