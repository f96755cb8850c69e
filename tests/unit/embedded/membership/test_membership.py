"""Who is a member of the cluster after something has failed, and when the others notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import AdapterState, MachineState, NetworkState, NodeState, QuorumMode
from fcm.model.failures import FaultKind
from tests.unit.embedded.desk import START, Desk
from tests.unit.embedded.failing import cluster_file, cluster_of, fault, logged, repair, replayed, unplug, when

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ALL = ("node1", "node2", "node3")


def states(desk: Desk) -> dict[str, NodeState]:
    return {name: node.state for name, node in desk.state.nodes.items()}


def ups(desk: Desk) -> set[str]:
    return {name for name, node in desk.state.nodes.items() if node.state is NodeState.UP}


@pytest.fixture
def halves(tmp_path: Path) -> Iterator[Desk]:
    """Four nodes with a file share witness."""
    four = Desk(cluster_file(tmp_path, 4, "share"))
    yield four
    four.close()


# power


def test_a_node_without_power_is_up_until_its_heartbeats_are_missed(desk: Desk) -> None:
    fault(desk, FaultKind.POWER_OFF, "node2")
    desk.run(5.0)
    assert desk.state.nodes["node2"].state is NodeState.UP
    assert desk.machine("APP01").state is MachineState.RUNNING
    desk.run(1.7)
    assert desk.state.nodes["node2"].state is NodeState.DOWN


def test_every_remaining_node_logs_the_loss_and_the_lost_one_logs_nothing(desk: Desk) -> None:
    fault(desk, FaultKind.POWER_OFF, "node2")
    desk.run(60.0)
    assert sorted(logged(desk, "1135"), key=str) == [("node1", {"node": "node2"}), ("node3", {"node": "node2"})]
    assert 5.6 <= when(desk, "1135", "node1") - START <= 6.7


def test_what_a_dead_node_ran_starts_elsewhere_and_leaves_no_copy(desk: Desk) -> None:
    owned = [one.name for one in desk.state.machines_on("node2") if one.is_highly_available]
    fault(desk, FaultKind.POWER_OFF, "node2")
    desk.run(60.0)
    assert owned
    assert all(desk.machine(name).node != "node2" for name in owned)
    assert all(desk.machine(name).state is MachineState.RUNNING for name in owned)
    assert not desk.events(ev.CopyCutOff)


def test_a_node_that_has_power_again_boots_and_joins(desk: Desk) -> None:
    fault(desk, FaultKind.POWER_OFF, "node2")
    desk.run(30.0)
    repair(desk)
    desk.run(80.0)
    assert desk.state.nodes["node2"].state is NodeState.DOWN
    desk.run(40.0)
    assert desk.state.nodes["node2"].state is NodeState.UP
    assert [key for key in ("6008", "41", "1062") if logged(desk, key) == [("node2", {})]] == ["6008", "41"]
    assert logged(desk, "1062") == [("node2", {"cluster": "contoso"})]


def test_a_node_that_had_no_power_for_a_moment_is_lost_all_the_same(desk: Desk) -> None:
    fault(desk, FaultKind.POWER_OFF, "node2")
    desk.run(1.0)
    repair(desk)
    desk.run(10.0)
    assert desk.state.nodes["node2"].state is NodeState.DOWN
    desk.run(120.0)
    assert ups(desk) == set(ALL)


def test_a_node_that_bugchecks_restarts_by_itself(desk: Desk) -> None:
    fault(desk, FaultKind.BUGCHECK, "node3")
    desk.run(15.0)
    assert desk.state.faults
    desk.run(20.0)
    assert not desk.state.faults
    assert desk.state.nodes["node3"].state is NodeState.DOWN
    desk.run(120.0)
    assert ups(desk) == set(ALL)


def test_a_pause_survives_the_loss_of_power(desk: Desk) -> None:
    assert desk.do(cmd.PauseNode("node3"))
    fault(desk, FaultKind.POWER_OFF, "node3")
    desk.run(30.0)
    repair(desk)
    desk.run(150.0)
    assert desk.state.nodes["node3"].state is NodeState.PAUSED
    assert desk.do(cmd.ResumeNode("node3"))
    assert desk.state.nodes["node3"].state is NodeState.UP


# frozen


def test_a_short_freeze_removes_nobody_and_is_logged_as_a_lost_connection(desk: Desk) -> None:
    fault(desk, FaultKind.HANG, "node2")
    desk.run(3.0)
    repair(desk)
    desk.run(60.0)
    assert ups(desk) == set(ALL)
    assert not logged(desk, "1135")
    assert sorted(logged(desk, "1592"), key=str) == [
        ("node1", {"node": "node1", "other": "node2"}),
        ("node2", {"node": "node2", "other": "node1"}),
        ("node2", {"node": "node2", "other": "node3"}),
        ("node3", {"node": "node3", "other": "node2"}),
    ]


def test_the_copies_of_a_frozen_node_are_cut_off_and_end_once_it_wakes(desk: Desk) -> None:
    owned = {one.id for one in desk.state.machines_on("node2") if one.is_highly_available}
    fault(desk, FaultKind.HANG, "node2")
    desk.run(60.0)
    assert {copy.machine for copy in desk.state.copies.values()} == owned
    assert {copy.node for copy in desk.state.copies.values()} == {"node2"}
    repair(desk)
    desk.run(2.0)
    assert not desk.state.copies
    assert desk.state.nodes["node2"].state is NodeState.DOWN
    desk.run(90.0)
    assert ups(desk) == set(ALL)


def test_the_copies_of_a_frozen_node_end_when_it_loses_its_power(desk: Desk) -> None:
    fault(desk, FaultKind.HANG, "node2")
    desk.run(60.0)
    assert desk.state.copies
    fault(desk, FaultKind.POWER_OFF, "node2")
    assert not desk.state.copies
    assert [found.kind for found in desk.state.faults.values()] == [FaultKind.POWER_OFF]


# the cluster service


def test_a_service_that_crashes_is_noticed_at_once_and_started_again_after_a_minute(desk: Desk) -> None:
    fault(desk, FaultKind.SERVICE_CRASH, "node2")
    desk.run(2.0)
    assert desk.state.nodes["node2"].state is NodeState.DOWN
    assert not desk.state.copies
    desk.run(50.0)
    assert desk.state.nodes["node2"].state is NodeState.DOWN
    desk.run(30.0)
    assert ups(desk) == set(ALL)
    assert not desk.state.faults


def test_machines_that_are_not_clustered_run_on_without_the_cluster_service_but_not_without_power(desk: Desk) -> None:
    fault(desk, FaultKind.SERVICE_CRASH, "node2")
    desk.run(20.0)
    assert desk.machine("LEGACY01").state is MachineState.RUNNING
    fault(desk, FaultKind.POWER_OFF, "node2")
    desk.run(20.0)
    assert desk.machine("LEGACY01").state is MachineState.OFF


# networks


def test_a_node_without_any_link_ends_its_cluster_service_at_once(desk: Desk) -> None:
    unplug(desk, "node3")
    desk.run(1.1)
    assert logged(desk, "1554") == [("node3", {})]
    desk.run(6.0)
    assert desk.state.nodes["node3"].state is NodeState.DOWN
    desk.run(90.0)
    assert logged(desk, "1553") == [("node3", {"node": "node3"})]
    assert desk.state.nodes["node3"].state is NodeState.JOINING
    repair(desk)
    desk.run(1.0)
    assert ups(desk) == set(ALL)


def test_one_network_of_two_is_enough(desk: Desk) -> None:
    unplug(desk, "node3", "Cluster Network 1", "Cluster Network 2")
    desk.run(60.0)
    assert ups(desk) == set(ALL)
    assert not logged(desk, "1135")


def test_a_network_that_the_cluster_may_not_use_carries_no_heartbeats_though_it_is_the_last_one(desk: Desk) -> None:
    unplug(desk, "node3", "Cluster Network 1", "Cluster Network 2", "Cluster Network 3")
    desk.run(60.0)
    assert ups(desk) == {"node1", "node2"}
    assert logged(desk, "1554") == [("node3", {})]
    assert [node for node, _ in logged(desk, "1135")] == ["node1", "node2"]
    told = {(node, fields["node"], fields["network"]) for node, fields in logged(desk, "1569")}
    assert told == {
        ("node1", "node3", "Cluster Network 4"),
        ("node2", "node3", "Cluster Network 4"),
        ("node3", "node1", "Cluster Network 4"),
        ("node3", "node2", "Cluster Network 4"),
    }


def test_an_isolated_node_logs_the_loss_of_all_others_and_ends_itself_without_quorum(desk: Desk) -> None:
    fault(desk, FaultKind.ISOLATE, "node3")
    desk.run(60.0)
    assert sorted(logged(desk, "1135"), key=str) == [
        ("node1", {"node": "node3"}),
        ("node2", {"node": "node3"}),
        ("node3", {"node": "node1"}),
        ("node3", {"node": "node2"}),
    ]
    assert logged(desk, "1177") == [("node3", {})]
    assert states(desk) == {"node1": NodeState.UP, "node2": NodeState.UP, "node3": NodeState.DOWN}
    assert not desk.state.copies
    desk.run(30.0)
    assert desk.state.nodes["node3"].state is NodeState.JOINING
    repair(desk)
    desk.run(1.0)
    assert ups(desk) == set(ALL)


def test_a_cut_that_heals_before_the_threshold_removes_nobody(desk: Desk) -> None:
    fault(desk, FaultKind.ISOLATE, "node3")
    desk.run(4.0)
    repair(desk)
    desk.run(60.0)
    assert ups(desk) == set(ALL)
    assert not logged(desk, "1177")
    assert len(logged(desk, "1592")) == 4


def test_more_heartbeats_may_be_missed_where_the_threshold_is_higher(desk: Desk) -> None:
    assert desk.do(cmd.ConfigureCluster(same_subnet_delay=2000, same_subnet_threshold=10))
    fault(desk, FaultKind.POWER_OFF, "node2")
    desk.run(20.0)
    assert desk.state.nodes["node2"].state is NodeState.UP
    desk.run(4.0)
    assert desk.state.nodes["node2"].state is NodeState.DOWN


def test_a_switch_that_fails_makes_its_adapters_unreachable_once_heartbeats_are_missed(desk: Desk) -> None:
    fault(desk, FaultKind.SWITCH_DOWN, desk.network("Cluster Network 3").id)
    desk.run(4.0)
    assert desk.network("Cluster Network 3").state is NetworkState.UP
    desk.run(2.0)
    assert desk.network("Cluster Network 3").state is NetworkState.DOWN
    assert desk.adapter("node1", "Cluster Network 3").state is AdapterState.UNREACHABLE
    assert [node for node, _ in logged(desk, "1130")] == ["node1"]
    assert len(logged(desk, "1126")) == 3
    repair(desk)
    assert desk.network("Cluster Network 3").state is NetworkState.UP
    assert [node for node, _ in logged(desk, "1128")] == ["node1"]
    assert ups(desk) == set(ALL)


def test_a_network_between_two_halves_is_partitioned_before_a_half_is_lost(halves: Desk) -> None:
    fault(halves, FaultKind.ISOLATE, "node3", together=("node4",))
    halves.run(5.1)
    assert {network.state for network in halves.state.networks.values()} == {NetworkState.PARTITIONED}
    halves.run(10.0)
    assert {network.state for network in halves.state.networks.values()} == {NetworkState.UP}
    assert when(halves, "1129", "node1") < when(halves, "1135", "node1")


def test_of_two_nodes_the_one_without_its_cable_has_failed_and_the_other_is_up(tmp_path: Path) -> None:
    two = Desk(cluster_file(tmp_path, 2, "disk", "2012"))
    unplug(two, "node2", "Cluster Network 2")
    assert two.adapter("node2", "Cluster Network 2").state is AdapterState.FAILED
    assert two.adapter("node1", "Cluster Network 2").state is AdapterState.UP
    assert two.network("Cluster Network 2").state is NetworkState.DOWN
    fields = {"interface": "node2 - Cluster Network 2", "node": "node2", "network": "Cluster Network 2"}
    assert logged(two, "1127") == [("node1", fields), ("node2", fields)]
    two.close()


def test_missing_heartbeats_are_warned_of_from_2012(tmp_path: Path) -> None:
    new = Desk(cluster_file(tmp_path, 3, "disk", "2012"))
    fault(new, FaultKind.POWER_OFF, "node3")
    new.run(20.0)
    assert 1.9 <= when(new, "1650", "node1") - START <= 3.1
    assert ("node1", {"local": "10.0.1.11", "other": "10.0.1.13"}) in logged(new, "1650")
    assert ("node2", {"local": "10.0.2.12", "other": "10.0.2.13"}) in logged(new, "1650-lost")
    new.close()


# quorum


def test_a_cluster_without_quorum_stops_and_says_why(desk: Desk) -> None:
    fault(desk, FaultKind.POWER_OFF, "node2")
    fault(desk, FaultKind.POWER_OFF, "node3")
    desk.run(8.0)
    assert "2 of 3 needed votes" in cluster_of(desk).stopped
    assert logged(desk, "1177") == [("node1", {})]
    assert all(node is NodeState.DOWN for node in states(desk).values())
    assert not any(one.state.holds_memory for one in desk.state.machines.values() if one.is_highly_available)
    desk.run(90.0)
    assert desk.state.nodes["node1"].state is NodeState.JOINING
    desk.run(3600.0)
    assert desk.state.nodes["node1"].state is NodeState.JOINING
    assert "2 of 3 needed votes" in desk.state.nodes["node1"].note


@pytest.mark.parametrize(("witness", "votes"), [("disk", 2), ("share", 2), ("", 1)])
def test_a_cluster_that_stops_counts_a_witness_that_is_still_reached(tmp_path: Path, witness: str, votes: int) -> None:
    four = Desk(cluster_file(tmp_path, 4, witness))
    for name in ("node2", "node3", "node4"):
        fault(four, FaultKind.POWER_OFF, name)
    four.run(20.0)
    assert f"only {votes} of 3 needed votes" in cluster_of(four).stopped
    four.close()


def test_nodes_that_wait_form_the_cluster_once_they_have_the_votes(desk: Desk) -> None:
    fault(desk, FaultKind.POWER_OFF, "node2")
    fault(desk, FaultKind.POWER_OFF, "node3")
    desk.run(200.0)
    second = next(found for found in desk.state.faults.values() if found.target == "node2")
    assert desk.do(cmd.RepairFault(second.id))
    desk.run(120.0)
    assert ups(desk) == {"node1", "node2"}
    assert cluster_of(desk).stopped == ""
    assert logged(desk, "1061") == [("node1", {"cluster": "contoso"})]
    assert logged(desk, "1062") == [("node2", {"cluster": "contoso"})]
    desk.run(60.0)
    running = [one.name for one in desk.state.machines.values() if one.state is MachineState.RUNNING]
    assert {"SQL01", "WEB01", "APP01", "FILE01"} <= set(running)


def test_three_nodes_and_a_disk_survive_the_owner_of_the_witness_by_arbitration(desk: Desk) -> None:
    fault(desk, FaultKind.POWER_OFF, "node1")
    desk.run(8.0)
    assert desk.state.nodes["node1"].state is NodeState.UP
    desk.run(8.0)
    assert ups(desk) == {"node2", "node3"}
    assert desk.disk("Cluster Disk 1").owner in ("node2", "node3")


def test_without_the_witness_the_last_two_of_three_cannot_arbitrate(desk: Desk) -> None:
    fault(desk, FaultKind.LOSE_LUN, desk.disk("Cluster Disk 1").id)
    desk.run(20.0)
    assert ups(desk) == set(ALL)
    fault(desk, FaultKind.POWER_OFF, "node3")
    desk.run(10.0)
    assert "2 of 3 needed votes" in cluster_of(desk).stopped
    assert sorted(logged(desk, "1177"), key=str) == [("node1", {}), ("node2", {})]


def test_a_cluster_that_needs_its_witness_stops_when_the_witness_is_lost(desk: Desk) -> None:
    fault(desk, FaultKind.POWER_OFF, "node3")
    desk.run(60.0)
    fault(desk, FaultKind.LOSE_LUN, desk.disk("Cluster Disk 1").id)
    desk.run(6.0)
    assert cluster_of(desk).stopped.startswith("The witness was lost")
    repair(desk)
    desk.run(200.0)
    assert ups(desk) == set(ALL)


def test_of_two_halves_the_one_with_the_owner_of_the_share_goes_on(halves: Desk) -> None:
    fault(halves, FaultKind.ISOLATE, "node3", together=("node4",))
    halves.run(8.0)
    assert ups(halves) == {"node1", "node2"}
    assert {copy.node for copy in halves.state.copies.values()} == {"node3", "node4"}
    halves.run(10.0)
    assert not halves.state.copies
    assert sorted(node for node, _ in logged(halves, "1177")) == ["node3", "node4"]
    share = {"resource": "File Share Witness", "share": cluster_of(halves).witness}
    assert logged(halves, "1564") == [("node3", share)]
    assert 13.0 <= when(halves, "1177", "node3") - START <= 20.0
    assert len(logged(halves, "1135")) == 8
    repair(halves)
    halves.run(120.0)
    assert ups(halves) == {"node1", "node2", "node3", "node4"}
    assert replayed(halves) == halves.state


def test_two_halves_without_a_witness_both_stop(tmp_path: Path) -> None:
    four = Desk(cluster_file(tmp_path, 4))
    fault(four, FaultKind.ISOLATE, "node3", together=("node4",))
    four.run(10.0)
    assert len(logged(four, "1177")) == 4
    assert "2 of 3 needed votes" in cluster_of(four).stopped
    repair(four)
    four.run(120.0)
    assert len(ups(four)) == 4
    four.close()


def test_two_nodes_without_a_witness_do_not_survive_the_loss_of_one(tmp_path: Path) -> None:
    two = Desk(cluster_file(tmp_path, 2))
    fault(two, FaultKind.POWER_OFF, "node2")
    two.run(10.0)
    assert cluster_of(two).stopped
    two.close()


@pytest.mark.parametrize("witness", ["disk", "share"])
def test_two_nodes_with_a_witness_survive_the_loss_of_either(tmp_path: Path, witness: str) -> None:
    for lost, left in (("node1", "node2"), ("node2", "node1")):
        two = Desk(cluster_file(tmp_path, 2, witness))
        fault(two, FaultKind.POWER_OFF, lost)
        two.run(20.0)
        assert ups(two) == {left}
        two.close()


def test_a_view_that_lost_the_share_cannot_win_with_it(halves: Desk) -> None:
    fault(halves, FaultKind.LOSE_SHARE, cluster_of(halves).witness or "")
    fault(halves, FaultKind.ISOLATE, "node3", together=("node4",))
    halves.run(20.0)
    assert "2 of 3 needed votes" in cluster_of(halves).stopped
    assert len(logged(halves, "1177")) == 4


def test_with_the_disk_alone_any_node_that_gets_it_goes_on(desk: Desk) -> None:
    assert desk.do(cmd.SetQuorum(QuorumMode.DISK_ONLY, desk.disk("Cluster Disk 1").id))
    fault(desk, FaultKind.POWER_OFF, "node1")
    fault(desk, FaultKind.POWER_OFF, "node2")
    desk.run(20.0)
    assert ups(desk) == {"node3"}


def test_the_same_seed_gives_the_same_history_and_another_one_another(tmp_path: Path) -> None:
    histories = []
    for seed in (1, 1, 2):
        four = Desk(cluster_file(tmp_path, 4, "share"), seed=seed)
        fault(four, FaultKind.POWER_OFF, "node4")
        four.run(100.0)
        repair(four)
        four.run(300.0)
        histories.append(four.entries)
        four.close()
    assert histories[0] == histories[1]
    assert histories[0] != histories[2]


@pytest.mark.parametrize("kind", [FaultKind.POWER_OFF, FaultKind.HANG, FaultKind.BUGCHECK, FaultKind.ISOLATE])
def test_the_failures_and_copies_of_an_evicted_node_leave_with_it(desk: Desk, kind: FaultKind) -> None:
    unplug(desk, "node3", "Cluster Network 3")
    fault(desk, kind, "node3")
    desk.run(10.0)
    assert desk.state.nodes["node3"].state is NodeState.DOWN
    assert desk.do(cmd.EvictNode("node3"))
    assert not desk.state.faults
    assert not desk.state.copies
    desk.run(300.0)
    assert set(desk.state.nodes) == {"node1", "node2"}
    assert ups(desk) == {"node1", "node2"}
