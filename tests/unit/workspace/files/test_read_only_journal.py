"""A journal that this user may read but not write: it is read, said to be so, and nothing runs on it."""

from __future__ import annotations

import contextlib
import os
import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from fcm.app import journal_path, open_workspace
from fcm.backend.base import MeasureError
from fcm.cli.main import main
from fcm.model import commands as cmd
from fcm.ui.tour.patience import PATIENCE, stretched
from fcm.workspace.events.event_log import EventLogError, EventSelection, everything
from fcm.workspace.files import journal_file
from fcm.workspace.files.journal import Journal
from fcm.workspace.files.journal_file import DamagedJournalError, JournalError, ReadOnlyJournalError
from tests.ordinary_user import as_ordinary_user
from tests.unit.workspace.files.test_journal import URI, edit, history, kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fcm.model import events as ev

SHUT = ("file", "folder", "both", "log beside it")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """FCM_DATA with a journal of contoso."""
    folder = tmp_path / "data"
    monkeypatch.setenv("FCM_DATA", str(folder))
    yield folder
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)


def shut(path: Path, what: str) -> Path:
    """Take away the right to write a journal, in one of the ways in which that happens."""
    if what == "log beside it":
        path.with_name(path.name + "-wal").touch()
        path.with_name(path.name + "-wal").chmod(0o444)
    if what in ("file", "both"):
        path.chmod(0o444)
    if what in ("folder", "both"):
        path.parent.chmod(0o555)
    return path


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def entries_of(path: Path) -> list[ev.Entry]:
    def read() -> list[ev.Entry]:
        with closing(Journal.open(path, URI, to_read=True)) as journal:
            assert journal.read_only is not None
            return journal.replay()[1]

    return as_ordinary_user(read)


@pytest.mark.parametrize("what", SHUT)
def test_it_is_said_to_be_read_only_and_not_damaged(data: Path, what: str) -> None:
    path = data / "journals" / "c.journal"
    kept(path)
    shut(path, what)
    with pytest.raises(ReadOnlyJournalError, match="is read-only") as caught:
        as_ordinary_user(lambda: Journal.open(path, URI))
    said = str(caught.value)
    assert str(path.parent if what == "folder" else path) in said.partition("is read-only")[2]
    assert "FCM_DATA" in said
    assert "amaged" not in said
    assert "alvage" not in said


@pytest.mark.parametrize("what", SHUT)
def test_it_is_read_whole_and_nothing_is_left_beside_it(data: Path, what: str) -> None:
    path = data / "journals" / "c.journal"
    entries = kept(path)
    shut(path, what)
    before = files(data)
    assert entries_of(path) == entries
    assert files(data) == before


