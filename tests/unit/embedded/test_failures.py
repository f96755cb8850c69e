"""What the policies of a resource and of its group make of a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import MachineState, ResourceState, RestartPolicy

if TYPE_CHECKING:
    from fcm.model.entities import Resource
    from tests.unit.embedded.desk import Desk


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


def test_only_what_runs_and_belongs_to_a_machine_can_be_failed(desk: Desk) -> None:
    refused = desk.do(cmd.FailResource(resource(desk, "Cluster Name").id))
    assert "its failure cannot be simulated" in refused.reason
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
