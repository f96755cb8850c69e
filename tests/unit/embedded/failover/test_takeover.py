"""Groups of nodes that are lost, and of clusters that form again; what is told of a failover."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import ClusterVersion, MachineState, NodeState, ResourceState
from fcm.model.failures import FaultKind
from fcm.workspace.files.journal import Journal
from tests.unit.embedded.desk import Desk
from tests.unit.embedded.failing import cluster_file, cluster_of, fault, logged, repair
from tests.unit.embedded.versions import desk_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def four(tmp_path: Path) -> Desk:
    """Four nodes with one machine each and a disk witness."""
    return Desk(cluster_file(tmp_path, 4, "disk"))


def test_the_explainer_tells_every_step_of_a_failover_and_why_this_node(four: Desk) -> None:
    begun = four.workspace.now()
    fault(four, FaultKind.POWER_OFF, "node4")
    four.run(7.0)
    (found,) = [one for one in four.state.failovers.values() if one.source == "node4"]
    assert found.failed == begun
    assert found.noticed is not None
    assert found.decided is not None
    assert begun + 4.0 < found.noticed < found.decided < begun + 7.0
    assert found.online is None
    assert found.cause
    four.run(10.0)
    done = four.state.failovers[found.group]
    assert done.online is not None
    assert found.decided < done.online < found.decided + 6.0
    assert [(one.node, one.chosen) for one in done.candidates] == [
        ("node1", False),
        ("node2", True),
        ("node3", False),
        ("node4", False),
    ]
    assert done.candidates[0].reason == "Owns more services and applications (3) than node2 (1)."
    assert done.candidates[1].reason == "Owns the fewest services and applications (1)."
    assert done.candidates[3].reason == "Is down."
    assert logged(four, "1153") == [("node2", {"group": "VM4", "from": "node4", "to": "node2"})]
    assert logged(four, "1201") == [("node2", {"group": "VM4"})]
    assert not [node for node, _ in logged(four, "1637") if node == "node4"], "a node without power writes nothing"
    four.close()


def test_a_copy_on_a_node_that_is_cut_off_loses_its_disks_before_the_machine_starts_elsewhere(four: Desk) -> None:
    machine = four.machine("VM4")
    fault(four, FaultKind.ISOLATE, "node4")
    four.run(7.0)
    events = [entry.event for entry in four.entries]
    cut = next(n for n, one in enumerate(events) if isinstance(one, ev.CopyCutOff))
    owned = next(n for n, one in enumerate(events) if isinstance(one, ev.DiskChanged) and one.disk.owner == "node2")
    started = next(
        n
        for n, one in enumerate(events)
        if isinstance(one, ev.MachineChanged)
        and one.machine.id == machine.id
        and one.machine.state is MachineState.STARTING
    )
    assert cut < owned < started
    four.run(3600.0)
    assert not four.state.copies
    assert (four.machine("VM4").node, four.machine("VM4").state) == ("node2", MachineState.RUNNING)
    four.close()


def test_groups_that_the_user_took_offline_stay_offline_when_the_cluster_forms_again(tmp_path: Path) -> None:
    desk = Desk(cluster_file(tmp_path, 3))
    assert desk.do(cmd.SetMachineState(desk.machine("VM1").id, MachineState.OFF, forced=True))
    for node in ("node2", "node3"):
        fault(desk, FaultKind.POWER_OFF, node)
    desk.run(120.0)
    assert cluster_of(desk).stopped
    repair(desk)
    desk.run(600.0)
    assert not cluster_of(desk).stopped
    states = {name: desk.machine(name).state for name in ("VM1", "VM2", "VM3")}
    assert states == {"VM1": MachineState.OFF, "VM2": MachineState.RUNNING, "VM3": MachineState.RUNNING}
    assert desk.group("Cluster Group").state is ResourceState.ONLINE
    desk.close()


def test_a_group_with_a_default_owner_waits_for_it_at_a_cold_start_and_then_goes_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "c.journal"
    file = cluster_file(tmp_path, 3)
    desk = Desk(file, journal=Journal.open(path, f"embedded:{file}"))
    assert desk.do(cmd.ConfigureGroup(desk.group("VM3").id, persistent=True))
    for node in ("node1", "node2", "node3"):
        fault(desk, FaultKind.POWER_OFF, node)
    desk.run(60.0)
    assert cluster_of(desk).stopped
    for found in tuple(desk.state.faults.values()):
        if found.target != "node3":
            assert desk.do(cmd.RepairFault(found.id))
    while cluster_of(desk).stopped:
        desk.run(1.0)
    desk.run(60.0)
    assert desk.machine("VM1").state is MachineState.RUNNING
    assert (desk.machine("VM3").node, desk.machine("VM3").state) == ("node3", MachineState.OFF)
    desk.close()
    desk = Desk(file, journal=Journal.open(path, f"embedded:{file}"))
    desk.run(130.0)
    assert desk.machine("VM3").node in ("node1", "node2")
    assert desk.machine("VM3").state is MachineState.RUNNING
    desk.close()


def test_failback_that_waits_for_its_hours_is_not_forgotten_when_the_program_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "c.journal"
    desk = Desk(journal=Journal.open(path, "embedded:contoso"))
    group = desk.group("WEB01").id
    # The clock of the tests begins at 13:46:40 UTC.
    assert desk.do(cmd.ConfigureGroup(group, preferred_owners=("node1",), failback=True, failback_window=(15, 16)))
    assert desk.do(cmd.StopClusterService("node1"))
    assert desk.do(cmd.StartClusterService("node1"))
    desk.run(60.0)
    assert desk.state.groups[group].failback_at is not None
    desk.close()
    desk = Desk(journal=Journal.open(path, "embedded:contoso"))
    desk.run(3600.0)
    assert desk.machine("WEB01").node != "node1"
    desk.run(1200.0)
    assert desk.machine("WEB01").node == "node1"
    assert desk.state.groups[group].failback_at is None
    assert [values["group"] for _, values in logged(desk, "1154")] == ["WEB01"]
    desk.close()


def test_the_address_of_the_cluster_moves_when_its_network_fails_on_its_node(four: Desk) -> None:
    adapter = four.adapter("node1", "Cluster Network 1")
    fault(four, FaultKind.UNPLUG_CABLE, adapter.id)
    four.run(20.0)
    assert four.group("Cluster Group").owner == "node2"
    assert four.group("Cluster Group").state is ResourceState.ONLINE
    assert [node for node, _ in logged(four, "1077")] == ["node1", "node1"]
    assert four.state.nodes["node1"].state is NodeState.UP
    four.close()


def test_a_failed_disk_is_tried_on_every_node_and_again_after_an_hour(four: Desk) -> None:
    disk = four.disk("Disk of VM1")
    fault(four, FaultKind.LOSE_LUN, disk.id)
    four.run(60.0)
    assert four.group("VM1").state is ResourceState.FAILED
    assert [node for node, _ in logged(four, "1069")][::2] == ["node1", "node2", "node3", "node4"]
    assert len(logged(four, "1069")) == 8
    assert [node for node, _ in logged(four, "1254")] == ["node4"]
    repair(four)
    four.run(3700.0)
    assert four.group("VM1").state is ResourceState.ONLINE
    assert (four.machine("VM1").node, four.machine("VM1").state) == ("node4", MachineState.RUNNING)
    four.close()


def test_from_2012_what_has_the_highest_priority_is_placed_first_and_priority_0_is_not_started() -> None:
    desk = desk_of(ClusterVersion.V2012)
    for name, priority in (("WEB02", 3000), ("SQL01", 1000), ("DC01", 0)):
        assert desk.do(cmd.ConfigureGroup(desk.group(name).id, priority=priority))
    fault(desk, FaultKind.POWER_OFF, "node1")
    desk.run(120.0)
    placed = [values["group"] for _, values in logged(desk, "1153")]
    assert placed[-4:] == ["WEB02", "WEB01", "SQL01", "DC01"]
    assert desk.machine("DC01").node != "node1"
    assert desk.machine("DC01").state is MachineState.OFF
    assert desk.machine("SQL01").state is MachineState.RUNNING
    desk.close()


def test_a_cluster_that_forms_again_tells_that_its_own_group_is_online(tmp_path: Path) -> None:
    desk = Desk(cluster_file(tmp_path, 3))
    for node in ("node2", "node3"):
        fault(desk, FaultKind.POWER_OFF, node)
    desk.run(120.0)
    assert desk.group("Cluster Group").state is ResourceState.OFFLINE
    repair(desk)
    desk.run(600.0)
    told = [values["group"] for _, values in logged(desk, "1201")]
    assert told[0] == "Cluster Group"
    assert set(told[1:]) == {"VM1", "VM2", "VM3"}
    desk.close()


def test_from_2012_lower_priorities_wait_until_higher_ones_are_online() -> None:
    desk = desk_of(ClusterVersion.V2012)
    assert desk.do(cmd.ConfigureGroup(desk.group("WEB02").id, priority=3000))
    fault(desk, FaultKind.POWER_OFF, "node1")
    while desk.machine("WEB02").state is not MachineState.STARTING:
        desk.run(0.1)
    desk.run(2.0)
    assert {desk.machine(name).state for name in ("WEB01", "SQL01", "DC01")} == {MachineState.OFF}
    assert [values["group"] for _, values in logged(desk, "1640")] == ["SQL01", "WEB01", "DC01"]
    desk.run(20.0)
    assert {desk.machine(name).state for name in ("WEB01", "SQL01", "DC01")} == {MachineState.RUNNING}
    desk.close()


def test_from_2012_lower_priorities_make_way_where_memory_is_short() -> None:
    """1251: as many as needed, lowest first; they are saved, not turned off."""
    desk = desk_of(ClusterVersion.V2012)
    for name, memory in (("CACHE01", 22), ("FILE01", 22)):
        assert desk.do(cmd.SetMachineState(desk.machine(name).id, MachineState.OFF, forced=True))
        assert desk.do(cmd.ConfigureVirtualMachine(desk.machine(name).id, memory=memory << 30))
        assert desk.do(cmd.ConfigureGroup(desk.group(name).id, priority=1000))
        assert desk.do(cmd.SetMachineState(desk.machine(name).id, MachineState.RUNNING))
    desk.settle()
    assert desk.do(cmd.ConfigureGroup(desk.group("SQL01").id, priority=3000))
    fault(desk, FaultKind.POWER_OFF, "node1")
    desk.run(240.0)
    sql = desk.machine("SQL01")
    assert (sql.node, sql.state) == ("node2", MachineState.RUNNING)
    assert (desk.machine("CACHE01").node, desk.machine("CACHE01").state) == ("node2", MachineState.SAVED)
    assert logged(desk, "1251") == [("node2", {"higher": "SQL01", "group": "CACHE01"})]
    assert not logged(desk, "1069")
    assert desk.machine("APP01").state is desk.machine("BUILD01").state is MachineState.RUNNING
    desk.close()
