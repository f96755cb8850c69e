"""The guide's lines of PowerShell, as printed, on real hosts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from evtx import PyEvtxParser

from fcm.model.telemetry import Phase
from fcm.shell.runtime.session import ShellSession
from fcm.shell.values.values import ShellObject
from fcm.ui.tour.patience import PROGRAM_PATIENCE, stretched
from tests.unit.logs.test_query import GUIDE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fcm.lab.machines import LabMachine
    from tests.live.live_lab import LiveLab
    from tests.live.watched import Watched

pytestmark = pytest.mark.live

ANALYTIC = "Microsoft-Windows-Hyper-V-High-Availability-Analytic"
NODES = ["node1", "node2", "node3"]


@pytest.fixture
def shell(watched: Watched, tmp_path: Path) -> Iterator[ShellSession]:
    """A shell on the lab's hosts, all of which have answered."""
    session = ShellSession(watched.workspace, folder=tmp_path)
    watched.until(lambda: len(watched.workspace.state.nodes) == len(NODES) and watched.all_up(), "all nodes are up")
    yield session
    session.stop()


def test_the_guides_move_and_its_logs_run_as_printed(
    lab: LiveLab, watched: Watched, shell: ShellSession, machine: LabMachine, tmp_path: Path
) -> None:
    watched.machine(machine.name)
    cluster = watched.workspace.state.cluster
    assert cluster is not None
    (tmp_path / "query.txt").write_text(GUIDE)
    progress: list[int] = []
    shell.on_progress = lambda activity, status, percent: progress.append(percent)

    hosts = shell.execute(
        "Add-Module FailoverClusters\n"
        "(Get-ClusterNode).Name\n"
        f"(Get-ClusterNode node1 | Get-ClusterGroup | Where-Object {{ $_.Name -eq '{machine.name}' }}).Name\n"
        "(Get-ClusterNetwork 'Live Migration').State\n"
        "(Test-Cluster).Count -gt 10"
    )
    assert hosts.ok, hosts.text()
    assert hosts.objects == [*NODES, machine.name, "Up", True]

    results = shell.execute(
        f"Wevtutil sl “{ANALYTIC}” /e:true /q\n"
        f"Get-Cluster “{cluster.name}” | Move-ClusterVirtualMachineRole -Name “{machine.name}” -Node “node2”\n"
        "Wevtutil epl query.txt /sq:true Live.evtx\n"
        "Get-ClusterLog\n"
        "Get-ClusterLog –Destination logs\n"
        "Cluster.exe log /g /copy:old\n"
    )

    assert results.ok, results.text()
    assert lab.running(machine) == ["node2"]
    assert results.objects[0].get("OwnerNode") == "node2"
    assert any(percent > 0 for percent in progress)
    parser = PyEvtxParser(str(tmp_path / "Live.evtx"))
    exported = [str(item["data"]) for item in parser.records() if item is not None]
    assert any("<EventID>20415</EventID>" in text and machine.name in text for text in exported)
    names = [f"{node}_cluster.log" for node in NODES]
    shown = [item.get("Name") for item in results.objects if isinstance(item, ShellObject) and item.type == "File"]
    assert shown == names * 3, results.text()
    for folder in ("logs", "old"):
        assert sorted(path.name for path in (tmp_path / folder).iterdir()) == names


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('(Get-Cluster).EnableSharedVolumes = "Enabled"', "The hosts themselves decide this"),
        ("Add-ClusterNode node9", "are defined in its hosts file"),
        ("Set-ClusterQuorum -NodeMajority", "The hosts themselves decide this"),
        ("Add-ClusterSharedVolume –Name “Cluster Disk 2”", "There is no disk"),
        ("Move-ClusterVirtualMachineRole –Name “nobody” –Node “node2”", "There is no clustered virtual machine"),
    ],
)
def test_what_does_not_apply_to_hosts_says_so_in_a_sentence(shell: ShellSession, line: str, words: str) -> None:
    results = shell.execute(line)
    (error,) = results.errors
    assert words in error.message
    assert error.remedy or "virsh" in error.message


def test_ctrl_c_in_a_script_cancels_the_real_migration(
    lab: LiveLab, watched: Watched, writing: LabMachine, tmp_path: Path
) -> None:
    machine = watched.machine(writing.name)
    program = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "fcm",
            "run",
            "--engine=built-in",
            "-",
            "--fresh",
            "--cluster",
            f"libvirt:{lab.hosts_file}",
        ],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "FCM_DATA": str(tmp_path / "data")},
    )
    assert program.stdin is not None
    assert program.stderr is not None
    program.stdin.write(f"Move-ClusterVirtualMachineRole {writing.name} node2 -Bandwidth 8MB")
    program.stdin.close()
    program.stdin = None
    seen = ""
    while "brownout" not in seen:
        line = program.stderr.readline()
        assert line, seen
        seen += line
    program.send_signal(signal.SIGINT)
    _, errors = program.communicate(timeout=stretched(PROGRAM_PATIENCE))
    assert program.returncode == 1, seen + errors
    assert "Canceled by the user: canceled" in errors
    watched.until(lambda: lab.running(writing) == ["node1"], "the machine runs at its source alone", 20)
    last = watched.workspace.state.last_migration(machine)
    assert last is None or last.phase is not Phase.COMPLETED
