from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import (
    AdapterState,
    DiskUse,
    MachineState,
    NetworkRole,
    NetworkState,
    NodeState,
    QuorumMode,
    ResourceState,
)
from fcm.model.state import State, apply
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from tests.unit.embedded.desk import Desk


def test_a_paused_node_keeps_what_it_owns_and_takes_nothing(desk: Desk) -> None:
    assert desk.do(cmd.PauseNode("node2"))
    assert desk.machine("APP01").node == "node2"
    verdict = desk.do(cmd.LiveMigrate(desk.machine("WEB01").id, "node2"))
    assert "node2 is paused" in verdict.reason
    assert desk.do(cmd.ResumeNode("node2"))
    assert desk.do(cmd.LiveMigrate(desk.machine("WEB01").id, "node2"))


def test_what_a_stopped_node_owned_starts_again_elsewhere(desk: Desk) -> None:
    owned = [machine.name for machine in desk.state.machines_on("node1") if machine.is_highly_available]
    assert desk.do(cmd.StopClusterService("node1"))
    for name in owned:
        machine = desk.machine(name)
        assert machine.node != "node1"
        assert machine.state is MachineState.STARTING
        assert desk.group(name).owner == machine.node
        assert desk.state.disks[machine.disk or ""].owner == machine.node
    desk.settle()
    assert all(desk.machine(name).state is MachineState.RUNNING for name in owned)
    assert all(desk.group(name).state is ResourceState.ONLINE for name in owned)


def test_preferred_owners_come_first_at_failover(desk: Desk) -> None:
    assert desk.do(cmd.ConfigureGroup(desk.group("WEB01").id, preferred_owners=("node1", "node3")))
    assert desk.do(cmd.StopClusterService("node1"))
    assert desk.machine("WEB01").node == "node3"
    assert desk.machine("SQL01").node == "node2"


def test_a_node_that_is_no_possible_owner_gets_nothing(desk: Desk) -> None:
    resource = desk.state.machine_resource(desk.machine("WEB01").id)
    assert resource is not None
    assert desk.do(cmd.ConfigureResource(resource.id, possible_owners=("node1",)))
    assert desk.do(cmd.StopClusterService("node1"))
    assert desk.machine("WEB01").node == "node1"
    assert desk.machine("WEB01").state is MachineState.OFF
    assert desk.group("WEB01").state is ResourceState.FAILED
    assert desk.do(cmd.StartClusterService("node1"))
    desk.settle()
    assert desk.group("WEB01").state is ResourceState.ONLINE


def test_a_group_without_auto_start_moves_and_stays_offline(desk: Desk) -> None:
    assert desk.do(cmd.ConfigureGroup(desk.group("WEB01").id, auto_start=False))
    assert desk.do(cmd.StopClusterService("node1"))
    desk.settle()
    assert desk.machine("WEB01").node != "node1"
    assert desk.machine("WEB01").state is MachineState.OFF


def test_machines_that_are_not_clustered_stay_and_run_on(desk: Desk) -> None:
    assert desk.do(cmd.StopClusterService("node2"))
    machine = desk.machine("LEGACY01")
    assert (machine.node, machine.state) == ("node2", MachineState.RUNNING)


def test_core_group_witness_and_volumes_leave_a_stopped_node(desk: Desk) -> None:
    assert desk.do(cmd.EnableSharedVolumes(notice_accepted=True))
    disks = tuple(desk.disk(f"Cluster Disk {n}").id for n in (2, 3, 4))
    assert desk.do(cmd.AddStorage(disks))
    assert desk.do(cmd.StopClusterService("node1"))
    assert desk.state.cluster is not None
    host = desk.state.cluster.host
    assert host != "node1"
    assert desk.group("Cluster Group").owner == host
    assert desk.group("Available Storage").owner != "node1"
    assert desk.disk("Cluster Disk 1").owner == host
    assert all(volume.owner != "node1" for volume in desk.state.shared_volumes.values())


def test_adapters_of_a_stopped_node_are_unavailable_until_it_is_back(desk: Desk) -> None:
    assert desk.do(cmd.StopClusterService("node3"))
    assert desk.adapter("node3", "Cluster Network 3").state is AdapterState.UNAVAILABLE
    assert desk.network("Cluster Network 3").state is NetworkState.UP
    assert desk.do(cmd.StartClusterService("node3"))
    assert desk.state.nodes["node3"].state is NodeState.JOINING
    desk.settle()
    assert desk.state.nodes["node3"].state is NodeState.UP
    assert desk.adapter("node3", "Cluster Network 3").state is AdapterState.UP


def test_a_pause_survives_a_restart_of_the_node(desk: Desk) -> None:
    assert desk.do(cmd.PauseNode("node3"))
    assert desk.do(cmd.StopClusterService("node3"))
    assert desk.do(cmd.StartClusterService("node3"))
    desk.settle()
    assert desk.state.nodes["node3"].state is NodeState.PAUSED


