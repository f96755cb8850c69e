"""A cluster with a history is opened from that; its file is read only where there is none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fcm import resources
from fcm.app import journal_path, open_workspace
from fcm.backend.embedded import ClusterFileError
from fcm.backend.registry import canonical_uri


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cluster file of the user's own, and an empty folder of data."""
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))
    return Path(shutil.copy(resources.path("clusters") / "contoso.toml", tmp_path / "own.toml"))


def machines_of(file: Path) -> list[str]:
    workspace = open_workspace(f"embedded:{file}", paced=False)
    try:
        return [machine.name for machine in workspace.state.machines.values()]
    finally:
        workspace.close()


def test_the_file_of_a_cluster_with_a_history_is_not_read_again(file: Path) -> None:
    names = machines_of(file)
    assert names
    file.write_text("this describes no cluster", encoding="utf-8")
    assert machines_of(file) == names


def test_a_cluster_whose_history_is_empty_is_read_from_its_file(file: Path) -> None:
    path = journal_path(canonical_uri(f"embedded:{file}"))
    path.parent.mkdir(parents=True)
    path.touch()
    assert machines_of(file)


def test_without_a_history_a_file_that_describes_no_cluster_is_refused_with_its_line(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}\nwrong", encoding="utf-8")
    with pytest.raises(ClusterFileError, match=r"own\.toml, line \d+: The file is not valid TOML"):
        machines_of(file)
    assert not journal_path(canonical_uri(f"embedded:{file}")).exists()


def test_a_cluster_whose_file_is_gone_is_refused(file: Path) -> None:
    machines_of(file)
    file.unlink()
    with pytest.raises(ClusterFileError, match=r"own\.toml"):
        machines_of(file)
