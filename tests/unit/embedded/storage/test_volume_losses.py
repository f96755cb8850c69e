from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.backend.embedded import open_embedded
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import ClusterVersion, MachineState, ResourceState, VolumeAccess
from fcm.model.failures import FaultKind
from fcm.model.rules.failing.access import IoMode, access_of, redirections
from fcm.workspace.files.journal import Journal
from fcm.workspace.planning.preflight import question
from tests.unit.embedded.desk import START, Desk
from tests.unit.embedded.failing_storage import desk_of, logged, lose, repair, volume, with_volume

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def later() -> Iterator[Desk]:
    """Contoso as a cluster of 2016."""
    desk = desk_of(ClusterVersion.V2016)
    yield desk
    desk.close()


def test_a_node_that_loses_its_path_is_paused_and_then_redirected_alone(desk: Desk) -> None:
    with_volume(desk, DB1="node3")
    fault = lose(desk, FaultKind.LOSE_PATH, node="node3")
    desk.run(10)
    assert volume(desk).paused == ()  # its I/O has not timed out yet
    desk.run(7.3)
    assert volume(desk).paused == ("node3",) or volume(desk).redirected == ("node3",)
    desk.run(5)
    assert (volume(desk).paused, volume(desk).redirected) == ((), ("node3",))
    assert logged(desk, "5120", "5121", "5122", "1069") == [("5120", "node3"), ("5121", "node3")]
    assert desk.machine("DB1").state is MachineState.RUNNING
    assert access_of(desk.state, volume(desk), "node2").mode is IoMode.DIRECT
    repair(desk, fault)
    desk.run(5)
    assert volume(desk).redirected == ()
    assert logged(desk, "5122") == [("5122", "node3")]


def test_a_path_that_is_back_before_it_timed_out_pauses_nobody(desk: Desk) -> None:
    with_volume(desk)
    fault = lose(desk, FaultKind.LOSE_PATH, node="node3")
    desk.run(5)
    repair(desk, fault)
    desk.run(60)
    assert logged(desk, "5120", "5121") == []


def test_an_owner_that_loses_its_path_hands_the_disk_over_and_is_redirected(desk: Desk) -> None:
    with_volume(desk, "node2", DB1="node2")
    lose(desk, FaultKind.LOSE_PATH, node="node2")
    desk.run(60)
    assert volume(desk).owner != "node2"
    assert (volume(desk).paused, volume(desk).redirected) == ((), ("node2",))
    assert desk.disk("Cluster Disk 2").state is ResourceState.ONLINE
    assert logged(desk, "1038", "1034") == [("1038", "node2"), ("1034", "node2")]
    assert {node for key, node in logged(desk, "5120")} == {"node1", "node2", "node3"}
    assert logged(desk, "5121") == [("5121", "node2")]
    assert {node for key, node in logged(desk, "5122")} == {"node1", "node3"}
    assert desk.machine("DB1").state is MachineState.RUNNING
    assert desk.machine("DB1").node == "node2"


def test_a_lun_lost_everywhere_is_tried_on_every_node_and_then_failed(desk: Desk) -> None:
    with_volume(desk, "node2")
    fault = lose(desk, FaultKind.LOSE_LUN)
    desk.run(40)
    disk = desk.disk("Cluster Disk 2")
    assert disk.state is ResourceState.FAILED
    assert volume(desk).paused == ()
    assert {node for key, node in logged(desk, "1034")} == {"node1", "node2", "node3"}
    assert {node for key, node in logged(desk, "5142")} == {"node1", "node2", "node3"}
    assert access_of(desk.state, volume(desk), "node1").mode is IoMode.UNAVAILABLE
    assert "No node has a path" in desk.do(cmd.SetDiskOnline(disk.id, online=True)).reason
    assert "failed" in desk.do(cmd.MoveSharedVolume(disk.id, "node1")).reason
    repair(desk, fault)
    desk.run(60)
    assert desk.disk("Cluster Disk 2").state is ResourceState.FAILED  # nobody tries before the hour is over
    desk.run(3600)
    assert desk.disk("Cluster Disk 2").state is ResourceState.ONLINE


def test_a_failed_volume_is_brought_online_by_hand_once_the_lun_is_back(desk: Desk) -> None:
    with_volume(desk, "node2")
    fault = lose(desk, FaultKind.LOSE_LUN)
    desk.run(40)
    repair(desk, fault)
    assert desk.do(cmd.SetDiskOnline(desk.disk("Cluster Disk 2").id, online=True))
    desk.run(5)
    assert desk.disk("Cluster Disk 2").state is ResourceState.ONLINE
    assert desk.disk("Cluster Disk 2").retry_at is None


