"""Nodes that are isolated or quarantined: Windows Server 2016 and later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import MachineState, NodeState
from fcm.model.failures import FaultKind
from tests.unit.embedded.desk import START, Desk
from tests.unit.embedded.failing import cluster_file, cluster_of, fault, logged, repair, replayed, when

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def four(tmp_path: Path) -> Iterator[Desk]:
    """Four nodes with a disk witness and Windows Server 2016."""
    opened = Desk(cluster_file(tmp_path, 4, "disk", "2016"))
    for number in range(1, 5):
        machine = opened.machine(f"VM{number}")
        if machine.state is not MachineState.RUNNING:
            assert opened.do(cmd.SetMachineState(machine.id, MachineState.RUNNING))
    opened.run(60.0)
    yield opened
    opened.close()


def state_of(desk: Desk, node: str) -> NodeState:
    return desk.state.nodes[node].state


def test_a_silent_node_is_isolated_and_its_machines_stay_for_four_minutes(four: Desk) -> None:
    fault(four, FaultKind.ISOLATE, "node4")
    four.run(13.0)
    assert state_of(four, "node4") is NodeState.ISOLATED
    assert four.machine("VM4").node == "node4"
    assert [node for node, _ in logged(four, "1673")] == ["node1", "node2", "node3"]
    assert logged(four, "1681")[0] == ("node1", {"node": "node4", "machines": "VM4"})
    assert 10.6 <= when(four, "1673", "node1") - START - 60.0 <= 12.0
    assert not [one for one in logged(four, "1135") if one[0] != "node4"]
    four.run(225.0)
    assert state_of(four, "node4") is NodeState.ISOLATED
    four.run(30.0)
    assert four.machine("VM4").node != "node4"
    assert len([one for one in logged(four, "1135") if one[1] == {"node": "node4"}]) == 3


def test_a_node_that_is_heard_again_in_time_is_up_and_its_machines_went_on(four: Desk) -> None:
    fault(four, FaultKind.ISOLATE, "node4")
    four.run(100.0)
    repair(four)
    four.run(5.0)
    assert state_of(four, "node4") is NodeState.UP
    assert four.machine("VM4").node == "node4"
    assert not four.state.copies
    assert [node for node, _ in logged(four, "1680")] == ["node1", "node2", "node3"]
    assert not logged(four, "1177")
    four.run(600.0)
    assert four.machine("VM4").node == "node4"
    assert four.machine("VM4").state is MachineState.RUNNING


def test_a_dead_node_waits_as_well_and_its_machines_start_after_the_period(four: Desk) -> None:
    fault(four, FaultKind.POWER_OFF, "node4")
    four.run(20.0)
    assert state_of(four, "node4") is NodeState.ISOLATED
    four.run(240.0)
    assert state_of(four, "node4") is NodeState.DOWN
    four.run(60.0)
    assert four.machine("VM4").node != "node4"
    assert four.machine("VM4").state is MachineState.RUNNING


def test_a_dead_node_that_comes_back_is_down_at_once_and_then_joins(four: Desk) -> None:
    fault(four, FaultKind.POWER_OFF, "node4")
    four.run(20.0)
    repair(four)
    four.run(110.0)
    assert state_of(four, "node4") is NodeState.UP
    four.run(60.0)
    assert four.machine("VM4").state is MachineState.RUNNING
    assert replayed(four) == four.state


def test_at_level_1_only_a_known_reason_isolates(four: Desk) -> None:
    assert four.do(cmd.ConfigureCluster(resiliency_level=1))
    fault(four, FaultKind.POWER_OFF, "node4")
    four.run(13.0)
    assert state_of(four, "node4") is NodeState.DOWN
    fault(four, FaultKind.SERVICE_CRASH, "node3")
    four.run(5.0)
    assert state_of(four, "node3") is NodeState.ISOLATED


def test_before_2016_nobody_is_isolated(tmp_path: Path) -> None:
    old = Desk(cluster_file(tmp_path, 4, "disk", "2012 R2"))
    fault(old, FaultKind.POWER_OFF, "node4")
    old.run(13.0)
    assert state_of(old, "node4") is NodeState.DOWN
    old.close()


def test_a_node_that_leaves_three_times_in_an_hour_is_quarantined_for_two_hours(four: Desk) -> None:
    for _ in range(3):
        assert state_of(four, "node4") is NodeState.UP
        fault(four, FaultKind.SERVICE_CRASH, "node4")
        four.run(120.0)
    assert state_of(four, "node4") is NodeState.QUARANTINED
    assert [node for node, _ in logged(four, "1672")] == ["node1", "node2", "node3"]
    assert logged(four, "1672")[0][1]["count"] == "3"
    assert len(logged(four, "1676")) == 1
    assert four.machine("VM4").node != "node4"
    assert not four.do(cmd.StartClusterService("node4"))
    four.run(7000.0)
    assert state_of(four, "node4") is NodeState.QUARANTINED
    four.run(300.0)
    assert state_of(four, "node4") is NodeState.UP


def test_a_quarantine_can_be_cleared(four: Desk) -> None:
    assert four.do(cmd.ConfigureCluster(quarantine_threshold=1))
    fault(four, FaultKind.SERVICE_CRASH, "node4")
    four.run(120.0)
    assert state_of(four, "node4") is NodeState.QUARANTINED
    assert four.do(cmd.StartClusterService("node4", clear_quarantine=True))
    four.run(20.0)
    assert state_of(four, "node4") is NodeState.UP


def test_at_most_a_quarter_of_the_nodes_is_quarantined(four: Desk) -> None:
    assert four.do(cmd.ConfigureCluster(quarantine_threshold=1))
    fault(four, FaultKind.SERVICE_CRASH, "node4")
    four.run(120.0)
    fault(four, FaultKind.SERVICE_CRASH, "node3")
    four.run(120.0)
    assert state_of(four, "node4") is NodeState.QUARANTINED
    assert state_of(four, "node3") is NodeState.UP


def test_an_isolated_node_ends_when_the_cluster_stops(four: Desk) -> None:
    fault(four, FaultKind.ISOLATE, "node4")
    four.run(20.0)
    assert state_of(four, "node4") is NodeState.ISOLATED
    for name in ("node2", "node3"):
        fault(four, FaultKind.POWER_OFF, name)
    fault(four, FaultKind.LOSE_LUN, four.disk("Cluster Disk 1").id)
    four.run(30.0)
    assert cluster_of(four).stopped
    assert state_of(four, "node4") in (NodeState.DOWN, NodeState.JOINING)
    assert four.machine("VM4").state is MachineState.OFF
    repair(four)
    four.run(400.0)
    assert all(node.state is NodeState.UP for node in four.state.nodes.values())
