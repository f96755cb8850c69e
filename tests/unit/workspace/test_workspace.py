from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.backend.base import Operation, SinkError
from fcm.backend.embedded import open_embedded
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState
from fcm.model.migrations import MigrationOptions
from fcm.model.state import Change, Kind
from fcm.model.telemetry import Phase, TelemetryRow
from fcm.workspace.events.event_log import EventSelection, everything
from fcm.workspace.files.journal import Journal, JournalError
from fcm.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LONG = 60.0


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    opened = Workspace(open_embedded("contoso", seed=1, start_time=1000.0))
    opened.open()
    opened.drain(LONG)
    yield opened
    opened.close()


def facts(workspace: Workspace) -> list[str]:
    """Classes of what the event log holds, oldest first."""
    return [one.fact for one in workspace.events.select(EventSelection(everything(), workspace.now()))]


def machine(workspace: Workspace, name: str = "WEB01") -> str:
    found = workspace.state.machine_named(name)
    assert found is not None
    return found.id


def test_a_state_changes_only_when_it_is_drained(workspace: Workspace) -> None:
    workspace.submit(cmd.PauseNode("node2"))
    assert workspace.state.nodes["node2"].state == "Up"
    workspace.drain(LONG)
    assert workspace.state.nodes["node2"].state == "Paused"


def test_a_state_that_was_taken_is_not_changed_by_what_is_drained_later(workspace: Workspace) -> None:
    taken = workspace.state
    nodes, machines = dict(taken.nodes), dict(taken.machines)
    for number in range(5):
        workspace.submit(cmd.PauseNode("node2") if number % 2 == 0 else cmd.ResumeNode("node2"))
        workspace.submit(cmd.SetMachineState(machine(workspace), MachineState.OFF))
    workspace.drain(LONG)
    assert workspace.state.nodes["node2"].state == "Paused"
    assert (taken.nodes, taken.machines) == (nodes, machines)


def test_telemetry_of_old_migrations_is_in_the_journal_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcm.workspace.workspace.REOPENED", 2)
    backend = open_embedded("contoso", start_time=1000.0)
    opened = Workspace(backend, Journal.open(tmp_path / "c.journal", "embedded:contoso"))
    opened.open()
    for turn in range(6):
        opened.submit(cmd.LiveMigrate(machine(opened), "node2" if turn % 2 == 0 else "node1"))
        backend.advance(900.0)
        opened.drain(LONG)
        assert opened.forecasts.course(list(opened.state.migrations)[-1]).last is not None
    ids = list(opened.state.migrations)
    assert len(ids) == 6
    assert list(opened.telemetry) == ids[-3:]
    assert opened.rows(ids[0]) == ()
    past = opened.history().migrations()
    assert all(one.has_rows for one in past)
    assert len(opened.history().recordings(past)) == 6
    opened.close()


def test_listeners_are_told_once_a_drain_with_everything_that_was_touched(workspace: Workspace) -> None:
    told: list[tuple[Change, Sequence[ev.Entry]]] = []
    end = workspace.subscribe(lambda change, entries: told.append((change, entries)))
    workspace.submit(cmd.PauseNode("node2"))
    workspace.submit(cmd.PauseNode("node3"))
    workspace.drain(LONG)
    ((change, entries),) = told
    assert change.of(Kind.NODE) == {"node2", "node3"}
    assert len(entries) == 2
    end()
    end()
    workspace.submit(cmd.ResumeNode("node2"))
    workspace.drain(LONG)
    assert len(told) == 1


def test_whoever_submitted_is_told_after_the_state_has_changed(workspace: Workspace) -> None:
    seen: list[tuple[bool, str]] = []

    def finished(operation: Operation) -> None:
        assert operation.verdict is not None
        seen.append((operation.verdict.ok, workspace.state.nodes["node2"].state.value))

    workspace.submit(cmd.PauseNode("node2"), finished)
    assert seen == []
    workspace.drain(LONG)
    assert seen == [(True, "Paused")]