def test_what_a_killed_program_had_committed_is_read_too(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "running" / "c.journal"
    entries = history(60)
    with closing(Journal.open(path, URI)) as journal:
        journal.append(entries)
        shutil.copytree(path.parent, data)  # as a kill leaves it: the events stand in the log beside it
    copied = shut(data / "c.journal", "both")
    assert entries_of(copied) == entries


def test_nothing_can_be_appended_to_it(data: Path) -> None:
    path = data / "c.journal"
    kept(path)
    shut(path, "file")

    def append() -> None:
        with closing(Journal.open(path, URI, to_read=True)) as journal:
            journal.append(history(21)[20:])

    with pytest.raises(ReadOnlyJournalError):
        as_ordinary_user(append)


def test_while_another_program_writes_it_that_is_what_is_said(data: Path) -> None:
    path = data / "c.journal"
    kept(path)
    held, go_on = os.pipe(), os.pipe()
    child = os.fork()  # locks belong to a process
    if child == 0:
        with contextlib.suppress(BaseException):
            journal = Journal.open(path, URI)
            os.write(held[1], b".")
            os.read(go_on[0], 1)
            journal.close()
        os._exit(0)
    assert os.read(held[0], 1)
    shut(path, "both")
    try:
        with pytest.raises(JournalError, match=r"is open in another fcm\. Close the cluster there first"):
            entries_of(path)
    finally:
        os.write(go_on[1], b".")
        os.waitpid(child, 0)
        for end in (*held, *go_on):
            os.close(end)


def test_a_damaged_one_is_still_said_to_be_damaged(data: Path) -> None:
    path = data / "c.journal"
    kept(path)
    edit(path, "DELETE FROM events WHERE sequence = 7")
    shut(path, "file")
    with pytest.raises(DamagedJournalError, match="after event 6"):
        entries_of(path)


def test_a_file_system_that_is_mounted_read_only_is_named_so(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(data / "c.journal")
    monkeypatch.setattr(journal_file.os, "access", lambda path, mode: mode != os.W_OK)
    monkeypatch.setattr(journal_file.os, "statvfs", lambda path: os.statvfs_result((0,) * 8 + (os.ST_RDONLY, 255)))
    with pytest.raises(ReadOnlyJournalError, match="is on a file system that is mounted read-only"):
        Journal.open(data / "c.journal", URI)


def test_a_journal_that_may_not_be_read_is_not_called_damaged(data: Path) -> None:
    path = data / "c.journal"
    kept(path)
    path.chmod(0o000)
    with pytest.raises(JournalError, match=r"cannot be read by this user\. Ask the owner") as caught:
        as_ordinary_user(lambda: Journal.open(path, URI, to_read=True))
    assert not isinstance(caught.value, DamagedJournalError)


def test_a_journal_that_cannot_be_made_says_what_is_in_the_way(data: Path) -> None:
    data.mkdir()
    data.chmod(0o555)
    with pytest.raises(JournalError, match=r"cannot be created: the folder .*data is not writable by this user"):
        as_ordinary_user(lambda: Journal.open(data / "journals" / "c.journal", URI))


# The cluster


@pytest.fixture
def contoso(data: Path) -> Path:
    """A cluster that ran once; the path of its journal."""
    assert main(["show", "embedded:contoso"]) == 0
    return journal_path("embedded:contoso")


def in_workspace(deed: Callable[..., object]) -> object:
    def do() -> object:
        with closing(open_workspace("embedded:contoso")) as workspace:
            return deed(workspace)

    return as_ordinary_user(do)


@pytest.mark.parametrize("what", SHUT)
def test_show_and_history_read_it_and_change_nothing(
    contoso: Path, data: Path, what: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shut(contoso, what)
    before = files(data)
    capsys.readouterr()
    assert as_ordinary_user(lambda: main(["show", "embedded:contoso"])) == 0
    shown = capsys.readouterr()
    assert "node1" in shown.out
    assert "Last saved state" in shown.out
    assert "is read-only" in shown.err
    arguments = ["history", "embedded:contoso", "--export", str(tmp_path / "out")]
    assert as_ordinary_user(lambda: main(arguments)) == 0
    assert files(data) == before


def test_a_migration_on_it_is_refused_with_the_reason(contoso: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shut(contoso, "file")
    assert as_ordinary_user(lambda: main(["migrate", "embedded:contoso", "SQL01", "node2"])) == 1
    said = capsys.readouterr().err
    assert f"The journal {contoso} is read-only" in said
    assert "not run anything on it" in said


def test_every_command_is_refused_and_what_happened_can_be_queried(contoso: Path) -> None:
    shut(contoso, "both")

    def ask(workspace: object) -> object:
        commands = [cmd.PauseNode("node1"), cmd.LiveMigrate("vm-1", "node2"), cmd.CancelMigrations()]
        verdicts = [workspace.submit(command).verdict for command in commands]  # type: ignore[attr-defined]
        with pytest.raises(MeasureError, match="is read-only"):
            workspace.measure_writes("vm-1", print, lambda: True)  # type: ignore[attr-defined]
        found = list(workspace.events.select(EventSelection(everything(), workspace.now())))  # type: ignore[attr-defined]
        return verdicts, found

    verdicts, found = in_workspace(ask)  # type: ignore[misc]
    assert [verdict.ok for verdict in verdicts] == [False] * 3
    assert all("is read-only" in verdict.reason and "FCM_DATA" in verdict.remedy for verdict in verdicts)
    assert found


def test_salvage_leaves_it_alone(contoso: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shut(contoso, "file")
    before = files(data)
    assert as_ordinary_user(lambda: main(["salvage", "embedded:contoso"])) == 1
    assert "is read-only" in capsys.readouterr().err
    assert files(data) == before


def test_events_whose_file_is_read_only_say_so_while_the_cluster_runs_on(
    contoso: Path, expected_log: Callable[[str], None]
) -> None:
    log = contoso.with_suffix(".events")
    log.chmod(0o444)
    expected_log("is not writable by this user")

    def ask(workspace: object) -> object:
        verdict = workspace.submit(cmd.PauseNode("node1")).wait(stretched(PATIENCE))  # type: ignore[attr-defined]
        workspace.drain(60)  # type: ignore[attr-defined]
        with pytest.raises(EventLogError, match=r"not writable by this user\. Make it .* rebuilt from the journal"):
            workspace.events.find(EventSelection(everything(), workspace.now()))  # type: ignore[attr-defined]
        return verdict

    assert in_workspace(ask)


# A newer program, and what salvage is for


def test_an_event_that_only_a_newer_program_knows_is_no_damage(data: Path) -> None:
    path = data / "c.journal"
    kept(path)
    edit(path, "UPDATE events SET type = 'NodeQuarantined' WHERE sequence = 7")
    edit(path, "UPDATE meta SET value = '99.0' WHERE key = 'fcm'")
    with (
        closing(Journal.open(path, URI)) as journal,
        pytest.raises(JournalError, match=r"written by a newer fcm \(version 99\.0.*Update fcm") as caught,
    ):
        journal.replay()
    assert not isinstance(caught.value, DamagedJournalError)


def test_salvage_does_not_cut_what_a_newer_program_wrote(
    contoso: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(contoso, "UPDATE events SET type = 'NodeQuarantined' WHERE sequence = 1")
    edit(contoso, "UPDATE meta SET value = '99.0' WHERE key = 'fcm'")
    before = files(data)
    assert main(["salvage", "embedded:contoso"]) == 1
    assert "written by a newer fcm" in capsys.readouterr().err
    assert files(data) == before


def test_the_verb_salvage_mends_an_event_that_makes_no_sense(contoso: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in (1, 2):
        with closing(open_workspace("embedded:contoso")) as workspace:
            node = f"node{number}"
            assert workspace.submit(cmd.PauseNode(node)).wait(stretched(PATIENCE))
    edit(contoso, "UPDATE events SET data = '{' WHERE sequence = (SELECT max(sequence) FROM events)")
    assert main(["show", "embedded:contoso"]) == 1
    assert "Salvage it" in capsys.readouterr().err
    assert main(["salvage", "embedded:contoso"]) == 0
    assert main(["show", "embedded:contoso"]) == 0


def test_the_verb_salvage_mends_telemetry_that_makes_no_sense(contoso: Path) -> None:
    edit(contoso, "INSERT INTO telemetry (migration, rows) VALUES ('m1', '{')")
    assert main(["salvage", "embedded:contoso"]) == 0
    with closing(Journal.open(contoso, "embedded:contoso")) as journal:
        assert journal.migrations_with_rows() == frozenset()
