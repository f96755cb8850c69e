from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from fcm.logs.describe import describe
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState, VolumeAccess
from fcm.model.rules.snapshots import current_snapshot, last_backup, revert_advice, snapshot_advice, snapshots_of
from fcm.model.telemetry import Phase
from fcm.workspace.files.journal import Journal
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fcm.model.snapshots import Backup, Snapshot


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(journal=Journal.open(tmp_path / "c.journal", "embedded:contoso"))
    yield made
    made.close()


def on_a_shared_volume(desk: Desk) -> None:
    """DC01's files lie on a Cluster Shared Volume."""
    if desk.machine("DC01").disk not in desk.state.shared_volumes:
        assert desk.do(cmd.EnableSharedVolumes(notice_accepted=True))
        free = next(disk for disk in desk.state.disks.values() if disk.use.name == "AVAILABLE")
        assert desk.do(cmd.AddStorage((free.id,)))
        made = cmd.CreateVirtualMachine("NEW01", "node1", 2**30, free.id, None, disk_size=2 * 2**30, start=True)
        assert desk.do(made)
        desk.run(30)
        assert desk.do(cmd.MakeHighlyAvailable((desk.machine("NEW01").id,)))


def snapshot(desk: Desk, name: str) -> Snapshot:
    found = current_snapshot(desk.state, desk.machine(name).id)
    assert found is not None
    return found


def backup(desk: Desk, name: str) -> Backup:
    found = last_backup(desk.state, desk.machine(name).id)
    assert found is not None
    return found


def turn_off(desk: Desk, name: str) -> None:
    assert desk.do(cmd.SetMachineState(desk.machine(name).id, MachineState.OFF, True))
    desk.run(1)


def access(desk: Desk) -> VolumeAccess:
    return desk.state.shared_volumes[desk.machine("NEW01").disk or ""].access


# Snapshots


def test_a_snapshot_of_a_running_clustered_machine_is_possible_and_advised_against(desk: Desk) -> None:
    machine = desk.machine("DC01")
    advice = snapshot_advice(desk.state, machine)
    assert "restores its memory as well as its disk" in advice
    assert "shut it down in Failover Cluster Manager, take the snapshot, and then start it" in advice
    assert desk.do(cmd.TakeSnapshot(machine.id))
    taken = snapshot(desk, "DC01")
    assert taken.with_memory
    assert taken.size == machine.memory
    assert taken.name == "DC01 - (1970-01-12 - 13:46:40)"


def test_the_memory_of_a_snapshot_takes_room_until_it_is_deleted(desk: Desk) -> None:
    machine = desk.machine("DC01")
    assert machine.disk is not None
    before = desk.state.disks[machine.disk].used
    assert desk.do(cmd.TakeSnapshot(machine.id, "first"))
    assert desk.state.disks[machine.disk].used == before + machine.memory
    assert desk.do(cmd.DeleteSnapshot(snapshot(desk, "DC01").id))
    assert desk.state.disks[machine.disk].used == before
    assert snapshots_of(desk.state, machine.id) == ()


def test_a_machine_that_is_off_is_not_advised_against(desk: Desk) -> None:
    turn_off(desk, "DC01")
    assert snapshot_advice(desk.state, desk.machine("DC01")) == ""


def test_reverting_a_clustered_machine_that_runs_is_refused_with_the_guide_s_procedure(desk: Desk) -> None:
    assert desk.do(cmd.TakeSnapshot(desk.machine("DC01").id))
    refused = desk.do(cmd.RevertToSnapshot(snapshot(desk, "DC01").id))
    assert not refused
    assert refused.remedy.startswith("Shut it down in Failover Cluster Manager first, take a snapshot")


def test_reverting_restores_settings_and_leaves_a_machine_with_its_memory_saved(desk: Desk) -> None:
    was = desk.machine("DC01")
    assert desk.do(cmd.TakeSnapshot(was.id))
    assert "its memory is restored too" in revert_advice(desk.state, snapshot(desk, "DC01"))
    turn_off(desk, "DC01")
    assert desk.do(cmd.ConfigureVirtualMachine(was.id, memory=2 * was.memory))
    assert desk.do(cmd.RevertToSnapshot(snapshot(desk, "DC01").id))
    now = desk.machine("DC01")
    assert (now.memory, now.state, now.features) == (was.memory, MachineState.SAVED, was.features)
    resource = desk.state.machine_resource(now.id)
    assert resource is not None
    assert str(resource.state) == "Offline"
    assert desk.do(cmd.SetMachineState(now.id, MachineState.RUNNING))


def test_revert_goes_to_the_snapshot_that_was_taken_or_applied_last(desk: Desk) -> None:
    turn_off(desk, "DC01")
    machine = desk.machine("DC01").id
    for name in ("first", "second"):
        assert desk.do(cmd.TakeSnapshot(machine, name))
        desk.run(1)
    first, _ = snapshots_of(desk.state, machine)
    assert snapshot(desk, "DC01").name == "second"
    assert desk.do(cmd.RevertToSnapshot(first.id))
    assert snapshot(desk, "DC01").name == "first"
    assert desk.machine("DC01").state is MachineState.OFF


