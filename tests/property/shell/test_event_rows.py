"""How the rows of a list of events come of those before, whichever went and came."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from fcm.ui.events.event_rows import MOST_RUNS, Step, step
from fcm.ui.events.event_table import EventTable

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

NUMBERS = st.lists(st.integers(1, 400), unique=True, max_size=60)


def numbers(*values: int) -> array[int]:
    return array("q", values)


@given(NUMBERS, NUMBERS)
def test_a_step_leads_from_any_list_to_any_other(before: list[int], after: list[int]) -> None:
    found = step(numbers(*before), numbers(*after))
    rows = list(before)
    if found is not None:
        for first, end in found.gone:
            del rows[first:end]
        assert rows + list(found.on_top) == after


@given(st.lists(st.booleans(), max_size=200), st.integers(0, 20))
def test_what_stays_is_never_taken_away_and_brought_back(stays: list[bool], more: int) -> None:
    before = numbers(*range(1, len(stays) + 1))
    kept = [number for number, stay in zip(before, stays, strict=True) if stay]
    found = step(before, numbers(*kept, *range(1000, 1000 + more)))
    if found is None:
        assert not kept or sum(not stay for stay in stays) >= MOST_RUNS
    else:
        gone = {number for first, end in found.gone for number in before[first:end]}
        assert gone.isdisjoint(kept)
        assert len(found.on_top) == more


def test_the_table_takes_rows_away_and_puts_rows_on_top(qtbot: QtBot) -> None:
    table = EventTable()
    table.replace(numbers(1, 2, 3, 4, 5, 6), ())
    table.take(Step(((4, 5), (0, 2)), numbers(7, 8)), ())
    assert list(table.ids) == ["8", "7", "6", "4", "3"]
    assert [table.row_of(str(number)) for number in (8, 3, 5)] == [0, 4, None]
