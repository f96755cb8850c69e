from __future__ import annotations

import csv
import json
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.migration.judging.recorded_prediction import Basis, NotComparableError, comparable, predict_recorded
from fcm.migration.recordings.own_form import to_json
from fcm.migration.recordings.reading import read_recording
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState
from fcm.model.migrations import Emulator, MigrationOptions
from fcm.model.telemetry import Phase, TelemetryRow
from fcm.workspace.files.journal import Journal, JournalError
from fcm.workspace.history import History, HistoryError
from tests.ui.by_hand import NOW, formed, machine, migration, node, opened
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fcm.migration.recordings.recording import Recording

URI = "embedded:contoso"
MIB = 2**20


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Contoso with a journal, in which two machines moved live and one was canceled on its way; only read."""
    made = Desk(journal=Journal.open(tmp_path_factory.mktemp("desk") / "c.journal", URI))
    migrate(made, "WEB01", "node2", MigrationOptions(bandwidth=60_000_000))
    migrate(made, "DC01", "node2")
    migrate(made, "CACHE01", "node1", seconds=20)
    made.do(cmd.CancelMigration(made.migration("CACHE01").id))
    made.run(5)
    yield made
    made.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Desk]:
    """Contoso with a journal, in which one machine moved live."""
    made = Desk(journal=Journal.open(tmp_path / "c.journal", URI))
    migrate(made, "DC01", "node2", seconds=10)
    yield made
    made.close()


def migrate(desk: Desk, name: str, node: str, options: MigrationOptions | None = None, seconds: float = 100) -> None:
    assert desk.do(cmd.LiveMigrate(desk.machine(name).id, node, options or MigrationOptions()))
    desk.run(seconds)


def recording_of(desk: Desk, name: str) -> Recording:
    history = desk.workspace.history()
    past = next(one for one in history.migrations() if one.machine_name == name)
    return history.recordings([past])[past.id]


def test_past_migrations_are_listed_newest_first_with_how_they_ended(desk: Desk) -> None:
    past = desk.workspace.history().migrations()
    assert [(one.machine_name, one.migration.phase) for one in past] == [
        ("CACHE01", Phase.CANCELED),
        ("DC01", Phase.COMPLETED),
        ("WEB01", Phase.COMPLETED),
    ]
    web = past[-1]
    assert web.network_name == "Cluster Network 3"
    assert web.duration == desk.migration("WEB01").figures.total  # type: ignore[union-attr]
    assert past[0].duration == pytest.approx(20, abs=1)


def test_a_past_migration_keeps_the_name_that_its_machine_had(fresh: Desk) -> None:
    machine = fresh.machine("DC01")
    assert fresh.do(cmd.RemoveGroup(machine.group or ""))
    assert fresh.do(cmd.SetMachineState(machine.id, MachineState.OFF, True))
    fresh.run(10)
    assert fresh.do(cmd.DeleteVirtualMachine(machine.id))
    fresh.run(5)
    assert machine.id not in fresh.state.machines
    assert fresh.workspace.history().migrations()[-1].machine_name == "DC01"


def test_the_history_is_the_same_without_a_journal_as_long_as_the_program_runs() -> None:
    desk = Desk()
    migrate(desk, "DC01", "node2")
    history = desk.workspace.history()
    (past,) = history.migrations()
    recording = history.recordings([past])[past.id]
    desk.close()
    assert history.kept_in is None
    assert (past.machine_name, len(recording)) == ("DC01", len(desk.workspace.rows(past.id)))


def test_an_export_says_which_qemu_sent_the_machine_and_what_its_emulator_had_in_use(tmp_path: Path) -> None:
    vm = machine("SQL1")
    source = replace(node("node1"), version="QEMU 10.0.13")
    one = migration(vm, phase=Phase.FAILED, ended=NOW + 5)
    used = Emulator(300 * MIB, emulated=True, arrived=True)
    begun = ev.MigrationPhaseEntered(one.id, Phase.BROWNOUT, used)
    over = ev.MigrationFailed(one.id, "The network is down.", "")
    workspace, _ = opened(formed([vm]), ev.NodeChanged(source), ev.MigrationRequested(one), begun, over)
    assert workspace.state.migrations[one.id].emulator == used
    rows = [TelemetryRow(0.1 * k, 1, (20 - k) * MIB, k * MIB, 0.0, 1e7, Phase.BROWNOUT, 0) for k in range(20)]
    entries = [
        ev.Entry(number, 1000.0 + number, event)
        for number, event in enumerate([ev.NodeChanged(source), ev.MigrationRequested(one)])
    ]
    history = History(workspace.state, None, entries, {one.id: rows})
    (past,) = history.migrations()
    (path,) = history.export([past], tmp_path / "out").files
    assert json.loads(path.read_text())["qemu"] == "10.0.13"
    kept = read_recording(path).facts
    assert kept is not None
    assert (kept.qemu, kept.emulator) == ("10.0.13", used)


def test_every_row_comes_back_from_the_journal(fresh: Desk, tmp_path: Path) -> None:
    rows = list(fresh.workspace.rows(fresh.migration("DC01").id))
    fresh.close()
    with closing(Journal.open(tmp_path / "c.journal", URI)) as journal:
        history = History(journal.replay()[0], journal, simulated=True)
        past = history.migrations()[-1]
        recording = history.recordings([past])[past.id]
    assert len(rows) > 40
    assert [(row.sent, row.remaining, row.pass_number) for row in rows] == [
        (row.sent, row.remaining, row.pass_number) for row in map(recording.row, range(len(recording)))
    ]


def test_an_exported_recording_has_the_form_of_the_laboratory_and_nothing_made_up(desk: Desk, tmp_path: Path) -> None:
    history = desk.workspace.history()
    exported = history.export(history.migrations(), tmp_path / "out", with_csv=True)
    assert [path.name for path in exported.files if path.suffix == ".json"] == [
        "CACHE01-node2-node1-19700112-135000.json",
        "DC01-node1-node2-19700112-134820.json",
        "WEB01-node1-node2-19700112-134640.json",
    ]
    limited, unlimited = (json.loads(exported.files[k].read_text()) for k in (4, 2))
    assert limited["status"] == "completed"
    assert limited["total_ms"] == round(desk.migration("WEB01").figures.total * 1000)  # type: ignore[union-attr]
    assert limited["sync"] == desk.migration("WEB01").figures.passes + 1  # type: ignore[union-attr]
    assert limited["pass1_bandwidth"] == pytest.approx(60e6, rel=0.05)
    assert limited["case"]["mem"] == 2048
    assert limited["case"]["bw"] == 60_000_000
    assert limited["case"]["workload"]["name"] == "web server"
    assert "dl" not in limited["case"]
    assert "bw" not in unlimited["case"]
    assert all("normal" not in one and "writes" not in one for one in limited["passes"])
    assert [one["sync"] for one in limited["passes"]][:2] == [1, 2]
    rows = list(csv.reader(exported.files[5].read_text().splitlines()))
    assert len(rows) == 1 + len(desk.workspace.rows(desk.migration("WEB01").id))


def test_an_exported_recording_is_read_again_as_it_was(desk: Desk, tmp_path: Path) -> None:
    history = desk.workspace.history()
    (path, *_) = history.export(history.migrations()[-1:], tmp_path).files
    assert to_json(read_recording(path)) == path.read_text()
    assert read_recording(path).facts == recording_of(desk, "WEB01").facts


def test_the_engine_retells_a_simulated_migration_from_the_workload_and_the_limit_asked_for(desk: Desk) -> None:
    recording = recording_of(desk, "WEB01")
    how = comparable(recording)
    made = predict_recorded(recording, how)
    assert recording.final is not None
    assert (how.basis, how.bandwidth_asked) == (Basis.WORKLOAD, True)
    assert made.total == pytest.approx(recording.final.total, rel=0.002)
    assert made.downtime == pytest.approx(recording.final.downtime, abs=0.005)
    assert made.bytes == pytest.approx(recording.final.bytes, rel=0.002)
    assert made.passes == recording.final.passes
    assert "says nothing about real hosts" in how.sentence


def test_without_a_known_workload_one_is_fitted_to_the_run_s_own_passes_and_that_is_said(desk: Desk) -> None:
    recording = recording_of(desk, "WEB01")
    assert recording.facts is not None
    assert recording.final is not None
    recording.facts = replace(recording.facts, workload=None, simulated=False, bandwidth=None)
    how = comparable(recording)
    made = predict_recorded(recording, how)
    assert how.basis is Basis.FITTED
    assert how.sentence == (
        "Predicted from a workload fitted to the pages dirtied in each pass of this run and the bandwidth that "
        "this run achieved."
    )
    assert made.total == pytest.approx(recording.final.total, rel=0.06)
    assert made.bytes == pytest.approx(recording.final.bytes, rel=0.04)


def test_a_migration_that_was_tuned_on_its_way_is_not_compared(fresh: Desk) -> None:
    assert fresh.do(cmd.LiveMigrate(fresh.machine("DC01").id, "node1", MigrationOptions()))
    fresh.run(2)
    assert fresh.do(cmd.TuneMigration(fresh.migration("DC01").id, bandwidth=90_000_000))
    fresh.run(30)
    newest = fresh.workspace.history().migrations()[0]
    with pytest.raises(NotComparableError, match="changed while it ran"):
        comparable(fresh.workspace.history().recordings([newest])[newest.id])


def test_moves_have_no_recording_and_that_is_told(fresh: Desk, tmp_path: Path) -> None:
    assert fresh.do(cmd.QuickMigrate(fresh.machine("DC01").id, "node3"))
    fresh.run(300)
    history = fresh.workspace.history()
    newest = history.migrations()[0]
    assert newest.kind_word == "quick migration"
    exported = history.export([newest], tmp_path / "out")
    assert exported.files == ()
    assert exported.without_rows == (newest,)


def test_a_folder_that_cannot_be_written_gets_a_sentence(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    history = desk.workspace.history()
    with pytest.raises(HistoryError, match=r"cannot be written to .*Choose another folder"):
        history.export(history.migrations(), tmp_path / "file" / "out")


def test_a_history_of_a_closed_cluster_says_so(fresh: Desk) -> None:
    history = fresh.workspace.history()
    fresh.close()
    with pytest.raises(JournalError, match="The cluster was closed"):
        history.migrations()
