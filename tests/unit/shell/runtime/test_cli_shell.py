from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from fcm import resources
from fcm.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

FAST = ["--fresh", "--speed", "max"]


def test_run_prints_the_tables_of_a_script(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "nodes.ps1"
    script.write_text("Get-ClusterNode node1")
    assert main(["run", "--engine=built-in", str(script), *FAST]) == 0
    assert capsys.readouterr().out.splitlines()[3].split() == ["node1", "Up"]


def test_run_waits_for_a_live_migration_and_gives_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "move.ps1"
    script.write_text("Move-ClusterVirtualMachineRole DC01 node2", encoding="utf-8-sig")
    assert main(["run", "--engine=built-in", str(script), "--json", *FAST]) == 0
    said = capsys.readouterr()
    (group,) = json.loads(said.out)["output"]
    assert (group["Name"], group["OwnerNode"]) == ("DC01", "node2")
    assert "Live migration of DC01" in said.err


def test_a_script_that_fails_exits_with_1_and_wrong_text_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "wrong.ps1"
    script.write_text("Get-ClusterNode nobody\n'after'")
    assert main(["run", "--engine=built-in", str(script), *FAST]) == 1
    said = capsys.readouterr()
    assert "There is no node 'nobody'" in said.err
    assert "after" in said.out
    script.write_text("Get-ClusterNode (")
    assert main(["run", "--engine=built-in", str(script), *FAST]) == 2
    assert main(["run", "--engine=built-in", str(tmp_path / "missing.ps1")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_the_shell_reads_commands_over_several_lines_until_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "foreach ($i in 1..2) {\n  \"number $i\"\n}\nGet-ClusterNode node3 |\n  Select-Object Name\nexit\n'never'\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    assert main(["shell", *FAST]) == 0
    out = capsys.readouterr().out
    assert "number 2" in out
    assert "node3" in out
    assert "never" not in out


def test_the_course_runs_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", "--engine=built-in", str(resources.path("courses", "live-migration.ps1")), *FAST]) == 0
    assert "VirtualMachine  : NEW01" in capsys.readouterr().out


def test_new_cluster_makes_a_cluster_goes_on_with_it_and_it_can_be_opened_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path))
    script = tmp_path / "new.ps1"
    script.write_text(
        "New-Cluster fabrikam -WhatIf\n"
        "New-Cluster -Name fabrikam -Node s1, s2 -StaticAddress 192.168.7.20 | Out-Null\n"
        "Add-ClusterNode s3 | Out-Null\n(Get-ClusterNode).Name\n(Get-ClusterQuorum).QuorumType\n"
        "(Test-Cluster | Where-Object { $_.Result -eq 'Failed' }).Count\nNew-Cluster fabrikam"
    )
    assert main(["run", "--engine=built-in", str(script), *FAST]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines()[1:] == ["s1", "s2", "s3", "NodeAndDiskMajority", "0"]
    assert "fabrikam already exists" in said.err
    script.write_text("(Get-ClusterNetwork 'Cluster Network 1').Address")
    uri = f"embedded:{tmp_path / 'clusters' / 'fabrikam.toml'}"
    assert main(["run", "--engine=built-in", str(script), "--cluster", uri, *FAST]) == 0
    assert capsys.readouterr().out.splitlines() == ["192.168.7.0"]


def test_parameters_of_a_script_are_set_from_outside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "hello.ps1"
    script.write_text("param([Parameter(Mandatory=$true)]$Name, $Node = 'node2')\n\"$Name to $Node\"")
    assert main(["run", "--engine=built-in", str(script), "--set", "Name=SQL01", *FAST]) == 0
    assert capsys.readouterr().out.splitlines() == ["SQL01 to node2"]
    assert main(["run", "--engine=built-in", str(script), *FAST]) == 1
    assert "--set Name=VALUE" in capsys.readouterr().err


def test_run_gives_a_script_what_stands_after_two_dashes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "move.ps1"
    (tmp_path / "lib.ps1").write_text('function Say($What) { "said $What" }')
    script.write_text('param($Machine, [int]$Count, [switch]$Dry)\n. "$PSScriptRoot\\lib.ps1"\n'
                      'Say "$Machine $($Count + 1) $Dry"\nexit $Count')  # fmt: skip
    assert main(["run", "--engine=built-in", str(script), *FAST, "--", "-Count", "5", "SQL01", "-Dry"]) == 5
    assert capsys.readouterr().out == "said SQL01 6 True\n"
    assert main(["run", "--engine=built-in", str(script), *FAST, "--", "--fresh"]) == 0
    assert capsys.readouterr().out == "said --fresh 1 False\n"
    assert main(["run", "--engine=built-in", str(script), "--", "-Nope"]) == 2
    assert "has no parameter -Nope" in capsys.readouterr().err


def test_an_error_of_a_script_that_is_run_names_its_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "wrong.ps1"
    script.write_text("'x'\n  Get-ClusterNode nobody")
    assert main(["run", "--engine=built-in", str(script), *FAST]) == 1
    assert f"At {script}:2 char:3" in capsys.readouterr().err
    script.write_bytes(b"\x7fELF\xff")
    assert main(["run", "--engine=built-in", str(script)]) == 2
    assert "cannot be read as text: it is not UTF-8" in capsys.readouterr().err
