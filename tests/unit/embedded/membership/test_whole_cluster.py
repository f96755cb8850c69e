"""The cluster as a whole is stopped, started and forced; nodes are stopped, started and forced in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import MachineState, NodeState, OfflineAction, ResourceState
from fcm.model.failures import FaultKind
from tests.unit.embedded.desk import Desk
from tests.unit.embedded.failing import cluster_file, cluster_of, fault, logged, repair, replayed, unplug

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ALL = ("node1", "node2", "node3")


def ups(desk: Desk) -> set[str]:
    return {name for name, node in desk.state.nodes.items() if node.state is NodeState.UP}


def lost(desk: Desk, *names: str) -> None:
    """These nodes lose their power, and the cluster stops."""
    for name in names:
        fault(desk, FaultKind.POWER_OFF, name)
    desk.run(100.0)
    assert cluster_of(desk).stopped


@pytest.fixture
def four(tmp_path: Path) -> Iterator[Desk]:
    """Four nodes with a file share witness, of a version that knows PreventQuorum."""
    opened = Desk(cluster_file(tmp_path, 4, "share", "2012"))
    assert opened.do(cmd.ConfigureCluster(dynamic_quorum=False))
    yield opened
    opened.close()


def test_a_cluster_that_is_shut_down_has_saved_its_machines_and_has_no_node_up(desk: Desk) -> None:
    assert desk.do(cmd.StopCluster())
    assert not desk.do(cmd.StopCluster())
    desk.run(300.0)
    assert cluster_of(desk).stopped == "The cluster was shut down."
    assert not cluster_of(desk).stopping
    assert not ups(desk)
    assert desk.machine("SQL01").state is MachineState.SAVED
    assert sorted(node for node, _ in logged(desk, "1063")) == list(ALL)
    assert not logged(desk, "1135")
    desk.run(3600.0)
    assert not ups(desk)


def test_machines_go_offline_by_their_action_when_the_cluster_is_shut_down(desk: Desk) -> None:
    for name, action in (("WEB01", OfflineAction.SHUT_DOWN), ("DC01", OfflineAction.TURN_OFF)):
        resource = desk.state.machine_resource(desk.machine(name).id)
        assert resource is not None
        assert desk.do(cmd.ConfigureResource(resource.id, offline_action=action))
    assert desk.do(cmd.StopCluster())
    desk.run(300.0)
    assert desk.machine("WEB01").state is MachineState.OFF
    assert desk.machine("DC01").state is MachineState.OFF
    assert desk.machine("APP01").state is MachineState.SAVED


def test_a_cluster_that_is_started_brings_back_what_ran(desk: Desk) -> None:
    ran = {one.name for one in desk.state.machines.values() if one.state is MachineState.RUNNING}
    assert desk.do(cmd.StopCluster())
    desk.run(300.0)
    assert desk.do(cmd.StartCluster())
    desk.run(300.0)
    assert ups(desk) == set(ALL)
    assert all(desk.machine(name).state is MachineState.RUNNING for name in ran)
    assert len(logged(desk, "1061")) == 1
    assert len(logged(desk, "1062")) == 2


def test_a_start_that_ignores_what_was_wanted_brings_no_group_online(desk: Desk) -> None:
    assert desk.do(cmd.StopCluster())
    desk.run(300.0)
    assert desk.do(cmd.StartCluster(ignore_persistent_state=True))
    desk.run(300.0)
    assert ups(desk) == set(ALL)
    assert desk.machine("SQL01").state is MachineState.SAVED
    assert len(logged(desk, "1690")) == 3


def test_a_node_is_forced_to_form_the_cluster_until_there_is_a_majority_again(four: Desk) -> None:
    lost(four, "node2", "node3", "node4")
    assert "joins" not in four.state.nodes["node1"].note
    assert four.state.nodes["node1"].state is NodeState.JOINING
    assert four.do(cmd.StartClusterService("node1", fix_quorum=True))
    four.run(20.0)
    assert ups(four) == {"node1"}
    assert cluster_of(four).forced
    assert four.machine("VM1").state is MachineState.RUNNING
    assert not four.do(cmd.StartClusterService("node2", fix_quorum=True))
    repair(four)
    four.run(300.0)
    assert len(ups(four)) == 4
    assert not cluster_of(four).forced
    assert replayed(four) == four.state


def test_a_forced_cluster_goes_on_when_it_loses_one_more_node(four: Desk) -> None:
    fault(four, FaultKind.LOSE_SHARE, cluster_of(four).witness or "")
    lost(four, "node3", "node4")
    assert four.do(cmd.StartClusterService("node1", fix_quorum=True))
    four.run(30.0)
    assert ups(four) == {"node1", "node2"}
    fault(four, FaultKind.POWER_OFF, "node2")
    four.run(30.0)
    assert ups(four) == {"node1"}
    assert cluster_of(four).forced


def test_a_node_that_may_only_join_forms_nothing(four: Desk) -> None:
    assert four.do(cmd.StopCluster())
    four.run(60.0)
    for name in ("node1", "node2", "node3", "node4"):
        assert four.do(cmd.StartClusterService(name, prevent_quorum=True))
    four.run(600.0)
    assert not ups(four)
    assert "can only join" in four.state.nodes["node1"].note
    assert four.do(cmd.StopClusterService("node2"))
    assert four.do(cmd.StartClusterService("node2"))
    four.run(60.0)
    assert len(ups(four)) == 4


def test_a_node_with_an_old_database_cannot_form_the_cluster_alone_with_the_share(tmp_path: Path) -> None:
    two = Desk(cluster_file(tmp_path, 2, "share"))
    fault(two, FaultKind.POWER_OFF, "node2")
    two.run(60.0)
    fault(two, FaultKind.POWER_OFF, "node1")
    two.run(60.0)
    assert cluster_of(two).stopped
    second = next(found for found in two.state.faults.values() if found.target == "node2")
    assert two.do(cmd.RepairFault(second.id))
    two.run(400.0)
    assert two.state.nodes["node2"].state is NodeState.JOINING
    assert logged(two, "1561") == [("node2", {})]
    assert "database" in two.state.nodes["node2"].note
    repair(two)
    two.run(200.0)
    assert len(ups(two)) == 2
    assert logged(two, "1061") == [("node1", {"cluster": "four"})]
    two.close()


def test_a_node_with_an_old_database_forms_the_cluster_with_the_witness_disk(tmp_path: Path) -> None:
    two = Desk(cluster_file(tmp_path, 2, "disk"))
    for name in ("node2", "node1"):
        fault(two, FaultKind.POWER_OFF, name)
        two.run(60.0)
    second = next(found for found in two.state.faults.values() if found.target == "node2")
    assert two.do(cmd.RepairFault(second.id))
    two.run(200.0)
    assert ups(two) == {"node2"}
    two.close()


def test_a_node_that_waits_can_be_stopped_and_started_again(desk: Desk) -> None:
    lost(desk, "node2", "node3")
    assert desk.do(cmd.StopClusterService("node1"))
    assert desk.state.nodes["node1"].state is NodeState.DOWN
    desk.run(600.0)
    assert desk.state.nodes["node1"].state is NodeState.DOWN
    repair(desk)
    desk.run(200.0)
    assert ups(desk) == {"node2", "node3"}


def test_the_service_of_a_node_that_does_not_respond_cannot_be_started_or_stopped(desk: Desk) -> None:
    fault(desk, FaultKind.HANG, "node2")
    assert "does not respond" in desk.do(cmd.StopClusterService("node2")).reason
    desk.run(20.0)
    assert "does not respond" in desk.do(cmd.StartClusterService("node2")).reason
    fault(desk, FaultKind.POWER_OFF, "node3")
    desk.run(20.0)
    assert "no power" in desk.do(cmd.StartClusterService("node3")).reason


def test_the_last_node_points_to_shut_down_cluster(desk: Desk) -> None:
    assert desk.do(cmd.StopClusterService("node3"))
    verdict = desk.do(cmd.StopClusterService("node2"))
    assert "Shut Down Cluster" in verdict.remedy
    assert desk.do(cmd.StopCluster())


def test_nothing_of_a_stopped_cluster_is_online(desk: Desk) -> None:
    lost(desk, "node2", "node3")
    clustered = [one for one in desk.state.machines.values() if one.is_highly_available]
    assert all(one.state is MachineState.OFF for one in clustered)
    for machine in clustered:
        group = desk.state.groups[machine.group or ""]
        assert group.state is not ResourceState.ONLINE
        assert not desk.do(cmd.SetMachineState(machine.id, MachineState.RUNNING))


def test_a_node_whose_windows_is_shut_down_may_cost_the_cluster_its_quorum(desk: Desk) -> None:
    assert desk.do(cmd.StopClusterService("node3"))
    desk.run(30.0)
    assert not desk.do(cmd.StopClusterService("node2"))
    assert desk.do(cmd.ShutDownNode("node2"))
    desk.run(1300.0)
    assert cluster_of(desk).stopped == "node2 left: only 2 of 3 needed votes are left."
    assert logged(desk, "1177") == [("node1", {})]
    assert not logged(desk, "1135")
    repair(desk)
    desk.run(300.0)
    assert {"node1", "node2"} <= ups(desk)


def test_a_node_that_hears_only_some_of_the_members_does_not_join_and_says_whom_it_lacks(four: Desk) -> None:
    assert four.do(cmd.StopClusterService("node4"))
    for name, network in (("node1", "Cluster Network 1"), ("node4", "Cluster Network 2")):
        unplug(four, name, network)
    assert four.do(cmd.StartClusterService("node4"))
    four.run(60.0)
    assert four.state.nodes["node4"].state is NodeState.JOINING
    assert logged(four, "1572") == [("node4", {"node": "node4"})]
    assert logged(four, "1652") == [("node4", {"node": "node4", "nodes": "node1"})]
    repair(four)
    four.run(1.0)
    assert four.state.nodes["node4"].state is NodeState.UP


def test_nodes_that_lack_only_the_witness_say_so(tmp_path: Path) -> None:
    two = Desk(cluster_file(tmp_path, 2, "disk"))
    assert two.do(cmd.StopCluster())
    two.run(100.0)
    fault(two, FaultKind.LOSE_LUN, two.disk("Cluster Disk 1").id)
    assert two.do(cmd.StartClusterService("node1"))
    two.run(60.0)
    assert logged(two, "1573") == [("node1", {"node": "node1"})]
    repair(two)
    two.run(1.0)
    assert ups(two) == {"node1"}
    two.close()


def test_nodes_that_lack_votes_besides_the_witness_do_not_blame_the_witness(tmp_path: Path) -> None:
    three = Desk(cluster_file(tmp_path, 4, "disk"))
    assert three.do(cmd.StopCluster())
    three.run(100.0)
    assert three.do(cmd.StartClusterService("node1"))
    three.run(60.0)
    assert three.state.nodes["node1"].state is NodeState.JOINING
    assert not logged(three, "1573"), "the witness is there"
    fault(three, FaultKind.LOSE_LUN, three.disk("Cluster Disk 1").id)
    three.run(60.0)
    assert not logged(three, "1573"), "with it, the votes would not be enough either"
    assert three.do(cmd.StartClusterService("node2"))
    three.run(60.0)
    assert logged(three, "1573") == [("node1", {"node": "node1"})]
    three.close()
