from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fcm.shell.absent import ABSENT
from fcm.shell.reference import main, page

if TYPE_CHECKING:
    import pytest

    from tests.unit.shell.desk import ShellDesk

PAGE = Path(__file__).resolve().parents[3] / "docs" / "powershell.md"


def test_the_page_of_documentation_lists_each_cmdlet_and_what_it_cannot_do(desk: ShellDesk) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "Run: python -m fcm.shell.reference docs/powershell.md"
    for cmdlet in desk.session.registry.cmdlets.values():
        assert f"| `{cmdlet.name}`" in text
        for param in cmdlet.parameters:
            assert not param.absent or f"`-{param.name}`: {param.absent}" in text


def test_a_page_without_the_marks_is_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.md"
    other.write_text("no marks")
    assert main([str(other)]) == 1
    assert "lacks the marks" in capsys.readouterr().err
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
    results = desk.run("Grant-ClusterAccess x; Move-VM DC01 node2; Get-Help Stop-Cluster")
    assert "whoever runs this program" in results.text()
    assert "came with Windows Server 2012. Use Move-ClusterVirtualMachineRole" in results.text()
    assert "the last one stays up" in results.text()
