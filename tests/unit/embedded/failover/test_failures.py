"""What the policies of a resource and of its group make of a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import ClusterVersion, MachineState, NodeState, ResourceState, RestartPolicy
from fcm.model.failures import FaultKind
from fcm.workspace.files.journal import Journal
from tests.unit.embedded.desk import Desk
from tests.unit.embedded.versions import desk_of

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.model.entities import Resource


def resource(desk: Desk, name: str = "Virtual Machine WEB01") -> Resource:
    return next(item for item in desk.state.resources.values() if item.name == name)


def fail(desk: Desk, name: str = "Virtual Machine WEB01") -> None:
    assert desk.do(cmd.FailResource(resource(desk, name).id))


def policy(desk: Desk, **changes: object) -> None:
    made = RestartPolicy(**changes)  # type: ignore[arg-type]
    assert desk.do(cmd.ConfigureResource(resource(desk).id, policy=made))


def test_a_failed_resource_is_restarted_on_its_node(desk: Desk) -> None:
    fail(desk)
    assert resource(desk).state is ResourceState.FAILED
    assert desk.group("WEB01").state is ResourceState.FAILED
    assert desk.machine("WEB01").state is MachineState.OFF
    desk.run(20.0)
    assert desk.machine("WEB01").state is MachineState.RUNNING
    assert (desk.machine("WEB01").node, resource(desk).state) == ("node1", ResourceState.ONLINE)


def test_a_second_failure_within_the_period_makes_the_group_fail_over(desk: Desk) -> None:
    fail(desk)
    desk.run(20.0)
    fail(desk)
    desk.run(20.0)
    machine = desk.machine("WEB01")
    assert machine.node != "node1"
    assert machine.state is MachineState.RUNNING
    assert desk.group("WEB01").owner == machine.node


def test_failures_further_apart_than_the_period_only_restart(desk: Desk) -> None:
    for _ in range(3):
        fail(desk)
        desk.run(901.0)
    assert desk.machine("WEB01").node == "node1"
    assert desk.machine("WEB01").state is MachineState.RUNNING


def test_a_group_that_failed_over_too_often_is_left_failed_and_tried_again_after_an_hour(desk: Desk) -> None:
    policy(desk, maximum_restarts=0, retry_after=3600)
    assert desk.do(cmd.ConfigureGroup(desk.group("WEB01").id, maximum_failures=1))
    fail(desk)
    desk.run(20.0)
    moved_to = desk.machine("WEB01").node
    assert moved_to != "node1"
    fail(desk)
    desk.run(3000.0)
    assert resource(desk).state is ResourceState.FAILED
    desk.run(700.0)
    assert (desk.machine("WEB01").node, desk.machine("WEB01").state) == (moved_to, MachineState.RUNNING)


@pytest.mark.parametrize(
    "changes",
    [{"restart": False}, {"maximum_restarts": 0, "failover": False, "retry_after": 0}],
    ids=["no restart", "no failover"],
)
def test_without_a_policy_that_helps_the_resource_stays_failed(desk: Desk, changes: dict[str, object]) -> None:
    policy(desk, **changes)
    fail(desk)
    desk.run(86_400.0)
    assert resource(desk).state is ResourceState.FAILED
    assert desk.machine("WEB01").node == "node1"


def test_a_machine_that_somebody_starts_first_is_not_started_again(desk: Desk) -> None:
    fail(desk)
    assert desk.do(cmd.SetMachineState(desk.machine("WEB01").id, MachineState.RUNNING))
    desk.run(60.0)
    assert desk.machine("WEB01").state is MachineState.RUNNING
    assert resource(desk).state is ResourceState.ONLINE


def test_the_configuration_takes_its_machine_with_it_and_both_come_back(desk: Desk) -> None:
    fail(desk, "Virtual Machine Configuration WEB01")
    assert desk.machine("WEB01").state is MachineState.OFF
    desk.run(20.0)
    assert desk.machine("WEB01").state is MachineState.RUNNING
    assert desk.group("WEB01").state is ResourceState.ONLINE


def test_only_what_is_online_and_not_being_moved_can_be_failed(desk: Desk) -> None:
    fail(desk, "Cluster Disk 2")
    refused = desk.do(cmd.FailResource(resource(desk, "Cluster Disk 2").id))
    assert refused.reason == "Cluster Disk 2 is failed."
    assert desk.do(cmd.SetMachineState(desk.machine("WEB01").id, MachineState.OFF, forced=True))
    assert not desk.do(cmd.FailResource(resource(desk).id))
    assert desk.do(cmd.LiveMigrate(desk.machine("DC01").id, "node2"))
    moving = desk.do(cmd.FailResource(resource(desk, "Virtual Machine DC01").id))
    assert moving.reason == "DC01 is being migrated."


def test_groups_of_one_anti_affinity_class_fail_over_to_different_nodes(desk: Desk) -> None:
    for name in ("WEB01", "DC01"):
        assert desk.do(cmd.ConfigureGroup(desk.group(name).id, anti_affinity=("web",)))
    assert desk.do(cmd.StopClusterService("node1"))
    assert {desk.machine("WEB01").node, desk.machine("DC01").node} == {"node2", "node3"}


def test_properties_of_a_group_go_back_to_automatic(desk: Desk) -> None:
    group = desk.group("WEB01").id
    owners = {"preferred_owners": ("node1",), "failback": True}
    assert desk.do(cmd.ConfigureGroup(group, maximum_failures=5, failback_window=(22, 5), **owners))  # type: ignore[arg-type]
    assert desk.state.groups[group].failback_window == (22, 5)
    automatic = 4294967295
    assert not desk.do(cmd.ConfigureGroup(group, failback_window=(22, automatic)))
    assert desk.do(cmd.ConfigureGroup(group, maximum_failures=automatic, failback_window=(automatic, automatic)))
    assert desk.state.groups[group].maximum_failures is None
    assert desk.state.groups[group].failback_window is None


def told(desk: Desk, *keys: str) -> list[tuple[str, str]]:
    """Windows events that nodes logged: id and node, of these ids."""
    found = [event for event in desk.events(ev.NodeLogged) if isinstance(event, ev.NodeLogged)]
    return [(event.key, event.node) for event in found if event.key in keys]


def times(desk: Desk, key: str) -> list[float]:
    """When nodes logged an event, s since the epoch."""
    found = [entry for entry in desk.entries if isinstance(entry.event, ev.NodeLogged) and entry.event.key == key]
    return [entry.time for entry in found]


@pytest.mark.parametrize("name", ["Cluster Disk 4", "Cluster IP Address", "Cluster Name", "Cluster Disk 1"])
def test_a_resource_of_the_cluster_itself_fails_and_is_restarted_like_any_other(desk: Desk, name: str) -> None:
    fail(desk, name)
    assert resource(desk, name).state is ResourceState.FAILED
    assert resource(desk, name).failure == "Its failure was simulated."
    desk.run(1.0)
    assert resource(desk, name).state is ResourceState.ONLINE
    assert told(desk, "1069") == [("1069", "node1")]
    assert desk.group("Cluster Group").state is desk.group("Available Storage").state is ResourceState.ONLINE


def test_what_depends_on_a_failed_resource_goes_down_and_comes_back_with_it(desk: Desk) -> None:
    fail(desk, "Cluster IP Address")
    assert resource(desk, "Cluster Name").state is ResourceState.OFFLINE
    fail(desk, "Cluster Disk 6")
    assert desk.machine("WEB01").state is MachineState.OFF
    assert resource(desk, "Virtual Machine Configuration WEB01").state is ResourceState.OFFLINE
    assert desk.disk("Cluster Disk 6").state is ResourceState.FAILED
    desk.run(20.0)
    assert resource(desk, "Cluster Name").state is ResourceState.ONLINE
    assert desk.machine("WEB01").state is MachineState.RUNNING
    assert desk.disk("Cluster Disk 6").state is ResourceState.ONLINE


def test_a_second_failure_of_the_witness_takes_the_core_group_with_name_and_address_to_the_next_node(
    desk: Desk,
) -> None:
    for _ in range(2):
        fail(desk, "Cluster Disk 1")
        desk.run(1.0)
    assert desk.group("Cluster Group").owner == desk.disk("Cluster Disk 1").owner == "node2"
    assert desk.state.cluster is not None
    assert desk.state.cluster.host == "node2"
    assert desk.group("Cluster Group").state is ResourceState.ONLINE


def test_a_machine_that_fails_everywhere_goes_round_once_and_is_left_failed_for_an_hour(desk: Desk) -> None:
    """One start and one restart on each node, two failovers of three nodes, 1254 and 1205 (KB 947712)."""
    for _ in range(6):
        fail(desk)
        desk.run(10.0)
    nodes = ["node1", "node1", "node2", "node2", "node3", "node3"]
    assert told(desk, "1069") == [("1069", node) for node in nodes]
    assert told(desk, "1153") == [("1153", "node2"), ("1153", "node3")]
    assert told(desk, "1638", "1254", "1205") == [
        ("1638", "node1"),
        ("1638", "node2"),
        ("1638", "node3"),
        ("1254", "node3"),
        ("1205", "node3"),
    ]
    assert resource(desk).state is ResourceState.FAILED
    desk.run(3500.0)
    assert resource(desk).state is ResourceState.FAILED
    desk.run(120.0)
    assert desk.machine("WEB01").state is MachineState.RUNNING


@pytest.mark.parametrize("restarts", [1, 0], ids=["restart", "failover"])
def test_closing_the_program_loses_no_restart_no_count_and_no_hour(tmp_path: Path, restarts: int) -> None:
    path = tmp_path / "c.journal"
    desk = Desk(journal=Journal.open(path, "embedded:contoso"))
    policy(desk, maximum_restarts=restarts)
    fail(desk)
    waiting = resource(desk)
    assert waiting.retry_at == desk.workspace.now() + 0.5
    desk.close()
    desk = Desk(journal=Journal.open(path, "embedded:contoso"))
    desk.run(20.0)
    assert desk.machine("WEB01").state is MachineState.RUNNING
    assert desk.machine("WEB01").node == ("node1" if restarts else "node2")
    assert resource(desk).restarts == waiting.restarts
    assert desk.group("WEB01").failovers == (() if restarts else (waiting.retry_at - 0.5,))
    fail(desk)
    desk.run(20.0)
    assert desk.machine("WEB01").node == ("node2" if restarts else "node3"), "what was counted before still counts"
    desk.close()


def test_a_group_left_failed_is_tried_again_after_its_hour_though_the_program_was_closed(tmp_path: Path) -> None:
    path = tmp_path / "c.journal"
    desk = Desk(journal=Journal.open(path, "embedded:contoso"))
    policy(desk, maximum_restarts=0, failover=False)
    fail(desk)
    desk.run(1800.0)
    desk.close()
    desk = Desk(journal=Journal.open(path, "embedded:contoso"))
    assert resource(desk).state is ResourceState.FAILED
    desk.run(1700.0)
    assert resource(desk).state is ResourceState.FAILED
    desk.run(3600.0)
    assert resource(desk).state is ResourceState.ONLINE
    desk.close()


def test_what_the_user_turned_off_is_not_brought_online_by_a_restart_of_its_disk(desk: Desk) -> None:
    assert desk.do(cmd.SetMachineState(desk.machine("WEB01").id, MachineState.OFF, forced=True))
    assert not desk.group("WEB01").wanted
    fail(desk, "Cluster Disk 6")
    desk.run(20.0)
    assert desk.disk("Cluster Disk 6").state is ResourceState.ONLINE
    assert desk.machine("WEB01").state is MachineState.OFF


def test_a_machine_on_a_node_without_its_virtual_network_fails_there_and_goes_on(desk: Desk) -> None:
    """2008 R2: the port cannot be created (21117); the group goes on to a node that has the network."""
    assert desk.machine("WEB02").switch not in desk.state.nodes["node2"].switches
    for _ in range(2):
        fail(desk, "Virtual Machine WEB02")
        desk.run(0.6)
        if desk.machine("WEB02").node == "node1":
            desk.run(10.0)
    assert desk.machine("WEB02").node == "node2"
    desk.run(20.0)
    assert told(desk, "21117") == [("21117", "node2"), ("21117", "node2")]
    (moved, _), failed = times(desk, "1153"), times(desk, "21117")
    assert failed == [moved + 0.5, moved + 1.0], "the start on the next node, and its restart"
    assert (desk.machine("WEB02").node, desk.machine("WEB02").state) == ("node3", MachineState.RUNNING)


def test_from_2012_a_machine_starts_without_its_virtual_network_and_is_not_connected() -> None:
    desk = desk_of(ClusterVersion.V2012)
    group = desk.group("WEB02")
    assert desk.do(cmd.ConfigureGroup(group.id, preferred_owners=("node1", "node2")))
    policy_of = RestartPolicy(maximum_restarts=0)
    assert desk.do(cmd.ConfigureResource(resource(desk, "Virtual Machine WEB02").id, policy=policy_of))
    fail(desk, "Virtual Machine WEB02")
    desk.run(20.0)
    machine = desk.machine("WEB02")
    assert (machine.node, machine.state, machine.connected) == ("node2", MachineState.RUNNING, False)
    assert told(desk, "21142") == [("21142", "node2")]
    desk.close()


def test_possible_owners_that_a_migration_needs_cannot_be_taken_away(desk: Desk) -> None:
    assert desk.do(cmd.LiveMigrate(desk.machine("WEB01").id, "node2"))
    for name in ("Virtual Machine WEB01", "Virtual Machine Configuration WEB01", "Cluster Disk 6"):
        refused = desk.do(cmd.ConfigureResource(resource(desk, name).id, possible_owners=("node1", "node3")))
        assert refused.reason == "WEB01 is being moved to node2."
    assert desk.do(cmd.ConfigureResource(resource(desk).id, possible_owners=("node1", "node2")))


@pytest.mark.parametrize("joining", [False, True])
def test_a_machine_on_a_node_that_is_no_member_cannot_be_made_highly_available(desk: Desk, joining: bool) -> None:
    assert desk.do(cmd.RemoveGroup(desk.group("FILE01").id))
    assert desk.do(cmd.StopClusterService("node3"))
    if joining:
        assert desk.do(cmd.StartClusterService("node3"))
    refused = desk.do(cmd.MakeHighlyAvailable((desk.machine("FILE01").id,)))
    assert refused.reason == f"node3 with FILE01 is {'joining' if joining else 'down'}."


def test_a_new_machine_cannot_start_on_a_volume_that_is_offline(desk: Desk) -> None:
    assert desk.do(cmd.EnableSharedVolumes(notice_accepted=True))
    disk = desk.disk("Cluster Disk 2").id
    assert desk.do(cmd.AddStorage((disk,)))
    assert desk.do(cmd.SetDiskOnline(disk, online=False))
    refused = desk.do(cmd.CreateVirtualMachine("NEW01", "node1", 1 << 30, disk, start=True))
    assert refused.reason == "Cluster Disk 2 is offline."


def test_a_machine_that_is_not_clustered_stops_when_its_disk_fails(desk: Desk) -> None:
    assert desk.do(cmd.RemoveGroup(desk.group("WEB01").id))
    assert desk.machine("WEB01").state is MachineState.RUNNING
    fail(desk, "Cluster Disk 6")
    assert desk.machine("WEB01").state is MachineState.OFF


def test_the_other_disks_of_available_storage_go_along_as_they_are_when_one_fails(desk: Desk) -> None:
    for _ in range(2):
        fail(desk, "Cluster Disk 4")
        desk.run(1.0)
    assert desk.group("Available Storage").owner == "node2"
    states = {name: desk.disk(name) for name in ("Cluster Disk 2", "Cluster Disk 3", "Cluster Disk 4")}
    assert {(disk.owner, disk.state) for disk in states.values()} == {("node2", ResourceState.ONLINE)}


def test_bringing_one_disk_online_leaves_others_as_the_user_wants_them(desk: Desk) -> None:
    for name in ("Cluster Disk 2", "Cluster Disk 3"):
        assert desk.do(cmd.SetDiskOnline(desk.disk(name).id, online=False))
    assert desk.do(cmd.SetDiskOnline(desk.disk("Cluster Disk 2").id, online=True))
    assert desk.disk("Cluster Disk 2").state is ResourceState.ONLINE
    assert desk.disk("Cluster Disk 3").state is ResourceState.OFFLINE


def test_a_failed_address_is_brought_online_by_hand_and_the_name_with_it(desk: Desk) -> None:
    never = RestartPolicy(restart=False)
    address = resource(desk, "Cluster IP Address")
    assert desk.do(cmd.ConfigureResource(address.id, policy=never))
    fail(desk, "Cluster IP Address")
    desk.run(60.0)
    assert resource(desk, "Cluster IP Address").state is ResourceState.FAILED
    assert desk.do(cmd.BringOnline(address.id))
    assert resource(desk, "Cluster Name").state is ResourceState.ONLINE
    assert desk.do(cmd.BringOnline(address.id)).reason == "Cluster IP Address is already online."
    assert not desk.do(cmd.BringOnline(resource(desk, "Cluster Disk 4").id))
    assert not desk.do(cmd.BringOnline(resource(desk).id))


def test_a_failover_counts_for_the_hours_of_the_period_and_no_longer(desk: Desk) -> None:
    group = desk.group("WEB01").id
    policy(desk, maximum_restarts=0, retry_after=0)
    assert desk.do(cmd.ConfigureGroup(group, maximum_failures=1, failover_period=6))
    fail(desk)
    desk.run(60.0)
    first = desk.machine("WEB01").node
    assert first != "node1"
    desk.run(6 * 3600.0 + 60.0)
    fail(desk)
    desk.run(60.0)
    second = desk.machine("WEB01").node
    assert (second != first, desk.machine("WEB01").state) == (True, MachineState.RUNNING)
    desk.run(6 * 3600.0 - 300.0)
    fail(desk)
    desk.run(600.0)
    assert (desk.machine("WEB01").node, resource(desk).state) == (second, ResourceState.FAILED)


def test_a_start_that_takes_longer_than_the_pending_timeout_is_a_failure(desk: Desk) -> None:
    assert desk.do(cmd.SetMachineState(desk.machine("WEB01").id, MachineState.OFF, forced=True))
    policy(desk, pending_timeout=1)
    assert desk.do(cmd.SetMachineState(desk.machine("WEB01").id, MachineState.RUNNING))
    desk.run(0.9)
    assert resource(desk).state is ResourceState.PENDING
    desk.run(0.3)
    assert resource(desk).state is ResourceState.FAILED
    assert "did not come online within" in resource(desk).failure
    policy(desk, pending_timeout=60)
    desk.run(120.0)
    assert desk.machine("WEB01").state is MachineState.RUNNING


def test_a_service_that_crashes_on_a_node_that_is_down_leaves_no_failure_behind(desk: Desk) -> None:
    assert desk.do(cmd.StopClusterService("node3"))
    desk.run(30.0)
    desk.inject(FaultKind.SERVICE_CRASH, "node3")
    assert not desk.state.faults
    assert desk.do(cmd.StartClusterService("node3"))
    desk.run(60.0)
    assert desk.state.nodes["node3"].state is NodeState.UP
