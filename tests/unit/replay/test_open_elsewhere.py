"""Histories of clusters that another program has open and writes while they are copied."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import pytest

from fcm.app import journal_path, open_workspace
from fcm.cli.main import main
from fcm.model import commands as cmd
from fcm.workspace.files.journal import Journal
from fcm.workspace.files.journal_copy import copy_while_written
from fcm.workspace.files.journal_file import OpenElsewhereError
from fcm.workspace.replay.opening import open_past
from tests.unit.replay.lived import URI, advance, lived

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path))


@contextlib.contextmanager
def elsewhere(do: Callable[[Callable[[], None]], None]) -> Iterator[Callable[[], None]]:
    """Another program does something, and is told when to go on from each pause in it; locks belong to a process.

    It has come to its first pause when this begins, and to its next one when the function that is given returns.
    """
    here, there = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:

        def pause() -> None:
            os.write(here[1], b".")
            if not os.read(there[0], 1):
                os._exit(0)

        os.close(there[1])
        with contextlib.suppress(BaseException):
            do(pause)
            os.write(here[1], b".")
            os.read(there[0], 1)
        os._exit(0)

    def go_on() -> None:
        os.write(there[1], b".")
        assert os.read(here[0], 1)

    os.close(there[0])
    try:
        assert os.read(here[0], 1)
        yield go_on
    finally:
        os.close(there[1])
        os.waitpid(child, 0)
        for end in here:
            os.close(end)


def _live(pause: Callable[[], None]) -> None:
    workspace = lived()
    pause()
    workspace.submit(cmd.SetConcurrentMigrations(2))
    advance(workspace, 60.0)


def last_of(part: str) -> int:
    past = open_past(part)
    with contextlib.closing(past.journal):
        return past.journal.follow().sequence


def test_a_cluster_that_is_open_elsewhere_can_be_replayed_with_everything_that_was_written_until_then() -> None:
    with elsewhere(_live) as go_on:
        with pytest.raises(OpenElsewhereError):
            Journal.open(journal_path(URI), URI)
        first = last_of(URI)
        workspace = open_workspace(f"replay:{URI}")
        assert workspace.state.sequence == first
        assert [one.phase.value for one in workspace.state.migrations.values()].count("completed") == 2
        workspace.close()
        go_on()
        assert last_of(URI) > first


def test_incident_files_and_reports_are_made_of_a_cluster_that_is_open_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with elsewhere(_live):
        assert main(["incident", str(tmp_path / "i.zip"), "--cluster", URI, "--hours", "0"]) == 0
        assert main(["report", "month", str(tmp_path / "m.html"), "--cluster", URI]) == 0
    assert (tmp_path / "m.csv").is_file()
    workspace = open_workspace(f"replay:{tmp_path / 'i.zip'}")
    assert len(workspace.state.nodes) == 3
    workspace.close()
    assert "open in another fcm" not in capsys.readouterr().err


def test_what_this_program_itself_has_open_is_not_touched_so_that_its_lock_stays(tmp_path: Path) -> None:
    path = tmp_path / "own.journal"
    with contextlib.closing(Journal.open(path, URI)), pytest.raises(OpenElsewhereError):
        copy_while_written(path, tmp_path / "copy")


def test_a_file_that_changes_while_it_is_copied_is_copied_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fcm.workspace.files import journal_copy

    source, copy = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"one")
    os.utime(source, (1e9, 1e9))
    whole = journal_copy.shutil.copyfile
    times: list[int] = []

    def slowly(one: Path, two: Path) -> object:
        times.append(1)
        done = whole(one, two)
        if len(times) == 1:
            source.write_bytes(b"two")
            os.utime(source, (1e9 + 5, 1e9 + 5))
        return done

    monkeypatch.setattr(journal_copy.shutil, "copyfile", slowly)
    copy_while_written(source, copy)
    assert copy.read_bytes() == b"two"
    assert len(times) == 2


def test_a_log_that_began_anew_meanwhile_is_not_taken_with_the_older_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fcm.workspace.files import journal_copy

    source, copy, log = tmp_path / "a", tmp_path / "b", tmp_path / "a-wal"
    source.write_bytes(b"file")
    os.utime(source, (1e9, 1e9))
    log.write_bytes(b"header one")
    whole = journal_copy.shutil.copyfile
    times: list[int] = []

    def slowly(one: Path, two: Path) -> object:
        times.append(1)
        if len(times) == 2:
            log.write_bytes(b"header two")
        return whole(one, two)

    monkeypatch.setattr(journal_copy.shutil, "copyfile", slowly)
    copy_while_written(source, copy)
    assert (tmp_path / "b-wal").read_bytes() == b"header two"
    assert len(times) == 4
