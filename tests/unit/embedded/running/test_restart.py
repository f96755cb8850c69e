"""The program ends, in whatever way and at whatever moment, and starts again on the same journal."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState, NodeState
from fcm.model.telemetry import Phase
from fcm.workspace import workspace
from fcm.workspace.files.journal import Journal
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from pathlib import Path

URI = "embedded:contoso"

KILLED = """
import os, signal, sys
from pathlib import Path
from fcm.backend.embedded import open_embedded
from fcm.model import commands as cmd
from fcm.workspace.files.journal import Journal
from fcm.workspace.workspace import Workspace

path, told, deadly = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

class Deadly(Workspace):
    def post(self, entries):
        super().post(entries)
        lasting = [entry.sequence for entry in entries if entry.sequence]
        if lasting:
            with told.open("a") as file:
                file.write(f"{lasting[-1]}\\n")
            if lasting[-1] >= deadly:
                os.kill(os.getpid(), signal.SIGKILL)

backend = open_embedded("contoso", seed=1, start_time=1_000_000.0)
workspace = Deadly(backend, Journal.open(path, backend.uri))
workspace.open()
workspace.drain()
name = {machine.name: machine.id for machine in workspace.state.machines.values()}
for command in (
    cmd.EnableSharedVolumes(notice_accepted=True),
    cmd.LiveMigrate(name["WEB01"], "node2"),
    cmd.LiveMigrate(name["DC01"], "node3"),
    cmd.QuickMigrate(name["APP01"], "node1"),
    cmd.SetMachineState(name["TEST01"], __import__("fcm.model.entities").model.entities.MachineState.RUNNING),
):
    workspace.submit(command)
    workspace.drain()
for _ in range(2000):
    backend.advance(0.1)
    workspace.drain()
