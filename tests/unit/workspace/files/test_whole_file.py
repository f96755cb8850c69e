"""Files that are whole or not there: what stood at their place before."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from fcm.cli.main import main
from fcm.workspace.files.whole_file import whole_file

if TYPE_CHECKING:
    from pathlib import Path


def test_a_link_stays_a_link_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").write_text("before")
    (tmp_path / "link").symlink_to("real/file")
    with whole_file(tmp_path / "link") as file:
        file.write(b"after")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "file").read_text() == "after"
    assert [path.name for path in tmp_path.iterdir() if path.is_file() and not path.is_symlink()] == []


def test_a_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.touch(0o600)
    path.chmod(0o600)
    with whole_file(path) as file:
        file.write(b"x")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_device_is_written_into_and_never_replaced(tmp_path: Path) -> None:
    null = tmp_path / "null"
    null.symlink_to("/dev/null")
    before = os.stat("/dev/null")
    with whole_file(null) as file:
        file.write(b"gone")
    after = os.stat("/dev/null")
    assert stat.S_ISCHR(after.st_mode)
    assert (before.st_ino, before.st_mode) == (after.st_ino, after.st_mode)


def test_a_full_device_and_a_pipe_without_a_reader_are_errors_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "full").symlink_to("/dev/full")
    os.mkfifo(tmp_path / "pipe")
    for name in ("full", "pipe"):
        with pytest.raises(OSError, match=r"No space left|No such device"), whole_file(tmp_path / name) as file:
            file.write(b"x" * 100_000)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_script_may_send_what_it_does_not_need_to_the_null_device(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))
    (tmp_path / "null").symlink_to("/dev/null")
    script = tmp_path / "script.ps1"
    script.write_text("Get-ClusterNode > null; Get-ClusterNode >> null; 'a' | Out-File null -Append; 'done'\n")
    monkeypatch.chdir(tmp_path)
    assert main(["run", "--engine=built-in", "--fresh", "script.ps1"]) == 0
    assert capsys.readouterr().out == "done\n"
    assert (tmp_path / "null").is_char_device()
