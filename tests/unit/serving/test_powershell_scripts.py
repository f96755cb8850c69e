"""What ``make test-powershell`` runs: here without a PowerShell."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Parser

from fcm import powershell

TOP = Path(__file__).resolve().parents[3]
SCRIPTS = sorted((TOP / "tests" / "powershell").glob("*.ps1"))


@pytest.fixture(scope="module")
def runner() -> Any:
    place = TOP / "packaging" / "test_powershell.py"
    spec = importlib.util.spec_from_file_location("run_test_powershell", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda one: one.stem)
def test_a_script_is_powershell(script: Path) -> None:
    tree = Parser(Language(tree_sitter_powershell.language())).parse(script.read_bytes())
    assert not tree.root_node.has_error


def test_the_scripts_that_need_no_powershell_pass_in_the_built_in_shell(
    runner: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runner.main(["--engine", "built-in"]) == 0, capsys.readouterr().out
    assert "5 passed, 0 failed" in capsys.readouterr().out


def test_without_powershell_it_is_said_plainly_that_nothing_was_run(
    runner: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(powershell, "PROGRAMS", ())
    assert runner.main([]) == 1
    assert capsys.readouterr().out.startswith(
        "There is no PowerShell on the PATH (pwsh or powershell). Nothing was run."
    )


def test_each_script_goes_through_the_powershell_that_is_found(
    runner: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "pwsh"
    program.write_text(
        f"#!{sys.executable}\nimport json, os, sys\n"
        "told = json.loads(os.environ['FCM_RUN'])\nopen(told['begun'], 'w').close()\n"
        "print('ran', told['script'])\nsys.exit('errors' in told['script'])\n",
        encoding="utf-8",
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert runner.main(["errors", "moving"]) == 1
    said = capsys.readouterr().out
    assert "FAILED  errors: exit code 1" in said
    assert "passed  moving: ran " in said
    assert "1 passed, 1 failed" in said
