"""What PowerShell orders from a cluster of Pacemaker, and what the cluster says of it afterwards."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from fcm.cli.main import DONE, main
from fcm.lab.faults import emulator_of
from fcm.model.telemetry import Phase
from fcm.shell.runtime.session import ShellSession
from fcm.ui.tour.patience import stretched
from tests.live.live_lab import wait_until
from tests.live.pacemaker.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fcm.shell.runtime.results import Results
    from tests.live.pacemaker.cluster import Failover

pytestmark = pytest.mark.live

DEVICE_TIMEOUT = 6.0
"""s; Corosync counts without the witness 3 s after it heard from it last (measured)."""


@dataclass
class Console:
    """A shell on the open cluster."""

    failover: Failover
    shown: Shown
    session: ShellSession

    def run(self, script: str) -> Results:
        """Run lines that must succeed."""
        results = self.session.execute(script)
        assert results.ok, results.text()
        return results

    def refused(self, script: str) -> str:
        """Run a line that must be refused; the reason."""
        (error,) = self.session.execute(script).errors
        assert error.remedy
        return error.message

    def process(self, machine: str) -> int:
        """Process id of its QEMU."""
        return emulator_of(machine, self.failover.node(self.failover.where(machine)), self.failover.folders)

    def cuts(self) -> int:
        """How often the power switch has cut node1."""
        log = self.failover.folders.power_log
        return log.read_text(encoding="utf-8").count(" node1 off") if log.exists() else 0

    def asked(self, script: str) -> str:
        """What a script prints on node2."""
        return self.failover.on("node2", script)


@pytest.fixture
def console(failover: Failover, tmp_path: Path) -> Iterator[Console]:
    """Both machines on node1, and all that was set taken back afterwards."""
    failover.make_ready("node1")
    shown = Shown(failover, tmp_path)
    shown.open_on("web", "db")
    session = ShellSession(shown.workspace, folder=tmp_path)
    try:
        yield Console(failover, shown, session)
    finally:
        session.stop()
        shown.workspace.close()


def test_the_cluster_service_of_a_node_stops_after_its_machines_have_moved_live_and_starts_again(
    console: Console,
) -> None:
    boots = {name: console.failover.boots(name) for name in ("web", "db")}
    cuts = console.cuts()
    console.run("Stop-ClusterNode node1")
    console.shown.until(lambda: console.shown.node("node1").state.value == "Down", "node1 is shown as down")
    for name, count in boots.items():
        console.shown.is_online(name, "node2", "node3")
        assert console.failover.boots(name) == count, "it was restarted"
    assert console.cuts() == cuts, "it was fenced"
    assert console.asked("corosync-quorumtool -s; exit 0").count("Quorate:          Yes") == 1
    assert "corosync" not in console.failover.says("node1", "cat /proc/[0-9]*/comm").split()

    console.run("Start-ClusterNode node1")
    console.shown.until(lambda: console.shown.node("node1").state.value == "Up", "node1 is shown as up")
    assert console.failover.node_state("node1") == "online"


def test_a_paused_node_keeps_its_machines_and_resumes(console: Console) -> None:
    process = console.process("web")
    console.run("Suspend-ClusterNode node1")
    console.shown.until(lambda: console.shown.node("node1").state.value == "Paused", "node1 is shown as paused")
    assert 'maintenance="true"' in console.asked("crm_mon -1 --output-as=xml | grep '<node name=\"node1\"'")
    console.run("Resume-ClusterNode node1")
    console.shown.until(lambda: console.shown.node("node1").state.value == "Up", "node1 is shown as up")
    assert console.process("web") == process


def test_votes_and_heartbeats_are_changed_while_the_cluster_runs(console: Console) -> None:
    process = console.process("web")
    votes = "corosync-quorumtool -s | sed -n 's/^Expected votes: *//p'"
    before = int(console.asked(votes))
    console.run("(Get-ClusterNode node3).NodeWeight = 0")
    wait_until(lambda: int(console.asked(votes)) < before, "the vote is gone")
    console.shown.until(lambda: console.shown.node("node3").weight == 0, "node3 is shown without a vote")
    begun = time.monotonic()
    wait_until(lambda: time.monotonic() - begun > DEVICE_TIMEOUT, "Corosync misses a witness that it has turned off")
    console.run("(Get-ClusterNode node3).NodeWeight = 1")
    wait_until(lambda: int(console.asked(votes)) == before, "the vote is back")
    console.shown.never_told("60106 ", "cluster: No quorum", "60119 ")

    token = "corosync-cmapctl -g runtime.config.totem.token | sed 's/.*= //'"
    told = int(console.asked(token))
    console.run("(Get-Cluster).SameSubnetThreshold = 7")
    try:
        wait_until(lambda: int(console.asked(token)) > 7000, "the token is longer")
        console.run("(Get-Cluster).SameSubnetThreshold = 3")
        wait_until(lambda: 3000 <= int(console.asked(token)) < 7000, "the token is shorter")
    finally:
        assert main(["hosts", "cluster", "create", str(console.failover.hosts_file), "--yes"]) == DONE
    wait_until(lambda: int(console.asked(token)) == told, "the token is as it was")
    assert console.process("web") == process


def test_a_machine_is_turned_off_at_once_and_started_again(console: Console) -> None:
    boots = console.failover.boots("web")
    begun = time.monotonic()
    console.run("Stop-VM web -TurnOff -Force")
    took = time.monotonic() - begun
    console.shown.until(lambda: console.shown.group("web").state.value == "Offline", "web is shown as offline")
    assert console.failover.where("web") == ""
    assert 'name="force_stop"' not in console.asked("cibadmin -Q")
    assert took < stretched(10), "the guest was asked"

    console.run("Start-VM web")
    console.shown.is_online("web", "node1", "node2", "node3")
    wait_until(lambda: console.failover.boots("web") == boots + 1, "web has booted")


def test_settings_of_a_group_and_its_resource_are_in_the_cluster_and_restart_nothing(console: Console) -> None:
    # Pacemaker knows which parameters may change only of what it has started or migrated itself.
    console.run("Move-ClusterVirtualMachineRole web node2")
    process = console.process("web")
    console.run(
        "Set-ClusterOwnerNode -Group web -Owners node2, node1\n"
        "(Get-ClusterGroup web).Priority = 3000\n"
        "(Get-ClusterGroup web).AutoFailbackType = 1\n"
        '(Get-ClusterGroup web).AntiAffinityClassNames = "front"\n'
        "Set-ClusterOwnerNode -Resource 'Virtual Machine web' -Owners node1, node2\n"
        "(Get-ClusterResource 'Virtual Machine web').RestartThreshold = 2\n"
        "Get-ClusterResource 'Virtual Machine web' | Set-ClusterParameter OfflineAction 0\n"
    )
    text = console.asked("crm_verify -L && cibadmin -Q")
    assert re.search(r'<rsc_location [^>]*id="fcm-owner-web-node2"[^>]*score="200"|score="200"[^>]*node="node2"', text)
    for words in (
        'id="fcm-never-web-node3"',
        'name="priority" value="3000"',
        'name="migration-threshold" value="3"',
        'name="force_stop" value="true"',
    ):
        assert words in text
    found = console.run(
        "$group = Get-ClusterGroup web\n"
        "$group.Priority, $group.AutoFailbackType, [string]$group.AntiAffinityClassNames\n"
        "(Get-ClusterOwnerNode -Group web).OwnerNodes -join ' '\n"
        "(Get-ClusterOwnerNode -Resource 'Virtual Machine web').OwnerNodes -join ' '"
    )
    assert [str(one) for one in found.objects] == ["3000", "1", "front", "node2 node1", "node1 node2"]

    console.run(
        "Set-ClusterOwnerNode -Resource 'Virtual Machine web' -Owners node1, node2, node3\n"
        "(Get-ClusterGroup web).AutoFailbackType = 0\n"
        "Set-ClusterOwnerNode -Group web -Owners @()\n"
        "(Get-ClusterGroup web).AntiAffinityClassNames = @()\n"
        "(Get-ClusterGroup web).Priority = 2000\n"
        "Get-ClusterResource 'Virtual Machine web' | Set-ClusterParameter OfflineAction 2\n"
    )
    text = console.asked("cibadmin -Q")
    assert "fcm-never-" not in text
    assert "fcm-owner-" not in text
    assert "force_stop" not in text
    assert console.process("web") == process


def test_what_pacemaker_has_no_counterpart_of_is_refused_with_the_reason(console: Console) -> None:
    for line, words in (
        ("Save-VM web", "saved"),
        ("Move-ClusterGroup web node2", "live migration only"),
        ("Checkpoint-VM web", "snapshots"),
        ("Add-ClusterNode node9", "hosts file"),
        ("Invoke-ClusterFault node1 -Fault PowerOff", "simulated"),
    ):
        assert words in console.refused(line)


def test_a_migration_that_is_slowed_down_and_set_free_ends_and_its_progress_never_falls(console: Console) -> None:
    boots = console.failover.boots("web")
    told: list[int] = []
    console.session.on_progress = lambda activity, status, percent: told.append(percent)
    console.run("Move-ClusterVirtualMachineRole web node2 -Bandwidth 4MB -DowntimeLimit 0.1 -Wait 0")
    (migration,) = console.shown.workspace.state.active_migrations()
    console.shown.until_memory_moves(migration.id)
    assert 0 < console.shown.workspace.rows(migration.id)[-1].rate < 2 * 4 * 2**20, (
        "the limit has not reached the agent"
    )
    console.run(
        "Set-ClusterVirtualMachineMigration web -DowntimeLimit 0.5 -NoBandwidthLimit\n"
        "Move-ClusterVirtualMachineRole db node2 -Wait 180\n"
    )
    assert console.shown.end_of(migration.id).phase is Phase.COMPLETED
    console.shown.is_online("web", "node2")
    assert console.failover.settled("web", "node2") >= 0
    assert console.failover.boots("web") == boots
    told = [percent for percent in told if percent >= 0]
    assert told == sorted(told)
    rows = console.shown.workspace.rows(migration.id)
    rates = [(after.sent - row.sent) / max(after.time - row.time, 1e-3) for row, after in itertools.pairwise(rows)]
    assert max(rates[-20:]) > 4 * 4 * 2**20


def test_post_copy_ends_a_migration_that_would_not_end(console: Console) -> None:
    boots = console.failover.boots("web")
    console.run("Move-ClusterVirtualMachineRole web node2 -Bandwidth 5MB -PostCopy -Wait 0")
    state = console.shown.workspace.state
    (migration,) = state.active_migrations()
    console.shown.until_memory_moves(migration.id)
    console.run("Set-ClusterVirtualMachineMigration web -PostCopy -NoBandwidthLimit")
    assert console.shown.end_of(migration.id).phase is Phase.COMPLETED
    console.shown.is_online("web", "node2")
    assert console.failover.settled("web", "node2") >= 0
    assert console.failover.boots("web") == boots


def test_a_script_of_its_own_process_moves_a_machine_and_its_percentage_never_falls(
    failover: Failover, tmp_path: Path
) -> None:
    failover.make_ready("node1")
    boots = failover.boots("db")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "fcm",
            "run",
            "--engine=built-in",
            "-",
            "--fresh",
            "--cluster",
            f"pacemaker:{failover.hosts_file}",
        ],
        input="Move-ClusterVirtualMachineRole db node3\n(Get-ClusterGroup db).OwnerNode",
        capture_output=True,
        text=True,
        timeout=stretched(120),
        env={**os.environ, "FCM_DATA": str(tmp_path / "data")},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "node3" in done.stdout
    told = [int(number) for number in re.findall(r": (\d+) % ", done.stderr)]
    assert told, done.stderr
    assert told == sorted(told), done.stderr
    assert failover.where("db") == "node3"
    assert failover.boots("db") == boots
