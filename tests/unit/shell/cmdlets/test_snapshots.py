from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.logs.records import catalog
from fcm.model.events import SnapshotTaken

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk


def test_snapshots_are_taken_listed_applied_and_deleted(desk: ShellDesk) -> None:
    desk.must("Stop-VM DC01 -TurnOff; Checkpoint-VM DC01 -SnapshotName 'before the update'; Checkpoint-VM DC01 second")
    assert [one.get("Name") for one in desk.must("Get-VMSnapshot DC01")] == ["before the update", "second"]
    desk.must("Set-VMMemory DC01 -StartupBytes 2GB; Restore-VMSnapshot DC01 'before the update'")
    machine = desk.state.machine_named("DC01")
    assert machine is not None
    assert machine.memory == 2**30
    desk.must("Get-VM DC01 | Get-VMSnapshot | Where-Object { $_.Name -like 'before*' } | Remove-VMSnapshot")
    assert [one.get("Name") for one in desk.must("Get-VMSnapshot DC01")] == ["second"]


def test_a_snapshot_that_is_not_plain_or_not_there_is_refused_in_words(desk: ShellDesk) -> None:
    desk.must("Checkpoint-VM DC01 first; Checkpoint-VM DC01 second")
    assert "This matches 2 snapshots." in desk.run("Restore-VMSnapshot DC01").text()
    assert "thirst" in desk.run("Remove-VMSnapshot DC01 thirst").text()
    assert "Shut it down in Failover Cluster Manager first" in desk.run("Restore-VMSnapshot DC01 first").text()


def test_snapshots_with_equal_names_are_told_apart_by_their_id(desk: ShellDesk) -> None:
    desk.must("Stop-VM DC01 -TurnOff; Checkpoint-VM DC01 before")
    (taken,) = desk.state.snapshots.values()
    desk.backend._core.emit(SnapshotTaken(replace(taken, id="snapshot-again")))
    desk.pump(1.0)
    first, second = desk.must("Get-VMSnapshot DC01 before")
    assert "-Id if names are equal" in desk.run("Restore-VMSnapshot DC01 before").text()
    desk.must(f"Restore-VMSnapshot DC01 -Id {second.get('Id')}; Remove-VMSnapshot -Id {first.get('Id')}")
    assert [one.get("Id") for one in desk.must("Get-VMSnapshot DC01")] == [second.get("Id")]
    assert "There is no snapshot of the Id" in desk.run(f"Remove-VMSnapshot WEB01 -Id {second.get('Id')}").text()
    desk.must("Get-VMSnapshot DC01 | Remove-VMSnapshot")
    assert desk.must("Get-VMSnapshot DC01") == []


def test_the_guide_s_warnings_of_a_backup_during_a_live_migration_are_in_the_hyper_v_log(desk: ShellDesk) -> None:
    desk.must("Move-ClusterVirtualMachineRole DC01 node2 -Wait 0; Start-VMBackup DC01")
    desk.settle()
    number = catalog()[1]["BackupWarned"].id
    warned = desk.must(f"Get-ClusterEvent | Where-Object {{ $_.Id -eq {number} }}")
    assert len(warned) == 2
    assert {one.get("LevelDisplayName") for one in warned} == {"Warning"}
    assert all("did not find the virtual machine 'DC01' on node1" in str(one.get("Message")) for one in warned)