"""


def reopened(journal: Path) -> Desk:
    return Desk(journal=Journal.open(journal, URI))


@pytest.mark.parametrize("deadly", [1, 3, 8, 14, 20, 26, 33])
def test_a_killed_process_loses_no_acknowledged_change_and_no_machine(tmp_path: Path, deadly: int) -> None:
    journal, told = tmp_path / "c.journal", tmp_path / "told"
    ended = subprocess.run([sys.executable, "-c", KILLED, journal, told, str(deadly)], check=False)
    assert ended.returncode == -9
    acknowledged = int(told.read_text().split()[-1])
    desk = reopened(journal)
    try:
        assert acknowledged >= deadly
        assert desk.state.sequence >= acknowledged
        assert all(migration.phase.is_over for migration in desk.state.migrations.values())
        settled = {MachineState.RUNNING, MachineState.OFF}
        assert {machine.state for machine in desk.state.machines.values()} <= settled
        for migration in desk.state.migrations.values():
            machine = desk.state.machines[migration.machine]
            assert machine.node == (migration.destination if migration.handed_over else migration.source)
            assert machine.state is MachineState.RUNNING
            assert desk.state.groups[machine.group or ""].owner == machine.node
            assert desk.state.disks[machine.disk or ""].owner == machine.node
            if migration.phase is Phase.INTERRUPTED:
                assert f"is online on {machine.node}" in migration.reason
        assert desk.do(cmd.LiveMigrate(desk.machine("SQL01").id, "node2"))
        desk.settle()
        assert desk.migration("SQL01").phase is Phase.COMPLETED
    finally:
        desk.close()


def closed_during(journal: Path, phase: Phase, name: str = "WEB01", node: str = "node2") -> None:
    """Close the cluster while a live migration is in a phase."""
    desk = Desk(journal=Journal.open(journal, URI))
    assert desk.do(cmd.LiveMigrate(desk.machine(name).id, node))
    while desk.migration(name).phase is not phase:
        desk.run(0.01)
    desk.close()


@pytest.mark.parametrize(
    ("phase", "when", "node"),
    [
        (Phase.SETUP, "while the migration was being set up", "node1"),
        (Phase.BROWNOUT, "while memory was being copied", "node1"),
        (Phase.BLACKOUT, "during the blackout", "node1"),
        (Phase.STORAGE, "while control of the storage was being moved", "node1"),
        (Phase.NETWORK, "after the virtual machine had moved", "node2"),
        (Phase.CLEANUP, "after the virtual machine had moved", "node2"),
    ],
)
def test_the_next_start_says_what_became_of_an_interrupted_migration(
    tmp_path: Path, phase: Phase, when: str, node: str
) -> None:
    journal = tmp_path / "c.journal"
    closed_during(journal, phase)
    desk = reopened(journal)
    migration = desk.migration("WEB01")
    assert migration.phase is Phase.INTERRUPTED
    assert migration.reason == f"fcm was closed {when}. The migration has ended. WEB01 is online on {node}."
    assert desk.machine("WEB01").node == node
    assert desk.machine("WEB01").state is MachineState.RUNNING
    desk.close()


def test_a_waiting_migration_is_interrupted_too(tmp_path: Path) -> None:
    journal = tmp_path / "c.journal"
    desk = Desk(journal=Journal.open(journal, URI))
    for name in ("WEB01", "SQL01"):
        assert desk.do(cmd.LiveMigrate(desk.machine(name).id, "node2"))
    desk.close()
    desk = reopened(journal)
    assert "while the migration waited" in desk.migration("SQL01").reason
    desk.close()


def test_machines_and_nodes_in_the_middle_of_a_change_are_brought_to_its_end(tmp_path: Path) -> None:
    journal = tmp_path / "c.journal"
    desk = Desk(journal=Journal.open(journal, URI))
    assert desk.do(cmd.StopClusterService("node3"))
    desk.settle()
    assert desk.do(cmd.StartClusterService("node3"))
    changes = {"WEB01": MachineState.OFF, "APP01": MachineState.SAVED, "TEST01": MachineState.RUNNING}
    for name, state in changes.items():
        assert desk.do(cmd.SetMachineState(desk.machine(name).id, state))
    desk.close()
    desk = reopened(journal)
    assert {name: desk.machine(name).state for name in changes} == changes
    assert desk.state.nodes["node3"].state is NodeState.UP
    assert desk.machine("TEST01").features
    desk.close()


def test_the_clock_goes_on_where_the_history_ended(tmp_path: Path) -> None:
    journal = tmp_path / "c.journal"
    desk = Desk(journal=Journal.open(journal, URI))
    desk.run(5000.0)
    assert desk.do(cmd.PauseNode("node2"))
    end = desk.workspace.now()
    desk.close()
    desk = reopened(journal)
    assert desk.workspace.now() == end
    desk.close()


def test_the_telemetry_of_past_migrations_is_kept(tmp_path: Path) -> None:
    journal = tmp_path / "c.journal"
    desk = Desk(journal=Journal.open(journal, URI))
    assert desk.do(cmd.LiveMigrate(desk.machine("WEB01").id, "node2"))
    desk.settle()
    rows = list(desk.workspace.rows(desk.migration("WEB01").id))
    desk.close()
    desk = reopened(journal)
    kept = desk.workspace.rows(desk.migration("WEB01").id)
    assert len(kept) == len(rows)
    assert [(row.pass_number, row.remaining, row.sent, row.phase) for row in kept] == [
        (row.pass_number, row.remaining, row.sent, row.phase) for row in rows
    ]
    desk.close()


def test_a_cluster_forms_only_once(tmp_path: Path) -> None:
    journal = tmp_path / "c.journal"
    for _ in range(3):
        desk = reopened(journal)
        desk.close()
        with closing(Journal.open(journal, "embedded:contoso")) as kept:
            assert len(list(kept.entries_of([ev.ClusterFormed]))) == 1


def test_the_same_seed_and_commands_at_the_same_times_give_the_same_history() -> None:
    def history(seed: int) -> list[ev.Entry]:
        desk = Desk(seed=seed)
        desk.do(cmd.LiveMigrate(desk.machine("SQL01").id, "node2"))
        desk.run(3.0)
        desk.do(cmd.QuickMigrate(desk.machine("APP01").id, "node1"))
        desk.do(cmd.LiveMigrate(desk.machine("WEB01").id, "node2"))
        desk.run(7.0)
        desk.unplug("node2", "Cluster Network 3")
        desk.settle()
        desk.do(cmd.StopClusterService("node3"))
        desk.settle()
        desk.close()
        return desk.entries

    once = history(7)
    assert history(7) == once
    assert [entry.time for entry in history(8)] != [entry.time for entry in once]


def test_the_clock_goes_on_from_where_it_stood_although_nothing_had_happened_for_an_hour(tmp_path: Path) -> None:
    desk = reopened(tmp_path / "c.journal")
    desk.run(3600)
    before = desk.workspace.now()
    desk.close()
    desk = reopened(tmp_path / "c.journal")
    assert before == desk.workspace.now() > desk.state.time + 3000
    desk.close()


@pytest.mark.parametrize("killed", [False, True])
def test_an_interrupted_migration_ends_no_earlier_than_its_telemetry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed: bool
) -> None:
    monkeypatch.setattr(workspace, "ROWS_EVERY", 0.0)
    folder = tmp_path / "here"
    desk = reopened(folder / "c.journal")
    desk.do(cmd.LiveMigrate(desk.machine("WEB01").id, "node2"))
    desk.run(2)
    (migration,) = desk.state.active_migrations()
    assert desk.state.time < migration.started + 1.5
    if killed:
        shutil.copytree(folder, tmp_path / "there")  # as a kill leaves it
        folder = tmp_path / "there"
    desk.close()
    desk = reopened(folder / "c.journal")
    ended, rows = desk.state.migrations[migration.id], desk.workspace.rows(migration.id)
    assert ended.phase is Phase.INTERRUPTED
    assert rows[-1].time > 1.5
    assert ended.ended - ended.started >= rows[-1].time - 0.0001  # as it is written
    desk.close()
