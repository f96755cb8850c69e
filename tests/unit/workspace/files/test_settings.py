"""Settings: typed, in one file, written whole or not at all."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from fcm.mistakes import SentenceError
from fcm.workspace.files import settings as st
from fcm.workspace.files.folders import data_folder
from fcm.workspace.files.settings import SETTINGS, Setting, Settings, settings_folder
from tests.ordinary_user import as_ordinary_user

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def written(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / st.FILE_NAME).read_text())
    return found


def test_a_value_that_was_set_is_there_after_a_restart(tmp_path: Path) -> None:
    first = Settings(tmp_path)
    first.set(st.SCHEME, "dark")
    first.set(st.PANES, [200, 700, 200])
    first.flush()
    second = Settings(tmp_path)
    assert second.get(st.SCHEME) == "dark"
    assert second.get(st.PANES) == [200, 700, 200]


def test_what_was_never_set_has_its_default(tmp_path: Path) -> None:
    found = Settings(tmp_path)
    assert [found.get(setting) for setting in SETTINGS] == [setting.default for setting in SETTINGS]


@pytest.mark.parametrize(("setting", "value"), [(st.SCHEME, "pink"), (st.TREE_SHOWN, 1), (st.LAYOUT_VERSION, True)])
def test_a_value_of_another_kind_is_refused(tmp_path: Path, setting: Setting[object], value: object) -> None:
    found = Settings(tmp_path)
    with pytest.raises(ValueError, match=setting.key):
        found.set(setting, value)


def test_a_wrong_value_in_the_file_is_ignored_and_an_unknown_key_is_kept(tmp_path: Path) -> None:
    (tmp_path / st.FILE_NAME).write_text('{"window.scheme": 7, "of.the.future": [1]}')
    found = Settings(tmp_path)
    assert found.get(st.SCHEME) == "system"
    found.set(st.SCHEME, "light")
    found.flush()
    assert written(tmp_path) == {"window.scheme": "light", "of.the.future": [1]}


@pytest.mark.parametrize("text", ["{", "[]", "\x00\xff"])
def test_a_broken_file_is_put_aside_and_said(tmp_path: Path, text: str, expected_log: Callable[[str], None]) -> None:
    expected_log("starts with its defaults")
    (tmp_path / st.FILE_NAME).write_text(text)
    found = Settings(tmp_path)
    assert "cannot be used" in found.problem
    assert (tmp_path / st.FILE_NAME).with_suffix(".broken").read_text() == text
    assert found.get(st.SCHEME) == "system"


def test_a_folder_that_cannot_be_written_is_said_and_the_values_hold_on(
    tmp_path: Path, expected_log: Callable[[str], None]
) -> None:
    expected_log("cannot be used")
    expected_log("cannot be written")
    (tmp_path / "in the way").write_text("")
    found = Settings(tmp_path / "in the way")
    found.set(st.SCHEME, "dark")
    found.flush()
    assert found.get(st.SCHEME) == "dark"
    assert "cannot be written" in found.problem


def test_the_file_is_never_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Settings(tmp_path)
    found.set(st.SCHEME, "dark")
    found.flush()
    seen: list[dict[str, object]] = []
    replace = os.replace

    def watch(source: Path, target: Path) -> None:
        seen.append(written(tmp_path))
        replace(source, target)

    monkeypatch.setattr(os, "replace", watch)
    found.set(st.SCHEME, "light")
    found.flush()
    assert seen == [{"window.scheme": "dark"}]
    assert written(tmp_path) == {"window.scheme": "light"}


def test_many_changes_end_with_the_last_in_the_file(tmp_path: Path) -> None:
    found = Settings(tmp_path)
    for number in range(200):
        found.set(st.LAYOUT_VERSION, number)
    found.flush()
    assert Settings(tmp_path).get(st.LAYOUT_VERSION) == 199


def test_every_setting_has_a_key_of_its_own_and_a_meaning() -> None:
    assert len({setting.key for setting in SETTINGS}) == len(SETTINGS)
    assert all(setting.meaning.endswith(".") and setting.accepts(setting.default) for setting in SETTINGS)


def test_fcm_data_names_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "elsewhere"))
    assert settings_folder() == tmp_path / "elsewhere"


def test_settings_that_this_user_may_not_read_stay_as_they_are(
    tmp_path: Path, expected_log: Callable[[str], None]
) -> None:
    expected_log("cannot be read by this user")
    file = tmp_path / "settings.json"
    file.write_text('{"window.scheme": "dark"}', encoding="utf-8")
    file.chmod(0o000)

    def use() -> str:
        found = Settings(tmp_path)
        found.set(st.SCHEME, "light")
        found.flush()
        return found.problem

    assert "saves nothing" in as_ordinary_user(use)
    file.chmod(0o644)
    assert file.read_text(encoding="utf-8") == '{"window.scheme": "dark"}'
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]


def test_two_windows_keep_what_each_of_them_saved(tmp_path: Path) -> None:
    first, second = Settings(tmp_path), Settings(tmp_path)
    first.set(st.EVENT_QUERIES, {"errors": "<QueryList/>"})
    first.flush()
    second.set(st.EVENT_QUERIES, {"moves": "<QueryList/>"})
    second.set(st.SCHEME, "dark")
    second.flush()
    first.set(st.TREE_SHOWN, value=False)
    first.flush()
    found = Settings(tmp_path)
    assert found.get(st.EVENT_QUERIES) == {"errors": "<QueryList/>", "moves": "<QueryList/>"}
    assert found.get(st.SCHEME) == "dark"
    assert found.get(st.TREE_SHOWN) is False


def test_what_one_window_deleted_stays_deleted(tmp_path: Path) -> None:
    before = Settings(tmp_path)
    before.set(st.EVENT_QUERIES, {"errors": "<QueryList/>", "moves": "<QueryList/>"})
    before.flush()
    first, second = Settings(tmp_path), Settings(tmp_path)
    first.set(st.EVENT_QUERIES, {"moves": "<QueryList/>"})
    first.flush()
    second.set(st.SCHEME, "dark")
    second.flush()
    assert Settings(tmp_path).get(st.EVENT_QUERIES) == {"moves": "<QueryList/>"}


def test_a_user_without_a_home_folder_is_told_so_and_no_folder_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("FCM_DATA", "HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as for a user in no list of users
    for folder in (settings_folder, data_folder):
        with pytest.raises(SentenceError, match="has no home folder"):
            folder()
    assert not list(tmp_path.iterdir())
