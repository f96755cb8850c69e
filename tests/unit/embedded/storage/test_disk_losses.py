"""Cluster disks with a resource that lose their path, LUN or reservation: what depends on them goes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.embedded import open_embedded
from fcm.model import commands as cmd
from fcm.model.entities import MachineState, ResourceState
from fcm.model.failures import FaultKind
from fcm.workspace.files.journal import Journal
from tests.unit.embedded.desk import START, Desk
from tests.unit.embedded.failing_storage import logged, lose, repair

if TYPE_CHECKING:
    from pathlib import Path

SQL_DISK = "Cluster Disk 5"


def test_an_owner_that_loses_its_path_fails_the_disk_and_the_whole_group_moves_to_a_node_with_one(desk: Desk) -> None:
    lose(desk, FaultKind.LOSE_PATH, SQL_DISK, "node1")
    desk.run(3)
    assert desk.machine("SQL01").state is MachineState.RUNNING  # the owner has not noticed
    desk.run(60)
    found = desk.machine("SQL01")
    assert found.node in ("node2", "node3")
    assert found.state is MachineState.RUNNING
    assert desk.disk(SQL_DISK).owner == found.node == desk.group("SQL01").owner
    assert desk.disk(SQL_DISK).state is ResourceState.ONLINE
    assert desk.group("SQL01").state is ResourceState.ONLINE
    assert logged(desk, "1038", "1034", "1069", "1638", "1153")[:5] == [
        ("1038", "node1"),
        ("1069", "node1"),
        ("1034", "node1"),
        ("1069", "node1"),
        ("1638", "node1"),
    ]


def test_a_lun_lost_everywhere_leaves_the_group_failed_until_the_next_series(desk: Desk) -> None:
    fault = lose(desk, FaultKind.LOSE_LUN, SQL_DISK)
    desk.run(120)
    assert desk.disk(SQL_DISK).state is ResourceState.FAILED
    assert desk.group("SQL01").state is ResourceState.FAILED
    assert desk.machine("SQL01").state is MachineState.OFF
    repair(desk, fault)
    desk.run(1800)
    assert desk.disk(SQL_DISK).state is ResourceState.FAILED
    desk.run(2000)
    assert desk.disk(SQL_DISK).state is ResourceState.ONLINE
    assert desk.machine("SQL01").state is MachineState.RUNNING
    assert desk.disk(SQL_DISK).owner == desk.machine("SQL01").node


def test_the_retry_of_a_disk_survives_that_fcm_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "c.journal"
    desk = Desk(journal=Journal.open(path, "embedded:contoso"))
    fault = lose(desk, FaultKind.LOSE_LUN, SQL_DISK)
    desk.run(120)
    desk.close()
    desk = Desk(
        journal=Journal.open(path, "embedded:contoso"), backend=open_embedded("contoso", seed=1, start_time=START)
    )
    repair(desk, fault)
    desk.run(3700)
    assert desk.disk(SQL_DISK).state is ResourceState.ONLINE
    assert desk.machine("SQL01").state is MachineState.RUNNING
    desk.close()


def test_a_loss_that_nobody_had_noticed_when_fcm_was_closed_is_noticed_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "c.journal"
    desk = Desk(journal=Journal.open(path, "embedded:contoso"))
    lose(desk, FaultKind.LOSE_PATH, SQL_DISK, "node1")
    desk.run(1)
    desk.close()
    desk = Desk(
        journal=Journal.open(path, "embedded:contoso"), backend=open_embedded("contoso", seed=1, start_time=START)
    )
    desk.run(60)
    assert desk.machine("SQL01").node != "node1"
    assert desk.machine("SQL01").state is MachineState.RUNNING
    desk.close()


def test_a_lost_reservation_restarts_the_disk_and_the_machine_where_they_are(desk: Desk) -> None:
    lose(desk, FaultKind.LOSE_RESERVATION, SQL_DISK)
    desk.run(60)
    assert desk.disk(SQL_DISK).state is ResourceState.ONLINE
    assert (desk.machine("SQL01").node, desk.machine("SQL01").state) == ("node1", MachineState.RUNNING)
    assert desk.state.faults == {}


def test_a_lost_witness_moves_the_core_group_from_node_to_node_and_quorum_holds(desk: Desk) -> None:
    fault = lose(desk, FaultKind.LOSE_LUN, "Cluster Disk 1")
    desk.run(60)
    assert desk.disk("Cluster Disk 1").state is ResourceState.FAILED
    assert desk.state.cluster is not None
    assert not desk.state.cluster.stopped
    assert {node for key, node in logged(desk, "1034")} == {"node1", "node2", "node3"}
    assert len(logged(desk, "1558")) == 2
    assert logged(desk, "1254", "1205") == [("1254", "node3"), ("1205", "node3")]
    online = {one.name for one in desk.state.resources.values() if one.state is ResourceState.ONLINE}
    assert {"Cluster Name", "Cluster IP Address"} <= online
    repair(desk, fault)
    assert desk.do(cmd.SetDiskOnline(desk.disk("Cluster Disk 1").id, online=True))
    assert desk.disk("Cluster Disk 1").state is ResourceState.ONLINE
    assert desk.group("Cluster Group").state is ResourceState.ONLINE


def test_a_witness_whose_owner_loses_its_path_moves_with_the_core_group(desk: Desk) -> None:
    owner = str(desk.disk("Cluster Disk 1").owner)
    lose(desk, FaultKind.LOSE_PATH, "Cluster Disk 1", owner)
    desk.run(60)
    disk = desk.disk("Cluster Disk 1")
    assert (disk.state, disk.owner) == (ResourceState.ONLINE, desk.group("Cluster Group").owner)
    assert disk.owner != owner


def test_a_disk_of_available_storage_fails_and_is_back_by_hand(desk: Desk) -> None:
    fault = lose(desk, FaultKind.LOSE_LUN, "Cluster Disk 3")
    desk.run(60)
    disk = desk.disk("Cluster Disk 3")
    assert disk.state is ResourceState.FAILED
    assert "no path" in desk.do(cmd.SetDiskOnline(disk.id, online=True)).reason
    assert (
        "is failed" in desk.do(cmd.AddStorage((disk.id,))).reason
        or "not enabled" in desk.do(cmd.AddStorage((disk.id,))).reason
    )
    repair(desk, fault)
    assert desk.do(cmd.SetDiskOnline(disk.id, online=True))
    assert desk.disk("Cluster Disk 3").state is ResourceState.ONLINE


def test_a_disk_in_maintenance_is_not_asked_whether_it_is_well(desk: Desk) -> None:
    assert desk.do(cmd.SetMaintenance(desk.disk("Cluster Disk 3").id, on=True))
    lose(desk, FaultKind.LOSE_LUN, "Cluster Disk 3")
    desk.run(600)
    assert desk.disk("Cluster Disk 3").state is ResourceState.ONLINE
    assert desk.do(cmd.SetMaintenance(desk.disk("Cluster Disk 3").id, on=False))
    desk.run(60)
    assert desk.disk("Cluster Disk 3").state is ResourceState.FAILED


def test_a_live_migration_to_a_node_without_a_path_to_the_disk_is_refused_before_it_begins(desk: Desk) -> None:
    lose(desk, FaultKind.LOSE_PATH, SQL_DISK, "node2")
    verdict = desk.do(cmd.LiveMigrate(desk.machine("SQL01").id, "node2"))
    assert f"node2 has no path to {SQL_DISK}." in verdict.reason
