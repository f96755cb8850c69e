"""Story 1: a node with three virtual machines loses its power, and comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model.entities import MachineState, NodeState, ResourceState
from fcm.model.failures import FaultKind, GuestState
from tests.unit.embedded.stories.story import NOTICED, OPERATIONAL, Story, version, within

if TYPE_CHECKING:
    from collections.abc import Callable

MACHINES = {"contoso": ["APP01", "BUILD01", "CACHE01"], "four": ["VM1", "VM2", "VM3"]}


@pytest.fixture(params=["contoso", "four"])
def lost(request: pytest.FixtureRequest, contoso: Story, four: Callable[..., Story]) -> tuple[Story, list[str]]:
    """A cluster whose node2 has just lost its power, and the machines that ran there."""
    story = contoso if request.param == "contoso" else four()
    assert story.groups_of("node2") == MACHINES[request.param]
    story.fail(FaultKind.POWER_OFF, "node2")
    return story, MACHINES[request.param]


def test_nothing_is_noticed_until_the_heartbeats_are_missed(lost: tuple[Story, list[str]]) -> None:
    story, _ = lost
    story.run(4.5)
    assert story.desk.state.nodes["node2"].state is NodeState.UP
    assert story.written(1135) == []
    story.run(3.0)
    assert story.desk.state.nodes["node2"].state is NodeState.DOWN


def test_every_remaining_node_writes_1135_and_the_lost_one_nothing(lost: tuple[Story, list[str]]) -> None:
    story, _ = lost
    story.run(60.0)
    others = sorted(set(story.desk.state.nodes) - {"node2"})
    assert story.writers(1135) == others
    for one in story.written(1135):
        assert one.data["NodeName"] == "node2"
        assert (one.record.level_name, one.record.channel) == ("Critical", "System")
        assert within(one.after, NOTICED), story.told()
    assert story.written(node="node2") == []
    assert story.written(1177) == []


def test_each_group_fails_over_once_and_is_cold_booted_where_1153_says(lost: tuple[Story, list[str]]) -> None:
    story, names = lost
    story.run(60.0)
    noticed = story.first(1135).after
    for name in names:
        moved = story.one(1153, ResourceGroup=name)
        assert (moved.data["SourceNode"], moved.record.channel) == ("node2", OPERATIONAL)
        assert noticed <= moved.after <= noticed + 0.5, story.told()
        target = moved.data["DestinationNode"]
        started = story.one(18500, VmName=name)
        assert started.node == target
        assert moved.after < started.after < 30.0, story.told()
        assert story.first(21119, node=target, ResourceName=f"Virtual Machine {name}").after >= moved.after
        online = story.first(1201, node=target, ResourceGroup=name)
        assert online.after >= started.after
        machine = story.desk.machine(name)
        assert (machine.node, machine.state) == (target, MachineState.RUNNING)
        assert story.desk.group(name).state is ResourceState.ONLINE
    assert story.written(1069) == story.written(1254) == []
    story.one_copy_each()


def test_groups_go_to_the_nodes_with_the_fewest_groups(lost: tuple[Story, list[str]]) -> None:
    story, names = lost
    story.run(60.0)
    groups = story.desk.state.groups.values()  # those of the cluster itself count too
    owned = {name: sum(one.owner == name for one in groups) for name in story.desk.state.nodes if name != "node2"}
    new = {name: sum(story.desk.group(one).owner == name for one in names) for name in owned}
    assert sum(new.values()) == len(names)
    gained = [owned[name] for name in owned if new[name]]
    assert max(gained) - min(owned.values()) <= 1, owned


def test_guests_have_booted_within_minutes_and_the_failover_is_told_step_by_step(
    lost: tuple[Story, list[str]],
) -> None:
    story, names = lost
    story.run(180.0)
    for name in names:
        machine = story.desk.machine(name)
        assert machine.guest is GuestState.RUNNING
        told = story.desk.state.failovers[story.desk.group(name).id]
        assert (told.source, told.destination) == ("node2", machine.node)
        assert told.failed == story.began
        assert told.noticed is not None
        assert told.decided is not None
        assert told.online is not None
        assert told.booted is not None
        assert told.failed < told.noticed <= told.decided < told.online < told.booted
        assert within(told.decided - told.failed, NOTICED)
        assert {one.node for one in told.candidates} == set(story.desk.state.nodes)
        assert [one.node for one in told.candidates if one.chosen] == [machine.node]
        assert all(one.reason.endswith(".") for one in told.candidates)


def test_the_cluster_logs_have_the_components_that_took_part(lost: tuple[Story, list[str]]) -> None:
    story, names = lost
    story.run(60.0)
    others = [story.log(name) for name in story.desk.state.nodes if name != "node2"]
    assert all("[NODE] Node node2: disconnected" in log for log in others)
    for component in ("[NETFTAPI]", "[IM]", "[NDP]", "[RGP]", "[GUM]", "[DM]"):
        assert any(component in log for log in others), component
    assert "[RGP]" not in story.log("node2")
    driver = story.one(1153, ResourceGroup=names[0])
    assert f"[RCM] move of group {names[0]} from node2" in story.log(driver.node)
    assert f"[RES] Virtual Machine <Virtual Machine {names[0]}>" in story.log(story.one(18500, VmName=names[0]).node)


def test_the_node_comes_back_as_windows_does_after_a_power_loss_and_nothing_fails_back(
    lost: tuple[Story, list[str]],
) -> None:
    story, names = lost
    story.run(60.0)
    owners = {name: story.desk.machine(name).node for name in names}
    story.begin()
    story.repair(FaultKind.POWER_OFF, "node2")
    story.run(240.0)
    assert story.desk.state.nodes["node2"].state is NodeState.UP
    unexpected, power, joined = (story.one(number, node="node2") for number in (6008, 41, 1062))
    assert (unexpected.record.provider, power.record.provider) == ("EventLog", "Microsoft-Windows-Kernel-Power")
    assert (unexpected.record.level_name, power.record.level_name) == ("Error", "Critical")
    assert max(unexpected.after, power.after) < joined.after < 200.0
    assert story.written(1125, 1128), story.told()
    assert story.written(1154) == story.written(1153) == []
    assert {name: story.desk.machine(name).node for name in names} == owners
    log = story.log("node2")
    for component in ("[CS]", "[NM]", "[JPM]"):
        assert component in log


def test_a_volume_waits_on_the_other_nodes_until_its_new_coordinator_has_it(four: Callable[..., Story]) -> None:
    story = four()
    story.fail(FaultKind.POWER_OFF, "node2")
    story.run(60.0)
    others = ["node1", "node3", "node4"]
    assert story.writers(5120) == others
    for one in story.written(5120):
        assert "c000020c" in one.data["Status"]
        assert one.record.level_name == "Error"  # 2008 R2
        assert one.after <= NOTICED[1] + 0.5
    owner = story.desk.state.shared_volumes[story.desk.disk("Cluster Disk 2").id].owner
    assert owner in others
    resumed = story.written(5122)
    assert sorted(one.node for one in resumed) == others
    assert all(7.5 <= one.after <= 13.5 for one in resumed), story.told()
    assert story.desk.state.shared_volumes[story.desk.disk("Cluster Disk 2").id].paused == ()


@pytest.mark.parametrize("name", ["2016", "2019"])
def test_from_2016_on_the_node_is_isolated_first_and_its_machines_wait_four_minutes(
    name: str, four: Callable[..., Story]
) -> None:
    story = four(version(name))
    story.fail(FaultKind.POWER_OFF, "node2")
    story.run(60.0)
    assert story.desk.state.nodes["node2"].state is NodeState.ISOLATED
    isolated, unmonitored = story.written(1673), story.written(1681)
    assert isolated
    assert unmonitored
    assert all(10.5 <= one.after <= 12.0 for one in isolated), story.told()
    assert story.written(1153) == story.written(18500) == []
    story.run(240.0)
    assert story.desk.state.nodes["node2"].state is NodeState.DOWN
    started = story.written(18500)
    assert sorted(one.data["VmName"] for one in started) == MACHINES["four"]
    assert all(248.0 <= one.after <= 275.0 for one in started), story.told()
    assert story.written(1135)
