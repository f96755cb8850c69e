"""Where things are on the map."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fcm.ui.map.layout import Area, Layout, Level, lay_out
from fcm.ui.map.painting import legs_of, part_of

COUNTS = st.integers(1, 64)


def laid(nodes: int, most: int, width: float = 900, height: float = 700, networks: int = 4) -> Layout:
    names = tuple(f"node{number}" for number in range(1, nodes + 1))
    return lay_out(names, tuple(f"n{number}" for number in range(networks)), most, width, height, 14.0)


def overlap(one: Area, other: Area) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom


@given(COUNTS, st.integers(0, 300), st.floats(600, 2400), st.floats(400, 1400), st.integers(0, 6))
def test_boxes_are_in_the_picture_and_never_overlap(
    nodes: int, most: int, width: float, height: float, networks: int
) -> None:
    found = laid(nodes, most, width, height, networks)
    assume(min(box.height for box in found.boxes.values()) > 24.0)
    for box in found.boxes.values():
        assert box.left >= 0
        assert box.top >= 0
        assert box.right <= width + 1e-6
        assert box.bottom <= height + 1e-6
    assert not any(overlap(a, b) for a, b in itertools.combinations(found.boxes.values(), 2))


@given(COUNTS, st.integers(1, 300))
def test_every_machine_of_the_fullest_node_has_a_place_inside_its_box_and_is_found_there(nodes: int, most: int) -> None:
    found = laid(nodes, most)
    assume(found.level is not Level.COUNTS)
    inside = found.inside("node1")
    places = [found.tile_place("node1", number) for number in range(most)]
    for number, place in enumerate(places):
        assert place.right <= inside.right + 1e-6
        assert place.bottom <= inside.bottom + 1e-6
        assert found.tile_at("node1", place.left + place.width / 2, place.top + place.height / 2) == number
    assert not any(overlap(a, b) for a, b in itertools.pairwise(places))


@given(st.integers(2, 40), st.integers(0, 3), st.integers(0, 5))
def test_lanes_lie_below_their_row_and_above_the_next(nodes: int, most: int, networks: int) -> None:
    found = laid(nodes, most, networks=networks)
    for node, box in found.boxes.items():
        below = [one for one in found.boxes.values() if one.top > box.top]
        for heights in found.lanes.values():
            lane = heights[found.rows[node]]
            assert lane > box.bottom
            assert all(lane < one.top for one in below)


def test_three_nodes_stand_side_by_side_where_there_is_room() -> None:
    assert laid(3, 5).columns == 3


@pytest.mark.parametrize(
    ("nodes", "most", "level"),
    [(3, 10, Level.NAMES), (16, 100, Level.SQUARES), (64, 125, Level.SQUARES), (64, 2000, Level.COUNTS)],
)
def test_what_is_shown_of_machines_depends_on_the_room(nodes: int, most: int, level: Level) -> None:
    assert laid(nodes, most).level is level


def test_where_only_counts_have_room_no_machine_is_under_the_pointer() -> None:
    found = laid(64, 2000)
    box = found.boxes["node1"]
    assert found.tile_at("node1", box.left + box.width / 2, box.top + box.height / 2) is None


@given(st.integers(2, 30), st.data())
def test_the_way_of_a_migration_leads_from_box_to_box_along_its_lane(nodes: int, data: st.DataObject) -> None:
    found = laid(nodes, 3)
    names = st.sampled_from(list(found.boxes))
    source, destination = data.draw(names), data.draw(names)
    assume(source != destination)
    way = found.way(source, destination, "n2")
    start, end = found.boxes[source], found.boxes[destination]
    assert way[0][1] == start.bottom
    assert start.left < way[0][0] < start.right
    assert way[-1][1] == end.bottom
    assert end.left < way[-1][0] < end.right
    lanes = {way[1][1], way[-2][1]}
    assert lanes == {found.lanes["n2"][found.rows[source]], found.lanes["n2"][found.rows[destination]]}
    assert all(a[0] == b[0] or a[1] == b[1] for a, b in itertools.pairwise(way)), "no slanting line"


def test_part_of_a_way_is_as_long_as_its_share() -> None:
    way = ((0.0, 0.0), (0.0, 10.0), (30.0, 10.0), (30.0, 0.0))
    assert part_of(way, 0.0) == [(0.0, 0.0), (0.0, 0.0)]
    assert part_of(way, 0.5) == [(0.0, 0.0), (0.0, 10.0), (15.0, 10.0)]
    assert part_of(way, 1.0) == list(way)
    assert part_of(way, 7.0) == list(way)


def test_the_legs_of_a_way_are_rectangles_that_touch_and_do_not_overlap() -> None:
    way = ((10.0, 0.0), (10.0, 20.0), (40.0, 20.0), (40.0, 5.0))
    legs = legs_of(way, 4.0)
    assert [(leg.left(), leg.top(), leg.width(), leg.height()) for leg in legs] == [
        (8.0, -2.0, 4.0, 24.0),
        (12.0, 18.0, 30.0, 4.0),
        (38.0, 3.0, 4.0, 15.0),
    ]
    assert legs_of(((3.0, 3.0), (3.0, 3.0))) == []
    assert not any(a.intersects(b) for a, b in itertools.combinations(legs, 2))


def test_the_names_of_lanes_stand_on_them_between_two_nodes_and_below_the_boxes() -> None:
    networks = ["n1", "n2", "n3"]
    for nodes in (["a"], ["a", "b"], ["a", "b", "c"], list("abcdef")):
        for width, height in ((400.0, 300.0), (1200.0, 700.0), (2300.0, 1200.0)):
            found = lay_out(nodes, networks, 4, width, height, 14.0)
            left, room = found.name_room(width)
            joints = [
                found.boxes[node].left + found.boxes[node].width / 2 + stub
                for node in nodes
                if found.rows[node] == max(found.rows.values())
                for stub in found.stubs.values()
            ]
            assert room > 30
            assert not [x for x in joints if left <= x <= left + room], "a line crosses the names"
            tops = [found.lanes[network][-1] - 15.0 for network in networks]
            above = [max(box.bottom for box in found.boxes.values()), *(found.lanes[one][-1] for one in networks[:-1])]
            assert all(top >= lane for top, lane in zip(tops, above, strict=True))
            assert found.lanes["n3"][-1] < height
    many = lay_out([f"node{number}" for number in range(20)], networks, 4, 1200.0, 700.0, 14.0)
    assert many.name_room(1200.0)[1] == 0.0
