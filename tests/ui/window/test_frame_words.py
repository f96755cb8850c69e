"""Numbers in words, places visited, work in the background."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as some
from PySide6.QtCore import QObject

from fcm.ui.look import format
from fcm.ui.tour.patience import PATIENCE, stretched
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.window.navigation import LENGTH, START, History, Spot
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import formed, machine, opened

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

A, B = Spot("one", Selection(Place.MACHINE, "vm-a")), Spot("one", Selection(Place.NODE, "node1"))
WORKSPACE, _ = opened(formed([machine("a")]))


def is_there(spot: Spot) -> bool:
    return spot.place.exists(WORKSPACE.state)


def plain(text: str) -> str:
    return text.replace(format.NARROW, " ")


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0 B"), (1536, "1.5 KiB"), (512 * 2**20, "512 MiB"), (4 * 2**30, "4 GiB"), (2 * 10**12, "1.82 TiB")],
)
def test_bytes_have_the_unit_that_suits_them(value: int, words: str) -> None:
    assert plain(format.size(value)) == words


@pytest.mark.parametrize(
    ("value", "words"), [(117_625_000, "941 Mbit/s"), (1_250_000_000, "10 Gbit/s"), (10, "80 bit/s")]
)
def test_rates_are_said_as_network_people_say_them(value: int, words: str) -> None:
    assert plain(format.rate(value)) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.18, "180 ms"), (0.99999, "1.0 s"), (6.44, "6.4 s"), (59.97, "1 min 0 s"), (185, "3 min 5 s"),
     (7800, "2 h 10 min")],
)  # fmt: skip
def test_durations_are_said_in_words(value: float, words: str) -> None:
    assert plain(format.seconds(value)) == words


@given(some.floats(0, 0.99999999))
def test_what_is_not_complete_is_never_100_percent(share: float) -> None:
    assert format.percent(share) != format.percent(1.0)


@pytest.mark.parametrize(
    ("age", "words"),
    [(0.5, "just now"), (30, "30 s ago"), (200, "3 min ago"), (90000, "yesterday"), (300000, "3 days ago")],
)
def test_ages_are_said_in_words(age: float, words: str) -> None:
    assert plain(format.ago(age)) == words


def test_numbers_have_their_nouns() -> None:
    assert [format.count(number, "node") for number in (0, 1, 3)] == ["no nodes", "1 node", "3 nodes"]
    assert format.count(2, "service or application", "services or applications") == "2 services or applications"


def test_lists_are_sentences_and_long_ones_are_cut() -> None:
    assert format.listed([]) == "none"
    assert format.listed(["a", "b", "c"]) == "a, b and c"
    assert format.listed(list("abcde")) == "a, b, c and 2 more"


def test_back_skips_places_that_are_gone() -> None:
    history = History()
    for spot in (A, Spot("one", Selection(Place.MACHINE, "vm-gone")), B):
        history.visit(spot)
    assert history.back(is_there) == A
    assert history.forward(is_there) == B
    assert not history.can_go_forward(is_there)


def test_a_new_way_forgets_the_way_ahead() -> None:
    history = History()
    history.visit(A)
    history.back(is_there)
    history.visit(B)
    assert history.forward(is_there) is None
    assert history.back(is_there) == START


def test_the_same_place_twice_is_one_visit_and_the_past_is_not_endless() -> None:
    history = History()
    history.visit(A)
    history.visit(A)
    for _ in range(LENGTH):
        history.visit(B)
        history.visit(A)
    steps = 0
    while history.back(is_there):
        steps += 1
    assert steps == LENGTH - 1


def test_the_outcome_of_work_comes_back_in_the_thread_that_asked(qtbot: QtBot) -> None:
    parent, outcomes = QObject(), list[tuple[Outcome, threading.Thread]]()
    Work(parent, lambda: threading.current_thread(), lambda o: outcomes.append((o, threading.current_thread())))
    qtbot.waitUntil(lambda: bool(outcomes))
    outcome, thread = outcomes[0]
    assert outcome.result is not threading.main_thread()
    assert thread is threading.main_thread()


def test_a_failure_of_work_is_an_outcome(qtbot: QtBot) -> None:
    parent, outcomes = QObject(), list[Outcome]()

    def fail() -> None:
        raise OSError("no room")

    Work(parent, fail, outcomes.append)
    qtbot.waitUntil(lambda: bool(outcomes))
    assert str(outcomes[0].error) == "no room"


def test_what_nobody_waits_for_is_cleared_away_by_its_own_thread(qtbot: QtBot) -> None:
    parent, go = QObject(), threading.Event()
    wanted: list[Outcome] = []
    left: list[str] = []
    work = Work(parent, lambda: str(go.wait(stretched(PATIENCE))), wanted.append, left.append)
    work.abandon()
    go.set()
    work.wait()
    assert left == ["True"]
    assert wanted == []
