from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.model.structures.tables import Table, index, total


@dataclass(frozen=True)
class Thing:
    place: str
    weight: int
    colour: str = ""


BY_PLACE = index(lambda thing: thing.place)
WEIGHT = total(lambda thing: thing.place, lambda thing: thing.weight)
KEYS, PLACES = st.sampled_from("abcdef"), st.sampled_from(("here", "there"))
STEPS = st.lists(
    st.tuples(KEYS, st.none() | st.builds(Thing, PLACES, st.integers(0, 9), PLACES), st.booleans()), max_size=30
)


@given(STEPS)
def test_an_index_and_a_total_are_those_of_a_scan_whatever_changed_between_the_questions(steps: list) -> None:
    table: Table[Thing] = Table()
    for key, thing, asked in steps:
        table = table.without({key}) if thing is None else table.with_one(key, thing)
        if not asked:
            continue
        for place in ("here", "there"):
            scanned = tuple(one for one, item in table.items() if item.place == place)
            assert table.find(BY_PLACE).get(place, ()) == scanned
            assert table.find(WEIGHT).get(place, 0) == sum(table[one].weight for one in scanned)


def test_a_change_of_another_field_keeps_what_was_found() -> None:
    before = Table({"a": Thing("here", 1), "b": Thing("there", 2)})
    found = before.find(BY_PLACE)
    after = before.with_one("a", replace(before["a"], colour="red"))
    assert after.find(BY_PLACE) is found
    assert after["a"].colour == "red"
    assert before["a"].colour == ""


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.__setitem__("a", 2),
        lambda table: table.pop("a"),
        lambda table: table.update(b=1),
        lambda table: table.setdefault("b", 1),
        lambda table: table.clear(),
    ],
)
def test_a_table_refuses_every_change(change: object) -> None:
    table = Table({"a": 1})
    with pytest.raises(TypeError, match="does not change"):
        change(table)  # type: ignore[operator]
    assert table == {"a": 1}


def test_what_was_found_follows_a_change_and_is_as_if_made_anew() -> None:
    table = Table({key: Thing("here", number) for number, key in enumerate("abcd")})
    table.find(BY_PLACE), table.find(WEIGHT)
    moved = table.with_one("b", Thing("there", 5)).with_one("d", Thing("there", 3)).with_one("a", Thing("there", 0))
    assert moved.find(BY_PLACE) == Table(moved).find(BY_PLACE) == {"there": ("a", "b", "d"), "here": ("c",)}
    assert moved.find(WEIGHT) == Table(moved).find(WEIGHT) == {"there": 8, "here": 2}
    assert table.find(BY_PLACE) == {"here": ("a", "b", "c", "d")}
