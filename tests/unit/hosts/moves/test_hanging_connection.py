"""A connection that hangs is said once, after the destination has been ready for a while."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from fcm.backend.libvirt.paths import hanging
from fcm.backend.libvirt.paths.hanging import CONNECT_PATIENCE, watch_connect

READY, RUNNING, PAUSED_BY_HAND = (3, 2), (1, 2), (3, 1)


class HostError(Exception):
    """In place of libvirt.libvirtError."""


@dataclass
class Waiting:
    """Stands for the event that memory moves: it comes at the n-th look; a look takes a quarter of a second."""

    moves_at: int
    looks: int = 0
    asked_meanwhile: bool = False
    """The memory moves while the host is asked."""

    def wait(self, seconds: float) -> bool:
        assert seconds == 0.25
        self.looks += 1
        return self.looks >= self.moves_at

    def is_set(self) -> bool:
        return self.asked_meanwhile

    @property
    def now(self) -> float:
        return 100.0 + self.looks * 0.25


@dataclass
class Destination:
    """Says in which state the waiting copy is, look by look; the last one stays."""

    states: list[Any] = field(default_factory=lambda: [READY])

    def domain(self, _machine: str) -> Any:
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if isinstance(state, Exception):
            raise state
        return None if state is None else SimpleNamespace(state=lambda: list(state))


def watched(monkeypatch: pytest.MonkeyPatch, moving: Waiting, *states: Any) -> list[str]:
    """What is told, with what time it was."""
    said: list[str] = []
    monkeypatch.setattr(hanging, "load_libvirt", lambda: SimpleNamespace(libvirtError=HostError))
    monkeypatch.setattr(hanging, "time", SimpleNamespace(monotonic=lambda: moving.now))
    limit = SimpleNamespace(seconds=126.2, basis="tcp_syn_retries of node1")
    monkeypatch.setattr(hanging, "connect_limit_of", lambda _host: limit)
    source: Any = SimpleNamespace(host=SimpleNamespace(name="node1"))
    target: Any = Destination(list(states) or [READY])
    event: Any = moving
    watch_connect(source, target, "web", "Migration", "10.1.0.2", event, lambda text: said.append(text))
    return said


def test_it_is_said_once_with_the_time_after_which_the_source_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    moving = Waiting(1000)
    (text,) = watched(monkeypatch, moving)
    assert text.startswith("Migration: 10.1.0.2 responded to the probe, but now the connection from node1 hangs.")
    assert "node1 closes it after at most 127 s (tcp_syn_retries of node1)" in text
    assert (moving.looks - 1) * 0.25 == CONNECT_PATIENCE, "from the first look on at which it was ready"


@pytest.mark.parametrize("state", [RUNNING, PAUSED_BY_HAND, None, HostError("silent")])
def test_it_counts_only_while_the_copy_waits_for_its_memory(monkeypatch: pytest.MonkeyPatch, state: Any) -> None:
    assert watched(monkeypatch, Waiting(50), state) == []


def test_the_time_counts_from_when_the_copy_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    moving = Waiting(1000)
    assert len(watched(monkeypatch, moving, None, None, None, READY)) == 1
    assert moving.looks == 4 + CONNECT_PATIENCE / 0.25


def test_nothing_is_said_once_memory_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    assert watched(monkeypatch, Waiting(9)) == []
    assert watched(monkeypatch, Waiting(1000, asked_meanwhile=True)) == []
