"""Lists and tables (issue 14, part 2), tried with a real mouse and keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.x11 import drawn, looking

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.x11.program import Program

OFFICE = Path(__file__).parent / "office.toml"
CLUSTER = "office.office.example"
SERVICES = "Services and applications"
GREY, ACCENT, BLUE = "#dcdcdc", "#0067c0", "#cce4f7"


@pytest.mark.parametrize("size", [(1280, 800), (1024, 640), (2560, 1400)])
def test_names_are_whole_in_columns_of_their_first_width(begin: Callable[..., Program], size: tuple[int, int]) -> None:
    program = begin(OFFICE, size=size)
    for place, name in ((SERVICES, SERVICES), ("Networks", "Networks"), ("Storage", "Storage"), ("Nodes", "Nodes")):
        program.go(CLUSTER, place)
        cells = program.wait(looking.cells, name, what=f"the list of {place}")
        first = cells[0]["heading"]
        assert [cell["text"] for cell in cells if cell["heading"] == first and cell["has"] < cell["needs"]] == []
        assert program.ask(drawn.close_columns) == {}
    program.go(CLUSTER, SERVICES, "WEB01")
    cells = program.wait(looking.cells, "Resources", until=lambda found: len(found) > 3)
    assert "Virtual Machine Configuration WEB01" in [cell["text"] for cell in cells]
    assert [cell["text"] for cell in cells if cell["heading"] == "Name" and cell["has"] < cell["needs"]] == []


def test_long_names_are_whole_where_there_is_room(begin: Callable[..., Program], tmp_path: Path) -> None:
    name = "Live migration between the buildings at Zürichbergstraße 12 and 14"
    file = tmp_path / "office.toml"
    file.write_text(OFFICE.read_text(encoding="utf-8").replace("Cluster Network 2", name), encoding="utf-8")
    program = begin(file, size=(2400, 1300))
    for view, place in (("Networks", ("Networks",)), ("Adapters", ("Networks", name))):
        program.go(CLUSTER, *place)
        cells = program.wait(looking.cells, view, until=lambda found: any(name in cell["text"] for cell in found))
        assert [cell["text"] for cell in cells if cell["heading"] == "Name" and cell["has"] < cell["needs"]] == []


def test_columns_follow_their_contents_once_and_keep_the_width_that_a_person_gives_them(
    begin: Callable[..., Program],
) -> None:
    program = begin(OFFICE)
    program.go(CLUSTER, SERVICES)

    def widths() -> list[int]:
        headings = (program.ask(looking.heading, SERVICES, title) for title in ("Name", "Status", "Type", "Memory"))
        return [0 if one is None else one["width"] for one in headings]

    first = widths()
    program.press("Clock 60x")
    for node in ("node2", "node1"):
        program.right_click(program.row(SERVICES, "WEB01"))
        program.choose("Live migrate virtual machine to another node", f"1 - Live migrate to node {node}")
        program.wait(looking.cell, SERVICES, "WEB01", "Current Owner", until=lambda owner, node=node: owner == node)
        assert widths() == first
        if node == "node2":
            name = program.ask(looking.heading, SERVICES, "Name")
            assert name is not None
            edge = {**name, "x": name["left"] + name["width"] - 1}
            program.point(edge)
            program.screen.act("mousedown", "1")
            program.point({**edge, "x": edge["x"] + 20})
            program.point({**edge, "x": edge["x"] + 40})
            program.screen.act("mouseup", "1")
            program.settle()
            dragged = widths()
            assert dragged[0] == first[0] + 40
            first = dragged
    program.go(CLUSTER, "Nodes")
    program.go(CLUSTER, SERVICES)
    assert widths() == first


def test_ctrl_c_copies_whole_rows_with_headings_as_text_and_as_a_table(begin: Callable[..., Program]) -> None:
    program = begin(OFFICE)
    program.go(CLUSTER, SERVICES)
    program.click(program.row(SERVICES, "DB01"))
    program.click(program.row(SERVICES, "MAIL01"), keys="shift")
    program.wait(looking.selected, SERVICES, until=lambda names: names == ["DB01", "FILE01", "MAIL01"])
    program.key("ctrl+c")
    copied = program.wait(looking.clipboard, until=lambda data: data["text"])
    lines = [line.split("\t") for line in copied["text"].split("\n")]
    assert lines[0][:4] == ["Name", "Status", "Type", "Current Owner"]
    assert [line[0] for line in lines[1:]] == ["DB01", "FILE01", "MAIL01"]
    assert lines[1][3] == "node2"
    assert copied["html"].count("<tr>") == 4
    assert "<th>Current Owner</th>" in copied["html"]


def test_the_arrow_of_the_order_stands_beside_the_heading_and_points_up_for_ascending(
    begin: Callable[..., Program],
) -> None:
    program = begin(OFFICE)
    program.go(CLUSTER, SERVICES)
    spot = program.wait(looking.heading, SERVICES, "Status")
    program.click(spot)
    arrow = program.wait(drawn.arrow, SERVICES, until=lambda found: found["title"] == "Status")
    assert arrow["up"]
    assert 0 < arrow["from_words"] < 12
    program.wait(drawn.points_up, arrow["box"])
    rows = program.ask(looking.rows, SERVICES)
    assert [row[0] for row in rows] == ["DB01", "FILE01", "MAIL01", "WEB01", "WEB02"]  # all Online: by name
    program.click(spot)
    arrow = program.wait(drawn.arrow, SERVICES, until=lambda found: not found["up"])
    program.wait(drawn.points_up, arrow["box"], until=lambda up: not up)
    rows = program.wait(looking.rows, SERVICES)
    assert [row[0] for row in rows] == ["DB01", "FILE01", "MAIL01", "WEB01", "WEB02"]


def test_equal_rows_are_in_the_order_of_their_names(begin: Callable[..., Program]) -> None:
    program = begin(OFFICE)
    program.go(CLUSTER, SERVICES)
    program.click(program.wait(looking.heading, SERVICES, "Memory"))
    owners = program.wait(looking.rows, SERVICES, until=lambda rows: rows[0][0] == "WEB01")
    assert [row[0] for row in owners] == ["WEB01", "WEB02", "FILE01", "DB01", "MAIL01"]


def test_the_selection_is_grey_without_the_keyboard_and_the_pane_with_it_has_a_frame(
    begin: Callable[..., Program],
) -> None:
    program = begin(OFFICE)
    program.go(CLUSTER, SERVICES)
    row = program.row(SERVICES, "DB01")
    program.click(row)
    program.wait(drawn.colours, row, until=lambda found: found.get(BLUE, 0) > 200)
    frame = program.ask(drawn.edge, SERVICES)
    assert program.ask(drawn.colours, frame) == {ACCENT: frame["width"]}
    program.key("F6")
    program.wait(drawn.colours, row, until=lambda found: found.get(GREY, 0) > 200)
    assert BLUE not in program.ask(drawn.colours, row)
    assert ACCENT not in program.ask(drawn.colours, program.ask(drawn.edge, SERVICES))
    program.key("shift+F6")
    program.wait(drawn.colours, row, until=lambda found: found.get(BLUE, 0) > 200)


def test_numbers_at_the_right_keep_twelve_pixels_from_texts_at_the_left(begin: Callable[..., Program]) -> None:
    program = begin(OFFICE)
    program.go(CLUSTER, SERVICES)
    program.wait(looking.cells, "Virtual machines that are not highly available")
    gaps = program.ask(drawn.gaps, "Virtual machines that are not highly available")
    assert gaps
    assert min(gaps) >= 12


def test_a_name_without_room_is_cut_in_the_middle(begin: Callable[..., Program]) -> None:
    program = begin(OFFICE)
    program.go(CLUSTER, SERVICES)
    program.wait(looking.cells, SERVICES)
    assert program.ask(drawn.elided, SERVICES, "a-long-name-of-a-machine-01", 100).endswith("01")


@pytest.mark.parametrize(("size", "least"), [((1280, 800), 200), ((1024, 640), 120)])
def test_dates_of_events_are_whole_and_their_description_has_room(
    begin: Callable[..., Program], size: tuple[int, int], least: int
) -> None:
    program = begin(OFFICE, size=size)
    program.go(CLUSTER, "Cluster Events")
    cells = program.wait(looking.cells, "Cluster Events", until=lambda found: [one for one in found if one["text"]])
    assert [one for one in cells if one["heading"] == "Date and Time" and one["has"] < one["needs"]] == []
    assert min(one["has"] for one in cells if one["heading"] == "Description") >= least