def test_names_of_snapshots_are_told_apart(desk: Desk) -> None:
    machine = desk.machine("DC01").id
    assert desk.do(cmd.TakeSnapshot(machine, "first"))
    assert "already has a snapshot FIRST" in desk.do(cmd.TakeSnapshot(machine, "FIRST")).reason
    assert desk.do(cmd.TakeSnapshot(machine))
    assert desk.do(cmd.TakeSnapshot(machine))
    assert len({one.name for one in snapshots_of(desk.state, machine)}) == 3


def test_snapshots_go_with_their_machine_and_wait_for_migrations(desk: Desk) -> None:
    assert desk.do(cmd.LiveMigrate(desk.machine("DC01").id, "node2"))
    assert "is being migrated" in desk.do(cmd.TakeSnapshot(desk.machine("DC01").id)).reason
    test = desk.machine("TEST01")
    assert desk.do(cmd.TakeSnapshot(test.id))
    assert desk.do(cmd.DeleteVirtualMachine(test.id))
    assert snapshots_of(desk.state, test.id) == ()


# Backups


def test_a_backup_redirects_the_volume_while_it_runs(desk: Desk) -> None:
    on_a_shared_volume(desk)
    assert desk.do(cmd.BackUpMachine(desk.machine("NEW01").id))
    assert access(desk) is VolumeAccess.BACKUP_REDIRECTED
    assert str(access(desk)) == "Backup in progress, Redirected Access"
    refused = desk.do(cmd.SetRedirectedAccess(desk.machine("NEW01").disk or "", True))
    assert "A backup of" in refused.reason
    desk.run(60)
    assert access(desk) is VolumeAccess.DIRECT
    done = backup(desk, "NEW01")
    assert (done.file_copy, done.warnings, done.reason) == (False, 0, "")
    assert done.ended is not None


def test_redirected_access_that_was_on_before_stays_on_after_two_backups(desk: Desk) -> None:
    on_a_shared_volume(desk)
    machine = desk.machine("NEW01")
    assert desk.do(cmd.SetRedirectedAccess(machine.disk or "", True))
    assert desk.do(cmd.BackUpMachine(machine.id))
    assert "already" in desk.do(cmd.BackUpMachine(machine.id)).reason
    desk.run(60)
    assert access(desk) is VolumeAccess.REDIRECTED


def test_a_backup_that_meets_a_live_migration_ends_as_a_file_copy_with_two_warnings(desk: Desk) -> None:
    on_a_shared_volume(desk)
    machine = desk.machine("NEW01")
    assert desk.do(cmd.LiveMigrate(machine.id, "node2"))
    desk.run(3)
    assert desk.do(cmd.BackUpMachine(machine.id))
    waiting = backup(desk, "NEW01")
    assert (waiting.started, waiting.node) == (None, "node1")
    assert access(desk) is VolumeAccess.DIRECT
    desk.run(100)
    done = backup(desk, "NEW01")
    assert desk.migration("NEW01").phase is Phase.COMPLETED
    assert desk.machine("NEW01").node == "node2"
    assert (done.file_copy, done.warnings, done.reason) == (True, 2, "")
    texts = [describe(one, desk.state) for one in desk.entries if isinstance(one.event, ev.BackupWarned)]
    assert [(one.level, one.text) for one in texts] == [
        ("Warning", "The Hyper-V VSS writer did not find the virtual machine 'NEW01' on node1.")
    ] * 2
    assert access(desk) is VolumeAccess.DIRECT


def test_a_backup_whose_migration_is_canceled_is_an_ordinary_one(desk: Desk) -> None:
    on_a_shared_volume(desk)
    machine = desk.machine("NEW01")
    assert desk.do(cmd.LiveMigrate(machine.id, "node2"))
    desk.run(3)
    assert desk.do(cmd.BackUpMachine(machine.id))
    assert desk.do(cmd.CancelMigration(desk.migration("NEW01").id))
    desk.run(60)
    done = backup(desk, "NEW01")
    assert (done.file_copy, done.warnings) == (False, 0)
    assert done.ended is not None


def test_a_backup_that_the_end_of_the_program_broke_off_is_told_and_leaves_no_redirection(
    desk: Desk, tmp_path: Path
) -> None:
    on_a_shared_volume(desk)
    assert desk.do(cmd.BackUpMachine(desk.machine("NEW01").id))
    assert access(desk) is VolumeAccess.BACKUP_REDIRECTED
    desk.close()
    again = Desk(journal=Journal.open(tmp_path / "c.journal", "embedded:contoso"))
    with closing(again):
        assert backup(again, "NEW01").reason == "fcm was closed during the backup."
        assert access(again) is VolumeAccess.DIRECT


def test_a_machine_that_is_being_backed_up_is_not_deleted_nor_kept_as_a_snapshot(desk: Desk) -> None:
    test = desk.machine("TEST01")
    assert desk.do(cmd.BackUpMachine(test.id))
    assert "is being backed up" in desk.do(cmd.DeleteVirtualMachine(test.id)).reason
    assert "is being backed up" in desk.do(cmd.TakeSnapshot(test.id)).reason