def test_a_node_whose_loss_would_cost_the_quorum_cannot_be_stopped(desk: Desk) -> None:
    assert desk.do(cmd.StopClusterService("node3"))
    verdict = desk.do(cmd.StopClusterService("node2"))
    assert "lose quorum" in verdict.reason
    assert desk.state.nodes["node2"].state is NodeState.UP


def test_the_last_node_cannot_be_stopped_even_if_only_the_disk_votes(desk: Desk) -> None:
    assert desk.do(cmd.SetQuorum(QuorumMode.DISK_ONLY, desk.disk("Cluster Disk 1").id))
    assert desk.do(cmd.StopClusterService("node3"))
    assert desk.do(cmd.StopClusterService("node2"))
    assert "last node" in desk.do(cmd.StopClusterService("node1")).reason


def test_a_quorum_mode_that_lacks_votes_now_is_refused(fabrikam: Desk) -> None:
    for name in ("host8", "host7", "host6", "host5"):
        assert fabrikam.do(cmd.StopClusterService(name))
    assert "lose quorum" in fabrikam.do(cmd.SetQuorum(QuorumMode.NODE_MAJORITY)).reason


def test_an_evicted_node_is_gone_from_owners_disks_and_networks(desk: Desk) -> None:
    for name in ("FILE01", "PRINT01", "SETUP01"):
        assert desk.do(cmd.MoveMachine(desk.machine(name).id, "node1"))
    assert desk.do(cmd.ConfigureGroup(desk.group("WEB01").id, preferred_owners=("node1", "node3")))
    desk.settle()
    assert desk.do(cmd.EvictNode("node3"))
    assert "node3" not in desk.state.nodes
    assert all(adapter.node != "node3" for adapter in desk.state.adapters.values())
    assert all("node3" not in disk.visible_to for disk in desk.state.disks.values())
    assert all("node3" not in resource.possible_owners for resource in desk.state.resources.values())
    assert desk.group("WEB01").preferred_owners == ("node1",)


def test_what_only_a_dead_node_could_run_is_kept_offline_by_another_when_it_is_evicted(desk: Desk) -> None:
    resource = desk.state.machine_resource(desk.machine("BUILD01").id)
    assert resource is not None
    assert desk.do(cmd.ConfigureResource(resource.id, possible_owners=("node2",)))
    assert desk.do(cmd.SetQuorum(QuorumMode.NODE_MAJORITY))
    assert desk.do(cmd.StopClusterService("node2"))
    desk.settle()
    assert desk.machine("BUILD01").node == "node2"
    assert desk.do(cmd.EvictNode("node2"))
    desk.settle()
    state = desk.state
    assert desk.machine("BUILD01").node in state.nodes
    assert not desk.machine("BUILD01").state.holds_memory
    assert all(group.owner in state.nodes for group in state.groups.values())
    assert all(volume.owner in state.nodes for volume in state.shared_volumes.values())
    assert all(disk.owner is None or disk.owner in state.nodes for disk in state.disks.values())
    assert all(one.node in state.nodes for one in state.machines.values())


def test_an_added_node_is_up_with_addresses_of_its_own_and_takes_machines(desk: Desk) -> None:
    before = {adapter.address for adapter in desk.state.adapters.values()} | {desk.state.cluster.address}  # type: ignore[union-attr]
    assert desk.do(cmd.AddNode("node4"))
    assert desk.state.nodes["node4"].state is NodeState.UP
    added = [adapter for adapter in desk.state.adapters.values() if adapter.node == "node4"]
    assert {adapter.network for adapter in added} == set(desk.state.networks)
    assert all(adapter.state is AdapterState.UP and adapter.address not in before for adapter in added)
    assert desk.do(cmd.LiveMigrate(desk.machine("WEB01").id, "node4"))
    desk.settle()
    assert desk.machine("WEB01").node == "node4"


def test_a_server_that_cannot_join_is_refused_with_the_reason(desk: Desk) -> None:
    assert "is already a node of the cluster" in desk.do(cmd.AddNode("NODE1")).reason
    assert "name of the cluster" in desk.do(cmd.AddNode("contoso")).reason
    assert not desk.do(cmd.AddNode(""))
    for number in range(4, 17):
        assert desk.do(cmd.AddNode(f"node{number}"))
    assert "16 nodes" in desk.do(cmd.AddNode("node17")).reason


def test_an_added_node_is_still_there_after_the_history_is_replayed(desk: Desk) -> None:
    assert desk.do(cmd.AddNode("node4"))
    state = State()
    for entry in desk.entries:
        state, _ = apply(state, entry)
    assert state.nodes["node4"] == desk.state.nodes["node4"]
    assert state == desk.state


def test_a_group_with_failback_returns_to_its_preferred_owner(desk: Desk) -> None:
    group = desk.group("WEB01").id
    assert desk.do(cmd.ConfigureGroup(group, preferred_owners=("node1",), failback=True))
    assert desk.do(cmd.StopClusterService("node1"))
    desk.settle()
    assert desk.machine("WEB01").node != "node1"
    assert desk.do(cmd.StartClusterService("node1"))
    desk.settle()
    assert desk.machine("WEB01").node == "node1"
    assert desk.migration("WEB01").phase is Phase.COMPLETED


