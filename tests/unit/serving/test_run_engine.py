"""``fcm run --engine``: a script with PowerShell where there is one, else with the built-in shell."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from fcm import powershell
from fcm.cli import engine
from fcm.cli.main import main
from fcm.resources import path
from fcm.ui.tour.patience import PROGRAM_PATIENCE, stretched
from tests.quality.source import TOP

if TYPE_CHECKING:
    from pathlib import Path

FAST = ["--fresh", "--speed", "max"]


@pytest.fixture
def pwsh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The stand-in for PowerShell is the only program on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    made = folder / "pwsh"
    made.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(TOP)!r})\n"
        "from tests.unit.serving.stand_in import main\nsys.exit(main())\n",
        encoding="utf-8",
    )
    made.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return made


@pytest.fixture
def script(tmp_path: Path) -> Path:
    made = tmp_path / "some.ps1"
    made.write_text("'ä'", encoding="utf-8")
    return made


def started(capfd: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """How the stand-in was started by ``fcm run``."""
    assert main(["run", *words]) == 0
    found: dict[str, Any] = json.loads(capfd.readouterr().out)
    return found


def test_auto_takes_powershell_where_there_is_one(pwsh: Path, script: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert "about" in started(capfd, str(script), *FAST)
    assert "about" in started(capfd, str(script), "--engine", "powershell", *FAST)
    assert main(["run", str(script), "--engine", "built-in", *FAST]) == 0
    assert capfd.readouterr().out == "ä\n"


def test_without_powershell_auto_takes_the_built_in_shell_and_powershell_is_an_error(
    script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["run", str(script), *FAST]) == 0
    assert capfd.readouterr().out == "ä\n"
    assert main(["run", str(script), "--engine", "powershell", *FAST]) == 1
    assert "PowerShell is not installed" in capfd.readouterr().err


def test_the_script_runs_without_the_profile_and_with_the_modules_of_fcm_in_front(
    pwsh: Path, script: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PSModulePath", "/opt/modules")
    found = started(capfd, str(script), *FAST)
    assert found["words"] == ["-NoLogo", "-NoProfile", "-File", str(path("powershell") / "Run.ps1")]
    assert found["modules"].split(os.pathsep) == [str(path("powershell")), "/opt/modules"]
    assert found["about"]["script"] == str(script)


def test_a_script_from_standard_input_is_given_as_text(
    pwsh: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("'ä'\r\n'b'".encode("utf-16")), encoding="utf-8"))
    found = started(capfd, "-", *FAST)
    assert (found["about"]["script"], found["text"]) == ("", "'ä'\n'b'")


def test_words_after_two_dashes_are_spelled_as_powershell_reads_them(
    pwsh: Path, script: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["SQL01", "-Node", "node2; exit", "-Dry", "-Force:$true", "-To:it's", "-5", "’$x", "--", "-a b"]
    about = started(capfd, str(script), *FAST, "--", *words)["about"]
    assert about["words"] == "'SQL01' -Node 'node2; exit' -Dry -Force:$true -To:'it''s' '-5' '’’$x' '--' '-a b'"


def test_settings_are_handed_over_and_the_exit_code_comes_back(
    pwsh: Path, script: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(script), "--set", "code=7", "--set", "Name=a=b", *FAST]) == 7
    assert json.loads(capfd.readouterr().out)["about"]["settings"] == {"code": "7", "Name": "a=b"}


def test_lines_have_80_characters_where_the_output_is_no_terminal(
    pwsh: Path, script: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert started(capfd, str(script), *FAST)["about"]["width"] == 80
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert started(capfd, str(script), *FAST)["about"]["width"] == 0


@pytest.mark.parametrize(("name", "code"), [("missing.ps1", 2), (".", 2)])
def test_what_is_no_script_file_is_wrong_usage_before_powershell_starts(
    pwsh: Path, tmp_path: Path, name: str, code: int, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(tmp_path / name), *FAST]) == code
    assert "cannot be read" in capfd.readouterr().err


def test_a_recorded_talk_is_carried_out_on_a_cluster_of_its_own(
    pwsh: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "set-a-property.ps1"
    script.write_text("(Get-ClusterGroup SQL01).Name = 'DATABASE'")
    assert main(["run", str(script), *FAST]) == 0
    assert capfd.readouterr().out


def test_json_is_one_document_with_the_errors_in_it(
    pwsh: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "errors.ps1"
    script.write_text("Get-VM NOSUCH")
    assert main(["run", str(script), "--json", *FAST]) == 1
    document = json.loads(capfd.readouterr().out)
    assert "DC01" in document["output"]
    assert document["errors"][0]["message"] == "There is no virtual machine 'NOSUCH' in this cluster."
    assert document["errors"][0]["remedy"].startswith("Available: SQL01")


def test_what_a_script_throws_is_an_error_of_the_document(
    pwsh: Path, script: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(script), "--json", "--set", "throw=1", *FAST]) == 1
    said = capfd.readouterr()
    assert json.loads(said.out) == {"output": [], "errors": [{"message": "Exception: thrown", "remedy": ""}]}
    assert "thrown" in said.err


def test_ctrl_c_cancels_the_migration_and_the_exit_code_is_1(pwsh: Path, tmp_path: Path) -> None:
    script = tmp_path / "move.ps1"
    script.write_text("Move-ClusterVirtualMachineRole SQL01 node2")
    request = {"id": 1, "do": "invoke", "cmdlet": "Move-ClusterVirtualMachineRole",
               "parameters": {"Name": "SQL01", "Node": "node2"}}  # fmt: skip
    script.with_suffix(".jsonl").write_text(f"> {json.dumps(request)}\n")
    program = subprocess.Popen(
        [sys.executable, "-m", "fcm", "run", str(script), "--fresh"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert program.stderr is not None
    seen = ""
    while "brownout" not in seen:
        line = program.stderr.readline()
        assert line, seen
        seen += line
    os.killpg(program.pid, signal.SIGINT)  # as a terminal does: to each of them
    _, errors = program.communicate(timeout=stretched(PROGRAM_PATIENCE))
    assert program.returncode == 1
    assert errors.endswith("Ended.\n")
    assert "Traceback" not in errors


def test_a_script_that_the_built_in_shell_refuses_is_told_how_to_get_powershell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    script = tmp_path / "some.ps1"
    for text, code in (("Get-ClusterNode (", 2), ("Get-Acl C:\\", 1)):
        script.write_text(text)
        assert main(["run", str(script), *FAST]) == code
        assert "install PowerShell 7 (https://aka.ms/powershell)" in capfd.readouterr().err
    script.write_text("Get-VM NOSUCH")
    assert main(["run", str(script), *FAST]) == 1
    assert "aka.ms" not in capfd.readouterr().err


def test_where_powershell_is_there_a_refused_script_is_told_of_the_option(
    pwsh: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "some.ps1"
    script.write_text("Get-Acl C:\\")
    assert main(["run", str(script), "--engine", "built-in", *FAST]) == 1
    assert "use --engine powershell" in capfd.readouterr().err


def test_no_kind_of_quote_ends_a_text_of_powershell() -> None:
    assert engine.quoted("a'b‘c’d‚e‛f") == "'a''b‘‘c’’d‚‚e‛‛f'"


SECURITY = """File C:\\fcm\\Run.ps1 cannot be loaded because running scripts is disabled on this system. For more
information, see about_Execution_Policies at https:/go.microsoft.com/fwlink/?LinkID=135170.
    + CategoryInfo          : SecurityError: (:) [], ParentContainsErrorRecordException
    + FullyQualifiedErrorId : UnauthorizedAccess
