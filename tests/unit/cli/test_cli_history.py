from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from fcm import installation
from fcm.app import journal_path, open_workspace
from fcm.cli.main import main
from fcm.model import commands as cmd
from fcm.workspace.files.journal import Journal

if TYPE_CHECKING:
    from pathlib import Path

URI = "embedded:contoso"


@pytest.fixture
def moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Contoso in a data folder of its own; DC01 moved live, then quickly."""
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))
    workspace = open_workspace(URI, paced=False)
    for command, seconds in ((cmd.LiveMigrate, 30.0), (cmd.QuickMigrate, 300.0)):
        machine = workspace.state.machine_named("DC01")
        assert machine is not None
        operation = workspace.submit(command(machine.id, "node2" if machine.node == "node1" else "node1"))
        workspace.backend.advance(seconds)  # type: ignore[attr-defined]
        workspace.drain(60)
        assert operation.verdict, operation.verdict
    workspace.close()
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(words)
    out, err = capsys.readouterr()
    return code, out, err


def test_history_lists_each_migration_with_its_figures(moved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "history", URI)
    head, quick, live = out.splitlines()
    assert code == 0
    assert head.startswith("started (UTC")
    assert quick.endswith("completed (quick migration)")
    assert "Cluster Network 3" in live
    assert live.endswith("completed")


def test_history_as_json_has_the_documented_keys(moved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "history", URI, "--machine", "dc01", "--json")
    answer = json.loads(out)
    quick, live = answer["migrations"]
    assert code == 0
    assert answer["cluster"] == URI
    assert (live["from"], live["to"], live["status"], live["rows_kept"]) == ("node1", "node2", "completed", True)
    assert (quick["kind"], quick["bytes"], quick["rows_kept"]) == ("Quick migration", None, False)


def test_exported_migrations_are_validated_and_predicted(moved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = moved / "out"
    code, out, _ = run(capsys, "history", URI, "--export", str(folder), "--csv")
    assert code == 0
    assert out.splitlines()[-1].endswith("1 migration has no telemetry and cannot be exported.")
    (path,) = folder.glob("*.json")
    assert len(list(folder.glob("*.csv"))) == 1

    code, out, _ = run(capsys, "validate", str(folder), "--json")
    (case,) = json.loads(out)["cases"]
    assert code == 0
    assert case["group"] == "kept, simulated, known workload"
    assert case["basis"].startswith("Predicted from the workload that the cluster runs in the guest")
    assert abs(case["errors"]["engine"]["total_pct"]) < 0.5

    code, out, _ = run(capsys, "predict", str(path), "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["basis"] == case["basis"]
    assert answer["measured"]["bytes"] == case["measured"]["bytes"]

    code, out, _ = run(capsys, "predict", str(path), "--bandwidth", "20000000", "--plot", str(moved / "plot.svg"))
    assert code == 0
    assert "simulated: 5.6 s" in out
    assert "and the specified bandwidth." in out
    assert (moved / "plot.svg").read_text().startswith("<svg")


def test_a_migration_without_an_end_is_left_out_of_the_comparison_by_name(
    moved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = moved / "out"
    run(capsys, "history", URI, "--export", str(folder))
    (path,) = folder.glob("*.json")
    text = json.loads(path.read_text()) | {"final": None, "outcome": "failed"}
    text["kept"]["reason"] = "No network carried it."
    (folder / "failed.json").write_text(json.dumps(text))
    code, out, _ = run(capsys, "validate", str(folder))
    assert code == 0
    assert "- failed: it did not complete (failed). No network carried it." in out


def test_a_cluster_that_was_never_opened_gets_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path))
    code, _, err = run(capsys, "history", URI)
    assert code == 1
    assert err.startswith("embedded:contoso has never been opened here")
    assert list(tmp_path.iterdir()) == []


def test_csv_without_a_folder_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "history", URI, "--csv")
    assert code == 2
    assert "--export DIR" in err


HOSTS = """\
[cluster]
name = "lab"
identity = "first"

[[network]]
name = "Migration"
subnet = "10.1.0.0/24"

[[node]]
name = "node1"
uri = "qemu+ssh://node1/system"
addresses = { Migration = "10.1.0.1" }
"""


def test_a_lab_of_another_identity_is_another_cluster_and_what_was_kept_of_the_earlier_one_stays_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))
    hosts = tmp_path / "hosts.toml"
    hosts.write_text(HOSTS)
    uri = f"libvirt:{hosts}"
    first = journal_path(uri)
    Journal.open(first, uri).close()

    hosts.write_text(HOSTS.replace("first", "second"))
    second = journal_path(uri)
    assert second != first
    reading = installation.command(f"history {first}")
    assert run(capsys, "history", uri) == (
        1,
        "",
        f"{uri} has never been opened here, so it has no history. Open the cluster once, or check whether FCM_DATA "
        f"points to the right folder.\nJournals of earlier clusters with this name, newest first:\n  {reading}\n",
    )
    Journal.open(second, uri).close()
    code, out, err = run(capsys, "history", uri)
    assert (code, out) == (0, "No migrations found.\n")
    assert reading in err
    assert run(capsys, "history", str(first)) == (0, "No migrations found.\n", "")

    hosts.unlink()  # the lab is down
    code, _, err = run(capsys, "history", uri)
    assert code == 2
    assert str(first) in err
    assert str(second) in err


def test_a_file_that_is_no_journal_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.journal"
    other.write_text("no journal")

    assert run(capsys, "history", str(other)) == (2, "", f"{other} is not an fcm journal, or does not exist.\n")
