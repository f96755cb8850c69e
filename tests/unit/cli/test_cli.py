"""The command line: exit codes, sentences instead of tracebacks, and no Qt where no window is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm import __version__
from fcm.app import journal_path, open_workspace
from fcm.backend.base import BackendError
from fcm.cli.main import DONE, FAILED, WRONG_USAGE, main
from fcm.workspace.files.journal import JournalError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))


def test_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == DONE
    assert capsys.readouterr().out.strip() == f"fcm {__version__}"


def test_an_unknown_verb_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["teleport"])

    assert ended.value.code == WRONG_USAGE
    assert "teleport" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("uri", "words", "expected"),
    [
        ("nonsense", "is not a cluster URI", WRONG_USAGE),
        ("embedded:atlantis", "no embedded cluster 'atlantis'", WRONG_USAGE),
        ("libvirt:/nowhere/hosts.toml", "hosts.toml", WRONG_USAGE),
        ("embedded:/nowhere/cluster.toml", "cluster.toml", WRONG_USAGE),
    ],
)
def test_a_cluster_that_cannot_be_opened_is_a_sentence_and_an_exit_code(
    uri: str, words: str, expected: int, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["show", uri])

    said = capsys.readouterr().err
    assert code == expected
    assert words in said
    assert "Traceback" not in said


def test_show_lists_nodes_and_their_machines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "embedded:contoso"]) == DONE

    said = capsys.readouterr().out
    assert "node1" in said
    assert "SQL01" in said
    assert "Windows Server 2008 R2, Node and Disk Majority (Cluster Disk 1)" in said
    assert "4 of 4 votes, 3 needed. Survives any one loss." in said


def test_migrate_names_an_unknown_machine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", "embedded:contoso", "GHOST", "node2"]) == WRONG_USAGE

    assert "no virtual machine 'GHOST'" in capsys.readouterr().err


def test_migrate_says_reason_and_remedy_of_a_refusal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", "embedded:contoso", "SQL01", "node3"]) == FAILED

    assert "lacks processor features" in capsys.readouterr().err


def test_a_cluster_opened_twice_is_refused_with_what_to_do() -> None:
    first = open_workspace("embedded:contoso", paced=False)
    try:
        with pytest.raises(JournalError, match="open in another fcm"):
            open_workspace("embedded:contoso", paced=False)
    finally:
        first.close()


def test_clusters_of_the_same_file_name_have_journals_of_their_own() -> None:
    assert journal_path("embedded:/a/x.toml") != journal_path("embedded:/b/x.toml")
    assert journal_path("embedded:contoso").name.startswith("contoso-")


def test_a_cluster_goes_on_where_it_was_closed() -> None:
    first = open_workspace("embedded:contoso", paced=False)
    before = first.state
    first.close()

    second = open_workspace("embedded:contoso", paced=False)
    after = second.state
    second.close()

    assert after.cluster == before.cluster
    assert after.machines == before.machines


def test_a_uri_without_scheme_is_refused_with_examples() -> None:
    with pytest.raises(BackendError, match="embedded:contoso"):
        open_workspace("contoso")


def test_without_a_display_the_window_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)

    assert main([]) == FAILED

    assert "no display" in capsys.readouterr().err


def test_a_file_that_describes_no_cluster_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "hosts.toml"
    wrong.write_text("[cluster\n", encoding="utf-8")
    assert main(["hosts", "check", str(wrong)]) == 2
    assert "line 1: The file is not valid TOML" in capsys.readouterr().err


def test_a_migration_with_a_time_limit_is_canceled_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", "embedded:contoso", "CACHE01", "node1", "--time-limit", "1"]) == FAILED
    assert "time limit of 1.0 s. The virtual machine is still running on node2." in capsys.readouterr().out


@pytest.mark.parametrize("value", ["0", "-1", "nan", "1e9", "soon"])
def test_a_time_limit_that_is_none_is_wrong_usage(value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["migrate", "embedded:contoso", "CACHE01", "node1", "--time-limit", value])
    assert end.value.code == WRONG_USAGE
    assert "expected seconds from 1 to 2592000" in capsys.readouterr().err