def test_a_lost_reservation_is_taken_again_by_the_owner(desk: Desk) -> None:
    with_volume(desk, "node2")
    lose(desk, FaultKind.LOSE_RESERVATION)
    desk.run(40)
    assert desk.disk("Cluster Disk 2").state is ResourceState.ONLINE
    assert (volume(desk).owner, volume(desk).paused) == ("node2", ())
    assert desk.state.faults == {}
    assert logged(desk, "1034") == []


def test_machines_on_a_lost_volume_of_2008_r2_fail_at_their_next_health_check(desk: Desk) -> None:
    with_volume(desk, DB1="node1", DB2="node3")
    lose(desk, FaultKind.LOSE_LUN)
    desk.run(40)
    desk.run(120)
    for name in ("DB1", "DB2"):
        assert desk.machine(name).state is MachineState.OFF
        assert desk.group(name).state is ResourceState.FAILED


def test_machines_on_a_lost_volume_of_2016_are_paused_and_go_on_by_themselves(later: Desk) -> None:
    with_volume(later, DB1="node1", DB2="node3")
    fault = lose(later, FaultKind.LOSE_LUN)
    later.run(60)
    assert later.machine("DB1").state is MachineState.PAUSED_CRITICAL
    refused = later.do(cmd.SetMachineState(later.machine("DB1").id, MachineState.RUNNING))
    assert "Cluster Disk 2 is failed" in refused.reason
    repair(later, fault)
    assert later.do(cmd.SetDiskOnline(later.disk("Cluster Disk 2").id, online=True))
    later.run(5)
    assert {later.machine(name).state for name in ("DB1", "DB2")} == {MachineState.RUNNING}
    assert later.machine("DB1").critical_since is None


def test_machines_without_storage_for_30_minutes_are_turned_off_in_2016(later: Desk) -> None:
    with_volume(later, DB1="node1")
    lose(later, FaultKind.LOSE_LUN)
    later.run(1700)
    assert later.machine("DB1").state is MachineState.PAUSED_CRITICAL
    later.run(200)
    assert later.machine("DB1").state is MachineState.OFF
    assert logged(later, "18528") == [("18528", "node1")]


def test_what_was_due_at_a_volume_is_due_again_after_fcm_was_closed(tmp_path: Path) -> None:
    path = tmp_path / "c.journal"
    desk = Desk(journal=Journal.open(path, "embedded:contoso"))
    with_volume(desk, "node2", DB1="node2")
    fault = lose(desk, FaultKind.LOSE_LUN)
    desk.run(17)
    desk.close()
    desk = Desk(
        journal=Journal.open(path, "embedded:contoso"), backend=open_embedded("contoso", seed=1, start_time=START)
    )
    desk.run(60)
    assert desk.disk("Cluster Disk 2").state is ResourceState.FAILED
    desk.close()
    desk = Desk(
        journal=Journal.open(path, "embedded:contoso"), backend=open_embedded("contoso", seed=1, start_time=START)
    )
    repair(desk, fault)
    desk.run(3700)
    assert desk.disk("Cluster Disk 2").state is ResourceState.ONLINE
    desk.close()


def _migration_seconds(desk: Desk) -> float:
    assert desk.do(cmd.LiveMigrate(desk.machine("DC01").id, "node3"))
    desk.settle(600)
    figures = desk.migration("DC01").figures
    assert figures is not None
    return figures.total


def test_a_live_migration_takes_longer_on_a_network_that_carries_redirected_io() -> None:
    seconds = []
    predicted = []
    for redirected in (False, True):
        desk = desk_of()
        found = with_volume(desk, "node3", DB1="node1", DB2="node1")
        shared = desk.network("Cluster Network 2").id
        others = tuple(network for network in desk.state.networks if network != shared)
        assert desk.do(cmd.SetMigrationNetworks((shared,), others))
        if redirected:
            lose(desk, FaultKind.LOSE_PATH, node="node1")
        desk.run(60)
        assert (volume(desk).redirected == ("node1",)) is redirected
        check, judgement = question(desk.workspace, desk.machine("DC01"), "node3").answer()
        assert judgement is not None
        assert ("less redirected I/O" in check.text) is redirected
        predicted.append(judgement.total.value)
        seconds.append(_migration_seconds(desk))
        (one,) = redirections(desk.state) if redirected else (None,)
        assert one is None or (one.volume, one.network, one.rate) == (found.disk, shared, 80e6)
        desk.close()
    assert seconds[1] > seconds[0] * 1.2
    assert predicted[1] > predicted[0] * 1.2