def test_failback_waits_for_its_window_of_hours(desk: Desk) -> None:
    group = desk.group("WEB01").id
    # The clock of the tests begins at 13:46:40 UTC.
    assert desk.do(cmd.ConfigureGroup(group, preferred_owners=("node1",), failback=True, failback_window=(15, 16)))
    assert desk.do(cmd.StopClusterService("node1"))
    assert desk.do(cmd.StartClusterService("node1"))
    desk.run(3600)
    assert desk.machine("WEB01").node != "node1"
    desk.run(1200)
    assert desk.machine("WEB01").node == "node1"


def test_a_failed_adapter_partitions_its_network_and_two_bring_it_down(desk: Desk) -> None:
    states = [desk.network("Cluster Network 3").state]
    for node in ("node1", "node2"):
        assert desk.unplug(node, "Cluster Network 3")
        states.append(desk.network("Cluster Network 3").state)
    for node in ("node1", "node2"):
        assert desk.plug_in(node, "Cluster Network 3")
        states.append(desk.network("Cluster Network 3").state)
    up, partitioned, down = NetworkState.UP, NetworkState.PARTITIONED, NetworkState.DOWN
    assert states == [up, partitioned, down, partitioned, up]


def test_a_cable_that_is_plugged_in_at_a_node_that_is_down_leaves_its_adapter_unavailable(desk: Desk) -> None:
    assert desk.unplug("node3", "Cluster Network 1")
    assert desk.do(cmd.StopClusterService("node3"))
    assert desk.plug_in("node3", "Cluster Network 1")
    desk.run(10.0)
    assert desk.adapter("node3", "Cluster Network 1").state is AdapterState.UNAVAILABLE


def test_metrics_follow_the_networks_and_a_set_metric_stays(desk: Desk) -> None:
    network = desk.network("Cluster Network 4").id
    assert desk.do(cmd.ConfigureNetwork(network, metric=500, name="iSCSI", role=NetworkRole.NONE))
    assert (desk.network("iSCSI").metric, desk.network("iSCSI").auto_metric) == (500, False)
    assert desk.do(cmd.ConfigureNetwork(network, auto_metric=True))
    assert desk.network("iSCSI").metric == 1100
    assert desk.do(cmd.ConfigureNetwork(desk.network("Cluster Network 2").id, auto_metric=True))
    assert [n.metric for n in desk.state.networks.values()] == [10_000, 1000, 1100, 1200]


def test_a_machine_without_room_anywhere_is_marked_as_failed(desk: Desk) -> None:
    for name in ("SQL01", "CACHE01", "BUILD01", "APP01"):
        machine = desk.machine(name)
        assert desk.do(cmd.SetMachineState(machine.id, MachineState.OFF, forced=True))
        assert desk.do(cmd.ConfigureVirtualMachine(machine.id, memory=22 << 30))
    for name in ("SQL01", "CACHE01"):
        assert desk.do(cmd.SetMachineState(desk.machine(name).id, MachineState.RUNNING))
    desk.settle()
    assert desk.do(cmd.MoveMachine(desk.machine("BUILD01").id, "node3"))
    assert desk.do(cmd.SetMachineState(desk.machine("BUILD01").id, MachineState.RUNNING))
    desk.settle()
    assert desk.do(cmd.StopClusterService("node2"))
    desk.settle()
    assert desk.machine("CACHE01").node != "node2"
    assert desk.group("CACHE01").state is ResourceState.FAILED
    assert desk.disk("Cluster Disk 8").use is DiskUse.GROUP


def test_the_host_of_the_cluster_is_told_when_it_changes(desk: Desk) -> None:
    assert desk.do(cmd.StopClusterService("node1"))
    told = [event.what for event in desk.events(ev.ClusterConfigured) if isinstance(event, ev.ClusterConfigured)]
    assert told == ["node2 is now the current host server", "node1 left the membership"]


def test_allowing_failback_moves_nothing_before_the_preferred_owner_joins_again(desk: Desk) -> None:
    assert desk.do(cmd.ConfigureGroup(desk.group("WEB01").id, preferred_owners=("node2",), failback=True))
    desk.settle()
    assert desk.machine("WEB01").node == "node1"


def test_failback_that_is_prevented_while_it_waits_for_its_hours_does_not_happen(desk: Desk) -> None:
    group = desk.group("WEB01").id
    window = (15, 16)
    assert desk.do(cmd.ConfigureGroup(group, preferred_owners=("node1",), failback=True, failback_window=window))
    assert desk.do(cmd.StopClusterService("node1"))
    assert desk.do(cmd.StartClusterService("node1"))
    desk.run(60.0)
    assert desk.do(cmd.ConfigureGroup(group, failback=False))
    desk.settle(24 * 3600.0)
    assert desk.machine("WEB01").node != "node1"
