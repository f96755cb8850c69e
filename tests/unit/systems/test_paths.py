"""Paths and names of Windows, taken apart and put together without Windows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm import installation
from fcm.backend.registry import split, uri_of
from fcm.model.rules.names import safe_file_name
from fcm.shell.values.times import parsed
from fcm.workspace.files.sqlite_file import file_uri


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (PureWindowsPath(r"C:\Users\Jo Doe\a#1.journal"), "file:///C:/Users/Jo%20Doe/a%231.journal?mode=ro"),
        (PureWindowsPath(r"\\server\share\x.journal"), "file:////server/share/x.journal?mode=ro"),
        (PurePosixPath("/var/x?y.journal"), "file:///var/x%3Fy.journal?mode=ro"),
    ],
)
def test_sqlite_gets_a_file_of_any_system_without_an_authority(path: PureWindowsPath, uri: str) -> None:
    assert file_uri(path, "mode=ro") == uri
    parts = urlsplit(uri)
    assert parts.netloc == ""  # SQLite refuses any other: "invalid uri authority"
    assert unquote(parts.path).lstrip("/") == path.as_posix().lstrip("/")


@pytest.mark.parametrize("name", ["a b.db", "50%.db", "q?.db", "#1.db", "\u6771.db"])
def test_sqlite_opens_what_the_uri_says(name: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / name)) as made:
        made.execute("CREATE TABLE t (x)")
    with closing(sqlite3.connect(file_uri(tmp_path / name, "mode=ro"), uri=True)) as found:
        assert found.execute("SELECT name FROM sqlite_master").fetchone() == ("t",)


@pytest.mark.parametrize("scheme", ["embedded", "libvirt"])
@pytest.mark.parametrize("path", [r"C:\clusters\mine.toml", "C:/x/hosts.toml", r"\\server\share\hosts.toml"])
def test_a_drive_is_part_of_the_file_and_no_scheme(scheme: str, path: str) -> None:
    _, name, part = split(f"{scheme}:{path}")
    assert (name, part) == (scheme, path)


@pytest.mark.parametrize("path", [r"C:\clusters\mine.toml", "d:/x/mine.toml"])
def test_a_typed_path_with_a_drive_means_a_file(path: str) -> None:
    assert uri_of(path) == f"embedded:{path}"


@given(st.text(max_size=300))
def test_a_safe_name_leaves_room_for_time_number_and_extension(text: str) -> None:
    name = safe_file_name(text)
    assert len(name.encode()) <= 101
    assert PureWindowsPath(f"C:/folder/{name}.csv").name == f"{name}.csv"


@pytest.mark.parametrize(
    ("word", "typed"),
    [
        (r"C:\fcm\fcm.exe", r"C:\fcm\fcm.exe"),
        (r"C:\Program Files\fcm.exe", r'"C:\Program Files\fcm.exe"'),
        (r"C:\R&D\fcm.exe", r'"C:\R&D\fcm.exe"'),
    ],
)
def test_a_word_is_quoted_as_the_shells_of_windows_want(word: str, typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation.sys, "platform", "win32")
    assert installation.typed(word) == typed


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("11/29/2026 12:05 AM", 0),
        ("11/29/2026 1:05 am", 1),
        ("11/29/2026 12:05 PM", 12),
        ("2026/11/29 11:05:09 pm", 23),
    ],
)
def test_am_and_pm_are_read_in_every_locale(written: str, hour: int) -> None:
    found = parsed(written)
    assert found is not None
    assert (found.hour, found.minute) == (hour, 5)


def test_a_report_is_saved_where_there_are_no_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fcm.workspace.reports import Report, save

    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refused)
    first = save(Report("Title", "<p>one</p>"), tmp_path, "Title")
    assert save(Report("Title", "<p>one</p>"), tmp_path, "Title") == first
    second = save(Report("Title", "<p>two</p>"), tmp_path, "Title")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Title-2.html", "Title.html"]
    assert "<p>one</p>" in first.read_text(encoding="utf-8")
    assert "<p>two</p>" in second.read_text(encoding="utf-8")
