"""The Dependency Report: rows, lines, words, and an SVG that any program reads."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.model import commands as cmd
from fcm.model.entities import GroupType, ResourceType
from fcm.model.rules.dependencies import providers
from fcm.workspace.dependency_report import BOX, drawn, fitted, rows_of, sentences
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model.entities import Group, Resource

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    disk = made.disk("Cluster Disk 2").id
    assert made.do(cmd.AddRole(GroupType.FILE_SERVER, "FS01", "10.0.1.60", (disk,)))
    yield made
    made.workspace.close()


def group(desk: Desk) -> Group:
    return desk.group("FS01")


def resource(desk: Desk, name: str) -> Resource:
    return next(one for one in desk.state.group_resources(group(desk).id) if one.name == name)


def test_a_resource_stands_above_all_that_it_needs(desk: Desk) -> None:
    rows = rows_of(desk.state, group(desk).id)
    assert [[one.name for one in row] for row in rows] == [
        ["File Server (FS01)"],
        ["FS01"],
        ["Cluster Disk 2", "IP Address 10.0.1.60"],
    ]
    level = {one.id: number for number, row in enumerate(rows) for one in row}
    for row in rows:
        assert all(level[one.id] < level[needed] for one in row for needed in providers(one))


def test_the_drawing_has_a_box_for_each_resource_and_a_line_for_each_dependency(desk: Desk) -> None:
    root = ElementTree.fromstring(drawn(desk.state, group(desk)))
    boxes = [one for one in root.iter(f"{SVG}rect") if one.get("width") == f"{BOX[0]:.0f}"]
    lines = [one for one in root.iter(f"{SVG}path") if one.get("fill") == "none"]
    assert (len(boxes), len(lines)) == (4, 3)
    width, height = float(root.get("width") or 0), float(root.get("height") or 0)
    for box in boxes:
        x, y = float(box.get("x") or 0), float(box.get("y") or 0)
        assert 0 <= x <= width - BOX[0]
        assert 0 <= y <= height - BOX[1]
    assert root.findtext(f"{SVG}title") == "Dependency Report of FS01"


def test_the_title_is_whole(desk: Desk) -> None:
    name = "Einwohnermeldeamt-Datenbank-Produktion-Nord-01"
    root = ElementTree.fromstring(drawn(desk.state, replace(group(desk), name=name)))
    assert f"Dependency Report of {name}" in [one.text for one in root.iter(f"{SVG}text")]


def test_boxes_of_a_row_do_not_touch(desk: Desk) -> None:
    for number in range(4):
        kind = ResourceType.PRINT_SPOOLER
        assert desk.do(cmd.AddResource(group(desk).id, kind, f"Spooler {number}"))
    root = ElementTree.fromstring(drawn(desk.state, group(desk)))
    boxes = [one for one in root.iter(f"{SVG}rect") if one.get("width") == f"{BOX[0]:.0f}"]
    places = sorted((float(one.get("y") or 0), float(one.get("x") or 0)) for one in boxes)
    for (y1, x1), (y2, x2) in itertools.pairwise(places):
        assert y1 != y2 or x2 - x1 > BOX[0]


def test_no_line_runs_behind_a_box(desk: Desk) -> None:
    root = ElementTree.fromstring(drawn(desk.state, group(desk)))
    boxes = [one for one in root.iter(f"{SVG}rect") if one.get("width") == f"{BOX[0]:.0f}"]
    middle = next(
        one for one in boxes if sum(float(one.get("y") or 0) > float(other.get("y") or 0) for other in boxes) == 1
    )
    left, top = float(middle.get("x") or 0), float(middle.get("y") or 0)
    passing = [one for one in root.iter(f"{SVG}path") if f"V{top + BOX[1]:.1f}" in (one.get("d") or "")]
    assert len(passing) == 1, "the line from the server to its disk passes the network name"
    lane = float((passing[0].get("d") or "").partition("V")[0].split(" ")[-2])
    assert not left <= lane <= left + BOX[0]


def test_alternatives_are_dashed_and_say_or(desk: Desk) -> None:
    name = resource(desk, "FS01")
    assert desk.do(cmd.AddResource(group(desk).id, ResourceType.IP_ADDRESS, "Second", "10.0.1.61"))
    options = (resource(desk, "IP Address 10.0.1.60").id, resource(desk, "Second").id)
    assert desk.do(cmd.ConfigureResource(name.id, depends_on=(), alternatives=(options,)))
    root = ElementTree.fromstring(drawn(desk.state, group(desk)))
    dashed = [one for one in root.iter(f"{SVG}path") if one.get("stroke-dasharray")]
    words = [one.text for one in root.iter(f"{SVG}text")]
    assert len(dashed) == 2
    assert words.count("or") == 2
    assert "FS01 (Network Name) depends on ([IP Address 10.0.1.60] or [Second])." in sentences(
        desk.state, group(desk).id
    )


def test_the_words_say_the_same_as_the_drawing(desk: Desk) -> None:
    assert sentences(desk.state, group(desk).id) == [
        "File Server (FS01) (File Server) depends on ([FS01]) and ([Cluster Disk 2]).",
        "FS01 (Network Name) depends on ([IP Address 10.0.1.60]).",
        "Cluster Disk 2 (Physical Disk).",
        "IP Address 10.0.1.60 (IP Address).",
    ]


@given(st.text(max_size=200))
def test_any_name_makes_a_whole_svg(name: str) -> None:
    desk = Desk()
    machine = desk.group("SQL01")
    odd = replace(machine, name=name.encode("utf-8", "replace").decode())
    assert ElementTree.fromstring(drawn(desk.state, odd)).tag == f"{SVG}svg"
    desk.workspace.close()


@given(st.text(max_size=120), st.integers(3, 60))
def test_a_fitted_text_is_never_wider_than_its_place(text: str, most: int) -> None:
    found = fitted(text, most)
    assert len(found) <= max(most, 1)
    assert "\n" not in found


def test_what_is_too_long_lacks_its_middle() -> None:
    assert fitted("Virtual Machine Configuration WEB01", 21) == "Virtual Ma…tion WEB01"
    assert fitted("short", 21) == "short"
