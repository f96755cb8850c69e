"""Files that an earlier version wrote (tests/data/written_at_7fb19a9) open as they did then."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fcm.app import open_workspace
from fcm.cli.main import main
from fcm.migration.recordings.own_form import from_json
from fcm.model.structures.codec import encode
from fcm.workspace.events.saved_queries import SavedQueries
from fcm.workspace.files import settings as known
from fcm.workspace.files.journal import Journal
from fcm.workspace.files.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.workspace.workspace import Workspace

WRITTEN = Path("tests/data/written_at_7fb19a9")
URI = "embedded:fabrikam"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the data folder of then."""
    folder = tmp_path / "data"
    shutil.copytree(WRITTEN, folder)
    monkeypatch.setenv("FCM_DATA", str(folder))
    return folder


@pytest.fixture
def opened(data: Path) -> Iterator[Workspace]:
    workspace = open_workspace(URI, paced=False)
    yield workspace
    workspace.close()


def then() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((WRITTEN / "state.json").read_text(encoding="utf-8"))
    return found


def test_a_journal_gives_the_state_that_it_gave_then_in_every_field_of_then(data: Path) -> None:
    journal = Journal.open(next((data / "journals").glob("*.journal")), URI)
    state, _ = journal.replay()
    entries = sum(1 for _ in journal.entries())
    journal.close()
    expected = then()
    assert entries == expected.pop("entries")
    assert len(expected["machines"]) == 17
    for name, value in expected.items():
        today = getattr(state, name)
        if isinstance(value, dict) and name != "cluster":
            assert list(today) == list(value)
            for key, before in value.items():
                assert within(encode(today[key]), before) == before, (name, key)
        else:
            assert within(encode(today), value) == value, name


def within(today: Any, before: Any) -> Any:
    """What is there today of the fields of then; fields that came since are left out."""
    if isinstance(before, dict) and isinstance(today, dict):
        return {key: within(today.get(key), value) for key, value in before.items()}
    if isinstance(before, list) and isinstance(today, list) and len(before) == len(today):
        return [within(one, other) for one, other in zip(today, before, strict=True)]
    return today


def test_a_cluster_goes_on_from_a_journal_of_then(opened: Workspace) -> None:
    machine = opened.state.machine_named("OLD01")
    assert machine is not None
    assert machine.node == then()["machines"][machine.id]["node"]
    before = opened.state.sequence
    opened.backend.advance(10.0)  # type: ignore[attr-defined]
    opened.drain(60.0)
    assert opened.state.machines[machine.id].node == machine.node
    assert opened.state.sequence >= before


def test_the_history_of_moves_of_then_is_told_with_the_same_figures(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["history", URI, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["migrations"]
    expected = json.loads((WRITTEN / "history.json").read_text(encoding="utf-8"))["migrations"]
    assert len(told) == len(expected) == 6
    for today, before in zip(told, expected, strict=True):
        assert {key: today[key] for key in before if key != "reason"} == {
            key: value for key, value in before.items() if key != "reason"
        }


def test_recordings_exported_then_are_read_with_all_their_rows() -> None:
    files = sorted((WRITTEN / "recordings").glob("*.json"))
    assert len(files) == 5
    for path in files:
        rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
        assert len(from_json(path.read_text(encoding="utf-8"), path.name)) == len(rows["time"]) > 1


def test_settings_of_then_hold(data: Path) -> None:
    settings = Settings()
    assert settings.get(known.SCHEME) == "dark"
    assert settings.get(known.PANES) == [240, 700, 220]
    assert settings.get(known.TREE_SHOWN) is False
    assert settings.get(known.CONSOLE_HISTORY) == ["Get-VM", "Get-ClusterNode | Format-Table"]
    assert settings.get(known.LAST) == "embedded:contoso"


def test_a_query_saved_then_is_there(data: Path) -> None:
    queries = SavedQueries(Settings())
    assert queries.is_own("Errors of node2")
    assert "node2.contoso.example" in queries.all()["Errors of node2"]
