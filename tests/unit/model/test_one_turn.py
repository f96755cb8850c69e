"""Many changes in one turn: tables on the way are changed, those that somebody has are not."""

from __future__ import annotations

import random
import threading

import pytest

from fcm.model.structures.tables import Table, index, one_turn, total

BY_PARITY = index(lambda value: value % 2)
SUMS = total(lambda value: value % 3, lambda value: value)


def test_what_existed_before_a_turn_does_not_change_in_it_nor_what_it_made_afterwards() -> None:
    before = Table({"a": 1, "b": 2})
    with one_turn():
        first = before.with_one("a", 3)
        second = first.with_one("c", 4)
    assert second is first
    assert before == {"a": 1, "b": 2}
    later = second.with_one("a", 5)
    with one_turn():
        again = second.with_one("a", 6)
    assert later == {"a": 5, "b": 2, "c": 4}
    assert again == {"a": 6, "b": 2, "c": 4}
    assert second == {"a": 3, "b": 2, "c": 4}


def test_without_a_turn_every_change_makes_another_table() -> None:
    first = Table({"a": 1}).with_one("b", 2)
    assert first.with_one("b", 3) is not first
    assert first == {"a": 1, "b": 2}


def test_a_turn_within_a_turn_leaves_the_tables_of_the_outer_one() -> None:
    with one_turn():
        outer = Table({"a": 1}).with_one("a", 2)
        with one_turn():
            inner = outer.with_one("a", 3)
        assert outer.with_one("a", 4) is outer
    assert (outer, inner) == ({"a": 4}, {"a": 3})


def test_the_turn_of_another_thread_is_another_one() -> None:
    found: list[Table[int]] = []
    with one_turn():
        mine = Table({"a": 1}).with_one("a", 2)
        thread = threading.Thread(target=lambda: found.append(mine.with_one("a", 3)))
        thread.start()
        thread.join()
    assert (mine, found) == ({"a": 2}, [{"a": 3}])


@pytest.mark.parametrize("seed", range(20))
def test_what_is_derived_from_a_table_follows_its_changes_in_a_turn(seed: int) -> None:
    draw = random.Random(seed)
    shown = Table({str(number): draw.randrange(9) for number in range(6)})
    shown.find(BY_PARITY)
    with one_turn():
        for _ in range(30):
            shown = shown.with_one(str(draw.randrange(9)), draw.randrange(9))
            if draw.random() < 0.7:
                assert shown.find(BY_PARITY) == BY_PARITY.make(shown)
            if draw.random() < 0.3:
                assert {key: one for key, one in shown.find(SUMS).items() if one} == {
                    key: one for key, one in SUMS.make(shown).items() if one
                }