def test_redirected_io_uses_the_next_network_when_that_of_the_volumes_fails(desk: Desk) -> None:
    with_volume(desk, "node3", DB1="node1")
    assert desk.do(cmd.SetRedirectedAccess(volume(desk).disk, on=True))
    assert volume(desk).access is VolumeAccess.REDIRECTED
    (before,) = redirections(desk.state)
    assert desk.state.networks[before.network].name == "Cluster Network 2"
    assert desk.do(cmd.InjectFault(FaultKind.UNPLUG_CABLE, desk.adapter("node1", "Cluster Network 2").id))
    (after,) = redirections(desk.state)
    assert desk.state.networks[after.network].name == "Cluster Network 3"


def test_a_coordinator_without_power_pauses_the_io_of_the_others_until_one_has_the_disk(desk: Desk) -> None:
    with_volume(desk, "node2", DB1="node3")
    assert desk.do(cmd.InjectFault(FaultKind.POWER_OFF, "node2"))
    desk.run(5)
    assert volume(desk).paused == ()  # nobody has missed it for long enough
    begun = desk.backend.clock.now()
    while not volume(desk).paused:
        desk.run(0.1)
        assert desk.backend.clock.now() < begun + 5
    assert volume(desk).paused == ("node1", "node3")
    assert logged(desk, "5120") == [("5120", "node1"), ("5120", "node3")]
    desk.run(3)
    assert volume(desk).owner in ("node1", "node3")
    assert volume(desk).paused == ()
    assert logged(desk, "5122") == [("5122", "node1"), ("5122", "node3")]
    assert desk.machine("DB1").state is MachineState.RUNNING


def test_a_coordinator_that_leaves_in_order_pauses_nobody(desk: Desk) -> None:
    with_volume(desk, "node2")
    assert desk.do(cmd.StopClusterService("node2"))
    desk.run(60)
    assert volume(desk).owner in ("node1", "node3")
    assert logged(desk, "5120", "5122") == []


def test_a_cluster_that_lost_quorum_takes_its_volumes_again_when_it_forms(desk: Desk) -> None:
    with_volume(desk, "node2")
    for node in ("node2", "node3"):
        assert desk.do(cmd.InjectFault(FaultKind.POWER_OFF, node))
    desk.run(60)
    assert desk.state.cluster is not None
    assert desk.state.cluster.stopped
    assert (volume(desk).paused, volume(desk).redirected) == ((), ())
    for fault in tuple(desk.state.faults):
        repair(desk, fault)
    desk.run(600)
    assert not desk.state.cluster.stopped
    assert desk.state.nodes[volume(desk).owner].state.is_member
    assert desk.disk("Cluster Disk 2").state is ResourceState.ONLINE
    assert volume(desk).paused == ()


def test_every_entry_of_a_lost_volume_is_the_same_with_the_same_seed() -> None:
    told: list[list[ev.Entry]] = []
    for _ in range(2):
        desk = desk_of()
        with_volume(desk, "node2", DB1="node1")
        lose(desk, FaultKind.LOSE_LUN)
        desk.run(300)
        told.append(list(desk.entries))
        desk.close()
    assert told[0] == told[1]


def test_what_needs_the_files_on_a_failed_volume_is_refused_with_the_reason(later: Desk) -> None:
    found = with_volume(later, DB1="node1")
    machine = later.machine("DB1").id
    assert later.do(cmd.TakeSnapshot(machine))
    snapshot = next(iter(later.state.snapshots))
    lose(later, FaultKind.LOSE_LUN)
    later.run(60)
    commands: list[cmd.Command] = [
        cmd.TakeSnapshot(machine),
        cmd.DeleteSnapshot(snapshot),
        cmd.BackUpMachine(machine),
        cmd.ConfigureVirtualMachine(machine, switch=""),
        cmd.LiveMigrate(machine, "node2"),
        cmd.RenameVolumeFolder(found.disk, "Other"),
        cmd.SetRedirectedAccess(found.disk, on=True),
        cmd.SetMaintenance(found.disk, on=True),
        cmd.CreateVirtualMachine("NEW", "node1", 512 << 20, found.disk, disk_size=1 << 30),
    ]
    for command in commands:
        assert not later.do(command), command


def test_a_machine_without_a_resource_fails_too_within_a_minute_of_its_volume(desk: Desk) -> None:
    with_volume(desk, DB1="node1")
    assert desk.do(cmd.RemoveGroup(desk.group("DB1").id))
    assert desk.machine("DB1").state is MachineState.RUNNING
    lose(desk, FaultKind.LOSE_LUN)
    desk.run(40)
    desk.run(120)
    assert desk.machine("DB1").state is MachineState.OFF
