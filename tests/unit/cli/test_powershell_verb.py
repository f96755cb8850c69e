"""``fcm powershell``: a real PowerShell, with fcm's modules in front of all others for that process only."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Parser

from fcm import powershell
from fcm.app import open_workspace
from fcm.cli.main import FAILED, WRONG_USAGE, main
from fcm.resources import path
from fcm.shell.serving import open_now
from fcm.shell.serving.connections import Door
from fcm.shell.serving.hosting import Host
from fcm.shell.serving.meeting import claim, place
from fcm.shell.serving.shared import SharedCluster
from fcm.ui.tour.patience import stretched
from fcm.workspace.files.journal_paths import journal_of
from fcm.workspace.files.settings import LAST, OPEN, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Something called pwsh that writes down how it was started, and ends with 7."""
    folder = tmp_path / "bin"
    folder.mkdir()
    made = folder / "pwsh"
    made.write_text(
        f"#!{sys.executable}\nimport json, os, sys\n"
        f"json.dump([sys.argv[1:], dict(os.environ)], open({str(tmp_path / 'started.json')!r}, 'w'))\nsys.exit(7)\n",
        encoding="utf-8",
    )
    made.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PSModulePath", "/opt/microsoft/powershell/7/Modules")
    return tmp_path / "started.json"


def test_the_modules_come_first_and_the_server_is_named(program: Path) -> None:
    assert main(["powershell", "--cluster", "embedded:contoso", "--speed", "max", "--fresh"]) == 7
    words, variables = json.loads(program.read_text(encoding="utf-8"))
    assert words[:2] == ["-NoLogo", "-NoExit"]
    assert words == powershell.interactive("pwsh", path("powershell"))[1:]
    modules, before = variables["PSModulePath"].split(":")
    assert modules == str(path("powershell"))
    assert before == "/opt/microsoft/powershell/7/Modules"
    serve = json.loads(variables["FCM_SERVE"])
    assert serve[0] == sys.executable
    assert serve[-7:] == ["serve", "--stdio", "--cluster", "embedded:contoso", "--speed", "max", "--fresh"]


def test_what_begins_the_session_is_powershell_and_says_what_a_group_policy_forbids(tmp_path: Path) -> None:
    folder = tmp_path / "it's here"
    *_, first = powershell.interactive("pwsh", folder)
    tree = Parser(Language(tree_sitter_powershell.language())).parse(first.encode())
    assert not tree.root_node.has_error
    assert f"'{folder}/Fcm'".replace("it's", "it''s") in first
    assert powershell.FORBIDDEN.replace("'", "''") in first
    assert "[$env:FCM_CLUSTER] PS" in first


def test_each_powershell_without_history_has_a_cluster_of_its_own(program: Path) -> None:
    found = []
    for words in (["--fresh"], ["--fresh"], []):
        main(["powershell", *words])
        found.append(json.loads(program.read_text(encoding="utf-8"))[1].get("FCM_SESSION"))
    assert found[0]
    assert found[0] != found[1]
    assert found[2] is None


class Window:
    """A window that has contoso open, as far as others see: a place where it answers."""

    def __init__(self, uris: list[str], selected: str) -> None:
        settings = Settings()
        settings.set(OPEN, uris)
        settings.set(LAST, selected)
        settings.flush()
        self.clusters = [SharedCluster(lambda uri=uri: open_workspace(uri)) for uri in uris]
        self.hosts = []
        for uri, cluster in zip(uris, self.clusters, strict=True):
            door = claim(place(journal_of(uri)))
            assert isinstance(door, Door)
            self.hosts.append(Host(cluster.borrow))
            self.hosts[-1].listen(door)

    def close(self) -> None:
        for host in self.hosts:
            host.close(60.0)
        for cluster in self.clusters:
            cluster.close()


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setattr(open_now, "RESPONDS", stretched(60.0))
    made = Window(["embedded:contoso", "embedded:fabrikam"], "embedded:fabrikam")
    yield made
    made.close()


def _cluster_of(program: Path, *words: str) -> tuple[str, str]:
    main(["powershell", *words])
    variables = json.loads(program.read_text(encoding="utf-8"))[1]
    serve = json.loads(variables["FCM_SERVE"])
    return serve[serve.index("--cluster") + 1], variables["FCM_CLUSTER"]


def test_the_cluster_that_is_selected_in_the_window_is_joined_and_named(program: Path, window: Window) -> None:
    assert _cluster_of(program) == ("embedded:fabrikam", "fabrikam")


def test_another_open_cluster_is_taken_by_its_name(program: Path, window: Window) -> None:
    assert _cluster_of(program, "-Cluster", "Contoso") == ("embedded:contoso", "contoso")
    assert _cluster_of(program, "--cluster", "embedded:contoso") == ("embedded:contoso", "embedded:contoso")


def test_a_name_that_no_open_cluster_has_is_refused_with_those_that_are(
    program: Path, window: Window, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["powershell", "-Cluster", "woodgrove"]) == WRONG_USAGE
    said = capsys.readouterr().err
    assert said.startswith("No cluster called 'woodgrove' is open in a window. These are: contoso, fabrikam.")
    assert not program.exists()


def test_a_window_that_is_gone_is_not_joined(program: Path) -> None:
    window = Window(["embedded:fabrikam"], "embedded:fabrikam")
    window.close()
    assert _cluster_of(program) == ("embedded:contoso", "embedded:contoso")


def test_the_variables_of_this_process_stay(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PSModulePath")
    main(["powershell"])
    words, variables = json.loads(program.read_text(encoding="utf-8"))
    assert words
    assert variables["PSModulePath"] == str(path("powershell"))
    assert "--fresh" not in json.loads(variables["FCM_SERVE"])


def test_without_powershell_one_sentence_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["powershell"]) == FAILED
    said = capsys.readouterr().err
    assert said.startswith("PowerShell is not installed. Install PowerShell 7")
    assert "fcm shell" in said


def test_about_says_which_powershell_runs_scripts(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fcm.ui.dialogs.about import versions

    assert dict(versions())["PowerShell"] == str(tmp_path / "bin" / "pwsh")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "built-in shell" in dict(versions())["PowerShell"]
