from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fcm.powershell import installed
from fcm.shell import cmdlets
from fcm.shell.completion.reference import main, page
from fcm.shell.runtime.absent import ABSENT
from fcm.shell.runtime.registry import REGISTRY

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk

cmdlets.load()
_NAMES = [one.name for one in REGISTRY.cmdlets.values()]
APART = {
    "Write-Error": "reports an error, as it should",
    "Clear-FcmBlockedGroup": "only Pacemaker blocks groups",
    "Confirm-FcmNodeOff": "only Pacemaker fences nodes",
    "Out-GridView": "needs the window",
    "Get-WinEvent": "finds nothing in a cluster in which nothing went wrong yet",
}
"""Examples that end in an error on a fresh cluster without a window, and why."""
PAGE = Path(__file__).resolve().parents[4] / "docs" / "powershell.md"


def test_the_page_of_documentation_lists_each_cmdlet_and_what_it_cannot_do(desk: ShellDesk) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "Run: python -m fcm.shell.completion.reference docs/powershell.md"
    for cmdlet in desk.session.registry.cmdlets.values():
        assert f"| `{cmdlet.name}`" in text
        for param in cmdlet.parameters:
            assert not param.absent or f"`-{param.name}`: {param.absent}" in text


def test_a_page_without_the_marks_is_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.md"
    other.write_text("no marks")
    assert main([str(other)]) == 1
    assert "does not contain the marks" in capsys.readouterr().err
    assert other.read_text() == "no marks"
    assert main([]) == 2


def test_all_cmdlets_of_2008_r2_are_there_or_say_why_not(desk: ShellDesk) -> None:
    nouns = "AvailableDisk Group Log Network NetworkInterface Node OwnerNode Parameter Quorum Resource ResourceType"
    names = [f"Get-Cluster{noun}" for noun in ("", "Access", "ResourceDependency", "SharedVolume", *nouns.split())]
    names += [f"{verb}-Cluster{noun}" for verb in ("Start", "Stop") for noun in ("", "Group", "Node", "Resource")]
    names += [f"{verb}-Cluster{noun}" for verb in ("Suspend", "Resume") for noun in ("Node", "Resource")]
    names += ["New-Cluster", "Remove-Cluster", "Test-Cluster", "Test-ClusterResourceFailure", "Set-ClusterLog"]
    for name in names:
        assert desk.session.registry.get(name) is not None or name in ABSENT, name
    results = desk.run("Grant-ClusterAccess x; Compare-VM DC01; Get-Help Remove-Cluster")
    assert "user who runs fcm" in results.text()
    assert (
        "equires Windows Server 2012. To check whether a virtual machine can move, use Check a live migration"
        in results.text()
    )
    assert "Delete the cluster file." in results.text()


@pytest.mark.parametrize("name", sorted(_NAMES))
def test_the_example_of_a_cmdlet_runs_as_it_is_printed_on_a_fresh_cluster(
    name: str, desk: ShellDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FCM_DATA", str(desk.folder / "data"))
    example = REGISTRY.cmdlets[name.casefold()].example
    results = desk.run(example)
    assert results.ok is (name not in APART), f"{example}: {results.text()}"


def _blocks() -> list[str]:
    """The lines of the code blocks of the page, without what stands behind #."""
    fenced = PAGE.read_text(encoding="utf-8").split("```")[1::2]
    return [line.partition(" #")[0].strip() for block in fenced for line in block.strip().splitlines() if line.strip()]


@pytest.mark.parametrize("line", _blocks())
def test_a_line_of_the_page_runs_as_it_is_printed(line: str, tmp_path: Path) -> None:
    (tmp_path / "SCRIPT.ps1").write_text("Get-ClusterNode | Format-Table Name, State\n")
    (tmp_path / "MOVE.ps1").write_text('param($Name, $Node)\n"$Name to $Node"; Move-ClusterGroup $Name -WhatIf $Node\n')
    program = Path(sys.executable).parent
    environment = {**os.environ, "FCM_DATA": str(tmp_path / "data"), "PATH": f"{program}:{os.environ['PATH']}"}
    done = subprocess.run(
        line,
        shell=True,
        cwd=tmp_path,
        env=environment,
        input="",
        capture_output=True,
        text=True,
        check=False,
    )
    if "libvirt:" in line:
        # It needs hosts: it is read to the end, and then their file is asked for.
        assert "hosts.toml" in done.stderr
        assert "usage:" not in done.stderr
        return
    if line.startswith("fcm powershell") and not installed():
        assert "PowerShell is not installed" in done.stderr
        return
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
