"""What the shell answers, session by session, is what tests/data/transcripts says (see `transcripts`)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.unit.shell.transcripts import FOLDER, replayed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Held = Callable[[str], None]


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    """A session is answered as its transcript says."""

    def assert_held(name: str) -> None:
        path = FOLDER / f"{name}.txt"
        assert replayed(path, tmp_path).splitlines() == path.read_text(encoding="utf-8").splitlines()

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield assert_held
    monkeypatch.undo()
    time.tzset()


def test_each_transcript_is_held() -> None:
    """Each has a test of its own, so that a change is looked for where it may show."""
    own = {name.removeprefix("test_what_is_said_in_a_session_on_") for name in globals() if "_session_on_" in name}
    assert own == {path.stem for path in FOLDER.glob("*.txt")}


def test_nothing_that_is_entered_leads_to_an_error_of_the_program() -> None:
    """Such an error is answered with Internal error."""
    assert [path.stem for path in FOLDER.glob("*.txt") if "Internal error" in path.read_text(encoding="utf-8")] == []


def test_what_is_said_in_a_session_on_cluster(held: Held) -> None:
    held("cluster")


def test_what_is_said_in_a_session_on_nodes(held: Held) -> None:
    held("nodes")


def test_what_is_said_in_a_session_on_groups(held: Held) -> None:
    held("groups")


def test_what_is_said_in_a_session_on_resources(held: Held) -> None:
    held("resources")


def test_what_is_said_in_a_session_on_storage(held: Held) -> None:
    held("storage")


def test_what_is_said_in_a_session_on_machines(held: Held) -> None:
    held("machines")


def test_what_is_said_in_a_session_on_snapshots(held: Held) -> None:
    held("snapshots")


def test_what_is_said_in_a_session_on_moves(held: Held) -> None:
    held("moves")


def test_what_is_said_in_a_session_on_networks(held: Held) -> None:
    held("networks")


def test_what_is_said_in_a_session_on_faults(held: Held) -> None:
    held("faults")


def test_what_is_said_in_a_session_on_language(held: Held) -> None:
    held("language")


def test_what_is_said_in_a_session_on_pipelines(held: Held) -> None:
    held("pipelines")


def test_what_is_said_in_a_session_on_logs(held: Held) -> None:
    held("logs")


def test_what_is_said_in_a_session_on_values(held: Held) -> None:
    held("values")


def test_what_is_said_in_a_session_on_filters(held: Held) -> None:
    held("filters")


def test_what_is_said_in_a_session_on_each_cmdlet_for_objects(held: Held) -> None:
    held("each_cmdlet_for_objects")


def test_what_is_said_in_a_session_on_each_cmdlet_for_text(held: Held) -> None:
    held("each_cmdlet_for_text")


def test_what_is_said_in_a_session_on_each_cmdlet_for_files(held: Held) -> None:
    held("each_cmdlet_for_files")


def test_what_is_said_in_a_session_on_each_cmdlet_for_nodes(held: Held) -> None:
    held("each_cmdlet_for_nodes")


def test_what_is_said_in_a_session_on_each_cmdlet_for_groups(held: Held) -> None:
    held("each_cmdlet_for_groups")


def test_what_is_said_in_a_session_on_each_cmdlet_for_resources(held: Held) -> None:
    held("each_cmdlet_for_resources")


def test_what_is_said_in_a_session_on_each_cmdlet_for_storage(held: Held) -> None:
    held("each_cmdlet_for_storage")


def test_what_is_said_in_a_session_on_each_cmdlet_for_machines(held: Held) -> None:
    held("each_cmdlet_for_machines")


def test_what_is_said_in_a_session_on_each_cmdlet_for_devices(held: Held) -> None:
    held("each_cmdlet_for_devices")


def test_what_is_said_in_a_session_on_each_cmdlet_for_moves(held: Held) -> None:
    held("each_cmdlet_for_moves")


def test_what_is_said_in_a_session_on_net_numbers(held: Held) -> None:
    held("net_numbers")


def test_what_is_said_in_a_session_on_net_texts(held: Held) -> None:
    held("net_texts")


def test_what_is_said_in_a_session_on_net_objects(held: Held) -> None:
    held("net_objects")
