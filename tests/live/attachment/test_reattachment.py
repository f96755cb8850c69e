"""A program that is killed in the middle of a live migration: the hosts go on, and the next start finds it."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import libvirt
import pytest

from fcm.lab.faults import emulator_of
from fcm.lab.machines import remove_machine
from fcm.model import commands as cmd
from fcm.model.telemetry import Phase
from fcm.workspace.events.event_log import EventSelection, everything
from tests.live.live_lab import LiveLab, wait_until
from tests.live.watched import Watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.lab.machines import LabMachine

pytestmark = pytest.mark.live

COMPLETED = libvirt.VIR_DOMAIN_JOB_STATS_COMPLETED | libvirt.VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED
ROOT = Path(__file__).parents[3]


@pytest.fixture
def restless(lab: LiveLab) -> Iterator[LabMachine]:
    """A guest whose migration ends only when it is told to write less."""
    made = lab.add_machine("restless", fill=100, dirty=60, working_set=90)
    yield made
    remove_machine(made.name, lab.plan, lab.folders)


CLIENT_LIMIT = 60.0
"""s in which the program must have begun its migration."""


def _killed_in_the_middle(lab: LiveLab, machine: LabMachine, folder: Path) -> str:
    """Let a program of its own begin a migration to node2 and kill it; returns the migration's id."""
    words = (sys.executable, "-m", "tests.live.client", lab.hosts_file, folder, machine.name, "node2")
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT) as program:
        assert program.stdout is not None
        limit = threading.Timer(CLIENT_LIMIT, program.kill)
        limit.start()
        identity = program.stdout.readline().strip()
        limit.cancel()
        limit.join()
        program.kill()
    assert identity.startswith("migration-"), "the program said nothing of its migration"
    return identity


def _migrates(lab: LiveLab, machine: LabMachine) -> bool:
    return bool(lab.connection("node1").lookupByName(machine.name).jobStats().get("type"))


def test_a_killed_program_finds_its_migration_running_and_follows_it_to_the_end(
    lab: LiveLab, restless: LabMachine, tmp_path: Path
) -> None:
    with lab.hold(restless) as held:
        identity = _killed_in_the_middle(lab, restless, tmp_path)
        assert _migrates(lab, restless)

        reopened = Watched(lab, tmp_path)
        try:
            rows = reopened.workspace.rows
            known = len(rows(identity))
            assert known > 0
            reopened.until(lambda: len(rows(identity)) > known + 5, "telemetry goes on")
            assert reopened.of(identity).phase is Phase.BROWNOUT
            lab.ask(restless, "dirty 0 16")
            ended = reopened.end_of(identity)
            log, now = reopened.workspace.events, reopened.workspace.now()
            told = [one.text for one in log.select(EventSelection(everything(), now, any_log=True))]
            times = [row.time for row in rows(identity)]
            machine = reopened.workspace.state.machines[ended.machine]
        finally:
            reopened.workspace.close()
        held.wait_for_ticks(50)
        continuity = held.read()

    measured = lab.connection("node2").lookupByName(restless.name).jobStats(COMPLETED)
    print(
        f"\n| kill -9 of fcm, reopened | completed, followed from {times[known]:.1f} s on | - "
        f"| {continuity.longest_gap * 1000:.0f} ms |"
    )
    assert ended.phase is Phase.COMPLETED, ended.reason
    assert ended.figures is not None
    assert ended.figures.total == measured["time_elapsed"] / 1000
    assert ended.figures.bytes == measured["memory_processed"]
    assert sum("(brownout)" in text for text in told) >= 2  # before the end of the program, and found again
    assert all(later >= earlier for earlier, later in itertools.pairwise(times)), times[-5:]
    assert machine.node == "node2"
    assert lab.running(restless) == ["node2"]
    assert continuity.unbroken, continuity


def test_a_migration_that_ended_while_nobody_looked_is_reported_as_completed_with_its_figures(
    lab: LiveLab, writing: LabMachine, tmp_path: Path
) -> None:
    with lab.hold(writing) as held:
        identity = _killed_in_the_middle(lab, writing, tmp_path)
        wait_until(lambda: lab.running(writing) == ["node2"], "the hosts complete it by themselves", 90)
        held.wait_for_ticks(50)
        continuity = held.read()
    reopened = Watched(lab, tmp_path)
    try:
        ended = reopened.end_of(identity)
        reopened.machine(writing.name)
        machine = reopened.workspace.state.machines[ended.machine]
    finally:
        reopened.workspace.close()

    measured = lab.connection("node2").lookupByName(writing.name).jobStats(COMPLETED)
    print(f"\n| kill -9 of fcm, reopened after the end | completed | - | {continuity.longest_gap * 1000:.0f} ms |")
    assert ended.phase is Phase.COMPLETED, ended.reason
    assert ended.figures is not None
    assert ended.figures.downtime == measured["downtime"] / 1000
    assert machine.node == "node2"
    assert continuity.unbroken, continuity


def test_a_migration_that_failed_while_nobody_looked_is_reported_with_where_the_machine_runs(
    lab: LiveLab, restless: LabMachine, tmp_path: Path
) -> None:
    identity = _killed_in_the_middle(lab, restless, tmp_path)
    os.kill(emulator_of(restless.name, lab.node("node2"), lab.folders), signal.SIGKILL)
    wait_until(lambda: not _migrates(lab, restless), "the hosts give it up", 30)
    reopened = Watched(lab, tmp_path)
    try:
        ended = reopened.end_of(identity)
    finally:
        reopened.workspace.close()

    print(f"\n| kill -9 of fcm and of QEMU at the destination | {ended.phase} | {ended.reason} | - |")
    assert ended.phase is Phase.INTERRUPTED
    assert "did not complete it. The virtual machine is still running on node1." in ended.reason
    assert lab.running(restless) == ["node1"]


def test_a_migration_that_was_found_again_can_be_canceled(lab: LiveLab, restless: LabMachine, tmp_path: Path) -> None:
    identity = _killed_in_the_middle(lab, restless, tmp_path)
    reopened = Watched(lab, tmp_path)
    try:
        known = len(reopened.workspace.rows(identity))
        reopened.until(lambda: len(reopened.workspace.rows(identity)) > known, "telemetry goes on")
        reopened.workspace.submit(cmd.CancelMigration(identity))
        ended = reopened.end_of(identity)
    finally:
        reopened.workspace.close()

    assert ended.phase is Phase.CANCELED, ended.reason
    wait_until(lambda: lab.running(restless) == ["node1"], "the one copy runs at the source", 30)
    assert not _migrates(lab, restless)