"""


def ends_at_once(pwsh: Path, words: str) -> None:
    """Have PowerShell say something and end before it runs a script."""
    pwsh.write_text(f"#!{sys.executable}\nimport sys\nsys.exit({words!r})\n", encoding="utf-8")


FIVE, SEVEN = r"Software\Policies\Microsoft\Windows\PowerShell", r"Software\Policies\Microsoft\PowerShellCore"


@pytest.mark.parametrize(
    ("policies", "forbids"),
    [
        ({}, False),
        ({("computer", SEVEN, "EnableScripts"): 0}, True),
        ({("computer", SEVEN, "EnableScripts"): 1, ("computer", SEVEN, "ExecutionPolicy"): "AllSigned"}, True),
        ({("user", SEVEN, "EnableScripts"): 1, ("user", SEVEN, "ExecutionPolicy"): "AllSigned"}, True),
        ({("computer", SEVEN, "EnableScripts"): 1, ("computer", SEVEN, "ExecutionPolicy"): "RemoteSigned",
          ("user", SEVEN, "EnableScripts"): 0}, False),
        ({("computer", FIVE, "EnableScripts"): 0}, False),
        ({("computer", FIVE, "EnableScripts"): 0, ("computer", SEVEN, "UseWindowsPowerShellPolicySetting"): 1}, True),
    ],
)  # fmt: skip
def test_a_group_policy_that_forbids_scripts_is_said_before_powershell_starts(
    pwsh: Path, script: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
    policies: dict[tuple[str, str, str], str | int], forbids: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr(powershell, "_setting", lambda *where: policies.get(where))
    assert main(["run", str(script), *FAST]) == int(forbids)
    said = capfd.readouterr()
    assert (said.out == "", said.err) == (forbids, f"{powershell.FORBIDDEN}\n" if forbids else "")
    if forbids:
        assert main(["powershell", *FAST]) == 1
        assert capfd.readouterr().err == f"{powershell.FORBIDDEN}\n"


def test_windows_powershell_has_policies_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(powershell, "_setting", lambda _hive, key, name: 0 if (key, name[:1]) == (FIVE, "E") else None)
    powershell.check_policy("C:/bin/pwsh.exe")
    with pytest.raises(powershell.ForbiddenError, match="or use the built-in shell: fcm shell"):
        powershell.check_policy("C:/bin/powershell.exe")


def test_json_of_a_powershell_that_may_run_no_script_has_one_sentence_and_no_words_of_powershell(
    pwsh: Path, script: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ends_at_once(pwsh, SECURITY)
    assert main(["run", str(script), "--json", *FAST]) == 1
    said = capfd.readouterr()
    assert json.loads(said.out) == {"output": [], "errors": [{"message": powershell.FORBIDDEN, "remedy": ""}]}
    assert said.err == f"{powershell.FORBIDDEN}\n"


def test_a_powershell_that_ends_before_the_script_is_said_with_what_to_do(
    pwsh: Path, script: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ends_at_once(pwsh, "Couldn't find a valid ICU package.")
    assert main(["run", str(script), *FAST]) == 1
    assert capfd.readouterr().err == f"Couldn't find a valid ICU package.\n{engine.NOT_BEGUN}\n"
    assert main(["run", str(script), "--json", *FAST]) == 1
    (error,) = json.loads(capfd.readouterr().out)["errors"]
    assert error["message"] == f"{engine.NOT_BEGUN}\nCouldn't find a valid ICU package."
