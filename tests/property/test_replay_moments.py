"""Whatever moment of a history is wanted: going to it shows what playing to it from any earlier one shows."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fcm.app import open_workspace
from fcm.model.state import State, apply
from fcm.workspace.replay import key_frames, past
from fcm.workspace.replay.past import JournalPast
from tests.unit.replay.lived import URI, lived

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from fcm.model.telemetry import TelemetryRow
    from fcm.workspace.workspace import Workspace

SHARES = st.floats(0.0, 1.0)
FEW = 7
"""Events between two kept states, and kept states between two whole ones, so that there are many of both."""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The replay of a cluster with migrations and a failure; the states of its moments are kept at every turn."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FCM_DATA", str(tmp_path_factory.mktemp("data")))
        patch.setattr(past, "EVERY", FEW)
        patch.setattr(key_frames, "WHOLE", FEW)
        lived().close()
        made = open_workspace(f"replay:{URI}")
        yield made
        made.close()


def _history(opened: Workspace) -> JournalPast:
    assert opened.replay is not None
    assert isinstance(opened.replay.past, JournalPast)
    return opened.replay.past


def _until(opened: Workspace, reached: Callable[[], bool]) -> None:
    woken = threading.Event()
    opened.set_wake(woken.set)
    opened.drain(60.0)
    while not reached():
        woken.wait()
        woken.clear()
        opened.drain(60.0)
    opened.set_wake(lambda: None)


def _shown(opened: Workspace, moment: float) -> tuple[State, Mapping[str, Sequence[TelemetryRow]]]:
    """What a moment shows once one is there."""
    sequence = _history(opened).place(moment)
    _until(opened, lambda: opened.now() == moment and opened.state.sequence == sequence)
    return opened.state, {one: list(opened.rows(one)) for one in opened.state.migrations}


@settings(max_examples=40, deadline=None)
@given(SHARES, SHARES)
@example(0.0, 1.0)
@example(1.0, 0.0)
def test_going_to_a_moment_shows_what_playing_to_it_shows(opened: Workspace, one: float, other: float) -> None:
    replay, history = opened.replay, _history(opened)
    assert replay is not None
    first, last = history.time(history.first), history.time(history.last)
    begin, end = sorted(first + (last - first) * share for share in (one, other))
    replay.go_to(end)
    gone = _shown(opened, replay_time(history, end))
    replay.go_to(begin)
    _shown(opened, replay_time(history, begin))
    reached = threading.Event()
    replay.clock.hold(replay_time(history, end), reached.set)
    replay.clock.set_speed(math.inf)
    reached.wait()
    played = _shown(opened, replay_time(history, end))
    replay.clock.set_speed(0.0)
    replay.clock.release()
    assert played == gone


def replay_time(history: JournalPast, moment: float) -> float:
    """The moment that is shown where one is wanted: none before the first or after the last event."""
    return min(max(moment, history.time(history.first)), history.time(history.last))


@settings(max_examples=60, deadline=None)
@given(st.lists(SHARES, min_size=1, max_size=6))
def test_each_moment_is_what_its_events_make_of_the_first_one_in_whatever_order_they_are_looked_at(
    opened: Workspace, shares: list[float]
) -> None:
    history = _history(opened)
    for share in shares:
        sequence = history.first + round((history.last - history.first) * share)
        state = history.state(history.first)
        for entry in history.entries(history.first, sequence):
            state, _ = apply(state, entry)
        found = history.state(sequence)
        assert found == state
        assert [list(getattr(found, name)) for name in key_frames.TABLES] == [
            list(getattr(state, name)) for name in key_frames.TABLES
        ], "in the same order"
