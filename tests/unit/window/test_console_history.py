"""The history of the Console: by what a line begins with, by a part of it, and without secrets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.ui.console.history import MOST, CommandHistory
from fcm.ui.console.search import HistorySearch


def test_a_line_that_comes_again_is_kept_once_as_the_newest() -> None:
    history = CommandHistory(["a", "b"])
    history.add("a")
    assert history.lines == ("b", "a")


@given(st.lists(st.text(max_size=5)), st.text(max_size=3))
def test_walking_back_and_forth_ends_where_it_began(lines: list[str], typed: str) -> None:
    history = CommandHistory(dict.fromkeys(lines))
    shown = typed
    for step in (-1, 1):
        while (found := history.walk(step, shown)) is not None:
            assert found.casefold().startswith(typed.casefold())
            shown = found
    assert shown == typed


def test_only_so_many_lines_are_kept() -> None:
    history = CommandHistory(str(number) for number in range(MOST))
    history.add("new")
    assert (len(history.lines), history.lines[0], history.lines[-1]) == (MOST, "1", "new")


@pytest.mark.parametrize(
    "line",
    [
        "ConvertTo-SecureString x -AsPlainText",
        "$PASSWORD = 1",
        "net use /user:x my-secret",
        "Get-X -ApiKey 7",
        "$token",
    ],
)
def test_a_line_that_may_hold_a_secret_is_not_written(line: str) -> None:
    history = CommandHistory(["Get-Cluster"])
    history.add(line)
    assert history.kept() == ["Get-Cluster"]
    assert history.lines[-1] == line


def test_a_search_goes_to_older_lines_and_back() -> None:
    search = HistorySearch(CommandHistory(["first", "other", "last st"]))
    assert search.go("typed", -1) is None
    assert search.narrow("ST") == "last st"
    assert search.go("", -1) == "first"
    assert search.go("", -1) is None
    assert search.has_failed
    assert search.go("", 1) == "last st"
    assert search.narrow("") == "typed"
    assert search.give_up() == "typed"
