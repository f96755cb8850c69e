"""Where a group goes when its node cannot keep it, and when it comes back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import ClusterVersion, GroupType, MachineState, RestartPolicy
from fcm.model.rules.failing.placement import candidates, n_plus_one
from fcm.model.structures.tables import Table
from fcm.resources import path
from tests.unit.embedded.desk import START, Desk
from tests.unit.embedded.versions import desk_of

if TYPE_CHECKING:
    from pathlib import Path

GIB = 1 << 30
VOLUMES = "shared_volumes = true"


def empty(desk: Desk, node: str) -> None:
    """Turn off what runs on a node."""
    for machine in desk.state.machines_on(node):
        if machine.state.holds_memory:
            assert desk.do(cmd.SetMachineState(machine.id, MachineState.OFF, forced=True))


def enlarge(desk: Desk, name: str, memory: int) -> None:
    """Start a machine that is off, with so many bytes."""
    machine = desk.machine(name).id
    assert desk.do(cmd.ConfigureVirtualMachine(machine, memory=memory))
    assert desk.do(cmd.SetMachineState(machine, MachineState.RUNNING))
    desk.settle()


def fail_over(desk: Desk, name: str) -> str:
    """Let a machine fail that may not be restarted where it is; the node that takes it."""
    resource = desk.state.machine_resource(desk.machine(name).id)
    assert resource is not None
    assert desk.do(cmd.ConfigureResource(resource.id, policy=RestartPolicy(maximum_restarts=0)))
    assert desk.do(cmd.FailResource(resource.id))
    desk.run(60.0)
    return desk.machine(name).node


@pytest.mark.parametrize("roomy", ["node2", "node3"])
def test_a_failed_resource_takes_its_group_to_the_next_node_by_id_whatever_memory_is_free(
    desk: Desk, roomy: str
) -> None:
    """2008 R2 (KB 299631): no memory is asked."""
    empty(desk, roomy)
    assert fail_over(desk, "WEB01") == "node2"


def test_after_the_last_node_the_first_one_is_the_next(desk: Desk) -> None:
    assert fail_over(desk, "SETUP01") == "node1"


@pytest.mark.parametrize(("roomy", "full"), [("node2", "node3"), ("node3", "node2")])
def test_from_2012_a_group_fails_over_to_the_node_with_the_most_free_memory(roomy: str, full: str) -> None:
    desk = desk_of(ClusterVersion.V2012)
    empty(desk, roomy)
    assert desk.state.free_memory(roomy) > desk.state.free_memory(full) >= desk.machine("WEB01").memory
    assert fail_over(desk, "WEB01") == roomy
    desk.close()


def test_the_groups_of_a_lost_node_go_to_the_nodes_with_the_fewest_groups(desk: Desk) -> None:
    """2008 R2 (clustering blog 2010/12/14): one after the other, what has moved counts."""
    moved = [machine.name for machine in desk.state.machines_on("node1") if machine.is_highly_available]
    others = {node: sum(group.owner == node for group in desk.state.groups.values()) for node in ("node2", "node3")}
    assert others == {"node2": 3, "node3": 3}
    assert desk.do(cmd.StopClusterService("node1"))
    # The two groups of the cluster itself go to the next node; SQL01 has node2 as a preferred owner.
    assert {name: desk.machine(name).node for name in moved} == {
        "SQL01": "node2",
        "WEB01": "node3",
        "DC01": "node3",
        "WEB02": "node3",
    }


def test_every_node_is_told_with_the_reason_why_it_was_chosen_or_not(desk: Desk) -> None:
    assert desk.do(cmd.PauseNode("node2"))
    found = candidates(desk.state, desk.group("WEB01"), "node1")
    assert [(one.node, one.chosen, one.reason) for one in found] == [
        ("node1", False, "The group failed here."),
        ("node2", False, "Is paused."),
        ("node3", True, "Next node after node1."),
    ]


def test_what_finds_no_memory_if_a_node_dies_is_told_before(desk: Desk) -> None:
    assert n_plus_one(desk.state, "node1") == ()
    for name in ("CACHE01", "FILE01"):
        assert desk.do(cmd.SetMachineState(desk.machine(name).id, MachineState.OFF, forced=True))
        enlarge(desk, name, 22 * GIB)
    assert n_plus_one(desk.state, "node1") == ("No node has enough memory for SQL01",)
    resource = desk.state.machine_resource(desk.machine("WEB01").id)
    assert resource is not None
    assert desk.do(cmd.ConfigureResource(resource.id, possible_owners=("node1",)))
    assert "No node can own WEB01" in n_plus_one(desk.state, "node1")


@pytest.mark.parametrize(("roomy", "full"), [("node2", "node3"), ("node3", "node2")])
def test_a_preferred_owner_comes_before_one_with_more_memory(desk: Desk, roomy: str, full: str) -> None:
    empty(desk, roomy)
    assert desk.do(cmd.ConfigureGroup(desk.group("WEB01").id, preferred_owners=("node1", full)))
    assert fail_over(desk, "WEB01") == full


@pytest.mark.parametrize(("first", "second"), [("node2", "node3"), ("node3", "node2")])
def test_the_first_of_two_preferred_owners_comes_before_the_second(desk: Desk, first: str, second: str) -> None:
    empty(desk, second)
    assert desk.do(cmd.ConfigureGroup(desk.group("WEB01").id, preferred_owners=(first, second)))
    assert fail_over(desk, "WEB01") == first


@pytest.mark.parametrize(("roomy", "full"), [("node2", "node3"), ("node3", "node2")])
def test_a_group_whose_start_fails_for_want_of_memory_goes_on_to_the_next_node(
    desk: Desk, roomy: str, full: str
) -> None:
    """2008 R2 asks for no memory before: the preferred owner is tried, fails, and its policies carry the group on."""
    empty(desk, "node1")
    empty(desk, roomy)
    enlarge(desk, "WEB01", desk.state.free_memory(full) + GIB)
    assert desk.do(cmd.ConfigureGroup(desk.group("WEB01").id, preferred_owners=(full,)))
    assert fail_over(desk, "WEB01") == roomy


@pytest.mark.parametrize(("roomy", "full"), [("node2", "node3"), ("node3", "node2")])
def test_a_node_with_a_group_of_the_same_anti_affinity_class_is_avoided_even_if_it_is_preferred(
    desk: Desk, roomy: str, full: str
) -> None:
    empty(desk, roomy)
    neighbour = next(m.name for m in desk.state.machines_on(roomy) if m.is_highly_available)
    for name in ("WEB01", neighbour):
        assert desk.do(cmd.ConfigureGroup(desk.group(name).id, anti_affinity=("web",)))
    assert desk.do(cmd.ConfigureGroup(desk.group("WEB01").id, preferred_owners=(roomy,)))
    assert fail_over(desk, "WEB01") == full


def test_a_class_that_cannot_be_kept_apart_does_not_keep_a_group_offline(desk: Desk) -> None:
    assert desk.do(cmd.StopClusterService("node3"))
    neighbour = next(m.name for m in desk.state.machines_on("node2") if m.is_highly_available)
    for name in ("WEB01", neighbour):
        assert desk.do(cmd.ConfigureGroup(desk.group(name).id, anti_affinity=("web",)))
    assert fail_over(desk, "WEB01") == "node2"


def test_a_machine_outside_the_cluster_is_turned_off_when_its_disk_goes_to_another_node_and_only_then(
    desk: Desk,
) -> None:
    group, web, legacy = desk.group("WEB01").id, desk.machine("WEB01"), desk.machine("LEGACY01")
    assert legacy.disk is None
    assert desk.do(cmd.RemoveGroup(group))
    assert desk.machine("WEB01").state is MachineState.RUNNING
    assert desk.do(cmd.StopClusterService(legacy.node))
    assert desk.machine("LEGACY01").state is MachineState.RUNNING, "its files lie on its own node"
    assert desk.machine("WEB01").state is MachineState.RUNNING, "another node stopped"
    assert desk.do(cmd.StartClusterService(legacy.node))
    desk.settle()
    assert desk.do(cmd.StopClusterService(web.node))
    assert desk.state.disks[web.disk or ""].owner != web.node
    assert desk.machine("WEB01").state is MachineState.OFF


def test_failovers_count_against_a_group_for_its_period_and_no_longer(desk: Desk) -> None:
    """One failure in six hours may end in a failover; the next within them leaves the group failed."""
    assert desk.do(cmd.ConfigureGroup(desk.group("WEB01").id, maximum_failures=1))
    assert fail_over(desk, "WEB01") != "node1"
    moved_to = desk.machine("WEB01").node
    assert fail_over(desk, "WEB01") == moved_to
    assert desk.machine("WEB01").state is MachineState.OFF
    assert desk.do(cmd.SetMachineState(desk.machine("WEB01").id, MachineState.RUNNING))
    desk.run(6 * 3600.0)
    assert fail_over(desk, "WEB01") != moved_to
    assert desk.machine("WEB01").state is MachineState.RUNNING


def test_a_volume_that_only_an_evicted_node_saw_belongs_to_a_node_that_is_left_and_no_other_volume_moves(
    tmp_path: Path,
) -> None:
    shipped = path("clusters", "contoso.toml").read_text(encoding="utf-8").replace("shared_volumes = false", VOLUMES)
    for number, nodes in ((2, '["node2"]'), (3, '["node1", "node2", "node3"]')):
        name = f'name = "Cluster Disk {number}"\nuse = '
        assert name in shipped
        shipped = shipped.replace(f'{name}"Available Storage"', f'{name}"Cluster Shared Volume"\nvisible_to = {nodes}')
    file = tmp_path / "contoso.toml"
    file.write_text(shipped, encoding="utf-8")
    desk = Desk(file)
    lonely, other = (desk.disk(f"Cluster Disk {number}").id for number in (2, 3))
    assert desk.do(cmd.MoveSharedVolume(other, "node3"))
    desk.settle()
    assert desk.do(cmd.StopClusterService("node2"))
    desk.settle()
    assert desk.state.shared_volumes[lonely].owner == "node2", "no other node sees it"
    assert desk.do(cmd.EvictNode("node2"))
    desk.settle()
    owners = {volume.disk: volume.owner for volume in desk.state.shared_volumes.values()}
    desk.close()
    assert owners[lonely] in ("node1", "node3")
    assert owners[other] == "node3"


# The clock of the tests begins at 13:46:40 UTC; each case begins ten minutes past its hour.


@pytest.mark.parametrize(
    ("hour", "hours_to_wait"),
    [(14, 8), (21, 1), (22, 0), (23, 0), (24, 0), (27, 0), (28, 18), (29, 17)],
    ids=["14:10", "21:10", "22:10", "23:10", "00:10", "03:10", "04:10", "05:10"],
)
def test_a_window_of_failback_from_22_to_4_is_open_across_midnight(desk: Desk, hour: int, hours_to_wait: int) -> None:
    """Preferred owner back ten minutes past the hour: at once inside the window, else at 22:00 sharp."""
    desk.run((hour - 13) * 3600.0 + 600.0 - START % 3600.0)
    group = desk.group("WEB01").id
    assert desk.do(cmd.ConfigureGroup(group, preferred_owners=("node1",), failback=True, failback_window=(22, 4)))
    assert desk.do(cmd.StopClusterService("node1"))
    assert desk.do(cmd.StartClusterService("node1"))
    if hours_to_wait:
        desk.run(hours_to_wait * 3600.0 - 660.0)
        assert desk.machine("WEB01").node != "node1", "a minute before ten in the evening"
    desk.run(300.0)
    assert desk.machine("WEB01").node == "node1"


@pytest.mark.parametrize(("hour", "hours_to_wait"), [(15, 1), (16, 0), (17, 0), (18, 22)])
def test_a_window_of_failback_within_a_day_ends_where_its_last_hour_begins(
    desk: Desk, hour: int, hours_to_wait: int
) -> None:
    desk.run((hour - 13) * 3600.0 + 600.0 - START % 3600.0)
    group = desk.group("WEB01").id
    assert desk.do(cmd.ConfigureGroup(group, preferred_owners=("node1",), failback=True, failback_window=(16, 18)))
    assert desk.do(cmd.StopClusterService("node1"))
    assert desk.do(cmd.StartClusterService("node1"))
    if hours_to_wait:
        desk.run(hours_to_wait * 3600.0 - 660.0)
        assert desk.machine("WEB01").node != "node1"
    desk.run(300.0)
    assert desk.machine("WEB01").node == "node1"


def test_a_service_goes_only_to_nodes_that_see_its_disk(desk: Desk) -> None:
    seen = desk.disk("Cluster Disk 2")
    assert desk.do(cmd.AddRole(GroupType.FILE_SERVER, "FS01", "10.0.1.60", (seen.id,)))
    state = desk.state
    disks = {**state.disks, seen.id: replace(seen, visible_to=("node1", "node3"))}
    found = candidates(replace(state, disks=Table(disks)), desk.group("FS01"), "node1")
    assert {one.node: one.reason for one in found if not one.chosen}["node2"] == "Does not see Cluster Disk 2."
    assert [one.node for one in found if one.chosen] == ["node3"]


def test_a_node_with_just_enough_memory_is_as_good_as_one_with_more(desk: Desk) -> None:
    state = replace(desk.state, cluster=replace(desk.state.cluster, version=ClusterVersion.V2012))
    web = desk.group("WEB01")
    state = replace(state, groups=Table({**state.groups, web.id: replace(web, preferred_owners=("node2", "node3"))}))
    needed = desk.machine("WEB01").memory
    for missing, chosen in ((0, "node2"), (1, "node3")):
        spare = state.free_memory("node2") - needed + missing
        node = replace(state.nodes["node2"], memory=state.nodes["node2"].memory - spare)
        found = candidates(replace(state, nodes=Table({**state.nodes, "node2": node})), state.groups[web.id], "node1")
        assert [one.node for one in found if one.chosen] == [chosen]
