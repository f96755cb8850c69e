"""A long journal in parts: nothing is lost by splitting, whenever it is broken off, and a part that is gone is told."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from dataclasses import fields, replace
from typing import TYPE_CHECKING

import pytest

from fcm.backend.embedded import open_embedded
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.state import State, apply
from fcm.workspace import workspace as workspace_file
from fcm.workspace.events.event_log import EventSelection, everything
from fcm.workspace.files import older_parts
from fcm.workspace.files.checkpoint import KINDS
from fcm.workspace.files.journal import Journal, JournalError
from fcm.workspace.files.salvaging import salvage
from fcm.workspace.history import History
from fcm.workspace.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

URI = "embedded:contoso"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The journal of a cluster in which two live migrations took place, and something after each."""
    path = tmp_path_factory.mktemp("lived") / "c.journal"
    backend = open_embedded("contoso", start_time=1000.0)
    opened = Workspace(backend, Journal.open(path, URI))
    opened.open()
    for destination in ("node2", "node1"):
        machine = next(key for key in opened.state.machines if opened.allowed(cmd.LiveMigrate(key, destination)))
        opened.submit(cmd.LiveMigrate(machine, destination))
        backend.advance(600.0)
        opened.drain(60.0)
        opened.submit(cmd.SetConcurrentMigrations(2))
        opened.drain(60.0)
    opened.close()
    return path


@pytest.fixture
def path(lived: Path, tmp_path: Path) -> Path:
    shutil.copy(lived, tmp_path / "c.journal")
    return tmp_path / "c.journal"


def all_of(path: Path) -> tuple[State, list[ev.Entry], dict[str, list[object]]]:
    """State, entries of all parts and telemetry, as a journal gives them."""
    with closing(Journal.open(path, URI)) as journal:
        entries: list[ev.Entry] = []
        state = journal.follow(lambda entry, before, after: entries.append(entry), after=0)
        assert journal.follow() == state
        rows = {key: list(found) for key, found in journal.telemetry(sorted(journal.migrations_with_rows())).items()}
        return state, entries, rows


def states(entries: list[ev.Entry]) -> list[State]:
    found = [State()]
    for entry in entries:
        found.append(apply(found[-1], entry)[0])
    return found


def split(path: Path, number: int) -> None:
    """Split the journal after an event."""
    state = states(all_of(path)[1])[number]
    with closing(Journal.open(path, URI)) as journal:
        journal.split_off(state)


def old_files(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir() if ".old" in one.name)


