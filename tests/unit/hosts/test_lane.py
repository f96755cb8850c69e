"""Lanes and probes: a host that hangs keeps only itself."""

from __future__ import annotations

import builtins
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from fcm.backend.base import BackendError
from fcm.backend.libvirt.lane import Lane, load_libvirt
from fcm.backend.libvirt.paths import probe as probing
from fcm.ui.tour.patience import PATIENCE, stretched

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def lane() -> Iterator[Lane]:
    made = Lane("host")
    yield made
    made.close()


def test_calls_of_a_lane_run_one_after_the_other_in_order(lane: Lane) -> None:
    done = threading.Event()
    seen: list[int] = []
    for number in range(5):
        lane.submit(lambda number=number: seen.append(number))  # type: ignore[misc]
    lane.submit(done.set)

    assert done.wait(stretched(PATIENCE))
    assert seen == [0, 1, 2, 3, 4]


def test_a_hanging_call_shows_how_long_it_has_been_hanging_and_others_wait(lane: Lane) -> None:
    entered, release = threading.Event(), threading.Event()
    lane.submit(lambda: (entered.set(), release.wait(stretched(PATIENCE)))[0])
    assert entered.wait(stretched(PATIENCE))

    waited = threading.Event()
    lane.submit(waited.set)

    assert lane.busy_for() >= 0
    assert not lane.idle
    assert not waited.is_set()
    release.set()
    assert waited.wait(stretched(PATIENCE))


def test_a_lane_is_idle_when_nothing_runs_and_nothing_waits(lane: Lane) -> None:
    entered, release, over = threading.Event(), threading.Event(), threading.Event()
    assert (lane.idle, lane.busy_for()) == (True, 0.0)
    lane.submit(lambda: (entered.set(), release.wait(stretched(PATIENCE)))[0])
    assert entered.wait(stretched(PATIENCE))
    assert not lane.idle
    release.set()
    lane.submit(over.set)
    assert over.wait(stretched(PATIENCE))
    lane.close()
    assert (lane.idle, lane.busy_for()) == (True, 0.0)


def test_without_the_module_the_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any, **named: Any) -> Any:
        if name == "libvirt":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)

    with pytest.raises(BackendError, match=r"-m pip install libvirt-python"):
        load_libvirt()


def test_a_host_that_refuses_the_port_has_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setattr(probing, "MIGRATION_PORT", unused.getsockname()[1])
        answer = probing.probe("127.0.0.1")

    assert answer.reached


def test_a_listening_port_has_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(probing, "MIGRATION_PORT", server.getsockname()[1])
        answer = probing.probe("127.0.0.1")

    assert answer.reached
    assert answer.text == "answered"


def test_an_unknown_namespace_is_a_path_that_does_not_answer() -> None:
    answer = probing.probe("127.0.0.1", namespace="fcm-no-such-namespace")

    assert not answer.reached
    assert answer.text
