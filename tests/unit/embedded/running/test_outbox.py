"""What happens when it cannot be written down: nothing is acknowledged, the cluster stands still, nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.backend.base import Operation, SinkError
from fcm.backend.embedded import open_embedded
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import NodeState
from fcm.model.state import State, apply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fcm.backend.embedded import EmbeddedBackend

FULL = "The disk with the journal is full. Free some space."


class Paper:
    """A sink that can run out of room."""

    def __init__(self) -> None:
        self.entries: list[ev.Entry] = []
        self.reports: list[ev.BackendReported] = []
        self.done: list[Operation] = []
        self.full = False
        self.mute = False

    def post(self, entries: Sequence[ev.Entry]) -> None:
        lasting = [entry for entry in entries if not entry.event.transient]
        if self.full and (lasting or self.mute):
            raise SinkError(FULL)
        self.reports += [entry.event for entry in entries if isinstance(entry.event, ev.BackendReported)]
        self.entries += entries

    def finished(self, operation: Operation) -> None:
        self.done.append(operation)

    def state(self) -> State:
        state = State()
        for entry in self.entries:
            state, _ = apply(state, entry)
        return state


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture
def backend(paper: Paper) -> Iterator[EmbeddedBackend]:
    contoso = open_embedded("contoso", seed=1, start_time=1000.0)
    contoso.start(paper, State())
    yield contoso
    contoso.close()


def submit(backend: EmbeddedBackend, command: cmd.Command) -> Operation:
    operation = Operation(command)
    backend.submit(operation)
    return operation


def test_a_change_that_cannot_be_written_is_not_acknowledged_until_it_is(
    backend: EmbeddedBackend, paper: Paper, expected_log: Callable[[str], None]
) -> None:
    expected_log("is full")
    paper.full = True
    operation = submit(backend, cmd.PauseNode("node2"))
    assert operation.verdict is None
    assert paper.state().nodes["node2"].state is NodeState.UP
    assert [report.level for report in paper.reports] == ["error"]
    assert FULL in paper.reports[0].text
    paper.full = False
    backend.advance(0.0)
    assert operation.verdict
    assert paper.state().nodes["node2"].state is NodeState.PAUSED
    assert [report.level for report in paper.reports] == ["error", "information"]
    assert paper.state() == backend.state


def test_the_clock_stands_still_meanwhile(
    backend: EmbeddedBackend, paper: Paper, expected_log: Callable[[str], None]
) -> None:
    expected_log("is full")
    submit(backend, cmd.LiveMigrate(_machine(backend, "WEB01"), "node2"))
    backend.advance(0.1)
    paper.full = True
    backend.advance(10.0)
    now, sequence = backend.clock.now(), backend.state.sequence
    backend.advance(100.0)
    assert (backend.clock.now(), backend.state.sequence) == (now, sequence)
    paper.full = False
    backend.advance(100.0)
    assert next(iter(backend.state.migrations.values())).phase == "completed"
    assert paper.state() == backend.state


def test_a_command_that_comes_meanwhile_is_refused_with_the_reason(
    backend: EmbeddedBackend, paper: Paper, expected_log: Callable[[str], None]
) -> None:
    expected_log("is full")
    paper.full = True
    first = submit(backend, cmd.PauseNode("node2"))
    second = submit(backend, cmd.PauseNode("node3"))
    assert first.verdict is None
    assert second.verdict is not None
    assert not second.verdict
    assert FULL in second.verdict.reason
    paper.full = False
    third = submit(backend, cmd.PauseNode("node3"))
    assert first.verdict
    assert third.verdict
    assert paper.state().nodes["node2"].state is NodeState.PAUSED


def test_nothing_is_raised_when_not_even_the_complaint_can_be_told(
    backend: EmbeddedBackend, paper: Paper, expected_log: Callable[[str], None]
) -> None:
    expected_log("is full")
    paper.full = paper.mute = True
    assert submit(backend, cmd.PauseNode("node2")).verdict is None
    paper.full = False
    backend.advance(0.0)
    assert paper.state() == backend.state


def test_whoever_waits_is_told_when_the_cluster_is_closed_without_writing(
    paper: Paper, expected_log: Callable[[str], None]
) -> None:
    expected_log("is full")
    backend = open_embedded("contoso", seed=1, start_time=1000.0)
    backend.start(paper, State())
    paper.full = True
    operation = submit(backend, cmd.PauseNode("node2"))
    backend.close()
    assert operation.verdict is not None
    assert not operation.verdict
    assert operation in paper.done
    assert paper.state().nodes["node2"].state is NodeState.UP


def test_a_command_submitted_from_within_a_post_is_carried_out_afterwards() -> None:
    class Echo(Paper):
        backend: EmbeddedBackend
        follow: list[cmd.Command]

        def post(self, entries: Sequence[ev.Entry]) -> None:
            super().post(entries)
            while self.follow:
                self.backend.submit(Operation(self.follow.pop()))

    echo = Echo()
    echo.follow = []
    echo.backend = open_embedded("contoso", seed=1, start_time=1000.0)
    echo.backend.start(echo, State())
    echo.follow = [cmd.PauseNode("node3")]
    submit(echo.backend, cmd.PauseNode("node2"))
    assert [echo.state().nodes[name].state for name in ("node2", "node3")] == [NodeState.PAUSED] * 2
    echo.backend.close()


def test_a_refused_command_is_told_as_well(backend: EmbeddedBackend, paper: Paper) -> None:
    operation = submit(backend, cmd.ResumeNode("node2"))
    assert operation.verdict is not None
    assert not operation.verdict
    (refused,) = [entry.event for entry in paper.entries if isinstance(entry.event, ev.CommandRefused)]
    assert (refused.command, refused.reason) == ("ResumeNode", "node2 is not paused.")


def _machine(backend: EmbeddedBackend, name: str) -> str:
    machine = backend.state.machine_named(name)
    assert machine is not None
    return machine.id
