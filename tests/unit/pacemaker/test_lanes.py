"""Worker threads for what may block."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from fcm.backend.pacemaker.lanes import KeyedLanes
from fcm.ui.tour.patience import stretched

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def lanes() -> Iterator[KeyedLanes]:
    made = KeyedLanes("test-lanes", 3)
    yield made
    made.close()


def test_calls_of_the_same_key_keep_their_order_and_never_run_at_once(lanes: KeyedLanes) -> None:
    seen: list[int] = []
    over = threading.Event()
    inside = threading.Lock()

    def call(number: int) -> None:
        assert inside.acquire(blocking=False)
        seen.append(number)
        inside.release()
        if number == 99:
            over.set()

    for number in range(100):
        lanes.submit("web", lambda number=number: call(number))  # type: ignore[misc]

    assert over.wait(stretched(20))
    assert seen == list(range(100))


def test_a_call_that_blocks_holds_up_only_its_own_key(lanes: KeyedLanes) -> None:
    go_on, others, own = threading.Event(), threading.Event(), threading.Event()
    lanes.submit("web", go_on.wait)  # type: ignore[arg-type]
    lanes.submit("web", own.set)
    lanes.submit("db", others.set)

    assert others.wait(stretched(20))
    assert not own.is_set()
    go_on.set()
    assert own.wait(stretched(20))


def test_no_more_calls_run_at_once_than_there_may_be_threads(lanes: KeyedLanes) -> None:
    go_on, started, fourth = threading.Event(), threading.Semaphore(0), threading.Event()

    def block() -> None:
        started.release()
        go_on.wait()

    for key in ("a", "b", "c"):
        lanes.submit(key, block)
    lanes.submit("d", fourth.set)
    for _ in range(3):
        assert started.acquire(timeout=stretched(20))

    assert not fourth.is_set()
    assert len([thread for thread in threading.enumerate() if thread.name.startswith("test-lanes")]) == 3
    go_on.set()
    assert fourth.wait(stretched(20))


def test_after_it_is_closed_nothing_is_begun(lanes: KeyedLanes) -> None:
    begun = threading.Event()
    lanes.close()

    lanes.submit("web", begun.set)

    assert not begun.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("test-lanes")]