def test_replay_history_and_telemetry_are_the_same_after_every_split(path: Path) -> None:
    whole = all_of(path)
    past = migrations(path)
    for number in (1, 2, len(whole[1]) // 2, len(whole[1]) - 3, len(whole[1])):
        split(path, number)
        assert all_of(path) == whole
        assert migrations(path) == past
        with closing(Journal.open(path, URI)) as journal:
            assert journal.length == len(whole[1]) - number
            assert [one.sequence for one in journal.entries()] == list(range(number + 1, len(whole[1]) + 1))
            assert all(journal.time_of(entry.sequence) == entry.time for entry in whole[1])
            assert journal.missing_part() is None
    assert len(old_files(path)) == 5


def migrations(path: Path) -> object:
    with closing(Journal.open(path, URI)) as journal:
        history = History(journal.follow(), journal, simulated=True)
        past = history.migrations()
        assert history.gap(str) == ""
        return past, {key: one.final for key, one in history.recordings(past).items()}


def test_what_happens_after_a_split_is_appended_to_the_journal(path: Path) -> None:
    state, entries, _ = all_of(path)
    split(path, len(entries))
    later = ev.Entry(state.sequence + 1, state.time, ev.NodeChanged(replace(state.nodes["node1"], note="later")))
    with closing(Journal.open(path, URI)) as journal:
        journal.append([later])
        assert list(journal.entries()) == [later]
    assert all_of(path)[1] == [*entries, later]


def test_a_program_that_knows_no_parts_refuses_a_journal_that_has_some(path: Path) -> None:
    def form() -> str:
        with closing(sqlite3.connect(path)) as connection:
            (found,) = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
        return str(found)

    assert form() == "1"
    split(path, 3)
    assert form() == "2"


@pytest.mark.parametrize("damage", ["gone", "no database", "of another cluster", "an event is missing"])
def test_a_part_that_is_gone_costs_nothing_else_and_is_told(path: Path, damage: str) -> None:
    state, entries, _ = all_of(path)
    middle = len(entries) // 2
    split(path, middle)
    split(path, len(entries) - 1)
    first = path.parent / old_files(path)[0]
    assert first.name == f"c.events-1-{middle}.old"
    match damage:
        case "gone":
            first.unlink()
        case "no database":
            first.write_bytes(b"x" * 5000)
        case _:
            statement = "UPDATE meta SET value = 'embedded:x' WHERE key = 'uri'"
            with closing(sqlite3.connect(first)) as connection, connection:
                connection.execute("DELETE FROM events WHERE sequence = 2" if "event" in damage else statement)
    found_state, found, _ = all_of(path)
    assert found_state == state
    assert found == entries[middle:]
    with closing(Journal.open(path, URI)) as journal:
        gone = journal.missing_part()
        assert gone is not None
        assert (gone.name, gone.until) == (first.name, entries[middle - 1].time)
        assert journal.has(2, entries[1].time)
        assert not journal.has(2, entries[-1].time + 9)
        assert not journal.has(middle + 1, 1.0)
        history = History(journal.follow(), journal, simulated=True)
        assert history.gap(lambda time: f"<{time}>") == (
            f"There is history from <{gone.until}> on. What was before is in the file {first.name}, which is missing "
            "or damaged: migrations of that time have no curve. Put the file back beside the journal."
        )
        past = {one.id: one for one in history.migrations()}
    assert set(past) == set(state.migrations)
    assert all(one.machine is not None for one in past.values())


def test_the_state_of_the_checkpoint_is_found_in_the_part_before_it_when_a_damaged_journal_is_salvaged(
    path: Path,
) -> None:
    whole = all_of(path)
    split(path, 5)
    split(path, len(whole[1]) - 2)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE checkpoint SET data = '5' WHERE part = 'nodes'")
    assert salvage(path, URI) == 2
    assert all_of(path) == whole


def test_a_salvaged_journal_keeps_its_checkpoint_and_its_parts(path: Path) -> None:
    whole = all_of(path)
    split(path, 5)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE events SET data = 'x' WHERE sequence = (SELECT max(sequence) FROM events)")
    salvage(path, URI)
    assert all_of(path)[1] == whole[1][:-1]


def test_there_is_nothing_to_split_off_twice(path: Path) -> None:
    split(path, 5)
    split(path, 5)
    assert len(old_files(path)) == 1


def test_names_of_parts_lead_to_no_other_folder(path: Path) -> None:
    split(path, 5)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'older parts'", ('[["../x", 1, 5, 1.0]]',))
    with pytest.raises(JournalError, match="does not say what its older parts are"):
        Journal.open(path, URI)


def test_a_journal_that_cannot_be_split_stays_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = all_of(path)
    state = states(whole[1])[5]
    with closing(Journal.open(path, URI)) as journal:
        monkeypatch.setattr(older_parts.checkpoint, "read", lambda connection: State())
        with pytest.raises(JournalError, match="stays in one piece"):
            journal.split_off(state)
    monkeypatch.undo()
    assert all_of(path) == whole
    split(path, 5)
    assert all_of(path) == whole


def test_a_journal_is_split_by_itself_when_a_long_one_is_opened(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = all_of(path)
    monkeypatch.setattr(workspace_file, "LONGEST", 10)
    monkeypatch.setattr(workspace_file, "KEPT", 4)
    told: list[tuple[int, int]] = []
    for _ in range(2):
        opened = Workspace(open_embedded("contoso", start_time=1000.0), Journal.open(path, URI))
        opened.open(lambda done, every: told.append((done, every)))
        assert {one.id for one in opened.history().migrations()} == set(opened.state.migrations)
        opened.close()
        assert len(old_files(path)) == 1
    assert all_of(path)[1][: len(whole[1])] == whole[1]


def test_events_that_the_log_lacks_come_from_the_older_parts(path: Path) -> None:
    def events_of() -> int:
        opened = Workspace(open_embedded("contoso", start_time=1000.0), Journal.open(path, URI))
        opened.open()
        opened.events.write()
        found = opened.events.mark()[0]
        number = len(opened.events.find(EventSelection(everything(), 0.0)))
        opened.close()
        assert found == opened.state.sequence
        return number

    path.with_suffix(".events").unlink(missing_ok=True)
    before = events_of()
    split(path, len(all_of(path)[1]) - 1)
    path.with_suffix(".events").unlink()
    assert events_of() == before


def test_how_far_reading_is_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcm.workspace.files.journal._AT_ONCE", 5)
    split(path, 3)
    told: list[tuple[int, int]] = []
    with closing(Journal.open(path, URI)) as journal:
        journal.follow(told=lambda done, whole: told.append((done, whole)))
        whole = journal.length
    assert told == [(number - 3, whole) for number in range(5, whole + 4, 5)]


# Ends in the middle


def snapshots_of_a_split(path: Path, folder: Path, every: int) -> list[Path]:
    """What lies in the folder at moments within a split: what a kill -9 would leave."""
    found: list[Path] = []
    real, is_splitting, ticks = sqlite3.connect, False, itertools.count()

    def keep(surely: bool = False) -> int:
        if surely or (is_splitting and next(ticks) % every == 0):
            copied = folder / str(len(found))
            shutil.copytree(path.parent, copied)
            found.append(copied / path.name)
        return 0

    def watched(*how: object, **more: object) -> sqlite3.Connection:
        connection = real(*how, **more)  # type: ignore[call-overload]
        connection.set_progress_handler(keep, 10)
        return connection  # type: ignore[no-any-return]

    state = states(all_of(path)[1])[-4]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", watched)
        with closing(Journal.open(path, URI)) as journal:
            is_splitting = True
            keep(surely=True)
            journal.split_off(state)
            keep(surely=True)
            is_splitting = False
    return found


def test_whenever_a_split_is_broken_off_nothing_is_lost_and_it_can_be_done_again(
    path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = all_of(path)
    split(path, 4)
    left = snapshots_of_a_split(path, tmp_path_factory.mktemp("at"), every=7)
    assert len(left) > 20
    kinds = set()
    for one in left:
        names = tuple(name.rpartition(".")[2] for name in old_files(one))
        assert all_of(one) == whole
        with closing(Journal.open(one, URI)) as journal:
            kinds.add((names, len(journal.older)))
            journal.split_off(states(whole[1])[-2])
        assert all_of(one) == whole
        assert not [name for name in old_files(one) if name.endswith("part")]
        with closing(Journal.open(one, URI)) as journal:
            assert {part.name for part in journal.older} == set(old_files(one))
    # before, while the copy is written, once it has its name, and once the journal refers to it
    assert {("old",), ("old", "old")} <= {names for names, _ in kinds}
    assert any("part" in names for names, _ in kinds)
    assert {number for _, number in kinds} == {1, 2}


KILLED = """
    import os, signal, sqlite3, sys
    from pathlib import Path
    from fcm.workspace.files.journal import Journal

    left, is_splitting = int(sys.argv[2]), False
    def tick():
        global left
        left -= is_splitting
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0
    real = sqlite3.connect
    def watched(*how, **more):
        connection = real(*how, **more)
        connection.set_progress_handler(tick, 10)
        return connection
    sqlite3.connect = watched
    journal = Journal.open(Path(sys.argv[1]), "embedded:contoso")
    state = journal.follow()
    is_splitting = True
    journal.split_off(state)
    journal.close()
"""


@pytest.mark.parametrize("ticks", [1, 40, 100, 160, 220, 280, 330])
def test_a_process_that_is_killed_while_it_splits_loses_nothing(path: Path, tmp_path: Path, ticks: int) -> None:
    whole = all_of(path)
    home = {"HOME": str(tmp_path), "FCM_DATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(path), str(ticks)], env={**os.environ, **home}, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert all_of(path) == whole
    split(path, len(whole[1]))
    assert all_of(path) == whole
    assert len(old_files(path)) == 1


def test_a_checkpoint_has_every_part_of_a_state() -> None:
    assert {"sequence", "time", "cluster", *KINDS} == {one.name for one in fields(State)}
