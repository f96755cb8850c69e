"""``fcm hosts measure`` and ``fcm hosts drain`` on the lab's hosts."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from fcm.backend.base import BackendError
from fcm.backend.libvirt.configuration.hosts_file import load
from fcm.backend.libvirt.moves.measure import measure_machine
from fcm.cli.main import main
from tests.live.live_lab import wait_until

if TYPE_CHECKING:
    from fcm.lab.machines import LabMachine
    from fcm.migration.judging.fitting import DirtySample
    from tests.live.live_lab import LiveLab
    from tests.live.watched import Watched

pytestmark = pytest.mark.live


def test_a_quiet_guest_is_measured_over_growing_times_and_judged(
    lab: LiveLab, machine: LabMachine, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["hosts", "measure", str(lab.hosts_file), machine.name])
    told, complaints = capsys.readouterr()
    lines = told.splitlines()

    print(told)
    assert code == 0, complaints
    assert [line.split(" s:")[0] for line in lines[:4]] == ["1", "2", "4", "8"]
    rates = [float(line.split(": ")[1].split(" ")[0]) for line in lines[:4]]
    assert all(0 <= rate <= 64 for rate in rates)  # 4 MiB/s in 16 MiB, by a sample of 128 pages
    assert "256 MiB, over Live Migration (200 Mbit/s):" in told
    assert "Forecast based on measured dirty rates: " in told
    assert lab.running(machine) == ["node1"]
    assert "rate=4" in lab.ask(machine, "stat")


def test_a_machine_is_never_measured_while_it_is_being_migrated(
    lab: LiveLab, watched: Watched, writing: LabMachine
) -> None:
    identity = watched.migrate(watched.machine(writing.name), "node2")
    watched.until_memory_moves(identity)
    with pytest.raises(BackendError, match="is being migrated"):
        measure_machine(load(lab.hosts_file), writing.name)
    assert watched.end_of(identity).destination == "node2"


def test_an_open_cluster_measures_a_machine_until_nobody_wants_more(
    lab: LiveLab, watched: Watched, machine: LabMachine
) -> None:
    told: list[DirtySample] = []
    found = watched.workspace.measure_writes(watched.machine(machine.name), told.append, lambda: len(told) < 2)
    assert [sample.seconds for sample in found] == [1, 2]
    assert list(found) == told
    assert all(0 <= sample.mib_per_s <= 64 for sample in found)
    assert lab.running(machine) == ["node1"]


def test_a_machine_that_runs_nowhere_is_told_so(lab: LiveLab, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hosts", "measure", str(lab.hosts_file), "ghost"]) == 2
    assert "No host is running a virtual machine named 'ghost'." in capsys.readouterr().err


def test_a_drained_node_is_left_by_its_machines_with_planned_and_real_durations_told(
    lab: LiveLab, machine: LabMachine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hosts", "drain", str(lab.hosts_file), "node1"]) == 0
    planned = capsys.readouterr().out
    assert lab.running(machine) == ["node1"]

    assert main(["hosts", "drain", str(lab.hosts_file), "node1", "--go"]) == 0
    told = capsys.readouterr().out

    print(told)
    assert f"1. {machine.name} to node" in planned
    assert f"{machine.name} runs on node" in told
    assert ", planned " in told
    wait_until(lambda: lab.running(machine) in (["node2"], ["node3"]), "it runs elsewhere")
    assert threading.active_count() < 50
