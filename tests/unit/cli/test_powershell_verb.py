"""``fcm powershell``: a real PowerShell, with fcm's modules in front of all others for that process only."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from fcm import powershell
from fcm.cli.main import FAILED, main
from fcm.resources import path

if TYPE_CHECKING:
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
    assert words == powershell.interactive("pwsh")[1:]
    modules, before = variables["PSModulePath"].split(":")
    assert modules == str(path("powershell"))
    assert before == "/opt/microsoft/powershell/7/Modules"
    serve = json.loads(variables["FCM_SERVE"])
    assert serve[0] == sys.executable
    assert serve[-7:] == ["serve", "--stdio", "--cluster", "embedded:contoso", "--speed", "max", "--fresh"]


def test_each_powershell_without_history_has_a_cluster_of_its_own(program: Path) -> None:
    found = []
    for words in (["--fresh"], ["--fresh"], []):
        main(["powershell", *words])
        found.append(json.loads(program.read_text(encoding="utf-8"))[1].get("FCM_SESSION"))
    assert found[0]
    assert found[0] != found[1]
    assert found[2] is None


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