def test_a_refused_command_is_finished_at_once_and_told_as_an_event(workspace: Workspace) -> None:
    seen: list[Operation] = []
    operation = workspace.submit(cmd.ResumeNode("node2"), seen.append)
    assert operation.verdict is not None
    assert operation.verdict.reason == "node2 is not paused."
    workspace.drain(LONG)
    assert seen == [operation]
    assert facts(workspace)[-1] == "CommandRefused"


def test_every_submitted_command_is_shown_to_observers_refused_or_not(workspace: Workspace) -> None:
    seen: list[cmd.Command] = []
    end = workspace.observe_commands(seen.append)
    commands = [cmd.PauseNode("node2"), cmd.ResumeNode("node3")]
    for command in commands:
        workspace.submit(command)
    assert seen == commands
    end()
    workspace.submit(cmd.PauseNode("node3"))
    assert seen == commands


def test_telemetry_goes_to_its_migration_and_not_into_the_log(workspace: Workspace) -> None:
    workspace.submit(cmd.LiveMigrate(machine(workspace), "node2"))
    workspace.backend.advance(3.0)  # type: ignore[attr-defined]
    workspace.drain(LONG)
    migration = workspace.state.last_migration(machine(workspace))
    assert migration is not None
    assert len(workspace.rows(migration.id)) > 10
    assert list(workspace.telemetry) == [migration.id]
    assert "MigrationProgressed" not in facts(workspace)
    assert workspace.rows("another") == ()


def test_a_wake_that_is_set_late_is_called_for_what_waits_already() -> None:
    woken: list[bool] = []
    opened = Workspace(open_embedded("contoso", seed=1, start_time=1000.0))
    opened.open()
    opened.submit(cmd.PauseNode("node2"))
    opened.set_wake(lambda: woken.append(True))
    assert woken == [True]
    opened.close()


class Refusing:
    """A journal on a disk that is full."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.full = False

    def append(self, entries: Sequence[ev.Entry], moment: float | None = None) -> None:
        if self.full and entries:
            raise JournalError("The disk is full.")
        self._journal.append(entries, moment)

    def __getattr__(self, name: str) -> object:
        return getattr(self._journal, name)


def test_nothing_reaches_the_views_that_could_not_be_written(tmp_path: Path) -> None:
    journal = Refusing(Journal.open(tmp_path / "c", "embedded:contoso"))
    opened = Workspace(open_embedded("contoso", seed=1, start_time=1000.0), journal)  # type: ignore[arg-type]
    opened.open()
    opened.drain(LONG)
    journal.full = True
    entry = ev.Entry(opened.state.sequence + 1, 1000.0, ev.SharedVolumesEnabled())
    with pytest.raises(SinkError, match="The disk is full"):
        opened.post([entry])
    opened.drain(LONG)
    assert opened.state.cluster is not None
    assert not opened.state.cluster.shared_volumes_enabled
    journal.full = False
    opened.close()


def test_telemetry_is_written_with_the_next_event_and_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "c"
    opened = Workspace(open_embedded("contoso", seed=1, start_time=1000.0), Journal.open(path, "embedded:contoso"))
    opened.open()
    opened.submit(cmd.LiveMigrate(machine(opened), "node2", MigrationOptions()))
    opened.backend.advance(2.0)  # type: ignore[attr-defined]
    progress = ev.MigrationProgressed("late", TelemetryRow(0.0, 1, 2, 3, 0.0, 0.0, Phase.BROWNOUT))
    opened.post([ev.Entry(0, 1002.0, progress)])
    opened.close()
    journal = Journal.open(path, "embedded:contoso")
    found = journal.telemetry(["migration-1", "late"])
    journal.close()
    assert len(found["migration-1"]) > 5
    assert [row.sent for row in found["late"]] == [3]
